"""The environment of the peers: benchmarks/.venv, from the pins of benchmarks/requirements.txt.

It is made on first use and again when the pins change, with the project's own uv.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1]
PINS = BENCHMARKS / "requirements.txt"
FOLDER = BENCHMARKS / ".venv"
STAMP = FOLDER / ".installed"
PROJECT_BIN = Path(sys.executable).parent
REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "PyTorch": ("torch", "numpy"),
    "JAX": ("jax",),
    "Lightning": ("lightning",),
    "skorch": ("skorch",),
    "DVC": ("dvc",),
    "Hydra": ("hydra-core", "hydra-joblib-launcher"),
    "Snakemake": ("snakemake",),
}
"""Packages by peer; installed one peer after the other, so that one that fails takes none along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where the peers are installed; `missing` says by peer why it could not be."""

    python: Path
    missing: Mapping[str, str]

    @property
    def bin(self) -> Path:
        """The folder of the peers' commands."""
        return self.python.parent

    def versions(self) -> dict[str, str]:
        """Return the versions of what is installed, by package."""
        names = [name for packages in REQUIREMENTS.values() for name in packages]
        return versions(self.python, names)


def versions(python: Path, names: list[str]) -> dict[str, str]:
    """Return the versions of those packages that a Python has."""
    code = (
        "import importlib.metadata as m, json, sys\n"
        "known = {d.name.lower(): d.version for d in m.distributions()}\n"
        "print(json.dumps({n: known[n] for n in sys.argv[1:] if n in known}))"
    )
    command = [str(python), "-c", code, *names]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def prepare_environment() -> Environment:
    """Return the peers' environment, made as the pins say if it is not there yet."""
    python = FOLDER / "bin" / "python"
    stamp = json.dumps({"pins": hashlib.sha256(PINS.read_bytes()).hexdigest()})
    if STAMP.exists() and STAMP.read_text() == stamp:
        return Environment(python=python, missing={})
    print(f"installing what is measured against into {FOLDER}", file=sys.stderr, flush=True)
    _uv("venv", "--clear", "--python", str(PROJECT_BIN / "python"), str(FOLDER), check=True)
    missing = {}
    for peer, packages in REQUIREMENTS.items():
        options = ("--python", str(python), "--constraint", str(PINS))
        result = _uv("pip", "install", *options, *packages)
        if result.returncode:
            lines = [line.strip() for line in result.stderr.splitlines() if line.strip()]
            missing[peer] = f"could not be installed: {' '.join(lines)[-300:]}"
            print(f"{peer} {missing[peer]}", file=sys.stderr, flush=True)
    if not missing:
        STAMP.write_text(stamp)
    return Environment(python=python, missing=missing)


def _uv(*arguments: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    command = [str(PROJECT_BIN / "uv"), *arguments]
    return subprocess.run(command, check=check, capture_output=True, text=True)
