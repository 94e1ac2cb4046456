"""Section 6.1.2.3: the same network with batch normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.kit.trends import smallest
from gridproof.part import UntestableError, claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.1.2.3"
EXPERIMENT = "batch_norm"


def pair(tables: Tables) -> tuple[Member, Member]:
    """Return the cells without and with batch normalisation."""
    return tables.published_cell(EXPERIMENT, batch_norm=False), tables.published_cell(
        EXPERIMENT, batch_norm=True
    )


def printed(tables: Tables, quantity: str, batch_norm: bool = True) -> float:
    """Return a value in print of one of the two."""
    return tables.printed(EXPERIMENT, quantity, batch_norm=batch_norm)


@claim(
    "bn-loss",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Batch normalisation brings the final loss from 1.5 to 0.5.",
    rule="The last validation loss without it is {plain_loss} and the last train loss with it"
    " {normalised_loss}, each give or take {stated_loss_within}: these are the curves that the"
    " two numbers were read off.",
)
def loss_falls(tables: Tables) -> list[Condition]:
    """Hold both losses to what is stated."""
    plain, normalised = pair(tables)
    return [
        tables.near(
            "normalised_loss",
            "stated_loss_within",
            normalised.finals("train_loss"),
            what="last train loss with batch normalisation",
            where="epochs.train_loss, last epoch",
            published=printed(tables, "train_loss"),
        ),
        tables.near(
            "plain_loss",
            "stated_loss_within",
            plain.finals("val_loss"),
            what="last validation loss without batch normalisation",
            where="epochs.val_loss, last epoch",
            published=printed(tables, "val_loss", batch_norm=False),
        ),
    ]


@claim(
    "bn-accuracy",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Batch normalisation doubles the accuracy, to 80 %.",
    rule="The last validation accuracy with it is at least {doubled} times that without, and the"
    " last train accuracy with it is {eighty_per_cent} give or take {stated_accuracy_within}.",
)
def accuracy_doubles(tables: Tables) -> list[Condition]:
    """Hold the factor and the level to what is stated."""
    plain, normalised = pair(tables)
    in_print = [printed(tables, "val_accuracy", batch_norm) for batch_norm in (False, True)]
    return [
        tables.at_least(
            "doubled",
            normalised.finals("val_accuracy") / plain.finals("val_accuracy"),
            what="last validation accuracy with batch normalisation relative to that without",
            where="epochs.val_accuracy, last epoch",
            published=in_print[1] / in_print[0],
        ),
        tables.near(
            "eighty_per_cent",
            "stated_accuracy_within",
            normalised.finals("train_accuracy"),
            what="last train accuracy with batch normalisation",
            where="epochs.train_accuracy, last epoch",
            published=printed(tables, "train_accuracy"),
        ),
    ]


@claim(
    "bn-eval-better",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="With batch normalisation, validation and test beat train.",
    rule="The last accuracies on validation and test are both at least {visible_accuracy} above"
    " that on train, and the last losses at least {visible_loss} below.",
)
def evaluation_beats_training(tables: Tables) -> list[Condition]:
    """Compare the splits."""
    _, member = pair(tables)
    splits = ("val", "test")
    accuracy = member.finals("train_accuracy")
    loss = member.finals("train_loss")
    in_print = [printed(tables, f"{split}_accuracy") for split in splits]
    return [
        tables.at_least(
            "visible_accuracy",
            smallest(*(member.finals(f"{split}_accuracy") - accuracy for split in splits)),
            what="lead of the accuracy over train, the smaller of validation and test",
            where="epochs.train_accuracy, val_accuracy, test_accuracy, last epoch",
            published=min(in_print) - printed(tables, "train_accuracy"),
        ),
        tables.at_least(
            "visible_loss",
            smallest(*(loss - member.finals(f"{split}_loss") for split in splits)),
            what="how far the loss is below that of train, the smaller of validation and test",
            where="epochs.train_loss, val_loss, test_loss, last epoch",
            published=printed(tables, "train_loss") - printed(tables, "val_loss"),
        ),
    ]


@claim(
    "bn-eval-better-why",
    section=SECTION,
    experiment=EXPERIMENT,
    speculation=True,
    statement="That is because train is measured in train mode.",
    rule="Measured in eval mode after the last epoch, the train split closes at least {gap_closed}"
    " of the gap in accuracy to validation, a gap of at least {visible_accuracy}.",
)
def mode_explains_gap(tables: Tables) -> list[Condition]:
    """Measure train as the other splits are measured."""
    _, member = pair(tables)
    column = "train_eval_accuracy"
    if column not in member.epochs or member.epochs[column].isna().all():
        raise UntestableError(f"{member.label}: not measured (`measure: [train_in_eval_mode]`)")
    recorded = member.finals("train_accuracy")
    gap = member.finals("val_accuracy") - recorded
    return [
        tables.at_least(
            "gap_closed",
            (member.finals(column) - recorded) / gap,
            what="share of the gap between train and validation accuracy that eval mode closes",
            where="epochs.train_accuracy, train_eval_accuracy, val_accuracy, last epoch",
        ),
        tables.at_least(
            "visible_accuracy",
            gap,
            what="gap between train and validation accuracy",
            where="epochs.train_accuracy, val_accuracy, last epoch",
        ),
    ]


@claim(
    "bn-fewer-dead",
    section=SECTION,
    experiment=EXPERIMENT,
    speculation=True,
    statement="Batch normalisation leaves fewer dead ReLUs.",
    rule="At the end the share of hidden units that are zero on the whole train split is smaller"
    " with it, by at least {visible_share}.",
)
def fewer_die(tables: Tables) -> list[Condition]:
    """Compare the shares of dead units."""
    shares = []
    for member in pair(tables):
        rows = tables.rows(member, "activations", "dead_relus")
        ended = rows[rows["epoch"] == rows["epoch"].max()]
        shares.append(
            ended.groupby("seed")["dead_share"].agg(lambda layer: layer.mean(skipna=False))
        )
    plain, normalised = shares
    return [
        tables.at_least(
            "visible_share",
            plain - normalised,
            what="share of dead units without batch normalisation minus that with it",
            where="activations.dead_share, last epoch, mean over layers",
        )
    ]
