"""The measurements by the name a user types in `measure:`; modules are imported late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from gridproof.parts.families.mlp.trained import TrainedCell


class Value(NamedTuple):
    """One measured number: whose it is, of which epoch and layer (None: of the whole network)."""

    seed: int
    epoch: int
    layer: int | None
    quantity: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Something that is measured of a cell's weights after its training.

    `module` holds `measure(cell: TrainedCell) -> list[Value]`. `quantities` are the names of its
    values and `table` the table that they are columns of. `families` are those whose cells can be
    measured, `unfit` names switches of a cell with which the measurement has no meaning.
    """

    name: str
    module: str
    description: str
    table: str
    quantities: tuple[str, ...]
    families: tuple[str, ...] = ("mlp",)
    unfit: tuple[str, ...] = ()

    def measure(self, cell: TrainedCell) -> list[Value]:
        """Return the values of all replicates of a cell."""
        function = import_module(self.module).measure
        return cast("Callable[[TrainedCell], list[Value]]", function)(cell)


MEASUREMENTS: dict[str, Measurement] = {
    entry.name: entry
    for entry in (
        Measurement(
            name="train_in_eval_mode",
            module="gridproof.parts.families.mlp.measurements.train_in_eval_mode",
            description="loss and accuracy of the train split in eval mode, at about ten epochs",
            table="epochs",
            quantities=("train_eval_loss", "train_eval_accuracy"),
        ),
        Measurement(
            name="auroc",
            module="gridproof.parts.families.mlp.measurements.auroc",
            description="macro AUROC, one class against the rest, on val and test after each epoch",
            table="epochs",
            quantities=("val_auroc", "test_auroc"),
        ),
        Measurement(
            name="dead_relus",
            module="gridproof.parts.families.mlp.measurements.dead_relus",
            description="share of each layer's units that are zero on the whole train split",
            table="activations",
            quantities=("dead_share",),
        ),
        Measurement(
            name="regions",
            module="gridproof.parts.families.mlp.measurements.regions",
            description="linear regions of the network in the data's bounding box",
            table="regions",
            quantities=("regions", "plane_regions", "bound"),
            unfit=("implicit",),
        ),
    )
}


def quantities_of(table: str) -> tuple[str, ...]:
    """Return the measured columns of a table, in the order of the registry."""
    return tuple(
        quantity
        for entry in MEASUREMENTS.values()
        if entry.table == table
        for quantity in entry.quantities
    )


def in_order(names: Sequence[str] | set[str]) -> tuple[str, ...]:
    """Return names of measurements once each, in the order of the registry."""
    return tuple(name for name in MEASUREMENTS if name in names)
