"""Multi-layer perceptrons on the columns of a table: plain SGD on the cross-entropy."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from gridproof.part import Engine, Family, Number, Parameters, Switch, Whole, conflict, parameter
from gridproof.parts.families.mlp.kernel_build import build_kernel, kernel_here, kernel_note

NOMINAL_ROWS = 100_000
"""Rows that steps are counted for, because the data may not be prepared yet."""
LAYER_UNITS = 2
"""What a step costs besides its hidden layers, in layers."""
CALL_NS, WEIGHT_NS, UNIT_NS = 100.0, 0.075, 0.5
"""What a layer takes a step, and for each sample its weights and its units, in nanoseconds."""
SECONDS_PER_COST = 2e-6
SEEDS = 20
"""Seeds of a job: starting one takes as long as training two of most cells."""


class MlpParameters(Parameters):
    """One multilayer perceptron and how it is trained."""

    depth: Whole = parameter(
        6,
        "Number of hidden layers; the output layer comes on top.",
        at_least=1,
        at_most=1000,
        slug="d",
    )
    width: Whole = parameter(16, "Units in each hidden layer.", at_least=1, at_most=65536, slug="w")
    learning_rate: Number = parameter(
        1e-3, "Step length of plain SGD, constant over training.", more_than=0, slug="lr"
    )
    batch_size: Whole = parameter(
        256,
        "Samples in one step (one optimizer update); at least 2 with batch norm.",
        at_least=1,
        at_most=2**31 - 1,
        slug="b",
    )
    epochs: Whole = parameter(
        50, "Passes over the training data.", at_least=1, at_most=1_000_000, slug="e"
    )
    batch_norm: Switch = parameter(
        False,
        "Batch normalisation between each hidden layer's weights and its ReLU.",
        slug="bn",
    )
    residual: Switch = parameter(
        False,
        "From the second hidden layer on, h + relu(Linear(h)) for relu(Linear(h)).",
        slug="res",
    )
    implicit: Switch = parameter(
        False, "Feed sin(a x), a = 0.1, 0.2 ... 1.0, of each feature x.", slug="sin"
    )
    gradient_norms: Switch = parameter(
        False, "Record each layer's squared L2 norm of the weight gradient, epoch means."
    )

    @model_validator(mode="after")
    def check_batch(self) -> Self:
        """Refuse batch norm on single samples, whose variance is undefined."""
        if self.batch_norm and self.batch_size < 2:
            raise conflict(
                "batch_size",
                f"found batch_size {self.batch_size} with batch_norm true, expected at least 2: "
                "batch norm needs two samples to normalise",
            )
        return self


def cost(parameters: MlpParameters) -> float:
    """Return the cost of a perceptron: that of its layers, step by step."""
    steps = parameters.epochs * NOMINAL_ROWS / parameters.batch_size
    width = parameters.width
    sample = WEIGHT_NS * width * width + UNIT_NS * width
    layer = CALL_NS + sample * parameters.batch_size
    seconds = steps * (parameters.depth + LAYER_UNITS) * layer / 1e9
    return SEEDS * seconds / SECONDS_PER_COST


FAMILY = Family(
    description="multi-layer perceptron on the columns of a table",
    kind="table",
    parameters=MlpParameters,
    trainer="specified:start",
    libraries=(),
    engine="native",
    engines={"torch": Engine(trainer="torch_training:start", libraries=("torch",))},
    exact=True,
    same_bits="native:start",
    tables=("metrics", "batches", "gradients"),
    history=True,
    figures=("curves",),
    seeds_in_job=SEEDS,
    trained="trained:load_trained",
    cost=cost,
    seconds_per_cost=SECONDS_PER_COST,
    train_rows=75_348,
    memory_mb=250,
    default=True,
    build=build_kernel,
    machine=kernel_here,
    note=kernel_note,
    words="mlp_words:section_words",
)
