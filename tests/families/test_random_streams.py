"""Random streams: each its own, pinned, and torch's to the bit."""

import numpy as np
import pytest
import torch

from gridproof.parts.training.random_streams import (
    draws,
    generator,
    sample_order,
    stream_seed,
    uniform,
)

KEYS = [("weights", 1), ("sample order", 1), ("sample order", 1, 2), ("sample order", 12)]
each_key = pytest.mark.parametrize("key", KEYS, ids=str)


def test_random_stream_is_pinned() -> None:
    """Results of different versions are comparable as long as these stay what they are."""
    assert stream_seed("sample order", 3, 2) == 4877808390001575453
    assert generator("sample order", 3, 2).initial_seed() == 4877808390001575453
    assert draws(3, "sample order", 3, 2).tolist() == [864046213, 602889246, 553126658]
    assert sample_order(6, 3, 2).tolist() == [1, 2, 4, 5, 3, 0]


def test_random_streams_depend_on_purpose_seed_and_epoch() -> None:
    """Each (purpose, numbers) has a stream of its own, and the same one every time."""
    streams = [tuple(draws(4, *key).tolist()) for key in KEYS]
    assert len(set(streams)) == len(KEYS)
    assert tuple(draws(4, *KEYS[2]).tolist()) == streams[2]


@each_key
def test_draws_are_torchs(key: tuple[str, int]) -> None:
    """More than MT19937's state of 624; below 2^28 `randint` is a draw's remainder."""
    drawn = draws(2000, *key)
    largest = 2**28 - 1
    expected = torch.randint(0, largest, (2000,), generator=generator(*key))
    assert drawn.dtype == np.uint32
    assert (drawn % np.uint32(largest)).tolist() == expected.tolist()
    assert draws(20, *key).tolist() == drawn[:20].tolist()


@pytest.mark.parametrize("bound", [1.0, 2**-0.5, 0.05, 16**-0.5])
@each_key
def test_uniform_numbers_are_torchs(key: tuple[str, int], bound: float) -> None:
    """The bits of `uniform_`, from -bound to bound."""
    values = uniform(draws(2000, *key), bound)
    expected = torch.empty(2000).uniform_(-bound, bound, generator=generator(*key))
    assert values.tobytes() == expected.numpy().tobytes()


@pytest.mark.parametrize("n", [1, 2, 50, 1000])
def test_sample_order_is_torchs_permutation(n: int) -> None:
    """That of `randperm`, for each seed and epoch."""
    for seed, epoch in [(0, 1), (0, 2), (7, 1), (2**31 - 1, 50)]:
        order = sample_order(n, seed, epoch)
        assert order.dtype == np.int32
        stream = generator("sample order", seed, epoch)
        assert order.tolist() == torch.randperm(n, generator=stream).tolist()


def test_sample_order_is_a_new_permutation_every_epoch() -> None:
    """Every sample once, in another order for another seed or epoch."""
    orders = [sample_order(50, seed, epoch) for seed in (0, 1) for epoch in (1, 2)]
    assert all(np.array_equal(np.sort(order), np.arange(50)) for order in orders)
    assert len({tuple(order.tolist()) for order in orders}) == 4


def test_global_randomness_is_left_alone() -> None:
    """Drawing from a stream moves neither numpy's nor torch's global generator."""
    numpys, torchs = np.random.get_state()[1].tobytes(), torch.random.get_rng_state()
    draws(100, "weights", 1)
    sample_order(100, 1, 1)
    assert np.random.get_state()[1].tobytes() == numpys
    assert torch.equal(torch.random.get_rng_state(), torchs)
