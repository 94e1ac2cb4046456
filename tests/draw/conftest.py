from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from draw.synthetic import write_data, write_slice
from draw.synthetic_images import (
    Model,
    seventeen,
    write_comparison,
    write_images,
    write_trees,
)
from gridproof.catalogue import catalogue
from gridproof.draw.inputs import Inputs
from gridproof.plan.job_plans import FigureJob
from gridproof.tables.members import load_slice

ROOT = Path(__file__).parents[2]
PARTS = catalogue((str(ROOT / "study"),))
"""The figures of the package, and the maps of the default study."""


def job_of(
    name: str,
    data_dir: Path,
    tables: Path | None = None,
    weights: Mapping[str, Path] | None = None,
) -> FigureJob:
    """Return what a job is told that draws a figure."""
    figure = PARTS.figure(name)
    return FigureJob(
        name=name,
        module=figure.module,
        function=figure.function,
        raster=figure.raster,
        animated=figure.animated,
        tables=tables,
        data=data_dir,
        weights=weights or {},
    )


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Prepared data of four classes."""
    return write_data(tmp_path / "data")


@pytest.fixture
def make_slice(tmp_path: Path) -> Callable[..., Path]:
    """Write the slice of an experiment."""

    def make(*cells: dict[str, pd.DataFrame], name: str = "learning_rate") -> Path:
        return write_slice(tmp_path / "tables" / name, list(cells))

    return make


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepared images."""
    return write_images(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint of boosted trees that learned from column 3."""
    return write_trees(tmp_path_factory.mktemp("trees") / "checkpoint.safetensors", column=3)


@pytest.fixture
def given_models(tmp_path: Path, images: Path, trees: Path) -> Callable[..., Inputs]:
    """A function that returns what a figure of some models is drawn from."""

    def make(models: Sequence[Model], experiment: str = "real_or_fake") -> Inputs:
        tables = load_slice(write_comparison(tmp_path / "tables", models, experiment))
        weights = {member.cell: trees for member in tables.members()}
        return Inputs(tables=tables, data_dir=images, weights=weights)

    return make


@pytest.fixture
def compared(given_models: Callable[..., Inputs]) -> Inputs:
    """The comparison of seventeen models."""
    return given_models(seventeen())
