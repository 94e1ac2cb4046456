"""The compiled engine keeps the promises of the eager one."""

import signal
from pathlib import Path

import numpy as np
import pytest

from gridproof.files.formats import read_table
from gridproof.files.layout import replicate_folder, state_file
from gridproof.parts.families.mlp.compilation import missing_for_compilation
from run.jobs import content, make_job, run, start_process, wait_until

CACHE = """
from pathlib import Path
import gridproof.parts.families.mlp
gridproof.parts.families.mlp.CACHE = Path({cache!r})
"""
METRICS = ["val_loss", "test_loss", "val_accuracy", "test_accuracy"]


def metrics(cell: Path, seed: int) -> np.ndarray:
    """Return the metrics of val and test, one row an epoch."""
    table = read_table(replicate_folder(cell, seed) / "metrics.parquet")
    return np.column_stack([table[name].to_numpy() for name in METRICS])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(missing_for_compilation() is not None, reason="needs a C++ compiler")
def test_compiled_replicates_have_equal_bytes(data: Path, tmp_path: Path) -> None:
    """Killed and continued, alone and in a block, in one process and another: the same bytes.

    Of seven steps an epoch four are one compiled call. Against the eager engine the metrics may
    differ by float32 rounding (6e-8), which 40 epochs let grow to some 1e-6.
    """
    changes = {"depth": 1, "epochs": 40, "batch_norm": True}
    prelude = CACHE.format(cache=str(tmp_path / "cache"))
    alone = make_job(tmp_path / "alone", data, (1,), "compiled", **changes)
    block = make_job(tmp_path / "block", data, (0, 1, 2), "compiled", **changes)
    eager = make_job(tmp_path / "eager", data, (1,), **changes)
    with start_process(alone, save_seconds=0, prelude=prelude) as process:
        wait_until(state_file(alone.cell, 0).exists, seconds=400)
        process.send_signal(signal.SIGKILL)
    assert not replicate_folder(alone.cell, 1).exists()
    output, _ = start_process(alone, block, prelude=prelude).communicate(timeout=400)
    assert f"continuing from {state_file(alone.cell, 0)}" in output.splitlines()
    assert output.count("\ntrained ") == 2
    assert content(replicate_folder(alone.cell, 1)) == content(replicate_folder(block.cell, 1))
    run(eager)
    np.testing.assert_allclose(metrics(block.cell, 1), metrics(eager.cell, 1), rtol=1e-4)
    assert list(tmp_path.glob("cache/inductor-*/*"))
