"""What names stand for, followed through imports to where it is defined."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gridproof.plan.reach.module_scopes import Target
from gridproof.plan.reach.name_uses import NameUse, Start
from gridproof.plan.reach.reach_library import Library
from gridproof.plan.reach.reach_modules import EXPORTS, Module, Statement

OF_EVERY_MODULE = frozenset(
    {
        "__annotations__",
        "__builtins__",
        "__cached__",
        "__doc__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__path__",
        "__spec__",
    }
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A statement that binds the name, in the module it was looked up in.

    Attributes
    ----------
    rest : attributes of what it binds.
    ends : whether the name stands for what is defined here, and not for an import.
    """

    statement: Statement
    name: str
    rest: tuple[str, ...]
    ends: bool

    @property
    def qualified(self) -> str:
        """The name with its module's."""
        return f"{self.statement.module.name}.{self.name}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A module itself."""

    module: str


@dataclass(frozen=True, slots=True)
class Outside:
    """What no root package holds: a builtin, or something of another library."""

    qualified: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A root module that does not exist, or a name that is not among those of a root module."""

    module: str
    name: str


Found = Binding | Whole | Outside | Missing


class Names:
    """Looks names up in the modules of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._known: dict[tuple[str, Start, tuple[str, ...], tuple[Target, ...]], list[Found]] = {}

    def found(self, module: Module, use: NameUse) -> list[Found]:
        """Return what a use in a module stands for, every step from import to import included."""
        key = (module.name, use.start, use.names, use.targets)
        if key not in self._known:
            if use.start is Start.MODULE:
                steps = self._by_name(module, use.names, set())
            elif use.start is Start.IMPORT:
                steps = self._by_targets(use.targets, use.names, set())
            else:
                steps = iter(())
            self._known[key] = list(steps)
        return self._known[key]

    def of_target(self, target: Target) -> list[Found]:
        """Return what an import stands for."""
        return list(self._by_targets((target,), (), set()))

    def _by_name(self, module: Module, names: tuple[str, ...], trail: Trail) -> Iterator[Found]:
        name, rest = names[0], names[1:]
        if name in module.bindings:
            yield from self._through(module.bindings[name], name, rest, trail)
        elif name == EXPORTS:
            yield from (Binding(statement, name, rest, True) for statement in module.exports)
        elif hasattr(builtins, name) or name in OF_EVERY_MODULE or not module.stars:
            yield Outside(".".join(names))
        else:
            yield Missing(module.name, name)

    def _through(
        self, statements: list[Statement], name: str, rest: tuple[str, ...], trail: Trail
    ) -> Iterator[Found]:
        for statement in statements:
            targets = statement.imports.get(name, ())
            yield Binding(statement, name, rest, not targets)
            yield from self._by_targets(targets, rest, trail)

    def _by_targets(
        self, targets: Iterable[Target], rest: tuple[str, ...], trail: Trail
    ) -> Iterator[Found]:
        for target in targets:
            names = (target.name, *rest) if target.name else rest
            yield from self._in_module(target.module, names, trail)

    def _in_module(self, name: str, names: tuple[str, ...], trail: Trail) -> Iterator[Found]:
        if not self.library.holds(name):
            yield Outside(".".join((name, *names)))
            return
        if (name, names) in trail:
            return
        trail.add((name, names))
        module = self.library.module(name)
        if module is None:
            yield Missing(name, "")
        elif not names:
            yield Whole(name)
        else:
            yield from self._attribute(module, names, trail)

    def _attribute(self, module: Module, names: tuple[str, ...], trail: Trail) -> Iterator[Found]:
        name, rest = names[0], names[1:]
        statements = module.bindings.get(name, [])
        child = self.library.child(module, name)
        yield from self._through(statements, name, rest, trail)
        if child is not None:
            # Where the package takes its own name from the submodule, the name hides the submodule.
            hidden = [
                any(target.module == child.name and target.name for target in targets)
                for targets in (statement.imports.get(name, []) for statement in statements)
            ]
            if not (hidden and all(hidden)):
                yield from self._in_module(child.name, rest, trail)
        elif name == EXPORTS:
            yield from (Binding(statement, name, rest, True) for statement in module.exports)
        elif not statements and name not in OF_EVERY_MODULE:
            yield Missing(module.name, name)


Trail = set[tuple[str, tuple[str, ...]]]
