"""The trainer of convolutional networks, against a plain loop of PyTorch."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import accuracy_score, log_loss
from torch import Tensor, nn

from families.pictures import (
    CNN,
    ROWS,
    bits,
    check_files,
    check_resumption,
    finish,
    labels_of,
    pixels_of,
    start,
    write_images,
)
from gridproof.errors import GridproofError
from gridproof.parts.families.cnn import CnnParameters
from gridproof.parts.families.cnn.cnn_training import CnnTraining, resize
from gridproof.parts.training.one_logit import new_last_layer
from gridproof.parts.training.random_streams import sample_order

CELLS: dict[str, dict[str, object]] = {
    "finetune": {"epochs": 2},
    "scratch": {"pretrained": False},
    "frozen": {"frozen": True, "learning_rate": 0.1, "epochs": 2},
    "frozen with batch statistics": {
        "frozen": True,
        "frozen_batch_norm": "train",
        "learning_rate": 0.1,
    },
    "resnet18 from scratch": {"pretrained": False, "backbone": "resnet18"},
}
each_cell = pytest.mark.parametrize("changed", CELLS.values(), ids=CELLS)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared images: 45, 21 and 14 of 32 pixels."""
    return write_images(tmp_path_factory.mktemp("images") / "tiny")


@dataclass
class Record:
    """What a plain training saw."""

    network: nn.Module
    batch_losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    scores: dict[str, np.ndarray] = field(default_factory=dict)


def inputs_of(data: Path, split: str, backbone: str) -> Tensor:
    """Return the network's inputs (n, 3, 32, 32), scaled as each backbone was trained."""
    pixels = torch.from_numpy(pixels_of(data, split)).permute(0, 3, 1, 2).float() / 255
    if backbone == "efficientnet_lite0":
        return pixels * 2 - 1
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return (pixels - mean.view(3, 1, 1)) / std.view(3, 1, 1)


def train_plainly(training: CnnTraining, data: Path, changed: dict[str, object]) -> Record:
    """Train what `training`, which has not begun, is about to train, as anyone would write it."""
    backbone = str(changed.get("backbone", "efficientnet_lite0"))
    record = Record(training.network)
    network = record.network
    frozen = bool(changed.get("frozen"))
    optimizer = torch.optim.Adam(
        network.last.parameters() if frozen else network.parameters(),
        lr=training.recipe.learning_rate,
        fused=True,
    )
    x, y = inputs_of(data, "train", backbone), torch.from_numpy(labels_of(data, "train"))
    evaluate_plainly(record, data, backbone)
    for epoch in range(1, training.recipe.epochs + 1):
        network.train(not frozen or changed.get("frozen_batch_norm") == "train")
        total, right = 0.0, 0
        order = torch.from_numpy(sample_order(len(y), training.seed, epoch)).long()
        for batch in order.split(training.recipe.batch_size):
            optimizer.zero_grad()
            logits = network(x[batch])[:, 0]
            loss = nn.BCEWithLogitsLoss()(logits, y[batch].float())
            loss.backward()
            optimizer.step()
            record.batch_losses.append(loss.item())
            total += loss.item() * len(batch)
            right += int(((logits > 0) == (y[batch] == 1)).sum())
        record.metrics["train_loss"].append(total / len(y))
        record.metrics["train_accuracy"].append(right / len(y))
        evaluate_plainly(record, data, backbone)
    return record


def evaluate_plainly(record: Record, data: Path, backbone: str) -> None:
    """Measure val and test in eval mode, by scikit-learn."""
    record.network.eval()
    for split in ("val", "test"):
        with torch.no_grad():
            logits = record.network(inputs_of(data, split, backbone))[:, 0]
        scores, labels = torch.sigmoid(logits.double()).numpy(), labels_of(data, split)
        record.scores[split] = scores
        record.metrics[f"{split}_loss"].append(log_loss(labels, scores))
        record.metrics[f"{split}_accuracy"].append(accuracy_score(labels, scores > 0.5))


@each_cell
def test_training_agrees_with_a_plain_loop(changed: dict[str, object], images: Path) -> None:
    """Batch losses, metrics, predictions and weights are those of Adam and BCEWithLogitsLoss."""
    replicate = finish(start("cnn", images, **changed)).replicate(0)
    plain = start("cnn", images, **changed)
    assert isinstance(plain, CnnTraining)
    record = train_plainly(plain, images, changed)
    tables = replicate.tables
    np.testing.assert_allclose(tables["batches"]["loss"], record.batch_losses, rtol=2e-3)
    for name, expected in record.metrics.items():
        found = tables["metrics"][name][-len(expected) :]
        np.testing.assert_allclose(found, expected, rtol=2e-3, err_msg=name)
    expected_scores = np.concatenate([record.scores["val"], record.scores["test"]])
    np.testing.assert_allclose(tables["predictions"]["score"], expected_scores, atol=2e-3)
    trained = {k: v for k, v in record.network.state_dict().items() if "num_batches" not in k}
    final = replicate.tensors["final"]
    assert final.keys() == trained.keys()
    np.testing.assert_allclose(final["last.weight"], trained["last.weight"], atol=1e-3)


@each_cell
def test_training_continues_with_the_same_bits(
    changed: dict[str, object], images: Path, tmp_path: Path
) -> None:
    """Saved and restored in the middle of an epoch, it ends as one that was never stopped."""
    one_epoch = changed | {"epochs": 1}
    undisturbed = finish(start("cnn", images, **one_epoch)).replicate(0)
    assert check_resumption("cnn", images, tmp_path, undisturbed, **one_epoch) == 2


def test_equal_cells_give_equal_bits(images: Path) -> None:
    """Twice the same bits, whatever torch's global stream is at; another seed gives others."""
    for changed in ({"pretrained": False}, {"frozen": True}):
        first = bits(finish(start("cnn", images, **changed)).replicate(0))
        torch.manual_seed(5)
        before = torch.random.get_rng_state()
        again = finish(start("cnn", images, **changed))
        assert torch.equal(torch.random.get_rng_state(), before)
        assert bits(again.replicate(0)) == first
        other = finish(start("cnn", images, seed=1, **changed)).replicate(1)
        assert bits(other)["tables/batches/loss"] != first["tables/batches/loss"]


def test_frozen_backbone_does_not_change(images: Path) -> None:
    """Only the last layer learns; with batch statistics the running ones move, no weight does."""
    moved = {}
    for batch_norm in ("eval", "train"):
        training = start("cnn", images, frozen=True, frozen_batch_norm=batch_norm)
        assert isinstance(training, CnnTraining)
        before = {k: v.clone() for k, v in training.network.state_dict().items()}
        final = finish(training).replicate(0).tensors["final"]
        moved[batch_norm] = {
            name for name, value in final.items() if not np.array_equal(value, before[name])
        }
    assert moved["eval"] == {"last.weight", "last.bias"}
    rest = moved["train"] - moved["eval"]
    assert rest
    assert all(name.endswith(("running_mean", "running_var")) for name in rest)


def test_counts_and_tables(images: Path, tmp_path: Path) -> None:
    """Rows, steps, names and the number of parameters, as the store takes them."""
    replicate = finish(start("cnn", images, frozen=True, epochs=2)).replicate(0)
    metrics, batches = replicate.tables["metrics"], replicate.tables["batches"]
    assert metrics["epoch"].tolist() == [0, 1, 2]
    assert metrics["steps"].tolist() == [0, 6, 12]
    assert batches["step"].tolist() == list(range(1, 13))
    predictions = replicate.tables["predictions"]
    assert predictions["split"].tolist() == ["val"] * ROWS["val"] + ["test"] * ROWS["test"]
    assert predictions["image"][0] == "val/45.png"
    labels = np.concatenate([labels_of(images, "val"), labels_of(images, "test")])
    assert np.array_equal(predictions["label"], labels)
    assert replicate.facts["n_parameters"] == 3_371_008 + 1281
    check_files(replicate, tmp_path / "seed-0")


def test_last_layer_is_torch_s_and_depends_on_the_seed() -> None:
    """Uniform in +-1 / sqrt(n), the same for a seed, whatever else is drawn."""
    layer = new_last_layer(400, 3)
    assert torch.equal(layer.weight, new_last_layer(400, 3).weight)
    assert not torch.equal(layer.weight, new_last_layer(400, 4).weight)
    assert 0.045 < layer.weight.abs().max() <= 0.05


def test_exploding_training_is_a_result(images: Path) -> None:
    """Losses that are not finite finish with a low accuracy and the epoch of divergence."""
    replicate = finish(start("cnn", images, learning_rate=1e30)).replicate(0)
    assert replicate.facts["diverged_epoch"] == 1
    assert not np.isfinite(replicate.tables["metrics"]["train_loss"][1])


def test_images_are_resized_as_pillow_does() -> None:
    """Antialiased bilinear reduction and enlargement, to within one step of 255."""
    generator = np.random.default_rng(2)
    smooth = generator.integers(0, 256, (33, 7, 7, 3), dtype=np.uint8)
    large = np.stack([np.array(Image.fromarray(x).resize((56, 56))) for x in smooth])
    for size in (24, 80):
        expected = np.stack(
            [
                np.array(Image.fromarray(x).resize((size, size), Image.Resampling.BILINEAR))
                for x in large
            ]
        )
        found = resize(large, size)
        assert found.dtype == torch.uint8
        assert np.abs(found.numpy().astype(int) - expected).max() <= 1
    assert np.array_equal(resize(large, 56).numpy(), large)


def test_cells_may_see_smaller_images(images: Path) -> None:
    """At image_size 48 the prepared 32 pixels are enlarged, and the result is another."""
    losses = [
        finish(start("cnn", images, frozen=True, image_size=size)).replicate(0).tables["metrics"]
        for size in (32, 48)
    ]
    assert losses[0]["val_loss"][-1] != losses[1]["val_loss"][-1]


@pytest.mark.parametrize("batch_size", [1, 2, 11, 44])
def test_single_image_at_the_end_is_refused(batch_size: int, images: Path) -> None:
    """45 images leave one over, whose single position cannot be normalised: said at the start."""
    with pytest.raises(GridproofError, match=f"batch_size {batch_size} leaves a last batch of 1"):
        start("cnn", images, batch_size=batch_size)


@pytest.mark.parametrize("changed", [{"frozen": True}, {"image_size": 64}], ids=str)
def test_single_image_is_fine_where_it_can_be_normalised(
    changed: dict[str, object], images: Path
) -> None:
    """A frozen batch norm needs no statistics, and a larger map gives them."""
    replicate = finish(start("cnn", images, batch_size=44, **changed)).replicate(0)
    assert np.isfinite(replicate.tables["batches"]["loss"]).all()


def test_unknown_backbone_and_missing_weights_are_told(images: Path) -> None:
    """Mistakes that the study did not catch are told in one message."""
    unchecked = CnnParameters.model_construct(**CNN | {"backbone": "vgg"})
    with pytest.raises(GridproofError, match="unknown backbone 'vgg'"):
        CnnTraining(parameters=unchecked, data=images, threads=1, seeds=[0])
    with pytest.raises(GridproofError, match="no package brings them"):
        start("cnn", images, backbone="resnet18")
