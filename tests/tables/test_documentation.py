"""docs/tables.md against the files."""

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from families.tiny import prepare_tiny
from gridproof.catalogue import catalogue
from gridproof.files.layout import assembled_folder
from gridproof.judge.verdict_table import SCHEMA as CLAIMS
from gridproof.run.measuring import SCHEMA
from run.jobs import make_job, run
from tables.conftest import TABLES
from tables.synthetic import MEASURED

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
ARROW_NAMES = {"double": "float64", "float": "float32"}


def documented() -> dict[str, list[tuple[str, str]]]:
    """Return names and types of the columns that the page describes, by table."""
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    return {
        section.split("\n", 1)[0]: re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE)
        for section in sections
    }


def columns(path: Path) -> list[tuple[str, str]]:
    """Return names and types of the columns that a file has."""
    return [
        (field.name, ARROW_NAMES.get(str(field.type), str(field.type)))
        for field in pq.read_schema(path)
    ]


@pytest.fixture(scope="module")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembled files of a trained cell."""
    root = tmp_path_factory.mktemp("cell")
    job = make_job(root / "cell", prepare_tiny(root), (0,))
    run(job)
    return assembled_folder(job.cell, job.seeds)


def test_every_table_is_documented() -> None:
    """The page has a section for each table of a study and of a cell, and no other."""
    assert list(documented()) == [*TABLES, "claims", "metrics", "measured"]


@pytest.mark.parametrize("folder", [".", "learning_rate", "batch_norm"])
@pytest.mark.parametrize("name", TABLES)
def test_columns_of_study_tables_are_documented(name: str, folder: str, tables: Path) -> None:
    """Names, order and types of the columns are those of the page, in slices as well."""
    assert columns(tables / folder / f"{name}.parquet") == documented()[name]


@pytest.mark.parametrize("name", catalogue().family("mlp").tables)
def test_columns_of_cell_tables_are_documented(name: str, assembled: Path) -> None:
    """Names, order and types of the columns are those of the page."""
    assert columns(assembled / f"{name}.parquet") == documented()[name]


def test_columns_of_the_claims_are_documented() -> None:
    """Names, order and types of the columns are those of the page."""
    described = [
        (field.name, ARROW_NAMES.get(str(field.type), str(field.type))) for field in CLAIMS
    ]
    assert described == documented()["claims"]


def test_columns_of_measured_numbers_are_documented() -> None:
    """Names, order and types of the columns are those of the page."""
    described = [
        (field.name, ARROW_NAMES.get(str(field.type), str(field.type))) for field in SCHEMA
    ]
    assert described == documented()["measured"]


def test_all_parameters_are_columns() -> None:
    """The table of cells ends with the parameters of the family, in their order."""
    names = [name for name, _ in documented()["cells"]]
    assert names[6:] == list(catalogue().family("mlp").parameters.model_fields)


def test_epochs_are_the_metrics_of_the_cells_and_what_was_measured() -> None:
    """The page says so: first the recorded columns, then the measured ones."""
    measured = [(name, "float64") for name in MEASURED["epochs"].quantities]
    assert documented()["epochs"] == documented()["metrics"] + measured


def test_rows_of_the_page_are_complete() -> None:
    """Each column has a meaning."""
    rows = re.findall(r"^\| `\w+` \|.*$", PAGE, re.MULTILINE)
    assert len(rows) == sum(map(len, documented().values())) > 50
    for row in rows:
        assert len(row.split("|")) == 6
        assert row.split("|")[4].strip()


def test_example_of_the_page_runs(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The query of the page gives a row for each cell of the experiment."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "tables").symlink_to(tables)
    monkeypatch.chdir(tmp_path)
    query = PAGE.split('"""')[1].replace("epoch = 50", "epoch = 2")
    assert len(duckdb.sql(query).fetchall()) == 2
