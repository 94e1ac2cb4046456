"""Claims about images where each seed has images of its own."""

import numpy as np
import pandas as pd

from study.claims.model_facts import differing


def test_answers_are_compared_on_the_images_of_a_seed() -> None:
    """Two seeds with five images each: shares are of five, whatever the other seed was told."""
    first = pd.DataFrame({0: [1.0] * 5 + [np.nan] * 5, 1: [np.nan] * 5 + [0.0] * 5})
    second = first.copy()
    second.loc[[0, 1], 0] = 0.0
    second.loc[9, 1] = 1.0
    assert differing(first, second).to_dict() == {0: 0.4, 1: 0.2}


def test_single_fit_stands_beside_every_seed() -> None:
    """Where all seeds have the same images, what draws nothing has one replicate."""
    first = pd.DataFrame({seed: [1.0, 0.0, 1.0, 1.0] for seed in range(3)})
    second = pd.DataFrame({0: [1.0, 0.0, 0.0, 1.0]})
    assert differing(first, second).to_dict() == {0: 0.25, 1: 0.25, 2: 0.25}
