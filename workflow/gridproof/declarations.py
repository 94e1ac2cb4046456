"""What a part declares, read from its file without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError

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
            if isinstance(node, ast.Assign)
            for target in node.targets
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


def declaration(path: Path, decorator: str) -> tuple[str, dict[str, Any]]:
    """Return the function that a part declares, and the declaration's arguments, without import.

    Raises
    ------
    GridproofError : a part is declared twice in the file, or an argument is no literal.
    """
    found = list(declared_functions(parsed(path), decorator))
    if len(found) != 1:
        lines = ", ".join(str(node.lineno) for node, _ in found)
        raise GridproofError(f"{path}: found @{decorator} on lines {lines}, expected one a file")
    function, call = found[0]
    try:
        values = {str(item.arg): ast.literal_eval(item.value) for item in call.keywords}
    except ValueError:
        raise GridproofError(
            f"{path}, line {call.lineno}: expected literals as arguments of @{decorator}, as they "
            "are read without running the file"
        ) from None
    return function.name, values


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
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise GridproofError(f"{path}{line}: no valid Python ({error})") from error


def name_of(node: ast.expr) -> str:
    """Return the last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
