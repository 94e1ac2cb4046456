"""The features of prepared images, as they are written and as they are read."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from families.pictures import DIGEST, labels_of, pixels_of, write_images
from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.files.facts import check_prepared
from gridproof.parts.families.cnn.backbones import backbone_of
from gridproof.parts.kinds.features.prepared_features import load_features
from gridproof.plan.data_plan import DataPlan
from gridproof.run.preparing import write_prepared

BASE = DataPlan(
    name="tiny", kind="images", kind_module="gridproof.parts.kinds.images", options={},
    digest=DIGEST,
)  # fmt: skip
PLAN = DataPlan(
    name="tiny_lite0",
    kind="features",
    kind_module="gridproof.parts.kinds.features",
    options={"backbone": "efficientnet_lite0", "weights": ""},
    digest=DIGEST,
    base=BASE,
)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared images: 45, 21 and 14 of 32 pixels."""
    return write_images(tmp_path_factory.mktemp("images") / BASE.folder)


@pytest.fixture(scope="module")
def written(images: Path) -> Path:
    """The folder of these images' features."""
    return write(images, images.parent / "features")


@pytest.fixture
def features(written: Path, tmp_path: Path) -> Path:
    """A copy of the features that a test may damage."""
    for path in written.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def write(images: Path, folder: Path) -> Path:
    """Write the features of EfficientNet-Lite0; return their folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(images.parents[2])
        write_prepared(PLAN, folder, catalogue().roots)
    return folder


def test_features_are_those_of_the_backbone(images: Path, written: Path) -> None:
    """Each image's row is what the network gives for it alone, in eval mode."""
    backbone = backbone_of("efficientnet_lite0")
    network = backbone.build("").eval()
    for split in ("train", "val", "test"):
        found = load_features(written, split)
        pixels = torch.from_numpy(pixels_of(images, split))
        assert found.features.dtype == np.float32
        assert found.features.shape == (len(pixels), 1280)
        assert np.array_equal(found.labels, labels_of(images, split))
        assert found.names[0].startswith(split)
        with torch.no_grad():
            expected = network(pixels[3:4].permute(0, 3, 1, 2).float() / 127.5 - 1)
        np.testing.assert_allclose(found.features[3:4], expected, atol=1e-4)


def test_facts_describe_the_files(images: Path, written: Path) -> None:
    """Digest, backbone, weights and the SHA-256 of both files; the rows are the images' own."""
    facts = json.loads((written / "facts.json").read_text())
    rows = (images / "data.parquet").read_bytes()
    assert (written / "data.parquet").read_bytes() == rows
    assert facts == {
        "name": "tiny_lite0",
        "kind": "features",
        "digest": DIGEST,
        "backbone": "efficientnet_lite0",
        "weights": backbone_of("efficientnet_lite0").weights_digest(""),
        "files": {
            "data.parquet": hashlib.sha256(rows).hexdigest(),
            "features.npy": hashlib.sha256((written / "features.npy").read_bytes()).hexdigest(),
        },
    }
    check_prepared(written, DIGEST)


@pytest.mark.slow
def test_features_have_the_same_bytes_twice(images: Path, written: Path, tmp_path: Path) -> None:
    """Also in another process."""
    code = (
        "import sys; from pathlib import Path; from families.test_features import write;"
        "write(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    again = tmp_path / "again"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, images, again], check=True, env=environment)
    for path in written.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_interrupted_pass_leaves_nothing(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails while features are computed, no file is there."""

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gridproof.parts.kinds.features.featurise.np.concatenate", fail)
    with pytest.raises(KeyboardInterrupt):
        write(images, tmp_path / "features")
    assert not (tmp_path / "features").exists()


def test_other_digest_is_refused(features: Path) -> None:
    """Features of another identity are not taken for these."""
    with pytest.raises(GridproofError, match=f"its digest is {DIGEST}, expected ba9876543210"):
        check_prepared(features, "ba9876543210")


@pytest.mark.parametrize("name", ["features.npy", "data.parquet"])
def test_changed_byte_is_found(name: str, features: Path) -> None:
    """Any byte of the values or of the rows."""
    content = bytearray((features / name).read_bytes())
    content[-1] ^= 1
    (features / name).write_bytes(content)
    with pytest.raises(GridproofError, match=rf"{name} cannot be used: it is not the file that"):
        check_prepared(features, DIGEST)


@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "float64", "fewer rows"])
def test_unusable_features_are_told(damage: str, features: Path) -> None:
    """A damaged file is named, with the way out."""
    path = features / "features.npy"
    values = np.load(path)
    if damage == "missing":
        path.unlink()
    elif damage in ("cut", "empty"):
        path.write_bytes(path.read_bytes()[: 1000 if damage == "cut" else 0])
    else:
        np.save(path, values.astype(np.float64) if damage == "float64" else values[1:])
    with pytest.raises(GridproofError, match=rf"{path} cannot be used: .* delete the directory"):
        load_features(features, "train")


def test_unknown_split_and_foreign_rows_are_told(features: Path) -> None:
    """A split without rows, and a file of rows that is none."""
    with pytest.raises(GridproofError, match="no rows of the split 'dev'"):
        load_features(features, "dev")
    (features / "data.parquet").write_bytes(b"PAR1")
    with pytest.raises(GridproofError, match=r"data\.parquet cannot be used"):
        load_features(features, "train")


def test_damaged_images_have_no_features(images: Path, tmp_path: Path) -> None:
    """The images are checked before their features are computed."""
    copy = tmp_path / BASE.folder
    copy.mkdir(parents=True)
    for path in images.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "data.parquet").write_bytes(b"PAR1")
    with pytest.raises(GridproofError, match=r"data\.parquet cannot be used: it is not the file"):
        write(copy, tmp_path / "features")
    assert not (tmp_path / "features").exists()
