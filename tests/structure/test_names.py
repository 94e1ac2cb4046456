"""A name means one thing: no two files, no two classes of one name; nothing is too long to read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gridproof.declarations import is_part
from structure.import_graph import sources
from workspace import REPOSITORY

MODULE_LINES = 300
FUNCTION_LINES = 60
OPTIONS = "Options"
"""What each data source calls the class of its own options."""

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

FILES = (sources("gridproof") | sources("study")).values()


def shown(path: Path) -> str:
    """Return a path as a reader of the repository knows it."""
    return path.relative_to(REPOSITORY).as_posix()


def repeated(named: Iterator[tuple[str, str]]) -> list[str]:
    """Return a line for each name that is there more than once: the name, and all its places."""
    places = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return [f"{name}: {', '.join(at)}" for name, at in sorted(places.items()) if len(at) > 1]


def definitions(*kinds: type[Definition]) -> Iterator[tuple[Path, Definition]]:
    """Yield the file and the node of each definition of these kinds, nested ones as well."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds):
                yield path, node


def test_no_two_modules_have_one_name() -> None:
    """A file is known by its name alone, in the package and in the study."""
    found = repeated((path.stem, shown(path)) for path in FILES if path.name != "__init__.py")
    assert not found, "\n".join(found)


def test_no_two_classes_have_one_name() -> None:
    """But for the options that every data source declares."""
    found = repeated(
        (node.name, f"{shown(path)}:{node.lineno}")
        for path, node in definitions(ast.ClassDef)
        if node.name != OPTIONS or not is_part("data", path)
    )
    assert not found, "\n".join(found)


def test_no_module_is_too_long() -> None:
    """One reason to exist needs no more than 300 lines."""
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    found = [f"{path}: {n} lines" for path, n in lengths.items() if n > MODULE_LINES]
    assert not found, "\n".join(found)


def test_no_function_is_too_long() -> None:
    """A function is read on one screen, with its docstring."""
    found = [
        f"{shown(path)}:{node.lineno}: {node.name} has {length(node)} lines"
        for path, node in definitions(ast.FunctionDef, ast.AsyncFunctionDef)
        if length(node) > FUNCTION_LINES
    ]
    assert not found, "\n".join(found)


def length(node: Definition) -> int:
    """Return the number of lines of a definition, from its first line to its last."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1
