"""The identity of data: a digest of everything that decides the rows, and of nothing else.

This runs whenever a study is read, so it imports no library that is slow to import, and remembers
the digests of large files.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.atomic import write_bytes
from gridproof.files.digests import file_digest
from gridproof.plan.data_sources import find_source

DIGEST_LENGTH = 12
SETTLED_NS = 2_000_000_000


def data_digest(
    source: str, options: Mapping[str, Any], code: str, memory: Path | None = None
) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of the data's identity.

    Parameters
    ----------
    source : name of the source.
    options : all options of the source, defaults included; those that are paths do not count.
    code : digest of the code that makes the rows, the import closures of the kind's module and of
        the source's.
    memory : JSON file in which digests of files are remembered; one that cannot be read or
        written is ignored.

    Raises
    ------
    GridproofError : the source is unknown, or one of its files is missing or cannot be read.
    """
    entry = find_source(source)
    files = entry.implementation().source_files(options)
    identity = {
        "source": source,
        "options": {key: options[key] for key in options if key not in entry.path_options},
        "content": _content_digests(files, memory),
        "libraries": {library: _version(library) for library in entry.libraries},
        "code": code,
    }
    source_names = getattr(entry.implementation(), "source_names", None)
    if source_names is not None:
        identity["names"] = source_names(options)
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:DIGEST_LENGTH]


def _content_digests(files: tuple[Path, ...], memory: Path | None) -> list[str]:
    """Return the digest of each file, from `memory` where path, size and time are unchanged."""
    known = _recall(memory)
    digests = []
    learned = {}
    for path in files:
        key = str(path.absolute())
        before = _stamp(path)
        entry = known.get(key)
        if isinstance(entry, list) and entry[:2] == before and len(entry) == 3:
            digests.append(str(entry[2]))
            continue
        digests.append(file_digest(path))
        if _stamp(path) == before and _is_settled(before):
            learned[key] = [*before, digests[-1]]
    if memory is not None and learned:
        _remember(memory, known | learned)
    return digests


def _stamp(path: Path) -> list[int]:
    """Return size in bytes and time of the last change in ns."""
    try:
        status = path.stat()
    except OSError as error:
        raise GridproofError(f"{path} cannot be read: {error.strerror}") from error
    return [status.st_size, status.st_mtime_ns]


def _is_settled(stamp: list[int]) -> bool:
    """Tell whether a further change would get another time: file systems count in coarse ticks."""
    return time.time_ns() - stamp[1] > SETTLED_NS


def _recall(memory: Path | None) -> dict[str, Any]:
    try:
        known = json.loads(memory.read_text(encoding="utf-8")) if memory else {}
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(memory: Path, known: Mapping[str, Any]) -> None:
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(memory, json.dumps(known, indent=1, sort_keys=True).encode())
    except OSError:
        return


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError as error:
        raise GridproofError(
            f"the Python package {library} is not installed; install the locked packages again"
        ) from error
