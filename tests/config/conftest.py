"""A small study that each test changes in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gridproof.catalogue import Catalogue
from gridproof.config.loading import load_config
from gridproof.config.study_config import StudyConfig

SOURCE = "{source: csv, path: towns.csv, target: country}"
BASE = f"""\
title: Test
data:
  countries: {SOURCE}
seeds: 2
experiments:
  rates:
    sweep:
      learning_rate: [0.2, 1e-3]
"""

RATES = "      learning_rate: [0.2, 1e-3]\n"

Load = Callable[..., tuple[StudyConfig, Catalogue]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Return a function that loads the small study with one passage replaced by another."""

    def load_changed(
        old: str = "", new: str = "", *, overrides: Mapping[str, object] | None = None
    ) -> tuple[StudyConfig, Catalogue]:
        assert old in BASE
        path = tmp_path / "config.yaml"
        path.write_text(BASE.replace(old, new, 1) if old else BASE + new)
        return load_config(path, overrides)

    monkeypatch.chdir(tmp_path)
    return load_changed
