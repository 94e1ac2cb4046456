"""Multi-layer perceptrons on the columns of a table: plain SGD on the cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from gridproof.files.layout import CACHE
from gridproof.part import Family, Number, Parameters, Switch, Whole, conflict, parameter
from gridproof.parts.families.mlp.compilation import (
    found_compiler,
    missing_for_compilation,
    prepare_compilation,
)

if TYPE_CHECKING:
    from gridproof.parts.families.mlp.mlp_training import MlpTraining

NOMINAL_ROWS = 100_000
"""Rows that steps are counted for, because the data may not be prepared yet."""
COMPILED_FROM_STEPS = 10_000
COMPILED_UP_TO_DEPTH = 50
"""The graph of more layers takes longer than two minutes to compile."""
LAYER_UNITS = 2
"""What a step costs besides its hidden layers, in layers."""
CALL_COST = 60.0
UNIT_COST = 0.01
"""A layer's cost: that of being called at all, and that of each unit for each sample."""


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


def start(
    *, parameters: MlpParameters, data: Path, engine: str, threads: int, seeds: Sequence[int]
) -> MlpTraining:
    """Return the training of a block of networks that has not begun."""
    if engine == "compiled":
        prepare_compilation(CACHE)  # before torch is imported
    from gridproof.parts.families.mlp.mlp_training import MlpTraining

    return MlpTraining(
        parameters=parameters, data=data, engine=engine, threads=threads, seeds=seeds
    )


def resolve_engine(engine: str, parameters: MlpParameters) -> str:
    """Return `eager` or `compiled` for a cell of the study.

    `auto` compiles where it pays: from 10,000 steps on, up to 50 layers. Without a C++ compiler
    and Python's headers everything is eager.
    """
    if engine != "auto":
        return engine
    steps = parameters.epochs * NOMINAL_ROWS / parameters.batch_size
    pays = steps >= COMPILED_FROM_STEPS and parameters.depth <= COMPILED_UP_TO_DEPTH
    return "compiled" if pays and not missing_for_compilation() else "eager"


def compiler_note() -> str | None:
    """Return what to tell the user when `auto` could not use a compiler, else None."""
    missing = missing_for_compilation()
    if missing is None:
        return None
    return (
        f"engine `auto` trains eagerly because {missing} was not found: it takes longer, "
        "and makes other cells than a machine that compiles"
    )


def cost(parameters: MlpParameters) -> float:
    """Return the cost of a stack of perceptrons: that of its layers, step by step."""
    steps = parameters.epochs * NOMINAL_ROWS / parameters.batch_size
    layer = CALL_COST + UNIT_COST * parameters.width * parameters.batch_size
    return steps * (parameters.depth + LAYER_UNITS) * layer


FAMILY = Family(
    description="multi-layer perceptron on the columns of a table",
    kind="table",
    parameters=MlpParameters,
    trainer=":start",
    libraries=("torch",),
    tables=("metrics", "batches", "gradients"),
    history=True,
    figures=("curves",),
    stacked=True,
    engine=resolve_engine,
    uncompiled=("learning_rate", "epochs"),
    trained="trained:load_trained",
    cost=cost,
    seconds_per_cost=1e-5,
    train_rows=75_348,
    memory_mb=1200,
    default=True,
    machine=found_compiler,
    note=compiler_note,
    words="mlp_words:section_words",
)
