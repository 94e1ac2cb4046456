"""One function knows files by their content."""

from hashlib import sha256
from pathlib import Path

import pytest

from gridproof.errors import GridproofError
from gridproof.files.digests import file_digest
from workspace import REPOSITORY


def test_digest_is_that_of_the_content(tmp_path: Path) -> None:
    """Of an empty file, and of one that is read in more than one piece."""
    for content in (b"", b"rows" * 1_000_000):
        (tmp_path / "file").write_bytes(content)
        assert file_digest(tmp_path / "file") == sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "reason"), [("none", "No such file or directory"), (".", "Is a directory")]
)
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    """The message has the path and the system's reason."""
    path = tmp_path / name
    with pytest.raises(GridproofError) as caught:
        file_digest(path)
    assert str(caught.value) == f"{path} cannot be read: {reason}"


def test_nothing_else_digests_files() -> None:
    """No other module of the package reads a file in order to digest it."""
    package = REPOSITORY / "workflow" / "gridproof"
    others = [
        path.relative_to(package).as_posix()
        for path in sorted(package.rglob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
        if "hashlib.file_digest(" in text or "read_bytes()).hexdigest" in text
    ]
    assert others == ["files/digests.py"]
