"""The values that a study's author may set: their types, and how a parameter is declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

LAST_SEED = 2**31 - 1


class Section(BaseModel):
    """A part of the configuration: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameters(Section):
    """All parameters of one cell; equal parameters have equal hashes."""

    @property
    def deterministic(self) -> bool:
        """Whether the result is the same for every seed, so that one replicate says all."""
        return False


def expected(text: str, **context: object) -> PydanticCustomError:
    """Return the error of a value; `text` completes the sentence 'found x, expected ...'."""
    return PydanticCustomError("expected", text, context)


def conflict(parameter: str, text: str) -> PydanticCustomError:
    """Return the error of a parameter that does not go with others; `text` is the message."""
    return PydanticCustomError("conflict", "{text}", {"parameter": parameter, "text": text})


def unknown_name(kind: str, valid: Sequence[str]) -> PydanticCustomError:
    """Return the error of a name that is none of the valid ones."""
    return PydanticCustomError("unknown_name", kind, {"valid": tuple(valid), "kind": kind})


def whole_number(value: object) -> object:
    """Turn ``6.0`` into ``6``; anything else is left for the type check."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_path(path: Path) -> Path:
    """Refuse an empty path, which would mean the working directory."""
    if path == Path():
        raise expected("the path of a file")
    return path


Whole = Annotated[int, Strict(), BeforeValidator(whole_number)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Switch = Annotated[bool, Strict()]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FilePath = Annotated[Path, AfterValidator(check_path)]
Seed = Annotated[int, Strict(), Field(ge=0, le=LAST_SEED), BeforeValidator(whole_number)]


def parameter(
    default: Any,
    meaning: str,
    *,
    at_least: float | None = None,
    more_than: float | None = None,
    at_most: float | None = None,
    less_than: float | None = None,
    slug: str | None = None,
    neutral: Any = None,
    choices: Sequence[str] = (),
) -> Any:
    """Declare a parameter of a family, or an option of a data source.

    Parameters
    ----------
    default : its value where a study says nothing; `...` where a study has to say something.
    meaning : what it means, for the reference of the configuration.
    at_least, more_than, at_most, less_than : the range of a number.
    slug : the prefix under which a cell's readable name shows it (a switch shows the prefix alone,
        when set); None where the name does not show it.
    neutral : the value that means what was done before there was this parameter, besides false, 0
        and empty text; see `identifying`.
    choices : the names that it may have, for editors; the type's own check decides.
    """
    extra: dict[str, Any] = {"enum": list(choices)} if choices else {}
    field: Any = Field(
        default=default,
        description=meaning,
        ge=at_least,
        gt=more_than,
        le=at_most,
        lt=less_than,
        json_schema_extra=extra or None,
    )
    if slug is not None:
        field.metadata.append(SlugPrefix(slug))
    if neutral is not None:
        field.metadata.append(Neutral(neutral))
    return field


@dataclass(frozen=True, slots=True)
class Neutral:
    """A value that is left out of a cell's identity, among the metadata of its field."""

    value: object


def identifying(parameters: Section) -> dict[str, Any]:
    """Return the parameters or options that an identity holds: those that are not neutral.

    False, 0 and empty text are neutral, and what a parameter declares to be. So a new parameter
    that is off by default trains nothing again, and a changed default is another cell.
    """
    fields = type(parameters).model_fields
    neutral = {
        name: [item.value for item in field.metadata if isinstance(item, Neutral)]
        for name, field in fields.items()
    }
    return {
        name: value
        for name, value in sorted(parameters.model_dump(mode="json").items())
        if value and value not in neutral[name]
    }


class SlugPrefix(str):
    """The prefix of a parameter in a cell's readable name, among the metadata of its field."""

    __slots__ = ()


def slug_prefixes(parameters: type[Parameters]) -> list[tuple[str, str]]:
    """Return the names and prefixes of the parameters that a readable name shows, in order."""
    return [
        (name, str(item))
        for name, field in parameters.model_fields.items()
        for item in field.metadata
        if isinstance(item, SlugPrefix)
    ]
