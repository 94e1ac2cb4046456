"""The compiled engine: the recipe's numbers, and the same bits however it is interrupted."""

from pathlib import Path

import pytest
import torch
import torch._inductor.config

from families.plain_loop import train_plainly
from families.test_exactness import everything, replicate_bits
from families.test_recipe import compare
from families.tiny import finish, start
from gridproof.parts.families.mlp.compilation import missing_for_compilation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing_for_compilation() is not None, reason="needs a C++ compiler"),
    pytest.mark.filterwarnings("ignore"),
]

CELLS: dict[str, dict[str, object]] = {
    "single samples": {"batch_size": 1, "epochs": 2, "depth": 1},
    "residual with batch norm": {
        "batch_norm": True,
        "residual": True,
        "depth": 2,
        "batch_size": 100,
    },
    "implicit": {"implicit": True, "batch_size": 128},
}


@pytest.fixture(autouse=True)
def compiler_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Keep what is compiled in the tests' own folder, one compiler at a time."""
    cache = tmp_path_factory.getbasetemp() / "inductor"
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(cache))
    monkeypatch.setenv("TORCHINDUCTOR_COMPILE_THREADS", "1")


@pytest.mark.parametrize("changed", CELLS.values(), ids=CELLS)
def test_compiled_training_equals_plain_loop_and_keeps_its_bits(
    changed: dict[str, object], data: Path
) -> None:
    """Every loss, batch loss and gradient norm is the plain loop's up to float32 rounding.

    Stopped after the first epoch and restored it ends with the same bits, and so does a seed in a
    block with others at the same position.
    """
    training = start(data, engine="compiled", **changed)
    assert training.n_samples // training.parameters.batch_size >= training._unroll
    records = [train_plainly(training, seed) for seed in training.seeds]
    undisturbed = everything(finish(training))
    for seed, record in zip(training.seeds, records, strict=True):
        compare(training.replicate(seed), record, rtol=1e-5, flips=1)
    stopped = start(data, engine="compiled", **changed)
    stopped.advance()
    state = {name: value.clone() for name, value in stopped.state().items()}
    stopped.restore(state)
    assert everything(finish(stopped)) == undisturbed
    others = finish(start(data, engine="compiled", seeds=(7, 1), **changed))
    assert replicate_bits(others.replicate(1)) == replicate_bits(training.replicate(1))


def test_calling_the_kernels_from_compiled_code_changes_no_bit(data: Path) -> None:
    """Jobs let Inductor compile what calls its kernels as well; cells made without it stay true."""
    bits = []
    for compiled_calls in (False, True):
        torch.compiler.reset()
        with torch._inductor.config.patch(cpp_wrapper=compiled_calls):
            changed = CELLS["residual with batch norm"]
            bits.append(everything(finish(start(data, engine="compiled", **changed))))
    assert bits[0] == bits[1]
