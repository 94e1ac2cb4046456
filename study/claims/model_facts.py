"""Section 7.6.1: what the seventeen models are, and how long they were trained."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.model_comparison import THRESHOLD
from gridproof.part import claim
from study.claims.images import SECTION

if TYPE_CHECKING:
    from gridproof.part import Condition, Tables

NAMED_BACKBONE = "resnet18"


@claim(
    "cnn-probe-vs-sklearn",
    section=SECTION,
    experiment="probe_to_the_end",
    speculation=True,
    statement="Probe and scikit-learn differ only in the length of training and in regularisation:"
    " trained to the end they agree.",
    rule="Adam after 200 epochs and scikit-learn's solver, nearly without and with regularisation,"
    " give different answers on at most {agree_answers} of the validation and test images.",
)
def solvers_agree(tables: Tables) -> list[Condition]:
    """Compare the answers of Adam at its end with those of both fits of scikit-learn."""
    adam = answers(tables, solver="adam", epochs=200)
    return [
        tables.at_most(
            "agree_answers",
            differing(adam, answers(tables, solver="lbfgs", inverse_regularisation=value)),
            what=f"share of images on which Adam's answer is not scikit-learn's {name}"
            " regularisation",
            where="predictions.score, validation and test",
            possible=(0.0, 1.0),
        )
        for value, name in ((1e6, "nearly without"), (1.0, "with"))
    ]


def answers(tables: Tables, **parameters: object) -> pd.DataFrame:
    """Return whether a probe says "real", 1 or 0: a row an image, a column a seed.

    NaN are the images that only other seeds have on validation or test.
    """
    member = tables.cell("probe_to_the_end", **parameters)
    rows = tables.rows(member, "predictions", "predictions")
    said = rows.assign(said=(rows["score"] > THRESHOLD).astype(float))
    return said.pivot(index=["split", "image"], columns="seed", values="said")


def differing(first: pd.DataFrame, second: pd.DataFrame) -> pd.Series:
    """Return the share of images with different answers, by seed of `first`.

    A single replicate of `second`, which draws nothing, stands beside every seed.
    """
    beside = {seed: second[seed] if seed in second else second.iloc[:, 0] for seed in first.columns}
    shares = {}
    for seed, theirs in beside.items():
        ours = first[seed].dropna()
        shares[seed] = float((ours != theirs.reindex(ours.index)).mean())
    return pd.Series(shares)


@claim(
    "cnn-params",
    section=SECTION,
    experiment="scratch",
    statement="ResNet18 has 11 million parameters.",
    rule="With one output the numbers that are trained are {eleven_million}, give or take"
    " {eleven_million_within}; as its cells record them or, where the study trains another"
    " backbone, counted in the architecture, which needs no weights.",
    arithmetic=True,
)
def parameters_are_counted(tables: Tables) -> list[Condition]:
    """Take the numbers of a cell with this backbone, or count those of the architecture."""
    cell = tables.cells("scratch")[0]
    if cell.parameters["backbone"] == NAMED_BACKBONE:
        counts = cell.replicates.set_index("seed")["n_parameters"].astype(float)
        where = "replicates.n_parameters"
    else:
        counts = pd.Series(float(n_parameters(NAMED_BACKBONE)), index=cell.seeds)
        where = "the architecture"
    return [
        tables.near(
            "eleven_million",
            "eleven_million_within",
            counts,
            what="trained numbers of ResNet18 with one output",
            where=where,
            estimand="exact",
        )
    ]


def n_parameters(backbone: str) -> int:
    """Return the trained numbers of a backbone with a linear layer of one output."""
    import torch

    from gridproof.parts.families.cnn.backbones import backbone_of

    entry = backbone_of(backbone)
    with torch.device("meta"):
        network = entry.build(None)
    return sum(item.numel() for item in network.parameters()) + entry.n_features + 1


@claim(
    "cnn-steps",
    section=SECTION,
    experiment="scratch",
    statement="One epoch is 1,400 training steps.",
    rule="The steps of one epoch are {fourteen_hundred} give or take {fourteen_hundred_within}.",
    arithmetic=True,
)
def steps_are_counted(tables: Tables) -> list[Condition]:
    """Count the updates of the weights in one epoch."""
    cell = tables.cells("scratch")[0]
    epochs = cell.epochs[cell.epochs["epoch"] == 1]
    batch = int(cell.parameters["batch_size"])
    return [
        tables.near(
            "fourteen_hundred",
            "fourteen_hundred_within",
            epochs.groupby("seed")["steps"].max().astype(float),
            what="updates of the weights in one epoch",
            where="epochs.steps, first epoch",
            published=float(math.ceil(tables.printed_rows("scratch", "train") / batch)),
            estimand="exact",
        )
    ]
