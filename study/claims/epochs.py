"""Section 6.1.2.2: a hundred epochs at the default learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from gridproof.kit.trends import largest, roughness, spread, trained
from gridproof.part import UntestableError, claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.1.2.2"
EXPERIMENT = "epochs"
SPLITS = ("train", "val", "test")


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
            published=tables.printed(EXPERIMENT, "total_steps", epochs=100),
        ),
        tables.at_least(
            "late_share",
            steps_of_best(member) / total,
            what="share of the steps that the highest validation accuracy needs",
            where="epochs.val_accuracy, all epochs",
        ),
    ]


@claim(
    "epochs-no-overfit",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="After 100 epochs the losses of train, validation and test stay together.",
    rule="The largest and the smallest of the three last losses are at most {together_loss} apart.",
)
def stays_together(tables: Tables) -> list[Condition]:
    """Measure the distance between the splits."""
    member = network(tables)
    return [
        tables.at_most(
            "together_loss",
            spread(*(member.finals(f"{split}_loss") for split in SPLITS)),
            what="distance between the highest and the lowest of the three last losses",
            where="epochs.train_loss, val_loss, test_loss, last epoch",
        )
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
    accuracy = [growth(member, f"{split}_accuracy") for split in ("val", "test")]
    return [
        tables.at_least(
            "jitter_growth",
            pd.concat(accuracy, axis=1).min(axis=1, skipna=False),
            what="growth of the scatter of the accuracy, the smaller of validation and test",
            where="epochs.val_accuracy, test_accuracy, both halves of the epochs",
        ),
        tables.at_most(
            "jitter_growth",
            growth(member, "val_loss"),
            what="growth of the scatter of the validation loss",
            where="epochs.val_loss, both halves of the epochs",
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
    if "val_auroc" not in member.epochs or member.epochs["val_auroc"].isna().all():
        raise UntestableError(f"{member.label}: not measured (`measure: [auroc]`)")
    ratios = [
        relative_scatter(member, f"{split}_auroc", "second")
        / relative_scatter(member, f"{split}_accuracy", "second")
        for split in ("val", "test")
    ]
    return [
        tables.at_most(
            "steadier_ratio",
            largest(*ratios),
            what="scatter of the area relative to that of the accuracy, the larger of validation"
            " and test",
            where="epochs.val_auroc, val_accuracy, test_auroc, test_accuracy, second half",
        )
    ]
