"""The configuration of a study as pydantic models; `gridproof.config.loading` is their way in."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, cast

from pydantic import ConfigDict, Field, GetPydanticSchema, create_model, model_validator
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gridproof.config.fields import (
    Engine,
    ExperimentName,
    Figures,
    FilePath,
    Measurements,
    Name,
    Section,
    Seeds,
    Selection,
    StudyName,
    Text,
    Threads,
    expected,
)
from gridproof.config.parameters import PARAMETERS
from gridproof.config.source_options import Source
from gridproof.config.user_claims import ClaimId, UserClaim
from gridproof.families import FAMILIES

DEFAULT_FAMILY = "mlp"


class Experiment(Section):
    """A question of the study, asked by training cells that differ in some parameters."""

    title: Text | None = Field(
        default=None, description="Heading in the report; the experiment's name by default."
    )
    question: str = Field(
        default="", description="What the experiment is to answer, in a sentence or two."
    )
    family: str = Field(
        default=DEFAULT_FAMILY,
        description=f"The kind of trainer: {', '.join(PARAMETERS)}; mlp where none is named.",
    )
    data: str | None = Field(
        default=None,
        description="Name of a data set under 'data'; the only one that fits by default.",
    )
    seeds: Seeds | None = Field(default=None, description="In place of the study's seeds.")
    threads: Threads | None = Field(default=None, description="In place of the study's threads.")
    engine: Engine | None = Field(default=None, description="In place of the study's engine.")
    set: Section = Field(description="Parameters that all cells share, in place of the defaults.")
    sweep: Section | None = Field(
        default=None,
        description="Lists of values; a cell for each combination, values in the order written.",
    )
    rows: tuple[Section, ...] = Field(
        default=(), description="Cells written out, in addition to the sweep's."
    )
    measure: Measurements = Field(
        default=(),
        description="What is measured of the finished cells; changes nothing about the cells.",
    )
    figures: Figures = Field(
        description="What the report shows of the experiment; the figure of its family by default."
    )


class Comparison(Section):
    """Cells of several experiments side by side; trains nothing of its own."""

    title: Text | None = Field(
        default=None, description="Heading in the report; the comparison's name by default."
    )
    question: str = Field(
        default="", description="What the comparison is to answer, in a sentence or two."
    )
    of: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="Experiments whose cells are compared."
    )
    figures: Figures = Field(
        default=("ranking",), description="What the report shows of the comparison."
    )


def list_of(kind: Any) -> Any:
    """Return the type of a tuple of any length."""
    return tuple[kind, ...]


def one_value(field: FieldInfo) -> Any:
    """Return the type of one value of a parameter, with its bounds."""
    kind = cast(Any, field.annotation)
    return Annotated[kind, *field.metadata] if field.metadata else kind


def values_model(family: str) -> type[Section]:
    """Return the model of some of a family's parameters, each optional."""
    fields = {
        name: (field.annotation, field) for name, field in PARAMETERS[family].model_fields.items()
    }
    return create_model(f"{family.capitalize()}Values", __base__=Section, **cast(Any, fields))


class Sweep(Section):
    """Lists of values for parameters of one family; the lists multiply."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def check_filled(self) -> Self:
        """Refuse a sweep over nothing."""
        if not self.model_fields_set:
            raise expected("a parameter with a list of values")
        return self


def sweep_model(family: str) -> type[Sweep]:
    """Return the model of a sweep: a list of values for some of a family's parameters."""
    fields = {
        name: (
            list_of(one_value(field)),
            Field(default=(), min_length=1, description=field.description),
        )
        for name, field in PARAMETERS[family].model_fields.items()
    }
    return create_model(f"{family.capitalize()}Sweep", __base__=Sweep, **cast(Any, fields))


def experiment_model(family: str) -> type[Experiment]:
    """Return the model of an experiment with a family's parameters."""
    base = Experiment.model_fields
    values = VALUES[family]
    default = {"default": family} if family == DEFAULT_FAMILY else {}
    fields = {
        "family": (
            Literal[family],
            Field(description=base["family"].description, **cast(Any, default)),
        ),
        "set": (values, Field(default=values(), description=base["set"].description)),
        "sweep": (sweep_model(family), Field(default=None, description=base["sweep"].description)),
        "rows": (
            list_of(values),
            Field(default=(), min_length=1, description=base["rows"].description),
        ),
        "figures": (
            Figures,
            Field(default=FAMILIES[family].figures, description=base["figures"].description),
        ),
    }
    return create_model(
        f"{family.capitalize()}Experiment", __base__=Experiment, **cast(Any, fields)
    )


def family_of(value: object) -> object:
    """Return the family that an experiment names, or the default one."""
    return value.get("family", DEFAULT_FAMILY) if isinstance(value, dict) else DEFAULT_FAMILY


VALUES = {family: values_model(family) for family in PARAMETERS}
EXPERIMENTS = {family: experiment_model(family) for family in PARAMETERS}
DEFAULTS = create_model(
    "Defaults",
    __base__=Section,
    __doc__="Parameters that hold where an experiment says nothing, by family.",
    **cast(
        Any,
        {
            family: (
                values,
                Field(default=values(), description=f"Parameters of the family {family}."),
            )
            for family, values in VALUES.items()
        },
    ),
)
Defaults = Annotated[Section, GetPydanticSchema(lambda _, handler: handler(DEFAULTS))]
AnyExperiment = Annotated[
    Experiment,
    GetPydanticSchema(
        lambda _, handler: core_schema.tagged_union_schema(
            {family: handler(model) for family, model in EXPERIMENTS.items()},
            discriminator=family_of,
        )
    ),
]


class StudyConfig(Section):
    """One study: data, defaults, seeds and experiments."""

    title: Text = Field(description="Heading of the report.")
    study: StudyName | None = Field(
        default=None, description="Folder under results/; absent: results/ itself."
    )
    data: Annotated[dict[Name, Source], Field(min_length=1)] = Field(
        description="Data sets by name."
    )
    seeds: Seeds = Field(
        default=(0, 1, 2, 3, 4),
        description="A count n (seeds 0 to n-1) or a list of seeds; each trains a replicate.",
    )
    threads: Threads = Field(
        default=1,
        description="CPU threads of one training job; part of a cell's identity.",
    )
    engine: Engine = Field(
        default="auto",
        description="eager: plain PyTorch; compiled: whole steps compiled; auto: the faster.",
    )
    defaults: Defaults = Field(
        default=DEFAULTS(), description="Parameters by family, for every experiment."
    )
    only: Selection | None = Field(
        default=None, description="Run these experiments; all by default."
    )
    experiments: Annotated[dict[ExperimentName, AnyExperiment], Field(min_length=1)] = Field(
        description="Experiments by name."
    )
    comparisons: dict[ExperimentName, Comparison] = Field(
        default={}, description="Comparisons of experiments by name."
    )
    claims: dict[ClaimId, UserClaim] = Field(
        default={}, description="Statements that are checked against the cells, by id."
    )
    claims_file: FilePath | None = Field(
        default=None, description="Python file with claims of other forms (see docs/claims.md)."
    )


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


def json_schema() -> dict[str, object]:
    """Return the JSON Schema of a configuration file, for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | StudyConfig.model_json_schema(schema_generator=FileSchema)
