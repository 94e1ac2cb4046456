"""The folders of parts that a study lists: what they bring, and what is wrong with one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError

from .conftest import SOURCE, Load

ROOT = Path(__file__).parents[2]
FIGURE = '''\
from gridproof.part import figure


@figure(description="Nothing.")
def draw(inputs):
    """Draw nothing."""
'''


@pytest.fixture(autouse=True)
def forgotten_packages() -> Iterator[None]:
    """Let no test find a package that another one imported, or its folder."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] not in ("gridproof", "study"):
            del sys.modules[name]


def write(folder: Path, file: str, text: str) -> Path:
    """Write a file below a folder; return its path."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def refusal(load: Load, parts: str) -> str:
    """Return the message about a study that lists these folders in its line 9."""
    with pytest.raises(GridproofError) as error:
        load("", f"parts: {parts}\n")
    return str(error.value)


def test_unknown_folder_is_refused_with_the_nearest(load: Load, tmp_path: Path) -> None:
    """The line, the item and a folder that lies beside the one that does not."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "data").mkdir()
    message = "config.yaml, line 9: parts[{}]: there is no folder '{}', did you mean '{}'?"
    assert refusal(load, "[mien]") == message.format(0, "mien", "mine")
    assert refusal(load, "[mine, mine/dta]") == message.format(1, "mine/dta", "data")
    assert refusal(load, "[minee/data]") == message.format(0, "minee/data", "mine")
    assert refusal(load, "[zzz/figures]").endswith("there is no folder 'zzz/figures'")


def test_file_is_no_folder_of_parts(load: Load, tmp_path: Path) -> None:
    """A part is listed by its folder, not by itself."""
    write(tmp_path, "mine/figures/empty.py", FIGURE)
    message = "config.yaml, line 9: parts[0]: there is no folder 'mine/figures/empty.py'"
    assert refusal(load, "[mine/figures/empty.py]") == message


@pytest.mark.parametrize("name", ["my-study", "2024", "class"])
def test_folder_that_python_cannot_import_is_refused(load: Load, tmp_path: Path, name: str) -> None:
    """A package has a name of letters, digits and _."""
    (tmp_path / name).mkdir()
    assert refusal(load, f"['{name}']") == (
        f"config.yaml, line 9: parts[0]: found a folder called {name!r}, expected a name that "
        "Python can import: letters, digits and _, no digit first"
    )


@pytest.mark.parametrize("name", ["numpy", "json", "gridproof", "sys"])
def test_folder_under_whose_name_python_finds_another_package_is_refused(
    load: Load, tmp_path: Path, name: str
) -> None:
    """It would hide the other package, or be hidden by it."""
    (tmp_path / name).mkdir()
    message = refusal(load, f"[{name}]")
    assert message.startswith(
        f"config.yaml, line 9: parts[0]: found a folder called {name!r}, under which Python "
        "already finds "
    )
    assert message.endswith("; expected another name")


def test_two_folders_of_one_name_are_refused(load: Load, tmp_path: Path) -> None:
    """Python imports one package of a name."""
    one, two = tmp_path / "one" / "mine", tmp_path / "two" / "mine"
    for folder in (one, two):
        folder.mkdir(parents=True)
    assert refusal(load, "[one/mine, two/mine]") == (
        f"config.yaml, line 9: parts[1]: two folders of parts are called 'mine': {one} and {two}; "
        "Python can import one of them, rename the other"
    )


def test_part_with_a_syntax_error_is_told_with_its_line(load: Load, tmp_path: Path) -> None:
    """File, line and what Python says; nothing of the study is read."""
    path = write(tmp_path, "mine/figures/broken.py", FIGURE + "    return (\n")
    assert refusal(load, "[mine]") == f"{path}, line 7: no Python: '(' was never closed"


def test_part_that_fails_while_it_is_imported_is_told_with_its_module(
    load: Load, tmp_path: Path
) -> None:
    """A source is imported when the study is read; what it lacks is told in one line."""
    write(tmp_path, "mine/data/lacking.py", "import nothing_of_this_name\n\nSOURCE = None\n")
    assert refusal(load, "[mine]") == (
        "mine.data.lacking: ModuleNotFoundError: No module named 'nothing_of_this_name'"
    )


def test_two_parts_of_one_name_are_refused(load: Load, tmp_path: Path) -> None:
    """A study's own part does not silently take the place of the package's."""
    path = write(tmp_path, "mine/figures/curves.py", FIGURE)
    other = ROOT / "workflow/gridproof/parts/figures/curves.py"
    assert refusal(load, "[mine]") == (
        f"two parts are called 'curves': {other} and {path}; expected one, rename yours"
    )


def test_folder_listed_twice_is_one_folder(load: Load, tmp_path: Path) -> None:
    """A whole folder, and those of its parts that are listed besides."""
    write(tmp_path, "mine/figures/empty.py", FIGURE)
    _, parts = load("", "parts: [mine, mine/figures]\n")
    assert parts.figure("empty").module == "mine.figures.empty"


ARGUMENTS = {
    "name": ("description=TEXT", "found description=TEXT, expected a literal"),
    "call": ("description=str(1)", "found description=str(1), expected a literal"),
    "item of a list": ("tables=['a', TABLE]", "found tables=['a', TABLE], expected a literal"),
    "misspelled": ("descripton='Nothing.'", "unknown argument 'descripton', did you mean 'descri"),
    "of another part": ("description='Nothing.', path='x'", "unknown argument 'path'. Expected"),
    "without a name": ("'Nothing.'", "expected arguments by name, such as description=..."),
    "unpacked": ("**KNOWN", "expected arguments by name, such as description=..."),
}


@pytest.mark.parametrize(("given", "message"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_argument_of_a_decorator_that_is_not_read_is_told(
    load: Load, tmp_path: Path, given: str, message: str
) -> None:
    """Declarations are read without being run, so a computed argument would be lost."""
    text = FIGURE.replace('description="Nothing."', given)
    path = write(tmp_path, "mine/figures/odd.py", text)
    assert refusal(load, "[mine]").startswith(f"{path}, line 4: @figure: {message}")


VALUES = {
    "text for a list": ("families='mlp'", "families: found 'mlp', expected a list"),
    "text for a switch": ("raster='often'", "raster: found 'often', expected a valid boolean"),
    "no list of text": ("tables=[1]", "tables: found 1, expected a valid string"),
    "word of no meaning": ("shows='cells'", "shows: found 'cells', expected 'experiment' or 'd"),
}


@pytest.mark.parametrize(("given", "message"), VALUES.values(), ids=VALUES)
def test_argument_of_a_wrong_type_is_told(
    load: Load, tmp_path: Path, given: str, message: str
) -> None:
    """`families="mlp"` would otherwise be the families m, l and p."""
    text = FIGURE.replace('"Nothing."', f'"Nothing.", {given}')
    path = write(tmp_path, "mine/figures/odd.py", text)
    assert refusal(load, "[mine]").startswith(f"{path}: {message}")


def test_argument_that_is_missing_is_told(load: Load, tmp_path: Path) -> None:
    """A figure without a description would have no line in the reference."""
    path = write(tmp_path, "mine/figures/odd.py", FIGURE.replace('description="Nothing."', ""))
    assert refusal(load, "[mine]") == f"{path}: the argument 'description' is missing"


def test_two_declarations_in_a_file_are_told(load: Load, tmp_path: Path) -> None:
    """A figure has the name of its file, so there is one a file."""
    path = write(tmp_path, "mine/figures/odd.py", f"{FIGURE}\n\n{FIGURE}")
    assert refusal(load, "[mine]") == (f"{path}: found @figure on lines 5, 13, expected one a file")


def test_helper_beside_parts_is_no_part(load: Load, tmp_path: Path) -> None:
    """A module that declares nothing is for the others to import."""
    write(tmp_path, "mine/figures/empty.py", FIGURE)
    write(tmp_path, "mine/figures/helper.py", "WIDTH = 4\n")
    _, parts = load("", "parts: [mine]\n")
    assert "empty" in parts.names("figures")
    assert "helper" not in parts.names("figures")


def test_constant_that_is_no_declaration_is_told(load: Load, tmp_path: Path) -> None:
    """A source's file says SOURCE of something else."""
    path = write(tmp_path, "mine/data/odd.py", "SOURCE = 'csv'\n")
    assert refusal(load, "[mine]") == (
        f"{path}: SOURCE is str, expected a DataSource of gridproof.part"
    )


def test_study_without_parts_knows_nothing_of_the_default_study(load: Load) -> None:
    """Its data, figures, claims and numbers are those of a study that asks for them."""
    config, parts = load()
    assert config.parts == ()
    assert "geonames" not in parts.names("data")
    assert "borders" not in parts.names("figures")
    assert parts.claim_modules() == ()
    assert parts.study_files("thresholds.yaml") == parts.study_files("published.yaml") == []
    with pytest.raises(GridproofError, match=r"unknown source 'geonames'\. Expected one of: "):
        load(SOURCE, "{source: geonames}")


def test_folder_of_one_kind_brings_that_kind_alone(load: Load) -> None:
    """A study may use the places of Europe without being judged by what was said of them."""
    _, parts = load("", f"parts: [{ROOT}/study/data]\n")
    assert "geonames" in parts.names("data")
    assert "borders" not in parts.names("figures")
    assert parts.claim_modules() == ()
    assert parts.study_files("thresholds.yaml") == parts.study_files("published.yaml") == []


def test_whole_folder_brings_claims_and_what_they_are_held_against(load: Load) -> None:
    """The default study lists its folder whole."""
    _, parts = load("", f"parts: [{ROOT}/study]\n")
    assert {"geonames", "patches"} <= set(parts.names("data"))
    assert "study.claims.shape" in parts.claim_modules()
    for name in ("thresholds.yaml", "published.yaml"):
        assert parts.study_files(name) == [ROOT / "study" / name]


def test_parts_of_the_package_are_known_to_every_study() -> None:
    """Families, kinds and the sources that read a user's own files."""
    parts = catalogue()
    assert {"cnn", "dry", "mlp", "probe", "xgboost"} <= set(parts.names("families"))
    assert {"features", "images", "table"} <= set(parts.names("kinds"))
    assert {"csv", "folder"} <= set(parts.names("data"))


def test_no_claim_of_the_package_judges_a_study() -> None:
    """What is said about one study's experiments lies with that study."""
    assert catalogue().claim_modules() == ()


def test_parts_that_are_no_list_are_told_like_any_value(load: Load) -> None:
    """A single folder without brackets."""
    assert refusal(load, "study") == (
        "config.yaml, line 9: parts: found 'study', expected a list, such as ['study']"
    )


CLAIM = '''\
from gridproof.part import claim


@claim("wide-wins", experiment="rates", statement="It does.", rule="It does.")
def wins(tables):
    """Measure nothing."""
'''


def test_two_claims_of_one_id_are_refused_before_anything_is_trained(
    load: Load, tmp_path: Path
) -> None:
    """In two files, with the lines of both."""
    first = write(tmp_path, "mine/claims/first.py", CLAIM)
    write(tmp_path, "mine/claims/second.py", CLAIM)
    message = refusal(load, "[mine]")
    assert "two claims have the id 'wide-wins'" in message
    assert f"{first.relative_to(tmp_path)}, line 4" in message
    assert "second.py, line 4" in message
