"""The JSON Schema of a configuration, by which editors complete and check it."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gridproof.catalogue import Catalogue
from gridproof.config.schema import schema_of

PYDANTIC_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
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
    """Return the JSON Schema of a configuration file that may name these parts."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    study = schema_of(parts).study.model_json_schema(schema_generator=FileSchema)
    return dialect | with_bounds(study)


def schema_text(parts: Catalogue) -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(json_schema(parts), indent=2) + "\n"


def with_bounds(value: Any) -> Any:
    """Return a schema with the bounds under JSON Schema's names.

    pydantic writes its own names for bounds that are declared after a validator.
    """
    if isinstance(value, list):
        return [with_bounds(item) for item in value]
    if not isinstance(value, dict):
        return value
    numbers = {key for key, item in value.items() if isinstance(item, int | float)}
    return {
        PYDANTIC_BOUNDS.get(key, key) if key in numbers else key: with_bounds(item)
        for key, item in value.items()
    }
