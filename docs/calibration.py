"""Simulate how often verdicts are wrong, and how often none is reached; write the tables of
docs/verdicts.md: `python docs/calibration.py`.

Each form of condition is put to seeds that are drawn from a known truth. At the bound itself the
errors are largest: "supported" is wrong if the truth is a hair outside, "contradicted" if it is a
hair inside. Away from it the same simulation gives the power.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gridproof.judge.condition import Condition
from gridproof.judge.judging import LEVEL, condition_result
from gridproof.kit.markdown import table

PAGE = Path(__file__).parent / "verdicts.md"
MARKS = ("<!-- simulated -->\n", "<!-- end -->\n")
STUDIES = 20_000
"""Simulated conditions a row of the tables."""
SEEDS = (5, 20)
N_CLAIMS = 44
"""Claims of the default study: the first of Holm's levels is LEVEL over this."""
Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of condition, and seeds whose truth lies `distance` standard deviations inside."""

    name: str
    draw: Callable[[np.random.Generator, int, float], np.ndarray]
    condition: Callable[[dict[int, float]], Condition]


def condition(values: dict[int, float], **arguments: object) -> Condition:
    """Return a condition on simulated numbers."""
    return Condition(what="number", unit="any", where="drawn", values=values, **arguments)  # type: ignore[arg-type]


def normal(generator: np.random.Generator, n: int, distance: float) -> np.ndarray:
    """Draw normal numbers of variance 1 and mean `distance`."""
    return generator.normal(distance, 1, n)


def skewed(generator: np.random.Generator, n: int, distance: float) -> np.ndarray:
    """Draw exponential numbers of variance 1 and mean `distance`: a long tail above."""
    return generator.exponential(1, n) - 1 + distance


def two_groups(generator: np.random.Generator, n: int, distance: float) -> np.ndarray:
    """Draw numbers of variance 1 and mean `distance`, one seed in five far from the others."""
    apart = generator.random(n) < 0.2
    numbers = np.where(apart, 2.0, -0.5) * 0.9 + generator.normal(0, math.sqrt(0.19), n)
    return numbers + distance


def lognormal(generator: np.random.Generator, n: int, distance: float) -> np.ndarray:
    """Draw ratios whose logarithms have variance 1 and mean `distance`."""
    return np.exp(generator.normal(distance, 1, n))


def events(generator: np.random.Generator, n: int, distance: float) -> np.ndarray:
    """Draw ones with a probability of one half and `distance` times its standard deviation."""
    return (generator.random(n) < 0.5 * (1 + distance)).astype(float)


FORMS = (
    Form(
        name="mean at least a bound, normal",
        draw=normal,
        condition=lambda values: condition(values, low=0.0),
    ),
    Form(
        name="mean near a number, normal",
        draw=lambda generator, n, distance: normal(generator, n, distance - 3),
        condition=lambda values: condition(values, low=-3.0, high=3.0),
    ),
    Form(
        name="ratio at least a bound, log-normal",
        draw=lognormal,
        condition=lambda values: condition(values, low=1.0, scale="log"),
    ),
    Form(
        name="share of seeds above one half",
        draw=events,
        condition=lambda values: condition(values, low=1.0, estimand="seeds"),
    ),
    Form(
        name="mean at least a bound, a tail above",
        draw=skewed,
        condition=lambda values: condition(values, low=0.0),
    ),
    Form(
        name="mean at least a bound, two groups",
        draw=two_groups,
        condition=lambda values: condition(values, low=0.0),
    ),
)


def rates(
    form: Form, n: int, distance: float, tail: float, studies: int = STUDIES, seed: int = 0
) -> tuple[float, float]:
    """Return how often a form is supported, and contradicted.

    Parameters
    ----------
    n : seeds.
    distance : of the truth from the bound, in standard deviations of a seed; positive is inside.
    tail : what the interval leaves out on either side.
    """
    generator = np.random.default_rng(seed)
    found = [
        condition_result(form.condition(dict(enumerate(form.draw(generator, n, distance)))), tail)
        for _ in range(studies)
    ]
    return found.count("supported") / studies, found.count("contradicted") / studies


def errors_table() -> str:
    """Return a row a form: how often each error is made at the bound, by number of seeds."""
    rows = []
    for form in FORMS:
        row: list[str] = [form.name]
        for n in SEEDS:
            row += [f"{rate:.1%}" for rate in rates(form, n, 0.0, LEVEL)]
        rows.append(row)
    headers = [f"{word}, {n} seeds" for n in SEEDS for word in ("supported", "contradicted")]
    return str(table(["form", *headers], rows))


def power_table() -> str:
    """Return a row a distance: how often the truth is found, alone and first of all claims."""
    rows = []
    for distance in (0.25, 0.5, 1.0, 2.0, 4.0):
        row: list[str] = [f"{distance:g}"]
        for form in (FORMS[0], FORMS[3]):
            for n in SEEDS:
                for tail in (LEVEL, LEVEL / N_CLAIMS):
                    is_share = form is FORMS[3]
                    shown = not is_share or distance <= 1
                    row.append(f"{rates(form, n, distance, tail)[0]:.0%}" if shown else "")
        rows.append(row)
    headers = [
        f"{what}, {n} seeds, {when}"
        for what in ("mean", "share")
        for n in SEEDS
        for when in ("one claim", f"{N_CLAIMS} claims")
    ]
    return str(table(["distance", *headers], rows))


def main() -> None:
    """Write both tables into the page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    text = f"""
How often each verdict is reached where the truth lies at the bound, at a level of {LEVEL:.0%}
({STUDIES:,} simulated studies a row):

{errors_table()}

How often the truth is found, by its distance from the bound in standard deviations of a seed
(of a share, (share - 1/2) / 1/2), for a claim by itself and for one that stands first of
{N_CLAIMS}:

{power_table()}

"""
    PAGE.write_text(before + MARKS[0] + text + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    main()
