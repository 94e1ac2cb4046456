"""The walk from entry points to all code that they can reach."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable

from gridproof.plan.reach.module_scopes import Target, scope_of
from gridproof.plan.reach.name_uses import NameUse, Role, Start
from gridproof.plan.reach.reach_effects import CONSTRUCTORS, Effects
from gridproof.plan.reach.reach_modules import Module, Statement
from gridproof.plan.reach.reach_names import Binding, Found, Missing, Names, Outside, Whole
from gridproof.plan.reach.reach_unseen import IMPORTERS, OF_A_MODULE, OF_HERE, UNSEEN, imported_name

OWN_CLASS = ("super", "__class__")


class Walk:
    """Follows names from counted code to more code, until nothing new is found.

    Attributes
    ----------
    counted : the statements that count.
    modules : the modules that importing them can execute.
    unresolved : module, line and words of what cannot be followed.
    lists_classes : whether some code asks a class for its subclasses.
    """

    def __init__(self, names: Names, effects: Effects) -> None:
        self.names = names
        self.effects = effects
        self.counted: set[Statement] = set()
        self.modules: set[str] = set()
        self.unresolved: set[tuple[str, int, str]] = set()
        self.lists_classes = False
        self._library = names.library
        self._whole: set[tuple[str, bool, bool]] = set()
        self._starred: set[str] = set()
        self._members: dict[tuple[Statement, str, str], list[Statement]] = {}
        self._owners: dict[Statement, Binding] = {}
        self._waiting: deque[Statement] = deque()

    def run(self, entries: Iterable[str]) -> None:
        """Count all that the entries can reach; LookupError names an entry that does not exist."""
        for entry in entries:
            self._enter(entry)
        while self._waiting:
            statement = self._waiting.popleft()
            for use in statement.uses:
                self._follow(statement, use)

    def acts(self, statement: Statement) -> bool:
        """Return whether a statement does more than bind names when it is executed."""
        return statement not in self._owners and self.effects.act(statement)

    def _enter(self, entry: str) -> None:
        name, _, attribute = entry.partition(":")
        module = self._library.module(name)
        if module is None:
            roots = ", ".join(f"{root} ({path})" for root, path in self._library.roots.items())
            raise LookupError(f"{entry!r}: there is no module {name!r} in {roots or 'no roots'}")
        self._execute(name)
        if not attribute:
            self._count_all(module)
            return
        first, *members = attribute.split(".")
        found = self.names.of_target(Target(name, first))
        answered = "__getattr__" in module.bindings or module.stars
        if not answered and all(isinstance(step, Missing) for step in found):
            raise LookupError(f"{entry!r}: {module.path or name} has no {first!r}")
        owners = [step for step in found if isinstance(step, Binding) and step.ends]
        if not members or not owners:
            self._take(module, 0, found, Role.VALUE)
            return
        for step in found:
            if isinstance(step, Binding) and not step.ends:
                self._count(step.statement)
        for owner in owners:
            self._enter_member(entry, owner, ".".join(members))

    def _enter_member(self, entry: str, owner: Binding, name: str) -> None:
        members = self._members_of(owner, name)
        if not members:
            raise LookupError(f"{entry!r}: {owner.qualified} has no member {name!r}")
        for member in members:
            self._count(member)

    def _members_of(self, owner: Binding, name: str) -> list[Statement]:
        """Return a member of a class, or else of its bases, as a statement."""
        key = (owner.statement, owner.name, name)
        if key not in self._members:
            self._members[key] = []
            node = owner.statement.definition(owner.name)
            if isinstance(node, ast.ClassDef):
                self._members[key] = self._found_members(owner, node, name)
        return self._members[key]

    def _found_members(self, owner: Binding, node: ast.ClassDef, name: str) -> list[Statement]:
        module = owner.statement.module
        nodes = [part for part in node.body if name in scope_of([part], module.package).bound]
        if nodes:
            scope = scope_of(node.body, module.package, is_class=True)
            scope.ready = scope.bound
            names = (f"{owner.name}.{name}",)
            line = nodes[0].lineno
            place = owner.statement.place
            member = Statement(
                module=module, nodes=nodes, names=names, line=line, place=place, member_of=scope
            )
            self._owners[member] = owner
            return [member]
        bases = self.effects.bases_of(owner.statement)
        return [member for base in bases for member in self._members_of(base, name)]

    def _count(self, statement: Statement) -> None:
        if statement in self.counted:
            return
        self.counted.add(statement)
        self._waiting.append(statement)
        self._execute(statement.module.name)
        self._follow_stars(statement.module)

    def _follow_stars(self, module: Module) -> None:
        """Count all of a module that has a star import, and of the module it imports from."""
        if module.name in self._starred:
            return
        self._starred.add(module.name)
        for name, line in module.stars:
            self._give_up(module, line, f"from {name} import *")
            target = self._library.module(name)
            if target:
                self._count_all(target, exports=True)

    def _count_all(self, module: Module, *, escaped: bool = False, exports: bool = False) -> None:
        """Count all of a module.

        Parameters
        ----------
        escaped : whether code holds the module as an object, and so those that it imports.
        exports : whether what it says in `__all__` counts, too.
        """
        key = (module.name, escaped, exports)
        if key in self._whole:
            return
        self._whole.add(key)
        self._execute(module.name)
        self._follow_stars(module)
        role = Role.VALUE if escaped else Role.BIND
        for statement in (*module.statements, *(module.exports if exports else ())):
            self._count(statement)
            for targets in statement.imports.values():
                for target in targets:
                    self._take(module, statement.line, self.names.of_target(target), role)
        if exports:
            self._count_exported_modules(module)

    def _count_exported_modules(self, module: Module) -> None:
        """Count the submodules that `__all__` names: a star imports them."""
        for statement in module.exports:
            for part in (part for node in statement.nodes for part in ast.walk(node)):
                name = part.value if isinstance(part, ast.Constant) else None
                child = self._library.child(module, name) if isinstance(name, str) else None
                if child:
                    self._count_all(child, escaped=True)

    def _execute(self, name: str) -> None:
        """Let a module be imported: its packages, what it imports, and all in it that acts."""
        for module in self._library.chain(name):
            if module.name in self.modules:
                continue
            self.modules.add(module.name)
            for target in module.imported:
                for imported in self._library.imported_by(target):
                    self._execute(imported)
            for statement in module.statements:
                if self.effects.act(statement):
                    self._count(statement)

    def _follow(self, statement: Statement, use: NameUse) -> None:
        module = statement.module
        if use.role is Role.LOOK:
            self._look(module, use)
        elif use.start is Start.OWN:
            self._follow_own(self._owners[statement], use)
        else:
            if use.role is Role.BIND:
                for imported in (
                    name for target in use.targets for name in self._library.imported_by(target)
                ):
                    self._execute(imported)
            found = self.names.found(module, use)
            self._take(module, use.line, found, use.role)
            for step in found:
                if isinstance(step, Outside):
                    self._leave(statement, use, step.qualified)

    def _take(self, module: Module, line: int, found: list[Found], role: Role) -> None:
        """Count what a use in a module was found to stand for."""
        for step in found:
            if isinstance(step, Binding):
                self._count(step.statement)
            elif isinstance(step, Missing):
                self._miss(module, line, step)
            elif isinstance(step, Whole):
                self._execute(step.module)
                target = self._library.module(step.module)
                if target and role is not Role.BIND:
                    self._note(module, line, f"{step.module} is a value: it counts as a whole")
                    self._count_all(target, escaped=True)

    def _miss(self, module: Module, line: int, step: Missing) -> None:
        target = self._library.module(step.module)
        if target is None:
            self._note(module, line, f"there is no module {step.module}")
            return
        how = "is answered by __getattr__" if "__getattr__" in target.bindings else "is not found"
        self._note(module, line, f"{step.module}.{step.name} {how}: the module counts as a whole")
        self._count_all(target)
        if step.name == "__dict__":
            self._give_up(module, line, f"{step.module}.__dict__")

    def _follow_own(self, owner: Binding, use: NameUse) -> None:
        """Count the members that a member of a class refers to, or the class if it is passed on."""
        if not use.names:
            self._count(owner.statement)
            return
        members = self._members_of(owner, use.names[0])
        for name in () if members else sorted(CONSTRUCTORS):
            # An attribute that is no member is set by what makes the object.
            members = members + self._members_of(owner, name)
        for member in members:
            self._count(member)

    def _look(self, module: Module, use: NameUse) -> None:
        if use.verb == "__subclasses__":
            self.lists_classes = True
            self._note(module, use.line, "__subclasses__(): all subclasses of root classes count")
        else:
            self._give_up(module, use.line, use.verb)

    def _leave(self, statement: Statement, use: NameUse, name: str) -> None:
        """Deal with a name that no root package holds, where it leads back to root packages."""
        module, arguments = statement.module, use.arguments
        if name in IMPORTERS:
            self._import_by_name(module, use, name)
        elif name in UNSEEN or name == "sys.modules" or name.startswith("sys.modules."):
            # `sys.modules.get("torch")` leads to no root package.
            text = arguments.text if arguments else None
            if text is None or self._library.holds(text):
                self._give_up(module, use.line, name)
        elif name in OWN_CLASS and statement in self._owners:
            self._count(self._owners[statement].statement)
        elif name in OF_A_MODULE and arguments:
            first = arguments.passed[0] if arguments.passed else None
            modules = [
                step.module
                for step in (self.names.found(module, first) if first else [])
                if isinstance(step, Whole)
            ]
            if modules or (name in OF_HERE and not arguments.count and use.at_import):
                self._give_up(module, use.line, f"{name}({', '.join(modules)})")

    def _import_by_name(self, module: Module, use: NameUse, importer: str) -> None:
        name = imported_name(module, use.arguments) if use.arguments else None
        if name is None:
            self._give_up(module, use.line, f"{importer} of a computed name")
            return
        target = self._library.module(name)
        if target:
            self._note(module, use.line, f"{name} is imported by name: it counts as a whole")
            self._count_all(target, escaped=True)
        elif self._library.holds(name):
            self._note(module, use.line, f"there is no module {name}")

    def _give_up(self, module: Module, line: int, what: str) -> None:
        """Count all of a module, in which something cannot be followed."""
        self._note(module, line, f"{what} cannot be followed: {module.name} counts as a whole")
        self._count_all(module, escaped=True)

    def _note(self, module: Module, line: int, why: str) -> None:
        self.unresolved.add((module.name, line, why))
