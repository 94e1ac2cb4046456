"""How classes count: fields, annotations, bases, and who hears of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridproof.plan.reach import reach

from .reach_packages import ENTRY, Edit, digests, split, write

CLASSES = '''
== pkg/far.py
class Root(type):
    def made(cls): return 1
class Far:
    def inherited(self): return 2
    size = 3
== pkg/near.py
from pkg.far import Far, Root
def tag(**words): return lambda cls: cls
class Near(Far):
    """A class."""
    def own(self):
        """Return."""
        return 4
    @property
    def shown(self) -> int: return 5
class Made(metaclass=Root): pass
class Unused(Far): x = 6
== study/trainer.py
from __future__ import annotations
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import ClassVar, NamedTuple, Protocol
from pydantic import BaseModel, Field
import pydantic.dataclasses
from pkg.near import Near, Made, tag
Number = int
@dataclass(frozen=True)
class Data:
    first: int = 1
    second: float = 2.5
    third: list[int] = field(default_factory=list)
    shared: ClassVar[int] = 7
    @property
    def area(self): return self.first * self.second
@pydantic.dataclasses.dataclass
class Checked:
    value: int = 1
class Model(BaseModel):
    size: int = Field(ge=0)
    name: "Number" = 3
class Row(NamedTuple):
    left: int
    right: int = 8
class Shape(Protocol):
    side: int
    def area(self) -> int: ...
class Bare:
    one: int
    two: int = 2
@tag(kind="x")
class Trainer(Near):
    rate = 9
    data = [Data, Checked, Model, Row, Shape, Bare, Made]
def train(): return Trainer().run()
'''
FAR, NEAR, HERE = "pkg/far.py", "pkg/near.py", "study/trainer.py"
IN_CLASSES = {
    "base class two files away": (FAR, "return 2", "return 5", True),
    "attribute of a base class": (FAR, "size = 3", "size = 4", True),
    "method of a base class": (NEAR, "return 4", "return 5", True),
    "property": (NEAR, "return 5", "return 6", True),
    "base class": (NEAR, "Near(Far)", "Near", True),
    "metaclass": (FAR, "return 1", "return 5", True),
    "code of a class decorator": (NEAR, "lambda cls: cls", "lambda cls: None", True),
    "argument of a class decorator": (HERE, 'kind="x"', 'kind="y"', True),
    "class attribute": (HERE, "rate = 9", "rate = 8", True),
    "class that nothing reaches": (NEAR, "x = 6", "x = 7", False),
    "docstring of a class": (NEAR, '    """A class."""\n', "", False),
    "docstring of a method": (NEAR, '"""Return."""', '"""Give."""', False),
    "annotation of a method": (NEAR, "(self) -> int:", "(self):", False),
    "dataclass: default": (HERE, "= 2.5", "= 3.5", True),
    "dataclass: factory": (HERE, "=list)", "=dict)", True),
    "dataclass: name": (HERE, "    second: float", "    other: float", True),
    "dataclass: order": (
        HERE,
        "    first: int = 1\n    second: float = 2.5\n",
        "    second: float = 2.5\n    first: int = 1\n",
        True,
    ),
    "dataclass: field that goes": (HERE, "    second: float = 2.5\n", "", True),
    "dataclass: field that becomes an attribute": (HERE, "second: float = 2", "second = 2", True),
    "dataclass: annotation": (HERE, "second: float", "second: int", False),
    "dataclass: InitVar": (HERE, "second: float", "second: InitVar[float]", True),
    "dataclass: InitVar in a text": (HERE, "second: float", "second: 'InitVar[float]'", True),
    "dataclass: keywords only": (
        HERE,
        "    second: float",
        "    _: KW_ONLY\n    second: float",
        True,
    ),
    "dataclass: ClassVar": (HERE, "ClassVar[int]", "int", True),
    "dataclass: type in a ClassVar": (HERE, "ClassVar[int]", "ClassVar[float]", False),
    "dataclass: argument": (HERE, "frozen=True", "frozen=False", True),
    "pydantic dataclass: annotation": (HERE, "value: int", "value: float", True),
    "pydantic: annotation": (HERE, "size: int", "size: float", True),
    "pydantic: what an annotation names": (HERE, "Number = int", "Number = float", True),
    "pydantic: limit": (HERE, "ge=0", "ge=1", True),
    "named tuple: annotation": (HERE, "left: int", "left: float", True),
    "named tuple: name": (HERE, "left: int", "other: int", True),
    "named tuple: default": (HERE, "= 8", "= 9", True),
    "protocol: annotation": (HERE, "side: int", "side: float", False),
    "plain class: annotation of a name": (HERE, "one: int", "one: float", False),
    "plain class: name": (HERE, "one: int", "other: int", True),
    "plain class: annotation of a value": (HERE, "two: int = 2", "two = 2", False),
    "plain class: value": (HERE, "two: int = 2", "two: int = 3", True),
}


@pytest.mark.parametrize(("path", "old", "new", "counts"), IN_CLASSES.values(), ids=IN_CLASSES)
def test_classes(tmp_path: Path, path: str, old: str, new: str, counts: bool) -> None:
    """A class counts with its bases and all in it; annotations where something may read them."""
    before, after = digests(tmp_path, Edit(files=CLASSES, path=path, old=old, new=new))
    assert (before != after) == counts


def test_own_decorator_keeps_annotations(tmp_path: Path) -> None:
    """What is only called like `dataclass` may read annotations."""
    files = """
    == study/trainer.py
    from dataclasses import dataclass
    from functools import partial
    dataclass = partial(dataclass, frozen=True)
    @dataclass
    class Data:
        value: int = 1
    def train(): return Data()
    """
    before, after = digests(tmp_path, Edit(files=files, old="value: int", new="value: float"))
    assert before != after


def test_classes_that_are_listed_count(tmp_path: Path) -> None:
    """Where code asks for subclasses, those in imported modules count, and no others."""
    files = """
    == pkg/base.py
    class Base: pass
    def find(): return Base.__subclasses__()
    == pkg/imported.py
    from pkg.base import Base
    class Imported(Base): pass
    class Apart: pass
    == pkg/ignored.py
    from pkg.base import Base
    class Ignored(Base): pass
    == study/trainer.py
    import pkg.imported
    from pkg.base import find
    def train(): return find()
    """
    found = reach([ENTRY], write(tmp_path, split(files)))
    names = {one.name for one in found.definitions}
    assert "Imported" in names
    assert not names & {"Apart", "Ignored"}
