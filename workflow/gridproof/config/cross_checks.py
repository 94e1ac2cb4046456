"""Checks of keys against each other, on plain data, so that they run beside those of the types."""

from __future__ import annotations

from collections.abc import Iterator

from gridproof.config.complaints import Complaint, one_of, unknown
from gridproof.config.schema import StudySchema
from gridproof.config.yaml_reader import KeyPath


def reference_complaints(data: dict[str, object], schema: StudySchema) -> Iterator[Complaint]:
    """Yield what is wrong between keys; values of a wrong type are left to the type checks."""
    yield from empty_values(data, ())
    experiments = mapping(data.get("experiments"))
    comparisons = mapping(data.get("comparisons"))
    yield from unknown_selection(data.get("only"), experiments | comparisons)
    yield from comparison_complaints(comparisons, experiments)
    sources = mapping(data.get("data"))
    for name, experiment in experiments.items():
        path = ("experiments", name)
        yield from data_complaints(mapping(experiment), sources, path, schema)
        yield from double_parameters(mapping(experiment), path)


def mapping(value: object) -> dict[str, object]:
    """Return a dict, empty for anything else."""
    return value if isinstance(value, dict) else {}


def empty_values(value: object, path: KeyPath) -> Iterator[Complaint]:
    """Yield the keys that have no value."""
    if value is None:
        yield Complaint(path, "has no value")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from empty_values(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from empty_values(item, (*path, index))


def unknown_selection(only: object, experiments: dict[str, object]) -> Iterator[Complaint]:
    """Yield the names in `only` that no experiment has."""
    for index, name in enumerate(only if isinstance(only, list) else ()):
        if isinstance(name, str) and name not in experiments:
            yield Complaint(("only", index), unknown("experiment", name, experiments))


def comparison_complaints(
    comparisons: dict[str, object], experiments: dict[str, object]
) -> Iterator[Complaint]:
    """Yield comparisons of what does not exist, and names that an experiment has already."""
    for name, comparison in comparisons.items():
        path = ("comparisons", name)
        if name in experiments:
            yield Complaint(path, "an experiment has this name, expected another")
        parts = mapping(comparison).get("of")
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, str) and part not in experiments:
                yield Complaint((*path, "of", index), unknown("experiment", part, experiments))


def data_complaints(
    experiment: dict[str, object], sources: dict[str, object], path: KeyPath, schema: StudySchema
) -> Iterator[Complaint]:
    """Yield an experiment's data that is unknown, unfit, or missing among several that fit."""
    family = str(experiment.get("family", schema.default_family))
    if family not in schema.families:
        return
    wanted = schema.catalogue.source_kind(family)
    kinds = {name: kind(source, schema) for name, source in sources.items()}
    fitting = [name for name in sources if kinds[name] == wanted]
    name = experiment.get("data")
    if isinstance(name, str) and name not in sources:
        yield Complaint((*path, "data"), unknown("data", name, sources))
    elif isinstance(name, str) and kinds[name] not in (None, wanted):
        yield Complaint(
            (*path, "data"),
            f"found {name!r}, of the kind {kinds[name]}, "
            f"expected {wanted} for the family {family!r}",
        )
    elif "data" not in experiment and len(fitting) > 1:
        yield Complaint(path, f"the key 'data' is missing. {one_of(fitting)}")
    elif "data" not in experiment and not fitting and None not in kinds.values():
        yield Complaint(path, f"found no {wanted} under 'data' for the family {family!r}")


def kind(source: object, schema: StudySchema) -> str | None:
    """Return the kind of data that a section under 'data' names; None where it names none."""
    name = mapping(source).get("source")
    known = isinstance(name, str) and name in schema.catalogue.names("data")
    return schema.catalogue.source(str(name)).kind if known else None


def double_parameters(experiment: dict[str, object], path: KeyPath) -> Iterator[Complaint]:
    """Yield the parameters that `set` fixes for all cells and that a sweep or row gives again."""
    shared = mapping(experiment.get("set"))
    rows = experiment.get("rows")
    places = {(*path, "sweep"): mapping(experiment.get("sweep"))} | {
        (*path, "rows", index): mapping(row)
        for index, row in enumerate(rows if isinstance(rows, list) else ())
    }
    for place, parameters in places.items():
        for name in parameters.keys() & shared.keys():
            where = place[len(path)]
            yield Complaint(
                (*place, name), f"given in 'set' and in {where!r}, expected in one of them"
            )
