"""Section 6.1.2.2: a hundred epochs at the default learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from gridproof.kit.trends import roughness, trained
from gridproof.kit.unmeasured import check_measured
from gridproof.part import claim
from study.claims.split_losses import EVALUATED, above_train, above_train_before_last_step

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.1.2.2"
EXPERIMENT = "epochs"


def network(tables: Tables) -> Member:
    """Return the cell that was trained for a hundred epochs."""
    return tables.published_cell(EXPERIMENT, epochs=100)


def steps_of_best(member: Member) -> pd.Series:
    """Return the steps after which each seed first has its highest validation accuracy."""
    accuracy = trained(member.by_seed("val_accuracy")).dropna(axis="columns", how="all")
    steps = member.epochs.drop_duplicates("epoch").set_index("epoch")["steps"]
    return accuracy.idxmax().map(steps).reindex(member.seeds).astype(float)


def total_steps(member: Member) -> pd.Series:
    """Return the steps of a whole training, by seed."""
    return member.epochs.groupby("seed")["steps"].max().astype(float)


@claim(
    "epochs-40k-steps",
    section="6.1.2.4",
    experiment=EXPERIMENT,
    statement="100 epochs at batch size 256 are about 40,000 steps, and the best accuracy comes"
    " only near their end.",
    rule="The number of steps is {forty_thousand} give or take {forty_thousand_within}, and the"
    " share of them that is done when the validation accuracy is highest is at least {late_share}.",
)
def is_best_late(tables: Tables) -> list[Condition]:
    """Count steps, and those before the highest accuracy."""
    member = network(tables)
    total = total_steps(member)
    return [
        tables.near(
            "forty_thousand",
            "forty_thousand_within",
            total,
            what="steps of 100 epochs",
            where="epochs.steps, last epoch",
            estimand="exact",
            published=tables.printed(EXPERIMENT, "total_steps", epochs=100),
        ),
        tables.at_least(
            "late_share",
            steps_of_best(member) / total,
            what="share of the steps that the highest validation accuracy needs",
            where="epochs.val_accuracy, all epochs",
            possible=(0.0, 1.0),
        ),
    ]


@claim(
    "epochs-no-overfit",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="After 100 epochs the losses of train, validation and test stay together.",
    rule="The last losses on validation and on test are that on train, measured in eval mode as"
    " they are, give or take {together_loss}; before the step on the last small batch, too.",
)
def stays_together(tables: Tables) -> list[Condition]:
    """Measure how far validation and test are above train, after the last step and before it."""
    member = network(tables)
    readings = (
        (
            above_train(member),
            "last loss on {name} minus that on train",
            "epochs.train_eval_loss, {split}_loss, last epoch",
        ),
        (
            above_train_before_last_step(member),
            "loss on {name} minus that on train, before the last small batch",
            "epochs.full_batches_train_loss, full_batches_{split}_loss, last epoch",
        ),
    )
    return [
        tables.near(
            0.0,
            "together_loss",
            above,
            what=what.format(name=name),
            where=where.format(split=split),
            unit="nats",
        )
        for distances, what, where in readings
        for split, name, above in distances
    ]


def growth(member: Member, column: str) -> pd.Series:
    """Return the scatter of a column in the second half relative to the first."""
    return roughness(member.by_seed(column), "second") / roughness(member.by_seed(column), "first")


@claim(
    "epochs-accuracy-jitter",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Validation and test accuracy grow less stable late, while the loss stays stable.",
    rule="From the first to the second half of the epochs the scatter from epoch to epoch of both"
    " accuracies grows by a factor of at least {jitter_growth}, and that of the validation loss"
    " by less than that factor.",
)
def accuracy_grows_unstable(tables: Tables) -> list[Condition]:
    """Compare the halves of the training."""
    member = network(tables)
    return [
        *(
            tables.at_least(
                "jitter_growth",
                growth(member, f"{split}_accuracy"),
                what=f"growth of the scatter of the accuracy on {name}",
                where=f"epochs.{split}_accuracy, both halves of the epochs",
                scale="log",
            )
            for split, name in EVALUATED
        ),
        tables.at_most(
            "jitter_growth",
            growth(member, "val_loss"),
            what="growth of the scatter of the validation loss",
            where="epochs.val_loss, both halves of the epochs",
            scale="log",
        ),
    ]


def relative_scatter(member: Member, column: str, half: Literal["first", "second"]) -> pd.Series:
    """Return the scatter of a column relative to what it gains over the whole training."""
    rows = member.by_seed(column)
    return roughness(rows, half) / (rows.iloc[-1] - rows.loc[0]).abs()


@claim(
    "epochs-auroc-stable",
    section=SECTION,
    experiment=EXPERIMENT,
    speculation=True,
    statement="The area under the ROC curve would have been the more stable metric.",
    rule="In the second half of the epochs the scatter of the area from epoch to epoch, relative"
    " to its gain over the whole training, is at most {steadier_ratio} of that of the accuracy,"
    " on validation and on test.",
)
def area_is_steadier(tables: Tables) -> list[Condition]:
    """Compare the two metrics, each relative to what it gains."""
    member = network(tables)
    check_measured(member, "val_auroc", "auroc")
    return [
        tables.at_most(
            "steadier_ratio",
            relative_scatter(member, f"{split}_auroc", "second")
            / relative_scatter(member, f"{split}_accuracy", "second"),
            what=f"scatter of the area relative to that of the accuracy on {name}",
            where=f"epochs.{split}_auroc, {split}_accuracy, second half",
            scale="log",
        )
        for split, name in EVALUATED
    ]
