"""Section 6.1.2.3: the same network with batch normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.part import claim
from study.claims.split_losses import EVALUATED, before_last_step, in_eval_mode

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
    rule="The last validation loss without it is {plain_loss}, give or take {plain_loss_within},"
    " also before the step on the last small batch, and the last train loss with it"
    " {normalised_loss}, give or take {normalised_loss_within}: these"
    " are the curves that the two numbers were read off.",
)
def loss_falls(tables: Tables) -> list[Condition]:
    """Hold both losses to what is stated."""
    plain, normalised = pair(tables)
    return [
        tables.near(
            "normalised_loss",
            "normalised_loss_within",
            normalised.finals("train_loss"),
            what="last train loss with batch normalisation",
            where="epochs.train_loss, last epoch",
            published=printed(tables, "train_loss"),
        ),
        tables.near(
            "plain_loss",
            "plain_loss_within",
            plain.finals("val_loss"),
            what="last validation loss without batch normalisation",
            where="epochs.val_loss, last epoch",
            published=printed(tables, "val_loss", batch_norm=False),
        ),
        tables.near(
            "plain_loss",
            "plain_loss_within",
            before_last_step(plain, "val_loss"),
            what="validation loss without batch normalisation, before the last small batch",
            where="epochs.full_batches_val_loss, last epoch",
            published=printed(tables, "val_loss", batch_norm=False),
        ),
    ]


@claim(
    "bn-accuracy",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Batch normalisation doubles the accuracy, to 80 %.",
    rule="The last validation accuracy with it is at least {doubled} times that without, also"
    " before the step on the last small batch, and the last train accuracy with it at least"
    " {nearly_eighty}: a higher one would be more of the same.",
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
            scale="log",
        ),
        tables.at_least(
            "doubled",
            before_last_step(normalised, "val_accuracy") / before_last_step(plain, "val_accuracy"),
            what="validation accuracy relative to that without it, before the last small batch",
            where="epochs.full_batches_val_accuracy, last epoch",
            published=in_print[1] / in_print[0],
            scale="log",
        ),
        tables.at_least(
            "nearly_eighty",
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
    lead = {name: member.finals(f"{name}_accuracy") for name in ("train", "val", "test")}
    loss = {name: member.finals(f"{name}_loss") for name in lead}
    in_print = {name: printed(tables, f"{name}_accuracy") for name in lead}
    return [
        *(
            tables.at_least(
                "visible_accuracy",
                lead[split] - lead["train"],
                what=f"lead of the accuracy on {name} over that on train",
                where=f"epochs.train_accuracy, {split}_accuracy, last epoch",
                published=in_print[split] - in_print["train"],
            )
            for split, name in EVALUATED
        ),
        *(
            tables.at_least(
                "visible_loss",
                loss["train"] - loss[split],
                what=f"how far the loss on {name} is below that on train",
                where=f"epochs.train_loss, {split}_loss, last epoch",
                published=printed(tables, "train_loss") - printed(tables, f"{split}_loss"),
            )
            for split, name in EVALUATED
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
    measured, recorded = in_eval_mode(member, "accuracy"), member.finals("train_accuracy")
    gap = member.finals("val_accuracy") - recorded
    return [
        # A difference, not the ratio of two noisy numbers: it is 0 where the share is the bound.
        tables.at_least(
            0.0,
            (measured - recorded) - tables.threshold("gap_closed") * gap,
            what="what eval mode adds to the train accuracy, above the share of the gap",
            where="epochs.train_accuracy, train_eval_accuracy, val_accuracy, last epoch",
            unit="fraction",
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
