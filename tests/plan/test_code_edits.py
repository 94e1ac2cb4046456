"""Which cells an edit of the code trains again: those whose result it can reach, and no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from gridproof.parts_folder import PACKAGE_FOLDER
from gridproof.plan.data_identity import content_code, source_code
from gridproof.plan.data_plan import DataPlan
from gridproof.plan.reach import clear, code_digest
from gridproof.plan.reading import read_study

REPOSITORY = PACKAGE_FOLDER.parents[1]
FAMILIES = "gridproof/parts/families"
MLP, CNN = f"{FAMILIES}/mlp", f"{FAMILIES}/cnn"
PROBE, XGBOOST = f"{FAMILIES}/probe", f"{FAMILIES}/xgboost"
TRAINING, KINDS = "gridproof/parts/training", "gridproof/parts/kinds"
CNNS = {"cnn-efficientnet_lite0", "cnn-resnet18"}
ONE_LOGIT = CNNS | {"probe-efficientnet_lite0-adam"}
ON_IMAGES = ONE_LOGIT | {"xgboost-r100-px64"}
NETWORK, BY_TORCH, NOTHING = "mlp-d6-w16", "mlp-d6-w8", "dry-e1"
NETWORKS = {NETWORK, BY_TORCH}
ON_TABLES = NETWORKS | {NOTHING}
NO_CELL: set[str] = set()
STUDY = """\
title: Edits
parts: [study]
data:
  countries: {source: geonames}
  images: {source: patches, size: 64, counts: {train: 16, val: 8, test: 8}}
experiments:
  mlp: {}
  torch: {engine: torch, set: {width: 8}}
  dry: {family: dry}
  cnn: {family: cnn, set: {pretrained: false}, sweep: {backbone: [efficientnet_lite0, resnet18]}}
  probe: {family: probe}
  xgboost: {family: xgboost}
"""


class Edit(NamedTuple):
    """A change of one file: `old` becomes `new`; where `old` is empty, `new` is added at the end.

    `trains` are the cells whose identity changes, by the beginning of their readable names.
    """

    file: str
    old: str
    new: str
    trains: set[str]


EDITS = {
    "a line of a trainer": Edit(
        f"{MLP}/mlp_training.py", "self.epoch += 1", "self.epoch = self.epoch + 1", NETWORKS
    ),
    "a line of a trainer in its declaration's file": Edit(
        f"{FAMILIES}/dry/__init__.py", "self.epoch += 1", "self.epoch += 2", {NOTHING}
    ),
    "a constant of the network": Edit(
        f"{MLP}/network.py", "BATCH_NORM_EPS = 1e-5", "BATCH_NORM_EPS = 2e-5", NETWORKS
    ),
    "a helper two imports away": Edit(
        f"{TRAINING}/random_streams.py", '":".join(', '"-".join(', NETWORKS | ONE_LOGIT
    ),
    "a helper that all trainers of images share": Edit(
        f"{TRAINING}/two_classes.py", "(found > 0.5)", "(found >= 0.5)", ON_IMAGES
    ),
    "a helper that writes tables": Edit(
        f"{TRAINING}/two_classes.py", "np.arange(1, ", "np.arange(0, ", ON_IMAGES | {NOTHING}
    ),
    "a constant of the loop of one logit": Edit(
        f"{TRAINING}/one_logit.py", "STEPS_AT_ONCE = 4", "STEPS_AT_ONCE = 8", ONE_LOGIT
    ),
    "a setting of torch": Edit(
        f"{TRAINING}/determinism.py", "denormal(False)", "denormal(True)", {BY_TORCH} | ONE_LOGIT
    ),
    "a method of a class that is used": Edit(
        f"{TRAINING}/one_logit.py", "self.network.eval()", "self.network.train()", ONE_LOGIT
    ),
    "a base class's field": Edit(
        f"{TRAINING}/one_logit.py",
        "    learning_rate: float\n",
        "    learning_rate: float\n    momentum: float = 0.0\n",
        ONE_LOGIT,
    ),
    "a decorator": Edit(
        f"{TRAINING}/one_logit.py", "@contextmanager\n", "@cache\n@contextmanager\n", ONE_LOGIT
    ),
    "a class attribute": Edit(
        f"{TRAINING}/one_logit.py",
        "class AdamTraining:\n",
        "class AdamTraining:\n    fused = True\n",
        ONE_LOGIT,
    ),
    "one backbone": Edit(
        f"{CNN}/backbones/resnet18.py", "n_features=512", "n_features=513", {"cnn-resnet18"}
    ),
    "what all backbones have": Edit(
        f"{CNN}/backbones/__init__.py", "", "\nNUMBER = 7\n", ONE_LOGIT
    ),
    "a solver that a dict of solvers holds": Edit(
        f"{PROBE}/probe_training.py",
        "MAX_ITERATIONS = 100_000",
        "MAX_ITERATIONS = 90_000",
        {"probe-efficientnet_lite0-adam"},
    ),
    "how a table is read": Edit(
        f"{KINDS}/table/prepared_table.py", "names[1:-1]])", "names[2:-1]])", NETWORKS
    ),
    "how images are read": Edit(
        f"{KINDS}/images/prepared_images.py",
        "self._images[self._places[rows]]",
        "self._images[self._places[rows] - 1]",
        ON_IMAGES,
    ),
    "which rows a source gives": Edit(
        "study/data/geonames.py", "LATITUDES = (34.0, 71.0)", "LATITUDES = (35.0, 71.0)", ON_TABLES
    ),
    "a helper of a source": Edit(
        "study/data/photographs.py", '"colour": 2,', '"colour": 1,', ON_IMAGES
    ),
    "a shadowed name made global": Edit(
        f"{MLP}/specification.py",
        "np.float32(learning_rate)",
        "np.float32(RATE)",
        {NETWORK},
    ),
    "a re-export that leads elsewhere": Edit(
        f"{TRAINING}/two_classes.py",
        "from gridproof.part import Table\n",
        "from gridproof.part import Table\nfrom gridproof.kit.trends import smallest as scores\n",
        ON_IMAGES,
    ),
    "a line of one engine alone": Edit(
        f"{MLP}/torch_training.py", "train=True)", "train=False)", {BY_TORCH}
    ),
    "what gives the same bits": Edit(
        f"{MLP}/kernel.py", "losses = np.empty(", "losses = np.zeros(", NO_CELL
    ),
    "how the kernel is built": Edit(f"{MLP}/kernel_build.py", '"-O3"', '"-O2"', NO_CELL),
    "a constant that nothing uses": Edit(f"{MLP}/network.py", "", "\nUNUSED = 1\n", NO_CELL),
    "a function that nothing calls": Edit(
        f"{MLP}/specification.py", "", "\n\ndef unused() -> int:\n    return 1\n", NO_CELL
    ),
    "what only figures use": Edit(
        f"{MLP}/specification.py", "exponentials / total", "total / exponentials", NO_CELL
    ),
    "words of an error in prepared data": Edit(
        f"{KINDS}/table/prepared_table.py", "it has no rows of", "there is no row of", NO_CELL
    ),
    "words of an error of a trainer": Edit(
        f"{MLP}/mlp_training.py", "choose another batch_size", "take another one", NO_CELL
    ),
    "a docstring": Edit(
        f"{MLP}/mlp_training.py", "Rows of the train split.", "How many rows.", NO_CELL
    ),
    "a comment": Edit(f"{MLP}/network.py", "", "\n# Nothing to see here.\n", NO_CELL),
    "an annotation": Edit(
        f"{MLP}/mlp_training.py", "def n_samples(self) -> int:", "def n_samples(self):", NO_CELL
    ),
    "__all__": Edit(f"{MLP}/network.py", "", '\n__all__ = ["forward"]\n', NO_CELL),
    "a parameter's meaning": Edit(
        f"{MLP}/__init__.py", "Passes over the training data.", "How often.", NO_CELL
    ),
    "a parameter's range": Edit(f"{MLP}/__init__.py", "at_most=1000,", "at_most=2000,", NO_CELL),
    "a family's cost and memory": Edit(
        f"{MLP}/__init__.py", "memory_mb=250", "memory_mb=350", NO_CELL
    ),
    "what is said about the data": Edit(
        f"{KINDS}/class_facts.py", "", "\n\ndef more() -> int:\n    return 1\n", NO_CELL
    ),
    "a measurement": Edit(f"{MLP}/measurements/auroc.py", "", "\nUNUSED = 1\n", NO_CELL),
    "a figure": Edit("study/figures/map.py", "", "\nUNUSED = 1\n", NO_CELL),
    "a claim": Edit("study/claims/shape.py", "", "\nUNUSED = 1\n", NO_CELL),
    "the engine around a trainer": Edit("gridproof/run/job.py", "", "\nUNUSED = 1\n", NO_CELL),
}


class Copy:
    """A copy of the code, and the code of each cell and of its data in it."""

    def __init__(self, folder: Path, entries: Mapping[str, list[tuple[str, ...]]]) -> None:
        self.folder = folder
        self.roots = {name: folder / name for name in ("gridproof", "study")}
        self.entries = entries

    def digests(self) -> dict[str, list[str]]:
        """Return the digests of each cell's code, by the cell's readable name."""
        clear()
        return {
            name: [code_digest(part, self.roots) for part in parts]
            for name, parts in self.entries.items()
        }


def data_entries(data: DataPlan) -> tuple[str, ...]:
    """Return the entry points of the code that decides what data are, base included."""
    if data.base is None:
        return tuple(source_code(data))
    chosen = data.kind_part.chosen(data.options).entries
    return (*content_code(data), *chosen, *data_entries(data.base))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """Return a copy of the package and of the default study's parts."""
    folder = tmp_path_factory.mktemp("code")
    ignored = shutil.ignore_patterns("__pycache__", "templates")
    shutil.copytree(PACKAGE_FOLDER, folder / "gridproof", ignore=ignored)
    shutil.copytree(REPOSITORY / "study", folder / "study", ignore=ignored)
    config = folder / "edits.yaml"
    config.write_text(STUDY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(REPOSITORY)
        cells = read_study(config).cells.values()
    yield Copy(folder, {cell.slug: [cell.entries, data_entries(cell.data)] for cell in cells})
    clear()


@pytest.fixture(scope="module")
def before(copy: Copy) -> dict[str, list[str]]:
    """Return the digests without an edit."""
    return copy.digests()


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edit_trains_the_cells_that_it_can_reach(
    edit: Edit, copy: Copy, before: dict[str, list[str]]
) -> None:
    """These get new names, all others keep theirs."""
    file = copy.folder / edit.file
    text = file.read_text(encoding="utf-8")
    assert edit.old in text, f"{edit.file} no longer has {edit.old!r}"
    file.write_text(text.replace(edit.old, edit.new) if edit.old else text + edit.new)
    try:
        after = copy.digests()
    finally:
        file.write_text(text)
    changed = {name for name in before if after[name] != before[name]}
    expected = {name for name in before if any(name.startswith(start) for start in edit.trains)}
    assert changed == expected
    assert len(expected) >= len(edit.trains)


def test_table_has_edits_of_every_cell(before: dict[str, list[str]]) -> None:
    """For each of the cells there are edits that train it and edits that do not."""
    assert len(EDITS) >= 25
    for name in before:
        hit = [any(name.startswith(start) for start in edit.trains) for edit in EDITS.values()]
        assert {True, False} <= set(hit)
