"""The figures by the name a user types in `figures:`; modules are imported only when drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast

from gridproof.errors import GridproofError, nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

    from gridproof.draw.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureEntry:
    """One kind of figure.

    `module` holds `function(inputs) -> Figure` and `describing(inputs) -> str`, the text that says
    what the figure shows to someone who cannot see it. A figure of level `study` shows the data
    alone; one of level `experiment` shows the slice of one experiment, whose cells are of one of
    `families`, and, if `needs_checkpoints`, its cells' final weights. `raster` figures hold a map
    and are embedded as PNG. The module of an `animated` one also holds `frames(inputs)`, images of
    equal size; its cells' checkpoints are those of every epoch, `history.safetensors`.
    """

    name: str
    module: str
    function: str
    description: str
    describing: str = "describe"
    level: Literal["experiment", "study"] = "experiment"
    needs_checkpoints: bool = False
    raster: bool = False
    animated: bool = False
    families: tuple[str, ...] = ("mlp",)

    def draw(self, inputs: Inputs) -> Figure:
        """Return the figure of these inputs."""
        return self._attribute(self.function)(inputs)

    def describe(self, inputs: Inputs) -> str:
        """Return one or more sentences that state what the figure of these inputs shows."""
        return self._attribute(self.describing)(inputs)

    def frames(self, inputs: Inputs) -> Iterator[Image]:
        """Yield the frames of an animated figure of these inputs."""
        return cast("Iterator[Image]", self._attribute("frames")(inputs))

    def _attribute(self, name: str) -> Callable[[Inputs], Any]:
        return getattr(import_module(self.module), name)


IMAGE_FAMILIES = ("cnn", "probe", "xgboost")

FIGURES: dict[str, FigureEntry] = {
    entry.name: entry
    for entry in (
        FigureEntry(
            name="curves",
            module="gridproof.parts.figures.curves",
            function="loss_by_epoch",
            description="validation loss by epoch, one line a cell",
            families=("mlp", "dry"),
        ),
        FigureEntry(
            name="splits",
            module="gridproof.parts.figures.splits",
            function="splits_by_epoch",
            description="loss and accuracy by epoch of train, val and test, one row a cell",
        ),
        FigureEntry(
            name="accuracy_by_step",
            module="gridproof.parts.figures.accuracy_by_step",
            function="accuracy_by_step",
            description="validation accuracy by epoch and by optimizer step, one line a cell",
        ),
        FigureEntry(
            name="batch_loss",
            module="gridproof.parts.figures.batch_loss",
            function="loss_by_batch",
            description="loss of the batches, and its variance by batch size",
        ),
        FigureEntry(
            name="extremes",
            module="gridproof.parts.figures.extremes",
            function="best_and_worst",
            description="curves and map of the cells with the lowest and the highest loss",
            needs_checkpoints=True,
            raster=True,
        ),
        FigureEntry(
            name="depth",
            module="gridproof.parts.figures.shape_effect",
            function="accuracy_by_depth",
            description="final accuracy by depth, among cells that differ in nothing else",
            describing="describe_depth",
        ),
        FigureEntry(
            name="width",
            module="gridproof.parts.figures.shape_effect",
            function="accuracy_by_width",
            description="final accuracy by width, among cells that differ in nothing else",
            describing="describe_width",
        ),
        FigureEntry(
            name="gradient_norms",
            module="gridproof.parts.figures.gradient_norms",
            function="norms_by_layer",
            description="squared norm of the gradient by layer and by epoch, one row a cell",
        ),
        FigureEntry(
            name="dead_relus",
            module="gridproof.parts.figures.dead_units",
            function="dead_share_by_layer",
            description="share of dead units in each layer, before training and after it",
        ),
        FigureEntry(
            name="regions",
            module="gridproof.parts.figures.region_counts",
            function="regions_by_cell",
            description="number of linear regions of each cell's networks",
        ),
        FigureEntry(
            name="auroc",
            module="gridproof.parts.figures.auroc_by_epoch",
            function="auroc_by_epoch",
            description="validation accuracy and AUROC by epoch, one row a cell",
        ),
        FigureEntry(
            name="boundaries",
            module="gridproof.parts.figures.boundaries",
            function="boundaries_by_cell",
            description="what each cell predicts over the map, one panel a cell",
            needs_checkpoints=True,
            raster=True,
        ),
        FigureEntry(
            name="borders",
            module="gridproof.parts.figures.borders",
            function="borders_of_best_cell",
            description="what the best cell predicts over the map, large",
            needs_checkpoints=True,
            raster=True,
        ),
        FigureEntry(
            name="sharpening",
            module="gridproof.parts.figures.sharpening",
            function="borders_by_epoch",
            description="the borders that the best cell draws, epoch by epoch, animated",
            needs_checkpoints=True,
            raster=True,
            animated=True,
        ),
        FigureEntry(
            name="ranking",
            module="gridproof.parts.figures.ranking",
            function="accuracy_by_model",
            description="test accuracy of all models, the best first, with intervals",
            families=IMAGE_FAMILIES,
        ),
        FigureEntry(
            name="accuracy_by_rate",
            module="gridproof.parts.figures.accuracy_by_rate",
            function="accuracy_by_rate",
            description="test accuracy by learning rate, one line a baseline",
            families=IMAGE_FAMILIES,
        ),
        FigureEntry(
            name="roc",
            module="gridproof.parts.figures.roc",
            function="roc_of_best",
            description="ROC curve of the best model of each baseline",
            families=IMAGE_FAMILIES,
        ),
        FigureEntry(
            name="calibration",
            module="gridproof.parts.figures.calibration",
            function="reliability_of_best",
            description="share of real images by score, of the best model of each baseline",
            families=IMAGE_FAMILIES,
        ),
        FigureEntry(
            name="loss_by_step",
            module="gridproof.parts.figures.loss_by_step",
            function="loss_by_step",
            description="loss of the batches by optimizer step, one line a cell",
            families=("cnn", "probe"),
        ),
        FigureEntry(
            name="misclassified",
            module="gridproof.parts.figures.misclassified",
            function="mistakes_of_extremes",
            description="images that the best and the worst model are most surely wrong about",
            raster=True,
            families=IMAGE_FAMILIES,
        ),
        FigureEntry(
            name="missed_by_all",
            module="gridproof.parts.figures.missed_by_all",
            function="missed_by_all_models",
            description="images that all models get wrong",
            raster=True,
            families=IMAGE_FAMILIES,
        ),
        FigureEntry(
            name="pixel_importance",
            module="gridproof.parts.figures.pixel_importance",
            function="importance_by_pixel",
            description="share of the gain that boosted trees have of each pixel",
            needs_checkpoints=True,
            raster=True,
            families=("xgboost",),
        ),
        FigureEntry(
            name="map",
            module="gridproof.parts.figures.places",
            function="places_by_class",
            description="the data: every place on the map, coloured by its class",
            level="study",
            raster=True,
        ),
        FigureEntry(
            name="contact_sheet",
            module="gridproof.parts.figures.contact_sheet",
            function="images_by_split",
            description="the data: some real and some fake images of each split",
            level="study",
            raster=True,
        ),
    )
}


EXPERIMENT_FIGURES = tuple(entry.name for entry in FIGURES.values() if entry.level == "experiment")
"""The names that an experiment may list."""

EXPLORED_FIGURES = ("extremes", "boundaries", "borders", "sharpening")
"""The maps below which the page may show sliders over depth, width and epoch."""


def explored_figure(
    figures: Sequence[str], parameters: Sequence[Mapping[str, object]]
) -> str | None:
    """Return the figure of an experiment below which the page shows sliders; None for no sliders.

    `parameters` are those of the experiment's cells. Sliders need a map among `figures`, and no
    two cells that share depth and width; of a single cell they show the epochs alone.
    """
    if not all({"depth", "width"} <= set(cell) for cell in parameters):
        return None
    shapes = {(cell["depth"], cell["width"]) for cell in parameters}
    if len(shapes) < len(parameters):
        return None
    return next((figure for figure in EXPLORED_FIGURES if figure in figures), None)


def find_figure(name: str) -> FigureEntry:
    """Return the entry called `name`.

    Raises
    ------
    GridproofError
        If there is none; the message lists the names.
    """
    try:
        return FIGURES[name]
    except KeyError:
        raise GridproofError(
            f"no figure is called {name!r}{nearest(name, FIGURES)}"
            f" (figures: {', '.join(sorted(FIGURES))})"
        ) from None
