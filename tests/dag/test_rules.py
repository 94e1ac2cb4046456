"""Rules ask parts what they write: they name no kind and no family."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gridproof.catalogue import catalogue
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study
from gridproof.rules.data_rules import DataRules
from gridproof.rules.patterns import NOTHING
from gridproof.rules.training_rules import TrainingRules
from workspace import REPOSITORY, study_of_nothing, write_places

PARTS = catalogue()


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of two cells that train nothing."""
    monkeypatch.chdir(tmp_path)
    write_places(Path("data"), rows=20)
    Path("config.yaml").write_text(study_of_nothing(2))
    return read_study(Path("config.yaml"))


def test_no_rule_names_a_kind_or_a_family() -> None:
    """A new one needs no edit of a rule."""
    names = re.compile(rf"\b({'|'.join([*PARTS.names('kinds'), *PARTS.names('families')])})\b")
    for file in [REPOSITORY / "Snakefile", *(REPOSITORY / "workflow/rules").glob("*.smk")]:
        code = [line for line in file.read_text().splitlines() if '"""' not in line]
        assert not [line for line in code if names.search(line)], file


@pytest.mark.parametrize("family", PARTS.names("families"))
def test_rule_of_a_family_follows_its_declaration(study: Study, family: str) -> None:
    """Outputs are the family's files; gpu=1 for those that use one; the cells of no other match."""
    training = TrainingRules(study)
    declared = PARTS.family(family)
    assert [Path(file).name for file in training.outputs(family)] == list(declared.files)
    assert ("gpu" in training.resources(family)) == declared.gpu
    assert re.fullmatch(training.cells(family), f"{family}-a1-0123456789ab")
    assert not re.fullmatch(training.cells(family), f"{family}2-a1-0123456789ab")


def test_rule_of_a_kind_matches_the_data_of_that_kind(study: Study) -> None:
    """Whatever their digest, so that a job planned before an edit finds its message."""
    data = DataRules(study)
    assert re.fullmatch(data.folders("table"), "towns-0123456789ab")
    assert data.folders("images") == NOTHING
    assert data.outputs("table") == [
        "results/data/{data}/data.parquet",
        "results/data/{data}/facts.json",
    ]


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_profile_sends_each_rule_with_a_gpu_to_the_partition_of_gpus(profile: str) -> None:
    """Of the package's parts; for one of yours, docs/cluster.md says what to add."""
    text = (REPOSITORY / "profiles" / profile / "config.yaml").read_text()
    families = [f"train_{name}" for name in PARTS.names("families") if PARTS.family(name).gpu]
    kinds = [f"prepare_{name}" for name in PARTS.names("kinds") if PARTS.kind(name).gpu]
    assert set(yaml.safe_load(text)["set-resources"]) == {*families, *kinds}
