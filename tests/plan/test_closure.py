"""The code that can reach a result: which modules, and which edits of them count."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gridproof.families import FAMILIES
from gridproof.plan.closure import PACKAGE_FOLDER, closure, code_digest

LISTS = Path(__file__).parent / "closures"
UNREACHABLE = ("config", "plan", "run", "tables", "draw", "judge", "report", "cli", "rules")
DIGEST = (
    "from gridproof.families import FAMILIES; from gridproof.plan.closure import code_digest;"
    "from gridproof.plan.cell_identity import cell_digest, cell_spec;"
    "family = FAMILIES['mlp']; parameters = {'learning_rate': 1e-3, 'depth': 6, 'residual': False};"
    "spec = cell_spec(family, parameters, 'abc', 'eager', 1);"
    "print(cell_digest(spec, code_digest(family.trainer_module), {'torch': '1.0'}))"
)


@pytest.mark.parametrize("family", FAMILIES)
def test_closure_is_the_list_that_is_checked_in(family: str) -> None:
    """A module enters a family's identity only together with its line in the list."""
    listed = (LISTS / f"{family}.txt").read_text().split()
    assert list(closure(FAMILIES[family].trainer_module)) == listed


@pytest.mark.parametrize("family", FAMILIES)
def test_closure_holds_nothing_that_plans_or_shows(family: str) -> None:
    """Study, tables, figures, claims, report and commands are in no family's closure."""
    for name in closure(FAMILIES[family].trainer_module):
        assert name.split(".")[1:2] not in [[room] for room in UNREACHABLE]


def write_package(folder: Path, **modules: str) -> Path:
    """Write a package `gridproof` with these modules, dots in names as double underscores."""
    package = folder / "gridproof"
    for name, text in {"__init__": "", **modules}.items():
        file = package.joinpath(*name.split("__")) if name != "__init__" else package / name
        file = file.with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text)
    return package


IMPORTS = {
    "import": "import gridproof.b",
    "from package": "from gridproof import b",
    "from module": "from gridproof.b import name",
    "relative": "from . import b",
    "relative module": "from .b import name",
    "inside a function": "def f():\n    import gridproof.b",
    "under a name": "import gridproof.b as other",
}


@pytest.mark.parametrize("statement", IMPORTS.values(), ids=IMPORTS)
def test_closure_follows_every_form_of_import(tmp_path: Path, statement: str) -> None:
    """However a module is imported, it counts, and so does what it imports."""
    package = write_package(tmp_path, a=statement, b="import gridproof.c", c="", d="")
    expected = ("gridproof", "gridproof.a", "gridproof.b", "gridproof.c")
    assert closure("gridproof.a", package) == expected


CODE = '''"""Docstring."""
import os


def f(x):
    """Return twice x."""
    return 2 * x  # twice
'''
BLIND_TO = {
    "comment": CODE.replace("# twice", "# double"),
    "docstring": CODE.replace("Return twice x.", "Return the double of x."),
    "no docstring": CODE.replace('    """Return twice x."""\n', ""),
    "formatting": CODE.replace("2 * x", "(2\n        * x)").replace("\n\n\ndef", "\ndef"),
    "quotes": CODE.replace('"""', "'''"),
}
SEES = {
    "constant": CODE.replace("2 * x", "3 * x"),
    "name": CODE.replace("def f", "def g"),
    "text that is no docstring": CODE.replace("return 2 * x", "return '2 * x'"),
}


@pytest.mark.parametrize("text", BLIND_TO.values(), ids=BLIND_TO)
def test_digest_is_blind_to(tmp_path: Path, text: str) -> None:
    """What cannot change a result does not change the digest."""
    first = code_digest("gridproof.a", folder=write_package(tmp_path / "1", a=CODE))
    assert code_digest("gridproof.a", folder=write_package(tmp_path / "2", a=text)) == first


@pytest.mark.parametrize("text", SEES.values(), ids=SEES)
def test_digest_sees(tmp_path: Path, text: str) -> None:
    """What can change a result changes the digest."""
    first = code_digest("gridproof.a", folder=write_package(tmp_path / "1", a=CODE))
    assert code_digest("gridproof.a", folder=write_package(tmp_path / "2", a=text)) != first


def digest_elsewhere(folder: Path, python: str, *prefix: str) -> str:
    """Return the digest of a fixed cell as computed by `python` from the package in `folder`."""
    result = subprocess.run(
        [*prefix, python, "-c", DIGEST],
        env={"PYTHONPATH": str(folder), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.fixture(scope="module")
def digest_here() -> str:
    """The digest of a fixed cell in this folder."""
    return digest_elsewhere(PACKAGE_FOLDER.parent, sys.executable)


def test_digest_is_equal_in_another_folder(tmp_path: Path, digest_here: str) -> None:
    """A clone elsewhere finds the same cells."""
    shutil.copytree(PACKAGE_FOLDER, tmp_path / "a clone" / "gridproof")
    assert digest_elsewhere(tmp_path / "a clone", sys.executable) == digest_here


def test_digest_is_equal_under_another_user(digest_here: str) -> None:
    """Another user of the same folder finds the same cells."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("needs root and setpriv to become another user")
    python = next(
        filter(Path.exists, map(Path, ("/usr/bin/python3", "/usr/local/bin/python3"))), None
    )
    if python is None:
        pytest.skip("needs a Python outside of the home folder")
    user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(PACKAGE_FOLDER, folder / "gridproof")
        assert digest_elsewhere(folder, str(python), *user) == digest_here


def find_python(version: str) -> str | None:
    """Return a Python of this version: on the path, or kept by pyenv."""
    uv = [sys.executable, "-m", "uv", "python", "find", "--no-project", "--system", version]
    found = subprocess.run(uv, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    return str(kept[-1]) if kept else None


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_digest_is_equal_on_python(version: str, digest_here: str) -> None:
    """A newer Python finds the same cells."""
    python = find_python(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed")
    assert digest_elsewhere(PACKAGE_FOLDER.parent, python) == digest_here
