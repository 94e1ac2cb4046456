import base64
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gridproof.kit.markdown import escape
from gridproof.report.page_html import Image, render_page
from gridproof.report.template_environments import html_environment
from report.conftest import TEMPLATES


def page(markdown: str, images: dict[str, Image] | None = None) -> str:
    """Return the page of some Markdown."""
    environment = html_environment([TEMPLATES])
    return render_page(markdown, title="T", images=images or {}, environment=environment, data={})


def test_formulas_become_mathml():
    """A formula needs no script and no font from outside."""
    text = page("Inline $n_1$.\n\n$$\\binom{16}{2} = 120$$\n")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">' in text
    assert 'display="block"' in text
    assert "<mn>120</mn>" in text
    assert "$" not in text.split("<script")[0]


def test_escaped_dollars_are_no_formula():
    """A title with two prices stays text."""
    text = page(str(escape("from $5 to $6")))
    assert "<p>from $5 to $6</p>" in text
    assert "<math" not in text


def test_picture_of_points_keeps_its_pixels_in_a_fifth_of_the_bytes(tmp_path: Path):
    """The page holds a WebP of a PNG: the same size, and colours that nobody tells apart."""
    rows, columns = np.mgrid[:200, :300]
    drawn = np.stack([rows, columns % 256, 60 + 50 * np.hypot(rows, columns) // 200], axis=-1)
    png = tmp_path / "a.png"
    PIL.Image.fromarray(drawn.astype(np.uint8)).save(png)
    text = page("![alt](a.png)\n", {"a.png": Image(still=png)})
    encoded = text.split('src="data:image/webp;base64,')[1].split('"')[0]
    with PIL.Image.open(BytesIO(base64.b64decode(encoded))) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    assert shown.shape == drawn.shape
    assert np.abs(shown - drawn).mean() < 2
    assert len(encoded) < png.stat().st_size


def test_animation_gives_way_to_its_still(tmp_path: Path):
    """In print, and for who wants no motion, the page shows the still."""
    still, moving = tmp_path / "a.png", tmp_path / "a.gif"
    PIL.Image.new("RGB", (4, 3), "teal").save(still)
    moving.write_bytes(b"moving")
    text = page("![alt](a.gif)\n\n*Caption.*\n", {"a.gif": Image(still=still, animation=moving)})
    assert '<img class="moving" src="data:image/gif;base64,' in text
    assert '<img class="still" src="data:image/webp;base64,' in text
    rules = " ".join(text.split())
    shown = "figure img.still { display: block; } figure img.moving { display: none; }"
    assert f"@media print, (prefers-reduced-motion: reduce) {{ {shown} }}" in rules


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        ("supported", "supported"),
        ("contradicted", "contradicted"),
        ("undecided", "undecided"),
        ("cannot be tested", "untested"),
    ],
)
def test_verdicts_become_badges(verdict, kind):
    """A verdict in code is one; other code stays code."""
    found = page(f"`{verdict}` and `supported by`")
    assert f'<span class="verdict {kind}">{verdict}</span>' in found
    assert "<code>supported by</code>" in found


def test_folds_of_a_section_stand_in_one_row_and_say_what_they_add_to_it():
    """The title is there for who cannot see the row; another heading ends it."""
    below = "#### One & two: numbers\n\na\n\n#### Others\n\nb\n\n## Next\n\nc\n"
    text = page(f"## One & two\n\nText.\n\n{below}")
    row = text.split('<div class="folds">')[1].split("</div>")[0]
    summaries = re.findall("<summary>(.*?)</summary>", row)
    assert summaries == ['<span class="unseen">One &amp; two: </span>numbers', "Others"]
    assert row.count("<details ") == row.count("</details>") == 2
    assert "<p>b</p>" in row
    assert "<p>c</p>" not in row
    assert text.count('<div class="folds">') == 1
