"""Measure training steps against a notebook's loop, and the default study as a whole.

    python benchmarks/bench.py            # steps, then the whole default study in a fresh folder:
                                          # from nothing, with a warm compile cache, with no change
    python benchmarks/bench.py --steps    # steps only

Ratios are of one run on one machine; seconds are not comparable between machines.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gridproof.parts.families.mlp import MlpParameters, resolve_engine
from gridproof.parts.families.mlp.compilation import missing_for_compilation, prepare_compilation
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.parts.kinds.table.prepared_table import load_classes
from gridproof.parts.training.random_streams import sample_order
from gridproof.plan.reading import read_study
from gridproof.run.preparing import write_prepared
from workspace import REPOSITORY, copy_repository

SEEDS = range(5)
N_STEPS = 250
DEFAULTS: dict[str, object] = {"epochs": 1}
KINDS: dict[str, dict[str, object]] = {
    "batch size 256 (learning_rate, epochs)": {"epochs": 50},
    "the same with batch norm": {"epochs": 100, "batch_norm": True},
    "batch size 1": {"batch_size": 1},
    "batch size 16": {"batch_size": 16, "epochs": 10},
    "batch size 1024": {"batch_size": 1024, "epochs": 50},
    "depth 1, batch norm, batch size 128": {
        "depth": 1,
        "batch_norm": True,
        "batch_size": 128,
        "epochs": 50,
    },
    "depth 6, width 64, batch norm, batch size 128": {
        "width": 64,
        "batch_norm": True,
        "batch_size": 128,
        "epochs": 50,
    },
    "depth 20, batch norm, batch size 128": {
        "depth": 20,
        "batch_norm": True,
        "batch_size": 128,
        "epochs": 50,
    },
    "depth 100, width 4, with gradient norms": {
        "depth": 100,
        "width": 4,
        "epochs": 10,
        "gradient_norms": True,
    },
}


def network(parameters: MlpParameters, n_features: int, n_classes: int) -> nn.Sequential:
    """Return the network as a notebook would write it."""
    layers: list[nn.Module] = []
    size = n_features
    for _ in range(parameters.depth):
        layers.append(nn.Linear(size, parameters.width))
        if parameters.batch_norm:
            layers.append(nn.BatchNorm1d(parameters.width))
        layers.append(nn.ReLU())
        size = parameters.width
    return nn.Sequential(*layers, nn.Linear(size, n_classes))


def notebook_seconds(data: Path, parameters: MlpParameters) -> float:
    """Return the seconds a step of a DataLoader loop that asks for the loss each step."""
    features, labels = (torch.from_numpy(values) for values in load_classes(data, "train"))
    rows = TensorDataset(features, labels)
    loader = DataLoader(rows, batch_size=parameters.batch_size, shuffle=True)
    model = network(parameters, features.shape[1], int(labels.max()) + 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=parameters.learning_rate)
    criterion, total, steps = nn.CrossEntropyLoss(), 0.0, 0
    started = time.perf_counter()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
        steps += 1
        if steps == N_STEPS:
            break
    return (time.perf_counter() - started) / steps


def training_seconds(data: Path, parameters: MlpParameters, engine: str) -> float:
    """Return the seconds a step and replicate of a block of five, after a first call."""
    training = MlpTraining(parameters=parameters, data=data, engine=engine, threads=1, seeds=SEEDS)
    order = torch.stack([sample_order(training.n_samples, seed, 1) for seed in SEEDS])
    batch_size = training.parameters.batch_size
    in_a_call = training._unroll if engine == "compiled" else 1
    calls = min(N_STEPS, training.n_samples // batch_size // in_a_call)
    inputs, labels = training.inputs["train"], training.labels["train"]
    rate = torch.tensor(training.parameters.learning_rate)
    parts = order[:, : calls * in_a_call * batch_size].unflatten(1, (-1, batch_size))
    batches = [part.contiguous() for part in parts.transpose(0, 1).split(in_a_call)]
    network, buffers = training.network, training.buffers
    started = 0.0
    for number, indices in enumerate(batches):
        started = time.perf_counter() if number == 1 else started
        result = training._steps(network, buffers, inputs, labels, indices, rate)
        network = {name: value.detach() for name, value in result.parameters.items()}
        buffers = result.buffers
    return (time.perf_counter() - started) / (calls - 1) / in_a_call / len(SEEDS)


def bench_steps(data: Path) -> None:
    """Print microseconds a step and replicate of each kind of cell, and ratios to the notebook."""
    torch.set_num_threads(1)
    engines = ["eager"] if missing_for_compilation() else ["eager", "compiled"]
    print("| cell | notebook, us | " + " | ".join(f"{name}, us | ratio" for name in engines) + " |")
    print("|---" * (2 + 2 * len(engines)) + "|")
    for kind, changed in KINDS.items():
        parameters = MlpParameters.model_validate(DEFAULTS | changed)
        notebook = notebook_seconds(data, parameters)
        cells = [kind, f"{1e6 * notebook:.0f}"]
        for engine in engines:
            if engine == "compiled" and resolve_engine("auto", parameters) == "eager":
                cells += ["", ""]
                continue
            seconds = training_seconds(data, parameters, engine)
            cells += [f"{1e6 * seconds:.0f}", f"{notebook / seconds:.1f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


def timed(label: str, function: Callable[[], None]) -> None:
    """Print how long a function takes."""
    started = time.perf_counter()
    function()
    print(f"{label}: {time.perf_counter() - started:.0f} s", flush=True)


def bench_study(folder: Path) -> None:
    """Print the seconds of the default study from nothing and again, and its peak memory."""
    environment = copy_repository(folder)

    def run() -> None:
        command = [sys.executable, "-m", "gridproof", "run", "--quiet", "all"]
        subprocess.run(command, cwd=folder, env=environment, check=True)

    timed("the default study, from nothing, with compilation", run)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    print(f"peak memory of its largest process: {peak:.2f} GiB")
    timed("the same again, nothing to do", run)
    for path in (folder / "results").iterdir():
        if path.name != "cache":
            shutil.rmtree(path)
    timed("from nothing but a warm compile cache", run)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", action="store_true", help="training steps only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not missing_for_compilation():
            prepare_compilation(folder / "cache")
        study = read_study(REPOSITORY / "config.yaml")
        write_prepared(study.data["countries"], folder / "data", study.catalogue.roots)
        bench_steps(folder / "data")
        if not arguments.steps:
            (folder / "study").mkdir()
            bench_study(folder / "study")


if __name__ == "__main__":
    main()
