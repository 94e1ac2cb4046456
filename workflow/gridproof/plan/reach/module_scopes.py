"""Scopes of names: what statements bind, as Python's compiler sees it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

VISITED_AS = {
    "AsyncFunctionDef": "FunctionDef",
    "DictComp": "ListComp",
    "GeneratorExp": "ListComp",
    "ImportFrom": "Import",
    "MatchStar": "MatchAs",
    "SetComp": "ListComp",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What an import binds: a module, or with `name` what the module holds under that name."""

    module: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.module}:{self.name}" if self.name else self.module


@dataclass(slots=True, kw_only=True)
class Scope:
    """The names of a function, class, comprehension or module.

    Attributes
    ----------
    bound : names that are bound here.
    in_module, outside : names declared `global`, and those declared `nonlocal`.
    imports : what the names stand for that imports bind.
    executed : modules that the imports import.
    stars : modules of which the imports take all names.
    ready : names of a class that statements before this one have bound; the others are looked up
        outside of the class.
    own : the name under which a method knows its object.
    """

    is_class: bool = False
    bound: set[str] = field(default_factory=set)
    in_module: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    imports: dict[str, list[Target]] = field(default_factory=dict)
    executed: list[Target] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)
    ready: set[str] = field(default_factory=set)
    own: str = ""


def scope_of(
    nodes: Iterable[ast.AST], package: tuple[str, ...], *, is_class: bool = False
) -> Scope:
    """Return the names that code binds in its own scope, not in functions and classes in it.

    `package` are the parts of the package's name that relative imports start from.
    """
    binder = _Binder(package, is_class)
    for node in nodes:
        binder.visit(node)
    return binder.scope


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters of a function, in order."""
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def absolute_module(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    """Return the module that a `from` import names, in full."""
    base = package[: len(package) - node.level + 1] if node.level else ()
    return ".".join((*base, *([node.module] if node.module else [])))


def import_targets(
    node: ast.Import | ast.ImportFrom, package: tuple[str, ...]
) -> list[tuple[str, Target, Target]]:
    """Return the names that an import binds, what each stands for, and what is imported for it."""
    found = []
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            name = alias.asname or alias.name
            target = Target(absolute_module(node, package), alias.name if name != "*" else "")
            found.append((name, target, target))
        else:
            executed, first = Target(alias.name), alias.name.partition(".")[0]
            target = executed if alias.asname else Target(first)
            found.append((alias.asname or first, target, executed))
    return found


class TypesVisitor(ast.NodeVisitor):
    """Visits nodes of several types by the same method."""

    def visit(self, node: ast.AST) -> None:
        """Visit a node, as its type's method or else the one of a type like it does."""
        name = type(node).__name__
        visit = getattr(self, f"visit_{VISITED_AS.get(name, name)}", self.generic_visit)
        visit(node)


class _Binder(TypesVisitor, ast.NodeVisitor):
    """Collects into `scope` what code binds."""

    def __init__(self, package: tuple[str, ...], is_class: bool) -> None:
        self.package = package
        self.scope = Scope(is_class=is_class)
        self.comprehensions = 0

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load) and not self.comprehensions:
            self.scope.bound.add(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        # Also in a comprehension, `:=` binds in the function around it.
        self.scope.bound.add(node.target.id)
        self.visit(node.value)

    def visit_ListComp(self, node: ast.AST) -> None:
        self.comprehensions += 1
        self.generic_visit(node)
        self.comprehensions -= 1

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scope.bound.add(node.name)
        for outside in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if outside:
                self.visit(outside)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scope.bound.add(node.name)
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for outside in (*node.args.defaults, *node.args.kw_defaults):
            if outside:
                self.visit(outside)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.scope.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.scope.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.scope.bound.add(node.rest)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.in_module.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outside.update(node.names)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, target, executed in import_targets(node, self.package):
            self.scope.executed.append(executed)
            if name == "*":
                self.scope.stars.append(target.module)
            else:
                self.scope.bound.add(name)
                self.scope.imports.setdefault(name, []).append(target)
