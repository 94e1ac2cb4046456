"""What code refers to outside of itself: the names it loads, calls, imports and changes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

from gridproof.plan.reach.module_scopes import (
    Scope,
    TypesVisitor,
    import_targets,
    parameters,
    scope_of,
)
from gridproof.plan.reach.name_uses import Arguments, NameUse, Role, Start

Function = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
CONDITIONAL = (ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.Match)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LOOKED_AT = frozenset({"__subclasses__", "__globals__"})
"""Attributes of functions and classes that lead to code which no name leads to."""
OWN_PACKAGE = ("__name__", "__package__")


def uses_of(
    nodes: Iterable[ast.AST],
    package: tuple[str, ...],
    *,
    deep: bool = True,
    owner: Scope | None = None,
) -> tuple[NameUse, ...]:
    """Return what a module's statements use, in order.

    Parameters
    ----------
    package : the parts of the package's name that relative imports start from.
    deep : whether what functions do counts, or only what importing the module does.
    owner : names of the class that the statements are members of, if they are.
    """
    walker = _Walker(package, deep, owner)
    for node in nodes:
        walker.visit(node)
    return tuple(walker.found)


class _Walker(TypesVisitor, ast.NodeVisitor):
    """Collects uses into `found`, with the scopes that lie around the node that is visited."""

    def __init__(self, package: tuple[str, ...], deep: bool, owner: Scope | None) -> None:
        self.package = package
        self.deep = deep
        self.owner = owner
        self.scopes = [owner] if owner else []
        self.functions = 0
        self.found: list[NameUse] = []

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def add(self, node: ast.expr | ast.stmt, role: Role, **facts: Any) -> None:
        known: dict[str, Any] = {"start": Start.ELSEWHERE, "at_import": not self.functions}
        self.found.append(NameUse(line=node.lineno, role=role, **known | facts))

    def binding_scope(self, name: str) -> Scope | None:
        """Return the scope in which a name is found from here; None for the module's."""
        for scope in reversed(self.scopes):
            if scope.is_class and scope is not self.scopes[-1]:
                continue
            if name in scope.in_module:
                return None
            if name in scope.bound - scope.outside and (not scope.is_class or name in scope.ready):
                return scope
        return None

    def place(self, node: ast.expr) -> dict[str, Any] | None:
        """Return where a name with attributes is looked up; None for another expression."""
        rest: list[str] = []
        while isinstance(node, ast.Attribute):
            if node.attr in LOOKED_AT:
                self.add(node, Role.LOOK, verb=node.attr)
            rest.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        scope = self.binding_scope(node.id)
        if scope is None:
            return {"start": Start.MODULE, "names": (node.id, *rest)}
        if node.id in scope.imports:
            targets = tuple(scope.imports[node.id])
            return {"start": Start.IMPORT, "names": tuple(rest), "targets": targets}
        if scope is self.owner:
            return {"start": Start.OWN, "names": (node.id, *rest)}
        return {"start": Start.OWN if scope.own == node.id else Start.LOCAL, "names": tuple(rest)}

    def use(self, node: ast.expr) -> NameUse | None:
        place = self.place(node)
        return None if place is None else NameUse(line=node.lineno, role=Role.VALUE, **place)

    def visit_Name(self, node: ast.Name) -> None:
        here = self.scopes[-1] if self.scopes else None
        # What a class binds is not looked up, though what it loads before that is.
        if here and not isinstance(node.ctx, ast.Load) and node.id in here.bound - here.in_module:
            return
        self._look_up(node)

    def _look_up(self, node: ast.Name) -> None:
        place = self.place(node)
        if place and place["start"] is not Start.LOCAL:
            self.add(node, Role.VALUE, **place)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._change(node)
        place = self.place(node)
        if place is None:
            self.visit(node.value)
        elif place["start"] is not Start.LOCAL:
            self.add(node, Role.VALUE, **place)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._change(node)
        self.generic_visit(node)

    def _change(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changes(node)

    def _changes(self, node: ast.expr | ast.stmt) -> None:
        if not self.functions:
            self.add(node, Role.CHANGE)

    def visit_Call(self, node: ast.Call) -> None:
        called, verb = node.func, ""
        place = self.place(called)
        if place is None:
            self.visit(called)
            verb = called.attr if isinstance(called, ast.Attribute) else "__call__"
        while place is None and isinstance(called, ast.Attribute | ast.Subscript | ast.Call):
            called = called.func if isinstance(called, ast.Call) else called.value
            place = self.place(called)
        self.add(node, Role.CALL, verb=verb, arguments=self._arguments(node), **(place or {}))
        self.visit_all(node.args)
        self.visit_all(node.keywords)

    def _arguments(self, node: ast.Call) -> Arguments:
        # `name` and `package` of `import_module` come in this order.
        keywords = sorted(node.keywords, key=lambda keyword: keyword.arg or "")
        values = [*node.args, *(keyword.value for keyword in keywords)]
        texts = [_text(value) for value in values[:2]] + [None, None]
        lambdas = () if self.deep else [one for one in values if isinstance(one, ast.Lambda)]
        return Arguments(
            count=len(values),
            text=texts[0],
            package=texts[1],
            passed=tuple(self.use(value) for value in values),
            called_later=tuple(use for one in lambdas for use in self._inside(one)),
        )

    def _inside(self, node: ast.Lambda) -> list[NameUse]:
        """Return what a function does, apart from what is done here."""
        here, self.found, self.deep = self.found, [], True
        self._function(node, [node.body])
        inside, self.found, self.deep = self.found, here, False
        return inside

    def _decorator(self, node: ast.expr) -> None:
        called = node.func if isinstance(node, ast.Call) else node
        place = self.place(called)
        if place is None:
            self.visit(called)
        self.add(node, Role.DECORATOR, **(place or {}))
        if isinstance(node, ast.Call):
            self.visit_all([*node.args, *node.keywords])

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self._decorator(decorator)
        self._function(node, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def _function(self, node: Function, body: Sequence[ast.AST]) -> None:
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        if self.deep:
            scope = scope_of(body, self.package)
            names = [parameter.arg for parameter in parameters(node.args)]
            scope.bound.update(names)
            if self.owner and self.scopes == [self.owner] and names and not _is_static(node):
                scope.own = names[0]
            self.scopes.append(scope)
            self.functions += 1
            self.visit_all(body)
            self.functions -= 1
            self.scopes.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self._decorator(decorator)
        self.visit_all([*node.bases, *node.keywords])
        bases = [self.use(_unsubscripted(base)) for base in node.bases]
        metaclass = [self.use(word.value) for word in node.keywords if word.arg == "metaclass"]
        self.add(
            node,
            Role.CLASS,
            bases=tuple(base for base in bases if base),
            metaclass=metaclass[0] if metaclass else None,
        )
        scope = scope_of(node.body, self.package, is_class=True)
        self.scopes.append(scope)
        for statement in node.body:
            self.visit(statement)
            if not isinstance(statement, CONDITIONAL):
                scope.ready.update(scope_of([statement], self.package).bound)
            if not isinstance(statement, DEFINITIONS):
                scope.ready.difference_update(_unbound(statement))
        self.scopes.pop()

    def visit_ListComp(self, node: Comprehension) -> None:
        # What is looped over first is looked up outside of the comprehension.
        self.visit(node.generators[0].iter)
        targets = [generator.target for generator in node.generators]
        self.scopes.append(scope_of(targets, self.package))
        for number, generator in enumerate(node.generators):
            self.visit_all(
                [generator.target, *([generator.iter] if number else []), *generator.ifs]
            )
        results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        self.visit_all(results)
        self.scopes.pop()

    def visit_Expr(self, node: ast.Expr) -> None:
        self._changes(node)
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._changes(node)
        if isinstance(node.target, ast.Name):
            self._look_up(node.target)
        else:
            self.visit(node.target)
        self.visit(node.value)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        scope = self.scopes[-1] if self.scopes else None
        for name, target, executed in import_targets(node, self.package):
            self.add(node, Role.BIND, start=Start.IMPORT, targets=(executed,))
            if scope and (scope.is_class or name in scope.in_module):
                self.add(node, Role.VALUE, start=Start.IMPORT, targets=(target,))


def _unbound(node: ast.stmt) -> set[str]:
    """Return the names that a statement may leave without a value."""
    names = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del):
            names.add(part.id)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            names.add(part.name)
    return names


def _text(node: ast.expr) -> str | None:
    """Return a literal text, or the variable of a module that holds its own name."""
    if isinstance(node, ast.Name) and node.id in OWN_PACKAGE:
        return node.id
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_static(node: Function) -> bool:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in decorators)


def _unsubscripted(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node
