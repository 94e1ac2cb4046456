"""Results in an object store: jobs work on local copies, which Snakemake fetches and sends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from gridproof.errors import GridproofError
from gridproof.files.layout import RESULTS


class StorageSettings(Protocol):
    """What Snakemake was told of the store; `default_storage_provider` is None without one."""

    default_storage_provider: str | None
    default_storage_prefix: str | None
    local_storage_prefix: Path


def link_results(settings: StorageSettings) -> None:
    """Let `results` lead to the local copies of what is in a store, if there is one.

    Snakemake keeps them by the storage plugin and the address behind `://`. What no rule declares
    (replicates, the state of a training) lies beside them and is not sent: it stays
    on the machine that made it.

    Raises
    ------
    GridproofError : `results` is a folder, of runs without a store; or it is such a link, and this
        run is without one.
    """
    provider, prefix = settings.default_storage_provider, settings.default_storage_prefix or ""
    copies = Path(settings.local_storage_prefix).absolute()
    found = RESULTS.readlink() if RESULTS.is_symlink() else None
    is_ours = found is not None and found.is_relative_to(copies)
    if provider is None:
        if is_ours:
            raise GridproofError(
                f"{RESULTS} leads to copies of what is in a store, {found}: name the store again "
                "(--default-storage-provider, --default-storage-prefix), or remove the link "
                f"(rm {RESULTS}) to begin without"
            )
        return
    if not is_ours and (found is not None or RESULTS.exists()):
        raise GridproofError(
            f"found a folder {RESULTS}/, of runs without storage; with results in {prefix} it has "
            "to be a link: use another clone, or move the folder away"
        )
    target = copies / provider / prefix.partition("://")[2] / RESULTS
    target.mkdir(parents=True, exist_ok=True)
    if found != target:
        link = RESULTS.with_name(f".{RESULTS.name}-{os.getpid()}")
        link.symlink_to(target)
        link.replace(RESULTS)
