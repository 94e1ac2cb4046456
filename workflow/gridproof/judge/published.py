"""Values in print, as the files `published.yaml` of a study hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gridproof.errors import GridproofError

PUBLISHED_FILE = "published.yaml"
"""Name of the file in a folder of parts."""
SLACK = 1e-9
"""What a distance may exceed half a digit by: numbers like 0.85 - 0.8 are not exact."""


class PublishedData(BaseModel):
    """What is known of the data behind the published values; entropy in nats.

    `source` is the one that reads files, `configuration` the parameters that `match` leaves out;
    `what` and `models` say in words what the values are of, where that is another thing than ours;
    `networks` are the parameters of the networks, where ours may be others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    rows: dict[str, int]
    n_classes: int
    prior_entropy: float
    configuration: dict[str, bool | int | float] = {}
    what: str = ""
    models: str = ""
    networks: dict[str, bool | int | float | str] = {}

    def substitutes(
        self, facts: Mapping[str, Any], cells: Iterable[Mapping[str, object]]
    ) -> list[str]:
        """Return what is in place of the published data and networks, in words.

        Parameters
        ----------
        facts : of the data that are used.
        cells : the parameters of the cells that are looked at.
        """
        found = [] if self.is_own(facts) else [f"other data ({facts['source']})"]
        used = [
            f"{name} {parameters[name]} for {printed}"
            for parameters in cells
            for name, printed in self.networks.items()
            if parameters.get(name, printed) != printed
        ]
        return found + list(dict.fromkeys(used))

    def is_own(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether data are the published study's: from files, with its rows and classes."""
        return (
            facts["source"] == self.source
            and dict(facts["rows"]) == self.rows
            and int(facts.get("n_classes", 0)) == self.n_classes
        )


class PublishedValue(BaseModel):
    """One number in print: the experiment and the parameters it belongs to, and where it stands.

    `quantity` is a column of `epochs` or one of the others that the report compares;
    `layer` belongs to gradient norms; `prose` is what the text says where the value is a figure's;
    `read_off` is what the value may be off by if it was read off a figure, 0 if it is in print.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    experiment: str
    quantity: str
    epoch: int | str = "last"
    layer: int | None = None
    match: dict[str, bool | int | float | str]
    value: float
    prose: str | None = None
    read_off: float = 0.0
    note: str = ""

    @property
    def contradicts_prose(self) -> bool:
        """Whether the prose is off by more than half of its last digit and the reading error."""
        if self.prose is None:
            return False
        digits = len(self.prose.partition(".")[2])
        return abs(float(self.prose) - self.value) > 0.5 * 10.0**-digits + self.read_off + SLACK


class Proposal(BaseModel):
    """What the published study suggests and gives no numbers for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    experiment: str
    suggests: str


class Published(BaseModel):
    """All values in print, and by kind of data what they were measured on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: dict[str, PublishedData] = {}
    values: tuple[PublishedValue, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    def proposal(self, experiment: str) -> Proposal | None:
        """Return what the published study suggests of an experiment, if it does."""
        return next((item for item in self.proposals if item.experiment == experiment), None)


def read_published(paths: Sequence[Path]) -> Published:
    """Read the values in print of a study; no file, no values.

    Raises
    ------
    GridproofError : a file cannot be read, or says what another says.
    """
    merged, origin = Published(), dict[str, Path]()
    for path in paths:
        content = _read(path)
        for entry in entries(content):
            if entry in origin:
                raise GridproofError(f"{path}: {entry} is in {origin[entry]} as well")
            origin[entry] = path
        merged = Published(
            data=merged.data | content.data,
            values=merged.values + content.values,
            proposals=merged.proposals + content.proposals,
        )
    return merged


def entries(published: Published) -> Iterator[str]:
    """Yield what is said once, in words."""
    for kind in published.data:
        yield f"what is known of the data of kind {kind!r}"
    for value in published.values:
        parameters = ", ".join(f"{name} {given}" for name, given in sorted(value.match.items()))
        layer = "" if value.layer is None else f", layer {value.layer}"
        yield (
            f"{value.quantity} of {value.experiment!r} with {parameters or 'any parameters'}"
            f" (epoch {value.epoch}{layer})"
        )
    for proposal in published.proposals:
        yield f"the proposal about {proposal.experiment!r}"


def _read(path: Path) -> Published:
    try:
        return Published.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GridproofError(f"{path}: {error}") from error
