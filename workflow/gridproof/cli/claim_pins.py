"""Pins: the verdicts that a study expects, written down and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from gridproof.errors import GridproofError
from gridproof.files.atomic import write_text
from gridproof.judge.outcomes import FAILED
from gridproof.plan.study import Study

Row = dict[str, Any]
HEADER = (
    "# Verdicts that `gridproof claims --check` expects; written by `gridproof claims --pin`.\n"
)


def pins_file(study: Study, named: Path | None, option: str) -> Path:
    """Return the file of a study's pins: `named` on the command line, or by the study itself.

    Raises
    ------
    GridproofError : neither names one; says how to.
    """
    path = named or study.expected_claims
    if path is None:
        raise GridproofError(
            f"{study.path} names no file of pinned verdicts for {option}: expected the key "
            "`expected_claims: FILE` in it, or `--expected FILE`"
        )
    return path


def pin_claims(rows: list[Row], path: Path) -> None:
    """Write the verdicts of all claims as the expected ones.

    Raises
    ------
    GridproofError : a claim failed, which nobody should expect.
    """
    if failed := [row["id"] for row in rows if row["verdict"] == FAILED]:
        raise GridproofError(
            f"nothing was pinned in {path}: {', '.join(failed)} failed; "
            f"`gridproof claims {failed[0]}` says why"
        )
    pins = {row["id"]: row["verdict"] for row in rows}
    write_text(path, HEADER + yaml.safe_dump(pins, sort_keys=False, allow_unicode=True))
    click.echo(f"{len(pins)} verdicts pinned in {path}")


def check_claims(rows: list[Row], path: Path) -> int:
    """Compare the verdicts with the pinned ones and print each difference; return the exit code.

    A claim that failed is one, whatever is pinned.
    """
    pins = read_pins(path)
    found = {row["id"]: row["verdict"] for row in rows}
    differences = [
        f"{name}: found {found.get(name, 'no such claim')!r}, "
        f"expected {pins.get(name, 'none: it is not pinned')!r}"
        for name in dict.fromkeys([*pins, *found])
        if name not in pins
        or name not in found
        or found[name] == FAILED
        or found[name] != pins[name]
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
        raise GridproofError(f"{path}: expected a verdict for each claim, as `id: supported`")
    return pins
