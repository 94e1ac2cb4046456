"""Backbones: the published weights in the right places, and nothing but weights."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage import data, transform
from torch import Tensor, nn

from families import lite0_reference
from gridproof.errors import GridproofError
from gridproof.parts.families.cnn import backbones
from gridproof.parts.families.cnn.architecture import read_weights
from gridproof.parts.families.cnn.backbones import BACKBONES, Backbone, backbone_of, weights_digest

each_backbone = pytest.mark.parametrize(
    "backbone", [backbone_of(name) for name in BACKBONES], ids=BACKBONES
)


@pytest.fixture(scope="module")
def lite0_weights() -> dict[str, Tensor]:
    """The published tensors of EfficientNet-Lite0, the last layer's too."""
    return read_weights(backbone_of("efficientnet_lite0").weights_file(""))


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[..., tuple[Backbone, Path]]:
    """A function that saves `content` as weights of a backbone which expects this very file."""

    def save(name: str, content: object) -> tuple[Backbone, Path]:
        path = tmp_path / "weights.pth"
        torch.save(content, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return replace(backbone_of(name), sha256=digest[:8]), path

    return save


def published_resnet18() -> dict[str, Tensor]:
    """Tensors with the names and shapes of torchvision's file, and values of our own."""
    from torchvision.models import resnet18

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        return dict(resnet18(weights=None).state_dict())


def photograph(name: str) -> Tensor:
    """Return one of scikit-image's photographs as a uint8 image (1, 224, 224, 3)."""
    picture = getattr(data, name)()
    side = min(picture.shape[:2])
    top, left = ((n - side) // 2 for n in picture.shape[:2])
    square = picture[top : top + side, left : left + side]
    small = transform.resize(square, (224, 224), anti_aliasing=True)
    return torch.from_numpy((small * 255).round().astype(np.uint8)).unsqueeze(0)


def lite0_logits(weights: dict[str, Tensor], images: Tensor) -> Tensor:
    """Return the ImageNet logits (n, 1000) of uint8 images by our network's features."""
    backbone = backbone_of("efficientnet_lite0")
    with torch.inference_mode():
        features = backbone.build("").eval()(backbone.load().scale(images))
        return features @ weights["_fc.weight"].T + weights["_fc.bias"]


def test_lite0_computes_what_the_original_does(lite0_weights: dict[str, Tensor]) -> None:
    """Logits are those of an independent reading of the architecture, to 1e-4."""
    generator = torch.Generator().manual_seed(3)
    noise = torch.randint(0, 256, (2, 224, 224, 3), generator=generator).byte()
    images = torch.cat([photograph("chelsea"), noise])
    with torch.inference_mode():
        inputs = images.permute(0, 3, 1, 2).float() / 127.5 - 1
        expected = lite0_reference.logits(lite0_weights, inputs)
    assert expected.abs().max() > 5
    torch.testing.assert_close(lite0_logits(lite0_weights, images), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "classes"),
    [("chelsea", range(281, 288)), ("coffee", (504, 967, 968)), ("rocket", (657, 744, 812))],
    ids=str,
)
def test_lite0_recognises_photographs(
    name: str, classes: tuple[int, ...], lite0_weights: dict[str, Tensor]
) -> None:
    """A cat, a cup of coffee and a rocket get ImageNet classes that a person would accept."""
    assert int(lite0_logits(lite0_weights, photograph(name)).argmax()) in classes


def test_lite0_uses_every_published_tensor_once(lite0_weights: dict[str, Tensor]) -> None:
    """All 296 tensors but the last layer's two are found in the network, under other names."""
    network = backbone_of("efficientnet_lite0").build("").state_dict()
    assert len(lite0_weights) == 296
    digest = {hashlib.sha256(v.numpy().tobytes()).hexdigest() for v in network.values()}
    kept = {k: v for k, v in lite0_weights.items() if not k.startswith("_fc.")}
    assert len(network) == len(kept)
    assert {hashlib.sha256(v.numpy().tobytes()).hexdigest() for v in kept.values()} == digest


def test_resnet18_computes_what_torchvision_does(
    stand_in: Callable[..., tuple[Backbone, Path]],
) -> None:
    """A file with torchvision's names gives the features that torchvision's last layer sees."""
    from torchvision.models import ResNet18_Weights, resnet18

    weights = published_resnet18()
    backbone, path = stand_in("resnet18", weights)
    images = photograph("chelsea")
    reference = resnet18(weights=None)
    reference.load_state_dict(weights)
    reference.fc = nn.Identity()
    preset = ResNet18_Weights.IMAGENET1K_V1.transforms()
    scaled = (images.permute(0, 3, 1, 2) / 255 - torch.tensor(preset.mean).view(3, 1, 1)) / (
        torch.tensor(preset.std).view(3, 1, 1)
    )
    with torch.inference_mode():
        expected = reference.eval()(scaled)
        found = backbone.build(str(path)).eval()(backbone.load().scale(images))
    torch.testing.assert_close(found, expected)


@each_backbone
def test_backbone_gives_the_features_it_declares(backbone: Backbone) -> None:
    """Shape, and one position of the last map for each stride of pixels, at several sizes."""
    network = backbone.build(None).eval()
    for size in (backbone.stride, 48):
        images = torch.zeros((2, size, size, 3), dtype=torch.uint8)
        with torch.inference_mode():
            assert network(backbone.load().scale(images)).shape == (2, backbone.n_features)


@each_backbone
def test_random_weights_follow_torch_s_seed(backbone: Backbone) -> None:
    """The same global seed gives the same weights, another one others."""

    def drawn(seed: int) -> list[Tensor]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return list(backbone.build(None).parameters())

    assert all(torch.equal(a, b) for a, b in zip(drawn(1), drawn(1), strict=True))
    assert not torch.equal(drawn(1)[0], drawn(2)[0])


def test_digest_is_that_of_the_file() -> None:
    """SHA-256 of the whole file, which begins as its published name ends."""
    path = backbone_of("efficientnet_lite0").weights_file("")
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert weights_digest("efficientnet_lite0", "") == expected
    assert path.stem.endswith(expected[:8])


def test_digest_follows_a_changed_file(tmp_path: Path) -> None:
    """A file that was changed after it was first read has another digest."""
    backbone = replace(backbone_of("resnet18"), sha256="")
    path = tmp_path / "weights.pth"
    path.write_bytes(b"one")
    first = backbone.weights_digest(str(path))
    path.write_bytes(b"three")
    assert backbone.weights_digest(str(path)) == hashlib.sha256(b"three").hexdigest() != first


def test_missing_package_weights_say_how_to_get_them() -> None:
    """No package brings ResNet18's: the message has the address and the parameter."""
    with pytest.raises(GridproofError, match=r"resnet18-f37072fd\.pth.*`weights`"):
        weights_digest("resnet18", "")


@each_backbone
def test_missing_file_is_named(backbone: Backbone, tmp_path: Path) -> None:
    """A path that leads nowhere, or to a folder, is told with what was expected."""
    for path in (tmp_path / "nowhere.pth", tmp_path):
        with pytest.raises(GridproofError, match=f"{backbone.name}: {path} is not a file"):
            backbone.build(str(path))


@each_backbone
def test_other_file_is_refused_by_its_digest(backbone: Backbone, tmp_path: Path) -> None:
    """A file that is not the published one is not even opened."""
    path = tmp_path / "weights.pth"
    torch.save(published_resnet18(), path)
    with pytest.raises(GridproofError, match=rf"found .* expected {backbone.sha256}\.\.\."):
        backbone.build(str(path))


@pytest.mark.parametrize("content", ["empty", "resnet18", "wider"])
def test_weights_of_another_network_are_refused(
    content: str, stand_in: Callable[..., tuple[Backbone, Path]]
) -> None:
    """Missing, foreign or misshaped tensors stop with one message that names one of them."""
    contents = {
        "empty": {},
        "resnet18": published_resnet18(),
        "wider": {"_conv_stem.weight": torch.zeros(64, 3, 3, 3)},
    }
    backbone, path = stand_in("efficientnet_lite0", contents[content])
    with pytest.raises(
        GridproofError, match=r"weights of another network: found .* expected those"
    ):
        backbone.build(str(path))


class Intruder:
    """An object that writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.write_text, (self.path, "run"))


def test_pickle_that_would_run_code_is_refused(
    tmp_path: Path, stand_in: Callable[..., tuple[Backbone, Path]]
) -> None:
    """Even with the expected digest, nothing but tensors is loaded and no code runs."""
    backbone, path = stand_in("resnet18", {"conv1.weight": Intruder(tmp_path / "trace")})
    with pytest.raises(GridproofError, match="cannot be read as weights"):
        backbone.build(str(path))
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("content", [[1, 2], {"epoch": 3}, torch.zeros(2)], ids=str)
def test_file_of_other_things_is_refused(
    content: object, stand_in: Callable[..., tuple[Backbone, Path]]
) -> None:
    """A list, a checkpoint with numbers, a single tensor: none is a state dict."""
    backbone, path = stand_in("resnet18", content)
    with pytest.raises(GridproofError, match="expected a PyTorch state dict"):
        backbone.build(str(path))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 cut short"], ids=str)
def test_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    """What torch cannot read gives the one message, too."""
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    backbone = replace(backbone_of("resnet18"), sha256="")
    with pytest.raises(GridproofError, match="cannot be read as weights"):
        backbone.build(str(path))


def test_unknown_backbone_gets_the_nearest_name() -> None:
    """The message lists the valid names and offers the nearest."""
    with pytest.raises(GridproofError, match=r"did you mean 'resnet18'.*efficientnet_lite0"):
        backbone_of("resnet81")


@each_backbone
def test_backbone_has_the_name_of_its_file(backbone: Backbone) -> None:
    """A study asks for it by the file's name, and messages call it so."""
    assert backbone.name in BACKBONES
    assert backbone_of(backbone.name) is backbone


def test_registry_is_cheap_to_import() -> None:
    """Names and digests of weights need neither torch nor the libraries of networks."""
    code = (
        f"import sys; from {backbones.__name__} import BACKBONES, backbone_of;"
        "[backbone_of(name) for name in BACKBONES]; backbone_of(BACKBONES[0]).weights_digest('');"
        "print([name for name in ('torch', 'torchvision', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
