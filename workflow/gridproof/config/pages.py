"""The files made from the schema: config/schema.json and docs/config.md, by `make docs`.

They hold what any study may say, and what the parts of the default study add to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gridproof.catalogue import Catalogue, catalogue
from gridproof.config.schema import StudySchema, camel, schema_of

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
`1:30` are text. Data sources,
families, measurements and figures are parts: besides those of the package, this page lists those
that the default study brings (`parts: [study]`). It is made from their declarations by `make docs`.
"""
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}


class FileSchema(GenerateJsonSchema):
    """Leaves out what only Python sees: titles, null for 'absent', empty defaults."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return False: a key's name is title enough."""
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Return the schema of the value: in a file a key is either absent or has one."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Return the schema, with a default only where it says something."""
        result = super().default_schema(schema)
        if result.get("default") in (None, "", []) or isinstance(result["default"], dict):
            result.pop("default", None)
        return result

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Return the schema of named sections, closed to names that miss the pattern."""
        return super().dict_schema(schema) | {"additionalProperties": False}


def json_schema(parts: Catalogue) -> dict[str, Any]:
    """Return the JSON Schema of a configuration file, for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | schema_of(parts).study.model_json_schema(schema_generator=FileSchema)


def sections(schema: StudySchema, document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield title, place in a study and definition (empty: the whole) of each part of the page."""
    yield "Study", "the top level", ""
    for name in schema.sources:
        definition = f"{camel(name)}Source"
        yield f"Data: `source: {name}`", "`data.<name>`", definition
        for key, inner in inner_sections(document["$defs"][definition]):
            yield f"Data: `source: {name}`, `{key}`", f"`data.<name>.{key}`", inner
    family = schema.default_family or schema.families[0]
    yield "Experiments", "`experiments.<name>`", f"{camel(family)}Experiment"
    yield "Comparisons", "`comparisons.<name>`", "Comparison"
    yield "Claims", "`claims.<id>`", "UserClaim"
    for form in ("compare", "bound", "monotone"):
        yield f"Claims: `{form}`", f"`claims.<id>.{form}`", form.capitalize()
    yield "Claims: `argmax` and `argmin`", "`claims.<id>.argmax`, `claims.<id>.argmin`", "Extreme"
    yield "Claims: `within`", "`claims.<id>.within`", "Within"
    for family in schema.families:
        place = (
            f"`defaults.{family}`, `experiments.<name>.set`, each of `experiments.<name>.rows`, "
            "and, as lists of values, `experiments.<name>.sweep`"
        )
        yield f"Parameters of the family `{family}`", place, f"{camel(family)}Values"


def inner_sections(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a section that are sections themselves, and their definitions."""
    for key, entry in section["properties"].items():
        found = entry.get("$ref") or next((e["$ref"] for e in entry.get("allOf", ())), None)
        if found:
            yield key, found.rpartition("/")[2]


def reference(parts: Catalogue) -> str:
    """Return docs/config.md: a table of keys for each part of the configuration."""
    document = json_schema(parts)
    texts = [INTRODUCTION]
    for title, place, definition in sections(schema_of(parts), document):
        section = document["$defs"][definition] if definition else document
        rows = "\n".join(table_rows(section))
        head = "| key | value | default | meaning |\n|---|---|---|---|"
        texts.append(f"## {title}\n\nKeys of {place}.\n\n{head}\n{rows}\n")
    return "\n".join([*texts, parts_text(parts)])


def parts_text(parts: Catalogue) -> str:
    """Return the tables of measurements and figures, which a study names in lists."""
    measurements = [
        f"| `{entry.name}` | {', '.join(entry.families)} | {entry.description} |"
        for entry in map(parts.measurement, parts.names("measurements"))
    ]
    figures = [
        f"| `{entry.name}` | {', '.join(entry.families) or 'any'} | {entry.description} |"
        for entry in map(parts.figure, parts.names("figures"))
        if entry.shows == "experiment"
    ]
    return "\n".join(
        [
            "## Measurements\n\nItems of `experiments.<name>.measure`.\n",
            "| name | families | what is measured |\n|---|---|---|",
            *measurements,
            "\n## Figures\n\nItems of `experiments.<name>.figures` and"
            " `comparisons.<name>.figures`.\n",
            "| name | families | what it shows |\n|---|---|---|",
            *figures,
            "",
        ]
    )


def table_rows(section: Mapping[str, Any]) -> Iterator[str]:
    """Yield a row of the table for each key of a section."""
    required = section.get("required", [])
    for name, entry in section["properties"].items():
        default = "required" if name in required else default_text(entry)
        yield f"| `{name}` | {value_text(entry)} | {default} | {entry['description']} |"


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
        case "integer":
            return f"whole number, {entry['minimum']} to {entry['maximum']}"
        case "number":
            return "number" + "".join(
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
    REFERENCE_FILE.write_text(reference(parts))


def schema_text(parts: Catalogue) -> str:
    """Return config/schema.json."""
    return json.dumps(json_schema(parts), indent=2) + "\n"


if __name__ == "__main__":
    main()
