"""What a killed training continues from: one file, replaced as a whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from gridproof.files.atomic import atomic_path

logger = logging.getLogger(__name__)


def save_state(path: Path, digest: str, state: Mapping[str, np.ndarray]) -> None:
    """Write `state` atomically, marked with the digest of the cell that it belongs to."""
    with atomic_path(path) as temporary:
        tensors = {name: np.asarray(value, order="C") for name, value in state.items()}
        temporary.write_bytes(save(tensors, metadata={"cell": digest}))


def load_state(path: Path, digest: str) -> dict[str, np.ndarray] | None:
    """Return the state that was saved for the cell `digest`, or None where there is none.

    A damaged or foreign file is reported in the log and not used: training then starts afresh.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            owner = (file.metadata() or {}).get("cell")
            names = list(file.keys())
            state: dict[str, np.ndarray] = {name: file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        logger.warning("%s cannot be read (%s): training starts afresh", path, error)
        return None
    if owner != digest:
        logger.warning("%s belongs to cell %s: training starts afresh", path, owner)
        return None
    return state
