"""The data of a study: what each data set is made from, and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridproof.files.layout import CACHE, DATA
from gridproof.parts.families.cnn.backbones import backbone_module, weights_digest
from gridproof.plan.cell_identity import library_versions, short_digest
from gridproof.plan.closure import code_digest
from gridproof.plan.data_identity import data_digest
from gridproof.plan.data_sources import find_source, kind_of
from gridproof.plan.kinds import FEATURES, KINDS, Kind

SOURCE_MEMORY = CACHE / "sources.json"
FEATURE_THREADS = 2
FEATURE_LIBRARIES = ("timm", "torch", "torchvision")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlan:
    """A data set: what it is made from, and its identity.

    Features are made from other data: their source is `features`, and their options tell of which.
    """

    name: str
    source: str
    options: Mapping[str, Any]
    digest: str

    @property
    def kind(self) -> Kind:
        """The form of the prepared data."""
        return KINDS[self.kind_name]

    @property
    def kind_name(self) -> str:
        """The name of the form, as families ask for it."""
        return FEATURES if self.source == FEATURES else kind_of(self.source)

    @property
    def base(self) -> DataPlan | None:
        """The images that features are of; None for data with a source of its own."""
        return DataPlan(**self.options["of"]) if self.source == FEATURES else None

    @property
    def folder(self) -> Path:
        """Where the prepared data lie."""
        return DATA / f"{self.name}-{self.digest}"

    @property
    def files(self) -> list[Path]:
        """The files of the prepared data."""
        return [self.folder / name for name in self.kind.files]


def plan_data(name: str, options: Mapping[str, object]) -> DataPlan:
    """Return the plan of a data set; its source's files are hashed, or remembered."""
    source = str(options["source"])
    rest = {key: value for key, value in options.items() if key != "source"}
    return DataPlan(
        name=name, source=source, options=rest, digest=current_data_digest(source, rest)
    )


def current_data_digest(source: str, options: Mapping[str, Any]) -> str:
    """Return the digest that data from `source` have as its files and our code stand now.

    The code is what decides the rows: the source's module and the prepared form. What is only said
    about the rows, in facts.json, is made again when its code is edited, but trains nothing.
    """
    if source == FEATURES:
        images = options["of"]
        return features_digest(options, current_data_digest(images["source"], images["options"]))
    prepared = KINDS[kind_of(source)].module
    code = short_digest([code_digest(prepared), code_digest(find_source(source).module)])
    return data_digest(source, options, code, SOURCE_MEMORY)


def plan_features(images: DataPlan, parameters: Mapping[str, object]) -> DataPlan:
    """Return the plan of the features that a cell's backbone has of images."""
    options = {
        "of": {
            "name": images.name,
            "source": images.source,
            "options": images.options,
            "digest": images.digest,
        },
        "backbone": parameters["backbone"],
        "weights": parameters["weights"],
        "threads": FEATURE_THREADS,
    }
    return DataPlan(
        name=f"{images.name}_{parameters['backbone']}",
        source=FEATURES,
        options=options,
        digest=features_digest(options, images.digest),
    )


def features_digest(options: Mapping[str, Any], images: str) -> str:
    """Return the digest of features: that of their images, backbone, weights, code, libraries."""
    return short_digest(
        {
            "images": images,
            "backbone": options["backbone"],
            "weights": weights_digest(options["backbone"], options["weights"]),
            "threads": options["threads"],
            "code": code_digest(KINDS[FEATURES].module, backbone_module(options["backbone"])),
            "libraries": library_versions(FEATURE_LIBRARIES),
        }
    )
