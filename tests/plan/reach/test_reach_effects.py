"""What importing a module does besides binding names."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gridproof.plan import reach as module_of_reach

from .reach_packages import Edit, digests

REGISTRY = """
== pkg/registry.py
REGISTRY = {}
ORDER = []
def register(function):
    REGISTRY[function.__name__] = function
    return function
def add(name, function):
    REGISTRY[name] = function
    return function
def named(name):
    return lambda function: add(name, function)
class Entry:
    def __init__(self, function):
        ORDER.append(function)
class Plain:
    x = 1
class Base:
    def __init_subclass__(cls):
        ORDER.append(cls)
class Meta(type):
    def __new__(cls, *arguments):
        ORDER.append(cls)
        return super().__new__(cls, *arguments)
class Field:
    def __set_name__(self, owner, name):
        ORDER.append(owner)
== pkg/plugin.py
import functools, sys
from pkg import registry
from pkg.registry import REGISTRY, ORDER, register, add, named, Entry, Plain, Base, Meta, Field
def held(): return 1
"""
TRAINER = """
== study/trainer.py
import pkg.plugin
from pkg.registry import REGISTRY
def train(): return REGISTRY["held"]()
"""


def plugin(code: str, *, old: str = "return 1", new: str = "return 5") -> Edit:
    """Return an edit of a plugin that the trainer imports, and reaches only by what it does."""
    code = textwrap.dedent(code)
    return Edit(files=f"{REGISTRY}{code}\n{TRAINER}", path="pkg/plugin.py", old=old, new=new)


ACTS = {
    "item of a dict": "REGISTRY['held'] = held",
    "item of another module's dict": "registry.REGISTRY['held'] = held",
    "method of a list": "ORDER.append(held)",
    "augmented": "ORDER += [held]",
    "update": "REGISTRY |= {'held': held}",
    "attribute of a module": "registry.add = held",
    "attribute of another library": "sys.hook = held",
    "attribute of a class": "Plain.x = held",
    "call": "add('held', held)",
    "call whose value is kept": "kept = add('held', held)",
    "method whose value is kept": "kept = REGISTRY.setdefault('held', held)",
    "call in a tuple": "kept = (1, add('held', held))",
    "call of what is called": "kept = named('held')(held)",
    "object": "kept = Entry(held)",
    "partial that is called": "kept = functools.partial(add, 'held')(held)",
    "function that another library calls": "kept = list(map(register, [held]))",
    "class whose objects another library makes": "kept = list(map(Entry, [held]))",
    "lambda that another library calls": "kept = list(map(lambda x: add(x, held), 'ab'))",
    "decorator that is bound twice": "from functools import cache\nif sys.path:\n"
    "    cache = register\n@cache\ndef other(): return held()",
    "call in a comprehension": "kept = [add(x, held) for x in '12']",
    "call of a looped function": "kept = [f(held) for f in [register]]",
    "condition": "if sys.path:\n    REGISTRY['held'] = held",
    "other branch": "if not sys.path:\n    pass\nelse:\n    ORDER.append(held)",
    "test of a condition": "if add('held', held):\n    pass",
    "loop": "for name in ['held']:\n    REGISTRY[name] = held",
    "target of a loop": "for REGISTRY['held'] in [held]:\n    pass",
    "while": "while not ORDER:\n    ORDER.append(held)",
    "with": "with open('x') as REGISTRY['held']:\n    held()",
    "try": "try:\n    REGISTRY['held'] = held\nexcept KeyError:\n    pass",
    "handler": "try:\n    pass\nexcept KeyError:\n    ORDER.append(held)",
    "match": "match sys.path:\n    case []:\n        ORDER.append(held)",
    "delete": "del REGISTRY[held]",
    "assert": "assert add('held', held)",
    "decorator": "@register\ndef other(): return held()",
    "decorator with arguments": "@named('held')\ndef other(): return held()",
    "decorator of a method": "class A:\n    @register\n    def other(self): return held()",
    "decorator of a class": "@register\nclass A:\n    f = held",
    "decorator of another library": "@sys.register\ndef other(): return held()",
    "default argument": "def other(x=add('held', held)): return x",
    "body of a class": "class A:\n    x = add('held', held)",
    "statement in a class": "class A:\n    ORDER.append(held)",
    "class that its base hears of": "class A(Base):\n    f = held",
    "class whose base's base hears": "class B(Base): pass\nclass A(B):\n    f = held",
    "class of a metaclass": "class A(metaclass=Meta):\n    f = held",
    "class of a base's metaclass": "class B(metaclass=Meta): pass\nclass A(B):\n    f = held",
    "field that hears of its class": "class A:\n    x = Field()\n    f = held",
    "random numbers": "import random\nkept = random.random(), held",
    "what sets something elsewhere": "import torch\nkept = torch.set_num_threads(held())",
    "import by name": "import importlib\nkept = importlib.import_module('pkg.registry', held)",
}


@pytest.mark.parametrize("code", ACTS.values(), ids=ACTS)
def test_what_a_module_does_at_import_counts(tmp_path: Path, code: str) -> None:
    """What changes something while a reached module is imported counts, with what it reaches."""
    before, after = digests(tmp_path, plugin(code))
    assert before != after


def test_registering_decorators_own_code_counts(tmp_path: Path) -> None:
    """The code of a decorator counts with what it decorates."""
    edit = plugin("@register\ndef other(): return 2")
    edit = Edit(files=edit.files, path="pkg/registry.py", old="function.__name__", new="'held'")
    before, after = digests(tmp_path, edit)
    assert before != after


BINDS_ONLY = {
    "dict of functions": "TABLE = {'held': held}",
    "partial": "kept = functools.partial(held)",
    "object without a constructor": "kept = Plain()",
    "call of another library": "import re\nkept = re.compile('x'), held",
    "known decorator": "@functools.lru_cache(maxsize=None)\ndef other(): return held()",
    "property": "class A:\n    @property\n    def x(self): return held()\n"
    "    @x.setter\n    def x(self, value): held()",
    "dataclass": "from dataclasses import dataclass as d\n@d(order=1)\nclass A:\n    x: int = held",
    "class with a silent base": "class A(Plain):\n    x = held",
    "lambda that sorts": "kept = sorted('ab', key=lambda x: x.lower()), held",
    "known decorator under another name": "try:\n    from functools import cache as c\n"
    "except ImportError:\n    from functools import lru_cache as c\n@c\ndef other(): held()",
    "lambda": "kept = lambda: add('held', held)",
    "function that acts": "def other():\n    REGISTRY['held'] = held",
    "script": "if __name__ == '__main__':\n    add('held', held)",
    "code for type checkers": "import typing\nif typing.TYPE_CHECKING:\n    add('a', held)",
    "imported name": "from pkg.other import acts as _\nkept = held",
    "method of a text": "kept = ', '.join('a').strip(), held",
}


@pytest.mark.parametrize("code", BINDS_ONLY.values(), ids=BINDS_ONLY)
def test_what_only_binds_names_does_not_count(tmp_path: Path, code: str) -> None:
    """What a reached module only defines counts where it is referred to."""
    before, after = digests(tmp_path, plugin(code))
    assert before == after


def test_pure_decorators_can_be_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decorator of a root package can be declared harmless, under any name it goes by."""
    edit = plugin("@register\ndef other(): return held()")
    for number, name in enumerate(("pkg.registry.register", "pkg.plugin.register")):
        monkeypatch.setattr(module_of_reach, "PURE_DECORATORS", frozenset({name}))
        before, after = digests(tmp_path / str(number), edit)
        assert before == after


def test_module_that_is_not_imported_does_nothing(tmp_path: Path) -> None:
    """What acts counts only where its module is imported."""
    files = plugin("add('held', held)").files.replace("import pkg.plugin\n", "")
    before, after = digests(
        tmp_path, Edit(files=files, path="pkg/plugin.py", old="return 1", new="return 5")
    )
    assert before == after


ORDERS = {
    "what acts": ("SEEN.append(1)", "SEEN.append(2)"),
    "values of one name": ("A = 1", "A = 2"),
    "random numbers": ("A = random.random()", "B = random.random()"),
    "functions of one name": ("def f(): return 1", "def f(): return 2"),
    "imports that act": ("import study.one", "import study.two"),
}


@pytest.mark.parametrize(("first", "second"), ORDERS.values(), ids=ORDERS)
def test_order_counts_where_it_matters(tmp_path: Path, first: str, second: str) -> None:
    """Statements that act, or give one name several values, count in their order."""
    files = f"""
== study/one.py
import torch
torch.threads = 1
== study/two.py
import torch
torch.threads = 2
== study/trainer.py
import random
SEEN = []
{first}
{second}
def train(): return SEEN, A, B, f()
"""
    swapped = f"{second}\n{first}\n"
    before, after = digests(tmp_path, Edit(files=files, old=f"{first}\n{second}\n", new=swapped))
    assert before != after


def test_what_is_done_twice_counts_twice(tmp_path: Path) -> None:
    """The same statement once more is another digest."""
    edit = plugin("ORDER.append(held)", old="ORDER.append(held)", new="ORDER.append(held)\n" * 2)
    before, after = digests(tmp_path, edit)
    assert before != after
