"""A job trains what is missing, assembles everything, and gives the same bytes either way."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.files.formats import read_table, read_tensors
from gridproof.files.layout import assembled_folder, replicate_folder, state_file
from gridproof.plan.job_plans import TrainingJob
from gridproof.run.manifest import read_manifest
from run.jobs import content, fingerprints, make_job, run, start_process


def assembled_content(job: TrainingJob) -> dict[str, bytes]:
    """Return the bytes of the files that Snakemake knows."""
    folder = assembled_folder(job.cell, job.seeds)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_job_leaves_replicates_and_assembled_files(finished: TrainingJob) -> None:
    """Nothing else is visible: no state, and no seed that was not asked for."""
    names = {path.name for path in finished.cell.iterdir() if not path.name.startswith(".")}
    assert names == {"seed-0", "seed-1", "seed-2", "seeds-0-1-2"}
    assert assembled_content(finished).keys() == set(catalogue().family("mlp").files)


def test_tables_are_assembled_with_cell_and_seed(finished: TrainingJob) -> None:
    """Each table is the replicates' tables, one under the other, behind two columns."""
    for stem in ("metrics", "batches", "gradients"):
        table = read_table(assembled_folder(finished.cell, finished.seeds) / f"{stem}.parquet")
        parts = [
            read_table(replicate_folder(finished.cell, seed) / f"{stem}.parquet")
            for seed in finished.seeds
        ]
        assert table.column_names == ["cell", "seed", *parts[0].column_names]
        rows = len(parts[0])
        assert set(table["cell"].to_pylist()) == {finished.digest}
        assert table["seed"].to_pylist() == [seed for seed in finished.seeds for _ in range(rows)]
        for at, part in enumerate(parts):
            assert table.slice(at * rows, rows).drop(["cell", "seed"]).equals(part)


def test_tensors_are_assembled_with_prefixes(finished: TrainingJob) -> None:
    """Checkpoint and history hold every tensor of every replicate, the bits unchanged."""
    folder = assembled_folder(finished.cell, finished.seeds)
    for file, stems in (
        ("checkpoint", {"final": "final/", "best": "best/"}),
        ("history", {"history": ""}),
    ):
        expected = {
            f"seed-{seed}/{prefix}{name}": value.tobytes()
            for seed in finished.seeds
            for stem, prefix in stems.items()
            for name, value in read_tensors(
                replicate_folder(finished.cell, seed) / f"{stem}.safetensors"
            ).items()
        }
        tensors = read_tensors(folder / f"{file}.safetensors")
        assert {name: value.tobytes() for name, value in tensors.items()} == expected


def test_manifests_are_assembled_by_seed(finished: TrainingJob) -> None:
    """`replicates.json` has each replicate's own manifest."""
    folder = assembled_folder(finished.cell, finished.seeds)
    manifests = json.loads((folder / "replicates.json").read_text())
    assert manifests == {
        str(seed): read_manifest(replicate_folder(finished.cell, seed)) for seed in finished.seeds
    }
    assert manifests["1"]["spec"] == json.loads(json.dumps(finished.spec))
    assert manifests["1"]["provenance"]["threads"] == 1
    assert manifests["1"]["provenance"]["engine"] == "native"


def test_a_seed_alone_and_in_a_block_gives_the_same_bytes(
    finished: TrainingJob, data: Path, tmp_path: Path
) -> None:
    """The job of seed 0 and that of seeds 0, 1 and 2 write equal replicates; so do two runs."""
    alone = make_job(tmp_path / "alone", data, (0,))
    again = make_job(tmp_path / "again", data, (2, 1, 0))
    assert run(alone) == [0]
    assert run(again) == [2, 1, 0]
    expected = {seed: content(replicate_folder(finished.cell, seed)) for seed in (0, 1, 2)}
    assert content(replicate_folder(alone.cell, 0)) == expected[0]
    assert {seed: content(replicate_folder(again.cell, seed)) for seed in (0, 1, 2)} == expected
    assert expected[0]["final.safetensors"] != expected[1]["final.safetensors"]


def test_only_what_is_missing_is_trained(finished: TrainingJob) -> None:
    """Seed 1 was deleted: it is written again with the same bytes, the others are not touched."""
    folders = {seed: replicate_folder(finished.cell, seed) for seed in finished.seeds}
    expected, before = content(folders[1]), {s: fingerprints(folders[s]) for s in (0, 2)}
    shutil.rmtree(folders[1])
    assert run(finished) == [1]
    assert content(folders[1]) == expected
    assert {seed: fingerprints(folders[seed]) for seed in (0, 2)} == before


def test_damaged_replicate_is_trained_again(finished: TrainingJob) -> None:
    """A file was cut short: the replicate is replaced by a whole one."""
    folder = replicate_folder(finished.cell, 2)
    expected = content(folder)
    (folder / "metrics.parquet").write_bytes(b"PAR1")
    assert run(finished) == [2]
    assert content(folder) == expected


def test_more_seeds_of_the_block_leave_the_finished_ones(finished: TrainingJob, data: Path) -> None:
    """A study that asks for two more seeds trains two replicates."""
    before = {s: fingerprints(replicate_folder(finished.cell, s)) for s in finished.seeds}
    assert run(make_job(finished.cell, data, (0, 1, 2, 3, 4))) == [3, 4]
    assert {s: fingerprints(replicate_folder(finished.cell, s)) for s in finished.seeds} == before


def test_assembled_files_come_back_without_training(finished: TrainingJob) -> None:
    """Snakemake deleted the declared files: they are assembled again, the same bytes."""
    expected = assembled_content(finished)
    shutil.rmtree(assembled_folder(finished.cell, finished.seeds))
    assert run(finished) == []
    assert assembled_content(finished) == expected


@pytest.mark.parametrize("writer", ["write_table", "write_tensors"])
def test_interrupted_assembly_leaves_the_files_as_they_were(
    writer: str, finished: TrainingJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is declared to Snakemake is replaced by whole files only."""

    def interrupted(path: Path, content: object) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    expected = assembled_content(finished)
    monkeypatch.setattr(f"gridproof.run.assemble.{writer}", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(finished)
    assert assembled_content(finished) == expected


def test_assembling_imports_no_torch(finished: TrainingJob) -> None:
    """A process that finds everything finished imports no trainer, not even PyTorch's."""
    job = replace(finished, spec={**finished.spec, "engine": "torch"})
    shutil.rmtree(assembled_folder(job.cell, job.seeds))
    output, _ = start_process(job).communicate(timeout=60)
    assert output.splitlines()[-1] == "trained [] no torch"
    assert assembled_content(finished).keys() == set(catalogue().family("mlp").files)


def test_assembling_removes_the_state(finished: TrainingJob) -> None:
    """A state that a killed job left is of no use once its replicates are there."""
    state = state_file(finished.cell, 0)
    state.write_bytes(b"left behind")
    assert run(finished) == []
    assert not state.exists()


def test_later_block(data: Path, cell: Path) -> None:
    """Seeds 20 and 27 are of block 1, and train beside those of block 0 in the same folder."""
    assert run(make_job(cell, data, (20, 27))) == [20, 27]
    assert run(make_job(cell, data, (0,))) == [0]
    tensors = [
        read_tensors(replicate_folder(cell, seed) / "final.safetensors")["weight.0"].tobytes()
        for seed in (0, 20, 27)
    ]
    assert len(set(tensors)) == 3


def test_seeds_of_two_blocks_are_refused(data: Path, cell: Path) -> None:
    """A job is one block; anything else is a mistake in the plan, found before training."""
    with pytest.raises(GridproofError, match=r"seeds \[19, 20\] are not of one block"):
        run(make_job(cell, data, (19, 20)))
    assert not cell.exists()


def test_impossible_last_batch_fails_cleanly(data: Path, cell: Path) -> None:
    """An error before the first step leaves no replicate and no state."""
    with pytest.raises(GridproofError, match="leaves a last batch of 1"):
        run(make_job(cell, data, (0,), batch_size=101, batch_norm=True))
    assert not [path for path in cell.iterdir() if not path.name.startswith(".")]


def test_divergence_is_stored(data: Path, cell: Path) -> None:
    """NaN is NaN in the files, what was not measured is null, and the facts tell the epoch."""
    job = make_job(cell, data, (0, 1), learning_rate=1e38)
    assert run(job) == [0, 1]
    assert run(job) == []
    metrics = read_table(assembled_folder(cell, (0, 1)) / "metrics.parquet").to_pylist()
    for row in metrics:
        if row["epoch"] == 0:
            assert row["train_loss"] is None
            assert np.isfinite(row["val_loss"])
        else:
            assert np.isnan([row["train_loss"], row["val_loss"], row["test_loss"]]).all()
            assert row["val_accuracy"] == row["test_accuracy"] == 0
    manifest = read_manifest(replicate_folder(cell, 0))
    assert manifest is not None
    assert manifest["facts"] == {"best_epoch": 1, "diverged_epoch": 1, "n_parameters": 123}
