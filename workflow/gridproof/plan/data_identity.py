"""The identity of data: a digest of everything that decides the rows, and of nothing else.

This runs whenever a study is read, so it imports no library that is slow to import, and remembers
the digests of large files.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridproof.errors import GridproofError
from gridproof.files.atomic import write_bytes
from gridproof.files.digests import file_digest
from gridproof.files.layout import CACHE
from gridproof.parameter import identifying
from gridproof.part import DataSource
from gridproof.plan.cell_identity import library_versions, short_digest
from gridproof.plan.reach import code_digest, missing_modules, reach

if TYPE_CHECKING:
    from gridproof.plan.data_plan import DataPlan

SOURCE_MEMORY = CACHE / "sources.json"
SETTLED_NS = 2_000_000_000
"""Age from which on a further change gets another time: file systems count in coarse ticks."""

Roots = Mapping[str, Path]


def current_digest(plan: DataPlan, roots: Roots, memory: Path | None = SOURCE_MEMORY) -> str:
    """Return the digest that data have as files, code and libraries stand now.

    Parameters
    ----------
    plan : of the data; its own digest is not looked at.
    roots : folders of the packages that code of the study lies in.
    memory : JSON file in which digests of files are remembered; one that cannot be read or
        written is ignored.

    Raises
    ------
    GridproofError : a file that the data are made from, or a library, is missing.
    """
    if plan.base is None:
        return short_digest(source_identity(plan, roots, memory))
    return short_digest(derived_identity(plan, current_digest(plan.base, roots, memory), roots))


def source_identity(plan: DataPlan, roots: Roots, memory: Path | None) -> dict[str, object]:
    """Return what identifies data from a source: options, files, names, libraries and code."""
    module = plan.source_part
    source: DataSource = module.SOURCE
    options = plan.source_options
    left_out = {*source.path_options, *source.facts_options}
    files = module.source_files(options)
    found: dict[str, object] = {
        "source": plan.source,
        "kind": plan.kind,
        "options": {k: v for k, v in identifying(options).items() if k not in left_out},
        "content": content_digests(files, memory),
        "libraries": library_versions(source.libraries),
        "code": code_digest(source_code(plan), roots),
    }
    if hasattr(module, "source_names"):
        found["names"] = module.source_names(options)
    return found


def derived_identity(plan: DataPlan, base: str, roots: Roots) -> dict[str, object]:
    """Return what identifies derived data, from data with the digest `base`."""
    chosen = plan.kind_part.chosen(plan.options)
    return {
        "base": base,
        "kind": plan.kind,
        "chosen": dict(chosen.digests),
        "threads": plan.declared.threads,
        "libraries": library_versions(plan.declared.libraries),
        "code": code_digest([*content_code(plan), *chosen.entries], roots),
    }


def source_code(plan: DataPlan) -> list[str]:
    """Return the entry points of the code that decides the rows of a source's data."""
    module = plan.source_part
    names = [name for name in ("load", "source_files", "source_names") if hasattr(module, name)]
    return [*(f"{plan.source_module}:{name}" for name in names), *content_code(plan)]


def content_code(plan: DataPlan) -> list[str]:
    """Return the entry points of the code that decides what the files of a kind hold."""
    return [f"{plan.kind_module}.{entry}" for entry in plan.declared.content]


def making_entries(plan: DataPlan) -> list[str]:
    """Return the entry points of all code that makes data: their content, and words about them."""
    made = f"{plan.kind_module}:make"
    if plan.base is not None:
        return [made, *content_code(plan), *plan.kind_part.chosen(plan.options).entries]
    told = [f"{plan.source_module}:origin"] if hasattr(plan.source_part, "origin") else []
    return [made, *source_code(plan), *told]


def making_code(plan: DataPlan, roots: Roots) -> str:
    """Return the digest of the code that writes files and facts of data from a source.

    It is none of their identity: where it alone is edited, the facts are written again and nothing
    is trained. Of derived data, which take long to compute, it is empty.
    """
    return "" if plan.base else code_digest(making_entries(plan), roots)


def unplanned_modules(plan: DataPlan, imported: Iterable[str], roots: Roots) -> list[str]:
    """Return the imported modules of package and study that no code of the data reaches."""
    return missing_modules(reach(making_entries(plan), roots), imported, roots)


def content_digests(files: tuple[Path, ...], memory: Path | None) -> list[str]:
    """Return the digest of each file, from `memory` where path, size and time are unchanged."""
    known = recall(memory)
    digests = []
    learned = {}
    for path in files:
        key = str(path.absolute())
        before = stamp(path)
        entry = known.get(key)
        if isinstance(entry, list) and entry[:2] == before and len(entry) == 3:
            digests.append(str(entry[2]))
            continue
        digests.append(file_digest(path))
        if stamp(path) == before and is_settled(before):
            learned[key] = [*before, digests[-1]]
    if memory is not None and learned:
        remember(memory, known | learned)
    return digests


def stamp(path: Path) -> list[int]:
    """Return size in bytes and time of the last change in ns."""
    try:
        status = path.stat()
    except OSError as error:
        raise GridproofError(f"{path} cannot be read: {error.strerror}") from error
    return [status.st_size, status.st_mtime_ns]


def is_settled(stamp: list[int]) -> bool:
    """Tell whether a further change of a file with this stamp would give it another one."""
    return time.time_ns() - stamp[1] > SETTLED_NS


def recall(memory: Path | None) -> dict[str, Any]:
    """Return what is remembered of files, by absolute path; nothing where that cannot be read."""
    try:
        known = json.loads(memory.read_text(encoding="utf-8")) if memory else {}
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def remember(memory: Path, known: Mapping[str, Any]) -> None:
    """Write down what is known of files; to know it costs time only, so failing is no error."""
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(memory, json.dumps(known, indent=1, sort_keys=True).encode())
    except OSError:
        return
