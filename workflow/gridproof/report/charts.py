"""Charts with hover and zoom: which pictures of the report have them, and their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gridproof.catalogue import Catalogue
from gridproof.draw.inputs import Inputs
from gridproof.kit.style import figure_style
from gridproof.report.page_html import CHART
from gridproof.report.pictures import Picture


def add_charts(
    pictures: list[Picture], inputs: Mapping[str, Inputs], parts: Catalogue
) -> tuple[list[Picture], dict[str, object]]:
    """Return the pictures, those with a chart naming its data, and these data by name.

    `inputs` are those of the figures, by experiment. The numbers of a chart are the figure's own.
    """
    shown: list[Picture] = []
    data: dict[str, object] = {}
    for picture in pictures:
        if picture.experiment is not None and parts.figure(picture.figure).has_chart:
            name = f"chart-{picture.experiment}-{picture.figure}"
            chart = parts.load("figures", picture.figure).chart
            with figure_style():
                panels = chart(inputs[picture.experiment])
            data[name] = {"kind": CHART, "panels": panels}
            picture = replace(picture, image=replace(picture.image, enhancement=name))
        shown.append(picture)
    return shown, data
