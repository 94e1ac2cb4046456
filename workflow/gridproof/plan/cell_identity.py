"""What makes a cell the same cell: canonical spec, code and library versions, in one digest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from gridproof.errors import GridproofError
from gridproof.parameter import Parameters, identifying, slug_prefixes
from gridproof.part import Family
from gridproof.plan.reach import Roots, code_digest

DIGEST_LENGTH = 12


def canonical_json(value: object) -> str:
    """Return JSON with sorted names and no spaces; equal values give equal text.

    Floats have Python's shortest form, so 1e-3 and 0.001 are one text. NaN is refused.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def short_digest(value: object) -> str:
    """Return the first 12 hex digits of the SHA-256 of a value's canonical JSON."""
    return sha256(canonical_json(value).encode()).hexdigest()[:DIGEST_LENGTH]


@cache
def installed_version(distribution: str) -> str:
    """Return a distribution's version; GridproofError says what to run where it is missing."""
    try:
        return version(distribution)
    except PackageNotFoundError as error:
        raise GridproofError(
            f"the Python package {distribution!r} is not installed here; run `make setup`"
        ) from error


def library_versions(distributions: Iterable[str]) -> dict[str, str]:
    """Return the version of each distribution, by name."""
    return {name: installed_version(name) for name in sorted(distributions)}


def identifying_spec(
    family: Family, parameters: Parameters, data: str, engine: str, threads: int
) -> dict[str, Any]:
    """Return what identifies a cell besides code, libraries and chosen files.

    `data` is the digest of the prepared data; `engine` is resolved (never `auto`). Left out are
    parameters with a neutral value, the family's first engine, and threads where no bit depends on
    them.
    """
    spec: dict[str, Any] = {
        "data": data,
        "family": family.name,
        "parameters": identifying(parameters),
    }
    if engine != family.engine:
        spec["engine"] = engine
    if engine != family.engine or not family.exact:
        spec["threads"] = threads
    return spec


def cell_code(entries: Iterable[str], roots: Roots) -> str:
    """Return the digest of the code that trains a cell: all that its entry points can reach."""
    return code_digest(tuple(entries), roots)


def cell_digest(spec: Mapping[str, object], code: str, libraries: Mapping[str, str]) -> str:
    """Return the digest that names a cell's folder."""
    return short_digest({"spec": spec, "code": code, "libraries": libraries})


def cell_slug(family: Family, parameters: Parameters) -> str:
    """Return the readable part of a cell's folder name, such as `mlp-d6-w16-lr0.001-b256-e50`.

    What is no part of the identity is not shown, so that a new parameter renames no cell.
    """
    counted = identifying(parameters)
    shown = [(name, prefix) for name, prefix in slug_prefixes(type(parameters)) if name in counted]
    values = [(prefix, getattr(parameters, name)) for name, prefix in shown]
    return "-".join(
        [
            family.name,
            *(prefix if value is True else f"{prefix}{value}" for prefix, value in values),
        ]
    )
