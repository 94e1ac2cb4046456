"""The command `gridproof`: expected failures are told in one message, with exit code 2."""

from __future__ import annotations

import errno
import os
import sys

from gridproof.cli.commands import cli
from gridproof.errors import GridproofError

WRITE_FAILURES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
}


def main() -> None:
    """Run the command line; a traceback means a bug of ours, or that GRIDPROOF_DEBUG is set."""
    try:
        cli(prog_name="gridproof")
    except (GridproofError, OSError) as error:
        message = explain(error)
        if message is None or os.environ.get("GRIDPROOF_DEBUG"):
            raise
        print(f"gridproof: error: {message}", file=sys.stderr)
        sys.exit(2)


def explain(error: Exception) -> str | None:
    """Return what to tell the user about a failure that they can act on, else None."""
    if isinstance(error, GridproofError):
        return str(error)
    if isinstance(error, OSError) and error.errno in WRITE_FAILURES:
        where = f"{error.filename}: " if error.filename else ""
        reason = WRITE_FAILURES[error.errno]
        return f"{where}{reason}; finished cells are kept, run again once this is solved"
    return None


if __name__ == "__main__":
    main()
