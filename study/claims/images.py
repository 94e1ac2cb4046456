"""Section 7.6.1: seventeen models that tell real images from fake ones.

Where a statement is about the best or the worst of several models, the validation images choose
which one that is, by the mean over seeds, and the test images measure it: the highest of many
accuracies on the same images would be too high. In print there is the test alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "7.6.1"
NO_RATE = 0.0
RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
SWEEPS = ("scratch", "finetune", "linear_probe")
PROBE, TREES = ("sklearn_probe", NO_RATE), ("xgboost", NO_RATE)
MODELS = (*SWEEPS, "sklearn_probe", "xgboost")
ACCURACY, VALIDATION = "test_accuracy", "val_accuracy"
LAST = "epochs.test_accuracy, last epoch"
Model = tuple[str, float]
Accuracies = dict[Model, pd.Series]


def member(tables: Tables, experiment: str, rate: float) -> Member:
    """Return the cell of a sweep with a learning rate."""
    return tables.cell(experiment, learning_rate=rate)


def ours(tables: Tables, metric: str = ACCURACY) -> Accuracies:
    """Return the test accuracy, or another metric, of the seventeen models, each by seed.

    A model that draws nothing has no rate. Where all seeds have the same images it has one
    replicate, which stands beside every seed of the others.
    """
    values = {
        (name, rate): member(tables, name, rate).finals(metric) for name in SWEEPS for rate in RATES
    }
    values[PROBE] = tables.cell("sklearn_probe", solver="lbfgs").finals(metric)
    values[TREES] = tables.cell("xgboost").finals(metric)
    seeds = sorted({int(seed) for series in values.values() for seed in series.index})
    return {model: on_seeds(series, seeds) for model, series in values.items()}


def on_seeds(values: pd.Series, seeds: list[int]) -> pd.Series:
    """Return numbers for these seeds; a single one holds for all."""
    if len(values) == 1:
        return pd.Series(float(values.iloc[0]), index=seeds)
    return values.reindex(seeds)


def theirs(tables: Tables) -> dict[Model, float]:
    """Return the accuracies in print, each of one seed."""
    values = {
        (name, rate): tables.printed(name, ACCURACY, learning_rate=rate)
        for name in SWEEPS
        for rate in RATES
    }
    values[PROBE] = tables.printed(PROBE[0], ACCURACY)
    values[TREES] = tables.printed(TREES[0], ACCURACY)
    return values


def rates_of(experiment: str, *rates: float) -> list[Model]:
    """Return the models of an experiment at these learning rates."""
    return [(experiment, rate) for rate in rates]


def lead(
    tables: Tables, what: str, first: Collection[Model], others: Collection[Model]
) -> Condition:
    """Demand that the best of some models is at least {order} above the best of others."""
    found, validation, in_print = ours(tables), ours(tables, VALIDATION), theirs(tables)
    ahead, behind = (
        max(models, key=lambda model: validation[model].mean()) for models in (first, others)
    )
    return tables.at_least(
        "order",
        found[ahead] - found[behind],
        unit="fraction",
        what=what,
        where=LAST,
        published=max(in_print[model] for model in first)
        - max(in_print[model] for model in others),
    )


@claim(
    "cnn-xgboost-near-top",
    section=SECTION,
    experiment="xgboost",
    also=MODELS,
    statement="XGBoost is near the top.",
    rule="By test accuracy it has rank {near_top_rank} of 17 or better.",
)
def trees_are_near_top(tables: Tables) -> list[Condition]:
    """Count the models that are better, seed by seed."""
    found, in_print = ours(tables), theirs(tables)
    better = pd.concat([series > found[TREES] for series in found.values()], axis=1)
    return [
        tables.at_most(
            "near_top_rank",
            1.0 + better.sum(axis=1),
            what="rank of XGBoost among 17 models by test accuracy",
            where=LAST,
            published=1.0 + sum(value > in_print[TREES] for value in in_print.values()),
            possible=(1.0, 17.0),
        )
    ]


@claim(
    "cnn-scratch-random",
    section=SECTION,
    experiment="scratch",
    statement="From scratch the network is near 50 % at every learning rate.",
    rule="At each of five learning rates the test accuracy is {chance} give or take"
    " {chance_within}.",
)
def scratch_is_random(tables: Tables) -> list[Condition]:
    """Hold every rate's accuracy against chance."""
    in_print = theirs(tables)
    return [
        tables.near(
            "chance",
            "chance_within",
            member(tables, name, rate).finals(ACCURACY),
            what=f"test accuracy from scratch at {rate:g}",
            where=LAST,
            published=in_print[name, rate],
        )
        for name, rate in rates_of("scratch", *RATES)
    ]


@claim(
    "cnn-finetune-best-lr",
    section=SECTION,
    experiment="finetune",
    also=MODELS,
    statement="Fine-tuning is best at 1e-4, then at 1e-5.",
    rule="By test accuracy 1e-4 is at least {order} above 1e-5, and 1e-5 at least {order} above"
    " the best other rate, which validation chooses.",
)
def small_rates_tune_best(tables: Tables) -> list[Condition]:
    """Measure both leads."""
    best, second, *others = rates_of("finetune", 1e-4, 1e-5, 1e-1, 1e-2, 1e-3)
    return [
        lead(tables, "lead of 1e-4 over 1e-5", [best], [second]),
        lead(tables, "lead of 1e-5 over the best other rate", [second], others),
    ]


@claim(
    "cnn-finetune-best",
    section=SECTION,
    experiment="finetune",
    also=MODELS,
    statement="The best model of all is a fine-tuned one, and the worst is fine-tuned at 1e-2.",
    rule="By test accuracy the best fine-tuned model is at least {order} above the best other,"
    " and the one fine-tuned at 1e-2 at least {order} below the worst other; validation chooses"
    " the best and the worst.",
)
def tuning_is_best_and_worst(tables: Tables) -> list[Condition]:
    """Measure both distances."""
    found, validation, in_print = ours(tables), ours(tables, VALIDATION), theirs(tables)
    tuned, low = rates_of("finetune", *RATES), ("finetune", 1e-2)
    others = [model for model in found if model not in tuned]
    rest = [model for model in found if model != low]
    worst = min(rest, key=lambda model: validation[model].mean())
    return [
        lead(tables, "lead of the best fine-tuned model over the best other", tuned, others),
        tables.at_least(
            "order",
            found[worst] - found[low],
            unit="fraction",
            what="how far fine-tuning at 1e-2 is below the worst other",
            where=LAST,
            published=min(in_print[model] for model in rest) - in_print[low],
        ),
    ]


@claim(
    "cnn-sklearn-close",
    section=SECTION,
    experiment="sklearn_probe",
    also=MODELS,
    statement="Logistic regression on the features is within 4 points of the best model.",
    rule="Its test accuracy is at most {four_points} below that of the best of the 16 others, which"
    " validation chooses.",
)
def regression_is_close(tables: Tables) -> list[Condition]:
    """Measure the distance from the best."""
    found, validation, in_print = ours(tables), ours(tables, VALIDATION), theirs(tables)
    others = [model for model in found if model != PROBE]
    best = max(others, key=lambda model: validation[model].mean())
    return [
        tables.at_most(
            "four_points",
            found[best] - found[PROBE],
            what="distance of logistic regression from the best model",
            where=LAST,
            published=max(in_print[model] for model in others) - in_print[PROBE],
        )
    ]


@claim(
    "cnn-probe-high-lr",
    section=SECTION,
    experiment="linear_probe",
    also=MODELS,
    statement="The linear probe is best at 1e-1 and 1e-2.",
    rule="By test accuracy both are at least {order} above the best other rate, which validation"
    " chooses.",
)
def probes_want_high_rates(tables: Tables) -> list[Condition]:
    """Measure the lead of each of the two."""
    others = rates_of("linear_probe", 1e-3, 1e-4, 1e-5)
    return [
        lead(tables, f"lead of {rate:g} over the best other rate", [("linear_probe", rate)], others)
        for rate in (1e-1, 1e-2)
    ]
