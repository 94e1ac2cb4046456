"""Making prepared data: what a kind writes, the facts about it, all in one folder or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_folder
from gridproof.files.digests import file_digest
from gridproof.files.facts import FACTS, check_prepared
from gridproof.plan.data_identity import unplanned_modules
from gridproof.plan.data_plan import DataPlan
from gridproof.run.devices import leased_device
from gridproof.run.memory import keep_freed_memory


def prepare(plan: DataPlan, roots: Mapping[str, Path]) -> None:
    """Make the files of a data set, from its source or from the data that it derives from.

    Parameters
    ----------
    roots : folders of the packages that code of the study lies in.

    Raises
    ------
    GridproofError : the source or the base has something wrong, nothing can be written, or code
        ran that the data's identity does not know.
    """
    keep_freed_memory()
    with leased_device() if plan.declared.gpu else nullcontext():
        write_prepared(plan, plan.folder, roots)


def write_prepared(plan: DataPlan, folder: Path, roots: Mapping[str, Path]) -> None:
    """Write a data set into `folder`, which appears whole or stays as it was.

    The bytes are a function of the plan, the files that it names and the libraries' versions.
    """
    known = set(sys.modules)
    given = given_to(plan)
    told = {**identity_facts(plan), **origin_facts(plan, given)}
    try:
        with atomic_folder(folder) as written:
            made = plan.kind_part.make(plan.name, given, plan.options, written)
            facts = {**told, **made, "files": digests(plan, written)}
            text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
            (written / FACTS).write_text(text, encoding="utf-8")
            check_imports(plan, sys.modules.keys() - known, roots)
    except OSError as error:
        raise GridproofError(f"{folder} cannot be written: {error.strerror or error}") from error


def check_imports(plan: DataPlan, imported: Collection[str], roots: Mapping[str, Path]) -> None:
    """Refuse data that were made by code which their identity does not know."""
    if unknown := unplanned_modules(plan, imported, roots):
        raise GridproofError(
            f"the data {plan.name!r} were made with {', '.join(unknown)}, found no way to it from "
            f"{plan.source_module or plan.kind_module}, expected an import that can be followed: "
            "by its name, in code that it can reach"
        )


def given_to(plan: DataPlan) -> Any:
    """Return what a kind makes its files from: a source's rows, or the folder of other data."""
    if plan.base is not None:
        check_prepared(plan.base.folder, plan.base.digest)
        return plan.base.folder
    return plan.source_part.load(plan.source_options)


def identity_facts(plan: DataPlan) -> dict[str, str]:
    """Return who the data are."""
    source = {"source": plan.source} if plan.source else {}
    return {"name": plan.name, "kind": plan.kind, **source, "digest": plan.digest}


def origin_facts(plan: DataPlan, given: Any) -> dict[str, str]:
    """Return what a source says of its rows: sentences for the report, empty if it says none."""
    if plan.base is not None:
        return {}
    origin = getattr(plan.source_part, "origin", None)
    return {"origin": origin(plan.source_options, given) if origin else ""}


def digests(plan: DataPlan, folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that the kind has written."""
    return {name: file_digest(folder / name) for name in plan.declared.files}
