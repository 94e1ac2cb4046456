"""The digest of all statements that count, in an order that changes only where it matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from gridproof.plan.reach.reach_modules import Statement
from gridproof.plan.reach.reach_walk import Walk


def digest_of(walk: Walk, entries: Iterable[str]) -> str:
    """Return the SHA-256 of what a walk from the entries has counted."""
    by_module: dict[str, list[Statement]] = {}
    for statement in walk.counted:
        by_module.setdefault(statement.module.name, []).append(statement)
    digest = sha256()
    for name, statements in sorted(by_module.items()):
        for statement in _in_order(statements, walk):
            digest.update(f"{name}\n{statement.name}\n{statement.digest}\n".encode())
    acting = {statement.module.name for statement in walk.counted if walk.acts(statement)}
    # Modules that act, as by replacing a function of another one, do so in the order of imports.
    order = [name for name in _import_order(walk, entries) if name in acting]
    digest.update(f"{','.join(order)}\n".encode())
    return digest.hexdigest()


def _in_order(statements: list[Statement], walk: Walk) -> Iterator[Statement]:
    """Yield a module's statements by name; in their own order where another could give more.

    Statements may be moved where each binds another name and none acts. Otherwise only functions
    may that evaluate nothing where they stand.
    """
    # `import a.b` and `import a.c` both bind `a` to the same.
    once = {
        (statement.name, statement.digest) if not statement.nodes else statement: statement
        for statement in statements
    }.values()
    times = Counter(name for statement in once for name in statement.names)
    repeated = {name for name, count in times.items() if count > 1}
    if not repeated and not any(map(walk.acts, once)):
        yield from sorted(once, key=lambda statement: statement.name)
        return
    fixed = [
        statement
        for statement in once
        if not statement.is_placeless or repeated.intersection(statement.names)
    ]
    yield from sorted(set(once).difference(fixed), key=lambda statement: statement.name)
    yield from sorted(fixed, key=lambda statement: statement.place)


def _import_order(walk: Walk, entries: Iterable[str]) -> list[str]:
    """Return the modules in the order in which importing the entries executes them."""
    library = walk.names.library
    order: list[str] = []
    begun: set[str] = set()

    def execute(name: str) -> None:
        for module in library.chain(name):
            if module.name not in begun:
                begun.add(module.name)
                for target in module.imported:
                    for imported in library.imported_by(target):
                        execute(imported)
                order.append(module.name)

    # Modules that only functions import come last, as the time of the calls is not known.
    for name in (*(entry.partition(":")[0] for entry in entries), *sorted(walk.modules)):
        execute(name)
    return order
