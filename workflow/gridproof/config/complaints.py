"""What pydantic found, in the words of the configuration file: key, value, what was expected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gridproof.config.schema import StudySchema
from gridproof.config.study_config import Comparison, Experiment, StudyConfig
from gridproof.config.user_claims import FORMS, UserClaim
from gridproof.config.yaml_reader import KeyPath
from gridproof.errors import nearest
from gridproof.parameter import Section

TAGGED = {"data": "source", "experiments": "family"}
EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping (key: value)",
    "expected": "{msg}",
    "finite_number": "a finite number",
    "float_type": "a number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge}",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le}",
    "model_attributes_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "path_type": "the path of a file",
    "string_pattern_mismatch": "lower-case letters, digits and _, a letter or digit first",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "some text",
    "string_type": "text (in quotes if it looks like a number)",
    "too_long": "at most {max_length} of them",
    "too_short": "at least one item",
    "tuple_type": "a list, such as [{found}]",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One mistake: the key it is at, and what is wrong."""

    path: KeyPath
    text: str


def complaints_of(error: ValidationError, schema: StudySchema) -> list[Complaint]:
    """Return one complaint for each error, in pydantic's order.

    A list whose items are wrong also counts as too short; only an empty one is called so.
    """
    return [
        complaint_of(details, schema)
        for details in error.errors(include_url=False)
        if not (details["type"] == "too_short" and details["input"])
    ]


def complaint_of(details: ErrorDetails, schema: StudySchema) -> Complaint:
    """Translate one error of pydantic."""
    location, found = details["loc"], details["input"]
    path = key_path(location)
    context = details.get("ctx", {})
    match details["type"]:
        case "missing":
            return Complaint(path[:-1], f"the key {path[-1]!r} is missing")
        case "extra_forbidden":
            return unknown_key(location, schema)
        case "union_tag_not_found":
            return missing_tag(path, found, schema)
        case "union_tag_invalid":
            key = TAGGED[str(path[0])]
            tags = list(schema.sources) if key == "source" else list(schema.families)
            name = found.get(key) if isinstance(found, dict) else found
            return Complaint((*path, key), unknown(key, str(name), tags))
        case "unknown_name":
            return Complaint(path, unknown(context["kind"], found, context["valid"]))
        case "conflict":
            return Complaint(path, details["msg"])
        case "literal_error":
            words = re.findall(r"'(.+?)'", context["expected"])
            return Complaint(path, f"found {show(found)}{hint(str(found), words)}")
    template = EXPECTED.get(details["type"], "a value that fits: {msg}")
    expected = template.format(found=show(found), **{"msg": details["msg"], **context})
    return Complaint(path, f"found {show(found)}, expected {expected}")


def key_path(location: tuple[int | str, ...]) -> KeyPath:
    """Return the path in the file, without pydantic's tags of unions and marks of bad names."""
    path = location[:2] + location[3:] if is_tagged(location) else location
    return path[:-1] if path and path[-1] == "[key]" else path


def is_tagged(location: tuple[int | str, ...]) -> bool:
    """Tell whether the third part of a location is the tag of a union."""
    return len(location) > 2 and location[0] in TAGGED and location[2] != "[key]"


def missing_tag(path: KeyPath, found: object, schema: StudySchema) -> Complaint:
    """Return the complaint about a section that does not say what it is, or that is none."""
    if not isinstance(found, dict):
        return Complaint(path, f"found {show(found)}, expected {EXPECTED['model_type']}")
    key = TAGGED[str(path[0])]
    valid = schema.sources if key == "source" else schema.families
    return Complaint(path, f"the key {key!r} is missing. {one_of(valid)}")


def unknown_key(location: tuple[int | str, ...], schema: StudySchema) -> Complaint:
    """Return the complaint about a key that nothing reads."""
    kind, valid = valid_keys(location[:-1], schema)
    return Complaint(key_path(location), unknown(kind, str(location[-1]), valid))


def valid_keys(location: tuple[int | str, ...], schema: StudySchema) -> tuple[str, list[str]]:
    """Return what the keys at a location of pydantic's are, and their names."""
    match location:
        case ():
            return "key", list(StudyConfig.model_fields)
        case ("data", _, str(source)):
            return "key", list(schema.sources[source].model_fields)
        case ("data", _, str(source), str(key), *_):
            section = section_in(schema.sources[source].model_fields[key].annotation)
            return "key", list(section.model_fields if section else ())
        case ("defaults",):
            return "family", list(schema.families)
        case ("defaults", str(family)) | ("experiments", _, str(family), _, *_):
            return "parameter", list(schema.parameters[family].model_fields)
        case ("claims", _, str(form), *_) if form in FORMS:
            return "key", list(FORMS[form].model_fields)
        case ("claims", *_):
            return "key", list(UserClaim.model_fields)
        case ("comparisons", *_):
            return "key", list(Comparison.model_fields)
    return "key", list(Experiment.model_fields)


def section_in(annotation: object) -> type[Section] | None:
    """Return the section that a type is, or is a list or mapping of; None where it is none."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next(filter(None, map(section_in, get_args(annotation))), None)


def unknown(kind: str, name: str, valid: Iterable[str]) -> str:
    """Return the text about a name that is none of the valid ones."""
    return f"unknown {kind} {name!r}{hint(name, list(valid))}"


def hint(name: str, valid: Collection[str]) -> str:
    """Return the nearest valid name, if one is near, and all of them."""
    return f"{nearest(name, valid) or '.'} {one_of(valid)}"


def one_of(valid: Iterable[str]) -> str:
    """Return the valid names, as a sentence."""
    return f"Expected one of: {', '.join(valid)}"


def show(value: object) -> str:
    """Return a value as it looks in YAML, shortened."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict() | list() | tuple() if not value:
            return "nothing in it"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            text = repr(value)
            return text if len(text) <= 60 else f"{text[:57]}..."
