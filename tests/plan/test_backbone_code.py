"""Which cells an edit of a backbone's code trains again, and which a new backbone does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gridproof.families import FAMILIES
from gridproof.parts.families.cnn.backbones import BACKBONES
from gridproof.plan.cell_identity import code_modules
from gridproof.plan.closure import PACKAGE_FOLDER

STUDY = """\
title: Test
data:
  countries: {source: geonames}
  images: {source: patches, size: 64, counts: {train: 16, val: 8, test: 8}}
experiments:
  places: {}
  scratch:
    family: cnn
    set: {pretrained: false}
    sweep: {backbone: [efficientnet_lite0, resnet18]}
    figures: []
  probe: {family: probe, figures: []}
  trees: {family: xgboost, figures: []}
"""
NAMES = (
    "import json; from pathlib import Path; from gridproof.plan.study import read_study;"
    "cells = read_study(Path('config.yaml')).cells.values();"
    "print(json.dumps({cell.slug.partition('-lr')[0]: cell.digest for cell in cells}))"
)
LITE0, RESNET18 = (f"gridproof/parts/families/cnn/backbones/{name}.py" for name in BACKBONES)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package and a study."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE_FOLDER, folder / "gridproof")
    (folder / "config.yaml").write_text(STUDY)
    return folder


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each cell as the copy in `folder` computes it, by its name."""
    done = subprocess.run(
        [sys.executable, "-c", NAMES],
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def before(package: Path) -> dict[str, str]:
    """The digests of the cells before any edit."""
    return digests(package)


def edited(package: Path, folder: Path, file: str, text: str) -> dict[str, str]:
    """Return the digests where `text` was added to a file, which may be a new one."""
    shutil.copytree(package, folder, dirs_exist_ok=True)
    with (folder / file).open("a") as stream:
        stream.write(text)
    return digests(folder)


CASES = {
    "a new backbone": ("gridproof/parts/families/cnn/backbones/vgg.py", set()),
    "lite0": (LITE0, {"cnn-efficientnet_lite0", "probe-efficientnet_lite0-adam"}),
    "resnet18": (RESNET18, {"cnn-resnet18"}),
    "what all have": (
        "gridproof/parts/families/cnn/backbones/__init__.py",
        {"cnn-efficientnet_lite0", "cnn-resnet18", "probe-efficientnet_lite0-adam"},
    ),
}


@pytest.mark.parametrize(("file", "expected"), CASES.values(), ids=CASES)
def test_edit_of_a_backbone_reaches_its_own_cells(
    file: str, expected: set[str], package: Path, before: dict[str, str], tmp_path: Path
) -> None:
    """Networks and probes of the backbone get new names, all other cells keep theirs."""
    after = edited(package, tmp_path, file, "\nNUMBER = 7\n")
    assert after.keys() == before.keys()
    assert len(before) == 5
    assert {name for name in before if after[name] != before[name]} == expected


@pytest.mark.parametrize("name", BACKBONES)
def test_code_of_a_network_is_its_trainer_s_and_its_backbone_s(name: str) -> None:
    """The backbone that the cell names, and no other; a perceptron has none."""
    assert code_modules(FAMILIES["cnn"], {"backbone": name}) == (
        "gridproof.parts.families.cnn.cnn_training",
        f"gridproof.parts.families.cnn.backbones.{name}",
    )
    assert code_modules(FAMILIES["mlp"], {}) == ("gridproof.parts.families.mlp.mlp_training",)
