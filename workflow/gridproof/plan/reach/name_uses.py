"""A name as code uses it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gridproof.plan.reach.module_scopes import Target


class Start(Enum):
    """Where a name is looked up."""

    MODULE = auto()
    IMPORT = auto()
    """In what an import in a function or class stands for."""
    OWN = auto()
    """In the class that a method is taken from."""
    LOCAL = auto()
    ELSEWHERE = auto()
    """In what an expression returns."""


class Role(Enum):
    """What is done with it."""

    VALUE = auto()
    BIND = auto()
    """It is imported under a name that no other module sees."""
    CALL = auto()
    DECORATOR = auto()
    CLASS = auto()
    """A class is made, of `bases` and, if any, a metaclass."""
    CHANGE = auto()
    """Something is done while the module is imported, other than to bind a name."""
    LOOK = auto()
    """An attribute out of LOOKED_AT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What a call says of its arguments.

    Attributes
    ----------
    count : how many there are.
    text : the first one, where it is a literal text.
    package : the second one, where it is a literal text or the module's own name.
    passed : each one, where it is a name.
    called_later : what functions among them, written as `lambda`, do when they are called.
    """

    count: int
    text: str | None
    package: str | None
    passed: tuple[NameUse | None, ...]
    called_later: tuple[NameUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUse:
    """A name with attributes, as code uses it.

    Attributes
    ----------
    names : the name and its attributes; the attributes alone where `targets` stand for the name.
    verb : the method that is called, where `names` lead only to a part of what it is called of.
    at_import : whether importing the module does it, and not the call of a function.
    """

    line: int
    start: Start
    names: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    role: Role = Role.VALUE
    verb: str = ""
    arguments: Arguments | None = None
    bases: tuple[NameUse, ...] = ()
    metaclass: NameUse | None = None
    at_import: bool = True
