"""YAML files as a user writes them, whole and broken."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gridproof.config.yaml_reader import Document, format_path, read_yaml
from gridproof.errors import GridproofError


def read(folder: Path, content: str | bytes) -> Document:
    """Read a file `study.yaml` with this content."""
    path = folder / "study.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_yaml(path)


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the folder of the file, so that messages show its bare name."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E5", 100000.0),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("0.001", 0.001),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("-3", -3),
        (".inf", math.inf),
        ("-.inf", -math.inf),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("2024-01-31", "2024-01-31"),
        ("1_000", "1_000"),
        ("e-3", "e-3"),
        (".", "."),
        ("'1e-3'", "1e-3"),
        ("!!str 1e-3", "1e-3"),
        ("null", None),
        ("~", None),
        ("", None),
        ("[1, {a: 2}]", [1, {"a": 2}]),
    ],
)
def test_scalars_are_those_of_yaml_1_2(tmp_path: Path, text: str, value: object) -> None:
    """Numbers, switches and text are told apart as in YAML 1.2, of equal type and value."""
    found = read(tmp_path, f"key: {text}\n").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_nan_is_read_as_a_number(tmp_path: Path) -> None:
    """NaN reaches the validation, which refuses it with the key's name."""
    found = read(tmp_path, "key: .nan").data["key"]
    assert isinstance(found, float)
    assert math.isnan(found)


def test_keys_are_text_as_written(tmp_path: Path) -> None:
    """An experiment may be called no, true or 100."""
    assert list(read(tmp_path, "no: 1\ntrue: 2\n100: 3\n1e-3: 4\n").data) == [
        "no",
        "true",
        "100",
        "1e-3",
    ]


def test_lines_are_known_for_every_key_and_item(tmp_path: Path) -> None:
    """The line of a key, of a list item, and of the nearest key around an unknown path."""
    document = read(tmp_path, "# comment\na:\n  b: [1,\n    2]\n  c:\n    - d: 3\n")
    assert document.location(("a",)) == "study.yaml, line 2"
    assert document.location(("a", "b", 1)) == "study.yaml, line 4"
    assert document.location(("a", "c", 0, "d")) == "study.yaml, line 6"
    assert document.location(("a", "c", 0, "e")) == "study.yaml, line 6"
    assert document.location(("z",)) == "study.yaml"


def test_aliases_give_equal_values_with_their_own_lines(tmp_path: Path) -> None:
    """An anchored mapping may be used again."""
    document = read(tmp_path, "a: &base {x: 1}\nb: *base\n")
    assert document.data["b"] == {"x": 1}
    assert document.line(("b",)) == 2


def test_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """A file saved by a Windows editor reads the same."""
    assert read(tmp_path, b"\xef\xbb\xbfkey: 1\r\n").data == {"key": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3\n", "line 3: a: 'a' is given twice, first on line 1", id="key"
        ),
        pytest.param(
            "experiments:\n  shape: {}\n  # again\n  shape: {}\n",
            "line 4: experiments.shape: 'shape' is given twice, first on line 2",
            id="duplicate experiment",
        ),
        pytest.param(
            "a:\n  - {b: 1, b: 2}\n",
            "line 2: a[0].b: 'b' is given twice, first on line 2",
            id="in list",
        ),
        pytest.param("", "the file is empty", id="empty"),
        pytest.param("# only a comment\n", "the file is empty", id="only a comment"),
        pytest.param("- a\n- b\n", "line 1: expected 'key: value' pairs", id="a list"),
        pytest.param("\njust text\n", "line 2: expected 'key: value' pairs", id="text"),
        pytest.param("a: 1\nb: [1, 2\nc: 3\n", "line 3: not YAML: ", id="open bracket"),
        pytest.param("a: 1\n b: 2\n", "line 2: not YAML: ", id="indentation"),
        pytest.param("a: 'x\n", "line 2: not YAML: ", id="open quote"),
        pytest.param("a: *b\n", "line 1: not YAML: found undefined alias 'b'", id="unknown alias"),
        pytest.param("a: 1\n---\nb: 2\n", "line 2: not YAML: ", id="two documents"),
        pytest.param("a:\n\tb: 1\n", "line 2: not YAML: the line is indented with a tab", id="tab"),
        pytest.param(
            b"a: 1\nb: \xe9t\xe9\n",
            "line 2: found the byte 0xe9, expected text in UTF-8",
            id="latin-1",
        ),
        pytest.param("a: 1\nb: \x07\n", "line 2: found '\\x07'", id="control character"),
        pytest.param(
            "a: 1\n[1, 2]: 3\n", "line 2: found a list or mapping as a key", id="list as key"
        ),
        pytest.param("a: 1\nb: !!python/none x\n", "line 2: b: the tag", id="python tag"),
        pytest.param(
            "a: !!int six\n", "line 1: a: found 'six', expected a number", id="tagged text"
        ),
        pytest.param("a: &x [*x]\n", "line 1: a[0]: an alias (*) that contains itself", id="cycle"),
        pytest.param("x: &x {a: 1}\ny:\n  <<: *x\n", "line 3: y: merge keys", id="merge"),
        pytest.param("a: " + "[" * 600 + "]" * 600, "nested too deeply", id="deep"),
    ],
)
def test_broken_file_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    """The message starts with the file, then the line and what is wrong."""
    with pytest.raises(GridproofError) as error:
        read(tmp_path, content)
    assert str(error.value).startswith("study.yaml")
    assert message in str(error.value)


def test_expanding_aliases_are_stopped(tmp_path: Path) -> None:
    """Ten lists of ten aliases each would be 10^10 values."""
    lines = ["a0: &a0 [1]"] + [
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 11)
    ]
    with pytest.raises(GridproofError, match="too many for a study"):
        read(tmp_path, "\n".join(lines))


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    """A misspelled or misplaced study is found again."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "demo.yaml").touch()
    for name in ("config/dmo.yaml", "demo.yaml", "config/demo.yml"):
        with pytest.raises(GridproofError) as error:
            read_yaml(Path(name))
        assert str(error.value) == f"{name}: no such file, did you mean 'config/demo.yaml'?"


def test_folder_is_refused(tmp_path: Path) -> None:
    """A folder in place of a file gives one line."""
    (tmp_path / "x").mkdir()
    with pytest.raises(GridproofError, match=r"^x: cannot be read \(Is a directory\)$"):
        read_yaml(Path("x"))


def test_path_is_formatted_as_in_code() -> None:
    """Keys are joined by dots, items stand in brackets."""
    assert (
        format_path(("experiments", "shape", "rows", 0, "depth"))
        == "experiments.shape.rows[0].depth"
    )
