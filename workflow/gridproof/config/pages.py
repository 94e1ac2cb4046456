"""The files made from the declarations: config/schema.json and docs/config.md, by `make docs`.

They hold what any study may say, and what the parts of the default study add to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridproof.catalogue import Catalogue, catalogue
from gridproof.config.fit import figure_misfit
from gridproof.config.json_schema import json_schema, schema_text
from gridproof.config.schema import StudySchema, camel, schema_of
from gridproof.parts_folder import ENGINE_PARTS

DEFAULT_PARTS = ("study",)
SCHEMA_FILE = Path("config/schema.json")
REFERENCE_FILE = Path("docs/config.md")
INTRODUCTION = """\
# The configuration of a study

A study is one YAML file: `config.yaml`, or another one under `config/`. Every key is listed here.
An unknown key, a value of a wrong type or out of its range, and a name that nothing carries stop
the study before anything is trained; the message names the file, the line and the nearest valid
name.

Scalars are read as in YAML 1.2: `1e-3` is a number, only `true` and `false` are switches, `no` and
`1:30` are text.

Data sources, families, measurements and figures are parts: files in `workflow/gridproof/parts/`,
which any study may name, or in a folder of the study's own. Of the latter this page lists those of
the default study, which another study may name where it says `parts: [study]` (all of them, with
the claims), or `parts: [study/data, study/figures]`. The page is made from the declarations of the
parts by `make docs`.
"""
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
LISTED_BELOW = {"measure": "Measurements", "figures": "Figures"}
"""Keys whose values are names of parts, and the headings of the tables of these."""


@dataclass(frozen=True, slots=True)
class PageSection:
    """A table of keys: its heading, a sentence about it, the place of its keys, its definition."""

    title: str
    text: str
    place: str
    definition: str


def sections(schema: StudySchema, document: Mapping[str, Any]) -> Iterator[PageSection]:
    """Yield the tables of keys of the page, in their order."""
    yield PageSection("Study", "", "the top level", "")
    for name in schema.sources:
        yield from source_sections(schema.catalogue, document, name)
    family = schema.default_family or schema.families[0]
    yield PageSection("Experiments", "", "`experiments.<name>`", f"{camel(family)}Experiment")
    yield PageSection("Comparisons", "", "`comparisons.<name>`", "Comparison")
    yield PageSection("Claims", "", "`claims.<id>`", "UserClaim")
    for form in ("compare", "bound", "monotone"):
        place = f"`claims.<id>.{form}`"
        yield PageSection(f"Claims: `{form}`", "", place, form.capitalize())
    place = "`claims.<id>.argmax`, `claims.<id>.argmin`"
    yield PageSection("Claims: `argmax` and `argmin`", "", place, "Extreme")
    yield PageSection("Claims: `within`", "", "`claims.<id>.within`", "Within")
    for family in schema.families:
        yield family_section(schema.catalogue, family)


def source_sections(
    parts: Catalogue, document: Mapping[str, Any], name: str
) -> Iterator[PageSection]:
    """Yield the tables of keys of a data source: its own, and those of sections inside it."""
    source = parts.source(name)
    definition = f"{camel(name)}Source"
    module = parts.module("data", name)
    own = "" if module.startswith(ENGINE_PARTS) else f" They need `parts: [{home(module)}/data]`."
    yield PageSection(
        f"Data: `source: {name}`",
        f"They are prepared as data of the kind `{source.kind}`.{own}",
        "`data.<name>`",
        definition,
    )
    for key, entry in document["$defs"][definition]["properties"].items():
        for inner, place in inner_sections(entry):
            title = f"Data: `source: {name}`, `{key}`"
            yield PageSection(title, "", place.format(f"`data.<name>.{key}`"), inner)


def inner_sections(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the definitions of sections that are a key's value or its items, and their place."""
    places = [(entry, "{}"), *((item, "{}") for item in entry.get("allOf", ()))]
    for option, place in (*places, (entry.get("items", {}), "each item of {}")):
        if "$ref" in option:
            yield option["$ref"].rpartition("/")[2], place


def family_section(parts: Catalogue, name: str) -> PageSection:
    """Return the table of a family's parameters."""
    family = parts.family(name)
    shown = ", ".join(f"`{figure}`" for figure in family.figures) or "none"
    data = f"data of the kind `{family.kind}`"
    if (given := parts.source_kind(name)) != family.kind:
        data += f", which are made of those of the kind `{given}`"
    text = family.description[:1].upper() + family.description[1:]
    return PageSection(
        f"Parameters of the family `{name}`",
        f"{text}. It reads {data}; figures by default: {shown}.",
        f"`defaults.{name}`, `experiments.<name>.set`, each of `experiments.<name>.rows`, and, as "
        "lists of values, `experiments.<name>.sweep`",
        f"{camel(name)}Values",
    )


def reference_page(parts: Catalogue) -> str:
    """Return docs/config.md: a table of keys for each part of the configuration."""
    schema, document = schema_of(parts), json_schema(parts)
    texts = [INTRODUCTION]
    for item in sections(schema, document):
        section = document["$defs"][item.definition] if item.definition else document
        properties = dict(section["properties"])
        if "family" in properties:
            properties["family"] = properties["family"] | {"enum": schema.families}
        rows = "\n".join(table_rows(properties, section.get("required", [])))
        text = f"{item.text}\n\n" if item.text else ""
        head = "| key | value | default | meaning |\n|---|---|---|---|"
        texts.append(f"## {item.title}\n\n{text}Keys of {item.place}.\n\n{head}\n{rows}\n")
    return "\n".join([*texts, measurements_text(parts), figures_text(parts)])


def measurements_text(parts: Catalogue) -> str:
    """Return the table of measurements."""
    rows = [
        f"| `{entry.name}` | {', '.join(entry.families)} | {home(entry.module)} "
        f"| {entry.description} |"
        for entry in map(parts.measurement, parts.names("measurements"))
    ]
    return "\n".join(
        [
            "## Measurements\n\nItems of `experiments.<name>.measure`.\n",
            "| name | families | lies in | what is measured |\n|---|---|---|---|",
            *rows,
            "",
        ]
    )


def figures_text(parts: Catalogue) -> str:
    """Return the table of figures, with the families whose cells each can show."""
    rows = [
        f"| `{entry.name}` | {families_text(parts, entry.name)} | {home(entry.module)} "
        f"| {entry.description} |"
        for entry in map(parts.figure, parts.names("figures"))
        if entry.shows == "experiment"
    ]
    return "\n".join(
        [
            "## Figures\n\nItems of `experiments.<name>.figures` and"
            " `comparisons.<name>.figures`.\n",
            "| name | families | lies in | what it shows |\n|---|---|---|---|",
            *rows,
            "",
        ]
    )


def families_text(parts: Catalogue, figure: str) -> str:
    """Return the families whose cells a figure can show."""
    families = parts.names("families")
    fitting = [name for name in families if not figure_misfit(parts, figure, name)]
    return "any" if len(fitting) == len(families) else ", ".join(fitting)


def home(module: str) -> str:
    """Return where a part lies: the package, or the study's folder."""
    return "package" if module.startswith(ENGINE_PARTS) else module.partition(".")[0]


def table_rows(properties: Mapping[str, Any], required: list[str]) -> Iterator[str]:
    """Yield a row of the table for each key of a section."""
    for name, entry in properties.items():
        default = "required" if name in required else default_text(entry)
        value = value_text(entry)
        if name in LISTED_BELOW and entry.get("type") == "array":
            title = LISTED_BELOW[name]
            value, default = f"list of names, see [{title}](#{title.lower()})", ""
        yield f"| `{name}` | {value} | {default} | {entry['description']} |"


def default_text(entry: Mapping[str, Any]) -> str:
    """Return the default of a key as written in YAML; empty if there is none to write."""
    return f"`{json.dumps(entry['default'])}`" if "default" in entry else ""


def value_text(entry: Mapping[str, Any]) -> str:
    """Return what values a key takes, in words."""
    if "anyOf" in entry:
        return "; or ".join(value_text(option) for option in entry["anyOf"])
    if "enum" in entry:
        return " or ".join(f"`{value}`" for value in entry["enum"])
    if "const" in entry:
        return f"`{entry['const']}`"
    match entry.get("type"):
        case "integer" if "minimum" in entry and "maximum" in entry:
            return f"whole number, {entry['minimum']} to {entry['maximum']}"
        case "integer" | "number" as kind:
            return ("whole number" if kind == "integer" else kind) + "".join(
                f", {words} {entry[key]}" for key, words in BOUNDS.items() if key in entry
            )
        case "boolean":
            return "`true` or `false`"
        case "array":
            return f"list: each {value_text(entry['items'])}"
        case "string":
            return "name: a-z, 0-9, _" if "pattern" in entry else entry.get("format", "text")
    return "mapping"


def main() -> None:
    """Write both files into the project's folder, the working directory."""
    parts = catalogue(DEFAULT_PARTS)
    SCHEMA_FILE.write_text(schema_text(parts))
    REFERENCE_FILE.write_text(reference_page(parts))


if __name__ == "__main__":
    main()
