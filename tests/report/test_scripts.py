"""The page's scripts in a real browser: headless Chromium, from a file, without a network."""

import re
import shutil
import subprocess

import pytest

from figures.synthetic import synthetic_cell

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium"),
]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--enable-logging=stderr",
)
CLICK = """
<script>
const header = document.querySelectorAll(".table th")[%d];
for (let click = 0; click < %d; click += 1) header.querySelector("button").click();
</script>
"""
FILTER = """
<script>
const input = document.querySelector(".filter input");
input.value = "seven";
input.dispatchEvent(new Event("input"));
</script>
"""


@pytest.fixture
def browse(tmp_path):
    """Return a function that opens a page and returns what it looks like once scripts have run."""

    def opened(page):
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'user'}", "--dump-dom"]
        result = subprocess.run(
            [*command, file.as_uri()], capture_output=True, text=True, timeout=90, check=True
        )
        assert "CONSOLE" not in result.stderr
        return result.stdout

    return opened


def with_script(page, script):
    """Return a page with a script at its end."""
    return page.replace("</body>", f"{script}</body>")


def test_page_gets_its_controls_without_an_error(study, browse):
    """Sortable headers, links to headings, copy buttons, larger figures, colours."""
    study.add("learning_rate", [synthetic_cell("one"), synthetic_cell("two", position=1)])
    study.build()
    found = browse(study.page)
    for name in ("sort", "anchor", "copy", "larger", "theme", "gallery"):
        assert f'class="{name}"' in found, name
    assert 'data-theme="system"' in found


@pytest.mark.parametrize("clicks", [1, 2])
def test_table_sorts_by_number(browse, clicks):
    """Up at the first click, down at the second; a spread and a power of ten are no obstacle."""
    from report.test_html import page

    rows = "| a | 10.5 ± 0.1 |\n| b | 7.0e-14 |\n| c | 1,234 |\n| d |  |\n| e | -2 |\n"
    found = browse(with_script(page(f"| name | value |\n|---|---:|\n{rows}"), CLICK % (1, clicks)))
    order = re.findall(r"<td>(\w)</td>", found)
    assert order == (["e", "b", "a", "c", "d"] if clicks == 1 else ["c", "a", "b", "e", "d"])
    assert f'aria-sort="{"ascending" if clicks == 1 else "descending"}"' in found


def test_long_table_filters_its_rows(browse):
    """What is typed hides the other rows, and their number is said."""
    from report.test_html import page

    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "seventy")
    rows = "".join(f"| {word} | 1 |\n" for word in words)
    found = browse(with_script(page(f"| name | value |\n|---|---:|\n{rows}"), FILTER))
    assert "2 of 10 rows" in found
    assert len(re.findall(r"<tr hidden", found)) == 8
