"""A user's claims in YAML as claims: each of the six forms as conditions on one column."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pandas as pd

from gridproof.config.user_claims import (
    Bound,
    Compare,
    Extreme,
    Monotone,
    UserClaim,
    Within,
    written,
)
from gridproof.judge.claim_tables import Tables
from gridproof.judge.condition import Condition, numbers_by_seed
from gridproof.kit.trends import trained
from gridproof.part import Claim, UntestableError
from gridproof.tables.members import Member


def claim_from_yaml(name: str, user: UserClaim) -> Claim:
    """Return the claim that a section of the configuration describes."""
    form = getattr(user, user.form)
    rule, measure = FORMS[type(form)](user, form)
    return Claim(
        id=name,
        section="",
        experiment=user.experiment,
        needs=(user.experiment,),
        statement=user.statement,
        rule=literal(f"{rule} Why: {user.because}"),
        measure=measure,
    )


def literal(text: str) -> str:
    """Return a text in which braces name no thresholds."""
    return text.replace("{", "{{").replace("}", "}}")


def values_of(tables: Tables, user: UserClaim, member: Member) -> pd.Series:
    """Return the claim's column of one cell at the claim's epoch, by seed."""
    if user.column not in member.epochs or member.epochs[user.column].isna().all():
        raise UntestableError(f"{member.label}: {user.column} was not measured")
    values = member.by_seed(user.column)
    match user.epoch:
        case "last":
            return values.iloc[-1]
        case "highest":
            return trained(values).max()
        case "lowest":
            return trained(values).min()
    if user.epoch not in values.index.tolist():
        raise UntestableError(f"{member.label}: there is no epoch {user.epoch}")
    return pd.Series(values.loc[user.epoch])


def column(user: UserClaim) -> str:
    """Return the claim's column and epoch in words."""
    when = user.epoch if isinstance(user.epoch, str) else f"epoch {user.epoch}"
    return f"{user.column} ({when})"


def condition(user: UserClaim, values: pd.Series, what: str, low: float, high: float) -> Condition:
    """Return the condition that numbers of the claim's column are within bounds."""
    return Condition(
        what=what,
        unit="nats" if user.column.endswith("loss") else "fraction",
        values=numbers_by_seed(values, what),
        where=f"epochs.{user.column}, {user.epoch}",
        estimand=user.estimand,
        low=low,
        high=high,
    )


def compare(user: UserClaim, form: Compare) -> tuple[str, Callable[[Tables], list[Condition]]]:
    """Return rule and measure of: one cell has more than another."""

    def measure(tables: Tables) -> list[Condition]:
        more, less = (
            values_of(tables, user, tables.cell(user.experiment, **chosen))
            for chosen in (form.more, form.less)
        )
        what = f"difference in {column(user)}"
        return [condition(user, more - less, what, form.by, math.inf)]

    rule = f"{column(user)} of {written(form.more)} is at least {form.by:g} above that of"
    return f"{rule} {written(form.less)}.", measure


def bound(user: UserClaim, form: Bound) -> tuple[str, Callable[[Tables], list[Condition]]]:
    """Return rule and measure of: a cell's value is bounded."""
    low = -math.inf if form.at_least is None else form.at_least
    high = math.inf if form.at_most is None else form.at_most

    def measure(tables: Tables) -> list[Condition]:
        values = values_of(tables, user, tables.cell(user.experiment, **form.of))
        return [condition(user, values, column(user), low, high)]

    parts = [f"at least {form.at_least:g}"] if form.at_least is not None else []
    parts += [f"at most {form.at_most:g}"] if form.at_most is not None else []
    return f"{column(user)} of {written(form.of)} is {' and '.join(parts)}.", measure


def monotone(user: UserClaim, form: Monotone) -> tuple[str, Callable[[Tables], list[Condition]]]:
    """Return rule and measure of: values rise or fall along a parameter."""
    sign = 1 if form.direction == "rises" else -1

    def measure(tables: Tables) -> list[Condition]:
        members = sorted(
            tables.cells(user.experiment, **form.of),
            key=lambda member: member.parameters[form.along],
        )
        places = [member.parameters[form.along] for member in members]
        if len(set(places)) < len(places):
            raise UntestableError(
                f"experiment {user.experiment!r} has several cells with {written(form.of)} and one"
                f" {form.along}, expected one each"
            )
        values = [values_of(tables, user, member) for member in members]
        return [
            condition(
                user,
                sign * (after - before),
                f"{form.direction[:-1]} in {column(user)} from {form.along} {first} to {second}",
                form.by,
                math.inf,
            )
            for (first, second), (before, after) in zip(
                pairwise(places), pairwise(values), strict=True
            )
        ]

    rule = (
        f"Along {form.along}, {column(user)} of cells with {written(form.of)} {form.direction} by"
    )
    return f"{rule} at least {form.by:g} from each to the next.", measure


def extreme(user: UserClaim, form: Extreme) -> tuple[str, Callable[[Tables], list[Condition]]]:
    """Return rule and measure of: a cell has the highest, or the lowest, value of several."""
    highest = user.argmax is not None

    def measure(tables: Tables) -> list[Condition]:
        chosen = tables.cell(user.experiment, **form.among | form.cell)
        value, sign = values_of(tables, user, chosen), 1 if highest else -1
        return [
            condition(
                user,
                sign * (value - values_of(tables, user, member)),
                f"lead in {column(user)} over {member.label}",
                0.0,
                math.inf,
            )
            for member in tables.cells(user.experiment, **form.among)
            if member.cell != chosen.cell
        ]

    word = "highest" if highest else "lowest"
    rule = f"{written(form.cell)} has the {word} {column(user)} of the cells with"
    return f"{rule} {written(form.among)}.", measure


def within(user: UserClaim, form: Within) -> tuple[str, Callable[[Tables], list[Condition]]]:
    """Return rule and measure of: a cell's value is near a number."""
    low, high = form.value - form.tolerance, form.value + form.tolerance

    def measure(tables: Tables) -> list[Condition]:
        values = values_of(tables, user, tables.cell(user.experiment, **form.of))
        return [condition(user, values, column(user), low, high)]

    rule = f"{column(user)} of {written(form.of)} is {form.value:g} give or take"
    return f"{rule} {form.tolerance:g}.", measure


FORMS: dict[type, Callable[..., tuple[str, Callable[[Tables], list[Condition]]]]] = {
    Compare: compare,
    Bound: bound,
    Monotone: monotone,
    Extreme: extreme,
    Within: within,
}
