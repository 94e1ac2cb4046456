from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.making import DIGEST, CsvOptions, prepare
from gridproof.errors import GridproofError
from gridproof.files.facts import check_prepared, load_facts
from gridproof.parts.kinds.table.prepared_table import feature_names, load_classes, load_table


@pytest.fixture
def directory(csv_options: CsvOptions, tmp_path: Path) -> Path:
    """A directory of prepared data."""
    directory = tmp_path / f"places-{DIGEST}"
    prepare("places", "csv", csv_options, directory)
    return directory


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _other_columns(path: Path) -> None:
    pq.write_table(pa.table({"split": ["train"], "x": [1.0]}), path)


def _other_type(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.set_column(3, "target", table["target"].cast(pa.int32())), path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, ""),
    "empty": (lambda path: path.write_bytes(b""), ""),
    "truncated": (_truncate, ""),
    "not Parquet": (lambda path: path.write_text("split,longitude\n"), ""),
    "other columns": (
        _other_columns,
        "its columns are not split, features in float32, and target, found split (string), x (doub",
    ),
    "other type": (_other_type, "its columns are not split, features in float32, and target"),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_load_table_names_unreadable_file(
    directory: Path, damage: Callable[[Path], object], reason: str
) -> None:
    """The message names the file, the reason and what to do."""
    damage(directory / "data.parquet")
    with pytest.raises(GridproofError) as caught:
        load_table(directory, "train")
    assert str(caught.value).startswith(f"{directory / 'data.parquet'} cannot be used: {reason}")
    assert str(caught.value).endswith(f"; delete the directory {directory} and run again")


def test_load_table_refuses_unknown_split(directory: Path) -> None:
    """A split without rows is an error, not an empty array."""
    with pytest.raises(GridproofError, match="it has no rows of the split 'validation'"):
        load_table(directory, "validation")


def test_load_table_returns_arrays_of_its_own(directory: Path) -> None:
    """The arrays are contiguous and may be written to, as torch asks."""
    features, labels = load_table(directory, "train")
    assert features.flags.c_contiguous
    assert features.flags.writeable
    assert labels.flags.writeable


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(Path.unlink, id="missing"),
        pytest.param(_truncate, id="truncated"),
        pytest.param(lambda path: path.write_bytes(b"\xff\xfe"), id="not text"),
        pytest.param(lambda path: path.write_text("[1]"), id="not an object"),
    ],
)
def test_load_facts_names_unreadable_file(
    directory: Path, damage: Callable[[Path], object]
) -> None:
    """The message names the file and what to do."""
    damage(directory / "facts.json")
    with pytest.raises(GridproofError) as caught:
        load_facts(directory)
    assert str(caught.value).startswith(f"{directory / 'facts.json'} cannot be used: ")
    assert str(caught.value).endswith(f"; delete the directory {directory} and run again")


def test_check_prepared_accepts_what_prepare_wrote(directory: Path) -> None:
    """Data that nobody touched pass."""
    check_prepared(directory, DIGEST)


def test_check_prepared_refuses_other_digest(directory: Path) -> None:
    """Data of another identity are refused."""
    with pytest.raises(GridproofError, match=r"its digest is 0123456789ab, expected ba9876543210"):
        check_prepared(directory, "ba9876543210")


def test_check_prepared_refuses_edited_rows(directory: Path) -> None:
    """Rows that were changed after they were prepared are refused, though the file is whole."""
    path = directory / "data.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    with pytest.raises(GridproofError, match=r"it is not the file that facts\.json describes"):
        check_prepared(directory, DIGEST)


def test_check_prepared_refuses_missing_rows(directory: Path) -> None:
    """A missing Parquet file is named."""
    (directory / "data.parquet").unlink()
    with pytest.raises(GridproofError, match=r"data\.parquet cannot be used: .*No such file"):
        check_prepared(directory, DIGEST)


def test_features_have_the_names_of_the_source(directory: Path) -> None:
    """In the order of the columns of the array."""
    assert feature_names(directory) == ("long", "lat")


def test_float_target_is_refused_where_classes_are_asked_for(
    csv_options: CsvOptions, tmp_path: Path
) -> None:
    """A trainer of classifiers says so instead of taking numbers for labels."""
    prepare("places", "csv", csv_options | {"regression": True}, tmp_path / "numbers")
    with pytest.raises(GridproofError, match="found a target of float64 numbers, expected classes"):
        load_classes(tmp_path / "numbers", "train")
