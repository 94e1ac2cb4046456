from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gridproof.errors import GridproofError
from gridproof.files.formats import read_table, read_tensors, table_of, write_table, write_tensors

COLUMNS = {
    "n": np.arange(4),
    "value": np.ma.array([0.5, np.nan, 2.0, 3.0], mask=[True, False, False, False]),
}
TENSORS = {"b": np.arange(6, dtype=np.float32).reshape(2, 3).T, "a": np.array([np.nan, -0.0])}


def test_table_keeps_null_apart_from_nan(tmp_path: Path) -> None:
    """What was not measured is null, what is not a number is NaN, there and back."""
    write_table(tmp_path / "table.parquet", table_of(COLUMNS))
    table = read_table(tmp_path / "table.parquet")
    assert table["n"].to_pylist() == [0, 1, 2, 3]
    first, second, *rest = table["value"].to_pylist()
    assert first is None
    assert np.isnan(second)
    assert rest == [2.0, 3.0]
    assert table.schema == pa.schema({"n": pa.int64(), "value": pa.float64()})


def test_tensors_come_back_as_they_were(tmp_path: Path) -> None:
    """Values, shapes and types survive, of arrays in any memory order."""
    write_tensors(tmp_path / "file.safetensors", TENSORS)
    read = read_tensors(tmp_path / "file.safetensors")
    assert read.keys() == TENSORS.keys()
    for name, value in TENSORS.items():
        assert read[name].dtype == value.dtype
        assert read[name].shape == value.shape
        assert read[name].tobytes() == np.ascontiguousarray(value).tobytes()


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    """Written twice, the files are the same; tensors in any order of names as well."""
    for name, tensors in (("one", TENSORS), ("two", dict(reversed(TENSORS.items())))):
        write_tensors(tmp_path / f"{name}.safetensors", tensors)
        write_table(tmp_path / f"{name}.parquet", table_of(COLUMNS))
    for suffix in (".safetensors", ".parquet"):
        one, two = (tmp_path / f"{name}{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda content: content[:-5],
    "empty": lambda content: b"",
    "something else": lambda content: b"not what you think",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("kind", ["Parquet", "safetensors"])
def test_damaged_file_is_named(kind: str, damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """The message names the file, what is wrong with it and what to do."""
    path = tmp_path / "file"
    if kind == "Parquet":
        write_table(path, table_of(COLUMNS))
    else:
        write_tensors(path, TENSORS)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(GridproofError) as caught:
        (read_table if kind == "Parquet" else read_tensors)(path)
    message = str(caught.value)
    assert message.startswith(f"{path} is not a whole {kind} file ({path.stat().st_size} bytes: ")
    assert message.endswith(f"; delete {tmp_path} and run again")


@pytest.mark.parametrize("read", [read_table, read_tensors])
def test_missing_file_is_named(read: Callable[[Path], object], tmp_path: Path) -> None:
    """A file that is not there is no damaged file."""
    with pytest.raises(GridproofError, match=r"/file does not exist$"):
        read(tmp_path / "file")
