"""What only running the code tells: the modules concerned count as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridproof.plan.reach import reach

from .reach_packages import ENTRY, split, write

UNSEEN = """
== pkg/__init__.py
== pkg/held.py
import sys
from pkg import beside
def held(): return 1
def other(): return 2
VALUE = 3
__all__ = ["held", "sub"]
== pkg/beside.py
def beside(): return 4
== pkg/shown.py
from pkg.held import *
== pkg/lazy.py
def __getattr__(name): return 5
def held(): return 6
== pkg/stars/__init__.py
__all__ = ["sub"]
x = 7
== pkg/stars/sub.py
y = 8
== study/trainer.py
def aside(): return 9
"""
HELD, TRAINER_FILE = "pkg/held.py", "study/trainer.py"
DYNAMIC = {
    "getattr on a module": (
        "from pkg import held\ndef train(n): return getattr(held, n)()",
        [HELD, "pkg/beside.py", TRAINER_FILE],
    ),
    "getattr on a module in a function": (
        "def train(n):\n    import pkg.held as h\n    return getattr(h, n)()",
        [HELD, TRAINER_FILE],
    ),
    "vars of a module": ("from pkg import held\ndef train(n): return vars(held)[n]()", [HELD]),
    "__dict__": (
        "from pkg import held\ndef train(n): return held.__dict__[n]",
        [HELD, TRAINER_FILE],
    ),
    "module as an argument": (
        "from pkg import held\nimport inspect\ndef train(): return inspect.getmembers(held)",
        [HELD],
    ),
    "module as a value": ("import pkg.held\nM = [pkg.held]\ndef train(): return M", [HELD]),
    "module under another name": (
        "from pkg import held\nm = held\ndef train(): return m.held()",
        [HELD],
    ),
    "module in a class": (
        "class A:\n    from pkg import held\ndef train(): return A.held.held()",
        [HELD],
    ),
    "globals by __all__": (
        "from pkg import held\n__all__ = ['aside']\ndef train(): return globals()[__all__[0]]()",
        [TRAINER_FILE],
    ),
    "globals": ("def train(n): return globals()[n]()", [TRAINER_FILE]),
    "locals": ("N = locals()\ndef train(n): return N[n]()", [TRAINER_FILE]),
    "vars here": ("N = vars()\ndef train(n): return N[n]()", [TRAINER_FILE]),
    "__globals__": ("def train(n): return train.__globals__[n]()", [TRAINER_FILE]),
    "eval": ("def train(n): return eval(n)", [TRAINER_FILE]),
    "exec by another name": ("run = exec\ndef train(n): return run(n)", [TRAINER_FILE]),
    "builtins": ("import builtins\ndef train(n): return builtins.eval(n)", [TRAINER_FILE]),
    "sys.modules": ("import sys\ndef train(n): return sys.modules[n].f()", [TRAINER_FILE]),
    "computed import": (
        "from importlib import import_module\ndef train(n): return import_module(n).f()",
        [TRAINER_FILE],
    ),
    "import_module as a value": (
        "from importlib import import_module as i\ndef train(n): return map(i, n)",
        [TRAINER_FILE],
    ),
    "literal import": (
        "import importlib as i\ndef train(n): return getattr(i.import_module('pkg.held'), n)",
        [HELD],
    ),
    "relative literal import": (
        "import importlib\ndef train(): return importlib.import_module('.held', 'pkg')",
        [HELD],
    ),
    "star import": ("from pkg.held import *\ndef train(): return held()", [HELD, TRAINER_FILE]),
    "name from a star import elsewhere": (
        "from pkg.shown import held\ndef train(): return held()",
        [HELD],
    ),
    "star import of another library": ("from os import *\ndef train(): return 1", [TRAINER_FILE]),
    "star import in a condition": (
        "try:\n    from pkg.held import *\nexcept ImportError: pass\ndef train(): return held()",
        [HELD, TRAINER_FILE],
    ),
    "star import that names a module": (
        "from pkg.stars import *\ndef train(): return sub.y",
        ["pkg/stars/__init__.py", "pkg/stars/sub.py"],
    ),
    "module's __getattr__": (
        "from pkg import lazy\ndef train(): return lazy.thing()",
        ["pkg/lazy.py"],
    ),
    "name from a module's __getattr__": (
        "from pkg.lazy import thing\ndef train(): return thing()",
        ["pkg/lazy.py"],
    ),
    "name that is not found": ("from pkg import held\ndef train(): return held.thing()", [HELD]),
}


@pytest.mark.parametrize(("code", "whole"), DYNAMIC.values(), ids=DYNAMIC)
def test_what_cannot_be_followed_counts_as_a_whole(
    tmp_path: Path, code: str, whole: list[str]
) -> None:
    """All functions and values of the modules that are concerned count, and it is told why."""
    roots = write(tmp_path, split(f"{UNSEEN}{code}\n"))
    found = reach([ENTRY], roots)
    assert found.unresolved
    names = {(one.path.relative_to(tmp_path).as_posix(), one.name) for one in found.definitions}
    everything = {
        HELD: {"held", "other", "VALUE"},
        TRAINER_FILE: {"aside", "train"},
        "pkg/beside.py": {"beside"},
        "pkg/lazy.py": {"__getattr__", "held"},
        "pkg/stars/__init__.py": {"x"},
        "pkg/stars/sub.py": {"y"},
    }
    assert names >= {(path, name) for path in whole for name in everything[path]}
    assert (HELD, "__all__") not in names or "import *" in code or "shown" in code


SEEN = {
    "getattr on an object": "def train(x, n): return getattr(x, n)",
    "getattr on another library": "import torch\ndef train(n): return getattr(torch.nn, n)",
    "import of another library": "import importlib as i\ndef train(): i.import_module('torch')",
    "sys.modules of another library": "import sys\ndef train(): return sys.modules.get('torch')",
    "vars of an object": "def train(x): return vars(x), dir(x), x.__dict__",
    "vars in a function": "def train(x): return vars(), locals()",
    "what every module has": "from pkg import held\ndef train(): return held.__name__, __file__",
    "function that is called eval": "def train(x): return x.eval(), x.exec()",
}


@pytest.mark.parametrize("code", SEEN.values(), ids=SEEN)
def test_what_can_be_followed_is_not_told(tmp_path: Path, code: str) -> None:
    """What only looks alike makes no module count."""
    found = reach([ENTRY], write(tmp_path, split(f"{UNSEEN}{code}\n")))
    assert found.unresolved == ()
    assert not {"aside", "other"} & {one.name for one in found.definitions}


def test_unresolved_tells_where_and_why(tmp_path: Path) -> None:
    """A place is told with its module, its line and words."""
    code = "import importlib\ndef train(n):\n    return importlib.import_module(n)\n"
    (place,) = reach([ENTRY], write(tmp_path, split(f"== study/trainer.py\n{code}"))).unresolved
    assert (place.module, place.line) == ("study.trainer", 3)
    assert place.why == (
        "importlib.import_module of a computed name cannot be followed: "
        "study.trainer counts as a whole"
    )
