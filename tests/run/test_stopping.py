"""A scheduler that asks a training to stop finds its state saved, whatever the time of saving."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from gridproof.files.layout import state_file
from gridproof.run.stopping import noting_sigterm
from run.jobs import NEVER, SLOW_TRAINER, content, make_job, run, start_process


@pytest.mark.slow
def test_asked_to_stop_it_saves_ends_and_continues_with_the_same_bits(
    data: Path, tmp_path: Path
) -> None:
    """It stops within an epoch, says where the state is, and the next job goes on from there."""
    stopped = make_job(tmp_path / "stopped", data, (0,), epochs=40)
    process = start_process(stopped, save_seconds=NEVER, prelude=SLOW_TRAINER)
    assert process.stdout is not None
    for line in process.stdout:
        if "epoch 2/" in line:
            break
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    state = state_file(stopped.cell, 0)
    assert process.returncode != 0
    assert f"saved {state}" in output
    assert state.exists()
    whole = make_job(tmp_path / "whole", data, (0,), epochs=40)
    assert run(whole) == run(replace(stopped)) == [0]
    assert content(whole.cell / "seed-0") == content(stopped.cell / "seed-0")
    assert not state.exists()


def test_outside_of_a_training_the_signal_keeps_its_effect() -> None:
    """The handler that was there before is there again."""
    before = signal.getsignal(signal.SIGTERM)
    with noting_sigterm() as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop.asked
    assert signal.getsignal(signal.SIGTERM) is before
