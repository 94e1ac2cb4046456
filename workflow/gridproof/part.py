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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

from gridproof.errors import GridproofError, nearest
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
    import numpy as np
    from torch import Tensor

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
    "Family",
    "FilePath",
    "GridproofError",
    "Inputs",
    "Kind",
    "Member",
    "Number",
    "Parameters",
    "Replicate",
    "Section",
    "Seed",
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
Table = Mapping[str, "np.ndarray"]
"""Columns of equal length by name; a masked value (numpy.ma) is a null."""


class UntestableError(GridproofError):
    """What a claim needs is not there: data, weights, a cell or a measurement; says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A form of prepared data; see `KindModule` for what its module offers.

    Attributes
    ----------
    files : names of the files that `make` writes; the engine adds facts.json.
    content : functions `module:name` in the kind's folder that decide what is in these files, as
        part of the data's identity; what is only said about the data, in facts.json, is none of it.
    derived_from : the kind that such data are made from; empty where a source makes them.
    libraries : distributions that compute derived data.
    threads : of the job that makes derived data.
    gpu : whether that job uses a GPU where there is one.
    picture : figure that shows such data; empty for what nobody can look at.
    """

    files: tuple[str, ...]
    content: tuple[str, ...]
    derived_from: str = ""
    libraries: tuple[str, ...] = ()
    threads: int = 1
    gpu: bool = False
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """Where data come from; see `SourceModule` for what its module offers.

    Attributes
    ----------
    description : what a study's author gets, for the reference of the configuration.
    kind : the form that the data are prepared in.
    options : the keys that a study may set, besides `source` and `optional`.
    libraries : distributions whose versions can change the rows.
    path_options : options that say where a file lies, which is not part of the data's identity.
    facts_options : options that only show in facts.json, no part of the identity either.
    picture : figure that shows such data better than that of their kind.
    """

    description: str
    kind: str
    options: type[Section]
    libraries: tuple[str, ...] = ()
    path_options: tuple[str, ...] = ()
    facts_options: tuple[str, ...] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicate:
    """The result of one seed of a cell.

    tables: file stem to columns of equal length (`metrics` has at least one row);
    tensors: file stem to named arrays (`final` at least); facts: numbers about the replicate.
    """

    tables: Mapping[str, Table]
    tensors: Mapping[str, Mapping[str, np.ndarray]]
    facts: Mapping[str, int | float | None]


class Training(Protocol):
    """A block of replicates in training; what every family's trainer offers."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train."""

    def advance(self) -> str:
        """Train the next part (an epoch, a round); return a line for the log."""

    def state(self) -> dict[str, Tensor]:
        """Return all that changes, as tensors by name."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from what `state` returned."""

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result of `seed`."""


def one_second(_parameters: Any) -> float:
    """Return the cost of a cell that takes no time to speak of."""
    return 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of trainer.

    Attributes
    ----------
    description : what it trains, for the reference of the configuration.
    kind : the form of prepared data that its trainer reads.
    parameters : its parameters, declared once: schema, reference, the trainer's argument and the
        readable names of cells follow from them.
    trainer : `module:name` in the family's folder (`:name` in its declaration), called with `parameters` (of the class above),
        `data` (the folder of prepared data), `engine`, `threads` and `seeds` (a whole block);
        returns a Training that has not begun.
    libraries : distributions that compute its results, whose versions are part of a cell's
        identity.
    tables : the tables that its replicates hold; `metrics` at least.
    history : whether replicates hold the weights after every epoch.
    figures : what the report shows of an experiment that does not say.
    stacked : whether a block of seeds trains as one; else each seed trains by itself.
    gpu : whether its trainer uses a GPU where there is one.
    engine : returns `eager` or `compiled` for the engine `auto` and the parameters of a cell; None
        where there is one engine only.
    uncompiled : parameters that compiled code does not depend on.
    chosen : returns further entry points `module:name` that the parameters of a cell choose, and
        the digests of files (such as weights) that they name.
    trained : `module:name` of what reads a finished cell for its measurements.
    cost : returns what a cell takes, in units in which a pixel of an image that a convolutional
        network sees counts 37,000; for the order and the time of jobs.
    seconds_per_cost : what a unit of cost took at most, before any cell is trained.
    train_rows : how many rows that was measured on; 0 where the cost does not depend on rows.
    memory_mb : the most that a job took.
    default : whether an experiment that names no family means this one.
    note : returns what to tell a user of the engine `auto` where it lacks something, else None.
    warning : what the report says before anything it says of such cells.
    words : `module:name` of what a section of the report asks about such cells: called with the
        tables of an experiment (an Ask), returns `gridproof.kit.section_words.SectionWords`.
    name, package : where it lies; filled in when it is found.
    """

    description: str
    kind: str
    parameters: type[Parameters]
    trainer: str
    libraries: tuple[str, ...]
    tables: tuple[str, ...] = ("metrics", "batches")
    history: bool = False
    figures: tuple[str, ...] = ()
    stacked: bool = False
    gpu: bool = False
    engine: Callable[[str, Any], str] | None = None
    uncompiled: tuple[str, ...] = ()
    chosen: Callable[[Any], Chosen] | None = None
    trained: str = ""
    cost: Callable[[Any], float] = one_second
    seconds_per_cost: float = 1.0
    train_rows: int = 0
    memory_mb: int = 1000
    default: bool = False
    note: Callable[[], str | None] | None = None
    warning: str = ""
    words: str = ""
    name: str = ""
    package: str = ""

    @property
    def entry(self) -> str:
        """The trainer as `module:name`, from the top-level package on."""
        return self.absolute(self.trainer)

    def absolute(self, entry: str) -> str:
        """Return an entry `module:name` of the family's folder from the top-level package on."""
        module, _, name = entry.partition(":")
        return f"{'.'.join(filter(None, [self.package, module]))}:{name}"

    @property
    def files(self) -> tuple[str, ...]:
        """What a job assembles of a cell's replicates."""
        tensors = ("checkpoint.safetensors", *(["history.safetensors"] if self.history else []))
        return (*(f"{table}.parquet" for table in self.tables), *tensors, "replicates.json")


class Derived(NamedTuple):
    """The derived data that a cell asks for: a label for people, and the options they follow from.

    Options are JSON values by name.
    """

    label: str
    options: Mapping[str, Any]


class Chosen(NamedTuple):
    """What values add to code and identity: of a cell's parameters, of options of derived data."""

    entries: tuple[str, ...] = ()
    digests: Mapping[str, str] = {}


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
    """

    id: str
    section: str
    experiment: str
    needs: tuple[str, ...]
    statement: str
    rule: str
    measure: Callable[[Tables], list[Condition]]
    speculation: bool = False


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
) -> Callable[[Function], Function]:
    """Declare the function below as the measure of a claim.

    Parameters
    ----------
    id, statement, rule, experiment, section, speculation : as in Claim.
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
        )
        setattr(function, CLAIM, declared)
        return function

    return declare


class SourceModule(Protocol):
    """What the module of a data source offers; importing it must be cheap.

    `options` are an instance of `SOURCE.options`. Where names of files decide something of the
    data, a function `source_names(options)` returns what they decide.
    """

    SOURCE: DataSource

    def source_files(self, options: Any) -> tuple[Path, ...]:
        """Return the files whose content decides the rows; GridproofError if one is missing."""

    def load(self, options: Any) -> Any:
        """Return all rows in the form that the kind asks for.

        Raises
        ------
        GridproofError : names the file, row and column of what is wrong.
        """


class KindModule(Protocol):
    """What the module of a kind of data offers; importing it must be cheap.

    The module of a derived kind has two functions besides: `derive(parameters)` returns the
    `Derived` that a cell with these parameters asks for, and `chosen(options)` the `Chosen` that
    decides their content besides base, code and libraries.
    """

    KIND: Kind

    def make(self, name: str, given: Any, options: Mapping[str, Any], folder: Path) -> Any:
        """Write `KIND.files` into a folder and return the facts about them, JSON values by name.

        Parameters
        ----------
        name : what the study calls the data.
        given : what the source's `load` returned; of derived data the folder of their base.
        options : those of derived data.

        Raises
        ------
        GridproofError : what is given cannot be used.
        """


def claims_in(module: Any) -> Iterator[Claim]:
    """Yield the claims that a module declares itself, in the order in which they are written."""
    for value in vars(module).values():
        declared = getattr(value, CLAIM, None)
        if isinstance(declared, Claim) and value.__module__ == module.__name__:
            yield declared
