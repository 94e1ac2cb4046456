"""Section 7.6.1: seventeen models that tell real images from fake ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.trends import largest, smallest
from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "7.6.1"
NO_RATE = 0.0
RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
SWEEPS = ("scratch", "finetune", "linear_probe")
PROBE, TREES = ("sklearn_probe", NO_RATE), ("xgboost", NO_RATE)
MODELS = (*SWEEPS, "sklearn_probe", "xgboost")
ACCURACY = "test_accuracy"
LAST = "epochs.test_accuracy, last epoch"
Accuracies = dict[tuple[str, float], pd.Series]


def member(tables: Tables, experiment: str, rate: float) -> Member:
    """Return the cell of a sweep with a learning rate."""
    return tables.cell(experiment, learning_rate=rate)


def ours(tables: Tables) -> Accuracies:
    """Return the test accuracy of the seventeen models, each by seed.

    The two models that draw nothing have no rate, and one replicate, which stands beside every
    seed of the others.
    """
    values = {
        (name, rate): member(tables, name, rate).finals(ACCURACY)
        for name in SWEEPS
        for rate in RATES
    }
    values[PROBE] = tables.cell("sklearn_probe", solver="lbfgs").finals(ACCURACY)
    values[TREES] = tables.cell("xgboost").finals(ACCURACY)
    seeds = sorted({int(seed) for series in values.values() for seed in series.index})
    return {model: on_seeds(series, seeds) for model, series in values.items()}


def on_seeds(values: pd.Series, seeds: list[int]) -> pd.Series:
    """Return numbers for these seeds; a single one holds for all."""
    if len(values) == 1:
        return pd.Series(float(values.iloc[0]), index=seeds)
    return values.reindex(seeds)


def theirs(tables: Tables) -> Accuracies:
    """Return the accuracies in print, each of one seed."""
    values = {
        (name, rate): tables.printed(name, ACCURACY, learning_rate=rate)
        for name in SWEEPS
        for rate in RATES
    }
    values[PROBE] = tables.printed(PROBE[0], ACCURACY)
    values[TREES] = tables.printed(TREES[0], ACCURACY)
    return {model: pd.Series([value]) for model, value in values.items()}


def some(accuracies: Accuracies, experiment: str, *rates: float) -> list[pd.Series]:
    """Return the accuracies of an experiment at these learning rates."""
    return [accuracies[experiment, rate] for rate in rates]


def xgboost_rank(accuracies: Accuracies) -> pd.Series:
    """Return one plus the number of models that are better than the trees."""
    trees = accuracies[TREES]
    better = pd.concat([series > trees for series in accuracies.values()], axis=1)
    return 1.0 + better.sum(axis=1)


@claim(
    "cnn-xgboost-near-top",
    section=SECTION,
    experiment="xgboost",
    also=MODELS,
    statement="XGBoost is near the top.",
    rule="By test accuracy it has rank {near_top_rank} of 17 or better.",
)
def trees_are_near_top(tables: Tables) -> list[Condition]:
    """Count the models that are better."""
    return [
        tables.at_most(
            "near_top_rank",
            xgboost_rank(ours(tables)),
            what="rank of XGBoost among 17 models by test accuracy",
            where=LAST,
            published=float(xgboost_rank(theirs(tables)).iloc[0]),
            possible=(1.0, 17.0),
        )
    ]


def from_chance(tables: Tables, networks: list[pd.Series]) -> pd.Series:
    """Return the largest distance of some networks from chance."""
    return largest(*((series - tables.threshold("chance")).abs() for series in networks))


@claim(
    "cnn-scratch-random",
    section=SECTION,
    experiment="scratch",
    statement="From scratch the network is near 50 % at every learning rate.",
    rule="At all five learning rates the test accuracy is {chance} give or take {chance_within}.",
)
def scratch_is_random(tables: Tables) -> list[Condition]:
    """Measure the largest distance from chance."""
    found = [member(tables, "scratch", rate).finals(ACCURACY) for rate in RATES]
    in_print = some(theirs(tables), "scratch", *RATES)
    return [
        tables.at_most(
            "chance_within",
            from_chance(tables, found),
            what="largest distance from chance of five networks from scratch",
            where=LAST,
            published=float(from_chance(tables, in_print).iloc[0]),
        )
    ]


def rates_lead(accuracies: Accuracies) -> tuple[pd.Series, pd.Series]:
    """Return the lead of 1e-4 over 1e-5, and of 1e-5 over the best other rate of fine-tuning."""
    first, second = some(accuracies, "finetune", 1e-4, 1e-5)
    return first - second, second - largest(*some(accuracies, "finetune", 1e-1, 1e-2, 1e-3))


@claim(
    "cnn-finetune-best-lr",
    section=SECTION,
    experiment="finetune",
    also=MODELS,
    statement="Fine-tuning is best at 1e-4, then at 1e-5.",
    rule="By test accuracy 1e-4 is at least {order} above 1e-5, and 1e-5 at least {order} above"
    " every other rate.",
)
def small_rates_tune_best(tables: Tables) -> list[Condition]:
    """Measure both leads."""
    found, in_print = rates_lead(ours(tables)), rates_lead(theirs(tables))
    names = ("lead of 1e-4 over 1e-5", "lead of 1e-5 over the best other rate")
    return [
        tables.at_least(
            "order",
            values,
            unit="fraction",
            what=name,
            where=LAST,
            published=float(printed.iloc[0]),
        )
        for name, values, printed in zip(names, found, in_print, strict=True)
    ]


def extremes(accuracies: Accuracies) -> tuple[pd.Series, pd.Series]:
    """Return the lead of the best fine-tuned model, and how far 1e-2 is behind all others."""
    others = [series for (name, _), series in accuracies.items() if name != "finetune"]
    lead = largest(*some(accuracies, "finetune", *RATES)) - largest(*others)
    rest = [series for model, series in accuracies.items() if model != ("finetune", 1e-2)]
    return lead, smallest(*rest) - accuracies["finetune", 1e-2]


@claim(
    "cnn-finetune-best",
    section=SECTION,
    experiment="finetune",
    also=MODELS,
    statement="The best model of all is a fine-tuned one, and the worst is fine-tuned at 1e-2.",
    rule="By test accuracy the best fine-tuned model is at least {order} above every other model,"
    " and the one fine-tuned at 1e-2 at least {order} below every other.",
)
def tuning_is_best_and_worst(tables: Tables) -> list[Condition]:
    """Measure both distances."""
    found, in_print = extremes(ours(tables)), extremes(theirs(tables))
    names = (
        "lead of the best fine-tuned model over the best other",
        "how far fine-tuning at 1e-2 is below the worst other",
    )
    return [
        tables.at_least(
            "order",
            values,
            unit="fraction",
            what=name,
            where=LAST,
            published=float(printed.iloc[0]),
        )
        for name, values, printed in zip(names, found, in_print, strict=True)
    ]


def behind_best(accuracies: Accuracies) -> pd.Series:
    """Return how far logistic regression is behind the best model."""
    return largest(*accuracies.values()) - accuracies[PROBE]


@claim(
    "cnn-sklearn-close",
    section=SECTION,
    experiment="sklearn_probe",
    also=MODELS,
    statement="Logistic regression on the features is within 4 points of the best model.",
    rule="Its test accuracy is at most {four_points} below the highest of 17.",
)
def regression_is_close(tables: Tables) -> list[Condition]:
    """Measure the distance from the best."""
    return [
        tables.at_most(
            "four_points",
            behind_best(ours(tables)),
            what="distance of logistic regression from the best model",
            where=LAST,
            published=float(behind_best(theirs(tables)).iloc[0]),
        )
    ]


def high_rates_lead(accuracies: Accuracies) -> pd.Series:
    """Return the lead of the worse of the probes at 1e-1 and 1e-2 over the best other."""
    high = smallest(*some(accuracies, "linear_probe", 1e-1, 1e-2))
    return high - largest(*some(accuracies, "linear_probe", 1e-3, 1e-4, 1e-5))


@claim(
    "cnn-probe-high-lr",
    section=SECTION,
    experiment="linear_probe",
    also=MODELS,
    statement="The linear probe is best at 1e-1 and 1e-2.",
    rule="By test accuracy both are at least {order} above every other rate.",
)
def probes_want_high_rates(tables: Tables) -> list[Condition]:
    """Measure the lead of the two."""
    return [
        tables.at_least(
            "order",
            high_rates_lead(ours(tables)),
            unit="fraction",
            what="lead of the worse of 1e-1 and 1e-2 over the best other rate",
            where=LAST,
            published=float(high_rates_lead(theirs(tables)).iloc[0]),
        )
    ]
