"""Values in print, as `published.yaml` holds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gridproof.errors import GridproofError

ROUNDING = 1e-9


class PublishedData(BaseModel):
    """What is known of the data behind the published values; entropy in nats.

    `source` is the one that reads files, `configuration` the parameters that `match` leaves out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    rows: dict[str, int]
    n_classes: int
    prior_entropy: float
    configuration: dict[str, bool | int | float] = {}

    def is_own(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether data are the published study's: from files, with its rows and classes."""
        return (
            facts["source"] == self.source
            and dict(facts["rows"]) == self.rows
            and int(facts["n_classes"]) == self.n_classes
        )


class PublishedValue(BaseModel):
    """One number in print: the experiment and the parameters it belongs to, and where it stands.

    `quantity` is a column of `epochs` or one of the others that the report compares;
    `layer` belongs to gradient norms; `prose` is what the text says where the value is a figure's.
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
    note: str = ""

    @property
    def contradicts_prose(self) -> bool:
        """Whether the prose is off by more than half of its own last digit."""
        if self.prose is None:
            return False
        digits = len(self.prose.partition(".")[2])
        return abs(float(self.prose) - self.value) > 0.5 * 10.0**-digits + ROUNDING


class Proposal(BaseModel):
    """What the published study suggests and gives no numbers for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    experiment: str
    suggests: str


class Published(BaseModel):
    """All values in print, and by kind of data what they were measured on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: dict[str, PublishedData]
    values: tuple[PublishedValue, ...]
    proposals: tuple[Proposal, ...] = ()

    def proposal(self, experiment: str) -> Proposal | None:
        """Return what the published study suggests of an experiment, if it does."""
        return next((item for item in self.proposals if item.experiment == experiment), None)


def read_published(path: Path) -> Published:
    """Read and check `published.yaml`."""
    try:
        return Published.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GridproofError(f"{path}: {error}") from error
