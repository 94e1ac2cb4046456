"""The command `gridproof`: expected failures are told in one message, with exit code 2."""

from __future__ import annotations

import os
import sys

from gridproof.cli.commands import cli
from gridproof.errors import GridproofError
from gridproof.failures import explain


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


if __name__ == "__main__":
    main()
