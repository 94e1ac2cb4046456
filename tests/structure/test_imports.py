"""No import runs upward: the rooms of the package know those below them, and no part by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from structure.import_graph import PACKAGES, Arrow, arrows, sources
from workspace import REPOSITORY

BASE = "base"
GROUND = (BASE, "files", "kit")
ORDER = (
    GROUND,
    ("config",),
    ("plan",),
    ("run",),
    ("tables",),
    ("judge", "draw"),
    ("report",),
    ("rules",),
    ("cli",),
)
"""The rooms from the bottom to the top; judge and draw know nothing of each other."""
TOP_MODULES = {"gridproof.__main__": "cli"}
PARTS = "parts"
ROOMS_FOR_PARTS = ("files", "kit", PARTS)
MODULES_FOR_PARTS = ("gridproof.part", "gridproof.parameter", "gridproof.errors")
FOR_TYPES_ONLY = ("gridproof.part", "gridproof.kit.")
"""Where an import under `if TYPE_CHECKING` may run upward: a part is told the types it is given."""
STUDY = "study"
ALSO_WORDS = {"folder", "map", "curves", "splits", "auroc", "regions"}
"""Names of parts that the engine may use as words: of a place, of columns, of units."""


def room(module: str) -> str:
    """Return the room of a module: the folder of the package that it lies in."""
    if module in TOP_MODULES:
        return TOP_MODULES[module]
    package, _, rest = module.partition(".")
    if package == STUDY:
        return STUDY
    first = rest.partition(".")[0]
    is_folder = bool(first) and (PACKAGES["gridproof"] / first).is_dir()
    return first if is_folder else BASE


def level(name: str) -> int:
    """Return how high a room lies."""
    return next(height for height, rooms in enumerate(ORDER) if name in rooms)


def is_allowed(arrow: Arrow) -> bool:
    """Tell whether the order of the rooms allows an import."""
    if arrow.for_types and arrow.importer.startswith(FOR_TYPES_ONLY):
        return True
    importer, imported = room(arrow.importer), room(arrow.imported)
    if importer in (PARTS, STUDY):
        return (
            imported == importer
            or imported in ROOMS_FOR_PARTS
            or arrow.imported in MODULES_FOR_PARTS
        )
    if imported in (PARTS, STUDY):
        return False
    if importer in GROUND and imported in GROUND:
        return True
    return importer == imported or level(imported) < level(importer)


def told(found: Iterable[object]) -> str:
    """Return a line for each thing that was found."""
    return "\n".join(map(str, found))


@pytest.fixture(scope="module")
def graph() -> list[Arrow]:
    """All imports among the modules of the package and of the default study."""
    return arrows(sources("gridproof") | sources(STUDY))


def test_every_room_has_a_place_in_the_order() -> None:
    """A new folder of the package is not left out of the rules."""
    rooms = {room(module) for module in sources("gridproof")}
    assert rooms == {PARTS, *(name for line in ORDER for name in line)}


def test_no_import_runs_upward(graph: list[Arrow]) -> None:
    """config, plan, run, tables, judge and draw, report, rules, cli: each knows those before it."""
    assert len(graph) > 500
    upward = [arrow for arrow in graph if room(arrow.importer) not in (PARTS, STUDY)]
    upward = [a for a in upward if not is_allowed(a) and room(a.imported) not in (PARTS, STUDY)]
    assert not upward, told(upward)


def test_engine_imports_no_part(graph: list[Arrow]) -> None:
    """Neither one of the package nor one of the study: it asks the catalogue."""
    by_name = [
        arrow
        for arrow in graph
        if room(arrow.imported) in (PARTS, STUDY) and room(arrow.importer) not in (PARTS, STUDY)
    ]
    assert not by_name, told(by_name)


def test_engine_writes_no_module_of_a_part_in_a_text() -> None:
    """An entry point such as `gridproof.parts.x:y` is built from what the catalogue says."""
    texts = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}: {node.value!r}"
        for module, path in sources("gridproof").items()
        if room(module) != PARTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("gridproof.parts.", "study."))
    ]
    assert not texts, told(texts)


@pytest.mark.parametrize("kind", ["families", "data", "figures", "measurements"])
def test_engine_names_no_part(kind: str) -> None:
    """Which parts there are, and what is done for one of them, stands in the parts alone."""
    names = set(catalogue((str(REPOSITORY / STUDY),)).names(kind)) - ALSO_WORDS
    assert len(names) > 1
    found = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}: {node.value!r}"
        for module, path in sources("gridproof").items()
        if room(module) != PARTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert not found, told(found)


def test_parts_import_what_is_made_for_them(graph: list[Arrow]) -> None:
    """What a part is, its parameters, errors, files, the kit, and other parts."""
    others = [a for a in graph if room(a.importer) in (PARTS, STUDY) and not is_allowed(a)]
    assert not others, told(others)


def test_parts_take_public_names_of_each_other(graph: list[Arrow]) -> None:
    """No module of the package or the study takes a name with a leading underscore of another."""
    private = [
        f"{arrow} ({name})"
        for arrow in graph
        for name in (*arrow.names, arrow.imported.rpartition(".")[2])
        if name.startswith("_") and not name.startswith("__")
    ]
    assert not private, told(private)


@pytest.mark.parametrize(
    ("importer", "imported", "statement", "allowed"),
    [
        ("gridproof.plan.a", "gridproof.config.b", "from gridproof.config.b import c", True),
        ("gridproof.plan.a", "gridproof.run.b", "from gridproof.run.b import c", False),
        ("gridproof.plan.a", "gridproof.run.b", "from gridproof.run import b", False),
        ("gridproof.plan.a", "gridproof.run.b", "import gridproof.run.b", False),
        ("gridproof.plan.a", "gridproof.run.b", "from ..run.b import c", False),
        ("gridproof.plan.a", "gridproof.plan.b", "from . import b", True),
        ("gridproof.plan.a", "gridproof.run.b", "import_module('gridproof.run.b')", False),
        ("gridproof.plan.a", "gridproof.run.b", "def f():\n    import gridproof.run.b", False),
        (
            "gridproof.plan.a",
            "gridproof.run.b",
            "if TYPE_CHECKING:\n    from gridproof.run.b import c",
            False,
        ),
        (
            "gridproof.part",
            "gridproof.draw.b",
            "if TYPE_CHECKING:\n    from gridproof.draw.b import c",
            True,
        ),
        ("gridproof.part", "gridproof.draw.b", "from gridproof.draw.b import c", False),
        ("gridproof.judge.a", "gridproof.draw.b", "import gridproof.draw.b", False),
        ("gridproof.cli.a", "gridproof.rules.b", "import gridproof.rules.b", True),
        ("gridproof.cli.a", "gridproof.parts.b", "import gridproof.parts.b", False),
        ("gridproof.parts.a", "gridproof.kit.b", "import gridproof.kit.b", True),
        ("gridproof.parts.a", "gridproof.words", "from gridproof.words import c", False),
        ("gridproof.parts.a", "gridproof.plan.b", "import gridproof.plan.b", False),
        ("study.figures.a", "gridproof.parts.b", "from gridproof.parts.b import c", True),
        ("study.figures.a", "gridproof.draw.b", "from gridproof.draw.b import c", False),
        ("gridproof.parts.a", "study.b", "from study.b import c", False),
    ],
)
def test_arrow_is_seen_and_judged(
    importer: str, imported: str, statement: str, allowed: bool, tmp_path: Path
) -> None:
    """However an import is written, it is an arrow, and the order says whether it may be there."""
    (tmp_path / "a.py").write_text(statement + "\n")
    (tmp_path / "b.py").touch()
    (arrow,) = arrows({importer: tmp_path / "a.py", imported: tmp_path / "b.py"})
    assert (arrow.importer, arrow.imported) == (importer, imported)
    assert is_allowed(arrow) == allowed
