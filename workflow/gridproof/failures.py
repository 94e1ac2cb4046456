"""What to tell the user about a failure that they can act on."""

from __future__ import annotations

import errno

from gridproof.errors import GridproofError

WRITE_FAILURES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
}


def explain(error: Exception) -> str | None:
    """Return the message of a failure that the user can mend, or None for a bug of ours."""
    if isinstance(error, GridproofError):
        return str(error)
    if isinstance(error, OSError) and error.errno in WRITE_FAILURES:
        where = f"{error.filename}: " if error.filename else ""
        reason = WRITE_FAILURES[error.errno]
        return f"{where}{reason}; finished cells are kept, run again once this is solved"
    return None
