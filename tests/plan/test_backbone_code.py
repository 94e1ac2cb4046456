"""Which cells an edit of a backbone's code trains again, and which a new backbone does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from gridproof.parts.families.cnn.backbones import BACKBONES, backbone_module
from gridproof.parts_folder import PACKAGE_FOLDER
from gridproof.plan.reach import clear, code_digest

FOLDER = "parts/families/cnn/backbones"
PARTS = catalogue()
LITE0 = "efficientnet_lite0"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the package."""
    folder = tmp_path_factory.mktemp("copy") / "gridproof"
    shutil.copytree(PACKAGE_FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    yield folder
    clear()


def entries(family: str, **parameters: object) -> tuple[str, ...]:
    """Return where the code of a cell begins."""
    declared = PARTS.family(family)
    chosen = declared.chosen(declared.parameters(**parameters)) if declared.chosen else None
    return (declared.entry(declared.engine), *(chosen.entries if chosen else ()))


def feature_entries(backbone: str) -> tuple[str, ...]:
    """Return where the code that computes a backbone's features begins."""
    module = PARTS.module("kinds", "features")
    content = [f"{module}.{entry}" for entry in PARTS.kind("features").content]
    return (*content, backbone_module(backbone))


def digests(package: Path) -> dict[str, str]:
    """Return the digest of the code of each network, of the features, and of others."""
    clear()
    networks = {f"cnn {b}": entries("cnn", backbone=b, pretrained=False) for b in BACKBONES}
    others = {name: entries(name) for name in ("mlp", "probe", "xgboost")}
    found = networks | others | {"features": feature_entries(LITE0)}
    return {name: code_digest(begin, {"gridproof": package}) for name, begin in found.items()}


@pytest.fixture(scope="module")
def before(package: Path) -> dict[str, str]:
    """The digests before any edit."""
    return digests(package)


CASES = {
    "a new backbone": ("vgg", set()),
    "lite0": (LITE0, {f"cnn {LITE0}", "features"}),
    "resnet18": ("resnet18", {"cnn resnet18"}),
    "what all have": (
        "__init__",
        {f"cnn {LITE0}", "cnn resnet18", "features"},
    ),
}


@pytest.mark.parametrize(("module", "expected"), CASES.values(), ids=CASES)
def test_edit_of_a_backbone_reaches_its_own_cells(
    module: str, expected: set[str], package: Path, before: dict[str, str]
) -> None:
    """Networks, and the features that probes see, get new names; all others keep theirs."""
    file = package / FOLDER / f"{module}.py"
    text = file.read_text() if file.exists() else None
    file.write_text((text or "") + "\nNUMBER = 7\n")
    try:
        after = digests(package)
    finally:
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
    assert {name for name in before if after[name] != before[name]} == expected


@pytest.mark.parametrize("name", BACKBONES)
def test_code_of_a_network_is_its_trainer_s_and_its_backbone_s(name: str) -> None:
    """The backbone that the cell names, and no other; a perceptron has none."""
    assert entries("cnn", backbone=name, pretrained=False) == (
        "gridproof.parts.families.cnn.cnn_training:CnnTraining",
        f"gridproof.parts.families.cnn.backbones.{name}",
    )
    assert entries("mlp") == ("gridproof.parts.families.mlp.specified:start",)
