"""From a plan and tables in files to `claims.parquet`: what `gridproof judge` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from draw.synthetic import synthetic_cell, write_slice
from gridproof.config.user_claims import Bound, UserClaim
from gridproof.errors import GridproofError
from gridproof.files.formats import read_table
from gridproof.judge.judge_study import write_claims
from gridproof.judge.outcomes import LEFT_OUT, PLAN
from gridproof.plan.absent import MissingData
from gridproof.plan.job_plans import ClaimsPlan, PlannedCell, PlannedData, PlannedExperiment
from gridproof.plan.wire import written

from .own_study import one_claim, written_study

LOW = """\
cell = tables.cell("shape", width=8)
return [tables.at_most("low", cell.finals("val_loss"), what="loss", where="epochs.val_loss")]
"""
THRESHOLDS = "low: {value: 0.6, unit: nats, reason: it was said}\n"


def planned_cell(label: str, position: int) -> PlannedCell:
    """Return the plan of a cell of `synthetic_cell`."""
    return PlannedCell(
        cell=f"{position + 1:012x}",
        slug=f"cell-{position}",
        label=label,
        group="shape",
        setting=label,
        seeds=(0, 1, 2),
        seeds_in_job=20,
        deterministic=False,
        measurements=(),
        spec={},
    )


def study(root: Path, *folders: Path, **changes: object) -> tuple[Path, Path]:
    """Write data, tables and plan of an experiment `shape` of two widths; return plan and tables.

    `changes` are fields of the plan.
    """
    data, tables = root / "data", root / "tables"
    data.mkdir()
    (data / "facts.json").write_text(json.dumps({"digest": "0123", "kind": "table"}))
    cells = [
        synthetic_cell(f"width {width}", position=place, final=0.5, width=width)
        for place, width in enumerate((8, 64))
    ]
    write_slice(tables / "shape", cells)
    experiment = PlannedExperiment(
        name="shape",
        title="",
        question="",
        figures=(),
        data="points",
        cells=(planned_cell("width 8", 0), planned_cell("width 64", 1)),
    )
    missing = MissingData(
        name="faces", files=("faces/real",), names=("scratch",), experiments=("scratch",)
    )
    plan = ClaimsPlan(
        **{
            "config": "mine.yaml",
            "parts": tuple(map(str, folders)),
            "data": (
                PlannedData(
                    name="points", digest="0123", directory=data, source="csv", kind="table"
                ),
            ),
            "missing": (missing,),
            "experiments": (experiment,),
            "claims": {},
        }
        | changes
    )
    path = root / "claims-0123.json"
    path.write_text(written(plan))
    return path, tables


def test_study_of_claims_of_its_own_is_judged_by_them(tmp_path: Path) -> None:
    """Those of its folder and of its configuration, with its thresholds; one failure costs none."""
    folder = written_study(
        tmp_path,
        low=one_claim("low", LOW, rule="At most {low}."),
        other=one_claim("elsewhere", "return []", experiment="depth"),
        bad=one_claim("bad", "1 / 0"),
        absent=one_claim("absent", "tables.cells('scratch')", experiment="scratch"),
    )
    (folder / "thresholds.yaml").write_text(THRESHOLDS)
    high = UserClaim(
        statement="It ends high.",
        experiment="shape",
        column="val_loss",
        because="it was said",
        bound=Bound(of={"width": 64}, at_least=5.0),
    )
    plan, tables = study(tmp_path, folder, claims={"high": high})
    write_claims(plan, tables, tmp_path / "claims.parquet")
    table = read_table(tmp_path / "claims.parquet")
    rows = {row["id"]: row for row in table.to_pylist()}
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "absent": "cannot be tested",
        "bad": "failed",
        "low": "supported",
        "high": "contradicted",
    }
    assert rows["low"]["rule"] == "At most 0.6 nats."
    assert json.loads(rows["low"]["evidence"])["thresholds"]["low"]["reason"] == "it was said"
    assert "the data 'faces' are not there" in json.loads(rows["absent"]["evidence"])["reason"]
    assert table.schema.metadata[PLAN] == plan.name.encode()
    assert json.loads(table.schema.metadata[LEFT_OUT]) == {"depth": ["elsewhere"]}


def test_study_without_parts_has_no_claims(tmp_path: Path) -> None:
    """Though an experiment of it is called as one of the write-up."""
    plan, tables = study(tmp_path)
    write_claims(plan, tables, tmp_path / "claims.parquet")
    assert read_table(tmp_path / "claims.parquet").num_rows == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"experiments": ()}, None),
        (
            {
                "data": (
                    PlannedData(
                        name="points",
                        digest="4567",
                        directory=Path("data"),
                        source="csv",
                        kind="table",
                    ),
                )
            },
            "data 0123, but the study plans 4567",
        ),
    ],
)
def test_tables_of_another_study_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], told: str | None
) -> None:
    """That is no failure of a claim; what no claim asks for is not read."""
    monkeypatch.chdir(tmp_path)
    folder = written_study(tmp_path, low=one_claim("low", LOW.replace('"low"', "0.6")))
    plan, tables = study(tmp_path, folder, **changes)
    if told is None:
        write_claims(plan, tables, tmp_path / "claims.parquet")
        assert read_table(tmp_path / "claims.parquet").num_rows == 0
        return
    with pytest.raises(GridproofError, match=told):
        write_claims(plan, tables, tmp_path / "claims.parquet")
    assert not (tmp_path / "claims.parquet").exists()
