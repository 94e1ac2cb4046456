"""What passes from planning to a job comes back as it was, or is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.plan.job_plans import ClaimsPlan, StudyPlan, TrainingJob
from gridproof.plan.jobs import data_job, needed_parts, parts_entries, training_job
from gridproof.plan.plan_files import claims_plan, plans, slice_plan, study_plan, write_plans
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study
from gridproof.plan.wire import read, read_file, written, written_in_order
from workspace import write_places

STUDY = """\
title: Test
data:
  towns: {source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
    target: country}
seeds: 2
experiments:
  rates: {title: Rates, sweep: {learning_rate: [1e-3, 0.1]}, measure: [dead_relus]}
  depths: {sweep: {depth: [2, 6]}}
comparisons:
  both: {of: [rates, depths], figures: [curves]}
claims:
  longer-is-better:
    statement: A smaller step is better.
    experiment: rates
    column: val_loss
    because: the order alone is stated
    compare: {more: {learning_rate: 0.1}, less: {learning_rate: 1e-3}}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A small study in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    write_places(Path("data"), rows=20)
    Path("config.yaml").write_text(STUDY)
    return read_study(Path("config.yaml"))


@pytest.fixture
def job(study: Study) -> TrainingJob:
    """Its first training job."""
    cell, seeds = next(study.jobs())
    return training_job(cell, seeds, study.catalogue)


def test_plans_come_back_as_they_were(study: Study, job: TrainingJob) -> None:
    """Each of them equals what is read of it, in either form."""
    data = data_job(next(iter(study.data.values())), study.catalogue)
    for plan in (job, data, *plans(study).values()):
        assert read(type(plan), written(plan)) == plan
        assert read(type(plan), written_in_order(plan)) == plan


def test_order_of_keys_does_not_show(job: TrainingJob) -> None:
    """A job that is told the same is told the same text."""
    fields = json.loads(written(job))
    turned = json.dumps(dict(reversed(fields.items())))
    assert written(read(TrainingJob, turned)) == written(job)


BAD = {
    "a key too many": ({"speed": 3}, "speed: found 3"),
    "another type": ({"digest": 7}, "digest: found 7"),
    "a place inside": ({"seeds": [0, "1"]}, "seeds.1: found '1'"),
    "data of no digest": ({"prepared": {"name": "a"}}, "prepared.kind: found nothing"),
}


@pytest.mark.parametrize(("changes", "message"), BAD.values(), ids=BAD)
def test_bad_plan_is_refused_with_its_place(
    job: TrainingJob, changes: dict[str, object], message: str, tmp_path: Path
) -> None:
    """The message names the argument or the file, and the key."""
    text = json.dumps(json.loads(written(job)) | changes)
    with pytest.raises(GridproofError, match=f"the job's argument: {message}"):
        read(TrainingJob, text)
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(GridproofError, match=f"{file}: {message}"):
        read(TrainingJob, str(file))


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    """No JSON, and no file."""
    with pytest.raises(GridproofError, match=r"the job's argument: found '\{no json'"):
        read(TrainingJob, "{no json")
    with pytest.raises(GridproofError, match=r"nowhere.json: cannot be read as a plan"):
        read_file(StudyPlan, tmp_path / "nowhere.json")


def test_plans_lie_under_their_content(study: Study) -> None:
    """Another content is another file; the same is not written again."""
    write_plans(study)
    files = {path: path.stat().st_mtime_ns for path in Path("results/plan").iterdir()}
    assert set(files) == set(plans(study))
    write_plans(study)
    assert {path: path.stat().st_mtime_ns for path in files} == files
    Path("config.yaml").write_text(STUDY.replace("title: Rates", "title: How fast"))
    edited = plans(read_study(Path("config.yaml")))
    changed = {path.name.rpartition("-")[0] for path in edited.keys() - set(files)}
    assert changed == {"study"}


def test_words_are_nothing_to_claims(study: Study) -> None:
    """Claims are told of cells, data and bounds; the report of the plan they were judged by."""
    report, claims = study_plan(study), claims_plan(study)
    assert isinstance(claims, ClaimsPlan)
    assert {(item.title, item.question, item.figures) for item in claims.experiments} == {
        ("", "", ())
    }
    assert [item.cells for item in claims.experiments] == [
        item.cells for item in report.experiments
    ]
    assert claims.claims["longer-is-better"].experiment == "rates"


def test_edited_bound_of_a_claim_is_another_report(study: Study) -> None:
    """The report's plan names the plan of the claims, whose content is in its name."""
    edited = STUDY.replace("learning_rate: 1e-3}}", "learning_rate: 1e-3}, by: 0.5}")
    Path("config.yaml").write_text(edited)
    other = study_plan(read_study(Path("config.yaml")))
    assert other.claims != study_plan(study).claims


def test_cells_say_which_experiment_they_come_from(study: Study) -> None:
    """Where the parts of a label end is written down, in a comparison as well."""
    members = {item.label: item for item in slice_plan(study, study.experiments["both"]).members}
    member = members["rates learning_rate 0.1"]
    assert (member.group, member.setting) == ("rates", "learning_rate 0.1")
    for name in ("rates", "depths"):
        for item in slice_plan(study, study.experiments[name]).members:
            assert (item.group, item.setting) == (name, item.label)


def test_jobs_of_the_package_are_the_same_in_every_study() -> None:
    """Folders of parts are told only to jobs that use them, so that studies share cells."""
    parts = catalogue(("study",))
    assert parts_entries(parts) == ("study",)
    assert needed_parts(parts, ["gridproof.parts.families.mlp"]) == ()
    assert needed_parts(parts, ["gridproof.parts.kinds.table", "study.data.geonames"]) == ("study",)
