"""Equal bits: after a restart, beside other seeds, in another run."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from families.tiny import finish, start
from gridproof.part import Replicate
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.parts.training.random_streams import generator, sample_order
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


def bits(tensors: dict[str, Tensor]) -> dict[str, tuple[object, ...]]:
    """Return dtype, shape and bytes of each tensor, in which NaN equals itself."""
    return {
        name: (value.dtype, value.shape, value.contiguous().numpy().tobytes())
        for name, value in tensors.items()
    }


def replicate_bits(replicate: Replicate) -> dict[str, object]:
    """Return all of a replicate, bytes for arrays."""
    arrays = {
        f"{kind}/{stem}/{name}": (np.ma.getdata(value).tobytes(), np.ma.getmaskarray(value).sum())
        for kind, files in (("tables", replicate.tables), ("tensors", replicate.tensors))
        for stem, file in files.items()
        for name, value in file.items()
    }
    return {**arrays, **replicate.facts}


def everything(training: MlpTraining) -> dict[str, object]:
    """Return all bits of a training, those that `state` must carry and the live networks."""
    tensors = training.state() | {
        f"live/{name}": value for name, value in (training.network | training.buffers).items()
    }
    return {**bits(tensors), **{str(s): replicate_bits(training.replicate(s)) for s in (0, 1)}}


@each_cell
def test_training_continues_with_the_same_bits(
    changed: dict[str, object], data: Path, tmp_path: Path
) -> None:
    """Saved and restored after any epoch, a training ends as one that was never stopped."""
    undisturbed = everything(finish(start(data, **changed)))
    for stop in range(int(str(changed.get("epochs", 4))) + 1):
        stopped = start(data, **changed)
        for _ in range(stop):
            stopped.advance()
        path = tmp_path / f"state-{stop}.safetensors"
        save_state(path, "0123456789ab", stopped.state())
        continued = start(data, **changed)
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
    state = {name: value.clone() for name, value in training.state().items()}
    before = bits(state)
    again = start(data)
    again.restore(state)
    finish(again)
    assert bits(state) == before


@each_cell
def test_a_seed_is_independent_of_its_block(changed: dict[str, object], data: Path) -> None:
    """At its position of a block a seed has the same bits whatever trains beside it."""
    block = finish(start(data, seeds=(0, 1, 2, 3, 4), **changed))
    others = finish(start(data, seeds=(90, 1, 70, 60, 80), **changed))
    assert replicate_bits(block.replicate(1)) == replicate_bits(others.replicate(1))
    assert replicate_bits(block.replicate(0)) != replicate_bits(others.replicate(90))


def test_a_diverging_neighbour_changes_nothing(data: Path) -> None:
    """NaN in one replicate stays in that replicate."""
    expected = replicate_bits(finish(start(data, batch_norm=True)).replicate(1))
    training = start(data, batch_norm=True)
    training.network["weight.0"][0] = torch.nan
    finish(training)
    assert training.replicate(0).facts["diverged_epoch"] == 1
    assert replicate_bits(training.replicate(1)) == expected


def test_training_ignores_global_randomness(data: Path) -> None:
    """Two runs in one process give equal bits, whatever was drawn between them."""
    first = replicate_bits(finish(start(data)).replicate(0))
    torch.manual_seed(5)
    np.random.default_rng().random()
    assert replicate_bits(finish(start(data)).replicate(0)) == first


def test_random_stream_is_pinned() -> None:
    """Results of different versions are comparable as long as this seed stays what it is."""
    assert generator("sample order", 3, 2).initial_seed() == 4877808390001575453


def test_random_streams_depend_on_purpose_seed_and_epoch() -> None:
    """Each (purpose, numbers) has a stream of its own, and the same one every time."""
    keys = [("weights", 1), ("sample order", 1), ("sample order", 1, 2), ("sample order", 12)]
    streams = [tuple(torch.rand(4, generator=generator(*key)).tolist()) for key in keys]
    assert len(set(streams)) == len(keys)
    assert tuple(torch.rand(4, generator=generator(*keys[2])).tolist()) == streams[2]


def test_sample_order_is_a_new_permutation_every_epoch() -> None:
    """Every sample once, in another order for another seed or epoch."""
    orders = [sample_order(50, seed, epoch) for seed in (0, 1) for epoch in (1, 2)]
    assert all(torch.equal(order.sort().values, torch.arange(50)) for order in orders)
    assert len({tuple(order.tolist()) for order in orders}) == 4
