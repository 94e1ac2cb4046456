"""The claims of a study in the terminal: all verdicts, one with its evidence, a check of pins."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import click
import yaml

from gridproof.errors import GridproofError, nearest
from gridproof.files.atomic import write_text
from gridproof.files.formats import read_table
from gridproof.files.layout import CLAIMS
from gridproof.plan.plan_files import claims_file
from gridproof.plan.study import Study

PLAN = b"gridproof_plan"
Row = dict[str, Any]
SOME = re.compile(r"holds in (\d+) of (\d+) seeds")
RANGE = re.compile(r"holds in (\d+) to (\d+) of (\d+) seeds")
HEADER = (
    "# Verdicts that `gridproof claims --check` expects; written by `gridproof claims --pin`.\n"
)


def read_claims(study: Study) -> list[Row]:
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
    judged = (table.schema.metadata or {}).get(PLAN, b"").decode()
    if judged != claims_file(study).name:
        raise GridproofError(
            f"{path} is of another state of {study.path}, its data or its code: "
            f"bring it up to date with `{command}`"
        )
    rows: list[Row] = table.to_pylist()
    return rows


def print_claims(rows: list[Row], section: str | None) -> None:
    """Print a line a claim: id, section, verdict, statement; and the verdicts counted."""
    if section is not None:
        valid = list(dict.fromkeys(row["section"] for row in rows))
        if section not in valid:
            raise GridproofError(f"no claims of section {section!r}{nearest(section, valid)}")
        rows = [row for row in rows if row["section"] == section]
    lines = [("id", "section", "verdict", "statement")]
    lines += [
        (
            row["id"],
            row["section"],
            row["verdict"],
            row["statement"] + (" (?)" if row["speculation"] else ""),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(3)] + [0]
    for line in lines:
        cells = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
    counts = Counter(kind(row["verdict"]) for row in rows)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    click.echo(f"{len(rows)} claims: {told}")


def kind(verdict: str) -> str:
    """Return a verdict without its numbers of seeds."""
    return "holds in some seeds" if verdict.startswith("holds in") else verdict


def print_claim(rows: list[Row], name: str) -> None:
    """Print one claim: statement, verdict, rule, numbers, thresholds with reasons, cells."""
    by_id = {row["id"]: row for row in rows}
    if name not in by_id:
        raise GridproofError(f"there is no claim {name!r}{nearest(name, by_id)}")
    row = by_id[name]
    evidence = json.loads(row["evidence"])
    reason = f": {evidence['reason']}" if evidence["reason"] else ""
    click.echo(f"{name}: {row['statement']}")
    click.echo(f"verdict: {row['verdict']}{reason}")
    click.echo(f"rule: {row['rule']}")
    for condition in evidence["conditions"]:
        print_condition(condition)
    if not math.isnan(row["adjusted"]):
        click.echo(f"p-value {row['p_value']:.2g}, adjusted for all claims {row['adjusted']:.2g}")
    if row["in_print"]:
        verb = {"agrees": "meet", "contradicts": "do not meet"}[row["in_print"]]
        click.echo(f"the published numbers {verb} the rule")
    for threshold, content in evidence["thresholds"].items():
        told = f"threshold {threshold} {content['value']:g} ({content['unit']})"
        click.echo(f"{told}: {content['reason']}")
    for cell in evidence["cells"]:
        click.echo(f"cell {cell['slug']}-{cell['cell']} ({cell['experiment']}: {cell['label']})")


def print_condition(condition: dict[str, Any]) -> None:
    """Print what was measured, seed by seed, and the bounds."""
    bounds = [
        f"{words} {condition[key]:g}"
        for key, words in (("at_least", "at least"), ("at_most", "at most"))
        if condition[key] is not None
    ]
    click.echo(
        f"  {condition['what']} ({condition['unit']}), {' and '.join(bounds)}; {condition['where']}"
    )
    for seed, value in condition["values"].items():
        mark = "yes" if condition["held"][seed] else "no"
        click.echo(f"    seed {seed}: {number(value)} {mark}")
    if condition["low"] is not None:
        interval = f"{number(condition['low'])} to {number(condition['high'])}"
        click.echo(f"    mean {number(condition['mean'])}, 95 % interval over seeds {interval}")
    if condition["published"] is not None:
        click.echo(f"    published {number(condition['published'])}")


def number(value: float | str | None) -> str:
    """Return a number as text; `none` for what diverged."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else f"{value:.4g}"


def meets(verdict: str, pin: str) -> bool:
    """Tell whether a verdict is the pinned one, or its number of seeds lies in a pinned range.

    A range, `holds in 2 to 3 of 5 seeds`, is for trainings so unstable that another type of
    processor, which rounds in another order, gives another number.
    """
    found, asked = SOME.fullmatch(verdict), RANGE.fullmatch(pin)
    if found is None or asked is None:
        return verdict == pin
    held, seeds = map(int, found.groups())
    fewest, most, of = map(int, asked.groups())
    return seeds == of and fewest <= held <= most


def pin_claims(rows: list[Row], path: Path) -> None:
    """Write the verdicts of all claims as the expected ones; a range that one meets stays."""
    before = read_pins(path) if path.exists() and path.stat().st_size else {}
    pins = {row["id"]: row["verdict"] for row in rows}
    pins |= {name: pin for name, pin in before.items() if name in pins and meets(pins[name], pin)}
    write_text(path, HEADER + yaml.safe_dump(pins, sort_keys=False, allow_unicode=True))
    click.echo(f"{len(pins)} verdicts pinned in {path}")


def check_claims(rows: list[Row], path: Path) -> int:
    """Compare the verdicts with the pinned ones and print each difference; return the exit code."""
    pins = read_pins(path)
    found = {row["id"]: row["verdict"] for row in rows}
    differences = [
        f"{name}: found {found.get(name, 'no such claim')!r}, "
        f"expected {pins.get(name, 'none: it is not pinned')!r}"
        for name in dict.fromkeys([*pins, *found])
        if name not in pins or name not in found or not meets(found[name], pins[name])
    ]
    for difference in differences:
        click.echo(difference)
    click.echo(f"{len(found)} claims, {len(differences)} differ from {path}")
    return 1 if differences else 0


def read_pins(path: Path) -> dict[str, str]:
    """Read the pinned verdicts; GridproofError if the file is not a mapping of texts."""
    try:
        pins = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise GridproofError(
            f"{path}: {error}; mend or delete it, `gridproof claims --pin` writes a new one"
        ) from error
    if not isinstance(pins, dict) or not all(isinstance(value, str) for value in pins.values()):
        raise GridproofError(f"{path}: expected a verdict for each claim, as `id: holds`")
    return pins
