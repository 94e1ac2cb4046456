"""What an entry point reaches: the text that counts, entries, modules, and what is remembered."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import pytest

from gridproof.plan.reach import clear, code_digest, missing_modules, reach

from .reach_packages import Edit, digests, split, write

PLAIN = '''
== pkg/__init__.py
"""A package."""
== pkg/helper.py
"""Helps."""
__all__ = ["helped"]
LIMIT = 3
UNUSED = 4
def helped(values, factor=2):
    """Return what helps."""
    limit: int = LIMIT  # a comment
    if not values:
        raise ValueError("no values", LIMIT)
    assert factor > 0, "a message"
    return [value * factor + limit for value in values]
def unused(x):
    return x + 1
class Unused:
    x = UNUSED
== study/trainer.py
from __future__ import annotations
from typing import TYPE_CHECKING
from pkg.helper import helped
if TYPE_CHECKING:
    from pkg.helper import Unused
SIZE: int = 5
"""How many."""
def train(seed: int) -> list[int]:
    return helped(range(SIZE + seed))
if __name__ == "__main__":
    print(train(1))
'''
HELPER, TRAINER = "pkg/helper.py", "study/trainer.py"

COUNTED = {
    "body": (TRAINER, "SIZE + seed", "SIZE - seed"),
    "helper's body": (HELPER, "value * factor", "value / factor"),
    "default argument": (HELPER, "factor=2", "factor=3"),
    "name of a parameter": (TRAINER, "(seed: int) -> list[int]", "(other, seed)"),
    "constant": (HELPER, "LIMIT = 3", "LIMIT = 4"),
    "type of a constant": (HELPER, "LIMIT = 3", "LIMIT = 3.0"),
    "annotated constant": (TRAINER, "int = 5", "int = 6"),
    "condition of an assert": (HELPER, "factor > 0", "factor > 1"),
    "assert that goes": (HELPER, 'assert factor > 0, "a message"', "pass"),
    "class that is raised": (HELPER, "raise ValueError", "raise TypeError"),
    "raise that gets a cause": (HELPER, ", LIMIT)", ", LIMIT) from None"),
    "second value of a name": (HELPER, "UNUSED = 4", "UNUSED = 4\nLIMIT = 4"),
    "text that is no docstring": (TRAINER, "return helped", "return 'a text' and helped"),
    # The result is the same, but the text is not.
    "name of a local variable": (HELPER, "+ limit for value", "+ LIMIT for value"),
}
IGNORED = {
    "comment": (HELPER, "# a comment", "# another"),
    "docstring of a function": (HELPER, "Return what helps.", "Help."),
    "docstring that goes": (HELPER, '    """Return what helps."""\n', ""),
    "docstring of a module": (HELPER, '"""Helps."""\n', ""),
    "docstring of a constant": (TRAINER, '"""How many."""\n', ""),
    "formatting": (HELPER, "values, factor=2", "\n    values,\n    factor = 2\n"),
    "annotation of a parameter": (TRAINER, "(seed: int)", "(seed: Unused)"),
    "annotation of what is returned": (TRAINER, " -> list[int]", ""),
    "annotation of a local variable": (HELPER, "limit: int =", "limit ="),
    "annotation of a constant": (TRAINER, "SIZE: int", "SIZE"),
    "text in raise": (HELPER, '"no values", LIMIT', '"none"'),
    "name in raise": (HELPER, '"no values", LIMIT', '"none", unused(3)'),
    "message of an assert": (HELPER, "a message", "another"),
    "__all__": (HELPER, '["helped"]', '["helped", "unused"]'),
    "constant that nothing reaches": (HELPER, "UNUSED = 4", "UNUSED = 5"),
    "function that nothing reaches": (HELPER, "x + 1", "x + 2"),
    "function that comes": (HELPER, "def unused", "def new(): return 1\ndef unused"),
    "class that goes": (HELPER, "class Unused:\n    x = UNUSED\n", ""),
    "import for annotations": (TRAINER, "    from pkg.helper import Unused", "    import pkg.b"),
    "code of a script": (TRAINER, "print(train(1))", "print(train(2))"),
    "import that nothing uses": (TRAINER, "SIZE: int", "import json\nSIZE: int"),
    "name of an imported module": (
        TRAINER,
        "from pkg.helper import helped",
        "from pkg.helper import (\n    helped,\n)",
    ),
    "place of a function": (
        HELPER,
        "def unused(x):\n    return x + 1\nclass Unused:\n    x = UNUSED\n",
        "class Unused:\n    x = UNUSED\ndef unused(x):\n    return x + 1\n",
    ),
    "place of a constant": (HELPER, "LIMIT = 3\nUNUSED = 4\n", "UNUSED = 4\nLIMIT = 3\n"),
}


@pytest.mark.parametrize("edit", COUNTED.values(), ids=COUNTED)
def test_digest_sees(tmp_path: Path, edit: tuple[str, str, str]) -> None:
    """An edit that can change a result changes the digest."""
    path, old, new = edit
    before, after = digests(tmp_path, Edit(files=PLAIN, path=path, old=old, new=new))
    assert before != after


@pytest.mark.parametrize("edit", IGNORED.values(), ids=IGNORED)
def test_digest_is_blind_to(tmp_path: Path, edit: tuple[str, str, str]) -> None:
    """An edit that cannot change a result leaves the digest."""
    path, old, new = edit
    before, after = digests(tmp_path, Edit(files=PLAIN, path=path, old=old, new=new))
    assert before == after


def test_place_of_a_reached_function_is_ignored(tmp_path: Path) -> None:
    """A function may move within its file."""
    files = split(PLAIN)
    before = code_digest(["study.trainer:train"], write(tmp_path / "1", files))
    head, function = files[HELPER].partition("def helped")[::2]
    function, rest = function.partition("def unused")[::2]
    files[HELPER] = f"{head}def unused{rest}def helped{function}"
    assert code_digest(["study.trainer:train"], write(tmp_path / "2", files)) == before


def test_definitions_are_listed(tmp_path: Path) -> None:
    """Each definition that counts is told with its file and line; imports are marked."""
    roots = write(tmp_path, split(PLAIN))
    found = reach(["study.trainer:train"], roots)
    listed = [(one.module, one.name, one.line, one.is_import) for one in found.definitions]
    assert listed == [
        ("pkg.helper", "LIMIT", 3, False),
        ("pkg.helper", "helped", 5, False),
        ("study.trainer", "SIZE", 6, False),
        ("study.trainer", "helped", 3, True),
        ("study.trainer", "train", 8, False),
    ]
    assert found.definitions[0].path == tmp_path / "pkg" / "helper.py"
    assert found.modules == {"pkg", "pkg.helper", "study", "study.trainer"}
    assert found.unresolved == ()


def test_digest_is_that_of_all_entries(tmp_path: Path) -> None:
    """More entries reach more; their order is of no account."""
    roots = write(tmp_path, split(PLAIN))
    both = code_digest(["study.trainer:train", "pkg.helper:unused"], roots)
    assert both == code_digest(["pkg.helper:unused", "study.trainer:train"], roots)
    assert both != code_digest(["study.trainer:train"], roots)


def test_digest_is_equal_in_another_folder(tmp_path: Path) -> None:
    """Where the packages lie is of no account."""
    one, other = (write(tmp_path / name, split(PLAIN)) for name in ("one", "other"))
    assert code_digest(["study.trainer:train"], one) == code_digest(["study.trainer:train"], other)


MEMBERS = """
== pkg/base.py
class Base:
    def inherited(self): return 1
    def other(self): return 2
== study/trainer.py
from pkg.base import Base
def first(): return 1
def second(): return 2
def takes(value): return value
class Trainer(Base):
    size = 3
    def __init__(self): self.set = first()
    def load(self, size=size): return self.helped() + size
    def helped(self): return second()
    def check(self): return first()
    def by_position(self, /): return self.helped()
    by_lambda = lambda self: self.helped()
    def by_star(*values): return values[0].helped()
    @classmethod
    def by_class(cls): return cls.size
    def uses_set(self): return self.set
    def passes_itself(self): return takes(self)
    def calls_super(self): return super().inherited()
    @staticmethod
    def alone(self): return takes(self)
"""
IN_MEMBERS = {
    "load": ["Trainer.helped", "Trainer.load", "Trainer.size", "second"],
    "helped": ["Trainer.helped", "second"],
    "by_position": ["Trainer.by_position", "Trainer.helped", "second"],
    "by_lambda": ["Trainer.by_lambda", "Trainer.helped", "second"],
    "by_star": ["Base", "Trainer", "Trainer.by_star", "first", "second", "takes"],
    "by_class": ["Trainer.by_class", "Trainer.size"],
    "alone": ["Trainer.alone", "takes"],
    "uses_set": ["Trainer.__init__", "Trainer.uses_set", "first"],
    "inherited": ["Base.inherited"],
    "passes_itself": ["Base", "Trainer", "Trainer.passes_itself", "first", "second", "takes"],
    "calls_super": ["Base", "Trainer", "Trainer.calls_super", "first", "second", "takes"],
}


@pytest.mark.parametrize(("member", "names"), IN_MEMBERS.items(), ids=IN_MEMBERS)
def test_member_reaches(tmp_path: Path, member: str, names: list[str]) -> None:
    """A member of a class brings the members it uses; the class only where it is passed on."""
    roots = write(tmp_path, split(MEMBERS))
    found = reach([f"study.trainer:Trainer.{member}"], roots).definitions
    assert sorted(one.name for one in found if not one.is_import) == names


UNKNOWN = [
    "study.none",
    "study.trainer:none",
    "study.trainer:Trainer.none",
    "torch",
    "torch:nn",
    "study.trainer:Trainer.load.more",
    "study.trainer:first.more",
]


@pytest.mark.parametrize("entry", UNKNOWN)
def test_unknown_entry_is_refused(tmp_path: Path, entry: str) -> None:
    """An entry that does not exist is an error that names it."""
    roots = write(tmp_path, split(MEMBERS))
    with pytest.raises(LookupError, match=entry):
        reach([entry], roots)


def test_module_as_entry_counts_as_a_whole(tmp_path: Path) -> None:
    """All that a module defines or imports by name counts, but `__all__`."""
    roots = write(tmp_path, split(PLAIN))
    names = {one.name for one in reach(["pkg.helper"], roots).definitions}
    assert names == {"LIMIT", "UNUSED", "helped", "unused", "Unused"}


IMPORTS = """
== pkg/__init__.py
from pkg import always
== pkg/always.py
== pkg/direct.py
import pkg.indirect
def f(): return 1
== pkg/indirect.py
== pkg/late.py
== pkg/later.py
def f(): return 1
== pkg/typed.py
== pkg/free/deep.py
x = 1
== study/trainer.py
from typing import TYPE_CHECKING
from pkg.direct import f
if TYPE_CHECKING:
    import pkg.typed
def train():
    from pkg import late
    return f()
def other():
    import pkg.later
class Train:
    import pkg.free.deep
"""


def test_modules_are_those_that_counted_code_imports(tmp_path: Path) -> None:
    """Packages, imports in classes and in counted functions count; other functions' do not."""
    found = reach(["study.trainer:train"], write(tmp_path, split(IMPORTS)))
    assert sorted(found.modules) == [
        "pkg",
        "pkg.always",
        "pkg.direct",
        "pkg.free",
        "pkg.free.deep",
        "pkg.indirect",
        "pkg.late",
        "study",
        "study.trainer",
    ]


def test_missing_modules_are_told(tmp_path: Path) -> None:
    """What was imported of the roots and was not reached is named; other libraries are not."""
    roots = write(tmp_path, split(IMPORTS))
    found = reach(["study.trainer:train"], roots)
    imported = [
        "pkg",
        "pkg.late",
        "pkg.later",
        "pkg.free",
        "study.trainer",
        "study.new",
        "torch",
        "pkgs.other",
        "pkg.later",
    ]
    assert missing_modules(found, imported, roots) == ["pkg.later", "study.new"]
    assert missing_modules(found, found.modules, roots) == []


def age(folder: Path) -> None:
    """Give all files a time at which nothing else was changed."""
    for path in folder.rglob("*.py"):
        os.utime(path, ns=(time.time_ns() - 10**11,) * 2)


@pytest.mark.parametrize("old", [False, True], ids=["young", "old"])
def test_edit_is_seen_in_the_same_process(tmp_path: Path, old: bool) -> None:
    """What is remembered of a file is forgotten when the file changes, however young it is."""
    roots = write(tmp_path, split(PLAIN))
    if old:
        age(tmp_path)
    before = reach(["study.trainer:train"], roots)
    same = reach(["study.trainer:train"], roots)
    assert (same is before) == old
    assert same == before
    helper = tmp_path / HELPER
    helper.write_text(helper.read_text().replace("LIMIT = 3", "LIMIT = 4"))
    assert code_digest(["study.trainer:train"], roots) != before.digest


def test_file_that_comes_is_seen(tmp_path: Path) -> None:
    """A file that was looked for in vain is found once it is there."""
    roots = write(tmp_path, split("== study/trainer.py\nimport study.late\nx = study.late.x\n"))
    age(tmp_path)
    before = reach(["study.trainer:x"], roots)
    assert "study.late is not found" in before.unresolved[0].why
    (tmp_path / "study" / "late.py").write_text("x = 1\n")
    age(tmp_path)
    after = reach(["study.trainer:x"], roots)
    assert "study.late" in after.modules
    assert after.digest != before.digest


def test_cache_can_be_cleared(tmp_path: Path) -> None:
    """After `clear` all is read again, also a file that changed and kept time and size."""
    roots = write(tmp_path, split(PLAIN))
    age(tmp_path)
    before = reach(["study.trainer:train"], roots)
    helper = tmp_path / HELPER
    status = helper.stat()
    helper.write_text(helper.read_text().replace("LIMIT = 3", "LIMIT = 4"))
    os.utime(helper, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert reach(["study.trainer:train"], roots) == before
    clear()
    assert reach(["study.trainer:train"], roots) != before


def test_results_cannot_be_changed(tmp_path: Path) -> None:
    """What is remembered is handed out, so it is frozen."""
    found = reach(["study.trainer:train"], write(tmp_path, split(PLAIN)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.digest = ""  # type: ignore[misc]
