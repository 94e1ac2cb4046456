"""The kernel's bits: those of its specification, whatever compiles it for whatever processor."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from families.kernel_cases import GOLDEN, Case, digest
from gridproof.errors import GridproofError
from gridproof.parts.families.mlp import elementary, kernel, specification
from gridproof.parts.families.mlp.kernel import CHECKED, Kernel, check_digest
from gridproof.parts.families.mlp.kernel_build import (
    FLAGS,
    SOURCE,
    X86,
    compile_kernel,
    compiler,
    library_file,
    usable_build,
)

DRIVER = Path(__file__).with_name("kernel_digests.cpp")
TARGETS = {**X86, "avx512f": ("-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw")}
ARM = "aarch64-linux-gnu-g++", "qemu-aarch64"
ARGUMENTS = [str(number) for case in GOLDEN for number in case]
each_case = pytest.mark.parametrize("case", GOLDEN, ids=str)


@each_case
def test_the_specification_gives_the_golden_bits(case: Case) -> None:
    """What results everywhere are compared with is what the specification gives here."""
    assert digest(case, specification) == GOLDEN[case]


@pytest.mark.skipif(usable_build() is None, reason="the kernel is not built here")
@each_case
def test_the_built_kernel_gives_the_golden_bits(case: Case) -> None:
    """The kernel that cells are trained with here gives the golden bits."""
    build = usable_build()
    assert build is not None
    assert digest(case, Kernel(library_file(build))) == GOLDEN[case]


def processor_has(target: str) -> bool:
    """Tell whether this processor has the instructions of a build."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return target == "plain" or any(target in line.split() for line in lines)


def driver(command: list[str], folder: Path, *flags: str) -> Path:
    """Compile the program that prints the digests."""
    optimised = [flag for flag in FLAGS if flag not in ("-shared", "-fPIC", "-O3")]
    program = folder / "digests"
    subprocess.run(
        [*command, *optimised, *flags, "-I", SOURCE.parent, "-o", program, DRIVER], check=True
    )
    return program


def printed(*command: str | Path) -> list[str]:
    """Return the lines that a program prints of all cases."""
    result = subprocess.run([*command, *ARGUMENTS], check=True, capture_output=True, text=True)
    return result.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize("level", ["-O2", "-O3"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("command", ["g++", "clang++"])
def test_bits_depend_on_no_compiler_instructions_or_optimisation(
    command: str, target: str, level: str, tmp_path: Path
) -> None:
    """Each build of the kernel gives the golden bits, infinities and NaN included."""
    if shutil.which(command) is None or not processor_has(target):
        pytest.skip(f"{command} or {target} is not here")
    program = driver([command], tmp_path, level, *TARGETS[target])
    assert printed(program) == list(GOLDEN.values())


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, ARM)), reason=f"needs {' and '.join(ARM)}")
def test_bits_are_the_same_on_arm(tmp_path: Path) -> None:
    """Compiled for arm64 and emulated, the kernel gives the golden bits."""
    program = driver([ARM[0]], tmp_path, "-O2", "-static")
    assert printed(ARM[1], program) == list(GOLDEN.values())


def test_the_check_of_a_kernel_is_that_of_the_specification() -> None:
    """What a kernel has to give when it is loaded is what the specification gives."""
    assert check_digest(specification) == CHECKED


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="needs a C++ compiler")
def test_a_kernel_that_computes_other_bits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sums in another order are noticed when the kernel is loaded, before anything is trained."""
    output, command = tmp_path / "other.so", compiler()
    assert command is not None
    build = next(name for name in X86 if processor_has(name))
    # What -ffast-math allows but for its start-up code, which would make this process take the
    # smallest numbers for zero, here and in all tests that follow.
    loose = ("-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math", "-freciprocal-math")
    compile_kernel(output, (*loose, "-fno-math-errno", *X86[build]), command)
    monkeypatch.setattr(kernel, "library_file", lambda build: output)
    monkeypatch.setattr(kernel, "usable_build", lambda: "other")
    with pytest.raises(GridproofError, match="changed the order of operations"):
        kernel.load_kernel.__wrapped__()


def test_a_compiler_that_fails_is_told_of(tmp_path: Path) -> None:
    """What it said is shown, and nothing is left that could be taken for a kernel."""
    if (command := compiler()) is None:
        pytest.skip("needs a C++ compiler")
    with pytest.raises(GridproofError, match="no-such-flag"):
        compile_kernel(tmp_path / "kernel.so", ("--no-such-flag",), command)
    assert list(tmp_path.iterdir()) == []


def test_the_specification_has_the_parts_of_softmax_right() -> None:
    """Exponential and logarithm are within two units in the last place of float64's."""
    x = np.linspace(-63, 0, 100_001, dtype=np.float32)
    exact = np.exp(x.astype(np.float64))
    assert np.max(np.abs(elementary.exponential(x) / exact - 1)) < 2 * 2**-23
    with np.errstate(invalid="ignore"):
        assert elementary.exponential(np.float32([-65, -np.inf])).tolist() == [0, 0]
        assert np.isnan(elementary.exponential(np.float32([np.nan]))).all()
    y = np.geomspace(1, 1e30, 100_001).astype(np.float32)
    log = np.log(y.astype(np.float64))
    assert np.max(np.abs(elementary.logarithm(y) - log) / np.maximum(log, 1)) < 2 * 2**-23
