"""The parameters of each family: names, types, ranges and defaults."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from gridproof.config.fields import WHOLE, Number, Section, Switch
from gridproof.parts.families.cnn.backbones import BACKBONES, DEFAULT_BACKBONE


class Parameters(Section):
    """All parameters of one cell; equal parameters have equal hashes."""

    @property
    def deterministic(self) -> bool:
        """Whether the result is the same for every seed, so that one replicate says all."""
        return False


def check_backbone(name: str) -> str:
    """Refuse a name that no backbone has."""
    if name not in BACKBONES:
        valid = {"valid": tuple(BACKBONES), "kind": "backbone"}
        raise PydanticCustomError("unknown_name", "backbone", valid)
    return name


Backbone = Annotated[
    str,
    AfterValidator(check_backbone),
    Field(
        default=DEFAULT_BACKBONE,
        description="Network whose last layer is replaced by one that tells real from fake.",
        json_schema_extra={"enum": list(BACKBONES)},
    ),
]
Weights = Annotated[
    str,
    Field(
        default="",
        description="File of the backbone's pretrained weights; empty: those of its package.",
    ),
]
BatchSize = Annotated[int, Strict(), Field(ge=1, le=2**31 - 1), WHOLE]
Epochs = Annotated[int, Strict(), Field(ge=1, le=1_000_000), WHOLE]


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


class CnnParameters(Parameters):
    """One convolutional network and how it is trained: Adam on the binary cross-entropy."""

    backbone: Backbone
    weights: Weights
    pretrained: Switch = Field(
        default=True, description="Start from ImageNet weights; false: from random ones."
    )
    frozen: Switch = Field(default=False, description="Train the new last layer alone.")
    frozen_batch_norm: Literal["eval", "train"] = Field(
        default="eval",
        description="Statistics that a frozen backbone normalises with: its own, or the batch's.",
    )
    learning_rate: Annotated[Number, Field(gt=0)] = Field(
        default=1e-4, description="Step length of Adam, constant over training."
    )
    batch_size: BatchSize = Field(default=32, description="Images in one step.")
    epochs: Epochs = Field(default=1, description="Passes over the training images.")
    image_size: Annotated[int, Strict(), Field(ge=32, le=1024), WHOLE] = Field(
        default=224, description="Side in pixels that images are resized to."
    )

    @model_validator(mode="after")
    def check_frozen(self) -> Self:
        """Refuse to freeze what has learned nothing, and settings of what is not frozen."""
        if self.frozen and not self.pretrained:
            raise PydanticCustomError(
                "conflict",
                "found frozen true with pretrained false, expected a backbone with weights: "
                "features of random weights say nothing about images",
                {"parameter": "frozen"},
            )
        if self.frozen_batch_norm == "train" and not self.frozen:
            raise PydanticCustomError(
                "conflict",
                "found frozen_batch_norm 'train' with frozen false, expected frozen true",
                {"parameter": "frozen_batch_norm"},
            )
        return self


class ProbeParameters(Parameters):
    """One linear classifier on a frozen backbone's features, and how it is fitted."""

    backbone: Backbone
    weights: Weights
    solver: Literal["adam", "lbfgs"] = Field(
        default="adam",
        description="adam: steps on batches; lbfgs: scikit-learn's LogisticRegression.",
    )
    learning_rate: Annotated[Number, Field(gt=0)] = Field(
        default=1e-2, description="Step length of Adam."
    )
    batch_size: BatchSize = Field(default=32, description="Images in one step of Adam.")
    epochs: Epochs = Field(default=1, description="Passes over the training images of Adam.")
    inverse_regularisation: Annotated[Number, Field(gt=0)] = Field(
        default=1.0, description="scikit-learn's C: the weaker the regularisation, the larger."
    )
    standardise: Switch = Field(
        default=False, description="Scale features to mean 0 and standard deviation 1 (train)."
    )

    @property
    def deterministic(self) -> bool:
        """Whether the solver draws nothing at random."""
        return self.solver == "lbfgs"


class XgboostParameters(Parameters):
    """One gradient-boosted classifier on pixels; all else as XGBClassifier has it."""

    crop: Annotated[int, Strict(), Field(ge=1, le=1024), WHOLE] = Field(
        default=64, description="Side in pixels of the image's centre that the trees see."
    )
    rounds: Annotated[int, Strict(), Field(ge=1, le=100_000), WHOLE] = Field(
        default=100, description="Trees, one a round."
    )

    @property
    def deterministic(self) -> bool:
        """Whether the fit draws nothing at random: no subsampling is on by default."""
        return True


class DryParameters(Parameters):
    """One cell that trains nothing, to try the size of a study or a cluster."""

    task: Annotated[int, Strict(), Field(ge=0, le=1_000_000), WHOLE] = Field(
        default=0, description="A number that tells cells apart."
    )
    epochs: Epochs = Field(default=1, description="Rows of metrics, each of random numbers.")
    seconds: Annotated[Number, Field(ge=0)] = Field(
        default=0.0, description="How long an epoch lasts."
    )


PARAMETERS: dict[str, type[Parameters]] = {
    "mlp": MlpParameters,
    "cnn": CnnParameters,
    "probe": ProbeParameters,
    "xgboost": XgboostParameters,
    "dry": DryParameters,
}
