"""The page, the picture and the list of failures that the benchmarks write."""

import json

import pytest

from bench.made import FAILING, MISSING, case_results, growth, runs
from benchmarks.measuring import growth as growths
from benchmarks.measuring import orchestration, steps
from benchmarks.measuring.losses import Difference
from benchmarks.measuring.markdown import number, results_text, table
from benchmarks.measuring.picture import draw_steps, write_picture
from benchmarks.measuring.steps import PEERS


def test_table_refuses_a_row_of_another_length():
    """A row with a cell too few is a mistake, not a table that is askew."""
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    with pytest.raises(ValueError, match="2 cells"):
        table(["a", "b"], [["1"]])


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.01234, "0.0123"), (12.34, "12.3"), (12345.6, "12,346")]
)
def test_number_has_three_digits(value, text):
    """Digits that mean nothing are not shown."""
    assert number(value) == text


def test_page_has_what_was_measured():
    """Medians with spread, ratios, exponents and ratios to the ideal are on the page."""
    page = results_text({"commit": "abc"}, case_results(), [growth()], runs())
    assert "110 (100 to 150)" in page
    assert "| 6 x 16, batch 256 | 1.0 | 2.0 |" in page
    assert "Exponents: 1.00, 1.00." in page
    assert "| 31.2 | 62.5 | 2.00 | a |" in page


def test_page_says_what_is_missing():
    """A peer without a number and a tool that was stopped have the reason in their place."""
    page = results_text({"commit": "abc"}, case_results(), [], runs())
    assert page.count("not ready within 90 s") >= 2
    assert "could not be installed: no \\| such package" in page
    assert "**stopped** (63 cells are there); b" in page


def test_page_of_one_part_has_no_others():
    """A part that was not asked for is left out."""
    page = results_text({"commit": "abc"}, [], [growth()], [])
    assert "## Growth" in page
    assert "results.svg" not in page


def test_all_is_written_as_json():
    """Everything measured is JSON, all rounds included."""
    measured = json.loads(json.dumps(steps.as_json(case_results())))
    assert measured[0]["peers"]["native"]["rounds"] == [100.0, 110.0, 150.0]
    assert json.dumps(growths.as_json([growth()]))
    assert json.dumps(orchestration.as_json(runs()))


def test_processor_share_is_that_of_all_rounds():
    """A machine that did other work besides is told from one that did not."""
    assert steps.processor_share(case_results()) == pytest.approx(0.9)


def test_picture_has_a_mark_for_each_measured_peer(tmp_path):
    """Peers without a round are in the legend alone; the axis is logarithmic and has a unit."""
    figure = draw_steps(case_results())
    [axes] = figure.axes
    marks = {line.get_label(): len(line.get_xdata()) for line in axes.lines}
    assert all(marks[peer.name] == 2 for peer in PEERS if peer.name not in (FAILING, MISSING))
    assert marks[FAILING] == marks[MISSING] == 0
    assert axes.get_xscale() == "log"
    assert "microseconds" in axes.get_xlabel()
    write_picture(case_results(), tmp_path / "results.svg")
    assert (tmp_path / "results.svg").read_text().startswith("<?xml")


def test_peer_with_another_loss_is_told():
    """A peer whose losses are not the reference's disagrees; one that was not measured does not."""
    [result, _] = case_results()
    assert result.disagreeing() == []
    result.peers["JAX"].difference = Difference(first=0.0, mean=1e-3)
    result.peers["Lightning"].difference = Difference(first=float("inf"), mean=0.0)
    assert result.disagreeing() == ["JAX", "Lightning"]
