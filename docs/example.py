"""Write docs/example/, and README's pictures and opening, from the finished default study.

make example    # runs the study first where it is not up to date
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from gridproof.report.embed import webp

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
EXAMPLE = ROOT / "docs" / "example"
IMAGES = ROOT / "docs" / "images"
README = ROOT / "README.md"
STATEMENTS = "<!-- from docs/example/report.md: make example -->\n"
CAPTION = "<!-- of the animation in docs/example/report.md: make example -->\n"
END = "<!-- end -->\n"
WRONG = "### What the published study gets wrong about itself\n"
N_SHOWN = 3
"""So many of the statements does README show, the first of the report's list."""
OPENED = "bn-loss"
"""The claim whose phrase README shows with its evidence open."""

STILL = re.compile(r"\]\(\.\./figures/([^)]+)\.png\)")
ANIMATION = re.compile(
    r"network depth (\d+), width (\d+), seed (\d+), [^]]*?([\d.]+) after epoch (\d+)\.\]"
    r"\(figures/shape/sharpening\.gif\)"
)
FIGURE = re.compile(r"\]\(\.\./figures/([^)]+)\)")
MAX_BYTES = 9_000_000
WINDOW_PX = (1280, 900)
WIDTH_PX, QUALITY = 880, 70
"""Of the figures beside report.md."""


def write_example() -> None:
    """Copy the report as page and as Markdown with the figures beside it; check the bytes."""
    shutil.rmtree(EXAMPLE, ignore_errors=True)
    EXAMPLE.mkdir(parents=True)
    shutil.copyfile(RESULTS / "report" / "index.html", EXAMPLE / "index.html")
    text = (RESULTS / "report" / "report.md").read_text(encoding="utf-8")
    for name in sorted(set(FIGURE.findall(text))):
        copy_figure(RESULTS / "figures" / name, EXAMPLE / "figures" / name)
    shutil.copyfile(RESULTS / "report" / "workflow.svg", EXAMPLE / "workflow.svg")
    text = STILL.sub(r"](figures/\1.webp)", text)
    (EXAMPLE / "report.md").write_text(FIGURE.sub(r"](figures/\1)", text), encoding="utf-8")
    size = sum(file.stat().st_size for file in EXAMPLE.rglob("*") if file.is_file())
    print(f"docs/example: {size / 1e6:.1f} MB")
    if size > MAX_BYTES:
        raise SystemExit(f"docs/example: {size} bytes, expected at most {MAX_BYTES}")


def copy_figure(source: Path, target: Path) -> None:
    """Copy a figure; a still one as WebP, as wide as GitHub shows it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".png":
        target.with_suffix(".webp").write_bytes(webp(source, QUALITY, WIDTH_PX))
    else:
        shutil.copyfile(source, target)


def write_pictures() -> None:
    """Copy the animation, and take pictures of the page: its top, and a phrase's evidence.

    Raises
    ------
    SystemExit : there is no Chromium to take it with.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("docs/example.py: found no chromium in PATH; apt install chromium")
    shutil.copyfile(RESULTS / "figures/shape/sharpening.gif", IMAGES / "sharpening.gif")
    page = (EXAMPLE / "index.html").as_uri()
    width, height = WINDOW_PX
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        shot = Path(folder) / "report.png"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
        view.goto(page)
        view.screenshot(path=shot)
        (IMAGES / "report.webp").write_bytes(webp(shot, QUALITY))
        view.locator(f"a.phrase[data-claim='{OPENED}']").nth(1).hover()
        view.screenshot(path=shot)
        (IMAGES / "evidence.webp").write_bytes(webp(shot, QUALITY))
        browser.close()


def wrong_statements(report: str) -> list[str]:
    """Return the first items of the report's list of the published study's own mistakes."""
    _, found, rest = report.partition(WRONG)
    if not found:
        raise SystemExit("results/report/report.md: no list of what is wrong in print")
    section = rest.partition("\n#")[0]
    items = [" ".join(item.split()) for item in re.split(r"^- ", section, flags=re.M)[1:]]
    return [item.replace("](#", "](docs/example/report.md#") for item in items[:N_SHOWN]]


def caption(report: str) -> str:
    """Return what README says of the animation, from its text in the report."""
    shown = ANIMATION.search(report)
    if shown is None:
        raise SystemExit("results/report/report.md: no animation with depth, width, seed, accuracy")
    depth, width, seed, accuracy, epochs = shown.groups()
    return (
        "*The borders of Europe as a network learns them from longitude and latitude alone: "
        f"{depth} hidden layers of {width} units,\n"
        f"{epochs} epochs, seed {seed}, test accuracy {accuracy}. It is the figure `sharpening` of "
        "the experiment `shape` in `make report`.*\n"
    )


def replaced(text: str, begin: str, content: str) -> str:
    """Return README with other content between a mark and the next end."""
    before, found, rest = text.partition(begin)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise SystemExit(f"README.md: the marks {begin!r} and {END!r} are not there")
    return f"{before}{begin}{content}{end}{after}"


def write_opening() -> None:
    """Put the statements and the caption into README between their marks."""
    report = (EXAMPLE / "report.md").read_text(encoding="utf-8")
    listed = "".join(f"- {item}\n" for item in wrong_statements(report))
    text = replaced(README.read_text(encoding="utf-8"), STATEMENTS, listed)
    README.write_text(replaced(text, CAPTION, caption(report)), encoding="utf-8")


if __name__ == "__main__":
    write_example()
    write_pictures()
    write_opening()
