"""Which statements do more than bind names while their module is imported."""

from __future__ import annotations

import ast
import re

from gridproof.plan.reach.module_scopes import scope_of
from gridproof.plan.reach.name_uses import NameUse, Role, Start
from gridproof.plan.reach.reach_modules import Module, Statement
from gridproof.plan.reach.reach_names import Binding, Found, Names, Outside

IMPERATIVE = re.compile(
    "set|seed|manual_seed|register|enable|disable|use|add|append|extend|insert|update|pop|remove"
    "|discard|clear|install|uninstall|patch|init|configure|subscribe|connect|push|hook"
    "|import_|exec_|run_|reload|rand"
)
"""How functions are called that are called for what they do, not for what they return."""
ACTING_BUILTINS = frozenset({"eval", "exec", "__import__", "next"})
OF_PROPERTIES = frozenset({"setter", "getter", "deleter", "register"})
"""Decorators that change only the class in whose body they stand."""
CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__set_name__"})


class Effects:
    """Tells statements that act from those that only bind names.

    What is not known to be harmless acts: a decorator, a call of a function in a root package, a
    class whose bases hear of it. A call of another library's function that only returns a value
    does not.

    Parameters
    ----------
    pure : qualified names of decorators and functions that only return something.
    classes_are_listed : whether some code asks a class for its subclasses.
    """

    def __init__(self, names: Names, pure: frozenset[str], *, classes_are_listed: bool) -> None:
        self.names = names
        self.pure = pure
        self.classes_are_listed = classes_are_listed
        self._known: dict[Statement, bool] = {}
        self._answers: dict[tuple[str, Statement, str], bool] = {}

    def act(self, statement: Statement) -> bool:
        """Return whether a statement does something, so that it counts though nothing names it."""
        if statement not in self._known:
            uses = statement.uses_at_import
            self._known[statement] = any(self._acts(statement.module, use) for use in uses)
        return self._known[statement]

    def _acts(self, module: Module, use: NameUse) -> bool:
        if use.role is Role.CHANGE:
            return True
        if use.role is Role.CALL:
            return self._call_acts(module, use)
        if use.role is Role.DECORATOR:
            return not self._decorates_purely(module, use)
        return use.role is Role.CLASS and self._class_acts(module, use)

    def _is_pure(self, found: list[Found]) -> bool:
        steps = [step for step in found if isinstance(step, Binding | Outside)]
        ends = [step for step in steps if isinstance(step, Outside) or step.ends]
        # On the way to the one thing that a name stands for, any of its names may be listed.
        listed = [step.qualified in self.pure for step in (ends if len(ends) > 1 else steps)]
        return (all if len(ends) > 1 else any)(listed)

    def _decorates_purely(self, module: Module, use: NameUse) -> bool:
        if use.start is Start.LOCAL:
            return use.names[-1:] != () and use.names[-1] in OF_PROPERTIES
        return self._is_pure(self.names.found(module, use))

    def _call_acts(self, module: Module, use: NameUse) -> bool:
        if use.start in (Start.LOCAL, Start.ELSEWHERE):
            verb = use.verb or "".join(use.names[-1:])
            return verb in ("", "__call__") or IMPERATIVE.match(verb) is not None
        found = self.names.found(module, use)
        if self._is_pure(found):
            return use.verb == "__call__"
        for step in found:
            if isinstance(step, Outside):
                if self._outside_acts(module, use, step.qualified):
                    return True
            elif not isinstance(step, Binding) or (step.ends and self._called_acts(step, use)):
                return True
        return False

    def _outside_acts(self, module: Module, use: NameUse, name: str) -> bool:
        """Return whether a function of another library acts, or is handed one that may."""
        _, *parts = [*name.split("."), *([use.verb] if use.verb else [])]
        # Whoever draws a random number changes those that are drawn after it.
        if name in ACTING_BUILTINS or "random" in name.split("."):
            return True
        if parts and IMPERATIVE.match(parts[-1]):
            return True
        if use.arguments is None:
            return False
        passed = [
            step
            for argument in use.arguments.passed
            if argument is not None
            for step in self.names.found(module, argument)
        ]
        return any(self._acts(module, one) for one in use.arguments.called_later) or any(
            isinstance(step, Binding) and step.ends and self._may_act_when_called(step)
            for step in passed
        )

    def _may_act_when_called(self, step: Binding) -> bool:
        """Return whether something that is handed over is a function, or a class that acts."""
        if isinstance(step.statement.definition(step.name), ast.ClassDef):
            return bool(step.rest) or self._making_acts(step)
        return step.statement.definition(step.name) is not None

    def _called_acts(self, step: Binding, use: NameUse) -> bool:
        if isinstance(step.statement.definition(step.name), ast.ClassDef):
            return bool(step.rest or use.verb) or self._making_acts(step)
        return True

    def _making_acts(self, step: Binding) -> bool:
        """Return whether making an object of a class may run code of a root package."""
        node = step.statement.definition(step.name)
        if not isinstance(node, ast.ClassDef):
            return True
        key = ("making", step.statement, step.name)
        if key not in self._answers:
            # A class that seems to be its own base is asked only once.
            self._answers[key] = False
            package = step.statement.module.package
            constructors = CONSTRUCTORS & scope_of(node.body, package).bound
            self._answers[key] = bool(constructors) or self._is_made_by_others(step.statement)
        return self._answers[key]

    def _is_made_by_others(self, statement: Statement) -> bool:
        """Return whether decorators, a metaclass or bases may run code to make an object."""
        module = statement.module
        for use in statement.uses_at_import:
            if use.role is Role.DECORATOR and not self._decorates_purely(module, use):
                return True
            if use.role is Role.CLASS and (
                self._metaclass(module, use)
                or any(map(self._making_acts, self._bases(module, use)))
            ):
                return True
        return False

    def _class_acts(self, module: Module, use: NameUse) -> bool:
        """Return whether a base or the metaclass of a new class hears of it."""
        bases = self._bases(module, use)
        if self.classes_are_listed and bases:
            return True
        return self._metaclass(module, use) or any(map(self._hears, bases))

    def _hears(self, base: Binding) -> bool:
        """Return whether a class is told of its subclasses."""
        node = base.statement.definition(base.name)
        if not isinstance(node, ast.ClassDef):
            return True
        key = ("hears", base.statement, base.name)
        if key not in self._answers:
            self._answers[key] = False
            module = base.statement.module
            uses = [use for use in base.statement.uses_at_import if use.role is Role.CLASS]
            self._answers[key] = "__init_subclass__" in scope_of(
                node.body, module.package
            ).bound or any(self._class_acts(module, use) for use in uses)
        return self._answers[key]

    def bases_of(self, statement: Statement) -> list[Binding]:
        """Return the bases in root packages of the classes that a statement defines."""
        uses = [use for use in statement.uses_at_import if use.role is Role.CLASS]
        return [base for use in uses for base in self._bases(statement.module, use)]

    def _metaclass(self, module: Module, use: NameUse) -> bool:
        found = self.names.found(module, use.metaclass) if use.metaclass else []
        return any(isinstance(step, Binding) and step.ends for step in found)

    def _bases(self, module: Module, use: NameUse) -> list[Binding]:
        """Return the bases of a class that root packages define."""
        found = [step for base in use.bases for step in self.names.found(module, base)]
        return [step for step in found if isinstance(step, Binding) and step.ends]
