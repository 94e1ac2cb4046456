import re
from pathlib import Path

import numpy as np
import pytest

from data.making import CsvOptions, load_csv
from gridproof.errors import GridproofError
from gridproof.parts.data import csv as csv_files

DEGREES = "expected a number of degrees from"
HEADER = ",long,lat,country"
COLUMNS = "the columns long, lat, country"


def test_load_returns_rows_in_file_order(csv_options: CsvOptions) -> None:
    """Rows come as train, val, test, in the order of the files, with their types."""
    data = load_csv(csv_options)
    assert data.class_names == ("country 0", "country 1")
    assert data.features == ("long", "lat")
    assert data.frame["split"].tolist() == ["train"] * 4 + ["val"] * 2 + ["test"] * 2
    assert data.frame["long"].dtype == data.frame["lat"].dtype == np.float32
    assert data.frame["target"].dtype == np.int64
    assert data.frame["target"].tolist() == [0, 1, 0, 1, 0, 1, 0, 1]
    assert data.frame["long"].tolist()[:2] == [np.float32(2.35), np.float32(13.4)]
    assert data.frame["lat"].tolist()[:2] == [np.float32(48.86), np.float32(52.52)]


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda text: "\ufeff" + re.sub("(?m)^\\d*,", "", text), id="byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(lambda text: text + "\n\n", id="blank lines at the end"),
        pytest.param(lambda text: text.removesuffix("\n"), id="no newline at the end"),
    ],
)
def test_load_accepts_what_other_programs_write(csv_options: CsvOptions, rewrite) -> None:
    """Harmless differences of form change no row."""
    expected = load_csv(csv_options).frame
    path = Path(csv_options["train"])
    path.write_bytes(rewrite(path.read_text()).encode())
    assert load_csv(csv_options).frame.equals(expected)


def test_load_finds_columns_by_name(csv_options: CsvOptions) -> None:
    """Columns may be in another order and others may stand beside them."""
    expected = load_csv(csv_options).frame
    Path(csv_options["val"]).write_text(
        "country,name,lat,long\n0,Nantes,47.22,-1.55\n1,'Hamburg',53.55,9.99\n"
    )
    assert load_csv(csv_options).frame.equals(expected)


BAD_TRAIN = {
    "text in a number column": (
        f"{HEADER}\n0,1,2,0\n1,east,2,1\n",
        f", row 3, column 'long': found 'east', {DEGREES} -180 to 180",
    ),
    "header repeated": (
        f"{HEADER}\n0,1,2,0\n{HEADER}\n",
        f", row 3, column 'long': found 'long', {DEGREES} -180 to 180",
    ),
    "empty value": (
        f"{HEADER}\n0,1,,0\n",
        f", row 2, column 'lat': found '', {DEGREES} -90 to 90",
    ),
    "NaN": (
        f"{HEADER}\n0,nan,2,0\n",
        f", row 2, column 'long': found 'nan', {DEGREES} -180 to 180",
    ),
    "infinite": (
        f"{HEADER}\n0,1,-inf,0\n",
        f", row 2, column 'lat': found '-inf', {DEGREES} -90 to 90",
    ),
    "longitude out of range": (
        f"{HEADER}\n0,180.5,2,0\n",
        f", row 2, column 'long': found '180.5', {DEGREES} -180 to 180",
    ),
    "latitude out of range": (
        f"{HEADER}\n0,1,2,0\n1,1,-91,1\n",
        f", row 3, column 'lat': found '-91', {DEGREES} -90 to 90",
    ),
    "label not an integer": (
        f"{HEADER}\n0,1,2,0.5\n",
        ", row 2, column 'country': found '0.5', expected an integer from 0, or the name of a "
        "class (or set regression: true)",
    ),
    "label is a name": (
        f"{HEADER}\n0,1,2,0\n1,1,2,FR\n",
        ", row 3, column 'country': found 'FR', expected an integer from 0",
    ),
    "label empty": (
        f"{HEADER}\n0,1,2,0\n1,1,2,\n",
        ", row 3, column 'country': found '', expected an integer from 0",
    ),
    "label negative": (
        f"{HEADER}\n0,1,2,0\n1,1,2,-1\n",
        ", row 3, column 'country': found '-1', expected an integer from 0",
    ),
    "row too short": (
        f"{HEADER}\n0,1,2,0\n1,1,2\n",
        ", row 3: found 3 values, expected 4 as in the header",
    ),
    "row too long": (
        f"{HEADER}\n0,1,2,0,5\n",
        ", row 2: found 5 values, expected 4 as in the header",
    ),
    "row number after blank lines": (
        f"{HEADER}\n\n\n0,x,2,0\n",
        f", row 4, column 'long': found 'x', {DEGREES} -180 to 180",
    ),
    "missing column": (
        ",longitude,lat,country\n0,1,2,0\n",
        ", row 1: found no column 'long' in the header ,longitude,lat,country, "
        f"expected {COLUMNS}, did you mean 'longitude'?",
    ),
    "other separator": (
        ";long;lat;country\n0;1;2;0\n",
        f", row 1: found no column 'long' in the header ;long;lat;country, expected {COLUMNS}",
    ),
    "duplicate column": (
        ",long,lat,lat,country\n0,1,2,2,0\n",
        ", row 1: found the column 'lat' 2 times, expected once",
    ),
    "empty file": ("", f" is empty; expected a CSV file with {COLUMNS}"),
    "no rows": (f"{HEADER}\n", ": found no rows below the header, expected at least one"),
    "label gap": (
        f"{HEADER}\n0,1,2,0\n1,1,2,1\n2,1,2,3\n3,1,2,3\n",
        ", column 'country': found no row with label 2, expected every label from 0 to 3, "
        "the largest (row 4)",
    ),
    "labels from 1": (
        f"{HEADER}\n0,1,2,1\n1,1,2,2\n",
        ", column 'country': found no row with label 0, expected every label from 0 to 2, "
        "the largest (row 3)",
    ),
    "label beyond any integer type": (
        f"{HEADER}\n0,1,2,0\n1,1,2,99999999999999999999\n",
        ", column 'country': found no row with label 1, expected every label from 0 to "
        "99999999999999999999, the largest (row 3)",
    ),
    "one class only": (
        f"{HEADER}\n0,1,2,0\n1,3,4,0\n",
        ", column 'country': found only one class, expected at least 2",
    ),
    "value beyond the reader's limit": (
        f'{HEADER}\n0,1,2,0\n1,"{"9" * 200_000}',
        ", row 3: field larger than field limit (131072)",
    ),
}


@pytest.mark.parametrize(("content", "message"), BAD_TRAIN.values(), ids=BAD_TRAIN)
def test_load_refuses_bad_training_file(
    csv_options: CsvOptions, content: str, message: str
) -> None:
    """One message names the file, the row and the column, what was found and what was expected."""
    Path(csv_options["train"]).write_text(content)
    with pytest.raises(GridproofError) as caught:
        load_csv(csv_options)
    assert str(caught.value) == f"{csv_options['train']}{message}"


BAD_VAL = {
    "class that train lacks": (
        f"{HEADER}\n0,1,2,0\n1,1,2,2\n2,1,2,1\n",
        ", row 3, column 'country': found '2', expected a label from 0 to 1 as in {train}",
    ),
    "class without a row": (
        f"{HEADER}\n0,1,2,1\n",
        ", column 'country': found no row with label 0, expected at least one row of each class "
        "in {train}",
    ),
    "text in a number column": (
        f"{HEADER}\n0,1,north,1\n",
        f", row 2, column 'lat': found 'north', {DEGREES} -90 to 90",
    ),
}


@pytest.mark.parametrize("split", ["val", "test"])
@pytest.mark.parametrize(("content", "message"), BAD_VAL.values(), ids=BAD_VAL)
def test_load_refuses_bad_held_out_file(
    csv_options: CsvOptions, split: str, content: str, message: str
) -> None:
    """The classes of val and test are those of train, neither more nor fewer."""
    Path(csv_options[split]).write_text(content)
    with pytest.raises(GridproofError) as caught:
        load_csv(csv_options)
    assert str(caught.value) == csv_options[split] + message.format(**csv_options)


def test_load_refuses_bytes_that_are_not_text(csv_options: CsvOptions) -> None:
    """A file in another encoding, or no text at all, is named as such."""
    Path(csv_options["test"]).write_bytes(f"{HEADER}\n0,1,2,\xe9\n".encode("latin-1"))
    with pytest.raises(GridproofError, match=r"test\.csv is not text in UTF-8 \(invalid .*\)"):
        load_csv(csv_options)


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_source_files_names_missing_file(
    csv_options: CsvOptions, split: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The message has the path as the user wrote it and what belongs there."""
    monkeypatch.chdir(tmp_path)
    options = csv_options | {split: f"data/countries/{split}.csv"}
    with pytest.raises(GridproofError) as caught:
        csv_files.source_files(csv_files.Options(**options))
    assert str(caught.value) == (
        f"data/countries/{split}.csv does not exist; expected a CSV file with {COLUMNS}"
    )


def test_source_files_refuses_directory(csv_options: CsvOptions, tmp_path: Path) -> None:
    """A directory in place of a file is said to be one."""
    with pytest.raises(GridproofError, match="is a directory; expected a CSV file"):
        csv_files.source_files(csv_files.Options(**csv_options | {"val": str(tmp_path)}))


def test_load_reports_file_that_cannot_be_read(csv_options: CsvOptions) -> None:
    """An error of the operating system becomes a message without a traceback."""
    with pytest.raises(GridproofError, match="/proc/self/mem cannot be read: Input/output error"):
        load_csv(csv_options | {"val": "/proc/self/mem"})
