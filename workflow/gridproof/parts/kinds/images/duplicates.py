"""Images of different splits that look alike: facts about the data, nothing is left out for them.

Two images are near duplicates if their pixels are equal or their perceptual hashes of 256 bits
differ in at most 16. The hash is `imagehash.phash`: signs of an image's 16 x 16 lowest frequencies
against their median. Smooth images, such as patches of a sky, have few frequencies that rise above
noise, so a short hash of them collides: among the default patches the usual 64 bits bring pairs of
different photographs as near as 12 bits, no farther than many copies; 256 bits leave at least 72
between them. There a copy kept as JPEG of quality 50 differs in 2 bits (median; 90 in 100: at most
10), one that was made smaller and larger again in none (4).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from PIL import Image

from gridproof.files.facts import SPLITS

HASH_SIDE = 16
MAX_DISTANCE = 16
BLOCK_ROWS = 256
UNUSED = -1
"""In place of a split's number: a row that a division does not use."""


@dataclass(slots=True)
class DuplicateFinder:
    """Collects what is compared of each image, 64 bytes an image, while images stream by."""

    exact: list[bytes] = field(default_factory=list)
    perceptual: list[np.ndarray] = field(default_factory=list)

    def add(self, image: np.ndarray) -> None:
        """Take the next image, uint8 of shape (size, size, 3)."""
        self.exact.append(hashlib.sha256(image.tobytes()).digest())
        self.perceptual.append(perceptual_hash(image))

    def pairs(self, divisions: Sequence[Sequence[str | None]]) -> list[tuple[int, int, int]]:
        """Return (first row, second row, distance in bits) of near duplicates, sorted.

        Parameters
        ----------
        divisions : the split of each row, or None, in each way of dividing the rows; rows that are
            in no division of different splits are not compared. Equal pixels have the distance 0.
        """
        codes = np.array([[SPLITS.index(s) if s else UNUSED for s in d] for d in divisions])
        found = {
            (first, second): distance
            for first, second, distance in near_pairs(np.array(self.perceptual), codes)
        }
        found |= dict.fromkeys(_equal_pairs(self.exact, codes), 0)
        return [(first, second, found[first, second]) for first, second in sorted(found)]


def perceptual_hash(image: np.ndarray) -> np.ndarray:
    """Return the hash of an image, 32 bytes as uint8."""
    import imagehash

    bits = imagehash.phash(Image.fromarray(image), hash_size=HASH_SIDE).hash
    return np.packbits(bits)


def near_pairs(hashes: np.ndarray, codes: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Yield (first, second, distance) of rows of different codes within MAX_DISTANCE bits.

    Parameters
    ----------
    hashes : uint8 array of shape (n, n_bytes). All pairs are compared, BLOCK_ROWS rows at a time
        with all later ones, which takes n * n_bytes * BLOCK_ROWS bytes at most.
    codes : int array of shape (divisions, n), the number of each row's split or UNUSED.
    """
    words = np.ascontiguousarray(hashes).view(np.uint64)
    for start in range(0, len(words), BLOCK_ROWS):
        block, later = words[start : start + BLOCK_ROWS], words[start:]
        distances = np.zeros((len(block), len(later)), dtype=np.uint16)
        for word in range(words.shape[1]):
            distances += np.bitwise_count(block[:, None, word] ^ later[None, :, word])
        near = distances <= MAX_DISTANCE
        near &= apart(codes[:, start : start + BLOCK_ROWS], codes[:, start:])
        for row, column in np.argwhere(np.triu(near, 1)):
            yield start + int(row), start + int(column), int(distances[row, column])


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return which rows lie in different splits of some division, bool (n, m).

    one, other : codes (divisions, n) and (divisions, m).
    """
    found = np.zeros((one.shape[1], other.shape[1]), dtype=bool)
    for ours, theirs in zip(one, other, strict=True):
        used = (ours[:, None] != UNUSED) & (theirs[None, :] != UNUSED)
        found |= used & (ours[:, None] != theirs[None, :])
    return found


def pair_facts(
    pairs: Sequence[tuple[int, int, int]],
    divisions: Sequence[Sequence[str | None]],
    names: Sequence[str],
) -> list[dict[str, Any]]:
    """Return pairs of rows as facts.json tells them, in the first division that parts them."""
    facts = []
    for first, second, distance in pairs:
        found = ((division[first], division[second]) for division in divisions)
        one, other = next(two for two in found if all(two) and two[0] != two[1])
        facts.append(
            {
                "first": {"split": one, "image": names[first]},
                "second": {"split": other, "image": names[second]},
                "distance": distance,
            }
        )
    return facts


def _equal_pairs(digests: Sequence[bytes], codes: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows of different codes whose pixels are equal."""
    rows = defaultdict(list)
    for row, digest in enumerate(digests):
        rows[digest].append(row)
    for group in rows.values():
        for first, second in combinations(group, 2):
            if apart(codes[:, [first]], codes[:, [second]]).any():
                yield first, second
