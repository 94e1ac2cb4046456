"""What sections about multi-layer perceptrons may ask: gradients, dead units, regions, shapes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import Quantity, signed, thousands
from gridproof.kit.section_words import PrintedNumber, SectionWords, When
from gridproof.parts.families.mlp.activation_words import DeadRelus
from gridproof.parts.families.mlp.gradient_words import Gradients
from gridproof.parts.families.mlp.region_words import Regions

if TYPE_CHECKING:
    from gridproof.tables.ask import Ask
    from gridproof.tables.members import Member

EVAL_MODE = "train_eval"
"""How columns begin that hold the train split in eval mode, as the other splits are measured."""
IN_EVAL_MODE = "train, in eval mode"


def section_words(ask: Ask) -> SectionWords:
    """Return what may be asked of an experiment's cells; see `gridproof.part.Family.words`."""
    gradients, regions = Gradients(ask=ask), Regions(ask=ask)

    def gradient_norm(member: Member, epoch: When, layer: int | None) -> Quantity:
        if layer is None or epoch in ("best", "highest"):
            raise ValueError("a gradient_norm in print needs a layer, and one epoch for all seeds")
        return gradients.at(member, layer=layer, epoch=None if epoch == "last" else int(epoch))

    def region_bound(member: Member, _epoch: When, _layer: int | None) -> Quantity:
        return regions.value(member, "bound")

    return SectionWords(
        names={
            "dead": DeadRelus(ask=ask),
            "regions": regions,
            "gradients": gradients,
            "eval_mode_table": partial(eval_mode_table, ask),
            "shapes_table": partial(shapes_table, ask),
        },
        splits={EVAL_MODE: IN_EVAL_MODE},
        numbers={
            "gradient_norm": PrintedNumber(ask=gradient_norm, compared="ratio"),
            "bound_on_linear_regions": PrintedNumber(ask=region_bound, compared="change"),
        },
    )


def eval_mode_table(ask: Ask) -> Markdown:
    """Return a row a cell: the train loss in both modes beside the validation loss.

    Empty where no cell has a finite loss in all three.
    """
    rows = []
    for member in ask.measured(f"{EVAL_MODE}_loss"):
        train, again, val = (
            ask.mean(f"{split}_loss", member) for split in ("train", EVAL_MODE, "val")
        )
        if train.is_finite and again.is_finite and val.is_finite:
            gaps = (signed(val.mean - train.mean), signed(val.mean - again.mean))
            rows.append((member.label, train, again, val, *gaps))
    headers = ["loss", "train, as the epoch ran", IN_EVAL_MODE, "validation"]
    headers += ["validation minus train as it ran", "validation minus train in eval mode"]
    return table(headers, rows) if rows else Markdown()


def shapes_table(ask: Ask) -> Markdown:
    """Return a row a cell: its depth, width and weights, and how it ended on each split."""
    headers = ("cell", "depth", "width", "weights", "train loss", "validation loss")
    columns = ("train_loss", "val_loss", "val_accuracy", "test_accuracy")
    rows = [
        (
            member.label,
            member.parameters["depth"],
            member.parameters["width"],
            thousands(int(member.replicates["n_parameters"].iloc[0])),
            *(ask.mean(column, member) for column in columns),
        )
        for member in ask.members
    ]
    return table([*headers, "validation accuracy", "test accuracy"], rows)
