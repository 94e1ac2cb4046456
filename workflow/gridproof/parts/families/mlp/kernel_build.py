"""Building the kernel: with the C++ compiler of this machine, once, into the environment."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_path

SOURCE = Path(__file__).with_name("kernel.cpp")
FLAGS = ("-std=c++17", "-O3", "-ffp-contract=off", "-fno-math-errno", "-shared", "-fPIC")
"""Never contraction or fast-math: they change bits. Without errno a root is one operation."""
PLAIN: Mapping[str, tuple[str, ...]] = {"plain": ()}
X86: Mapping[str, tuple[str, ...]] = {"avx2": ("-mavx2",), **PLAIN}
"""Flags of each build, the fastest first; the last runs on every processor of its kind."""


def builds() -> Mapping[str, tuple[str, ...]]:
    """Return the flags of the builds for this machine's kind of processor."""
    return X86 if platform.machine().lower() in ("x86_64", "amd64") else PLAIN


def compiler() -> str | None:
    """Return the C++ compiler: $CXX, else the first of the usual ones on PATH; None for none."""
    names = [os.environ["CXX"]] if os.environ.get("CXX") else ["g++", "clang++", "c++"]
    return next((found for name in names if (found := shutil.which(name))), None)


def library_file(build: str) -> Path:
    """Return where a build lies: in the environment, named by what it is built of."""
    digest = sha256(SOURCE.read_bytes() + " ".join((*FLAGS, *builds()[build])).encode())
    return Path(sys.prefix) / "lib" / "gridproof" / f"mlp-{digest.hexdigest()[:12]}-{build}.so"


def runs_here(build: str) -> bool:
    """Tell whether this processor has the instructions of a build."""
    if not builds()[build]:
        return True
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return False
    return any(line.startswith("flags") and build in line.split() for line in lines)


def usable_build() -> str | None:
    """Return the fastest build of the present source that is there and runs here, if any."""
    return next(
        (name for name in builds() if library_file(name).exists() and runs_here(name)), None
    )


def compile_kernel(output: Path, flags: tuple[str, ...], command: str) -> None:
    """Compile the kernel into a shared library.

    Raises
    ------
    GridproofError : the compiler failed; with what it said.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(output) as temporary:
        call = [command, *FLAGS, *flags, "-o", str(temporary), str(SOURCE)]
        result = subprocess.run(call, capture_output=True, text=True, check=False)
        if result.returncode:
            raise GridproofError(f"{' '.join(call)} failed:\n{result.stderr.strip()}")


def build_kernel() -> list[str]:
    """Build what runs fastest here, if it is missing; return lines that say what there is.

    Raises
    ------
    GridproofError : the compiler failed.
    """
    command = compiler()
    if command is None:
        return ["no C++ compiler was found: perceptrons train in numpy, with the same bits, slower"]
    name = next(name for name in builds() if runs_here(name))
    output = library_file(name)
    if not output.exists():
        compile_kernel(output, builds()[name], command)
    return [f"mlp kernel ({name}): {output}"]


def kernel_here() -> tuple[str, list[str]]:
    """Return what there is of the kernel, for `gridproof doctor`."""
    build, found = usable_build(), compiler() or "no C++ compiler"
    if build is None:
        return "mlp kernel", [f"not built, {found}: gridproof compile"]
    return "mlp kernel", [f"{build}, {library_file(build)}", found]


def kernel_note() -> str | None:
    """Return what to tell the user where perceptrons train without the kernel, else None."""
    if usable_build():
        return None
    return (
        "perceptrons train in numpy, with the same results but tens of times slower, because their"
        " kernel is not built here: install a C++ compiler (apt install g++) and run"
        " `gridproof compile`"
    )
