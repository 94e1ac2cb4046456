"""A training job: train what is missing of a block of a cell, then assemble its files."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.atomic import remove_leftovers
from gridproof.files.layout import (
    block_of,
    lock_file,
    replicate_folder,
    state_file,
)
from gridproof.part import Family, Training
from gridproof.parts_folder import import_part
from gridproof.plan.job_plans import TrainingJob
from gridproof.plan.jobs import family_of, unplanned_modules
from gridproof.run.assemble import assemble
from gridproof.run.devices import CPU, leased_device
from gridproof.run.lock import exclusive
from gridproof.run.manifest import intact_seeds
from gridproof.run.memory import keep_freed_memory
from gridproof.run.provenance import commit, provenance
from gridproof.run.replicates import write_replicate
from gridproof.run.state import load_state, save_state
from gridproof.run.stopping import noting_sigterm

logger = logging.getLogger(__name__)


def missing_seeds(cell: Path, seeds: Sequence[int]) -> list[int]:
    """Return the seeds without an intact replicate."""
    intact = intact_seeds(cell, seeds)
    return [seed for seed in seeds if seed not in intact]


def run_job(job: TrainingJob, save_seconds: float) -> list[int]:
    """Make sure that all replicates of a job exist and assemble them; return the seeds trained.

    Training state is saved every `save_seconds`; a job that finds some continues from it. If
    nothing is missing, the trainer is not imported.
    """
    family = family_of(job)
    blocks = {block_of(seed, family.seeds_in_job) for seed in job.seeds}
    if len(blocks) != 1:
        raise GridproofError(f"seeds {list(job.seeds)} are not of one block")
    states = [state_file(job.cell, seed) for seed in job.seeds]
    with exclusive(lock_file(job.cell, blocks.pop())):
        for path in (*states, *(replicate_folder(job.cell, seed) for seed in job.seeds)):
            remove_leftovers(path)
        missing = missing_seeds(job.cell, job.seeds)
        if missing:
            logger.info("training seeds %s of %s", missing, job.cell.name)
            _train(job, family, missing, save_seconds)
        else:
            logger.info("all replicates of %s are there: nothing to train", job.cell.name)
        assemble(job.cell, job.digest, job.seeds, family.files)
        for path in states:
            path.unlink(missing_ok=True)
    return missing


def _train(job: TrainingJob, family: Family, missing: Sequence[int], save_seconds: float) -> None:
    """Train the missing replicates, seed by seed."""
    keep_freed_memory()
    parameters = family.parameters.model_validate(job.spec["parameters"])
    engine, threads = str(job.spec["engine"]), int(job.spec["threads"])
    code = commit(Path(__file__).parent)
    with leased_device() if family.gpu else nullcontext(CPU) as device:
        for seed in missing:
            started, known = time.monotonic(), set(sys.modules)
            training = begin(
                family, engine, parameters=parameters, data=job.data, threads=threads, seeds=(seed,)
            )
            _advance_to_end(training, state_file(job.cell, seed), job.digest, save_seconds)
            record = provenance(
                libraries=family.computed_by(engine).libraries,
                device=device.identifier if device == CPU else device.name,
                engine=engine,
                threads=threads,
                seconds=time.monotonic() - started,
                code=code,
            )
            replicate = training.replicate(seed)
            check_imports(job, sys.modules.keys() - known)
            write_replicate(replicate_folder(job.cell, seed), replicate, job.spec, record)
            state_file(job.cell, seed).unlink(missing_ok=True)
            logger.info("seed %d is finished", seed)


def begin(family: Family, engine: str, **told: Any) -> Training:
    """Return a training that has not begun: the faster one of equal bits where it can run here."""
    training: Training | None = None
    if family.same_bits and engine == family.engine:
        training = entry_point(family.absolute(family.same_bits))(**told)
    return training or entry_point(family.entry(engine))(**told)


def entry_point(entry: str) -> Callable[..., Any]:
    """Import what an entry `module:name` names, and with it the library that trains."""
    module, _, name = entry.partition(":")
    found: Callable[..., Any] = getattr(import_part(module), name)
    return found


def check_imports(job: TrainingJob, imported: Collection[str]) -> None:
    """Refuse results of code that the cell's identity does not know.

    Raises
    ------
    GridproofError : names the modules; nothing is written of the replicate.
    """
    if unknown := unplanned_modules(job, imported):
        raise GridproofError(
            f"the training of {job.cell.name} imported {', '.join(unknown)}, found no way to it "
            f"from {job.family}, expected an import that can be followed: by its name, in a module "
            "that the trainer can reach"
        )


def _advance_to_end(training: Training, state: Path, digest: str, save_seconds: float) -> None:
    """Train to the end, from the saved state if there is one, saving it as time passes.

    Raises
    ------
    GridproofError
        If SIGTERM asked to stop; the state is saved then, and the same job continues from it.
    """
    saved = load_state(state, digest)
    if saved is not None:
        training.restore(saved)
        logger.info("continuing from %s", state)
    last_save = time.monotonic()
    with noting_sigterm() as stop:
        while not training.finished:
            logger.info(training.advance())
            if stop.asked or time.monotonic() - last_save >= save_seconds:
                save_state(state, digest, training.state())
                last_save = time.monotonic()
            if stop.asked:
                raise GridproofError(
                    f"asked to stop (SIGTERM): saved {state}, from where the same job continues"
                )
