"""The code that can reach a result, definition by definition, and its digest.

What counts are the functions, classes and module values that an entry point can reach, and what
the modules that they lie in do while they are imported. Comments, docstrings, annotations,
formatting and the arguments of `raise` count for nothing. Where it cannot be told what code
reaches, the whole module counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gridproof.plan.reach.reach_digest import digest_of
from gridproof.plan.reach.reach_effects import Effects
from gridproof.plan.reach.reach_library import (
    Fingerprint,
    Library,
    Roots,
    clear_parsed,
    fingerprint,
    is_young,
)
from gridproof.plan.reach.reach_modules import Statement
from gridproof.plan.reach.reach_names import Names
from gridproof.plan.reach.reach_walk import Walk

PURE_DECORATORS = frozenset(
    {
        "abc.abstractmethod",
        "classmethod",
        "contextlib.asynccontextmanager",
        "contextlib.contextmanager",
        "dataclasses.dataclass",
        "dataclasses.field",
        "enum.unique",
        "functools.cache",
        "functools.cached_property",
        "functools.lru_cache",
        "functools.partial",
        "functools.singledispatch",
        "functools.singledispatchmethod",
        "functools.total_ordering",
        "functools.wraps",
        "gridproof.parameter.conflict",
        "gridproof.parameter.parameter",
        "gridproof.part.claim",
        "gridproof.part.figure",
        "gridproof.part.measurement",
        "property",
        "pydantic.AfterValidator",
        "pydantic.BeforeValidator",
        "pydantic.Field",
        "pydantic.PlainSerializer",
        "pydantic.PlainValidator",
        "pydantic.WrapValidator",
        "pydantic.computed_field",
        "pydantic.field_serializer",
        "pydantic.field_validator",
        "pydantic.model_serializer",
        "pydantic.model_validator",
        "staticmethod",
        "torch.inference_mode",
        "torch.no_grad",
        "types.MappingProxyType",
        "typing.NewType",
        "typing.TypeVar",
        "typing.cast",
        "typing.final",
        "typing.overload",
        "typing.override",
        "typing.runtime_checkable",
        "typing_extensions.final",
        "typing_extensions.overload",
        "typing_extensions.override",
        "typing_extensions.runtime_checkable",
    }
)
"""Decorators, and functions whose arguments are functions, that only return something.

Any other one may register what it is given, so that the definition counts wherever its module is
imported. Names are those under which they are imported or defined.
"""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Definition:
    """A definition that counts.

    Attributes
    ----------
    name : the names that it binds; `(at import)` where it binds none.
    digest : the SHA-256 of its normalised text.
    is_import : whether it only gives a name to what is defined elsewhere.
    """

    module: str
    name: str
    path: Path
    line: int
    digest: str
    is_import: bool


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Unresolved:
    """A place in counted code where only running it tells what it reaches, and why."""

    module: str
    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What entry points can reach.

    Attributes
    ----------
    definitions : all that counts, in the order of modules and names.
    modules : the root modules that importing it can execute.
    digest : the SHA-256 of all that counts, by module and name.
    """

    definitions: tuple[Definition, ...]
    modules: frozenset[str]
    unresolved: tuple[Unresolved, ...]
    digest: str


_Key = tuple[tuple[str, ...], tuple[tuple[str, Path], ...], frozenset[str]]
_reached: dict[_Key, tuple[dict[Path, Fingerprint | None], Reach]] = {}


def reach(entries: Iterable[str], roots: Roots) -> Reach:
    """Return what entry points can reach in root packages.

    Parameters
    ----------
    entries : `package.module:name`, `package.module:Class.member` for a member of a class without
        the rest, or `package.module` for all that a module defines.

    Raises
    ------
    LookupError : there is no such module, or it has no such name.
    """
    chosen = tuple(sorted(set(entries)))
    library = Library(roots)
    key = (chosen, tuple(sorted(library.roots.items())), PURE_DECORATORS)
    if key in _reached:
        seen, known = _reached[key]
        if all(fingerprint(path) == found for path, found in seen.items()):
            return known
    found = _reach(chosen, library)
    if not any(map(is_young, library.seen.values())):
        _reached[key] = (library.seen, found)
    return found


def code_digest(entries: Iterable[str], roots: Roots) -> str:
    """Return the digest of all code that entry points can reach, see `reach`."""
    return reach(entries, roots).digest


def clear() -> None:
    """Forget what was read and found; needed only where files change and keep their times."""
    _reached.clear()
    clear_parsed()


def missing_modules(reached: Reach, imported: Iterable[str], roots: Roots) -> list[str]:
    """Return which of the imported modules lie in root packages and were not reached, sorted."""
    return sorted(
        name
        for name in set(imported)
        if name.partition(".")[0] in roots and name not in reached.modules
    )


def _reach(entries: tuple[str, ...], library: Library) -> Reach:
    names = Names(library)
    walk = Walk(names, Effects(names, PURE_DECORATORS, classes_are_listed=False))
    walk.run(entries)
    if walk.lists_classes:
        walk = Walk(names, Effects(names, PURE_DECORATORS, classes_are_listed=True))
        walk.run(entries)
    return Reach(
        definitions=tuple(sorted(map(_definition, walk.counted))),
        modules=frozenset(walk.modules),
        unresolved=tuple(
            sorted(
                Unresolved(module=name, line=line, why=why) for name, line, why in walk.unresolved
            )
        ),
        digest=digest_of(walk, entries),
    )


def _definition(statement: Statement) -> Definition:
    path = statement.module.path
    assert path is not None
    return Definition(
        module=statement.module.name,
        name=statement.name,
        path=path,
        line=statement.line,
        digest=statement.digest,
        is_import=not statement.nodes,
    )
