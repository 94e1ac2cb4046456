"""What the compiled engine needs before torch is imported, and how it says what is missing."""

from __future__ import annotations

import os
import platform
import shutil
import sysconfig
from hashlib import sha256
from pathlib import Path

from gridproof.errors import GridproofError


def compiler_name() -> str:
    """Return the C++ compiler that Inductor would call: $CXX, or the platform's usual one."""
    return os.environ.get("CXX", "clang++" if platform.system() == "Darwin" else "g++")


def missing_for_compilation() -> str | None:
    """Return what the compiled engine lacks here and the package that brings it, else None."""
    if shutil.which(compiler_name()) is None:
        return f"the C++ compiler {compiler_name()!r} (apt install g++)"
    header = Path(sysconfig.get_path("include")) / "Python.h"
    return None if header.exists() else f"Python's headers, {header} (apt install python3-dev)"


def found_compiler() -> tuple[str, list[str]]:
    """Return what there is of a C++ compiler; without one everything is trained eagerly."""
    lacking = missing_for_compilation()
    if lacking:
        return "C++ compiler", [f"engine `auto` trains eagerly: missing is {lacking}"]
    return "C++ compiler", [f"{shutil.which(compiler_name())}, with Python's headers"]


def processor() -> str:
    """Return the processor's model and instruction sets, as the system names them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return " ".join(line for line in lines[:30] if line.startswith(("model name", "flags")))


def prepare_compilation(cache: Path) -> None:
    """Point Inductor at a cache inside the project, one folder a processor type.

    What calls the compiled kernels is compiled too, in place of Inductor's Python: the same bits in
    less time a step; apart from the kernels and with less optimisation, as it is one long function
    that takes a compiler minutes else. Must run before torch is imported. Raises GridproofError
    when a compiler is missing: the engine is part of the cell, so falling back would make another
    cell than the planned one.
    """
    missing = missing_for_compilation()
    if missing:
        raise GridproofError(
            f"engine 'compiled' needs {missing}; install it, or set `engine: eager` in the study"
        )
    folder = cache / f"inductor-{sha256(processor().encode()).hexdigest()[:12]}"
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder.absolute())
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    os.environ["TORCHINDUCTOR_CPP_WRAPPER"] = "1"
    os.environ["TORCHINDUCTOR_CPP_WRAPPER_BUILD_SEPARATE"] = "1"
