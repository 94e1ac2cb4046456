"""Area under the ROC curve, each class against the rest, mean over the classes."""

from __future__ import annotations

import numpy as np

from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.kernel import native
from gridproof.parts.families.mlp.trained import TrainedCell

SPLITS = ("val", "test")


@measurement(
    description="macro AUROC, one class against the rest, on val and test after each epoch",
    table="epochs",
    quantities=["val_auroc", "test_auroc"],
    families=["mlp"],
)
def measure(cell: TrainedCell) -> list[Value]:
    """Return the macro AUROC of val and test after each epoch, in eval mode."""
    values, arithmetic = [], native()
    for split in SPLITS:
        inputs, labels = cell.inputs(split)
        for epoch in cell.epochs:
            for seed in cell.seeds:
                scores = arithmetic.predict(cell.shape, cell.numbers(seed, epoch), inputs)
                area = macro_auroc(scores, labels)
                values.append(Value(seed, epoch, None, f"{split}_auroc", area))
    return values


def macro_auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean over classes of the AUROC of `scores` (n_classes, n) for `labels` (n,).

    Classes without a sample, or with all of them, are left out, as is everything if a score is not
    finite: the value is then NaN. scikit-learn's `roc_auc_score` with `multi_class="ovr"` and
    `average="macro"` gives the same number more slowly, which counts after every epoch.
    """
    if not np.isfinite(scores).all():
        return float("nan")
    areas = [auroc(row, labels == one) for one, row in enumerate(scores)]
    present = [area for area in areas if area is not None]
    return float(np.mean(present)) if present else float("nan")


def auroc(scores: np.ndarray, positive: np.ndarray) -> float | None:
    """Return the area under the ROC curve, None if all samples are of one kind.

    It is the Mann-Whitney statistic over its maximum (Hanley and McNeil, 1982, Radiology 143,
    29-36): the share of pairs, one positive and one negative, in which the positive has the higher
    score, ties counting half. With midranks r of the n+ positives among all n samples it is
    (sum of r - n+ (n+ + 1) / 2) / (n+ (n - n+)).
    """
    n_positive, n_samples = int(positive.sum()), len(scores)
    if n_positive in (0, n_samples):
        return None
    in_order, found = np.sort(scores), scores[positive]
    below = np.searchsorted(in_order, found, "left")
    not_above = np.searchsorted(in_order, found, "right")
    rank_sum = float((below + not_above + 1).sum()) / 2
    pairs = n_positive * (n_samples - n_positive)
    return (rank_sum - n_positive * (n_positive + 1) / 2) / pairs
