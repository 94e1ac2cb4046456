import pytest
from markdown_it import MarkdownIt

from gridproof.kit.markdown import Markdown, code, escape, listed, table
from gridproof.report.page_html import heading_id


@pytest.mark.parametrize(
    "text",
    [
        "a | b",
        "*stars* and `ticks`",
        "[link](target)",
        "<b>bold</b> &amp; ~~gone~~",
        "_edge_ and in_side",
        "1. list",
        "- list",
        "# heading",
        "2.5 nats",
        "back\\slash",
    ],
)
def test_escaped_text_shows_as_it_is(text):
    """Whatever a user writes in a title reads the same in the report."""
    (paragraph, inline, _) = MarkdownIt("commonmark").enable("table").parse(escape(text))
    assert paragraph.type == "paragraph_open"
    shown = "".join(child.content for child in inline.children)
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    assert shown == text


HOSTILE = [
    "b`![x](http:evil.example.com)`.png",
    "``two`` and ` one",
    "`at both ends`",
    " spaces ",
    "<img src=x onerror=alert(1)>",
    "a\n\n# heading",
    "```",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_code_shows_whatever_a_name_holds(text):
    """No name ends its code span: nothing of it becomes an image, a link or a heading."""
    tokens = MarkdownIt("commonmark").enable("table").parse(f"It is {code(text)}.")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children
    assert [child.type for child in children] == ["text", "code_inline", "text"]
    assert children[1].content == " ".join(text.splitlines())


@pytest.mark.parametrize("text", [*HOSTILE, "a | b", "a \\| b"])
def test_code_in_a_table_stays_in_its_cell(text):
    """A bar or an end of the line in a name opens neither a column nor a row."""
    tokens = MarkdownIt("commonmark").enable("table").parse(table(["x", "y"], [[code(text), 1]]))
    assert sum(token.type == "td_open" for token in tokens) == 2
    assert "image" not in {child.type for token in tokens for child in token.children or ()}


def test_escape_leaves_markdown_alone():
    """What is Markdown already is not escaped twice."""
    assert escape(Markdown("**bold**")) == "**bold**"


def test_table_escapes_its_cells():
    """A bar in a cell does not open a column."""
    text = table(["cell", "loss"], [["a|b", 0.5]])
    assert text.splitlines() == ["| cell | loss |", "| --- | ---: |", "| a\\|b | 0.5 |"]


def test_columns_of_numbers_are_aligned_right_and_words_left():
    """The first column names the rows, whatever is in it; what is empty says nothing."""
    rows = [[1, "tree", "0.7 to 0.8", "", "-1"], [2, "net", ".5", "about 3", ""]]
    rows += [[3, "bush", "diverged", "", "-inf (no)"], [4, "vine", "not measured", "", "none (no)"]]
    text = table(["place", "model", "interval", "note", "change"], rows)
    assert text.splitlines()[1] == "| --- | --- | ---: | --- | ---: |"


def test_listed_joins_labels_that_hold_commas():
    """Labels hold commas, so semicolons part them."""
    assert listed(["a"]) == "a"
    assert listed(["a, b", "c", "d"]) == "a, b; c and d"


def test_heading_id_is_githubs():
    """A link to a section works on GitHub and in the page."""
    assert heading_id("Batch norm: on & off") == "batch-norm-on--off"
