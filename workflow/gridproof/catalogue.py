"""The parts that a study may name, found by the files they lie in and imported late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from gridproof import part
from gridproof.declarations import CONSTANTS, checked, declaration, functions_in
from gridproof.errors import GridproofError, nearest
from gridproof.part import DataSource, Family, Kind
from gridproof.parts_folder import (
    ENGINE_FOLDER,
    KINDS_OF_PARTS,
    PACKAGE_FOLDER,
    PartsFolder,
    import_part,
    make_importable,
    parts_folder,
    parts_in,
)

SINGULAR = {
    "kinds": "kind of data",
    "data": "data source",
    "families": "family",
    "measurements": "measurement",
    "figures": "figure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as it is declared; see `gridproof.part.figure`. `function` draws it."""

    name: str
    module: str
    path: Path
    function: str
    description: str
    families: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    measurements: tuple[str, ...] = ()
    varies: int = 0
    compares: str = ""
    shows: Literal["experiment", "data"] = "experiment"
    needs_checkpoints: bool = False
    raster: bool = False
    opening: int = 0
    animated: bool = False
    has_chart: bool = False
    has_sliders: bool = False

    @property
    def caption(self) -> Path:
        """The file of its caption, beside its module."""
        return self.path.with_suffix(".rst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A measurement as it is declared; see `gridproof.part.measurement`."""

    name: str
    module: str
    function: str
    description: str
    table: str
    quantities: tuple[str, ...]
    families: tuple[str, ...]
    by_layer: bool = False
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredTable:
    """The columns that measurements add to a table, and those that tell its rows apart."""

    keys: tuple[str, ...]
    quantities: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """The parts of the package, and those of the folders that a study lists."""

    folders: tuple[PartsFolder, ...] = (ENGINE_FOLDER,)

    @cached_property
    def roots(self) -> Mapping[str, Path]:
        """The top-level packages that code of the study lies in, and their folders."""
        own = {item.package: item.path for item in self.folders if item != ENGINE_FOLDER}
        return {"gridproof": PACKAGE_FOLDER, **own}

    @cached_property
    def modules(self) -> Mapping[str, Mapping[str, tuple[str, Path]]]:
        """Kind -> name of a part -> its module and file. GridproofError if two have one name."""
        found: dict[str, dict[str, tuple[str, Path]]] = {kind: {} for kind in KINDS_OF_PARTS}
        for folder in self.folders:
            for kind, name, module, path in parts_in(folder):
                if found[kind].get(name, (module, path)) != (module, path):
                    raise GridproofError(
                        f"two parts are called {name!r}: {found[kind][name][1]} and {path}; "
                        "expected one, rename yours"
                    )
                found[kind][name] = (module, path)
        return {kind: dict(sorted(parts.items())) for kind, parts in found.items()}

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of the parts of a kind, sorted."""
        return tuple(self.modules[kind])

    def module(self, kind: str, name: str) -> str:
        """Return the module of a part; GridproofError lists the names where there is none."""
        return self._find(kind, name)[0]

    def load(self, kind: str, name: str) -> ModuleType:
        """Import the module of a part."""
        make_importable(self.folders)
        return import_part(self.module(kind, name))

    def kind(self, name: str) -> Kind:
        """Return a kind of prepared data."""
        return self._declared("kinds", name, Kind)

    def source(self, name: str) -> DataSource:
        """Return a data source."""
        return self._declared("data", name, DataSource)

    def family(self, name: str) -> Family:
        """Return a family, with the name and the package that it lies in."""
        declared: Family = self._declared("families", name, Family)
        return replace(declared, name=name, package=self.module("families", name))

    def source_kind(self, family: str) -> str:
        """Return the kind of data that a study has to name for a family, of which others derive."""
        wanted = self.family(family).kind
        return self.kind(wanted).derived_from or wanted

    def measurement(self, name: str) -> Measurement:
        """Return a measurement as it is declared."""
        module, path = self._find("measurements", name)
        function, values = declaration(path, part.measurement)
        found = {"name": name, "module": module, "function": function}
        return checked(Measurement, path, found | values)

    def figure(self, name: str) -> Figure:
        """Return a figure as it is declared."""
        module, path = self._find("figures", name)
        function, values = declaration(path, part.figure)
        defined = functions_in(path)
        found = {
            "name": name,
            "module": module,
            "path": path,
            "function": function,
            "has_chart": "chart" in defined,
            "has_sliders": "explore" in defined,
        }
        return checked(Figure, path, found | values)

    def claim_modules(self) -> tuple[str, ...]:
        """Return the modules that declare claims."""
        return tuple(module for module, _ in self.modules["claims"].values())

    def study_files(self, name: str) -> list[Path]:
        """Return the files `name` that lie in whole folders of parts, such as thresholds.yaml."""
        whole = (item.path for item in self.folders if item.kinds == KINDS_OF_PARTS)
        return [path / name for path in whole if (path / name).is_file()]

    def measurements_of(self, table: str) -> list[Measurement]:
        """Return the measurements whose quantities are columns of a table."""
        entries = map(self.measurement, self.names("measurements"))
        return [entry for entry in entries if entry.table == table]

    @cached_property
    def measured_tables(self) -> Mapping[str, MeasuredTable]:
        """Name of a table -> the columns that measurements add to it; `epochs` and their own.

        GridproofError if two measurements of one table disagree on what its rows are.
        """
        entries = [self.measurement(name) for name in self.names("measurements")]
        return {
            table: measured_table(table, self.measurements_of(table))
            for table in dict.fromkeys(["epochs", *(entry.table for entry in entries)])
        }

    def _find(self, kind: str, name: str) -> tuple[str, Path]:
        known = self.modules[kind]
        if name not in known:
            raise GridproofError(
                f"unknown {SINGULAR[kind]} {name!r}{nearest(name, known)} "
                f"(there are: {', '.join(known)})"
            )
        return known[name]

    def _declared(self, kind: str, name: str, expected: type) -> Any:
        found = getattr(self.load(kind, name), CONSTANTS[kind])
        if not isinstance(found, expected):
            raise GridproofError(
                f"{self._find(kind, name)[1]}: {CONSTANTS[kind]} is {type(found).__name__}, "
                f"expected a {expected.__name__} of gridproof.part"
            )
        return found


def measured_table(table: str, entries: Sequence[Measurement]) -> MeasuredTable:
    """Return the columns of a table that these measurements add."""
    by_layer = {entry.name: entry.by_layer for entry in entries}
    if len(set(by_layer.values())) > 1 or (table == "epochs" and any(by_layer.values())):
        raise GridproofError(
            f"the table {table!r}: found by_layer of its measurements {by_layer}, expected one "
            "answer for all of a table, and False for 'epochs'"
        )
    quantities = [quantity for entry in entries for quantity in entry.quantities]
    layer = ("layer",) if any(by_layer.values()) else ()
    return MeasuredTable(keys=("cell", "seed", "epoch", *layer), quantities=tuple(quantities))


def catalogue(parts: tuple[str, ...] = ()) -> Catalogue:
    """Return the parts of the package and of the folders that a study lists under `parts:`.

    A folder is taken as a whole, or, named `<folder>/<kind>`, for the parts of that kind alone.
    Paths count from the working directory.

    Raises
    ------
    GridproofError : a folder is not there, or cannot be imported under its name.
    """
    folders = tuple(map(parts_folder, parts))
    paths = {folder.package: folder.path for folder in folders}
    for folder in folders:
        if folder.path != paths[folder.package]:
            raise GridproofError(
                f"two folders of parts are called {folder.package!r}: {folder.path} and "
                f"{paths[folder.package]}; Python can import one of them, rename the other"
            )
    make_importable(folders)
    return _catalogue(folders)


@cache
def _catalogue(folders: tuple[PartsFolder, ...]) -> Catalogue:
    return Catalogue((ENGINE_FOLDER, *folders))
