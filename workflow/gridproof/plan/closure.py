"""The code that can reach a result: a module's import closure in the package, and its digest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = "gridproof"
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
PACKAGE_FOLDER = Path(__file__).resolve().parent.parent


@cache
def closure(module: str, folder: Path = PACKAGE_FOLDER) -> tuple[str, ...]:
    """Return the names of the package's modules that importing `module` can run, sorted.

    Imports inside functions count, and so do the packages (`__init__`) that a module lies in;
    what other distributions hold does not.
    """
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or module_file(name, folder) is None:
            continue
        found.add(name)
        waiting.extend(imported_modules(name, folder))
    return tuple(sorted(found))


@cache
def code_digest(*modules: str, folder: Path = PACKAGE_FOLDER) -> str:
    """Return the SHA-256 of modules' closures, blind to comments, docstrings and formatting."""
    digest = sha256()
    for name in sorted({name for module in modules for name in closure(module, folder)}):
        digest.update(f"{name}\n{normalised_source(name, folder)}\n".encode())
    return digest.hexdigest()


def module_file(name: str, folder: Path) -> Path | None:
    """Return the source file of a module of the package, or None where it is no module of it."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return None
    path = folder.joinpath(*parts[1:])
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file() and (parts[1:] or candidate.name == "__init__.py"):
            return candidate
    return None


@cache
def imported_modules(name: str, folder: Path) -> tuple[str, ...]:
    """Return the names that a module may import, with the packages that they lie in."""
    return tuple(_imported(name, folder))


def _imported(name: str, folder: Path) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts)))
    path = module_file(name, folder)
    if path is None:
        return
    package = parts if path.name == "__init__.py" else parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


@cache
def normalised_source(name: str, folder: Path) -> str:
    """Return a module's syntax tree as text, without comments, docstrings and formatting.

    The text is the same on Python 3.11 to 3.13. That of `ast.unparse` is not, for f-strings with
    quotes inside, nor that of `ast.dump`, which shows fields that only some versions have.
    """
    path = module_file(name, folder)
    assert path is not None
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return render(tree)


def render(node: object) -> str:
    """Return a syntax tree as text; empty fields are left out, as some versions lack them."""
    if isinstance(node, list):
        return f"[{','.join(map(render, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [
        f"{name}={render(value)}"
        for name, value in ast.iter_fields(node)
        if value not in (None, []) or isinstance(node, ast.Constant)
    ]
    return f"{type(node).__name__}({','.join(fields)})"
