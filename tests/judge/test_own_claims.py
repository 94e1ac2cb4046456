"""A study is judged by its own claims, in the order of its write-up, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridproof.catalogue import Catalogue, catalogue
from gridproof.config.user_claims import Bound, UserClaim
from gridproof.errors import GridproofError
from gridproof.judge.claims_code import claim_files, claims_code
from gridproof.judge.judging import judge
from gridproof.judge.load_claims import claims_of
from gridproof.judge.published import Published, read_published
from gridproof.judge.thresholds import Thresholds, read_thresholds

from .own_study import claims_of_study, one_claim, written_study
from .world import PARTS, Cell, cell, tables_of, world

NO_CONDITION = "return []"
THRESHOLD = "{}: {{value: {}, unit: nats, reason: it was chosen}}\n"


def test_study_with_experiments_of_the_write_up_is_not_judged_by_it() -> None:
    """A name such as `shape` asks for nothing: no statement, no threshold, no value in print."""
    parts = catalogue(())
    assert claims_of(parts, {}, world().keys()) == ([], [])
    assert claim_files(parts) == []


def test_part_of_a_folder_brings_neither_thresholds_nor_values_in_print() -> None:
    """Listing the figures of the default study asks for its figures alone."""
    study = PARTS.folders[-1].path
    parts = catalogue((f"{study}/figures",))
    assert claims_of(parts, {}, world().keys()) == ([], [])
    assert claim_files(parts) == []
    assert [path.name for path in claim_files(PARTS)] == ["thresholds.yaml", "published.yaml"]


def test_claims_come_in_the_order_of_their_sections_then_of_files_and_lines(
    tmp_path: Path,
) -> None:
    """6.2 before 6.10, words after numbers, and what has no section at the end."""
    second = one_claim("second", NO_CONDITION, section="6.2")
    folder = written_study(
        tmp_path,
        a=one_claim("fourth", NO_CONDITION, section="appendix")
        + one_claim("fifth", NO_CONDITION).replace("def measure", "def other"),
        b=second + one_claim("first", NO_CONDITION, section="6").replace("measure", "other"),
        c=one_claim("third", NO_CONDITION, section="6.10"),
    )
    found = [claim.id for claim in claims_of_study(folder, "shape")]
    assert found == ["first", "second", "third", "fourth", "fifth"]


def test_claims_about_experiments_that_are_not_there_are_told_apart(tmp_path: Path) -> None:
    """A smaller configuration of a study is not full of what cannot be tested."""
    folder = written_study(
        tmp_path,
        a=one_claim("here", NO_CONDITION),
        b=one_claim("elsewhere", NO_CONDITION, experiment="depth"),
    )
    judged, left_out = claims_of(catalogue((str(folder),)), {}, ["shape"])
    assert [claim.id for claim in judged] == ["here"]
    assert [claim.id for claim in left_out] == ["elsewhere"]


def test_id_of_a_claim_in_the_configuration_is_not_taken_by_a_file(tmp_path: Path) -> None:
    """The message names both places."""
    folder = written_study(tmp_path, a=one_claim("mine", NO_CONDITION))
    own = UserClaim(
        statement="So.",
        experiment="shape",
        column="val_loss",
        because="it was said",
        bound=Bound(at_most=1.0),
    )
    with pytest.raises(GridproofError, match="two claims have the id 'mine'") as caught:
        claims_of(catalogue((str(folder),)), {"mine": own}, ["shape"])
    assert "`claims.mine` of the configuration" in str(caught.value)
    assert f"{folder}/claims/a.py, line " in str(caught.value)


def twice_as_wide() -> list[Cell]:
    """Return cells of two depths, of which one is the published configuration's."""
    return [
        cell(
            {"learning_rate": 1e-3, "depth": depth},
            epochs=50,
            steps=1,
            curves={"val_loss": float(depth)},
        )
        for depth in (4, 6)
    ]


def test_cell_that_is_not_the_only_one_is_refused() -> None:
    """Though one of the two has the published depth: nobody asked for that one."""
    tables = tables_of({"epochs": twice_as_wide()})
    with pytest.raises(GridproofError, match="has 2 cells with learning_rate") as caught:
        tables.cell("epochs", learning_rate=1e-3)
    assert "depth 4" in str(caught.value)
    assert tables.cell("epochs", learning_rate=1e-3, depth=4).parameters["depth"] == 4


def test_published_cell_is_asked_for_by_name() -> None:
    """Among several it is the one of the published configuration, and the only one looked at."""
    tables = tables_of({"epochs": twice_as_wide()})
    assert tables.published_cell("epochs", learning_rate=1e-3).parameters["depth"] == 6
    assert [cell.label for cell in tables.looked_at.values()] == ["learning_rate 0.001, depth 6"]
    assert tables.published_cell("epochs", depth=4).parameters["depth"] == 4
    own = tables_of({"epochs": twice_as_wide()}, published=Published())
    with pytest.raises(GridproofError, match=r"no published\.yaml of the study"):
        own.published_cell("epochs", learning_rate=1e-3)


def test_parameter_that_no_cell_has_names_the_nearest() -> None:
    """A slip of the pen is not a cell that is missing."""
    with pytest.raises(GridproofError, match="no parameter 'dephth', did you mean 'depth'"):
        tables_of({"epochs": twice_as_wide()}).cell("epochs", dephth=4)


def test_bound_may_be_a_number_or_a_threshold_of_the_study(tmp_path: Path) -> None:
    """Without a file of thresholds there are numbers; a name that is nowhere says so."""
    path = tmp_path / "thresholds.yaml"
    path.write_text(THRESHOLD.format("small", 0.5))
    values = {0: 0.4, 1: 0.6}
    words = {"what": "a number", "where": "epochs.val_loss"}
    with_file = tables_of({}, thresholds=read_thresholds([path]))
    assert with_file.at_most("small", values, **words).held == {0: True, 1: False}
    assert with_file.at_most("small", values, **words).unit == "nats"
    without = tables_of({}, thresholds=Thresholds({}))
    assert without.near(0.5, 0.15, values, unit="nats", **words).held == {0: True, 1: True}
    with pytest.raises(GridproofError, match=f"'smal' in {path}, did you mean 'small'"):
        with_file.at_most("smal", values, **words)
    with pytest.raises(GridproofError, match=r"'small' as the study has no thresholds\.yaml"):
        without.at_most("small", values, **words)


def test_files_of_several_folders_are_joined_and_say_nothing_twice(tmp_path: Path) -> None:
    """Thresholds by name, values in print by what they are of."""
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(THRESHOLD.format("small", 0.5))
    second.write_text(THRESHOLD.format("large", 5))
    assert list(read_thresholds([first, second])) == ["small", "large"]
    with pytest.raises(GridproofError, match=f"{first}: the threshold 'small' is in {first}"):
        read_thresholds([first, first])
    value = "{section: '1', experiment: shape, quantity: val_loss, match: {depth: %d}, value: 1}"
    first.write_text(f"values: [{value % 1}]\n")
    second.write_text(f"values: [{value % 2}]\n")
    assert len(read_published([first, second]).values) == 2
    with pytest.raises(GridproofError, match="val_loss of 'shape' with depth 1"):
        read_published([first, second, first])
    assert read_published([]) == Published()


HELPED = """\
from gridproof.part import claim

from {package}.claims.limits import LIMIT


@claim("low", experiment="shape", statement="So it is.", rule="Never above the limit.")
def low(tables):
    cell = tables.cell("shape", width=64)
    return [tables.at_most(LIMIT, cell.finals("val_loss"), what="loss", where="epochs.val_loss")]
"""


def test_code_of_claims_sees_what_they_import(tmp_path: Path) -> None:
    """A limit in a helper is edited from 0.0 to 0.9: the digest changes, and so the verdict."""
    folder = written_study(tmp_path, limits="LIMIT = 0.0\n")
    (folder / "claims" / "low.py").write_text(HELPED.format(package=folder.name))
    parts = catalogue((str(folder),))
    assert parts.claim_modules() == (f"{folder.name}.claims.low",)
    before = claims_code(parts)
    (claim,) = claims_of_study(folder, "shape")
    assert judge(claim, tables_of(world())).outcome == "contradicted"
    (folder / "claims" / "limits.py").write_text("LIMIT = 0.9  # generous\n")
    after = claims_code(parts)
    assert after != before
    (folder / "claims" / "limits.py").write_text("LIMIT = 0.9\n")
    assert claims_code(parts) == after


def test_code_of_claims_sees_their_bounds_and_those_of_other_files(tmp_path: Path) -> None:
    """An edited bound, and a new file; a comment is no code."""
    text = one_claim("low", "return [tables.at_most(1.0, {0: 1}, what='a', where='b')]")
    folder = written_study(tmp_path, low=text)
    entry = (str(folder),)
    before = claims_code(catalogue(entry))
    file = folder / "claims" / "low.py"
    file.write_text(f"# A comment.\n{text}")
    assert claims_code(catalogue(entry)) == before
    file.write_text(text.replace("1.0", "2.0"))
    edited = claims_code(catalogue(entry))
    assert edited != before
    (folder / "claims" / "other.py").write_text(text.replace("low", "other"))
    another_process = Catalogue(catalogue(entry).folders)
    assert claims_code(another_process) not in (before, edited)
