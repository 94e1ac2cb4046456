"""What names stand for: scopes, imports and re-exports."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gridproof.plan.reach import reach

from .reach_packages import ENTRY, Edit, digests, split, write

FROM = "from pkg.held import held\n"
HELD = """
== pkg/__init__.py
== pkg/held.py
def held(): return 1
def other(): return 2
VALUE = 3
== study/trainer.py
"""


def held(code: str, entry: str = ENTRY) -> Edit:
    """Return an edit of `pkg.held.held`, which code of the trainer may refer to."""
    code = textwrap.dedent(code)
    return Edit(files=HELD + code, path="pkg/held.py", old="return 1", new="return 5", entry=entry)


REFERRED_TO = {
    "from import": FROM + "def train(): return held()",
    "import": "import pkg.held\ndef train(): return pkg.held.held()",
    "import of the package": "import pkg, pkg.held as _\ndef train(): return pkg.held.held()",
    "import as": "import pkg.held as h\ndef train(): return h.held()",
    "from import of the module": "from pkg import held as h\ndef train(): return h.held()",
    "import in a function": "def train():\n    from pkg.held import held\n    return held()",
    "module in a function": "def train():\n    import pkg.held\n    return pkg.held.held()",
    "import as in a function": "def train():\n    import pkg.held as h\n    return h.held()",
    "import in a function around it": """
        def train():
            from pkg import held as h
            def inner(): return lambda: h.held()
            return inner()()
        """,
    "import by a global of a function": """
        def load():
            global held
            from pkg.held import held
        def train():
            load()
            return held()
        """,
    "import in a class": "class A:\n    from pkg.held import held\ndef train(): return A.held()",
    "import in a condition": """
        import sys
        if sys.platform == "linux":
            from pkg.held import held
        else:
            from pkg.held import other as held
        def train(): return held()
        """,
    "import where another fails": """
        try:
            from fast import held
        except ImportError:
            from pkg.held import held
        def train(): return held()
        """,
    "module where another import fails": """
        try:
            import fast as impl
        except ImportError:
            from pkg import held as impl
        def train(): return impl.held()
        """,
    "literal import_module": """
        from importlib import import_module as load
        def train(): return load("pkg.held").held()
        """,
    "relative import_module": """
        import importlib
        def train(): return importlib.import_module(".held", package="pkg").held()
        """,
    "__import__": "def train(): return __import__('pkg.held').held.held()",
    "decorator": FROM + "@held\ndef train(): return 1",
    "argument of a decorator": """
        from functools import wraps
        from pkg.held import held
        @wraps(held)
        def train(): return 1
        """,
    "default argument": FROM + "def train(f=held): return f()",
    "keyword default": FROM + "def train(*, f=held): return f()",
    "lambda": FROM + "train = lambda: held()",
    "default of a lambda": FROM + "train = lambda f=held: f()",
    "partial": "import functools\nfrom pkg.held import held\ntrain = functools.partial(held)",
    "nested function": """
        from pkg.held import held
        def train():
            def inner():
                return held()
            return inner()
        """,
    "dict of functions": FROM + "F = {'a': held}\ndef train(): return F['a']()",
    "list of functions": FROM + "F = [held]\ndef train(): return F[0]()",
    "f-string": FROM + "def train(): return f'{held():>{3}}'",
    "width in an f-string": FROM + "def train(): return f'{1:{held()}}'",
    "walrus": FROM + "def train(): return (x := held) and x()",
    "comprehension": FROM + "def train(): return [held() for _ in '12']",
    "what a comprehension loops over": """
        from pkg.held import held
        def train(): return [held for held in [held]][0]()
        """,
    "condition of a comprehension": """
        from pkg.held import held
        def train(): return {x for x in "12" if held()}
        """,
    "match pattern": """
        import pkg.held
        def train(x=1):
            match x:
                case 1 if pkg.held.held(): return 2
        """,
    "class in a match pattern": """
        import pkg.held
        class A:
            f = pkg.held.held
        def train(x=1):
            match x:
                case A(): return 2
        """,
    "value in a match pattern": """
        from pkg import held
        class A:
            f = held.held()
        def train(x=1):
            match x:
                case A.f: return 2
        """,
    "global written by a function": """
        from pkg.held import held
        def load():
            global MODEL
            MODEL = held()
        def train():
            return MODEL
        """,
    "tuple of names": FROM + "(f, g), *h = (held, 1), 2\ndef train(): return f()",
    "for at the top": FROM + "for f in [held]:\n    pass\ndef train(): return f()",
    "with at the top": """
        from contextlib import nullcontext
        from pkg.held import held
        with nullcontext(held) as f:
            g = f
        def train(): return g()
        """,
    "walrus at the top": FROM + "[f := x for x in [held]]\ndef train(): return f()",
    "name that is augmented": FROM + "x = 1\nx += held()\ndef train(): return x",
    "name that is deleted": """
        from pkg.held import held
        max = held
        del max
        def train(): return max(1, 2)
        """,
    "builtin that a module replaces": "from pkg.held import held as len\ndef train(): return len()",
    "name that only a class binds": """
        from pkg.held import held
        class A:
            held = 1
            def run(self): return held()
        def train(): return A().run()
        """,
    "name that a class binds later": """
        from pkg.held import held
        class A:
            held = held
        def train(): return A.held()
        """,
    "name that a class binds in a condition": """
        from pkg.held import held
        class A:
            if held is None:
                held = 1
            f = held
        def train(): return A.f()
        """,
    "name that a class deletes": """
        from pkg.held import held
        class A:
            held = 1
            del held
            f = held
        def train(): return A.f()
        """,
    "name in a comprehension in a class": """
        from pkg.held import held
        class A:
            held = 1
            values = [held() for _ in "12"]
        def train(): return A
        """,
    "name that another function binds": """
        from pkg.held import held
        def bind():
            held = 1
        def train(): return held()
        """,
    "nonlocal": """
        from pkg.held import held
        def train():
            f = None
            def inner():
                nonlocal f
                f = held
            inner()
            return f()
        """,
    "exception handler's type": """
        from pkg.held import held
        def train():
            try:
                return 1
            except held() as held_again:
                return 2
        """,
    "what raise raises": FROM + "def train():\n    raise held('x') from None",
    "cause of a raise": FROM + "def train():\n    raise ValueError from held()",
    "async function": FROM + "async def train():\n    return await held()",
    "attribute of a call": FROM + "def train(): return held().x.y",
    "relative import in a package": "from .sub.inner import f as train",
}
EXTRA = """
== study/sub/inner/__init__.py
from ...deep import up as f
== study/deep.py
from pkg.held import held as up
"""


@pytest.mark.parametrize("code", REFERRED_TO.values(), ids=REFERRED_TO)
def test_reference_is_followed(tmp_path: Path, code: str) -> None:
    """However code refers to a function, an edit of it changes the digest."""
    before, after = digests(tmp_path, held(textwrap.dedent(code) + EXTRA))
    assert before != after


NOT_REFERRED_TO = {
    "parameter": FROM + "def train(held=1): return held",
    "keyword parameter": FROM + "def train(*, held=1): return held",
    "variable arguments": FROM + "def train(*held): return held",
    "parameter of a lambda": FROM + "train = lambda held: held",
    "local variable": FROM + "def train():\n    held = 1\n    return held",
    "local variable that is bound later": """
        from pkg.held import held
        def train():
            print(held)
            for held in "12": pass
        """,
    "local import": FROM + "def train():\n    import json as held\n    return held",
    "local function": """
        from pkg.held import held
        def train():
            def held(): return 1
            return held()
        """,
    "variable of a comprehension": FROM + "def train(): return [held for held in '1']",
    "variable around a nested function": """
        from pkg.held import held
        def train():
            held = 1
            return lambda: [held for _ in "12"]
        """,
    "walrus in a comprehension": """
        from pkg.held import held
        def train():
            [held := x for x in "12"]
            return held
        """,
    "capture of a match": """
        from pkg.held import held
        def train(x=1):
            match x:
                case [held, *_] | {"a": held}: return held
        """,
    "rest of a match": """
        from pkg.held import held
        def train(x=1):
            match x:
                case {"a": 1, **held}: return held
        """,
    "name of an exception": """
        from pkg.held import held
        def train():
            try: pass
            except ValueError as held: return held
        """,
    "name of a with": """
        from pkg.held import held
        def train():
            with open("x") as held: return held
        """,
    "name that a class bound before": """
        from pkg.held import held
        class A:
            held = 1
            f = held
        def train(): return A.f
        """,
    "attribute of an object": FROM + "def train(x=1): return x.held()",
    "keyword of a call": FROM + "def train(): return dict(held=1)",
    "annotation": FROM + "def train(x: held = 1) -> held:\n    y: held = x\n    return y",
    "argument of a raise": FROM + "def train():\n    raise ValueError(held())",
    "message of an assert": FROM + "def train():\n    assert 1, held()",
    "type checker's import": """
        import typing
        if typing.TYPE_CHECKING:
            from pkg.held import held
        def train(x): return x
        """,
    "type alias that nothing uses": FROM + "Alias = list[held]\ndef train(x: Alias): return x",
    "type variable": """
        from typing import TypeVar
        from pkg.held import held
        T = TypeVar("T", bound=held)
        def train(x: T) -> T: return x
        """,
    "getattr on an object": "from pkg.held import other\ndef train(x): return getattr(x, 'held')",
}


@pytest.mark.parametrize("code", NOT_REFERRED_TO.values(), ids=NOT_REFERRED_TO)
def test_other_name_is_not_followed(tmp_path: Path, code: str) -> None:
    """A name that stands for something else does not make the function count."""
    before, after = digests(tmp_path, held(code))
    assert before == after


CHAIN = """
== pkg/__init__.py
from .front import shown
from .name import name
== pkg/front.py
from pkg.back import made as shown, unused
== pkg/back.py
def made(): return 1
def unused(): return 2
== pkg/name.py
def name(): return 3
def unused(): return 4
== study/trainer.py
import pkg
from pkg import shown
def train(): return shown() + pkg.name()
"""
REEXPORTS = {
    "target": ("pkg/back.py", "return 1", "return 5", True),
    "redirected": ("pkg/front.py", "made as shown", "unused as shown", True),
    "another name of the chain": ("pkg/back.py", "return 2", "return 5", False),
    "function named as its module": ("pkg/name.py", "return 3", "return 5", True),
    "beside that": ("pkg/name.py", "return 4", "return 5", False),
    "another library": ("pkg/__init__.py", ".front", "shop", True),
}


@pytest.mark.parametrize(("path", "old", "new", "counts"), REEXPORTS.values(), ids=REEXPORTS)
def test_reexports(tmp_path: Path, path: str, old: str, new: str, counts: bool) -> None:
    """A name is followed through imports of imports to what it stands for, and no further."""
    before, after = digests(tmp_path, Edit(files=CHAIN, path=path, old=old, new=new))
    assert (before != after) == counts


SWAPPED = """
== pkg/held.py
def held(): return 1
def other(): return 2
== pkg/copy.py
def held(): return 1
== study/trainer.py
from pkg.held import held as a, other as b
from statistics import mean as middle
def train(): return a() - b() - middle([1, 2])
"""
REBOUND = {
    "imports that swap their names": ("held as a, other as b", "other as a, held as b"),
    "function of another library": ("mean as", "median as"),
    # The module is part of what a definition is called.
    "function that moves to another module": (
        "pkg.held import held as a, other as b",
        "pkg.copy import held as a\nfrom pkg.held import other as b",
    ),
}


@pytest.mark.parametrize(("old", "new"), REBOUND.values(), ids=REBOUND)
def test_what_an_import_binds_counts(tmp_path: Path, old: str, new: str) -> None:
    """An import counts as what it binds, so that names cannot change their meaning unseen."""
    before, after = digests(tmp_path, Edit(files=SWAPPED, old=old, new=new))
    assert before != after


def test_circular_imports_end(tmp_path: Path) -> None:
    """Modules may import each other, also names from each other that do not exist."""
    files = """
    == pkg/a.py
    from pkg.b import g, nothing
    def f(): return g()
    == pkg/b.py
    import pkg.a as a
    from pkg.a import nothing
    def g(): return a.f()
    == study/trainer.py
    from pkg.a import f, nothing
    def train(): return f() + nothing()
    """
    found = reach([ENTRY], write(tmp_path, split(files)))
    assert {one.name for one in found.definitions} >= {"f", "g", "train"}


def test_namespace_packages_are_followed(tmp_path: Path) -> None:
    """Folders without `__init__`, at the top and below, are packages."""
    files = """
    == pkg/deep/er/held.py
    def held(): return 1
    == study/trainer.py
    from pkg.deep.er import held
    def train(): return held.held()
    """
    found = reach([ENTRY], write(tmp_path, split(files)))
    assert {"pkg", "pkg.deep", "pkg.deep.er", "pkg.deep.er.held"} < found.modules
    assert ("pkg.deep.er.held", "held") in {(one.module, one.name) for one in found.definitions}
