"""What a part is. The one module of the engine that a part imports, besides the helpers in `kit`.

A part is a file, or a folder with `__init__.py`, in the folder of its kind: in `parts/<kind>/` of
the package, or in `<kind>/` of a folder that a study lists under `parts:`. It is registered by
lying there, under the file's name. What the engine asks of it stands in its declaration:

kinds         KIND = Kind(...)            function make
data          SOURCE = DataSource(...)    functions source_files, load
families      FAMILY = Family(...)        the trainer that it names
measurements  @measurement(...)           on a function measure(cell)
figures       @figure(...)                on a function of Inputs; its caption is <name>.rst
claims        @claim(...)                 on functions of Tables, any number in a file

Declarations of kinds, data and families are imported when a study is read: what they need of large
libraries they import late. Those of measurements, figures and claims are read without being run,
so their arguments are literals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from gridproof.data_part import DataSource, Derived, Kind, KindModule, SourceModule
from gridproof.errors import GridproofError, nearest
from gridproof.family_part import Chosen, Engine, Family, Replicate, Table, Training
from gridproof.parameter import (
    FilePath,
    Number,
    Parameters,
    Section,
    Seed,
    Switch,
    Text,
    Whole,
    conflict,
    expected,
    parameter,
)

if TYPE_CHECKING:
    # What parts are handed: they import these names under TYPE_CHECKING, for annotations alone.
    from gridproof.draw.inputs import Inputs
    from gridproof.judge.claim_tables import Tables
    from gridproof.judge.condition import Condition
    from gridproof.tables.members import Member

__all__ = [
    "Chosen",
    "Claim",
    "Condition",
    "DataSource",
    "Derived",
    "Engine",
    "Family",
    "FilePath",
    "GridproofError",
    "Inputs",
    "Kind",
    "KindModule",
    "Member",
    "Number",
    "Parameters",
    "Replicate",
    "Section",
    "Seed",
    "SourceModule",
    "Switch",
    "Table",
    "Tables",
    "Text",
    "Training",
    "UntestableError",
    "Value",
    "Whole",
    "claim",
    "conflict",
    "expected",
    "figure",
    "measurement",
    "nearest",
    "parameter",
]

Function = TypeVar("Function", bound=Callable[..., Any])


class UntestableError(GridproofError):
    """What a claim needs is not there: data, weights, a cell or a measurement; says which."""


class Value(NamedTuple):
    """One measured number: whose it is, of which epoch and layer (None: of the whole network)."""

    seed: int
    epoch: int
    layer: int | None
    quantity: str
    value: float


def measurement(
    *,
    description: str,
    table: str,
    quantities: Sequence[str],
    families: Sequence[str],
    by_layer: bool = False,
    unfit: Sequence[str] = (),
) -> Callable[[Function], Function]:
    """Declare the function below, `measure(cell) -> list[Value]`, as a measurement.

    Parameters
    ----------
    description : what is measured, for the reference of the configuration.
    table : the table that its quantities are columns of: `epochs`, or one of measured columns.
    quantities : the names of its values.
    families : families whose cells can be measured; `cell` is what their `trained` reads.
    by_layer : whether its values are of single layers; the same for all quantities of a table.
    unfit : switches of a cell with which the measurement has no meaning.
    """
    return lambda function: function


def figure(
    *,
    description: str,
    families: Sequence[str] = (),
    tables: Sequence[str] = (),
    kinds: Sequence[str] = (),
    measurements: Sequence[str] = (),
    varies: int = 0,
    compares: str = "",
    shows: Literal["experiment", "data"] = "experiment",
    needs_checkpoints: bool = False,
    raster: bool = False,
    opening: int = 0,
    animated: bool = False,
) -> Callable[[Callable[[Inputs], Any]], Callable[[Inputs], Any]]:
    """Declare the function below, `draw(inputs) -> Figure`, as a figure.

    The module also holds `describe(inputs) -> str`, what the figure shows to someone who cannot
    see it. It may hold `chart(inputs)`, panels of numbers for the page; `frames(inputs)`, images of
    equal size; and `explore(inputs)`, what the page shows with sliders, or None.

    Parameters
    ----------
    description : what it shows, for the reference of the configuration.
    families : families whose cells it shows; any by default.
    tables : tables that its cells must have.
    kinds : kinds of data that it fits; any by default.
    measurements : measurements that it shows, which an experiment then has to ask for.
    varies : in how many parameters its cells have to differ; any number by default.
    compares : a parameter in which, and in nothing else, some of its cells have to differ.
    shows : an experiment's cells, or a data set alone.
    needs_checkpoints : whether it is drawn from the cells' final weights.
    raster : whether it holds a picture or a map, and is embedded as PNG.
    opening : how well it serves as the picture that a report opens on, where several do; 0: never.
    animated : whether `frames` draws it from the weights after every epoch.
    """
    return lambda function: function


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement that a study's tables support or contradict.

    Attributes
    ----------
    id : lower-case letters, digits, points and hyphens.
    section : of the write-up; empty for a claim of none.
    experiment : the one that the report shows it with; `needs` are all that it looks at.
    statement : the statement in a sentence.
    rule : what has to be true of one seed's numbers, in words; `{names}` are thresholds.
    measure : returns conditions, all of which have to be met; raises UntestableError.
    speculation : whether the write-up only supposes it.
    arithmetic : whether it is true, or false, of any data, such as a count that a size implies.
    """

    id: str
    section: str
    experiment: str
    needs: tuple[str, ...]
    statement: str
    rule: str
    measure: Callable[[Tables], list[Condition]]
    speculation: bool = False
    arithmetic: bool = False


CLAIM = "gridproof_claim"
"""Attribute of a function that holds its claim."""


def claim(
    id: str,
    *,
    statement: str,
    rule: str,
    experiment: str,
    also: Sequence[str] = (),
    section: str = "",
    speculation: bool = False,
    arithmetic: bool = False,
) -> Callable[[Function], Function]:
    """Declare the function below as the measure of a claim.

    Parameters
    ----------
    id, statement, rule, experiment, section, speculation, arithmetic : as in Claim.
    also : further experiments that the function looks at.
    """

    def declare(function: Function) -> Function:
        declared = Claim(
            id=id,
            section=section,
            experiment=experiment,
            needs=(experiment, *also),
            statement=statement,
            rule=rule,
            measure=function,
            speculation=speculation,
            arithmetic=arithmetic,
        )
        setattr(function, CLAIM, declared)
        return function

    return declare


def claims_in(module: Any) -> Iterator[Claim]:
    """Yield the claims that a module declares itself, in the order in which they are written."""
    for value in vars(module).values():
        declared = getattr(value, CLAIM, None)
        if isinstance(declared, Claim) and value.__module__ == module.__name__:
            yield declared
