"""The trainer as it usually runs: with the kernel."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.parts.families.mlp.kernel import load_kernel
from gridproof.parts.families.mlp.mlp_training import MlpTraining

if TYPE_CHECKING:
    from gridproof.parts.families.mlp import MlpParameters

logger = logging.getLogger(__name__)


def start(
    *, parameters: MlpParameters, data: Path, threads: int, seeds: Sequence[int]
) -> MlpTraining | None:
    """Return a training that has not begun, with the bits of `specified.start`.

    None where the kernel is not built.
    """
    kernel = load_kernel()
    if kernel is None:
        logger.warning("the kernel is not built here (`gridproof compile`): training in numpy")
        return None
    return MlpTraining(parameters=parameters, data=data, seeds=seeds, arithmetic=kernel)
