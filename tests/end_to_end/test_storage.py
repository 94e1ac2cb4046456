"""Results in an object store: a real S3 server of this machine, and Snakemake's plugin for it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from faults.kills import PATIENCE, find_trainer, wait_for_state
from workspace import Workspace, study_of_nothing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CONFIG = "config/small.yaml"
BUCKET = "study"
STORAGE = ("--default-storage-provider", "s3", "--default-storage-prefix", f"s3://{BUCKET}")
STUDY = """\
title: A small study
study: small
parts: [study/data]
data:
  towns:
    {source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}
  images: {source: patches, counts: {train: 16, val: 8, test: 8}, size: 64}
seeds: 2
experiments:
  learning_rate:
    data: towns
    set: {depth: 2, width: 4, batch_size: 64, epochs: EPOCHS}
    sweep: {learning_rate: [0.1, 1e-3]}
  probe: {family: probe, data: images, set: {solver: lbfgs}}
"""


class Store:
    """An S3 server; `log` has a line a request."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log

    @property
    def variables(self) -> dict[str, str]:
        """What Snakemake's plugin reads from its environment."""
        names = ("ENDPOINT_URL", "ACCESS_KEY", "SECRET_KEY")
        values = (self.url, "user", "secret")
        return {f"SNAKEMAKE_STORAGE_S3_{n}": v for n, v in zip(names, values, strict=True)}

    def requests(self) -> int:
        """Return how many requests it has answered."""
        return self.log.read_text().count('HTTP/1.1" ')

    def objects(self) -> dict[str, bytes]:
        """Return the content of everything in the bucket, by key."""
        keys = {"aws_access_key_id": "user", "aws_secret_access_key": "secret"}
        s3 = boto3.resource("s3", endpoint_url=self.url, region_name="us-east-1", **keys)
        return {item.key: item.get()["Body"].read() for item in s3.Bucket(BUCKET).objects.all()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An S3 server with nothing in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "store.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=out, stderr=out)
    deadline = time.monotonic() + PATIENCE
    while "Running on" not in log.read_text():
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield Store(f"http://127.0.0.1:{port}", log)
    server.kill()
    server.wait()


def study_in(root: Path, store: Store | None, text: str) -> Workspace:
    """Return a clone with a study, nothing of it run, its results in `store` or in its folder."""
    workspace = Workspace.of_places(root, CONFIG, text)
    if store:
        workspace.variables = store.variables
    return workspace


def test_study_in_a_store_has_the_bytes_of_one_in_a_folder(store: Store, tmp_path: Path) -> None:
    """All that rules declare is in the store, and another clone trains and prepares nothing.

    It makes tables and report again, because the files of a new clone are newer than they are.
    """
    text = STUDY.replace("EPOCHS", "2")
    local, remote = study_in(tmp_path / "local", None, text), study_in(tmp_path / "s3", store, text)
    local.run()
    result = remote.snakemake("--cores", "2", *STORAGE)
    assert result.returncode == 0, result.stdout
    objects = store.objects()
    compared = 0
    for file in local.path("results").rglob("*"):
        key = str(file.relative_to(local.root))
        if file.match("seeds-*/*") and file.suffix in (".parquet", ".safetensors"):
            assert objects[key] == file.read_bytes(), key
            compared += 1
    assert compared == 2 * 5 + 4
    assert "results/small/report/index.html" in objects
    elsewhere = study_in(tmp_path / "elsewhere", store, text)
    again = elsewhere.snakemake("--cores", "2", *STORAGE)
    assert again.returncode == 0, again.stdout
    rules = set(re.findall(r"rule (\w+):", again.stdout))
    assert not {rule for rule in rules if rule.startswith(("prepare_", "train_"))}
    assert "report" in rules


def test_killed_training_continues_from_the_state_beside_the_copies(
    store: Store, tmp_path: Path
) -> None:
    """The state of a training is not sent: it stays on the machine, where the next run finds it."""
    workspace = study_in(tmp_path / "s3", store, STUDY.replace("EPOCHS", "400"))
    arguments = ("--cores", "1", "train", *STORAGE)
    run = workspace.start("-m", "snakemake", "--configfile", workspace.study, *arguments)
    wait_for_state(workspace, "*/state-0.safetensors", run)
    find_trainer(run.pid).kill()
    run.communicate(timeout=10 * PATIENCE)
    assert run.returncode != 0
    result = workspace.snakemake(*arguments)
    assert result.returncode == 0, result.stdout
    logs = {key: text for key, text in store.objects().items() if "logs/train/" in key}
    assert len(logs) == 3
    assert any(b"continuing from" in text for text in logs.values())


def test_folder_of_results_is_not_replaced_by_a_link(store: Store, tmp_path: Path) -> None:
    """Results of runs without a store stay; the message says what to do."""
    workspace = study_in(tmp_path / "s3", store, STUDY.replace("EPOCHS", "2"))
    workspace.path("results").mkdir()
    kept = workspace.path("results/kept")
    kept.touch()
    result = workspace.snakemake("--cores", "1", *STORAGE)
    assert result.returncode != 0
    assert "found a folder results/, of runs without storage" in result.stdout
    assert "Traceback" not in result.stdout
    assert kept.exists()


def test_run_without_the_store_does_not_write_among_its_copies(
    store: Store, tmp_path: Path
) -> None:
    """Snakemake removes copies: results that nobody sends would not be safe there."""
    workspace = study_in(tmp_path / "s3", store, study_of_nothing(1))
    result = workspace.snakemake("--cores", "1", "--until", "prepare_table", *STORAGE)
    assert result.returncode == 0, result.stdout
    result = workspace.snakemake("--cores", "1")
    assert result.returncode != 0
    assert "name the store again" in result.stdout
    assert "Traceback" not in result.stdout
    workspace.path("results").unlink()
    result = workspace.snakemake("--cores", "1", "train")
    assert result.returncode == 0, result.stdout


@pytest.mark.full
def test_requests_grow_with_the_cells_and_not_with_their_square(
    store: Store, tmp_path: Path
) -> None:
    """Asking whether all is there costs the same for each further cell."""
    asked = []
    workspace = study_in(tmp_path / "s3", store, study_of_nothing(10))
    for cells in (10, 20, 40):
        workspace.path(CONFIG).write_text(study_of_nothing(cells))
        result = workspace.snakemake("--cores", "2", "train", *STORAGE)
        assert result.returncode == 0, result.stdout
        before = store.requests()
        result = workspace.snakemake("--cores", "2", "train", *STORAGE)
        assert "Nothing to be done" in result.stdout, result.stdout
        asked.append(store.requests() - before)
    small, middle, large = asked
    assert small < middle < large
    assert large - middle == pytest.approx(2 * (middle - small), rel=0.1)
