"""A replicate on disk: written whole, and whether it is still intact."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gridproof.files.layout import block_of, replicate_folder
from gridproof.part import Replicate
from gridproof.run.job import missing_seeds
from gridproof.run.manifest import MANIFEST, is_intact, read_manifest
from gridproof.run.replicates import write_replicate
from run.jobs import make_job

REPLICATE = Replicate(
    tables={"metrics": {"epoch": np.arange(2), "val_loss": np.array([1.5, np.nan])}},
    tensors={"final": {"weight.0": np.ones((2, 3), np.float32)}},
    facts={"best_epoch": 1, "diverged_epoch": None},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an intact replicate."""
    folder = tmp_path / "seed-0"
    write_replicate(folder, REPLICATE, {"family": "mlp"}, {"engine": "native"})
    return folder


def test_replicate_says_what_it_is(folder: Path) -> None:
    """The manifest has the spec, the facts, the provenance and a digest of every other file."""
    manifest = read_manifest(folder)
    assert manifest is not None
    files = manifest.pop("files")
    assert manifest == {
        "spec": {"family": "mlp"},
        "facts": {"best_epoch": 1, "diverged_epoch": None},
        "provenance": {"engine": "native"},
    }
    assert isinstance(files, dict)
    assert files.keys() == {"metrics.parquet", "final.safetensors"}
    assert {path.name for path in folder.iterdir()} == files.keys() | {MANIFEST}
    assert is_intact(folder)


def flip_a_bit(path: Path) -> None:
    """Change one bit, and neither size nor times."""
    stat = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def cut_short(path: Path) -> None:
    """Lose the last three bytes."""
    os.truncate(path, path.stat().st_size - 3)


def without_files(path: Path) -> None:
    """Drop the digests from a manifest."""
    manifest = json.loads(path.read_text())
    del manifest["files"]
    path.write_text(json.dumps(manifest))


FILES = ["metrics.parquet", "final.safetensors", MANIFEST]
DAMAGE: dict[str, tuple[str, Callable[[Path], object]]] = {
    **{f"{name} missing": (name, Path.unlink) for name in FILES},
    **{f"{name} empty": (name, lambda path: path.write_bytes(b"")) for name in FILES},
    **{
        f"{name} cut": (name, lambda path: os.truncate(path, path.stat().st_size - 3))
        for name in FILES
    },
    **{f"{name} with another bit": (name, flip_a_bit) for name in FILES[:2]},
    "metrics.parquet a folder": (FILES[0], lambda path: (path.unlink(), path.mkdir())),
    "manifest without digests": (MANIFEST, without_files),
    "manifest with no digest": (MANIFEST, lambda path: path.write_text('{"files": {}}')),
    "manifest of another kind": (MANIFEST, lambda path: path.write_text("[1]")),
    "manifest not text": (MANIFEST, lambda path: path.write_bytes(b"\xff\xfe")),
}


@pytest.mark.parametrize(("name", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_replicate_is_not_intact(
    name: str, damage: Callable[[Path], object], folder: Path
) -> None:
    """A file that is missing, cut short or changed makes the replicate one to be trained again."""
    damage(folder / name)
    assert not is_intact(folder)


def test_missing_seeds(tmp_path: Path) -> None:
    """Seeds without a replicate, or with a damaged one, in the order asked for."""
    for seed in (0, 1, 3):
        write_replicate(replicate_folder(tmp_path, seed), REPLICATE, {}, {})
    (replicate_folder(tmp_path, 1) / "metrics.parquet").unlink()
    assert missing_seeds(tmp_path, (0, 1, 2, 3)) == [1, 2]
    assert missing_seeds(tmp_path / "nothing", (4, 0)) == [4, 0]
    assert missing_seeds(tmp_path, (0, 3)) == []


def test_unwritable_replicate_leaves_nothing(tmp_path: Path) -> None:
    """A column that cannot be written leaves neither a folder nor half of one."""
    bad = Replicate(tables={"metrics": {"x": np.array([object()])}}, tensors={}, facts={})
    with pytest.raises(Exception, match="object"):
        write_replicate(tmp_path / "seed-0", bad, {}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_block_is_a_function_of_the_seed() -> None:
    """So many seeds a block, in order: what is finished or asked for plays no part."""
    seeds = (0, 4, 5, 9, 10, 2**31 - 1)
    assert [block_of(seed, 5) for seed in seeds] == [0, 0, 1, 1, 2, 429496729]
    assert [block_of(seed, 20) for seed in (0, 19, 20, 41)] == [0, 0, 1, 2]


def test_fresh_job_has_all_seeds_missing(cell: Path, data: Path) -> None:
    """A cell without a folder is a cell where everything is missing."""
    job = make_job(cell, data, (5, 7))
    assert missing_seeds(job.cell, job.seeds) == [5, 7]
