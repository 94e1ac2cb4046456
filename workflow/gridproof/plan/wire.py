"""The one writer and the one reader of what passes from planning to a job: canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from gridproof.errors import GridproofError
from gridproof.plan.cell_identity import canonical_json

Plan = TypeVar("Plan")
LONGEST = 60
"""Characters of a value that a message shows."""


def written(plan: Any) -> str:
    """Return a plan of `plan.job_plans` as canonical JSON, in which the order of keys is lost.

    So the order of keys in a study changes no argument of a job and no name of a file.
    """
    return canonical_json(reader(type(plan)).dump_python(plan, mode="json"))


def written_in_order(plan: Any) -> str:
    """Return a plan as JSON for a file: keys as in the study, such as columns of parameters."""
    return json.dumps(reader(type(plan)).dump_python(plan, mode="json"), indent=1) + "\n"


def read(kind: type[Plan], text: str) -> Plan:
    """Return the plan that a job was given: JSON, or the path of a file that holds it.

    Raises
    ------
    GridproofError : names the file or the argument, the key, what was found and expected.
    """
    if text.lstrip().startswith("{"):
        return parsed(kind, text, "the job's argument")
    return read_file(kind, Path(text))


def read_file(kind: type[Plan], path: Path) -> Plan:
    """Return the plan in a file; GridproofError names the file and the key that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GridproofError(f"{path}: cannot be read as a plan ({error})") from error
    return parsed(kind, text, str(path))


def parsed(kind: type[Plan], text: str, where: str) -> Plan:
    """Return the plan in a text that comes from `where`."""
    try:
        plan: Plan = reader(kind).validate_json(text, strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        place = ": ".join(filter(None, [where, ".".join(map(str, details["loc"]))]))
        found = "nothing" if details["type"] == "missing" else shortened(repr(details["input"]))
        raise GridproofError(
            f"{place}: found {found}, expected a {kind.__name__} ({details['msg']}); "
            "run the same command again, which plans anew"
        ) from None
    return plan


def shortened(text: str) -> str:
    """Return a text that fits into a message."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def reader(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what checks and writes one class of plans; made once, as there are many jobs."""
    return _reader(cast("Hashable", kind))


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
