"""The claims of a study in the terminal: all verdicts, one with its evidence."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import click

from gridproof.cli.claim_pins import check_claims, pin_claims, pins_file
from gridproof.errors import GridproofError, nearest
from gridproof.files.formats import read_table
from gridproof.files.layout import CLAIMS
from gridproof.judge.claims_code import judged_by
from gridproof.judge.outcomes import FAILED, JUDGED, JUDGED_BY, LEFT_OUT, PLAN
from gridproof.judge.thresholds import ANY
from gridproof.plan.plan_files import claims_file
from gridproof.plan.study import Study

Row = dict[str, Any]
ESTIMATED = {
    "mean": "mean over seeds",
    "seeds": "share of seeds within",
    "exact": "the number of all seeds",
}


class ClaimRows(NamedTuple):
    """The table of a study's claims, and experiment -> ids of those about what it does not have."""

    rows: list[Row]
    left_out: dict[str, list[str]]


def claims_command(
    study: Study,
    *,
    claim: str | None = None,
    section: str | None = None,
    expected: Path | None = None,
    check: bool = False,
    pin: bool = False,
) -> int:
    """Print a study's claims, one of them, or compare or write pins; return the exit code.

    Parameters
    ----------
    claim, section : what is shown, all by default.
    expected : the file of pins; by default the one that the study names.
    """
    if check:
        path = pins_file(study, expected, "--check")
        return check_claims(read_claims(study).rows, path)
    if pin:
        path = pins_file(study, expected, "--pin")
        pin_claims(read_claims(study).rows, path)
        return 0
    judged = read_claims(study)
    if claim is not None:
        return print_claim(judged.rows, claim)
    return print_claims(judged, section)


def read_claims(study: Study) -> ClaimRows:
    """Return the table of a study's claims.

    Raises
    ------
    GridproofError : they were not judged yet, or for another state of the study.
    """
    path = study.folder / CLAIMS
    command = f"gridproof run --configfile {study.path}"
    if not path.exists():
        raise GridproofError(f"{path} is not there: judge the claims with `{command}`")
    table = read_table(path)
    metadata = table.schema.metadata or {}
    made_of = (metadata.get(PLAN, b"").decode(), metadata.get(JUDGED_BY, b"").decode())
    if made_of != (claims_file(study).name, judged_by(study.catalogue)):
        raise GridproofError(
            f"{path} is of another state of {study.path}, its data, its thresholds or its code: "
            f"bring it up to date with `{command}`"
        )
    return ClaimRows(rows=table.to_pylist(), left_out=json.loads(metadata.get(LEFT_OUT, b"{}")))


def print_claims(judged: ClaimRows, section: str | None) -> int:
    """Print a line a claim and the verdicts counted; return the exit code, 1 if one failed.

    A line is id, section, verdict, on what it was judged, statement; the last one names the claims
    that failed.
    """
    rows = judged.rows
    if section is not None:
        valid = list(dict.fromkeys(row["section"] for row in rows))
        if section not in valid:
            raise GridproofError(f"no claims of section {section!r}{nearest(section, valid)}")
        rows = [row for row in rows if row["section"] == section]
    lines = [("id", "section", "verdict", "judged", "statement")]
    lines += [
        (
            row["id"],
            row["section"],
            row["verdict"],
            row["comparability"],
            row["statement"] + (" (?)" if row["speculation"] else ""),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)] + [0]
    for line in lines:
        cells = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
    if judged.left_out and section is None:
        click.echo(left_out(judged.left_out))
    click.echo(summary(rows))
    return int(any(row["verdict"] == FAILED for row in rows))


def left_out(claims: dict[str, list[str]]) -> str:
    """Return how many claims are about which experiments that the study does not have."""
    count = sum(map(len, claims.values()))
    counted = "1 claim is" if count == 1 else f"{count} claims are"
    return f"{counted} about experiments that this study does not have: {', '.join(sorted(claims))}"


def summary(rows: list[Row]) -> str:
    """Return how many claims have each verdict, and the ids of those that failed."""
    counts = Counter(row["verdict"] for row in rows)
    listed = [f"{count} {name}" for name, count in counts.most_common()]
    failed = [row["id"] for row in rows if row["verdict"] == FAILED]
    if failed:
        place = listed.index(f"{len(failed)} {FAILED}")
        listed[place] += f" ({', '.join(failed)})"
    return f"{len(rows)} claims: {', '.join(listed)}" if rows else "0 claims"


def print_claim(rows: list[Row], name: str) -> int:
    """Print one claim: statement, verdict, rule, numbers, thresholds with reasons, cells.

    Return the exit code, 1 if it failed.
    """
    by_id = {row["id"]: row for row in rows}
    if name not in by_id:
        raise GridproofError(f"there is no claim {name!r}{nearest(name, by_id)}")
    row = by_id[name]
    evidence = json.loads(row["evidence"])
    reason = f": {evidence['reason']}" if evidence["reason"] else ""
    click.echo(f"{name}: {row['statement']}")
    click.echo(f"verdict: {row['verdict']}{reason}")
    if row["comparability"]:
        besides = f": {row['compared_with']}" if row["compared_with"] else ""
        click.echo(f"judged {JUDGED[row['comparability']]}{besides}")
    click.echo(f"rule: {row['rule']}")
    for condition in evidence["conditions"]:
        print_condition(condition)
    if not math.isnan(row["p_value"]):
        click.echo(f"p-value {row['p_value']:.2g}, held against {row['level']:.2g}")
    if row["in_print"]:
        verb = {"agrees": "meet", "contradicts": "do not meet"}[row["in_print"]]
        click.echo(f"the published numbers {verb} the rule")
    for threshold, content in evidence["thresholds"].items():
        value = f"{content['value']:g} ({content['unit']})"
        click.echo(f"threshold {threshold} {value}: {content['reason']}")
    for cell in evidence["cells"]:
        click.echo(f"cell {cell['slug']}-{cell['cell']} ({cell['experiment']}: {cell['label']})")
    return int(row["verdict"] == FAILED)


def print_condition(condition: dict[str, Any]) -> None:
    """Print what was measured, seed by seed, and the bounds."""
    bounds = [
        f"{words} {condition[key]:g}"
        for key, words in (("at_least", "at least"), ("at_most", "at most"))
        if condition[key] is not None
    ]
    unit = "" if condition["unit"] == ANY else f" ({condition['unit']})"
    click.echo(f"  {condition['what']}{unit}, {' and '.join(bounds)}; {condition['where']}")
    for seed, value in condition["values"].items():
        mark = "yes" if condition["held"][seed] else "no"
        click.echo(f"    seed {seed}: {number(value)} {mark}")
    estimand = ESTIMATED[condition["estimand"]]
    interval = f"{number(condition['low'])} to {number(condition['high'])}"
    click.echo(f"    {condition['result']}: {estimand} {number(condition['estimate'])}, {interval}")
    margin = condition["margin"]
    if condition["estimand"] != "exact":
        what = "bound" if condition["estimand"] == "mean" else "seeds"
        flips = ", ".join(
            f"{name} {number(margin[name])}" for name in ("supported", "contradicted")
        )
        click.echo(
            f"    {number(margin['errors'])} standard errors from the bound; {what} at which it "
            f"would be {flips}"
        )
    if condition["published"] is not None:
        click.echo(f"    published {number(condition['published'])}")


def number(value: float | str | None) -> str:
    """Return a number as text; `none` for what diverged."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else f"{value:.4g}"
