"""Where `results` leads when results are in a store, and whose link it may replace."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from gridproof.errors import GridproofError
from gridproof.rules.storage import StorageSettings, link_results

COPIES = ".snakemake/storage"


def settings(provider: str | None = "s3", prefix: str | None = "s3://bucket/a") -> StorageSettings:
    """Return what Snakemake was told of a store."""
    return SimpleNamespace(
        default_storage_provider=provider,
        default_storage_prefix=prefix,
        local_storage_prefix=Path(COPIES),
    )


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone without results, the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_link_leads_to_the_copies_of_the_store(clone: Path) -> None:
    """Another store is another link; the first one's copies stay."""
    for bucket in ("bucket/a", "bucket/a", "other"):
        link_results(settings(prefix=f"s3://{bucket}"))
        assert Path("results").readlink() == clone / COPIES / "s3" / bucket / "results"
    assert (clone / COPIES / "s3/bucket/a/results").is_dir()
    assert sorted(path.name for path in clone.iterdir()) == [".snakemake", "results"]


@pytest.mark.parametrize("target", [None, ".", "nowhere"])
def test_results_of_runs_without_a_store_are_not_replaced(target: str | None) -> None:
    """Neither a folder nor a link of the user's own, to another disk or to nothing."""
    results = Path("results")
    results.symlink_to(target) if target else results.mkdir()
    with pytest.raises(GridproofError, match="found a folder results/"):
        link_results(settings())
    assert results.is_symlink() == (target is not None)


def test_run_without_a_store_leaves_a_link_of_the_user_s_alone(clone: Path) -> None:
    """Only a link to copies is refused."""
    link_results(settings(provider=None))
    Path("results").symlink_to(clone)
    link_results(settings(provider=None))
    Path("results").unlink()
    link_results(settings())
    with pytest.raises(GridproofError, match="name the store again"):
        link_results(settings(provider=None))
