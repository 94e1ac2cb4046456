import pytest

from draw.synthetic import MEASUREMENTS, synthetic_cell, write_slice
from gridproof.catalogue import catalogue
from gridproof.judge.published import Published, read_published
from gridproof.parts.families.mlp.mlp_words import section_words
from gridproof.report.print_difference import InPrint, in_print
from gridproof.tables.ask import Ask
from gridproof.tables.members import load_slice
from report.conftest import MEASURED, PARTS

FACTS = {
    "source": "geonames",
    "kind": "table",
    "rows": {"train": 75348, "val": 9419, "test": 9419},
    "n_classes": 33,
    "prior_entropy": 2.822,
}


@pytest.fixture(scope="module")
def published():
    """Return the values in print."""
    return read_published(catalogue((PARTS,)).study_files("published.yaml"))


def ask(tmp_path, name, *cells):
    """Return an experiment of some synthetic cells."""
    tables = load_slice(write_slice(tmp_path / name, list(cells)))
    return Ask(name, tables, FACTS, measured=MEASURED)


def said(published: Published, asked: Ask) -> InPrint:
    """Return what is in print about an experiment, and the difference."""
    return in_print(published, asked, section_words(asked).numbers)


def rows(published: Published, asked: Ask):
    """Return the comparisons by name."""
    return {item.name: item for item in said(published, asked).comparisons}


def test_steps_are_compared_as_counts(tmp_path, published):
    """Steps have no spread; the difference is in per cent of the published ones."""
    cell = synthetic_cell("batch_size 128", batch_size=128)
    found = rows(published, ask(tmp_path, "batch_size", cell))
    steps = found["steps per epoch: batch_size 128"]
    assert (steps.printed, steps.shown, steps.difference) == ("836", "589", "-29.5 %")
    assert steps.span == ""
    assert found["total steps: batch_size 1024"].shown == "no such cell in this study"


def test_highest_accuracy_of_all_epochs_is_compared(tmp_path, published):
    """The highest epoch of each seed, not the last."""
    cell = synthetic_cell("batch_size 128", batch_size=128)
    cell["epochs"].loc[cell["epochs"]["epoch"] == 7, "val_accuracy"] = 0.99
    found = rows(published, ask(tmp_path, "batch_size", cell))
    highest = found["validation accuracy, highest of all epochs: batch_size 128"]
    assert highest.shown == "0.990 ± 0.000"
    assert highest.printed == "0.39"
    assert found["validation accuracy: batch_size 1, epochs 1"].printed == "0.385"


def test_gradients_are_compared_by_ratio_and_zeros_counted(tmp_path, published):
    """Norms are medians; an exact zero has no ratio."""
    cell = synthetic_cell("deep", depth=100, width=4, epochs=10, gradient_norms=True)
    found = rows(published, ask(tmp_path, "gradients", cell))
    upper = next(item for name, item in found.items() if "layer 99" in name)
    assert (upper.printed, upper.shown) == ("7.0e-5", "median 2.0e-2; 0 of 3 exactly 0")
    assert upper.difference == "2.9e2 times"
    middle = next(item for name, item in found.items() if "layer 60" in name)
    assert (middle.printed, middle.shown) == ("0", "median 0; 3 of 3 exactly 0")
    assert middle.difference == ""
    assert middle.is_inside


def test_unmeasured_bound_is_said_to_be(tmp_path, published):
    """A cell without counted regions has no bound in the tables."""
    shape = {"depth": 1, "batch_size": 128, "batch_norm": True}
    for measure, shown in ((), "not measured"), (MEASUREMENTS, None):
        cell = synthetic_cell("depth 1", measure=measure, **shape)
        found = rows(published, ask(tmp_path / str(len(measure)), "shape", cell))
        bound = next(item for name, item in found.items() if name.startswith("bound on"))
        assert shown is None or bound.shown == shown
        assert bound.printed == "137"


def test_difference_counts_what_lies_within_our_seeds(tmp_path, published):
    """Rows, steps and prior stand beside the published ones."""
    cell = synthetic_cell("learning_rate 0.2", learning_rate=0.2, final=3.22, seeds=(0, 1, 2, 3, 4))
    asked = ask(tmp_path, "learning_rate", cell)
    told = said(published, asked).difference
    assert told.rows == (75348, 106897)
    assert told.rows_change == pytest.approx(-0.2951, abs=1e-4)
    assert told.steps == (("learning_rate 0.2", 295 * 50, 418 * 50),)
    assert told.inside + told.outside == ("validation loss: learning_rate 0.2",)
    assert not told.own_data
