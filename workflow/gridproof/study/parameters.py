"""The parameters of each family: names, types, ranges and defaults."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from gridproof.study.fields import WHOLE, Number, Section, Switch


class Parameters(Section):
    """All parameters of one cell; equal parameters have equal hashes."""


class MlpParameters(Parameters):
    """One multilayer perceptron and how it is trained: plain SGD on the cross-entropy."""

    depth: Annotated[int, Strict(), Field(ge=1, le=1000), WHOLE] = Field(
        default=6, description="Number of hidden layers; the output layer comes on top."
    )
    width: Annotated[int, Strict(), Field(ge=1, le=65536), WHOLE] = Field(
        default=16, description="Units in each hidden layer."
    )
    learning_rate: Annotated[Number, Field(gt=0)] = Field(
        default=1e-3, description="Step length of plain SGD, constant over training."
    )
    batch_size: Annotated[int, Strict(), Field(ge=1, le=2**31 - 1), WHOLE] = Field(
        default=256,
        description="Samples in one step (one optimizer update); at least 2 with batch norm.",
    )
    epochs: Annotated[int, Strict(), Field(ge=1, le=1_000_000), WHOLE] = Field(
        default=50, description="Passes over the training data."
    )
    batch_norm: Switch = Field(
        default=False,
        description="Batch normalisation between each hidden layer's weights and its ReLU.",
    )
    residual: Switch = Field(
        default=False,
        description="From the second hidden layer on, h + relu(Linear(h)) for relu(Linear(h)).",
    )
    implicit: Switch = Field(
        default=False,
        description="Feed sin(a x), a = 0.1, 0.2 ... 1.0, of each coordinate x (degrees).",
    )
    gradient_norms: Switch = Field(
        default=False,
        description="Record each layer's squared L2 norm of the weight gradient, epoch means.",
    )

    @model_validator(mode="after")
    def check_batch(self) -> Self:
        """Refuse batch norm on single samples, whose variance is undefined."""
        if self.batch_norm and self.batch_size < 2:
            raise PydanticCustomError(
                "conflict",
                "found batch_size {batch_size} with batch_norm true, expected at least 2: "
                "batch norm needs two samples to normalise",
                {"parameter": "batch_size", "batch_size": self.batch_size},
            )
        return self


PARAMETERS: dict[str, type[Parameters]] = {"mlp": MlpParameters}
