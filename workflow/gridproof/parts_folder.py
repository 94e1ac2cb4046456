"""Folders of parts: which parts lie in them, and how they are imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from gridproof.declarations import is_part
from gridproof.errors import GridproofError

PACKAGE_FOLDER = Path(__file__).resolve().parent
ENGINE_PARTS = "gridproof.parts"
KINDS_OF_PARTS = ("kinds", "data", "families", "measurements", "figures", "claims")


@dataclass(frozen=True, slots=True)
class PartsFolder:
    """A folder of parts, the package that it is imported as, and the kinds taken from it."""

    path: Path
    package: str
    kinds: tuple[str, ...] = KINDS_OF_PARTS


ENGINE_FOLDER = PartsFolder(PACKAGE_FOLDER / "parts", ENGINE_PARTS)


def parts_folder(entry: str) -> PartsFolder:
    """Return the folder that an entry of `parts:` names."""
    path = Path(entry).absolute()
    kinds: tuple[str, ...] = KINDS_OF_PARTS
    if path.name in KINDS_OF_PARTS:
        kinds, path = (path.name,), path.parent
    if not path.is_dir():
        raise GridproofError(f"parts: there is no folder {entry!r}")
    if not path.name.isidentifier() or path.name in (*sys.stdlib_module_names, "gridproof"):
        raise GridproofError(
            f"parts: found a folder called {path.name!r}, expected a name that Python can import "
            "(letters, digits and _) and that no library has"
        )
    return PartsFolder(path, path.name, kinds)


def parts_in(folder: PartsFolder) -> Iterator[tuple[str, str, str, Path]]:
    """Yield kind, name, module and file of each part in a folder.

    Measurements may also lie in a folder `measurements` of their family.
    """
    for kind in folder.kinds:
        yield from parts_of_kind(kind, folder.path / kind, f"{folder.package}.{kind}")
        if kind == "families" and (folder.path / kind).is_dir():
            for family in sorted((folder.path / kind).iterdir()):
                inner = f"{folder.package}.{kind}.{family.name}.measurements"
                yield from parts_of_kind("measurements", family / "measurements", inner)


def parts_of_kind(kind: str, folder: Path, package: str) -> Iterator[tuple[str, str, str, Path]]:
    """Yield kind, name, module and file of the parts of one kind; helpers declare nothing."""
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        path = entry / "__init__.py" if entry.is_dir() else entry
        is_module = path.suffix == ".py" and path.is_file() and entry.stem != "__init__"
        if is_module and is_part(kind, path):
            yield kind, entry.stem, f"{package}.{entry.stem}", path


def import_part(module: str, folders: Sequence[PartsFolder] = ()) -> ModuleType:
    """Import a module of a part; the parents of the folders are where packages are looked for.

    Raises
    ------
    GridproofError : the module of a study's own fails while it is imported.
    """
    make_importable(folders)
    if module.startswith(f"{ENGINE_PARTS}."):
        return importlib.import_module(module)
    try:
        return importlib.import_module(module)
    except GridproofError:
        raise
    except Exception as error:
        raise GridproofError(f"{module}: {type(error).__name__}: {error}") from error


def make_importable(folders: Sequence[PartsFolder]) -> None:
    """Let this process find the packages of a study's own parts."""
    for folder in folders:
        parent = str(folder.path.parent)
        if folder.package != ENGINE_PARTS and parent not in sys.path:
            sys.path.insert(0, parent)
