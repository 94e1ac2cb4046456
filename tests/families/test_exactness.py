"""Equal bits: after a restart, after other trainings, in another run, of kernel and specification.

What each arithmetic is compared with is itself, but for the last test.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from families.tiny import each_arithmetic, finish, start
from gridproof.part import Replicate
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.run.state import load_state, save_state

CELLS: dict[str, dict[str, object]] = {
    "plain": {},
    "batch norm": {"batch_norm": True},
    "residual": {"residual": True},
    "implicit with batch norm": {"implicit": True, "batch_norm": True},
    "without gradients": {"gradient_norms": False, "epochs": 2},
    "diverging": {"learning_rate": 1e38},
}
each_cell = pytest.mark.parametrize("changed", CELLS.values(), ids=CELLS)


def bits(arrays: dict[str, np.ndarray]) -> dict[str, tuple[object, ...]]:
    """Return dtype, shape and bytes of each array, in which NaN equals itself."""
    return {name: (value.dtype, value.shape, value.tobytes()) for name, value in arrays.items()}


def replicate_bits(replicate: Replicate) -> dict[str, object]:
    """Return all of a replicate, bytes for arrays."""
    arrays = {
        f"{kind}/{stem}/{name}": (np.ma.getdata(value).tobytes(), np.ma.getmaskarray(value).sum())
        for kind, files in (("tables", replicate.tables), ("tensors", replicate.tensors))
        for stem, file in files.items()
        for name, value in file.items()
    }
    return {**arrays, **replicate.facts}


def result(training: MlpTraining) -> dict[str, object]:
    """Return all bits of what a training gives."""
    return replicate_bits(training.replicate(training.seed))


def everything(training: MlpTraining) -> dict[str, object]:
    """Return all bits of a training, those that `state` must carry and the live network."""
    return {**bits(training.state() | {"live": training.numbers}), **result(training)}


@each_arithmetic
@each_cell
def test_training_continues_with_the_same_bits(
    changed: dict[str, object], arithmetic: str, data: Path, tmp_path: Path
) -> None:
    """Saved and restored after any epoch, a training ends as one that was never stopped."""
    undisturbed = everything(finish(start(data, arithmetic=arithmetic, **changed)))
    for stop in range(int(str(changed.get("epochs", 4))) + 1):
        stopped = start(data, arithmetic=arithmetic, **changed)
        for _ in range(stop):
            stopped.advance()
        path = tmp_path / f"state-{stop}.safetensors"
        save_state(path, "0123456789ab", stopped.state())
        continued = start(data, arithmetic=arithmetic, **changed)
        loaded = load_state(path, "0123456789ab")
        assert loaded is not None
        assert bits(loaded) == bits(stopped.state())
        continued.restore(loaded)
        assert continued.epoch == stop
        assert everything(finish(continued)) == undisturbed


def test_a_restored_training_does_not_touch_the_state(data: Path) -> None:
    """What was handed to `restore` stays as it was."""
    training = start(data)
    training.advance()
    state = {name: value.copy() for name, value in training.state().items()}
    before = bits(state)
    again = start(data)
    again.restore(state)
    finish(again)
    assert bits(state) == before


@each_arithmetic
@each_cell
def test_a_seed_is_independent_of_what_trained_before(
    changed: dict[str, object], arithmetic: str, data: Path
) -> None:
    """In one process, after and beside another seed, a seed has the bits that it has first."""
    first = result(finish(start(data, arithmetic=arithmetic, seed=1, **changed)))
    training, other = (start(data, arithmetic=arithmetic, seed=seed, **changed) for seed in (1, 90))
    while not training.finished:
        other.advance()
        training.advance()
    assert result(training) == first
    assert result(other) != first


@each_arithmetic
def test_a_diverging_training_before_changes_nothing(arithmetic: str, data: Path) -> None:
    """NaN of one replicate stays in that replicate."""
    expected = result(finish(start(data, arithmetic=arithmetic, batch_norm=True, seed=1)))
    diverging = start(data, arithmetic=arithmetic, batch_norm=True)
    diverging.numbers[0] = np.nan
    finish(diverging)
    assert diverging.replicate(0).facts["diverged_epoch"] == 1
    assert result(finish(start(data, arithmetic=arithmetic, batch_norm=True, seed=1))) == expected


def test_training_ignores_global_randomness(data: Path) -> None:
    """Two runs in one process give equal bits, whatever was drawn between them."""
    first = result(finish(start(data)))
    torch.manual_seed(5)
    np.random.default_rng().random()
    np.random.seed(5)
    assert result(finish(start(data))) == first


@each_cell
def test_kernel_and_specification_have_the_same_bits(
    changed: dict[str, object], data: Path
) -> None:
    """Of state, network, tables, tensors and facts: a replicate does not tell which computed it."""
    computed = [
        everything(finish(start(data, arithmetic=arithmetic, seed=3, **changed)))
        for arithmetic in ("kernel", "specification")
    ]
    assert computed[0] == computed[1]
