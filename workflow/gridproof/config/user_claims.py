"""A user's claims in the configuration: six common forms, and their checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from gridproof.config.fields import Name, whole_number_schema
from gridproof.parameter import Number, Section, Switch, Text, expected, whole_number

ClaimId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]
Values = dict[Name, Switch | Number | str]
EPOCHS = ("last", "lowest", "highest")
LAST_EPOCH = 1_000_000
SPLITS = ("train", "val", "test")
METRICS = tuple(f"{split}_{metric}" for split in SPLITS for metric in ("loss", "accuracy"))


def check_epoch(value: object) -> object:
    """Refuse what names no epoch."""
    number = whole_number(value)
    if value in EPOCHS or (type(number) is int and 0 <= number <= LAST_EPOCH):
        return number
    raise expected(f"{', '.join(EPOCHS)} or a whole number from 0 to {LAST_EPOCH}")


Epoch = Annotated[
    int | str,
    BeforeValidator(check_epoch),
    WithJsonSchema({"anyOf": [{"enum": list(EPOCHS)}, whole_number_schema(0, LAST_EPOCH)]}),
]


class Compare(Section):
    """Two cells: one has more of the column than the other."""

    more: Values = Field(description="Parameters of the cell that has more.")
    less: Values = Field(description="Parameters of the cell that has less.")
    by: Number = Field(default=0.0, description="How much more, at least.")


class Bound(Section):
    """One cell: the column is bounded."""

    of: Values = Field(default={}, description="Parameters of the cell.")
    at_least: Number | None = Field(default=None, description="The lowest value that is allowed.")
    at_most: Number | None = Field(default=None, description="The highest value that is allowed.")

    @model_validator(mode="after")
    def check_bounded(self) -> Self:
        """Refuse a bound on no side."""
        if self.at_least is None and self.at_most is None:
            raise expected("at_least, at_most or both")
        return self


class Monotone(Section):
    """Cells along one parameter: the column rises or falls from each to the next."""

    along: str = Field(description="The parameter that cells are ordered by.")
    direction: Literal["rises", "falls"] = Field(description="What the column does.")
    of: Values = Field(default={}, description="Other parameters that the cells share.")
    by: Number = Field(default=0.0, description="By how much from each to the next, at least.")


class Extreme(Section):
    """One cell among several has the highest or the lowest value of the column."""

    cell: Values = Field(description="Parameters of the cell that is expected.")
    among: Values = Field(default={}, description="Parameters that all compared cells share.")


class Within(Section):
    """One cell: the column is near a value."""

    of: Values = Field(default={}, description="Parameters of the cell.")
    value: Number = Field(description="The value.")
    tolerance: Annotated[Number, Field(ge=0)] = Field(description="How far from it, at most.")


FORMS: dict[str, type[Section]] = {
    "compare": Compare,
    "bound": Bound,
    "monotone": Monotone,
    "argmax": Extreme,
    "argmin": Extreme,
    "within": Within,
}


class UserClaim(Section):
    """A statement about one column of `epochs`, of cells of one experiment, in one of six forms."""

    statement: Text = Field(description="The statement in a sentence.")
    experiment: Name = Field(description="The experiment whose cells are looked at.")
    column: str = Field(description="Column of the table `epochs`, such as val_accuracy.")
    epoch: Epoch = Field(
        default="last",
        description="Which epoch: the last, that with the column's lowest or highest value, or a"
        " number (0 is the untrained network).",
    )
    estimand: Literal["mean", "seeds"] = Field(
        default="mean",
        description="What has to be within the bounds: the mean over seeds, or most seeds.",
    )
    because: Text = Field(description="Why the numbers of the form are these and no others.")
    compare: Compare | None = Field(default=None, description="One cell has more than another.")
    bound: Bound | None = Field(default=None, description="A cell's value is bounded.")
    monotone: Monotone | None = Field(default=None, description="Values rise or fall.")
    argmax: Extreme | None = Field(default=None, description="A cell has the highest value.")
    argmin: Extreme | None = Field(default=None, description="A cell has the lowest value.")
    within: Within | None = Field(default=None, description="A cell's value is near a number.")

    @model_validator(mode="after")
    def check_form(self) -> Self:
        """Refuse a claim of no form, or of several."""
        if sum(getattr(self, form) is not None for form in FORMS) != 1:
            raise expected("one of " + ", ".join(FORMS))
        return self

    @property
    def form(self) -> str:
        """The name of its form."""
        return next(form for form in FORMS if getattr(self, form) is not None)

    def selections(self) -> Iterator[tuple[str, Values, bool]]:
        """Yield the key of each selection of cells, its parameters, and whether it is of one."""
        match getattr(self, self.form):
            case Compare(more=more, less=less):
                yield from (("more", more, True), ("less", less, True))
            case Bound(of=of) | Within(of=of):
                yield "of", of, True
            case Monotone(of=of):
                yield "of", of, False
            case Extreme(cell=cell, among=among):
                yield from (("cell", among | cell, True), ("among", among, False))


def matches(parameters: Mapping[str, object], values: Values) -> bool:
    """Tell whether a cell's parameters have some values."""
    return all(parameters.get(name) == value for name, value in values.items())


def written(values: Mapping[str, object]) -> str:
    """Return `depth 6, width 32`; `any parameters` for none."""
    numbers = {name: f"{v:g}" if type(v) is float else v for name, v in values.items()}
    return ", ".join(f"{name} {value}" for name, value in numbers.items()) or "any parameters"
