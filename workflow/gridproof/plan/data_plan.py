"""The data of a study: what each data set is made from, and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from gridproof.catalogue import Catalogue
from gridproof.errors import GridproofError
from gridproof.files.facts import FACTS
from gridproof.files.layout import DATA
from gridproof.part import Kind
from gridproof.parts_folder import import_part
from gridproof.plan.data_identity import current_digest

AGAIN = "nothing is lost: run the same command again, finished cells are kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlan:
    """A data set: what it is made from, and its identity.

    Attributes
    ----------
    name : how the study calls it; of derived data also what they are.
    kind, kind_module : the form of the prepared data, and the module that makes it.
    source, source_module : where the data come from; empty for derived data.
    options : JSON values by name, of the source or of the derivation.
    base : what derived data are made from.
    """

    name: str
    kind: str
    kind_module: str
    source: str = ""
    source_module: str = ""
    options: Mapping[str, Any]
    digest: str
    base: DataPlan | None = None

    @property
    def folder(self) -> Path:
        """Where the prepared data lie."""
        return DATA / f"{self.name}-{self.digest}"

    @property
    def kind_part(self) -> Any:
        """The module of the kind: a `KindModule`, with two functions more if derived."""
        return import_part(self.kind_module)

    @property
    def source_part(self) -> Any:
        """The module of the source: a `SourceModule`."""
        return import_part(self.source_module)

    @property
    def source_options(self) -> Any:
        """The options of the source, as an instance of its own model."""
        return self.source_part.SOURCE.options.model_validate(self.options)

    @property
    def divisions(self) -> int:
        """In how many ways rows are divided among the splits; seeds take them in turn."""
        if self.base:
            return self.base.divisions
        option = self.source_part.SOURCE.divisions
        return int(self.options[option]) if option else 1

    @property
    def declared(self) -> Kind:
        """What the kind says of itself."""
        return cast(Kind, self.kind_part.KIND)

    @property
    def files(self) -> list[Path]:
        """The files of the prepared data."""
        return [self.folder / name for name in files_of(self.declared)]


def files_of(kind: Kind) -> tuple[str, ...]:
    """Return the names of all files of prepared data of a kind."""
    return (*kind.files, FACTS)


def plan_data(name: str, source: str, options: Mapping[str, Any], parts: Catalogue) -> DataPlan:
    """Return the plan of a data set; its source's files are hashed, or remembered.

    Raises
    ------
    GridproofError : there is no such source, or one of its files is missing or cannot be read.
    """
    declared = parts.source(source)
    plan = DataPlan(
        name=name,
        kind=declared.kind,
        kind_module=parts.module("kinds", declared.kind),
        source=source,
        source_module=parts.module("data", source),
        options=options,
        digest="",
    )
    return identified(plan, parts)


def data_for(kind: str, data: DataPlan, parameters: Any, parts: Catalogue) -> DataPlan:
    """Return data in the form that a cell with `parameters` reads: themselves, or derived ones."""
    if data.kind == kind:
        return data
    module = cast(Any, parts.load("kinds", kind))
    derived = module.derive(parameters)
    plan = DataPlan(
        name=f"{data.name}_{derived.label}",
        kind=kind,
        kind_module=parts.module("kinds", kind),
        options=derived.options,
        digest="",
        base=data,
    )
    return identified(plan, parts)


def identified(plan: DataPlan, parts: Catalogue) -> DataPlan:
    """Return a plan with the digest that its data have now."""
    return replace(plan, digest=current_digest(plan, parts.roots))


def check_data(plan: DataPlan, roots: Mapping[str, Path]) -> None:
    """Raise GridproofError if files or code that data are made by were edited since planned.

    `roots` are the folders of the packages that code of the study lies in.
    """
    if current_digest(plan, roots) != plan.digest:
        made_from = plan.base.name if plan.base else plan.source
        raise GridproofError(
            f"the data {plan.name!r} changed after this job was planned "
            f"(what they are made from, {made_from!r}, or the code that makes them, was edited); "
            f"{AGAIN}"
        )
