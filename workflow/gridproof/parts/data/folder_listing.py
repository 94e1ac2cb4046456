"""What lies in a user's folder of images."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from gridproof.errors import GridproofError, nearest


def entries(folder: Path, *, folders: bool) -> list[str]:
    """Return the names in a folder, sorted: those of folders, or those of everything else.

    Raises
    ------
    GridproofError : there is no such folder, or it cannot be read.
    """
    try:
        with os.scandir(folder) as found:
            return sorted(entry.name for entry in found if _is_folder(entry) == folders)
    except NotADirectoryError as error:
        raise GridproofError(f"{folder} is a file, expected a folder of images") from error
    except FileNotFoundError as error:
        raise GridproofError(f"{folder} does not exist, expected a folder of images") from error
    except OSError as error:
        raise GridproofError(
            f"{folder} cannot be read ({error.strerror}), expected a folder of images"
        ) from error


def nearest_folder(name: str, found: Sequence[str]) -> str:
    """Return which of the folders may be meant, or an empty string."""
    by_lower = {other.lower(): other for other in found}
    hint = nearest(name, by_lower)
    return f" (is it {by_lower[hint.split(chr(39))[1]]}?)" if hint else ""


def left_out(folders: Iterable[Path], suffixes: tuple[str, ...]) -> str:
    """Return a sentence on what lies among the images and is none, with a blank before; or nothing.

    Hidden files do not count.
    """
    others, below = Counter[str](), 0
    for folder in folders:
        for name in entries(folder, folders=False):
            if not name.startswith(".") and not name.lower().endswith(suffixes):
                others[Path(name).suffix.lower() or "no suffix"] += 1
        below += len([name for name in entries(folder, folders=True) if name[0] != "."])
    found = [f"{suffix} ({count})" for suffix, count in sorted(others.items())]
    if below:
        found.append(f"folders in those of the classes ({below})")
    return f" Left out, with their numbers: {', '.join(found)}." if found else ""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a folder or leads to one; a link in a circle leads nowhere."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def check_name(folder: Path, name: str) -> None:
    """Check that a name can be written in a table: that its bytes are UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise GridproofError(
            f"{folder}: found a file called {os.fsencode(name)!r}, expected names in UTF-8; "
            "rename it"
        ) from error
