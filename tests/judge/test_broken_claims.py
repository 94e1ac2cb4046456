"""A claim whose code fails costs its own verdict, which says what was raised and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridproof.errors import GridproofError
from gridproof.judge.claim_tables import ExperimentTables, Tables
from gridproof.judge.condition import Condition
from gridproof.judge.judging import Verdict, judge, judge_all
from gridproof.judge.published import Published
from gridproof.judge.thresholds import Thresholds
from gridproof.judge.verdict_table import table_of_verdicts

from .own_study import claims_of_study, one_claim, written_study
from .world import tables_of, world

GOOD = one_claim(
    "good",
    "return [tables.at_least(0, {0: 1}, what='a number', where='nowhere', estimand='exact')]",
)
CONDITION = "tables.at_least(0, {0: 1}, what='a', where='b')"


def verdicts(root: Path, body: str, **words: str) -> tuple[Path, Verdict, Verdict]:
    """Return a study's folder, and the verdicts on its claim `bad` and on another one."""
    folder = written_study(root, bad=one_claim("bad", body, **words), good=GOOD)
    tables = tables_of(world())
    bad, good = judge_all(claims_of_study(folder, "shape"), tables)
    return folder, bad, good


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("1 / 0", "claim 'bad' raised ZeroDivisionError: division by zero"),
        ("raise KeyboardError", "claim 'bad' raised NameError: name 'KeyboardError'"),
        ("raise AssertionError", "claim 'bad' raised AssertionError;"),
        ("import sys; sys.exit(3)", "claim 'bad' raised SystemExit: 3"),
        ("return None", "claim 'bad': returned None, expected a list of conditions"),
        ("return []", r"claim 'bad': returned \[\], expected a list of conditions"),
        (
            "return ['supported']",
            "claim 'bad': returned .'supported'., expected a list of conditions",
        ),
        (f"return {CONDITION}", "claim 'bad': returned Condition"),
        (f"yield {CONDITION}", "claim 'bad': returned <generator"),
        (f"return [{CONDITION.replace('1', repr('x'))}]", "claim 'bad': a, seed 0: found 'x'"),
        (f"return [{CONDITION.replace('{0: 1}', '5')}]", "claim 'bad': a: found int, expected a"),
        (f"return [{CONDITION.replace('{0: 1}', '{None: 1}')}]", "found a number of None"),
        (f"return [{CONDITION.replace('0,', 'None,', 1)}]", "bound: found None"),
        (f"return [{CONDITION.replace('0,', repr('smal') + ',', 1)}]", "no threshold 'smal'"),
        (f"return [{CONDITION.replace('0,', '-1e999,', 1)}]", "claim 'bad': a: found no bound"),
        ("return [tables.near(0, -1, {0: 1}, what='a', where='b')]", "no number is at least 1"),
        ("tables.cell('shape', widht=8)", "no parameter 'widht', did you mean 'width'"),
    ],
)
def test_claim_that_fails_costs_no_other(tmp_path: Path, body: str, told: str) -> None:
    """Whatever it raises or returns: it failed, and says where; the next one is supported."""
    folder, bad, good = verdicts(tmp_path, body)
    assert (bad.outcome, good.outcome) == ("failed", "supported")
    with pytest.raises(GridproofError, match=told):
        raise GridproofError(bad.reason)
    assert f"{folder}/claims/bad.py, line " in bad.reason
    row, _ = table_of_verdicts([bad, good]).to_pylist()
    assert (row["verdict"], row["seeds"]) == ("failed", 0)
    assert json.loads(row["evidence"])["reason"] == bad.reason


def test_failure_names_the_line_that_raised_in_the_study_own_code(tmp_path: Path) -> None:
    """In a helper beside the claim, not in the library that the helper calls."""
    folder = written_study(tmp_path, helpers="import json\n\ndef parse():\n    json.loads('{')\n")
    text = f"from {folder.name}.claims.helpers import parse\n" + one_claim("bad", "parse()")
    (folder / "claims" / "bad.py").write_text(text)
    (claim,) = claims_of_study(folder, "shape")
    verdict = judge(claim, tables_of({}))
    assert "raised JSONDecodeError" in verdict.reason
    assert verdict.reason.endswith(f"{folder}/claims/helpers.py, line 4")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("At least {visible_los}.", "no threshold 'visible_los' in .* did you mean 'visible_loss'"),
        ("At least {visible_loss.", "its rule names thresholds in braces"),
        ("At least {}.", "no threshold ''"),
    ],
)
def test_rule_that_cannot_be_written_fails(tmp_path: Path, rule: str, told: str) -> None:
    """A threshold that no file has, or braces that do not match; the rule stays as it is."""
    _, bad, good = verdicts(tmp_path, f"return [{CONDITION}]", rule=rule)
    assert (bad.outcome, good.outcome, bad.rule) == ("failed", "supported", rule)
    with pytest.raises(GridproofError, match=told):
        raise GridproofError(bad.reason)


def test_file_that_cannot_be_imported_is_one_claim_that_failed(tmp_path: Path) -> None:
    """The others are judged; the message names file, line and what was raised."""
    broken = "import gridproof.part\n" + one_claim("bad", "return []") + "\n\nLIMIT = 1 / 0\n"
    folder = written_study(tmp_path, my_broken=broken, good=GOOD)
    good, bad = judge_all(claims_of_study(folder, "shape"), tables_of({}))
    assert (good.outcome, bad.outcome, bad.claim.id) == ("supported", "failed", "my-broken.py")
    line = len(broken.splitlines())
    assert bad.reason == (
        f"{folder}/claims/my_broken.py cannot be imported: ZeroDivisionError: division by zero; "
        f"{folder}/claims/my_broken.py, line {line}"
    )


def test_message_of_pages_is_cut(tmp_path: Path) -> None:
    """What pandas raises can be longer than the report."""
    _, bad, _ = verdicts(tmp_path, "raise ValueError('word\\n' * 1000)")
    assert "\n" not in bad.reason
    assert len(bad.reason) < 500 + len(str(tmp_path))


def test_tables_that_cannot_be_used_are_no_fault_of_a_claim(tmp_path: Path) -> None:
    """They stop all: no claim could be judged by them."""

    def broken() -> ExperimentTables:
        raise GridproofError("the tables do not belong to the study")

    folder = written_study(tmp_path, bad=one_claim("bad", "tables.cells('shape')"))
    (claim,) = claims_of_study(folder, "shape")
    tables = Tables({"shape": broken}, {}, Published(), Thresholds({}))
    with pytest.raises(GridproofError, match="do not belong"):
        judge(claim, tables)


def test_interrupt_is_not_swallowed(tmp_path: Path) -> None:
    """Ctrl-C stops the command."""
    folder = written_study(tmp_path, bad=one_claim("bad", "raise KeyboardInterrupt"))
    (claim,) = claims_of_study(folder, "shape")
    with pytest.raises(KeyboardInterrupt):
        judge(claim, tables_of({}))


def test_condition_is_made_of_numbers() -> None:
    """Bounds and seeds as numpy has them are Python's own afterwards, and a text is none."""
    words = {"what": "a", "unit": "nats", "where": "b"}
    given = Condition(values={1: 2, 0: 1}, low=0, **words)
    assert list(given.values) == [0, 1]
    assert all(type(value) is float for value in given.values.values())
    with pytest.raises(GridproofError, match="unit: found 5, expected a text"):
        Condition(values={0: 1.0}, low=0.0, what="a", unit=5, where="b")  # type: ignore[arg-type]
