"""What is said of claims whose own code fails: which one, what was raised, and where."""

from __future__ import annotations

import inspect
import traceback
from pathlib import Path
from textwrap import shorten

from gridproof.errors import GridproofError
from gridproof.part import Claim

LONGEST = 300
"""Characters of a message that is shown; those of pandas can be pages."""


class UnreadableFileError(GridproofError):
    """A file of claims fails while it is imported; says which, what was raised and where."""


def what_failed(claim: Claim, error: BaseException) -> str:
    """Return which claim failed, what was raised, and the file and line of it."""
    if isinstance(error, UnreadableFileError):
        return str(error)
    verb = ":" if isinstance(error, GridproofError) else " raised"
    return f"claim {claim.id!r}{verb} {raised(error)}; {place(error, *defined_at(claim))}"


def raised(error: BaseException) -> str:
    """Return an error in words; the name of its type belongs to those that are not ours."""
    text = shorten(str(error), LONGEST, placeholder=" ...")
    if isinstance(error, GridproofError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def place(error: BaseException, path: Path, line: int) -> str:
    """Return file and line of the study's own code that an error passed last.

    Parameters
    ----------
    path, line : of the claim, where the error passed no code of the study.
    """
    # <folder>/claims/<file>: helpers lie in the folder, too, and libraries do not.
    folder = path.parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    if own:
        path, line = Path(own[-1].filename), own[-1].lineno or line
    return f"{short_path(path)}, line {line}"


def defined_at(claim: Claim) -> tuple[Path, int]:
    """Return file and line of the function that measures a claim."""
    code = getattr(inspect.unwrap(claim.measure), "__code__", None)
    return (Path(code.co_filename), code.co_firstlineno) if code else (Path("unknown"), 0)


def short_path(path: Path) -> Path:
    """Return a path from the working directory, if it lies there."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def unreadable_file(path: Path, error: BaseException) -> Claim:
    """Return the claim that stands for those of a file that fails while it is imported."""
    reason = f"{short_path(path)} cannot be imported: {raised(error)}; {place(error, path, 1)}"

    def measure(_tables: object) -> list[object]:
        raise UnreadableFileError(reason)

    return Claim(
        id=f"{path.stem.lower().replace('_', '-')}.py",
        section="",
        experiment="",
        needs=(),
        statement=f"The claims of {short_path(path)} can be read.",
        rule="The file is imported without an error.",
        measure=measure,  # type: ignore[arg-type]
    )
