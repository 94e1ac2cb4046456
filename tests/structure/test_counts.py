"""An idea is one file: what has to be touched for a parameter, a family, a figure, data, a claim.

Each is added to a copy of the repository, to the package and to a folder of a study's own, and
does what such a part does: it is planned, trained, drawn or judged. No file differs but its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from workspace import REPOSITORY, Workspace, write_places

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ADDED = Path(__file__).parent / "added"
FAMILY = ("families/nearest_mean/__init__.py", "families/nearest_mean/class_means.py")
FIGURE = ("figures/accuracy_dots.py", "figures/accuracy_dots.rst")
DATA = ("data/two_rings.py",)
CLAIM = ("claims/about_means.py",)
PACKAGE, OWN = "workflow/gridproof/parts", "mine"
PARTS = {PACKAGE: (*FAMILY, *FIGURE, *DATA), OWN: (*FAMILY, *FIGURE, *DATA, *CLAIM)}
"""What is added where; claims are about a study's experiments, so the package has none."""
GENERATED = {"config/schema.json", "docs/config.md"}
STUDY = """\
title: Counted
study: counted
parts: [{parts}]
data: {{rings: {{source: two_rings, rows: 120}}}}
seeds: 2
experiments:
  counted: {{family: nearest_mean, sweep: {{share: [1.0, 0.5]}}, figures: [accuracy_dots]}}
"""
OF_NOTHING = """\
title: Counted
study: counted
parts: [{parts}]
data:
  towns:
    {{source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}}
seeds: 1
experiments: {{counted: {{family: {family}, sweep: {sweep}, figures: []}}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A study of added parts that was run to the end, and the files that differ since."""

    place: str
    workspace: Workspace
    printed: str
    differing: set[str]


def contents(root: Path) -> dict[str, str]:
    """Return the digest of each file below a folder, results and caches left out."""
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not {"results", ".snakemake", "__pycache__"} & set(path.parts)
    }


def differing(root: Path, before: dict[str, str]) -> set[str]:
    """Return the files that were changed, added or removed."""
    after = contents(root)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def copy(folder: Path) -> Workspace:
    """Return a copy of the repository with the folder that `make docs` writes into."""
    workspace = Workspace.create(folder, "counted.yaml")
    shutil.copytree(REPOSITORY / "docs", folder / "docs")
    return workspace


def add(workspace: Workspace, place: str, files: tuple[str, ...]) -> set[str]:
    """Copy files of parts to a place; return their paths."""
    for file in files:
        path = workspace.path(f"{place}/{file}")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ADDED / file, path)
    return {f"{place}/{file}" for file in files}


@pytest.fixture(scope="module", params=[PACKAGE, OWN], ids=["package", "own folder"])
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Add a family, a figure, data and a claim, and run a study of them."""
    place = request.param
    workspace = copy(tmp_path_factory.mktemp("counts") / "clone")
    before = contents(workspace.root)
    add(workspace, place, PARTS[place])
    workspace.path("counted.yaml").write_text(STUDY.format(parts="" if place == PACKAGE else place))
    printed = workspace.run()
    return Finished(
        place=place,
        workspace=workspace,
        printed=printed,
        differing=differing(workspace.root, before),
    )


def test_parts_are_their_own_files_and_no_other(finished: Finished) -> None:
    """No list, schema, page, rule or test was edited, and the study ran to its report."""
    parts = {f"{finished.place}/{file}" for file in PARTS[finished.place]}
    assert finished.differing == parts | {"counted.yaml"}
    assert finished.workspace.path("results/counted/report/index.html").is_file()


def test_family_is_a_folder(finished: Finished) -> None:
    """Its cells are planned under a name of its parameters, and trained."""
    assert len({Path(file).parent for file in FAMILY}) == 1
    assert finished.workspace.cells().keys() == {"nearest_mean-s1.0", "nearest_mean-s0.5"}
    tables = finished.workspace.path("results/counted/tables")
    epochs = pd.read_parquet(tables / "epochs.parquet")
    assert len(epochs) == 4
    assert (epochs["test_accuracy"] > 0.5).all()


def test_figure_is_a_file_with_its_caption(finished: Finished) -> None:
    """It is drawn twice, with words for who cannot see it, and shown with its caption."""
    assert [Path(file).stem for file in FIGURE] == ["accuracy_dots"] * 2
    drawn = finished.workspace.path("results/counted/figures/counted")
    assert {"accuracy_dots.png", "accuracy_dots.svg"} <= {file.name for file in drawn.iterdir()}
    page = finished.workspace.path("results/counted/report/index.html").read_text()
    assert "Dots of test accuracy in 2 columns." in page
    assert (ADDED / FIGURE[1]).read_text().strip() in page


def test_data_source_is_a_file(finished: Finished) -> None:
    """Its rows are prepared as any data of their kind."""
    assert len(DATA) == 1
    (folder,) = finished.workspace.path("results/data").glob("rings-*")
    facts = json.loads((folder / "facts.json").read_text())
    assert (facts["source"], facts["kind"], facts["classes"]) == (
        "two_rings",
        "table",
        ["inner", "outer"],
    )
    assert facts["rows"] == {"train": 96, "val": 12, "test": 12}


def test_claim_is_a_file(finished: Finished) -> None:
    """It is judged, and nothing else is."""
    assert len(CLAIM) == 1
    shown = finished.workspace.command("claims", "--configfile", "counted.yaml").stdout
    if finished.place == OWN:
        assert "better-than-nothing" in shown
        assert "1 claims: 1 undecided" in shown
    else:
        assert "0 claims" in shown


def test_schema_and_page_are_made_from_the_parts(finished: Finished) -> None:
    """`make docs` writes both and nothing else; parts of a study of one's own are not in them."""
    before = contents(finished.workspace.root)
    made = finished.workspace.python("-m", "gridproof.config.pages")
    assert made.returncode == 0, made.stdout
    assert differing(finished.workspace.root, before) <= GENERATED
    page = finished.workspace.path("docs/config.md").read_text()
    schema = finished.workspace.path("config/schema.json").read_text()
    for name in ("nearest_mean", "accuracy_dots", "two_rings"):
        assert (name in page, name in schema) == (finished.place == PACKAGE,) * 2


PARAMETERS = {
    "package": (PACKAGE, "families/dry/__init__.py", "    seconds: Number", "dry", "epochs", 2),
    "own folder": (OWN, FAMILY[0], "    share: Number", "nearest_mean", "share", 0.5),
}


@pytest.mark.parametrize(
    ("place", "file", "line", "family", "other", "value"), PARAMETERS.values(), ids=PARAMETERS
)
def test_parameter_is_a_declaration(
    tmp_path: Path, place: str, file: str, line: str, family: str, other: str, value: float
) -> None:
    """A line or two: studies can sweep it, names show it, mistakes are told, pages list it."""
    workspace = copy(tmp_path / "clone")
    write_places(workspace.path("data"))
    if place == OWN:
        add(workspace, place, FAMILY)
    parts = "" if place == PACKAGE else place

    def cells(sweep: str) -> str:
        text = OF_NOTHING.format(parts=parts, family=family, sweep=sweep)
        workspace.path("counted.yaml").write_text(text)
        return workspace.command("cells", "--configfile", "counted.yaml").stdout

    (cell,) = (row for row in cells(f"{{{other}: [{value}]}}").splitlines() if "missing" in row)
    before = contents(workspace.root)
    declared = '    noise: Number = parameter(0.0, "What is added.", at_least=0, slug="n")\n'
    workspace.edit(f"{place}/{file}", lambda text: text.replace(line, declared + line))

    rows = cells(f"{{{other}: [{value}], noise: [0.0, 0.25]}}").splitlines()
    slug, digest = cell.split()[-3:-1]
    unchanged, noisy = (row.split()[-3:-1] for row in rows if "missing" in row)
    assert unchanged == [slug, digest]
    assert "-n0.25" in noisy[0]
    assert "noise[0]: found -1, expected at least 0" in cells("{noise: [-1]}")
    assert "did you mean 'noise'?" in cells("{niose: [1]}")
    assert differing(workspace.root, before) == {f"{place}/{file}", "counted.yaml"}
    if place == PACKAGE:
        assert workspace.python("-m", "gridproof.config.pages").returncode == 0
        page = workspace.path("docs/config.md").read_text()
        assert "| `noise` | number, at least 0 | `0.0` | What is added. |" in page
        assert '"What is added."' in workspace.path("config/schema.json").read_text()
        found = differing(workspace.root, before)
        assert found == {f"{place}/{file}", "counted.yaml", *GENERATED}


@pytest.mark.full
def test_no_test_has_to_be_edited(tmp_path: Path) -> None:
    """With new parts in the package, and pages made again, the checks of the repository pass."""
    workspace = copy(tmp_path / "clone")
    for name in ("tests", "examples"):
        ignored = shutil.ignore_patterns("__pycache__", "results")
        shutil.copytree(REPOSITORY / name, workspace.path(name), ignore=ignored)
    for name in ("pyproject.toml", "Makefile", "README.md", "CONTRIBUTING.md"):
        shutil.copyfile(REPOSITORY / name, workspace.path(name))
    add(workspace, PACKAGE, PARTS[PACKAGE])
    assert workspace.python("-m", "gridproof.config.pages").returncode == 0
    rooms = [f"tests/{room}" for room in ("config", "data", "plan", "structure", "tables")]
    chosen = ["-m", "not slow and not full and not cluster"]
    done: subprocess.CompletedProcess[str] = workspace.python(
        "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *rooms, *chosen
    )
    assert done.returncode == 0, done.stdout
