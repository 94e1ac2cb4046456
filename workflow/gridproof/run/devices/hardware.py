"""What a job computes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What one job computes on.

    Attributes
    ----------
    identifier : the UUID, equal in all processes of the machine, however they see or order its
        devices; `cpu` for the CPU.
    name : the model.
    memory : in MiB; None if it is not told.
    """

    identifier: str
    name: str
    memory: int | None = None


CPU = Device(identifier="cpu", name="CPU")
Machine = Mapping[str, tuple[Device, ...]]
"""The devices of each GPU by its UUID, in the driver's order: itself, or its MIG instances."""
