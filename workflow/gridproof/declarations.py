"""What a part declares, read from its file without running it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from gridproof.errors import GridproofError, nearest

Declared = TypeVar("Declared")

CONSTANTS = {"kinds": "KIND", "data": "SOURCE", "families": "FAMILY"}
"""Kind of part -> the name of the declaration in its module."""
DECORATORS = {"measurements": "measurement", "figures": "figure", "claims": "claim"}
"""Kind of part -> the decorator that declares it."""


def is_part(kind: str, path: Path) -> bool:
    """Tell whether a file declares a part of a kind."""
    tree = parsed(path)
    if kind in CONSTANTS:
        return any(
            isinstance(target, ast.Name) and target.id == CONSTANTS[kind]
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        )
    return any(True for _ in declared_functions(tree, DECORATORS[kind]))


def declared_functions(
    tree: ast.Module, decorator: str
) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    """Yield the functions of a module that carry a decorator of `gridproof.part`, and its call."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and name_of(call.func) == decorator:
                    yield node, call


def declaration(path: Path, decorator: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    """Return the function that a part declares, and the declaration's arguments, without import.

    Raises
    ------
    GridproofError : a part is declared twice in the file, or an argument is no literal or none of
        the decorator's.
    """
    name = decorator.__name__
    found = list(declared_functions(parsed(path), name))
    if len(found) != 1:
        lines = ", ".join(str(node.lineno) for node, _ in found)
        raise GridproofError(f"{path}: found @{name} on lines {lines}, expected one a file")
    function, call = found[0]
    return function.name, arguments(path, call, decorator)


def arguments(path: Path, call: ast.Call, decorator: Callable[..., Any]) -> dict[str, Any]:
    """Return the arguments of a decorator's call; GridproofError says which cannot be taken."""
    where = f"{path}, line {call.lineno}: @{decorator.__name__}"
    valid = list(signature(decorator).parameters)
    if call.args or any(item.arg is None for item in call.keywords):
        raise GridproofError(f"{where}: expected arguments by name, such as {valid[0]}=...")
    values = {}
    for item in call.keywords:
        name = str(item.arg)
        if name not in valid:
            raise GridproofError(
                f"{where}: unknown argument {name!r}{nearest(name, valid) or '.'} "
                f"Expected one of: {', '.join(valid)}"
            )
        try:
            values[name] = ast.literal_eval(item.value)
        except ValueError:
            raise GridproofError(
                f"{where}: found {name}={ast.unparse(item.value)}, expected a literal (text, "
                "numbers, lists of them), as the arguments are read without running the file"
            ) from None
    return values


def checked(declared: type[Declared], path: Path, values: Mapping[str, Any]) -> Declared:
    """Return a declaration of these values; GridproofError names the first of a wrong type."""
    try:
        found: Declared = adapter(cast(Hashable, declared)).validate_python(values)
        return found
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        name = details["loc"][0]
        if details["type"] == "missing":
            raise GridproofError(f"{path}: the argument {name!r} is missing") from None
        expected = (
            details["msg"].removeprefix("Input should be ").replace("a valid tuple", "a list")
        )
        found = details["input"]
        raise GridproofError(f"{path}: {name}: found {found!r}, expected {expected}") from None


@cache
def adapter(declared: type[Any]) -> TypeAdapter[Any]:
    """Return what checks values of a declaration; it takes milliseconds to make."""
    return TypeAdapter(declared)


def claim_lines(path: Path) -> list[tuple[str, int]]:
    """Return the ids of the claims that a file declares as literals, and their lines."""
    found = []
    for _, call in declared_functions(parsed(path), "claim"):
        ids = [*call.args[:1], *(item.value for item in call.keywords if item.arg == "id")]
        if ids and isinstance(ids[0], ast.Constant) and isinstance(ids[0].value, str):
            found.append((ids[0].value, call.lineno))
    return found


def functions_in(path: Path) -> set[str]:
    """Return the names of the functions that a file defines at its top level."""
    return {node.name for node in parsed(path).body if isinstance(node, ast.FunctionDef)}


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file; GridproofError names the line where it is no Python."""
    stamp = path.stat()
    return _parsed(path, stamp.st_mtime_ns, stamp.st_size)


@cache
def _parsed(path: Path, _mtime: int, _size: int) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise GridproofError(f"{path}, line {error.lineno}: no Python: {error.msg}") from error
    except ValueError as error:  # bytes that are no UTF-8, or zeros
        raise GridproofError(f"{path}: no Python: {error}") from error


def name_of(node: ast.expr) -> str:
    """Return the last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
