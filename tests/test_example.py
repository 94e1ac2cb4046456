"""The example in docs/ is a whole report of the default study, small, and README's source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridproof.report.stamp import read_stamp
from workspace import REPOSITORY

EXAMPLE = REPOSITORY / "docs" / "example"
MAX_BYTES = 9_000_000
LINK = re.compile(r"\]\(([^)#]+)(?:#([^)]*))?\)")


@pytest.fixture(scope="module")
def report() -> str:
    """The example as Markdown."""
    return (EXAMPLE / "report.md").read_text(encoding="utf-8")


def test_example_is_a_whole_report_of_the_default_study() -> None:
    """The page carries the stamp of config.yaml, of all its cells."""
    stamp = read_stamp(EXAMPLE / "index.html")
    assert (stamp.config, stamp.partial) == ("config.yaml", False)


def test_example_is_under_8_mb() -> None:
    """Page, Markdown and the figures beside it."""
    assert sum(file.stat().st_size for file in EXAMPLE.rglob("*") if file.is_file()) < MAX_BYTES


def test_figures_lie_beside_the_markdown(report: str) -> None:
    """Every file that it shows is there, and there is no other."""
    shown = {name for name, _ in LINK.findall(report) if "://" not in name}
    there = {str(file.relative_to(EXAMPLE)) for file in EXAMPLE.rglob("figures/*/*")}
    there.add("workflow.svg")
    assert shown == there
    assert len(shown) > 30


def test_readme_opens_with_what_the_example_says(report: str) -> None:
    """The statements in README are the report's own, and lead to places that exist."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- from docs/example/report.md: make example -->\n")[2]
    block = block.partition("<!-- end -->")[0]
    items = block.strip().splitlines()
    flat = " ".join(report.split())
    assert len(items) == 3
    for item in items:
        assert item.replace("](docs/example/report.md#", "](#") in flat
    headings = {anchor(line.lstrip("# ")) for line in report.splitlines() if line.startswith("#")}
    targets = [target for _, target in LINK.findall(block)]
    assert targets
    assert set(targets) <= headings


def test_caption_of_the_animation_says_what_the_example_shows(report: str) -> None:
    """The network, its seed and its accuracy are those of the animation in the example."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    caption = readme.partition("of the animation in docs/example/report.md: make example -->\n")[2]
    caption = " ".join(caption.partition("<!-- end -->")[0].split())
    told = re.search(
        r"(\d+) hidden layers of (\d+) units, (\d+) epochs, seed (\d+), test accuracy (\S+)\. ",
        caption,
    )
    assert told is not None
    depth, width, epochs, seed, accuracy = told.groups()
    (text,) = re.findall(r"!\[([^]]*)\]\(figures/shape/sharpening\.gif\)", report)
    assert f"depth {depth}, width {width}, seed {seed}," in text
    assert text.endswith(f"{accuracy} after epoch {epochs}.")


def test_pictures_of_readme_are_there() -> None:
    """README shows the animation, the page and what is measured, each under 2 MB."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r'src="([^"]+)"', readme)
    images = ["sharpening.gif", "report.webp", "evidence.webp"]
    shown = [f"docs/images/{name}" for name in images]
    assert pictures == [*shown, "benchmarks/results.svg"]
    for picture in pictures:
        assert (REPOSITORY / Path(picture)).stat().st_size < 2_000_000


def anchor(heading: str) -> str:
    """Return the id that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
