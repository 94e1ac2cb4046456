"""Verdicts on predictions, against worked cases, enumeration, SciPy and scikit-learn."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, bootstrap
from sklearn.metrics import accuracy_score

from gridproof.errors import GridproofError
from gridproof.kit.image_groups import groups
from gridproof.kit.model_comparison import (
    accuracy_by_seed,
    bootstrap_interval,
    holm,
    is_correct,
    missed_by_all,
    most_confidently_wrong,
    neighbour_gaps,
    outcomes,
    ranking,
)
from gridproof.kit.swap_test import paired_test


def predicted(scores, labels, *, seed=0, names=None):
    """Return the rows of one seed; images are called a, b, c ... unless named."""
    names = names or [f"image {row:03d}" for row in range(len(scores))]
    return pd.DataFrame({"seed": seed, "image": names, "label": labels, "score": scores})


def right(*seeds):
    """Return outcomes from a list of 0 and 1 a seed."""
    table = pd.DataFrame(np.array(seeds, dtype=bool).T)
    table.index = [f"image {row:03d}" for row in range(len(table))]
    return table


def test_score_above_half_is_real_and_nan_is_never_right():
    """0.5 itself says fake; a diverged network is wrong about both classes."""
    rows = predicted([0.51, 0.5, 0.49, 0.51, np.nan, np.nan], [1, 0, 1, 0, 0, 1])
    assert is_correct(rows).tolist() == [True, True, False, False, False, False]


def test_accuracy_by_seed_is_that_of_scikit_learn():
    """Each seed's accuracy is the share of images that `accuracy_score` counts."""
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 2, 50)
    scores = {seed: generator.random(50) for seed in (3, 1)}
    rows = pd.concat([predicted(values, truth, seed=seed) for seed, values in scores.items()])
    found = accuracy_by_seed(outcomes(rows.sample(frac=1, random_state=0)))
    assert found.to_dict() == {
        seed: pytest.approx(accuracy_score(truth, values > 0.5)) for seed, values in scores.items()
    }


def test_outcomes_name_the_seed_that_lacks_images():
    """Each seed has to predict as many images as the others, each once."""
    rows = pd.concat([predicted([0.1, 0.9], [0, 1]), predicted([0.1], [0], seed=1)])
    with pytest.raises(GridproofError, match="found 1 predictions of seed 1 and 2 of seed 0"):
        outcomes(rows)
    with pytest.raises(GridproofError, match="found 2 predictions of seed 0 for the image 'image"):
        outcomes(pd.concat([rows[:2], rows[:2]]))
    with pytest.raises(GridproofError, match="found no predictions"):
        outcomes(rows.iloc[:0])


def test_bootstrap_interval_of_one_seed_agrees_with_scipy():
    """Drawing multinomial counts is drawing images: SciPy's percentiles are the same but for noise.

    400 images; the ends of the intervals lie apart by no more than resampling does.
    """
    generator = np.random.default_rng(2)
    ease = generator.beta(4, 2, size=400)
    table = right(generator.random(400) < ease)
    low, high = bootstrap_interval(table)
    expected = bootstrap(
        (table.mean(axis=1).to_numpy(),), np.mean, n_resamples=5000, method="percentile", rng=0
    ).confidence_interval
    assert (low, high) == (
        pytest.approx(expected.low, abs=0.004),
        pytest.approx(expected.high, abs=0.004),
    )
    assert low < table.to_numpy().mean() < high
    assert bootstrap_interval(table) == (low, high)


def test_bootstrap_interval_draws_whole_groups_and_seeds():
    """Against drawing both one by one: images of 12 photographs, which differ, and four seeds."""
    generator = np.random.default_rng(5)
    ease = np.repeat(generator.beta(2, 1, size=12), 20)
    seeds = np.array([0.0, 0.1, -0.1, 0.2])[:, None]
    table = right(*(generator.random((4, 240)) < ease + seeds))
    alone = bootstrap_interval(table)
    table.index = [f"photo {row // 20}//{row % 20}" for row in range(240)]
    assert len(np.unique(groups(table.index))) == 12
    blocks = table.to_numpy().reshape(12, 20, 4).mean(axis=1)
    drawn = [
        blocks[generator.integers(12, size=12)][:, generator.integers(4, size=4)].mean()
        for _ in range(5000)
    ]
    low, high = bootstrap_interval(table)
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.015)
    assert high - low > 1.3 * (alone[1] - alone[0])


def test_paired_test_swaps_whole_groups():
    """Four photographs allow no p-value below an eighth, however many images they are cut into."""
    first, second = right([1] * 40), right([0] * 40)
    names = [f"photo {row % 4}//{row}" for row in range(40)]
    assert paired_test(first, second) < 1e-9
    assert paired_test(first.set_axis(names), second.set_axis(names)) == pytest.approx(1 / 8)


def own_images(n_seeds, share):
    """Return outcomes of seeds that are each tested on 10 images of 2 photographs of their own."""
    generator = np.random.default_rng(n_seeds)
    table = pd.DataFrame(np.nan, index=range(10 * n_seeds), columns=range(n_seeds))
    for seed in table.columns:
        table.iloc[10 * seed : 10 * seed + 10, seed] = (generator.random(10) < share).astype(float)
    return table.set_axis([f"photo {row // 5}//{row}" for row in table.index], axis=0)


def test_bootstrap_interval_holds_what_other_photographs_bring():
    """Where each seed has its own photographs, drawing one without the other weighs by images."""
    table = own_images(6, 0.7)
    generator = np.random.default_rng(3)
    means = []
    for _ in range(5000):
        photographs = np.bincount(generator.integers(12, size=12), minlength=12)
        seeds = np.bincount(generator.integers(6, size=6), minlength=6)
        weights = np.repeat(photographs, 5) * np.repeat(seeds, 10)
        if weights.sum():
            means.append(np.average(table.sum(axis=1), weights=weights))
    low, high = bootstrap_interval(table)
    assert (low, high) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])), abs=0.02)
    assert accuracy_by_seed(table).mean() == pytest.approx(table.sum().sum() / 60)


def test_paired_test_of_seeds_with_their_own_images_is_that_of_all_swaps():
    """Swapping two models on each subset of eight photographs, written out."""
    first, second = own_images(4, 0.9), own_images(4, 0.4)
    second.loc[:] = np.where(second.notna(), np.arange(40)[:, None] % 3 == 0, np.nan)
    apart = (first - second).sum(axis=1).groupby(np.arange(40) // 5).sum().to_numpy()
    swapped = np.array(list(product((1, -1), repeat=8))) @ apart
    expected = np.mean(np.abs(swapped) >= abs(apart.sum()) - 1e-9)
    assert 0 < expected < 1
    assert paired_test(first, second) == pytest.approx(expected)
    assert paired_test(first[[0, 1, 2]], second) == paired_test(first[[0, 1, 2]], second[[0, 1, 2]])


@pytest.mark.parametrize("other", ["renamed", "without a seed in common"])
def test_paired_test_refuses_seeds_with_other_images(other):
    """Seeds of one number that were tested on different images are not comparable."""
    first = own_images(4, 0.9)
    second = first.rename(index=str.upper) if other == "renamed" else first.add(0)
    if other != "renamed":
        second.columns = [7, 8, 9, 10]
    with pytest.raises(GridproofError, match="of 40 and of 40 images that are not the same"):
        paired_test(first, second)


def test_bootstrap_interval_of_a_faultless_model_is_a_point():
    """Where no image differs, no resample does."""
    assert bootstrap_interval(right([1, 1, 1])) == (1.0, 1.0)


@pytest.mark.parametrize(("only_first", "only_second"), [(9, 1), (3, 3), (0, 6), (0, 0), (40, 22)])
def test_paired_test_of_one_seed_is_mcnemars(only_first, only_second):
    """The exact binomial test of the images that one model alone is right about."""
    first = right([1] * only_first + [0] * only_second + [1, 1, 0])
    second = right([0] * only_first + [1] * only_second + [1, 1, 0])
    discordant = only_first + only_second
    expected = binomtest(only_first, discordant).pvalue if discordant else 1.0
    assert paired_test(first, second) == pytest.approx(expected)
    assert paired_test(second, first) == paired_test(first, second)


@pytest.mark.parametrize("n_seeds", [(5, 5), (5, 1), (3, 2)])
def test_paired_test_of_several_seeds_is_that_of_all_swaps(n_seeds):
    """Swapping the models on each subset of 10 images, written out, gives the same p-value."""
    generator = np.random.default_rng(3)
    first, second = (
        right(*(generator.random((count, 10)) < share))
        for count, share in zip(n_seeds, (0.8, 0.4), strict=True)
    )
    apart = (first.mean(axis=1) - second.mean(axis=1)).to_numpy()
    swapped = np.array(list(product((1, -1), repeat=10))) @ apart
    expected = np.mean(np.abs(swapped) >= abs(apart.sum()) - 1e-9)
    assert 0 < expected < 1
    assert paired_test(first, second) == pytest.approx(expected)


def test_paired_test_needs_the_same_images():
    """Models that were tested on other images cannot be compared."""
    with pytest.raises(GridproofError, match="of 3 and of 2 images"):
        paired_test(right([1, 0, 1]), right([1, 0]))


def test_holm_is_the_worked_case():
    """Smallest first: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 raised to its predecessor."""
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.5, 0.9]), [1.0, 1.0])
    assert holm([]).tolist() == []


def test_ranking_is_by_mean_accuracy_then_by_label():
    """Equal means, also those that differ by rounding alone, are ordered by label."""
    models = {
        "c": right([1, 1, 0], [0, 1, 0], [1, 0, 0]),
        "b": right([1, 1, 0], [1, 0, 0], [0, 0, 1]),
        "a": right([1, 1, 1]),
        "d": right([0, 0, 0]),
    }
    places = ranking(models)
    assert [place.label for place in places] == ["a", "b", "c", "d"]
    assert places[1].accuracies == pytest.approx((2 / 3, 1 / 3, 1 / 3))
    assert places[1].accuracy == pytest.approx(4 / 9)
    low, high = places[1].interval
    assert low <= 4 / 9 <= high


def test_neighbour_gaps_are_tested_and_adjusted_from_the_top():
    """Three neighbours: the p-values are McNemar's, multiplied as Holm's method does."""
    models = {
        "good": right([1] * 30),
        "middling": right([1] * 20 + [0] * 10),
        "bad": right([1] * 18 + [0] * 12),
    }
    gaps = neighbour_gaps(models, ranking(models))
    assert [(gap.better, gap.worse) for gap in gaps] == [("good", "middling"), ("middling", "bad")]
    first, second = binomtest(10, 10).pvalue, binomtest(2, 2).pvalue
    assert [gap.p_value for gap in gaps] == pytest.approx([first, second])
    assert [gap.adjusted for gap in gaps] == pytest.approx([2 * first, second])
    assert [gap.is_significant for gap in gaps] == [True, False]
    assert neighbour_gaps({"good": models["good"]}, ranking({"good": models["good"]})) == []


def test_most_confidently_wrong_is_by_mean_score_over_seeds():
    """Right ones are left out, equally sure ones ordered by name, those without a score last."""
    names = ["d", "c", "b", "a", "e"]
    truth = [0, 1, 0, 1, 1]
    first = predicted([0.9, 0.1, 0.6, 0.9, np.nan], truth, names=names)
    second = predicted([0.7, 0.3, 0.5, 0.8, np.nan], truth, seed=1, names=names)
    table = most_confidently_wrong(pd.concat([first, second]), 5)
    assert table["image"].tolist() == ["c", "d", "b", "e"]
    assert table["label"].tolist() == [1, 0, 0, 1]
    assert table["score"].tolist()[:3] == pytest.approx([0.2, 0.8, 0.55])
    assert most_confidently_wrong(pd.concat([first, second]), 1)["image"].tolist() == ["c"]
    assert most_confidently_wrong(predicted([0.1], [0]), 5).empty


def test_missed_by_all_needs_most_seeds_of_every_model_to_be_wrong():
    """Half of the seeds is not most of them, and one model that is right is enough."""
    models = {
        "three": right([0, 0, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0]),
        "two": right([0, 0, 0, 0], [0, 0, 0, 1]),
    }
    assert missed_by_all(models) == ["image 000", "image 001"]
