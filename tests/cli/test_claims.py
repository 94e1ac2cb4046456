"""`gridproof claims`: the list, one claim, pins and their check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from gridproof.cli.claim_commands import ClaimRows, print_claim, print_claims, read_claims
from gridproof.cli.claim_pins import (
    Row,
    check_claims,
    pin_claims,
    pins_file,
)
from gridproof.errors import GridproofError
from gridproof.judge.judge_study import write_claims
from gridproof.judge.judging import judge
from gridproof.judge.verdict_table import table_of_verdicts
from gridproof.plan.plan_files import claims_file, claims_plan
from gridproof.plan.study import Study
from gridproof.plan.wire import written
from judge.own_study import one_claim, written_study
from judge.world import claims, tables_of, world


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Return the claims of a study without images in which one statement fails."""
    given = world()
    given["learning_rate"][0].end_at("val_loss", 3.0)
    absent = {"xgboost": "the data 'faces' are not there (data/faces)"}
    tables = tables_of(given, absent)
    # each by itself: so few seeds that agree do not decide 44 claims at once
    verdicts = [judge(claim, tables) for claim in claims().values()]
    return table_of_verdicts(verdicts).to_pylist()


def failing(rows: list[Row], name: str) -> list[Row]:
    """Return the rows with a claim that failed."""
    evidence = json.dumps({"reason": f"claim {name!r} raised ZeroDivisionError"} | EMPTY)
    failed = {"verdict": "failed", "evidence": evidence}
    return [row | failed if row["id"] == name else row for row in rows]


EMPTY: dict[str, object] = {"held": {}, "conditions": [], "thresholds": {}, "cells": []}


def test_list_shows_verdicts_and_counts_them(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    """A line a claim, the sum at the end."""
    assert print_claims(ClaimRows(rows, {}), None) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 46
    assert any(line.startswith("lr-extremes-flat") and "contradicted" in line for line in lines)
    assert lines[-1].startswith("44 claims: ")
    assert "cannot be tested" in lines[-1]


def test_list_of_a_section(rows: list[Row], capsys: pytest.CaptureFixture[str]) -> None:
    """Those of the section alone; an unknown one is refused."""
    print_claims(ClaimRows(rows, {}), "6.1.2.3")
    assert capsys.readouterr().out.splitlines()[-1] == "5 claims: 5 supported"
    with pytest.raises(GridproofError, match="no claims of section"):
        print_claims(ClaimRows(rows, {}), "9.9")


def test_claim_that_failed_is_named_in_the_last_line(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code says it as well, for the list and for the claim alone."""
    broken = failing(rows, "bn-loss")
    assert print_claims(ClaimRows(broken, {}), None) == 1
    assert "1 failed (bn-loss)" in capsys.readouterr().out.splitlines()[-1]
    assert print_claim(broken, "bn-loss") == 1
    assert "verdict: failed: claim 'bn-loss' raised" in capsys.readouterr().out


def test_claims_about_other_experiments_are_counted(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody has to wonder where they are."""
    print_claims(ClaimRows(rows[:1], {"depth": ["a", "b"], "breadth": ["c"]}), None)
    told = "3 claims are about experiments that this study does not have: breadth, depth"
    assert told in capsys.readouterr().out.splitlines()


def test_claim_is_printed_with_its_evidence(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    """Rule, numbers of each seed, threshold with its reason, cells."""
    print_claim(rows, "lr-extremes-flat")
    text = capsys.readouterr().out
    assert "verdict: contradicted" in text
    assert "seed 2: " in text
    assert "threshold flat_loss 0.03 (nats): what the loss of a constant predictor" in text
    assert "cell cell-" in text


def test_claim_that_cannot_be_tested_is_printed_with_its_reason(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    """Which data are not there."""
    print_claim(rows, "cnn-xgboost-near-top")
    assert "cannot be tested: the data 'faces' are not there" in capsys.readouterr().out


def test_unknown_claim_names_the_nearest(rows: list[Row]) -> None:
    """As every unknown name does."""
    with pytest.raises(GridproofError, match="did you mean 'bn-loss'"):
        print_claim(rows, "bn-los")


def test_check_passes_on_pinned_verdicts(
    rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was pinned is what is found."""
    path = tmp_path / "expected.yaml"
    pin_claims(rows, path)
    assert check_claims(rows, path) == 0
    assert "44 claims, 0 differ" in capsys.readouterr().out


def test_check_names_each_verdict_that_differs(
    rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed verdict, a claim that is gone and one that is new each fail the check."""
    path = tmp_path / "expected.yaml"
    pin_claims(rows, path)
    text = path.read_text().replace("bn-loss: supported", "bn-loss: contradicted")
    path.write_text(text.replace("bn-accuracy: supported\n", "gone: supported\n"))
    assert check_claims(rows, path) == 1
    told = capsys.readouterr().out
    assert "bn-loss: found 'supported', expected 'contradicted'" in told
    assert "gone: found 'no such claim', expected 'supported'" in told
    assert "bn-accuracy: found 'supported', expected 'none: it is not pinned'" in told


def test_claim_that_failed_is_neither_pinned_nor_expected(
    rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, and a pin that says so by hand is not met."""
    path = tmp_path / "expected.yaml"
    broken = failing(rows, "bn-loss")
    with pytest.raises(GridproofError, match="bn-loss failed"):
        pin_claims(broken, path)
    assert not path.exists()
    pin_claims(rows, path)
    path.write_text(path.read_text().replace("bn-loss: holds", "bn-loss: failed"))
    assert check_claims(broken, path) == 1
    assert "bn-loss: found 'failed'" in capsys.readouterr().out


def planned(tmp_path: Path, expected: Path | None, *parts: str) -> Study:
    """Return a study of nothing that names a file of pins, or none, and its own parts."""
    return Study(
        path=tmp_path / "mine.yaml",
        name=None,
        title="Mine",
        experiments={},
        cells={},
        data={},
        missing=(),
        claims={},
        catalogue=catalogue(parts),
        parts=parts,
        words=None,
        expected_claims=expected,
        note=None,
    )


def test_study_that_names_no_file_of_pins_overwrites_none(tmp_path: Path) -> None:
    """The file is the study's own, or named on the command line; else the message says how to."""
    own, other = tmp_path / "own.yaml", tmp_path / "other.yaml"
    assert pins_file(planned(tmp_path, own), None, "--pin") == own
    assert pins_file(planned(tmp_path, own), other, "--pin") == other
    with pytest.raises(
        GridproofError, match=r"mine\.yaml names no file .* `expected_claims: FILE`"
    ):
        pins_file(planned(tmp_path, None), None, "--pin")


def test_verdicts_of_other_code_or_thresholds_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper or a threshold was edited since: `holds` would be said of something else."""
    monkeypatch.chdir(tmp_path)
    folder = written_study(tmp_path, helper="LIMIT = 0.0\n")
    text = f"from {folder.name}.claims.helper import LIMIT\n" + one_claim("low", "return [LIMIT]")
    (folder / "claims" / "low.py").write_text(text)
    study = planned(tmp_path, None, str(folder))
    plan = claims_file(study)
    plan.parent.mkdir(parents=True)
    plan.write_text(written(claims_plan(study)))
    write_claims(plan, tmp_path, study.folder / "claims.parquet")
    assert read_claims(study).left_out == {"shape": ["low"]}
    (folder / "claims" / "helper.py").write_text("LIMIT = 0.9\n")
    with pytest.raises(GridproofError, match="is of another state"):
        read_claims(study)
    write_claims(plan, tmp_path, study.folder / "claims.parquet")
    assert read_claims(study).rows == []
    (folder / "thresholds.yaml").write_text("{}")
    with pytest.raises(GridproofError, match="is of another state"):
        read_claims(study)


@pytest.mark.parametrize("content", [None, "- a list\n", "a: 1\n", "a: [\n"])
def test_check_against_a_bad_file_names_it(
    rows: list[Row], tmp_path: Path, content: str | None
) -> None:
    """Missing, or no verdict for each claim."""
    path = tmp_path / "expected.yaml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(GridproofError, match=str(path)):
        check_claims(rows, path)


def test_pinning_into_an_empty_file_fills_it(rows: list[Row], tmp_path: Path) -> None:
    """A file that was only touched is no obstacle."""
    path = tmp_path / "expected.yaml"
    path.touch()
    pin_claims(rows, path)
    assert check_claims(rows, path) == 0
