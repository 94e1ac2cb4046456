"""The page in a real browser: headless Chromium, from a file, without a network."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import PIL.Image
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from draw.synthetic import synthetic_cell
from draw.synthetic_images import seventeen
from report.conftest import new_study
from report.test_html import page as html_page
from report.test_images import add_images

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium"),
]
DESKTOP, PHONE = (1280, 900), (390, 844)
SIZES = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
FRAMES = 3
NOTHING = "\u2013"


def sprite() -> str:
    """Return three frames of 20 x 10 pixels, one below the other, each of another grey."""
    content = BytesIO()
    image = PIL.Image.new("L", (20, 10 * FRAMES))
    for frame in range(FRAMES):
        image.paste(80 * frame, (0, 10 * frame, 20, 10 * frame + 10))
    image.save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def explorer() -> dict[str, object]:
    """Return what the workflow draws for the sliders, of two cells."""
    cells = [
        {
            "label": f"depth {depth}",
            "seed": 0,
            "depth": depth,
            "width": 4,
            "epochs": [0, 1, 2],
            "val_accuracy": [0.1, 0.2, 0.3 * depth],
            "sprite": sprite(),
        }
        for depth in (1, 2)
    ]
    return {"kind": "explorer", "frame": {"width": 20, "height": 10}, "cells": cells}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that has everything: charts, sliders, galleries, claims, formulas, long tables."""
    study = new_study(tmp_path_factory.mktemp("browser"))
    rates = [
        synthetic_cell(
            f"learning_rate {rate}", position=place, final=0.4 + place, learning_rate=rate
        )
        for place, rate in enumerate((1.0, 0.2, 1e-3))
    ]
    rates[1]["epochs"]["steps"] *= 3
    study.add("learning_rate", rates, figures=("curves", "splits", "accuracy_by_step"))
    shapes = [
        synthetic_cell(f"depth {depth}", position=2 + depth, depth=depth, measure=("regions",))
        for depth in (1, 2)
    ]
    study.add("shape", shapes, figures=("boundaries", "extremes"))
    study.add("shallow", [synthetic_cell("shallow", position=5, depth=1, measure=("regions",))])
    (study.root / "figures/shape/explorer.json").write_text(json.dumps(explorer()))
    add_images(study, "real_or_fake", seventeen(), figures=("ranking", "loss_by_step"))
    study.build()
    return study.root / "report" / "index.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser that the machine has, started once."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """A function that opens a file; afterwards there must be no error and no request outside."""
    contexts, told, asked = [], [], []

    def opened(
        file: Path,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        scripts: bool = True,
        unfolded: bool = True,
    ) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            offline=True,
            has_touch=size == PHONE,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        if scripts and unfolded:
            page.evaluate(
                "document.querySelectorAll('details').forEach((item) => item.open = true)"
            )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert told == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(report, visit, size, scheme):
    """axe-core finds nothing, with what opens opened too; the page is no wider than the screen."""
    page = visit(report, size, scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for opener in (".help", ".larger", "summary"):
        page.locator(opener).first.click()
        found = Axe().run(page)
        assert found.violations_count == 0, f"{opener}: {found.generate_report()}"
        page.keyboard.press("Escape")


def test_every_link_leads_to_a_place_on_the_page(report, visit):
    """Navigation, claims, sections, evidence: all targets are there."""
    page = visit(report)
    lost = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1))
              .filter((id) => document.getElementById(decodeURIComponent(id)) === null)"""
    )
    assert lost == []
    assert page.locator('a[href^="#"]').count() > 30


def test_link_to_a_cell_opens_its_card(report, visit):
    """Also when it was followed before and the card was closed again."""
    page = visit(report, unfolded=False)
    table = page.locator("details[id='all-cells']")
    table.locator("summary").click()
    link = table.locator("td a[href^='#cell-']").first
    card = page.locator(f"details[id='{link.get_attribute('href')[1:]}']")
    assert card.get_attribute("open") is None
    for _ in range(2):
        link.click()
        page.wait_for_function("(card) => card.open", arg=card.element_handle())
        assert card.locator("pre").first.is_visible()
        card.locator("summary").click()
        assert card.get_attribute("open") is None


def test_without_scripts_everything_can_be_read(report, visit):
    """Pictures stand where charts would; no control is there that does nothing."""
    page = visit(report, scripts=False)
    assert page.locator("figure img:not(.moving)").first.is_visible()
    assert page.locator("button").count() == 0
    assert page.locator("h2").count() > 5


@pytest.mark.parametrize("size", SIZES)
def test_slider_shows_another_frame(report, visit, size):
    """Moving the epoch changes the drawn map and says what is seen; keys move it."""
    page = visit(report, size)
    canvas, slider = page.locator(".explorer canvas"), page.locator(".explorer input").last
    canvas.scroll_into_view_if_needed()
    before = pixels(canvas)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "document.querySelector('.explorer canvas').dataset.shown.includes('epoch 1')"
    )
    assert pixels(canvas) != before
    assert "epoch 1: validation accuracy 0.200" in page.locator(".explorer output").inner_text()


def pixels(canvas: Locator) -> str:
    """Return what is drawn, as text."""
    return str(canvas.evaluate("(canvas) => canvas.toDataURL()"))


@pytest.mark.parametrize("size", SIZES)
def test_chart_tells_the_numbers_at_a_place(report, visit, size):
    """By pointer or finger, by the slider's keys; the legend hides a line."""
    page = visit(report, size)
    chart = page.locator(".chart").first
    area = chart.locator(".u-over")
    area.scroll_into_view_if_needed()
    values = chart.locator(".legend .value")
    ended = values.all_inner_texts()
    box = area.bounding_box()
    if size == PHONE:
        page.touchscreen.tap(box["x"] + 1, box["y"] + 50)
    else:
        page.mouse.move(box["x"] + 2, box["y"] + 50)
    page.wait_for_function("document.querySelector('.chart output').textContent === 'epoch 0'")
    assert values.all_inner_texts() != ended
    slider = chart.locator("input")
    slider.focus()
    page.keyboard.press("End")
    assert chart.locator("output").inner_text() == "epoch 50"
    assert values.all_inner_texts() == ended
    told = slider.get_attribute("aria-valuetext")
    expected = r"learning_rate 1.0 0\.4\d+ \(0\.\d+ to 0\.\d+, 3 seeds\), in print 3\.260; "
    assert re.search(expected, told)
    line = chart.locator(".legend button").first
    line.click()
    assert line.get_attribute("aria-pressed") == "false"


def test_cell_that_is_hidden_in_a_chart_is_hidden_in_all_of_its_section(report, visit):
    """By its name; charts of other sections keep theirs."""
    page = visit(report)
    pressed = "(b) => b.map((x) => [x.children[1].textContent, x.getAttribute('aria-pressed')])"
    page.locator(".chart .legend button").first.click()
    rows = page.locator(".chart .legend button").evaluate_all(pressed)
    hidden = [name for name, state in rows if state == "false"]
    assert len(hidden) > 1
    assert set(hidden) == {"learning_rate 1.0"}
    page.locator(".chart .legend button").first.click()
    rows = page.locator(".chart .legend button").evaluate_all(pressed)
    assert {state for _, state in rows} == {"true"}


def test_lines_are_named_where_they_end(report, visit):
    """Right of the plot, as long as a line is shown."""
    page = visit(report)
    drawn = page.locator(".chart canvas").first
    inked = """(canvas) => {
      const [plot, right] = [canvas.parentElement.querySelector(".u-over"), canvas.width];
      const from = Math.round((plot.offsetLeft + plot.offsetWidth + 6) * devicePixelRatio);
      const copy = document.createElement("canvas");
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = copy.getContext("2d", { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(from, 0, right - from, canvas.height);
      return data.filter((value, place) => place % 4 === 3 && value > 0).length;
    }"""
    names = drawn.evaluate(inked)
    assert names > 100
    rows = page.locator(".chart").first.locator(".legend button")
    rows.first.click()
    assert 0 < drawn.evaluate(inked) < names
    for row in rows.all()[1:]:
        row.click()
    assert drawn.evaluate(inked) < 30  # half of the axis' last number


def test_chart_is_larger_in_the_dialog_and_goes_back(report, visit):
    """The chart itself, wider and higher than on the page, with its slider; then in its place."""
    page = visit(report)
    figure = page.locator("figure:has(.chart)").first
    before = figure.locator(".u-over").first.bounding_box()
    figure.locator(".larger", has_text="larger").click()
    dialog = page.locator("dialog.gallery")
    page.wait_for_function("document.querySelector('dialog .u-over').clientHeight > 300")
    larger = dialog.locator(".u-over").first.bounding_box()
    assert larger["width"] > 1.3 * before["width"]
    assert larger["height"] > 1.3 * before["height"]
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog.gallery .chart')")
    page.wait_for_function("document.querySelector('figure .u-over').clientHeight < 300")
    assert figure.locator(".u-over").first.bounding_box()["width"] == before["width"]


@pytest.mark.parametrize("way", ["button", "double click"])
def test_dragging_zooms_and_all_is_shown_again(report, visit, way):
    """The axis of the part that was dragged over, then that of the picture."""
    page = visit(report)
    area, drawn = page.locator(".chart .u-over").first, page.locator(".chart canvas").first
    area.scroll_into_view_if_needed()
    whole = pixels(drawn)
    box = area.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=4)
    page.mouse.up()
    assert pixels(drawn) != whole
    if way == "button":
        page.locator(".chart .whole").first.click()
    else:
        page.mouse.dblclick(box["x"] + 150, box["y"] + 50)
    page.wait_for_function(f"document.querySelector('.chart canvas').toDataURL() === '{whole}'")


@pytest.mark.parametrize("way", ["pointer", "keys"])
def test_legend_makes_the_other_lines_fade(report, visit, way):
    """As long as the pointer, or the keyboard, is at the line's name; no need to tell colours."""
    page = visit(report)
    chart = page.locator(".chart").first
    line, drawn = chart.locator(".legend button").first, chart.locator("canvas")
    line.scroll_into_view_if_needed()
    whole = pixels(drawn)
    if way == "pointer":
        line.hover()
    else:
        chart.locator(".whole").focus()
        page.keyboard.press("Tab")
    page.wait_for_timeout(100)
    assert pixels(drawn) != whole
    if way == "pointer":
        page.mouse.move(0, 0)
    else:
        page.keyboard.press("Shift+Tab")
    page.wait_for_function(f"document.querySelector('.chart canvas').toDataURL() === '{whole}'")


def test_by_step_a_line_keeps_its_last_value_until_its_next(report, visit):
    """Nothing is told of a training that has not begun; one that has ended says where."""
    page = visit(report)
    by_epoch, by_step = page.locator('[data-enhancement$="accuracy_by_step"] .chart').all()
    first_epoch = values_at(by_epoch, place=1)
    told = values_at(by_step, place=3)
    assert by_step.locator("output").inner_text() == "optimizer step 40"
    assert told[1] == first_epoch[1]
    assert values_at(by_step, place=0)[1] == NOTHING
    by_step.locator("input").press("End")
    assert by_step.locator("output").inner_text() == "optimizer step 1,500"
    ended = by_step.locator(".legend .value").all_inner_texts()
    assert ["ended at" in text for text in ended] == [True, False, True]
    assert all(text.startswith("0.") for text in ended)


def values_at(chart: Locator, *, place: int) -> list[str]:
    """Return what a chart says at the place of its slider."""
    chart.locator("input").press("Home")
    for _ in range(place):
        chart.locator("input").press("ArrowRight")
    return chart.locator(".legend .value").all_inner_texts()


def test_picture_comes_back_in_place_of_the_chart(report, visit):
    """Once asked for, and in print in any case, which shows no controls."""
    page = visit(report)
    figure = page.locator("figure:has(.chart)").first
    assert not figure.locator("img").is_visible()
    page.emulate_media(media="print")
    assert figure.locator("img").is_visible()
    assert not figure.locator(".chart").is_visible()
    assert not page.locator("nav").is_visible()
    page.emulate_media(media="screen")
    figure.locator("button", has_text="show the picture").click()
    assert figure.locator("img").is_visible()
    assert not figure.locator(".chart").is_visible()


@pytest.mark.parametrize("size", SIZES)
def test_long_table_filters_its_rows(report, visit, size):
    """What is typed hides the other rows, and their number is said; slash leads there."""
    page = visit(report, size)
    page.keyboard.press("/")
    page.keyboard.type("xgboost")
    shown = page.locator(".filter output").first.inner_text()
    box = page.locator(".filter").first
    assert page.evaluate("document.activeElement.type") == "search"
    total = int(shown.split()[-2])
    assert box.locator("xpath=following-sibling::*[1]").locator("tbody tr:visible").count() < total


@pytest.mark.parametrize("clicks", [1, 2])
def test_table_sorts_by_number(tmp_path, visit, clicks):
    """Up at the first click, down at the second; a spread and a power of ten are no obstacle."""
    rows = "| a | 10.5 ± 0.1 |\n| b | 7.0e-14 |\n| c | 1,234 |\n| d |  |\n| e | -2 |\n"
    file = tmp_path / "page.html"
    file.write_text(html_page(f"| name | value |\n|---|---:|\n{rows}"), encoding="utf-8")
    page = visit(file)
    header = page.locator(".table th").nth(1)
    for _ in range(clicks):
        header.locator("button").click()
    order = page.locator("tbody td:first-child").all_inner_texts()
    assert order == (["e", "b", "a", "c", "d"] if clicks == 1 else ["c", "a", "b", "e", "d"])
    assert header.get_attribute("aria-sort") == ("ascending" if clicks == 1 else "descending")


def test_keys_lead_from_section_to_section(report, visit):
    """j and k go forth and back; a question mark lists the keys, Escape closes the list."""
    page = visit(report)
    seen = []
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
        page.wait_for_timeout(100)
        seen.append(page.evaluate("window.scrollY"))
    assert 0 < seen[0] < seen[1]
    assert seen[2] == seen[0]
    page.keyboard.press("?")
    assert page.locator("dialog.keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog.keys").is_visible()


def test_colours_follow_the_system_until_the_reader_chooses(report, visit):
    """The button goes from the system's to light to dark."""
    page = visit(report, scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.locator(".theme").click()
    light = page.evaluate(background)
    assert light != dark
    page.locator(".theme").click()
    assert page.evaluate(background) == dark


def test_sections_stand_behind_a_button_on_a_phone(report, visit):
    """The button opens them, and a choice closes them again; a desktop needs none."""
    page = visit(report, PHONE)
    link = page.locator("nav a", has_text="Learning rate")
    assert not link.is_visible()
    page.locator(".menu").click()
    assert link.is_visible()
    link.click()
    assert not link.is_visible()
    assert page.url.endswith("#learning-rate")
    assert not visit(report).locator(".menu").is_visible()


def test_first_tab_skips_the_navigation(report, visit):
    """The first link that the keyboard reaches leads to the text."""
    page = visit(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"


def test_figures_open_larger_and_lead_to_the_next(report, visit):
    """A dialog with the figure and its caption; arrows walk through all figures."""
    page = visit(report)
    page.locator(".larger", has_text="larger").first.click()
    dialog = page.locator("dialog.gallery")
    first = dialog.locator("p").inner_text()
    page.keyboard.press("ArrowRight")
    assert dialog.locator("p").inner_text() != first
    page.keyboard.press("ArrowLeft")
    assert dialog.locator("p").inner_text() == first


def test_commands_can_be_copied(report, visit):
    """The button puts the command on the clipboard."""
    page = visit(report)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator("pre", has_text="snakemake --cores all").last
    block.locator("button").click()
    assert page.evaluate("navigator.clipboard.readText()").strip().startswith("snakemake")
