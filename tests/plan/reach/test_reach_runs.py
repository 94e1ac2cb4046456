"""What an entry point reaches, held against what runs when it is imported and called."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import gridproof
from gridproof.plan.reach import Reach, missing_modules, reach

from .reach_packages import ENTRY, split, write

WORKFLOW = Path(gridproof.__file__).parent.parent
RECORDER = """
import importlib, json, sys

module, call, *folders = sys.argv[1:]
ran = set()
phase = "import"

def note(frame, event, argument):
    code = frame.f_code
    # Functions have a namespace of their own, bodies of classes and modules have none.
    if event == "call" and code.co_flags & 2 and code.co_filename.startswith(tuple(folders)):
        ran.add((phase, code.co_filename, code.co_firstlineno, code.co_name))

sys.setprofile(note)
entry = importlib.import_module(module)
phase = "call"
exec(call, {**vars(entry)})
sys.setprofile(None)
print(json.dumps({"ran": sorted(ran), "modules": sorted(sys.modules)}))
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Functions that ran, each with phase, file, first line and name; and imported modules."""

    ran: list[tuple[str, str, int, str]]
    modules: list[str]


def record(module: str, call: str, roots: Mapping[str, Path], folder: Path) -> Run:
    """Import a module in another process in a folder, run `call` with its names, and record it."""
    result = subprocess.run(
        [sys.executable, "-c", RECORDER, module, call, *map(str, roots.values())],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return Run(**json.loads(result.stdout.splitlines()[-1]))


def statement_line(path: Path, line: int) -> int:
    """Return the line of the module's statement that a line is in, decorators included."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        lines = [node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]
        if min(lines) <= line <= (node.end_lineno or node.lineno):
            return node.lineno
    raise AssertionError(f"no statement at {path}:{line}")


def uncounted(run: Run, reached: Reach, *phases: str) -> list[str]:
    """Return the functions that ran and are in no definition that counts."""
    counted = {(one.path, one.line) for one in reached.definitions}
    return [
        f"{phase}: {name} at {file}:{line}"
        for phase, file, line, name in run.ran
        # While a module is imported, generators run in values that nothing may refer to.
        if phase in phases and not (phase == "import" and name.startswith("<"))
        if (Path(file), statement_line(Path(file), line)) not in counted
    ]


PACKAGES = {
    "registries": """
== pkg/__init__.py
from pkg import plugins
== pkg/registry.py
TABLE = {}
class Entry:
    made = []
    def __init__(self, function):
        self.function = function
        Entry.made.append(self)
    def __call__(self, *values):
        return self.function(*values)
def register(name):
    def keep(function):
        TABLE[name] = Entry(function)
        return function
    return keep
class Listed:
    classes = []
    def __init_subclass__(cls, **words):
        super().__init_subclass__(**words)
        Listed.classes.append(cls)
== pkg/plugins/__init__.py
from . import one
from .two import *
== pkg/plugins/one.py
from ..registry import TABLE, Listed, register
def helper(x): return x + 1
@register("one")
def one(x): return helper(x)
class Plugin(Listed):
    def run(self): return another()
def another(): return 1
TABLE["lambda"] = lambda x: helper(x)
== pkg/plugins/two.py
from pkg.registry import TABLE
def two(x): return _hidden(x)
def _hidden(x): return x
kept = TABLE.setdefault("two", two)
== study/trainer.py
from pkg.registry import TABLE, Listed
def train():
    return [TABLE[name](3) for name in ("one", "two", "lambda")] + [
        plugin().run() for plugin in Listed.classes
    ]
def unused(): return 1
""",
    "classes": """
== pkg/base.py
import functools
from dataclasses import dataclass, field
def initial(): return [1]
def check(value): return value
class Meta(type):
    def __new__(cls, name, bases, space):
        space["extra"] = check(1)
        return super().__new__(cls, name, bases, space)
    def __call__(cls, *values):
        return super().__call__(*values)
class Field:
    def __set_name__(self, owner, name): self.name = check(name)
    def __get__(self, instance, owner): return check(instance)
class Base(metaclass=Meta):
    held = Field()
    def run(self): return self.step(), self.shown, self.late, self.held
    def step(self): raise NotImplementedError
    @functools.cached_property
    def late(self): return check(2)
@dataclass
class Data:
    values: list = field(default_factory=initial)
    def __post_init__(self): self.total = check(sum(self.values))
    def __iter__(self): yield from map(check, self.values)
    def __enter__(self): return self
    def __exit__(self, *exc): return check(False)
== pkg/mixins.py
from .base import Base, Data, check
class Shown:
    @property
    def shown(self): return check(3)
class Nested(Shown, Base):
    class Inner:
        def run(self): return check(4)
    def step(self):
        with Data() as data:
            return [*data, self.Inner().run()]
def dispatch(value): return value
== study/trainer.py
import functools
from pkg.mixins import Nested, dispatch
@functools.singledispatch
def show(value): return dispatch(value)
@show.register(int)
def _(value): return dispatch(-value)
class Trainer(Nested):
    def step(self): return super().step(), show(1), show("x")
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def help(): return show(2)
def train(): return Trainer.make().run(), Trainer.help()
""",
    "functions in values": """
== pkg/parts.py
import asyncio
import functools
def one(x=0): return x
def two(x): return one(x)
def three(x): return x
def four(): yield 1
def five(x): return x
def six(x): return x
async def seven(x): return one(x)
def default(): return 2
def decorate(function):
    @functools.wraps(function)
    def inner(*values): return function(*values)
    return inner
STEPS = {"a": one, "b": [two, functools.partial(three, 1)]}
(first, *_), second = (four, five), lambda x: six(x)
if STEPS:
    def chosen(): return one(1)
else:
    def chosen(): return two(1)
try:
    import absent as fallback
except ImportError:
    def fallback(): return three(1)
def load():
    global MODEL
    MODEL = one(1)
== study/trainer.py
import asyncio
import pkg.parts as parts
from pkg.parts import STEPS as steps, decorate
@decorate
def inner(x, f=parts.default): return f()
def train(one=1):
    values = [step() for step in steps["b"][1:]] + [f(1) for f in (steps["a"], steps["b"][0])]
    values += [*parts.first(), parts.second(1), inner(2), parts.chosen(), parts.fallback()]
    values.append(asyncio.run(parts.seven(1)))
    parts.load()
    match values:
        case [x, *rest] if (y := parts.five(x)) is not None:
            values.append(f"{parts.six(y)} {one}")
    return values
""",
    "ways that only running shows": """
== pkg/__init__.py
from .shown import made as shown
== pkg/shown.py
from pkg.origin import *
== pkg/origin.py
__all__ = ["made"]
def made(): return _helper()
def _helper(): return 1
== pkg/lazy.py
def __getattr__(name): return resolve(name)
def resolve(name):
    if name == "thing": return thing_function
    raise AttributeError(name)
def thing_function(): return 2
== pkg/named.py
from pkg import shown
def first(): return shown()
def second(): return 3
== pkg/patched.py
import pkg.lazy
def replacement(): return 4
pkg.lazy.thing_function = replacement
pkg.lazy.new = lambda: replacement()
== study/a.py
import study.b as b
def f(n): return b.g(n - 1) if n else 5
== study/b.py
import study.a as a
def g(n): return a.f(n)
== study/here.py
def by_name(name): return globals()[name]()
def target(): return 6
def evaluated(): return eval("target()")
== study/trainer.py
import importlib
import sys
import pkg
import pkg.patched
from pkg import lazy, named
from study.a import f
from study import here
def train():
    from pkg.lazy import thing, new
    import pkg.named as again
    values = [getattr(named, name)() for name in ("first", "second")]
    values += [pkg.shown(), thing(), new(), f(3), again.second(), here.by_name("target")]
    values.append(importlib.import_module("study.late").late())
    values.append(sys.modules["study.trainer"].hidden())
    values.append(here.evaluated())
    return values
def hidden(): return 7
== study/late.py
def late(): return 8
""",
}


@pytest.mark.parametrize("files", PACKAGES.values(), ids=PACKAGES)
def test_all_that_runs_counts(tmp_path: Path, files: str) -> None:
    """Every function that importing and calling an entry point runs is among what it reaches."""
    roots = write(tmp_path, split(files))
    reached = reach([ENTRY], roots)
    run = record("study.trainer", "train()", roots, tmp_path)
    assert len(run.ran) > 5
    assert uncounted(run, reached, "import", "call") == []
    assert missing_modules(reached, run.modules, roots) == []


def test_unreached_function_is_told_by_this_test(tmp_path: Path) -> None:
    """The test above can fail: what another entry point runs is not among what this one reaches."""
    files = "== study/trainer.py\ndef train(): return 1\ndef other(): return 2\n"
    roots = write(tmp_path, split(files))
    run = record("study.trainer", "other()", roots, tmp_path)
    assert uncounted(run, reach([ENTRY], roots), "call") == [
        f"call: other at {tmp_path}/study/trainer.py:2"
    ]


DRY = """
from pathlib import Path
from types import SimpleNamespace
parameters = SimpleNamespace(task=3, epochs=2, seconds=0.0)
training = DryTraining(parameters=parameters, data=Path(), threads=1, seeds=(0,))
while not training.finished:
    training.advance()
training.replicate(0)
"""


def test_all_that_a_trainer_runs_counts() -> None:
    """What the package's smallest trainer runs and imports is among what it reaches."""
    roots = {"gridproof": WORKFLOW / "gridproof"}
    reached = reach(["gridproof.parts.families.dry:DryTraining"], roots)
    run = record("gridproof.parts.families.dry", DRY, roots, WORKFLOW)
    assert any(name == "replicate" for _, _, _, name in run.ran)
    assert uncounted(run, reached, "call") == []
    assert missing_modules(reached, run.modules, roots) == []


def test_trainer_reaches_nothing_that_shows_or_plans() -> None:
    """A trainer's code holds no page, figure, claim or plan."""
    reached = reach(
        ["gridproof.parts.families.dry:DryTraining"], {"gridproof": WORKFLOW / "gridproof"}
    )
    rooms = {name.split(".")[1] for name in reached.modules if "." in name}
    assert not rooms & {"cli", "draw", "judge", "plan", "report", "run"}
    assert reached.unresolved == ()


VERSIONED = '''
== study/trainer.py
"""Texts and numbers that versions of Python tell in other words."""
import sys
from dataclasses import dataclass
@dataclass(frozen=True)
class Data:
    value: int = 1
class Generic(dict[str, int]):
    value: "int | None" = None
def train(x: int = 1_000, *values, y=1e400, **words) -> str:
    a = f"{x!r:>{y}} {x = } {{}} {'a' 'b'}" "c" f'{x:{y}.{x}}{""}' f"{x:}"
    b = "\\U0001fae8 \\u0378 \\ud800 é" b"\\xff", 1j, -0.0, ..., None, True
    try:
        match x:
            case {"a": [1, *rest], **others} if (z := x): return z
            case Data(value=-1) | None: pass
    except* ValueError as error:
        raise error from None
    with (open("a") as c, open("b")): del c
    return lambda *a, b=2, **c: [*a, {**c}, x if x else y, x[1:2, ::3], not x, x < y <= 3]
async def other():
    async with x: return [i async for i in y if await i]
other.x: int = 3
'''.replace('" b"\\xff"', '", b"\\xff"')


def find_python(version: str) -> str | None:
    """Return a Python of this version: on the path, or kept by pyenv."""
    uv = [sys.executable, "-m", "uv", "python", "find", "--no-project", "--system", version]
    found = subprocess.run(uv, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    return str(kept[-1]) if kept else None


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_digest_is_equal_on_python(tmp_path: Path, version: str) -> None:
    """Another Python finds the same digests, of odd syntax and of the package's own code."""
    python = find_python(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed")
    roots = {"gridproof": WORKFLOW / "gridproof", **write(tmp_path, split(VERSIONED))}
    entries = (["study.trainer"], ["gridproof.plan.reach"])
    script = (
        "import json, sys; from pathlib import Path; from gridproof.plan.reach import code_digest;"
        "entries, roots = map(json.loads, sys.argv[1:]);"
        "roots = {name: Path(folder) for name, folder in roots.items()};"
        "print(json.dumps([code_digest(entry, roots) for entry in entries]))"
    )
    folders = json.dumps({name: str(folder) for name, folder in roots.items()})
    result = subprocess.run(
        [python, "-c", script, json.dumps(entries), folders],
        env={
            "PYTHONPATH": str(WORKFLOW),
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == [reach(entry, roots).digest for entry in entries]
