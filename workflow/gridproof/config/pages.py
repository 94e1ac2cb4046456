"""The files made from the schema: config/schema.json and docs/config.md.

``python -m gridproof.config.pages`` writes both; a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gridproof.config.parameters import PARAMETERS
from gridproof.config.schema import json_schema

SCHEMA_FILE = Path("config/schema.json")
REFERENCE_FILE = Path("docs/config.md")
INTRODUCTION = """\
# The configuration of a study

A study is one YAML file: `config.yaml`, or another one under `config/`. Every key is listed here.
An unknown key, a value of a wrong type or out of its range, and a name that nothing carries stop
the study before anything is trained; the message names the file, the line and the nearest valid
name.

Scalars are read as in YAML 1.2: `1e-3` is a number, only `true` and `false` are switches, `no` and
`1:30` are text. This page is made from the schema by `python -m gridproof.config.pages`.
"""
SECTIONS = {
    "Study": ("the top level", None),
    "Data: `source: geonames`": ("`data.<name>`", "GeonamesSource"),
    "Division of the rows": ("`data.<name>.split`", "Split"),
    "Data: `source: csv`": ("`data.<name>`", "CsvSource"),
    "Data: `source: patches`": ("`data.<name>`", "PatchesSource"),
    "Data: `source: folder`": ("`data.<name>`", "FolderSource"),
    "Numbers of images": ("`data.<name>.counts`", "Counts"),
    "Experiments": ("`experiments.<name>`", "MlpExperiment"),
    "Comparisons": ("`comparisons.<name>`", "Comparison"),
    "Claims": ("`claims.<id>`", "UserClaim"),
    "Claims: `compare`": ("`claims.<id>.compare`", "Compare"),
    "Claims: `bound`": ("`claims.<id>.bound`", "Bound"),
    "Claims: `monotone`": ("`claims.<id>.monotone`", "Monotone"),
    "Claims: `argmax` and `argmin`": ("`claims.<id>.argmax`, `claims.<id>.argmin`", "Extreme"),
    "Claims: `within`": ("`claims.<id>.within`", "Within"),
    **{
        f"Parameters of the family `{family}`": (
            f"`defaults.{family}`, `experiments.<name>.set`, each of `experiments.<name>.rows`, "
            "and, as lists of values, `experiments.<name>.sweep`",
            f"{family.capitalize()}Values",
        )
        for family in PARAMETERS
    },
}

BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}


def reference() -> str:
    """Return docs/config.md: a table of keys for each part of the configuration."""
    schema: dict[str, Any] = json_schema()
    parts = [INTRODUCTION]
    for title, (place, definition) in SECTIONS.items():
        section = schema["$defs"][definition] if definition else schema
        rows = "\n".join(table_rows(section))
        head = "| key | value | default | meaning |\n|---|---|---|---|"
        parts.append(f"## {title}\n\nKeys of {place}.\n\n{head}\n{rows}\n")
    return "\n".join(parts)


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
    SCHEMA_FILE.write_text(schema_text())
    REFERENCE_FILE.write_text(reference())


def schema_text() -> str:
    """Return config/schema.json."""
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    main()
