"""The peers that need nothing but what the project itself has, and what they are given."""

import sys
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.measuring import steps
from benchmarks.measuring.cases import CASES, quick
from benchmarks.measuring.environment import PINS, REQUIREMENTS, Environment
from benchmarks.measuring.steps import PEERS, Peer, Pool, measure_case
from benchmarks.measuring.synthetic import N_CLASSES, write_prepared
from gridproof.parts.kinds.table.prepared_table import load_classes

ROOT = Path(__file__).resolve().parents[2]
OWN_PYTHON = Environment(python=Path(sys.executable), missing={"JAX": "could not be installed"})
CASE = replace(CASES[0], depth=2, batch_size=64, n_steps=5)


def test_prepared_table_is_read_by_the_package(tmp_path):
    """The synthetic table has the form of prepared data, and all classes."""
    features, labels = write_prepared(tmp_path / "prepared", 500)
    read, read_labels = load_classes(tmp_path / "prepared", "train")
    np.testing.assert_array_equal(read, features)
    np.testing.assert_array_equal(read_labels, labels)
    assert set(labels) == set(range(N_CLASSES))
    assert len(load_classes(tmp_path / "prepared", "val")[0]) < 100


def test_quick_cases_have_no_more_steps():
    """The quick benchmark trains the same networks for fewer steps."""
    for case in CASES:
        assert quick(case).n_steps <= case.n_steps
        assert replace(quick(case), n_steps=case.n_steps) == case


def test_pins_are_exact_and_name_no_host():
    """Each line pins a version, of all that the peers need; PyTorch is the project's own."""
    lines = [line for line in PINS.read_text().splitlines() if not line.startswith("#")]
    pins = dict(line.partition(" ;")[0].split("==") for line in lines)
    assert {name for names in REQUIREMENTS.values() for name in names} <= pins.keys()
    assert "://" not in PINS.read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"torch=={pins['torch']}" in project["dependencies"]
    assert f"snakemake=={pins['snakemake']}" in project["dependencies"]


@pytest.mark.slow
def test_peers_agree_with_the_reference(tmp_path, monkeypatch):
    """Engines and loop end with the reference's losses; who is missing or fails has the reason."""
    broken = Peer(name="broken", script="no_such_peer", needs=None)
    chosen = [peer for peer in PEERS if peer.script in ("engine", "notebook_loop")]
    jax = next(peer for peer in PEERS if peer.name == "JAX")
    monkeypatch.setattr(steps, "PEERS", (*chosen, jax, broken))
    (tmp_path / "case").mkdir()
    with closing(Pool(OWN_PYTHON, tmp_path)) as pool:
        result = measure_case(CASE, pool, tmp_path / "case", rounds=2, limit=120)
    assert result.disagreeing() == []
    for peer in chosen:
        measured = result.peers[peer.name]
        assert measured.failure is None
        assert len(measured.rounds) == 2
        assert measured.difference.mean < result.without_updates / 10
    assert result.peers["JAX"].failure == "could not be installed"
    assert "no_such_peer" in result.peers["broken"].failure


@pytest.mark.slow
def test_peer_that_learns_at_another_rate_disagrees(tmp_path, monkeypatch):
    """The comparison of losses tells a training that is not the one asked for."""
    [native] = [peer for peer in PEERS if peer.name == "native"]
    monkeypatch.setattr(steps, "PEERS", (native,))
    written = steps.write_job

    def wrong_rate(*arguments):
        job, *others = written(*arguments)
        return {**job, "learning_rate": 0.05}, *others

    monkeypatch.setattr(steps, "write_job", wrong_rate)
    (tmp_path / "case").mkdir()
    with closing(Pool(OWN_PYTHON, tmp_path)) as pool:
        result = measure_case(CASE, pool, tmp_path / "case", rounds=1, limit=120)
    assert result.disagreeing() == ["native"]
