"""The digest by which a file's content is known again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gridproof.errors import GridproofError


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, in 64 hexadecimal digits.

    The file is read in pieces, so that one larger than the memory can be digested too.

    Raises
    ------
    GridproofError : the file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GridproofError(f"{path} cannot be read: {error.strerror}") from error
