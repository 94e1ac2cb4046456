"""Section 6.1.2.4: batch sizes from one sample to 1,024."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.batch_variance import batch_variance
from gridproof.kit.step_counts import MIN_STEPS, steps_per_epoch
from gridproof.kit.trends import largest, trained
from gridproof.part import UntestableError, claim
from study.claims.epochs import steps_of_best, total_steps

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.1.2.4"
EXPERIMENT = "batch_size"
SIZES = (1, 16, 128, 1024)


def at(tables: Tables, size: int) -> Member:
    """Return the cell with a batch size."""
    return tables.published_cell(EXPERIMENT, batch_size=size)


def train_rows(tables: Tables) -> int:
    """Return the number of rows to train on."""
    return int(tables.facts(EXPERIMENT)["rows"]["train"])


@claim(
    "batch-iterations",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="An epoch has as many iterations as the rows over the batch size, rounded up.",
    rule="For every batch size the steps of the first epoch differ from that number by {order}.",
    arithmetic=True,
)
def iterations_are_counted(tables: Tables) -> list[Condition]:
    """Compare recorded steps with the rows, for each batch size."""
    n_rows = train_rows(tables)
    distances, in_print = [], []
    for size in SIZES:
        epochs = at(tables, size).epochs
        steps = epochs[epochs["epoch"] == 1].set_index("seed")["steps"].astype(float)
        distances.append((steps - math.ceil(n_rows / size)).abs())
        printed = tables.printed(EXPERIMENT, "steps_per_epoch", batch_size=size)
        in_print.append(abs(printed - math.ceil(tables.printed_rows(EXPERIMENT, "train") / size)))
    return [
        tables.at_most(
            "order",
            largest(*distances),
            unit="steps",
            what="largest distance of the recorded steps of an epoch from the formula",
            where="epochs.steps, first epoch",
            published=max(in_print),
            estimand="exact",
        )
    ]


@claim(
    "batch-steps-20x",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Batch size 1 took 20 times the steps of batch size 1,024.",
    rule="The ratio of the steps of the two trainings is {twenty_times} give or take"
    " {twenty_within}.",
    arithmetic=True,
)
def steps_are_twentyfold(tables: Tables) -> list[Condition]:
    """Divide the steps of both trainings."""
    one, many = (total_steps(at(tables, size)) for size in (1, 1024))
    printed = [tables.printed(EXPERIMENT, "total_steps", batch_size=size) for size in (1, 1024)]
    return [
        tables.near(
            "twenty_times",
            "twenty_within",
            one / many,
            what="steps at batch size 1 relative to those at 1,024",
            where="epochs.steps, last epoch",
            published=printed[0] / printed[1],
            estimand="exact",
        )
    ]


def variance(tables: Tables, member: Member) -> pd.Series:
    """Return the variance of the batch loss around its trend in the last epoch, by seed."""
    per_epoch = steps_per_epoch(train_rows(tables), member)
    if per_epoch < MIN_STEPS:
        raise UntestableError(
            f"{member.label}: {per_epoch} steps an epoch, a variance needs {MIN_STEPS}"
        )
    return batch_variance(member.rows("batches"), per_epoch).reindex(member.seeds)


@claim(
    "batch-variance",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="The larger the batch, the smaller the variance of the batch loss.",
    rule="From each batch size to the next larger one the variance of the batch loss around its"
    " trend, in the last epoch, falls by a factor of at least {variance_ratio}.",
)
def variance_falls(tables: Tables) -> list[Condition]:
    """Divide the variances of neighbours."""
    values = [variance(tables, at(tables, size)) for size in SIZES]
    return [
        tables.at_least(
            "variance_ratio",
            small / large,
            what=f"variance at batch size {size} relative to that at {larger}",
            where="batches.loss, last epoch",
            scale="log",
        )
        for (size, larger), (small, large) in zip(
            itertools.pairwise(SIZES), itertools.pairwise(values), strict=True
        )
    ]


@claim(
    "batch-40k-steps",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Batch sizes 16 and 128 reach their best accuracy, about 40 %, only after 40,000"
    " steps.",
    rule="For both the highest validation accuracy comes after at least {least_forty_thousand}, and"
    " is {forty_per_cent} give or take {stated_accuracy_within}.",
)
def best_comes_after_many_steps(tables: Tables) -> list[Condition]:
    """Find the best epoch of both."""
    members = [at(tables, size) for size in (16, 128)]
    steps = [steps_of_best(member) for member in members]
    accuracy = [trained(member.by_seed("val_accuracy")).max() for member in members]
    return [
        *(
            tables.at_least(
                "least_forty_thousand",
                values,
                what=f"steps until the highest validation accuracy at batch size {size}",
                where="epochs.steps, val_accuracy, all epochs",
            )
            for size, values in zip((16, 128), steps, strict=True)
        ),
        *(
            tables.near(
                "forty_per_cent",
                "stated_accuracy_within",
                values,
                what=f"highest validation accuracy at batch size {size}",
                where="epochs.val_accuracy, all epochs",
                published=printed,
            )
            for size, values, printed in zip(
                (16, 128),
                accuracy,
                (
                    tables.printed(EXPERIMENT, "val_accuracy", batch_size=16),
                    tables.printed(EXPERIMENT, "val_accuracy", batch_size=128, epoch="highest"),
                ),
                strict=True,
            )
        ),
    ]


@claim(
    "batch-lr-scaling",
    section=SECTION,
    experiment="batch_scaling",
    speculation=True,
    statement="A larger learning rate suits a larger batch.",
    rule="With the learning rate scaled up in proportion to the batch, from batch size 16, the"
    " last validation accuracy at batch sizes 128 and 1,024 is at least {visible_accuracy} above"
    " that at the default rate; and at batch size 128 the larger rate gains at least"
    " {visible_accuracy} more than the same rate does at 16, as else it would suit every batch.",
)
def scaled_rate_suits(tables: Tables) -> list[Condition]:
    """Compare the scaled rates with the default one, and with what they do to a small batch."""
    rates = {16: 8e-3, 128: 8e-3, 1024: 6.4e-2}
    gains = {}
    for size, rate in rates.items():
        plain, scaled = (
            tables.published_cell("batch_scaling", batch_size=size, learning_rate=chosen)
            for chosen in (1e-3, rate)
        )
        gains[size] = scaled.finals("val_accuracy") - plain.finals("val_accuracy")
    return [
        tables.at_least(
            "visible_accuracy",
            gains[128] - gains[16],
            what="gain in validation accuracy of 8e-3 at batch size 128 minus that at 16",
            where="epochs.val_accuracy, last epoch",
        ),
        *(
            tables.at_least(
                "visible_accuracy",
                gains[size],
                what=f"gain in validation accuracy of {rates[size]:g} at batch size {size}",
                where="epochs.val_accuracy, last epoch",
            )
            for size in (128, 1024)
        ),
    ]
