"""What a family declares, and what its trainer offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from gridproof.parameter import Parameters

if TYPE_CHECKING:
    import numpy as np

Table = Mapping[str, "np.ndarray"]
"""Columns of equal length by name; a masked value (numpy.ma) is a null."""


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
    """A replicate in training; what every family's trainer offers."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to train."""

    def advance(self) -> str:
        """Train the next part (an epoch, a round); return a line for the log."""

    def state(self) -> dict[str, np.ndarray]:
        """Return all that changes, as arrays by name."""

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state` returned."""

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result of `seed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Another way to compute the cells of a family, which makes other cells.

    trainer, libraries : as in `Family`.
    """

    trainer: str
    libraries: tuple[str, ...]


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
    trainer : `module:name` in the family's folder (`:name` in its declaration), called with
        `parameters` (of the class above), `data` (the folder of prepared data), `threads` and
        `seeds` (one seed); returns a Training that has not begun.
    predicts : what its target has to be: classes, or anything.
    libraries : distributions that compute its results, whose versions are part of a cell's
        identity.
    tables : the tables that its replicates hold; `metrics` at least.
    history : whether replicates hold the weights after every epoch.
    figures : what the report shows of an experiment that does not say.
    seeds_in_job : how many seeds one job trains, one after another.
    gpu : whether its trainer uses a GPU where there is one.
    engine : what computes its cells, unless a study names another one of `engines`.
    engines : the other ones, by the names that a study gives.
    exact : whether the bits that `trainer` gives depend on neither processor nor threads.
    same_bits : as `trainer`, which it replaces where it returns no None; it has to give the same
        bits, so its code is no part of a cell's identity.
    chosen : returns further entry points `module:name` that the parameters of a cell choose, and
        the digests of files (such as weights) that they name.
    trained : `module:name` of what reads a finished cell for its measurements.
    cost : returns what a cell takes, in units in which a pixel of an image that a convolutional
        network sees counts 37,000; for the order and the time of jobs.
    seconds_per_cost : what a unit of cost took at most, before any cell is trained.
    train_rows : how many rows that was measured on; 0 where the cost does not depend on rows.
    memory_mb : the most that a job took; or a function of parameters that returns it.
    default : whether an experiment that names no family means this one.
    build : compiles what the family compiles for a machine, where it is missing; returns lines.
    machine : returns what `gridproof doctor` tells about what the family uses of a machine: a
        subject in a word or two, and lines.
    note : returns what to tell a user where `engine` lacks something here, else None.
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
    predicts: Literal["classes", "anything"] = "classes"
    tables: tuple[str, ...] = ("metrics", "batches")
    history: bool = False
    figures: tuple[str, ...] = ()
    seeds_in_job: int = 5
    gpu: bool = False
    engine: str = "python"
    engines: Mapping[str, Engine] = field(default_factory=dict)
    exact: bool = False
    same_bits: str = ""
    chosen: Callable[[Any], Chosen] | None = None
    trained: str = ""
    cost: Callable[[Any], float] = one_second
    seconds_per_cost: float = 1.0
    train_rows: int = 0
    memory_mb: int | Callable[[Any], float] = 1000
    default: bool = False
    build: Callable[[], Sequence[str]] | None = None
    machine: Callable[[], tuple[str, Sequence[str]]] | None = None
    note: Callable[[], str | None] | None = None
    warning: str = ""
    words: str = ""
    name: str = ""
    package: str = ""

    @property
    def engine_names(self) -> tuple[str, ...]:
        """What can compute its cells, the usual one first."""
        return (self.engine, *self.engines)

    def computed_by(self, engine: str) -> Engine:
        """Return the trainer and the libraries of an engine."""
        if engine == self.engine:
            return Engine(trainer=self.trainer, libraries=self.libraries)
        return self.engines[engine]

    def entry(self, engine: str) -> str:
        """Return the trainer of an engine as `module:name`, from the top-level package on."""
        return self.absolute(self.computed_by(engine).trainer)

    def absolute(self, entry: str) -> str:
        """Return an entry `module:name` of the family's folder from the top-level package on."""
        module, _, name = entry.partition(":")
        return f"{'.'.join(filter(None, [self.package, module]))}:{name}"

    @property
    def files(self) -> tuple[str, ...]:
        """What a job assembles of a cell's replicates."""
        tensors = ("checkpoint.safetensors", *(["history.safetensors"] if self.history else []))
        return (*(f"{table}.parquet" for table in self.tables), *tensors, "replicates.json")


class Chosen(NamedTuple):
    """What values add to code and identity: of a cell's parameters, of options of derived data."""

    entries: tuple[str, ...] = ()
    digests: Mapping[str, str] = {}
