"""Markdown to one self-contained HTML page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from gridproof.judge.outcomes import JUDGED
from gridproof.report.embed import data_uri

VERDICT = re.compile(
    r"(?P<supported>supported)|(?P<contradicted>contradicted)|(?P<undecided>undecided)"
    r"|(?P<untested>cannot be tested|failed)"
)
TO_CLAIM = "#claim-"
TITLE = re.compile(r"(?P<id>[a-z0-9.-]+): (?P<verdict>[a-z ]+)(?:, judged (?P<judged>.*))?")
"""How links to claims are titled, see gridproof.report.phrases."""
SCRIPTS = ("page.js", "tables.js", "explorer.js", "evidence.js")
"""What every page runs, in this order; without scripts everything can be read all the same."""

FEW_WORDS = 24
"""Letters of a table's cell that stay on one line."""

CHART = "chart"
"""The `kind` of data that a chart is drawn from."""

CHART_SCRIPTS = ("vendor/uPlot.js", "charts.js")
CHART_STYLE = "vendor/uPlot.css"
"""What a page with charts runs and looks like besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What the page shows for a reference: a still, or an animation where things may move.

    `enhancement` names the data (see `render_page`) from which a script makes more of it. A drawing
    is shown no wider than its words need.
    """

    still: Path
    animation: Path | None = None
    enhancement: str | None = None
    is_drawing: bool = False


def render_page(
    markdown: str,
    *,
    title: str,
    images: Mapping[str, Image],
    environment: Environment,
    data: Mapping[str, object],
) -> str:
    """Return the page of a Markdown text; formulas between dollars become MathML.

    Parameters
    ----------
    images : what the text's image references stand for; every one is embedded.
    environment : finds `layout.html.j2`, `style.css` and the scripts; must escape HTML.
    data : what scripts read, by name; each becomes a JSON block with the name as its id.
    """
    parser = markdown_parser()
    tokens = parser.parse(markdown)
    contents = _name_headings(tokens)
    _mark_words(tokens)
    tokens = _fold(_make_figures(tokens, images))
    body = parser.renderer.render(tokens, parser.options, {})
    body = body.replace('<div class="math block">', '<div class="math block" tabindex="0">')
    body = body.replace("<table>", '<div class="table" tabindex="0"><table>')
    body = body.replace("</table>", "</table></div>")
    layout = environment.get_template("layout.html.j2")
    charts = any(isinstance(item, Mapping) and item.get("kind") == CHART for item in data.values())
    styles = ("style.css", CHART_STYLE) if charts else ("style.css",)
    scripts = (*SCRIPTS, *CHART_SCRIPTS) if charts else SCRIPTS
    return (
        layout.render(
            title=title,
            body=body,
            style="\n".join(_source(environment, name) for name in styles),
            scripts=[_source(environment, name) for name in scripts],
            data={name: script_json(content) for name, content in data.items()},
            contents=contents,
        )
        + "\n"
    )


def _source(environment: Environment, name: str) -> str:
    """Return a file beside the templates as it is: a script is no template."""
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].rstrip()


def script_json(content: object) -> str:
    """Return JSON that may stand inside a `script` element: no tag can end or open in it."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def markdown_parser() -> MarkdownIt:
    """Return the parser of the report's Markdown: CommonMark, tables and formulas, no HTML."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("code_inline", _code_or_badge)
    parser.add_render_rule("link_open", _link)
    return parser.use(dollarmath_plugin, renderer=_math)


def _code_or_badge(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, *rest: object
) -> str:
    """Return inline code; a verdict becomes a badge with a sign before it, not by colour alone."""
    text = tokens[index].content
    verdict = VERDICT.fullmatch(text)
    if verdict is None:
        return f"<code>{escape(text)}</code>"
    return f'<span class="verdict {verdict.lastgroup}">{escape(text)}</span>'


def verdict_kind(verdict: str) -> str:
    """Return the class of a verdict; empty if the text is none."""
    found = VERDICT.fullmatch(verdict)
    return (found and found.lastgroup) or ""


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Return a link; one to a claim carries verdict and claim, which its title says.

    A link that is nothing but a sign is a dot, which stands for a whole statement.
    """
    token = tokens[index]
    said = TITLE.fullmatch(str(token.attrs.get("title", "")))
    if said is not None and str(token.attrs.get("href", "")).startswith(TO_CLAIM):
        judged = [kind for kind, words in JUDGED.items() if words and words == said["judged"]]
        shape = "dot" if len(tokens[index + 1].content) == 1 else "phrase"
        token.attrSet("class", " ".join([shape, verdict_kind(said["verdict"]), *judged]))
        token.attrSet("data-claim", said["id"])
    return renderer.renderToken(tokens, index, options, env)


def _math(formula: str, options: Mapping[str, bool]) -> str:
    return convert(formula.strip(), display="block" if options["display_mode"] else "inline")


def heading_id(text: str) -> str:
    """Return the id that GitHub gives a heading, so that links work in both forms."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _name_headings(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Give headings ids; return id and text of those of the second level."""
    used: dict[str, int] = {}
    contents = []
    for heading, inline in pairwise(tokens):
        if heading.type != "heading_open":
            continue
        text = _plain(inline)
        name = heading_id(text)
        used[name] = used.get(name, 0) + 1
        unique = name if used[name] == 1 else f"{name}-{used[name] - 1}"
        heading.attrSet("id", unique)
        if heading.tag == "h2":
            contents.append((unique, text))
    return contents


def _mark_words(tokens: Sequence[Token]) -> None:
    """Give the cells of tables that hold more than a few words a class, so that they may wrap."""
    for opened, inline in pairwise(tokens):
        if opened.type == "td_open" and len(_plain(inline)) > FEW_WORDS and " " in inline.content:
            opened.attrJoin("class", "words")


def _plain(inline: Token) -> str:
    return "".join(
        child.content
        for child in inline.children or []
        if child.type in ("text", "text_special", "code_inline")
    )


def _make_figures(tokens: list[Token], images: Mapping[str, Image]) -> list[Token]:
    """Turn each image paragraph and the paragraph in italics after it into a figure."""
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        image = _only_child(tokens, index, "image")
        if image is None:
            made.append(tokens[index])
            index += 1
            continue
        index += 3
        caption = ""
        if _is_emphasised(tokens, index):
            caption = _plain(tokens[index + 1])
            index += 3
        picture = _picture(images[str(image.attrs["src"])], _plain(image))
        more = images[str(image.attrs["src"])].enhancement
        attribute = f' data-enhancement="{escape(more)}"' if more else ""
        caption = escape(caption)
        figure = f"<figure{attribute}>{picture}<figcaption>{caption}</figcaption></figure>\n"
        made.append(_html(figure))
    return made


def _fold(tokens: list[Token]) -> list[Token]:
    """Turn each heading of the fourth level, and what is below it, into details that open.

    Those of a section stand in one row, and say only what their headings add to the section's.
    """
    made: list[Token] = []
    section, opened = "", False
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "heading_open":
            text = _plain(tokens[index + 1])
            if token.tag == "h4":
                made.append(_html("</details>\n" if opened else '<div class="folds">\n'))
                made.append(_html(_details(str(token.attrs["id"]), text, section)))
                opened = True
                index += 3
                continue
            if opened:
                made.append(_html("</details>\n</div>\n"))
            section, opened = text, False
        made.append(token)
        index += 1
    return [*made, _html("</details>\n</div>\n")] if opened else made


def _details(name: str, text: str, section: str) -> str:
    """Return the start of details; a heading that begins with the section's shows the rest."""
    before = f"{section}: "
    rest = text.removeprefix(before)
    hidden = f'<span class="unseen">{escape(before)}</span>' if rest != text else ""
    return f'<details id="{escape(name)}"><summary>{hidden}{escape(rest)}</summary>\n'


def _html(text: str) -> Token:
    token = Token("html_block", "", 0)
    token.content = text
    return token


def _picture(image: Image, alt: str) -> str:
    """Return an image; of one that moves both forms, of which `style.css` shows one at a time.

    Not a `picture` of two sources: browsers do not change the source when they print.
    """
    still = f'src="{data_uri(image.still)}" alt="{escape(alt)}"'
    if image.animation is None:
        return f'<img class="drawing" {still}>' if image.is_drawing else f"<img {still}>"
    moving = f'src="{data_uri(image.animation)}" alt="{escape(alt)}"'
    return f'<img class="moving" {moving}><img class="still" {still}>'


def _only_child(tokens: Sequence[Token], index: int, kind: str) -> Token | None:
    if tokens[index].type != "paragraph_open":
        return None
    children = tokens[index + 1].children or []
    return children[0] if len(children) == 1 and children[0].type == kind else None


def _is_emphasised(tokens: Sequence[Token], index: int) -> bool:
    if index >= len(tokens) or tokens[index].type != "paragraph_open":
        return False
    kinds = [child.type for child in tokens[index + 1].children or []]
    return len(kinds) > 2 and kinds[0] == "em_open" and kinds[-1] == "em_close"
