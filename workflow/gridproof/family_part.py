"""What a family declares, and what its trainer offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from gridproof.parameter import Parameters

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

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
    trainer : `module:name` in the family's folder (`:name` in its declaration), called with
        `parameters` (of the class above), `data` (the folder of prepared data), `engine`,
        `threads` and `seeds` (a whole block); returns a Training that has not begun.
    predicts : what its target has to be: classes, or anything.
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
    machine : returns what `gridproof doctor` tells about what the family uses of a machine: a
        subject in a word or two, and lines.
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
    predicts: Literal["classes", "anything"] = "classes"
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
    machine: Callable[[], tuple[str, Sequence[str]]] | None = None
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


class Chosen(NamedTuple):
    """What values add to code and identity: of a cell's parameters, of options of derived data."""

    entries: tuple[str, ...] = ()
    digests: Mapping[str, str] = {}
