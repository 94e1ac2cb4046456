"""The environment of the report's templates: what is undefined stops the build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)

from gridproof.errors import GridproofError
from gridproof.judge.judging import LEVEL
from gridproof.kit.markdown import code, escape, listed, table
from gridproof.kit.quantity import (
    Quantity,
    change,
    decimal,
    percent,
    scientific,
    signed,
    thousands,
)
from gridproof.report.cell_cards import cards_table
from gridproof.report.citations import Citations
from gridproof.report.claim_views import claims_table
from gridproof.report.condition_words import SMALLEST_DECIMAL, number
from gridproof.report.page_html import heading_id


def markdown_environment(folders: Sequence[Path], citations: Citations) -> Environment:
    """Return the environment of Markdown templates; text from outside goes through `| md`.

    A template is taken from the first of the folders that has one of its name.
    """
    environment = Environment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(
        md=escape,
        code=code,
        listed=listed,
        decimal=decimal,
        signed=signed,
        thousands=thousands,
        percent=percent,
        change=change,
        scientific=scientific,
        counted=counted,
        anchor=heading_id,
        small=small,
    )
    environment.globals.update(
        table=table,
        cards_table=cards_table,
        claims_table=claims_table,
        number=number,
        level=LEVEL,
        cite=citations.cite,
        references=citations.listed,
        decimal=decimal,
        thousands=thousands,
        scientific=scientific,
    )
    return environment


def counted(quantity: Quantity) -> str:
    """Write a quantity of counts."""
    return quantity.written(thousands)


def small(p_value: float) -> str:
    """Write a p-value: three decimals, a power of ten below."""
    return decimal(p_value) if p_value >= SMALLEST_DECIMAL else scientific(p_value)


def html_environment(folders: Sequence[Path]) -> Environment:
    """Return the environment of the HTML layout; everything but the body is escaped."""
    return Environment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=lambda name: name is not None and name.endswith((".html.j2", ".svg.j2")),
    )


def has_template(environment: Environment, name: str) -> bool:
    """Tell whether there is a template of this name."""
    assert environment.loader is not None
    try:
        environment.loader.get_source(environment, name)
    except TemplateNotFound:
        return False
    return True


def render_text(environment: Environment, text: str, context: Mapping[str, Any]) -> str:
    """Render a paragraph; GridproofError if it is malformed or names something undefined."""
    try:
        return environment.from_string(text).render(**context)
    except TemplateSyntaxError as error:
        raise GridproofError(f"line {error.lineno} of a paragraph: {error.message}") from error
    except UndefinedError as error:
        raise GridproofError(str(error.message)) from error


def render(environment: Environment, name: str, context: Mapping[str, Any]) -> str:
    """Render a template.

    Raises
    ------
    GridproofError
        Naming the template, if it is missing, malformed, or names something undefined.
    """
    try:
        return environment.get_template(name).render(**context)
    except TemplateSyntaxError as error:
        raise GridproofError(f"{error.filename}, line {error.lineno}: {error.message}") from error
    except TemplateNotFound as error:
        raise GridproofError(f"{name}: the template {error.name} is missing") from error
    except UndefinedError as error:
        raise GridproofError(f"{name}: {error.message}") from error
    except GridproofError as error:
        raise GridproofError(f"{name}: {error}") from error
