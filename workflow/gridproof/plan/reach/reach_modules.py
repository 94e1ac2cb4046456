"""The modules of root packages: their files, the statements in them, and what binds which name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from gridproof.plan.reach.module_scopes import Scope, Target, import_targets, scope_of
from gridproof.plan.reach.name_uses import NameUse, Role
from gridproof.plan.reach.reach_uses import uses_of
from gridproof.plan.reach.syntax_text import syntax_text, top_statements

DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
AT_IMPORT = "(at import)"
"""What a statement is called that binds no name."""
EXPORTS = "__all__"


@dataclass(kw_only=True, eq=False)
class Statement:
    """A statement of a module, or an import's single name.

    Attributes
    ----------
    nodes : its syntax without what cannot change a result; empty for an import.
    names : what it binds.
    place : its number in the module.
    imports : for names that imports bind, what they stand for.
    member_of : the scope of the class, where it is a member taken from it.
    """

    module: Module
    nodes: list[ast.stmt]
    names: tuple[str, ...]
    line: int
    place: int
    imports: Mapping[str, list[Target]] = field(default_factory=dict)
    member_of: Scope | None = None

    @property
    def name(self) -> str:
        """What it is called: the names that it binds."""
        return ", ".join(self.names) or AT_IMPORT

    @cached_property
    def text(self) -> str:
        """Its syntax as text; of an import, what the name stands for."""
        if self.nodes:
            return syntax_text(self.nodes)
        return ",".join(
            f"import {target}" for targets in self.imports.values() for target in targets
        )

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its text."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def uses(self) -> tuple[NameUse, ...]:
        """What it uses, functions in it included."""
        return uses_of(self.nodes, self.module.package, owner=self.member_of)

    @cached_property
    def uses_at_import(self) -> tuple[NameUse, ...]:
        """What it uses while the module is imported."""
        return uses_of(self.nodes, self.module.package, deep=False)

    @cached_property
    def is_placeless(self) -> bool:
        """Whether it can stand anywhere in its module: a function that evaluates nothing."""
        return bool(self.nodes) and all(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not (node.decorator_list or node.args.defaults or any(node.args.kw_defaults))
            for node in self.nodes
        )

    def definition(self, name: str) -> Definition | None:
        """Return the function or class of that name that it defines, if it does."""
        for node in self.nodes:
            for part in [node] if isinstance(node, DEFINITIONS) else ast.walk(node):
                if isinstance(part, DEFINITIONS) and part.name == name:
                    return part
        return None


@dataclass(kw_only=True, eq=False)
class Module:
    """A module of a root package; without a path it is a folder without `__init__`.

    Attributes
    ----------
    package : the parts of the package's name that relative imports start from.
    statements : what importing it executes, in order.
    bindings : the statements that bind a name, or that hold a function which writes it.
    exports : the statements about `__all__`.
    stars : modules of which it imports all names, each with the line.
    """

    name: str
    path: Path | None
    package: tuple[str, ...]
    statements: list[Statement] = field(default_factory=list)
    bindings: dict[str, list[Statement]] = field(default_factory=dict)
    exports: list[Statement] = field(default_factory=list)
    stars: list[tuple[str, int]] = field(default_factory=list)
    _imported: list[Target] = field(default_factory=list)

    @property
    def is_package(self) -> bool:
        """Whether it can have submodules."""
        return self.name.split(".") == list(self.package)

    @cached_property
    def imported(self) -> list[Target]:
        """What importing it imports, in order; imports in its classes come last."""
        in_classes = [
            target
            for statement in self.statements
            for use in statement.uses_at_import
            if use.role is Role.BIND
            for target in use.targets
        ]
        return self._imported + in_classes

    def fill(self, tree: ast.Module) -> None:
        """Take in the statements of the module's syntax tree."""
        for node, written in top_statements(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._add_import(node)
                continue
            scope = scope_of([node], self.package)
            self._imported += scope.executed
            self.stars += [(module, node.lineno) for module in scope.stars]
            statement = self._statement(node, scope.bound, scope.imports)
            if scope.bound == {EXPORTS} or (not scope.bound and _is_about_exports(node)):
                self.exports.append(statement)
            else:
                self._add(statement, written)

    def _statement(
        self, node: ast.stmt, names: Iterable[str], imports: Mapping[str, list[Target]]
    ) -> Statement:
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        return Statement(
            module=self,
            nodes=[] if is_import else [node],
            names=tuple(sorted(names)),
            line=node.lineno,
            place=len(self.statements),
            imports=imports,
        )

    def _add(self, statement: Statement, written: frozenset[str] = frozenset()) -> None:
        self.statements.append(statement)
        for name in written.union(statement.names):
            self.bindings.setdefault(name, []).append(statement)

    def _add_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, target, executed in import_targets(node, self.package):
            if target.module == "__future__":
                continue
            self._imported.append(executed)
            if name == "*":
                self.stars.append((target.module, node.lineno))
            else:
                self._add(self._statement(node, [name], {name: [target]}))


def _is_about_exports(node: ast.stmt) -> bool:
    """Return whether a statement without names is a call such as `__all__.append(...)`."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    called = node.value.func
    owner = called.value if isinstance(called, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == EXPORTS
