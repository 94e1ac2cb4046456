"""CSV files of any columns: one file or three, classes with names, any features, or a number."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from data.making import CsvOptions, load_csv, prepare
from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS, load_facts
from gridproof.parts.data import csv as csv_files
from gridproof.parts.kinds.table.prepared_table import load_table
from gridproof.parts.kinds.table.table_data import TableData

HEADER = "id,length,width,note,part,species"
PARTS_OF_TEN = ("train",) * 6 + ("val",) * 2 + ("test",) * 2
SPECIES = ("ivy", "oak", "fir")


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    """A file of thirty rows: three columns of numbers, one of text, one that divides, a class."""
    rows = [
        f"{row},{row / 4},{30 - row},leaf {row},{PARTS_OF_TEN[row // 3]},{SPECIES[row % 3]}"
        for row in range(30)
    ]
    path = tmp_path / "leaves.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


def options(path: Path, **more: object) -> CsvOptions:
    """Return the options of one file whose target is `species`."""
    return {"path": str(path), "target": "species", **more}


def refusal(path: Path, **more: object) -> str:
    """Return the message with which a file is refused, without its path in front."""
    with pytest.raises(GridproofError) as caught:
        load_csv(options(path, **more))
    return str(caught.value).replace(f"{path}", "FILE")


def edit(path: Path, old: str, new: str) -> None:
    """Replace a passage of a file that is there once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def by_split(data: TableData, column: str) -> dict[str, list[object]]:
    """Return the values of a column by split."""
    return {split: rows.tolist() for split, rows in data.frame.groupby("split")[column]}


def test_all_columns_of_numbers_are_features(leaves: Path) -> None:
    """No third feature is dropped: every named column that holds numbers is one, in its order."""
    data = load_csv(options(leaves))
    assert data.features == ("id", "length", "width")
    assert [str(kind) for kind in data.frame.dtypes[1:-1]] == ["float32"] * 3


def test_columns_that_are_not_used_are_told(leaves: Path, tmp_path: Path) -> None:
    """Columns of text are left out, and the facts say which."""
    prepare("leaves", "csv", options(leaves), tmp_path / "out")
    facts = load_facts(tmp_path / "out")
    assert facts["origin"] == (
        "Rows of a CSV file that the study names, divided at random, each class in proportion. "
        "Columns that are no features: note, part."
    )
    assert [column["name"] for column in facts["columns"]] == ["id", "length", "width"]
    features, _ = load_table(tmp_path / "out", "train")
    assert features.shape == (24, 3)


def test_features_are_those_that_the_study_names_in_its_order(leaves: Path) -> None:
    """A row id with a name is a feature only where nobody says otherwise."""
    data = load_csv(options(leaves, features=["width", "length"], split_column="part"))
    assert data.features == ("width", "length")
    assert by_split(data, "width")["val"] == [12, 11, 10, 9, 8, 7]
    assert by_split(data, "length")["val"] == [row / 4 for row in range(18, 24)]


def test_bad_value_does_not_turn_a_feature_into_text(leaves: Path) -> None:
    """A column with numbers is a feature, so one text in it is a mistake that is told."""
    edit(leaves, "\n4,1.0,", "\n4,l.0,")
    assert refusal(leaves) == "FILE, row 6, column 'length': found 'l.0', expected a finite number"
    assert load_csv(options(leaves, features=["width"])).features == ("width",)


def test_classes_have_names_in_alphabetical_order(leaves: Path) -> None:
    """Text labels are the names of the classes."""
    data = load_csv(options(leaves, split_column="part"))
    assert data.class_names == ("fir", "ivy", "oak")
    assert data.target == "species"
    assert by_split(data, "target")["val"] == [1, 2, 0] * 2


def test_classes_may_be_listed_in_an_order(leaves: Path) -> None:
    """The list decides the labels."""
    data = load_csv(options(leaves, classes=list(SPECIES), split_column="part"))
    assert data.class_names == SPECIES
    assert by_split(data, "target")["val"] == [0, 1, 2] * 2


def test_listed_classes_name_integer_labels(csv_options: CsvOptions) -> None:
    """Where the column holds integers, the list says what they stand for."""
    data = load_csv(csv_options | {"classes": ["France", "Germany"]})
    assert data.class_names == ("France", "Germany")
    assert by_split(data, "target")["val"] == [0, 1]


def test_one_file_is_divided_each_class_in_proportion(leaves: Path) -> None:
    """Shares and seed are those of the study; each row is used once."""
    split = {"val": 0.2, "test": 0.2, "seed": 3}
    data = load_csv(options(leaves, split=split))
    counts = data.frame.groupby(["split", "target"]).size().to_dict()
    assert counts == {(s, c): 6 if s == "train" else 2 for s in SPLITS for c in range(3)}
    assert sorted(data.frame["id"]) == list(range(30))
    assert all((np.diff(rows) > 0).all() for rows in by_split(data, "id").values())
    other = load_csv(options(leaves, split=split | {"seed": 4}))
    assert by_split(other, "id") != by_split(data, "id")


def test_column_may_divide_the_rows(leaves: Path) -> None:
    """Train, val and test come in this order, each in the order of the file."""
    edit(leaves, "\n0,0.0,30,leaf 0,train,", "\n0,0.0,30,leaf 0,test,")
    data = load_csv(options(leaves, split_column="part"))
    assert by_split(data, "id") == {
        "train": list(range(1, 18)),
        "val": list(range(18, 24)),
        "test": [0, *range(24, 30)],
    }
    assert list(dict.fromkeys(data.frame["split"])) == list(SPLITS)


def test_three_files_give_the_rows_that_one_divided_file_gives(
    leaves: Path, tmp_path: Path
) -> None:
    """The two ways to bring rows are one."""
    header, *rows = leaves.read_text().splitlines()
    paths = {}
    for split in SPLITS:
        paths[split] = str(tmp_path / f"{split}.csv")
        chosen = [row for row in rows if row.split(",")[4] == split]
        Path(paths[split]).write_text("\n".join([header, *chosen]))
    found = load_csv({"target": "species", **paths})
    assert found.frame.equals(load_csv(options(leaves, split_column="part")).frame)
    assert found.class_names == ("fir", "ivy", "oak")


def test_target_may_be_a_number(leaves: Path, tmp_path: Path) -> None:
    """A float target stays float64; the facts say its mean, deviation and variance in training."""
    known = [{"name": "length", "unit": "cm"}]
    chosen = options(leaves, target="length", regression=True, features=["width"], columns=known)
    prepare("leaves", "csv", chosen | {"split_column": "part"}, tmp_path / "out")
    features, target = load_table(tmp_path / "out", "train")
    assert features.shape == (18, 1)
    assert target.dtype == np.float64
    assert target.tolist() == [row / 4 for row in range(18)]
    facts = load_facts(tmp_path / "out")
    assert facts["target"] == {
        "name": "length",
        "unit": "cm",
        "min": 0,
        "max": 7.25,
        "mean": pytest.approx(2.125),
        "sd": pytest.approx(np.sqrt((18**2 - 1) / 12) / 4),
        "variance": pytest.approx((18**2 - 1) / 12 / 16),
    }
    assert facts["rows"] == {"train": 18, "val": 6, "test": 6}
    assert not facts.keys() & {"classes", "n_classes", "prior_entropy", "largest_class_share"}


def test_rows_of_numbers_are_divided_at_random(leaves: Path) -> None:
    """Without classes there is nothing to keep in proportion."""
    data = load_csv(options(leaves, target="length", regression=True))
    assert data.frame["split"].value_counts().to_dict() == {"train": 24, "val": 3, "test": 3}
    assert data.class_names == ()


BAD_FILES = {
    "unknown target": (
        None,
        {"target": "specie"},
        "FILE, row 1: found no column 'specie' in the header id,length,width,note,part,species, "
        "expected the column specie, did you mean 'species'?",
    ),
    "unknown feature": (
        None,
        {"features": ["length", "widht"]},
        "FILE, row 1: found no column 'widht' in the header id,length,width,note,part,species, "
        "expected the columns length, widht, species, did you mean 'width'?",
    ),
    "feature of text": (
        None,
        {"features": ["note"]},
        "FILE, row 2, column 'note': found 'leaf 0', expected a finite number",
    ),
    "too large for a float32": (
        ("\n4,1.0,", "\n4,1e39,"),
        {},
        "FILE, row 6, column 'length': found '1e39', expected a finite number",
    ),
    "out of a range": (
        ("\n4,1.0,", "\n4,-1.0,"),
        {"columns": [{"name": "length", "unit": "cm", "min": 0}]},
        "FILE, row 6, column 'length': found '-1.0', expected a number of cm from 0",
    ),
    "range of a column that is not used": (
        None,
        {"features": ["width"], "columns": [{"name": "lenght", "min": 0}]},
        "FILE: found 'lenght' under 'columns', expected features or the target: width, species",
    ),
    "unknown split": (
        ("leaf 29,test,", "leaf 29,tset,"),
        {"split_column": "part"},
        "FILE, row 31, column 'part': found 'tset', expected one of train, val, test, "
        "did you mean 'test'?",
    ),
    "empty class": (
        ("leaf 29,test,fir", "leaf 29,test,"),
        {},
        "FILE, row 31, column 'species': found '', expected the name of a class (numbers as "
        "names: list 'classes')",
    ),
    "number among names": (
        ("leaf 29,test,fir", "leaf 29,test,2"),
        {},
        "FILE, row 31, column 'species': found '2', expected the name of a class (numbers as "
        "names: list 'classes')",
    ),
    "class that is not listed": (
        None,
        {"classes": ["fir", "ivi", "oak"]},
        "FILE, row 2, column 'species': found 'ivy', expected one of 'classes' (fir, ivi, oak), "
        "did you mean 'ivi'?",
    ),
    "listed class without a row": (
        None,
        {"classes": ["ash", "fir", "ivy", "oak"]},
        "FILE, column 'species': found no row of class 'ash', expected at least one row of each "
        "class",
    ),
    "number as a class": (
        None,
        {"target": "length"},
        "FILE, row 2, column 'length': found '0.0', expected an integer from 0, or the name of a "
        "class (or set regression: true)",
    ),
    "text as a number": (
        None,
        {"regression": True},
        "FILE, row 2, column 'species': found 'ivy', expected a finite number",
    ),
    "class without a proportion": (
        ("leaf 29,test,fir", "leaf 29,test,elm"),
        {},
        "split: val 0.1 and test 0.1 of 30 rows leave a split of 3 rows, expected at least one "
        "for each of 4 classes",
    ),
    "reserved name": (
        ("id,length", "target,length"),
        {},
        "FILE, row 1: found a feature called 'target', which prepared tables call a column of "
        "their own; expected another name",
    ),
    "two columns of one name": (
        ("id,length", "width,length"),
        {},
        "FILE, row 1: found the column 'width' 2 times, expected once",
    ),
}


@pytest.mark.parametrize(("change", "more", "message"), BAD_FILES.values(), ids=list(BAD_FILES))
def test_mistake_is_told_with_row_column_and_what_was_expected(
    leaves: Path, change: tuple[str, str] | None, more: Mapping[str, object], message: str
) -> None:
    """One message for the first thing that is wrong."""
    if change:
        edit(leaves, *change)
    assert refusal(leaves, **more) == message


def test_file_without_features_is_refused(tmp_path: Path) -> None:
    """Nothing to predict from is told."""
    path = tmp_path / "names.csv"
    path.write_text(",name,species\n0,a,oak\n1,b,fir\n")
    assert refusal(path) == (
        "FILE: found no column of numbers besides 'species', expected at least one to predict "
        "it from"
    )


def test_other_files_need_the_columns_of_the_first(leaves: Path, tmp_path: Path) -> None:
    """What is a feature in train has to be there in val and test."""
    (tmp_path / "val.csv").write_text("id,length,species\n0,1,ivy\n")
    files = {"train": str(leaves), "val": str(tmp_path / "val.csv"), "test": str(leaves)}
    with pytest.raises(GridproofError) as caught:
        load_csv({"target": "species", **files})
    assert str(caught.value) == (
        f"{tmp_path / 'val.csv'}, row 1: found no column 'width' in the header "
        f"id,length,species, expected the columns of {leaves}"
    )


BAD_OPTIONS = {
    "no file": ({}, "the key 'path' is missing (or train, val and test)"),
    "no val": ({"train": "a", "test": "b"}, "the key 'val' is missing"),
    "one file and three": (
        {"path": "a", "train": "b"},
        "found both 'path' and 'train', expected one of them",
    ),
    "split of three files": (
        {"train": "a", "val": "b", "test": "c", "split": {"val": 0.2}},
        "found 'split' with train, val and test, which are divided already",
    ),
    "two ways to divide": (
        {"path": "a", "split": {"val": 0.2}, "split_column": "part"},
        "found both 'split' and 'split_column', expected one of them",
    ),
    "target as feature": (
        {"path": "a", "features": ["x", "species"]},
        "found 'species' among the features, expected other columns",
    ),
    "feature twice": ({"path": "a", "features": ["x", "x"]}, "found 'x' twice in 'features'"),
    "class twice": ({"path": "a", "classes": ["x", "x"]}, "found 'x' twice in 'classes'"),
    "classes of a number": (
        {"path": "a", "classes": ["x", "y"], "regression": True},
        "found 'classes' with regression true, where there are none",
    ),
}


@pytest.mark.parametrize(("given", "message"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_options_that_do_not_go_together_are_refused(
    given: Mapping[str, object], message: str
) -> None:
    """Before any file is read."""
    with pytest.raises(ValidationError) as caught:
        csv_files.Options.model_validate({"target": "species", **given})
    assert message in str(caught.value)


def test_options_pass_through_json_unchanged(leaves: Path) -> None:
    """A job is told the options as plain values, defaults included."""
    given = csv_files.Options.model_validate(options(leaves, split_column="part"))
    assert csv_files.Options.model_validate(given.model_dump(mode="json")) == given
