"""The configuration of a study as pydantic models; `gridproof.config.loading` is their way in.

What a study may name depends on its parts, so the models are made for a catalogue of parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, Literal, cast

from pydantic import Field, GetPydanticSchema, create_model
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from gridproof.catalogue import Catalogue
from gridproof.config.fields import (
    AUTO,
    ExperimentName,
    Name,
    list_of_names,
    one_of_names,
)
from gridproof.config.study_config import Comparison, Experiment, StudyConfig, Sweep
from gridproof.parameter import Parameters, Section, Switch


@dataclass(frozen=True)
class StudySchema:
    """The models of a study that may name the parts of a catalogue."""

    catalogue: Catalogue

    @cached_property
    def parameters(self) -> Mapping[str, type[Parameters]]:
        """The parameters of each family."""
        return {name: self.catalogue.family(name).parameters for name in self.families}

    @property
    def families(self) -> tuple[str, ...]:
        """The names of the families."""
        return self.catalogue.names("families")

    @cached_property
    def default_family(self) -> str | None:
        """The family of an experiment that names none."""
        found = [name for name in self.families if self.catalogue.family(name).default]
        return found[0] if found else None

    @cached_property
    def sources(self) -> Mapping[str, type[Section]]:
        """The keys that a study may set under each data source."""
        return {name: self._source_model(name) for name in self.catalogue.names("data")}

    @cached_property
    def figures(self) -> Any:
        """The type of a list of figures of experiments."""
        entries = map(self.catalogue.figure, self.catalogue.names("figures"))
        return list_of_names("figure", [e.name for e in entries if e.shows == "experiment"])

    @cached_property
    def values(self) -> Mapping[str, type[Section]]:
        """The model of some of a family's parameters, each optional, by family."""
        return {family: self._values_model(family) for family in self.families}

    @cached_property
    def experiments(self) -> Mapping[str, type[Experiment]]:
        """The model of an experiment with a family's parameters, by family."""
        return {family: self._experiment_model(family) for family in self.families}

    @cached_property
    def study(self) -> type[StudyConfig]:
        """The model of a whole study."""
        defaults = self._defaults_model()
        base = StudyConfig.model_fields
        source = Annotated[
            Section,
            tagged_union(self.sources, lambda value: mapping_value(value, "source")),
        ]
        experiment = Annotated[
            Experiment,
            tagged_union(self.experiments, self.family_of),
        ]
        compared: Any = create_model(
            "Comparison",
            __base__=Comparison,
            __doc__=Comparison.__doc__,
            figures=(
                self.figures | None,
                Field(default=None, description=Comparison.model_fields["figures"].description),
            ),
        )
        fields = {
            "engine": (
                one_of_names("engine", [AUTO, *dict.fromkeys(self._chosen_engines())]),
                Field(default=AUTO, description=base["engine"].description),
            ),
            "data": (
                Annotated[dict[Name, source], Field(min_length=1)],
                Field(description=base["data"].description),
            ),
            "defaults": (
                Annotated[Section, GetPydanticSchema(lambda _, handler: handler(defaults))],
                Field(default=defaults(), description=base["defaults"].description),
            ),
            "experiments": (
                Annotated[dict[ExperimentName, experiment], Field(min_length=1)],
                Field(description=base["experiments"].description),
            ),
            "comparisons": (
                dict[ExperimentName, compared],
                Field(default={}, description=base["comparisons"].description),
            ),
        }
        return create_model("Study", __base__=StudyConfig, **cast(Any, fields))

    def family_of(self, value: object) -> object:
        """Return the family that an experiment names, or the default one."""
        return mapping_value(value, "family", self.default_family)

    def _chosen_engines(self) -> Iterator[str]:
        """Yield the engines of families that have more than one."""
        for family in map(self.catalogue.family, self.families):
            if family.engines:
                yield from family.engine_names

    def _source_model(self, name: str) -> type[Section]:
        source = self.catalogue.source(name)
        fields: dict[str, Any] = {
            "source": (Literal[name], Field(description=source.description)),
        }
        if source.path_options:
            fields["optional"] = (
                Switch,
                Field(
                    default=False,
                    description="Whether the study runs without these data, leaving out what"
                    " needs them.",
                ),
            )
        # The bases in this order put `source` before the source's own keys.
        named = create_model("NamedSource", __base__=Section, **fields)
        bases = (named,) if issubclass(named, source.options) else (source.options, named)
        return create_model(f"{camel(name)}Source", __base__=bases, __doc__=source.description)

    def _values_model(self, family: str) -> type[Section]:
        fields = {
            name: (field.annotation, field)
            for name, field in self.parameters[family].model_fields.items()
        }
        return create_model(f"{camel(family)}Values", __base__=Section, **cast(Any, fields))

    def _sweep_model(self, family: str) -> type[Sweep]:
        fields = {
            name: (
                list_of(one_value(field)),
                Field(default=(), min_length=1, description=field.description),
            )
            for name, field in self.parameters[family].model_fields.items()
        }
        return create_model(f"{camel(family)}Sweep", __base__=Sweep, **cast(Any, fields))

    def _experiment_model(self, family: str) -> type[Experiment]:
        base = Experiment.model_fields
        values = self.values[family]
        default = {"default": family} if family == self.default_family else {}
        described = f"The kind of trainer: {', '.join(self.families)}"
        if self.default_family:
            described += f"; {self.default_family} where none is named"
        fields = {
            "family": (
                Literal[family],
                Field(description=f"{described}.", **cast(Any, default)),
            ),
            "set": (values, Field(default=values(), description=base["set"].description)),
            "sweep": (
                self._sweep_model(family),
                Field(default=None, description=base["sweep"].description),
            ),
            "rows": (
                list_of(values),
                Field(default=(), min_length=1, description=base["rows"].description),
            ),
            "engine": (
                one_of_names("engine", [AUTO, *self.catalogue.family(family).engine_names]) | None,
                Field(default=None, description=base["engine"].description),
            ),
            "measure": (
                list_of_names("measurement", self.catalogue.names("measurements")),
                Field(default=(), description=base["measure"].description),
            ),
            "figures": (
                self.figures,
                Field(
                    default=self.catalogue.family(family).figures,
                    description=base["figures"].description,
                ),
            ),
        }
        return create_model(f"{camel(family)}Experiment", __base__=Experiment, **cast(Any, fields))

    def _defaults_model(self) -> type[Section]:
        fields = {
            family: (
                values,
                Field(default=values(), description=f"Parameters of the family {family}."),
            )
            for family, values in self.values.items()
        }
        return create_model(
            "Defaults",
            __base__=Section,
            __doc__="Parameters that hold where an experiment says nothing, by family.",
            **cast(Any, fields),
        )


@cache
def schema_of(catalogue: Catalogue) -> StudySchema:
    """Return the models for a catalogue; made once."""
    return StudySchema(catalogue)


def tagged_union(models: Mapping[str, type[Section]], tag: Any) -> GetPydanticSchema:
    """Return the schema of a union whose member is chosen by a function of the value."""
    return GetPydanticSchema(
        lambda _, handler: core_schema.tagged_union_schema(
            {name: handler(model) for name, model in models.items()}, discriminator=tag
        )
    )


def mapping_value(value: object, key: str, default: object = None) -> object:
    """Return the value of a key of a mapping; the default for anything else."""
    return value.get(key, default) if isinstance(value, dict) else default


def camel(name: str) -> str:
    """Return `RandomForest` for `random_forest`."""
    return "".join(word.capitalize() for word in name.split("_"))


def list_of(kind: Any) -> Any:
    """Return the type of a tuple of any length."""
    return tuple[kind, ...]


def one_value(field: FieldInfo) -> Any:
    """Return the type of one value of a parameter, with its bounds."""
    kind = cast(Any, field.annotation)
    return Annotated[kind, *field.metadata] if field.metadata else kind
