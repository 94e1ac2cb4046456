"""The graph of imports, drawn from the sources without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workspace import REPOSITORY

PACKAGES = {
    "gridproof": REPOSITORY / "workflow" / "gridproof",
    "study": REPOSITORY / "study",
}
"""The folders that modules are looked for in, by the name that they are imported as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """An import: which module imports which, where, and what of it.

    Attributes
    ----------
    names : what is imported of the module, empty for the module as a whole.
    for_types : whether it stands under `if TYPE_CHECKING`, and is never run.
    """

    importer: str
    imported: str
    path: Path
    line: int
    names: tuple[str, ...] = ()
    for_types: bool = False

    def __str__(self) -> str:
        shown = self.path.relative_to(REPOSITORY) if self.path.is_relative_to(REPOSITORY) else ""
        return f"{shown or self.path}:{self.line}: {self.importer} -> {self.imported}"


def sources(package: str) -> dict[str, Path]:
    """Return the file of each module of a package, by the module's name."""
    folder = PACKAGES[package]
    return {module_name(package, folder, path): path for path in sorted(folder.rglob("*.py"))}


def module_name(package: str, folder: Path, path: Path) -> str:
    """Return the name that a file is imported as."""
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join((package, *(part for part in parts if part != "__init__")))


def arrows(modules: dict[str, Path]) -> list[Arrow]:
    """Return all imports among `modules`, in functions as well, in the order of files and lines."""
    return [
        arrow
        for name, path in modules.items()
        for arrow in arrows_of(name, path, set(modules))
        if arrow.imported in modules
    ]


def arrows_of(name: str, path: Path, known: set[str]) -> Iterator[Arrow]:
    """Yield the imports of one module; `known` tells a submodule from another name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
            continue
        for imported, names in targets(node, package, known):
            yield Arrow(
                importer=name,
                imported=imported,
                path=path,
                line=node.lineno,
                names=names,
                for_types=id(node) in typing_only,
            )


def targets(
    node: ast.Import | ast.ImportFrom | ast.Call, package: str, known: set[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the modules that a statement imports, and what it takes of each."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, ()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *filter(None, [node.module])])
        modules = [alias.name for alias in node.names if f"{base}.{alias.name}" in known]
        names = tuple(alias.name for alias in node.names if alias.name not in modules)
        yield from ((f"{base}.{module}", ()) for module in modules)
        if names:
            yield base, names
    elif ast.unparse(node.func).endswith("import_module"):
        for argument in node.args[:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value, ()
