"""Folders of parts: which parts lie in them, and how they are imported."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from types import ModuleType

from gridproof.declarations import is_part
from gridproof.errors import GridproofError, nearest

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
    """Return the folder that an entry of `parts:` names.

    Raises
    ------
    GridproofError : it is not there, or Python cannot import it under its name.
    """
    path = Path(entry).absolute()
    if not path.is_dir():
        raise GridproofError(f"there is no folder {entry!r}{nearest_folder(path)}")
    kinds: tuple[str, ...] = KINDS_OF_PARTS
    if path.name in KINDS_OF_PARTS:
        kinds, path = (path.name,), path.parent
    check_importable(path)
    return PartsFolder(path, path.name, kinds)


def nearest_folder(path: Path) -> str:
    """Return which folder may be meant by a path that does not lead to one, else nothing."""
    missing = next(item for item in (*reversed(path.parents), path) if not item.is_dir())
    beside = [item.name for item in missing.parent.iterdir() if item.is_dir()]
    return nearest(missing.name, beside)


def check_importable(path: Path) -> None:
    """Refuse a folder whose name Python cannot import, or under which it finds something else."""
    name = path.name
    if not name.isidentifier() or iskeyword(name):
        raise GridproofError(
            f"found a folder called {name!r}, expected a name that Python can import: letters, "
            "digits and _, no digit first"
        )
    taken = installed(name)
    if taken:
        raise GridproofError(
            f"found a folder called {name!r}, under which Python already finds {taken}; "
            "expected another name"
        )


def installed(name: str) -> str:
    """Return what Python has under a name by itself or by installation; empty for nothing."""
    if name in (*sys.stdlib_module_names, "gridproof"):
        return "a module of its own" if name != "gridproof" else "this package"
    places = [sysconfig.get_path(key) for key in ("purelib", "platlib")]
    found = importlib.machinery.PathFinder.find_spec(name, places)
    if found is None:
        return ""
    return str(found.origin or next(iter(found.submodule_search_locations or ()), name))


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


def import_part(module: str) -> ModuleType:
    """Import a module of a part; packages of a study's own have been made importable before.

    Raises
    ------
    GridproofError : the module of a study's own fails while it is imported.
    """
    if module.startswith(f"{ENGINE_PARTS}."):
        return importlib.import_module(module)
    try:
        return importlib.import_module(module)
    except GridproofError:
        raise
    except Exception as error:
        raise GridproofError(f"{module}: {type(error).__name__}: {error}") from error


def make_importable(folders: Sequence[PartsFolder]) -> None:
    """Let this process find the packages of a study's own parts, each in its own folder alone.

    The path of modules would not do: several studies call their folder `study`, and whichever lies
    first on it, or has an `__init__.py`, would be found for all.
    """
    for folder in folders:
        if folder.package != ENGINE_PARTS:
            _register(folder.package, folder.path)


def _register(package: str, path: Path) -> None:
    known = sys.modules.get(package)
    if known is not None and list(getattr(known, "__path__", ())) == [str(path)]:
        return
    for name in [item for item in sys.modules if item.partition(".")[0] == package]:
        del sys.modules[name]  # another study's, which this process read before
    init = path / "__init__.py"
    spec = (
        importlib.util.spec_from_file_location(
            package, init, submodule_search_locations=[str(path)]
        )
        if init.is_file()
        else importlib.machinery.ModuleSpec(package, None, is_package=True)
    )
    assert spec is not None
    spec.submodule_search_locations = [str(path)]
    sys.modules[package] = module = importlib.util.module_from_spec(spec)
    if spec.loader is not None:
        spec.loader.exec_module(module)
