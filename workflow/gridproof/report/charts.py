"""Charts with hover and zoom: which pictures of the report have them, and their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gridproof.catalogue import Catalogue
from gridproof.draw.inputs import Inputs
from gridproof.kit.style import figure_style
from gridproof.report.page_html import CHART
from gridproof.report.pictures import Picture

Chart = dict[str, Any]
"""What the page's script draws: `kind`, the `section` (an experiment) and its `panels`."""


def add_charts(
    pictures: list[Picture], inputs: Mapping[str, Inputs], parts: Catalogue
) -> tuple[list[Picture], dict[str, Chart]]:
    """Return the pictures, those with a chart naming its data, and these data by name.

    `inputs` are those of the figures, by experiment. The numbers of a chart are the figure's own.
    """
    shown: list[Picture] = []
    data: dict[str, Chart] = {}
    for picture in pictures:
        if picture.experiment is not None and parts.figure(picture.figure).has_chart:
            name = f"chart-{picture.experiment}-{picture.figure}"
            chart = parts.load("figures", picture.figure).chart
            with figure_style():
                panels = chart(inputs[picture.experiment])
            data[name] = {"kind": CHART, "section": picture.experiment, "panels": panels}
            picture = replace(picture, image=replace(picture.image, enhancement=name))
        shown.append(picture)
    return shown, data
