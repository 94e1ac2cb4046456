"""Studies of one's own: folders of parts that a test writes."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from gridproof.catalogue import catalogue
from gridproof.judge.load_claims import claims_of
from gridproof.part import Claim

NUMBERS = count()


def written_study(root: Path, /, **claims: str) -> Path:
    """Write files of claims, by name, into a folder of parts; return the folder.

    Its name is another one each time, as Python imports a package of one name once.
    """
    folder = root / f"own_study_{next(NUMBERS)}"
    (folder / "claims").mkdir(parents=True)
    for name, text in claims.items():
        (folder / "claims" / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def claims_of_study(folder: Path, *experiments: str) -> list[Claim]:
    """Return the claims that a study with these experiments is judged by."""
    judged, _ = claims_of(catalogue((str(folder),)), {}, experiments)
    return judged


def one_claim(name: str, body: str, **words: str) -> str:
    """Return a file of one claim about `shape`; `body` are the lines of its function."""
    arguments = {"experiment": "shape", "statement": "So it is.", "rule": "Always."} | words
    written = "".join(f"    {key}={value!r},\n" for key, value in arguments.items())
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        "from gridproof.part import claim\n\n\n"
        f"@claim(\n    {name!r},\n{written})\ndef measure(tables):\n{lines}"
    )
