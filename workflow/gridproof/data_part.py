"""What a kind of data and a data source declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from gridproof.parameter import Section


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
    numeric : option that, where it is true, makes the target a number and no class; empty for none.
    divisions : option with the number of ways in which rows are divided among train, val and test,
        which the seeds of a cell take in turn, at least as many as there are seeds; empty where all
        seeds have the same rows.
    """

    description: str
    kind: str
    options: type[Section]
    libraries: tuple[str, ...] = ()
    path_options: tuple[str, ...] = ()
    facts_options: tuple[str, ...] = ()
    picture: str = ""
    numeric: str = ""
    divisions: str = ""


class Derived(NamedTuple):
    """The derived data that a cell asks for: a label for people, and the options they follow from.

    Options are JSON values by name.
    """

    label: str
    options: Mapping[str, Any]


class SourceModule(Protocol):
    """What the module of a data source offers; importing it must be cheap.

    `options` are an instance of `SOURCE.options`. Two more functions may be there:
    `source_names(options)` returns what names of files decide, where they decide something of the
    data; `origin(options, data)` returns sentences about the data for the report, `data` being what
    `load` returned.
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
