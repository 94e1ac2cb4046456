import pandas as pd
import pytest

from draw.synthetic import MEASUREMENTS, synthetic_cell, write_slice
from gridproof.errors import GridproofError
from gridproof.report.step_words import Steps
from gridproof.tables.ask import Ask, training_seconds
from gridproof.tables.members import load_slice
from report.conftest import MEASURED

FACTS = {"prior_entropy": 0.5, "rows": {"train": 640}}
FLAT = 0.03


def test_seconds_of_a_job_count_once():
    """Seeds that trained together share one wall time; a seed added later has its own."""
    replicates = pd.DataFrame(
        {
            "cell": ["a", "a", "a", "b"],
            "seed": [0, 1, 2, 0],
            "seconds": [4.0, 4.0, 1.5, 2.0],
            "finished": ["10:00", "10:00", "11:00", "10:00"],
        }
    )
    assert training_seconds(replicates) == pytest.approx(7.5)


def ask(tmp_path, *cells):
    """Return an experiment of some synthetic cells."""
    tables = load_slice(write_slice(tmp_path / "mine", list(cells)))
    return Ask("mine", tables, FACTS, measured=MEASURED)


def test_unmeasured_columns_are_told_from_diverged_ones(tmp_path):
    """A measured column that is not finite diverged; one without values was not measured."""
    without = synthetic_cell("without")
    gone = dict.fromkeys((0, 1, 2), 2)
    lost = synthetic_cell("lost", position=1, measure=MEASUREMENTS, diverged=gone)
    asked = ask(tmp_path, without, lost)
    assert str(asked.mean("train_eval_loss", label="without")) == "not measured"
    assert str(asked.mean("train_eval_loss", label="lost")) == "diverged"
    assert [member.label for member in asked.measured("val_auroc")] == ["lost"]
    with pytest.raises(GridproofError, match="did you mean 'val_auroc'"):
        asked.mean("val_aurocc", label="lost")


def test_series_hold_all_but_one_parameter(tmp_path):
    """Cells that differ in something else belong to another series."""
    shapes = [(2, 16), (1, 16), (2, 8)]
    cells = [
        synthetic_cell(f"{depth} {width}", position=i, depth=depth, width=width)
        for i, (depth, width) in enumerate(shapes)
    ]
    asked = ask(tmp_path, *cells)
    labels = [[member.label for member in members] for members in asked.series("depth")]
    assert labels == [["1 16", "2 16"]]
    assert [len(members) for members in asked.series("width")] == [2]


def test_replicates_that_end_flat_are_counted_one_by_one(tmp_path):
    """Some seeds of a cell may end at the entropy of the class prior, others not."""
    cell = synthetic_cell("one", seeds=(0, 40), final=0.43)
    asked = ask(tmp_path, cell)
    (member,) = asked.members
    assert asked.flat_replicates(FLAT) == [(member.cell, 0)]
    assert asked.n_flat(member, FLAT) == "1 of 2"


@pytest.mark.parametrize("epochs", [1, 2])
def test_too_few_epochs_have_no_jitter(tmp_path, epochs):
    """One epoch has no successor: nothing diverged."""
    asked = ask(tmp_path, synthetic_cell("one", epochs=epochs))
    assert str(asked.jitter("val_loss", asked.members[0], "second")) == "not measured"


def test_peak_is_the_first_step_of_the_highest_accuracy(tmp_path):
    """Each seed has its own."""
    cell = synthetic_cell("one", seeds=(0, 1))
    rows = cell["epochs"]
    rows.loc[(rows["seed"] == 1) & rows["epoch"].isin([4, 9]), "val_accuracy"] = 0.99
    asked = ask(tmp_path, cell)
    peak = Steps(ask=asked).peak(asked.members[0])
    assert peak.steps.values == (500, 40)
    assert max(peak.accuracy.values) == 0.99


def test_variance_needs_three_batches(tmp_path):
    """With one batch an epoch there is no variance, and nothing diverged."""
    cells = [
        synthetic_cell(str(size), position=i, batch_size=size) for i, size in enumerate((64, 640))
    ]
    asked = ask(tmp_path, *cells)
    some, none = (Steps(ask=asked).variance(member) for member in asked.members)
    assert some.mean == pytest.approx(1 / 64, rel=0.1)
    assert str(none) == "not measured"
