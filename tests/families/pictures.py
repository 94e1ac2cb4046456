"""Small prepared images and features, and what tests do with trainings of one seed."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridproof.catalogue import catalogue
from gridproof.part import Replicate, Training
from gridproof.parts_folder import import_part
from gridproof.run.replicates import write_replicate
from gridproof.run.state import load_state, save_state

DIGEST = "0123456789ab"
ROWS = {"train": 45, "val": 21, "test": 14}
SIDE = 32
CNN = {
    "backbone": "efficientnet_lite0",
    "weights": "",
    "pretrained": True,
    "frozen": False,
    "frozen_batch_norm": "eval",
    "learning_rate": 1e-3,
    "batch_size": 8,
    "epochs": 1,
    "image_size": SIDE,
}
PROBE = {
    "backbone": "efficientnet_lite0",
    "weights": "",
    "solver": "adam",
    "learning_rate": 1e-2,
    "batch_size": 8,
    "epochs": 1,
    "inverse_regularisation": 1.0,
    "standardise": False,
}
XGBOOST = {"crop": 8, "rounds": 7}
PARAMETERS: dict[str, dict[str, object]] = {"cnn": CNN, "probe": PROBE, "xgboost": XGBOOST}


def write_images(folder: Path, side: int = SIDE, rows: dict[str, int] = ROWS) -> Path:
    """Write a folder of prepared images of noise, of which class 1 is a little brighter."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(5)
    splits = np.repeat(list(rows), list(rows.values()))
    labels = np.concatenate([np.arange(n) % 2 for n in rows.values()])
    images = generator.integers(0, 240, (len(labels), side, side, 3))
    images += labels[:, None, None, None] * generator.integers(0, 16, (len(labels), 1, 1, 1))
    np.save(folder / "images.npy", images.astype(np.uint8))
    _write_rows(folder, splits, labels)
    return folder


def write_features(folder: Path, n_features: int = 12) -> Path:
    """Write a folder of features, the first of which tells the classes apart, not quite."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(6)
    splits = np.repeat(list(ROWS), list(ROWS.values()))
    labels = np.concatenate([np.arange(n) % 2 for n in ROWS.values()])
    features = generator.normal(size=(len(labels), n_features)) * np.geomspace(1, 5, n_features)
    features[:, 0] += labels
    features[:, 3] = 2.5
    np.save(folder / "features.npy", features.astype(np.float32))
    _write_rows(folder, splits, labels)
    return folder


def _write_rows(folder: Path, splits: np.ndarray, labels: np.ndarray) -> None:
    names = [f"{split}/{number}.png" for number, split in enumerate(splits)]
    table = pa.table(
        {"split": pa.array(splits), "image": names, "label": pa.array(labels, pa.int64())}
    )
    pq.write_table(table, folder / "data.parquet")
    content = hashlib.sha256((folder / "data.parquet").read_bytes()).hexdigest()
    (folder / "facts.json").write_text(
        json.dumps({"digest": DIGEST, "files": {"data.parquet": content}})
    )


def start(family: str, data: Path, *, seed: int = 0, **changed: object) -> Training:
    """Return a training that has not begun, with some parameters changed."""
    declared = catalogue().family(family)
    module, _, name = declared.entry(declared.engine).partition(":")
    training: Training = getattr(import_part(module), name)(
        parameters=declared.parameters(**PARAMETERS[family] | changed),
        data=data,
        threads=1,
        seeds=[seed],
    )
    return training


def finish(training: Training) -> Training:
    """Train to the end."""
    while not training.finished:
        training.advance()
    return training


def bits(replicate: Replicate) -> dict[str, object]:
    """Return all of a replicate, bytes for arrays."""
    arrays = {
        f"{kind}/{stem}/{name}": (np.ma.getdata(value).tobytes(), np.ma.getmaskarray(value).sum())
        for kind, files in (("tables", replicate.tables), ("tensors", replicate.tensors))
        for stem, file in files.items()
        for name, value in file.items()
    }
    return {**arrays, **replicate.facts}


def check_resumption(
    family: str, data: Path, tmp_path: Path, expected: Replicate, **changed: object
) -> int:
    """Check that a training stopped anywhere ends with the bits of `expected`.

    It is stopped before each call of `advance`. Returns how many stops there were.
    """
    stopped = start(family, data, **changed)
    stops = 0
    while not stopped.finished:
        path = tmp_path / f"state-{stops}.safetensors"
        save_state(path, DIGEST, stopped.state())
        loaded = load_state(path, DIGEST)
        assert loaded is not None
        untouched = {name: value.tobytes() for name, value in loaded.items()}
        continued = start(family, data, **changed)
        continued.restore(loaded)
        assert bits(finish(continued).replicate(0)) == bits(expected)
        assert {name: value.tobytes() for name, value in loaded.items()} == untouched
        stopped.advance()
        stops += 1
    return stops


def check_files(replicate: Replicate, folder: Path) -> None:
    """Check that the store takes the replicate, with the columns that all image families have."""
    write_replicate(folder, replicate, {}, {})
    schemas = {
        name: {field.name: str(field.type) for field in pq.read_schema(folder / f"{name}.parquet")}
        for name in ("metrics", "batches", "predictions")
    }
    values = {f"{s}_{m}": "double" for s in ROWS for m in ("loss", "accuracy")}
    assert schemas["metrics"] == {"epoch": "int64", "steps": "int64", **values}
    assert schemas["batches"] == {"step": "int64", "loss": "float"}
    assert schemas["predictions"] == {
        "split": "string",
        "image": "string",
        "label": "int64",
        "score": "double",
    }
    assert (folder / "final.safetensors").exists()


def labels_of(data: Path, split: str) -> np.ndarray:
    """Return the labels (n,) of a split."""
    table = pq.read_table(data / "data.parquet")
    return table["label"].to_numpy()[np.array(table["split"].to_pylist()) == split]


def pixels_of(data: Path, split: str) -> np.ndarray:
    """Return the images (n, side, side, 3) of a split, uint8."""
    splits = np.array(pq.read_table(data / "data.parquet")["split"].to_pylist())
    return np.load(data / "images.npy")[splits == split]
