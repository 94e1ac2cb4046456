"""The message for every wrong key and value beside the parameters."""

from __future__ import annotations

import pytest

from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.parts.data.csv import Options

from .conftest import BASE, RATES, SOURCE, Load

PARTS = catalogue()
SOURCES = ", ".join(PARTS.names("data"))
END = "rates:\n"
BAD = [
    pytest.param(
        "seeds: 2",
        "seed: 2",
        "config.yaml, line 4: seed: unknown key 'seed', did you mean 'seeds'? Expected one of: "
        "title, study, parts, words, data, seeds, threads, engine, defaults, only, experiments, "
        "comparisons, claims, expected_claims",
        id="unknown key",
    ),
    pytest.param(
        "    sweep",
        "    sweeps",
        "config.yaml, line 7: experiments.rates.sweeps: unknown key 'sweeps', did you mean "
        "'sweep'? Expected one of: title, question, family, data, seeds, threads, engine, "
        "set, sweep, rows, measure, figures",
        id="unknown key of an experiment",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, path: towns.csv, target: country, splits: {val: 0.2}}",
        "config.yaml, line 3: data.countries.splits: unknown key 'splits', did you mean 'split'? "
        f"Expected one of: source, optional, {', '.join(Options.model_fields)}",
        id="unknown key of a source",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, path: towns.csv, target: country, split: {vall: 0.2}}",
        "config.yaml, line 3: data.countries.split.vall: unknown key 'vall', "
        "did you mean 'val'? Expected one of: val, test, seed",
        id="unknown key of a split",
    ),
    pytest.param(
        "    sweep",
        "    family: cnm\n    sweep",
        "config.yaml, line 7: experiments.rates.family: unknown family 'cnm', "
        f"did you mean 'cnn'? Expected one of: {', '.join(PARTS.names('families'))}",
        id="unknown family",
    ),
    pytest.param(
        "    sweep",
        "    data: contries\n    sweep",
        "config.yaml, line 7: experiments.rates.data: unknown data 'contries', "
        "did you mean 'countries'? Expected one of: countries",
        id="unknown data",
    ),
    pytest.param(
        SOURCE,
        f"{SOURCE}\n  more: {SOURCE}",
        "config.yaml, line 7: experiments.rates: the key 'data' is missing. "
        "Expected one of: countries, more",
        id="data not chosen",
    ),
    pytest.param(
        SOURCE,
        "{source: cvs}",
        "config.yaml, line 3: data.countries.source: unknown source 'cvs', "
        f"did you mean 'csv'? Expected one of: {SOURCES}",
        id="unknown source",
    ),
    pytest.param(
        SOURCE,
        "{train: a.csv}",
        "config.yaml, line 3: data.countries: the key 'source' is missing. "
        f"Expected one of: {SOURCES}",
        id="no source",
    ),
    pytest.param(
        SOURCE,
        "csv",
        "config.yaml, line 3: data.countries: found 'csv', expected a mapping (key: value)",
        id="source as text",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, target: country, train: a.csv, test: b.csv}",
        "config.yaml, line 3: data.countries: the key 'val' is missing",
        id="csv without val",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, target: country, train: a.csv, test: b.csv, val: 3}",
        "config.yaml, line 3: data.countries.val: found 3, expected the path of a file",
        id="number for a path",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, target: country, train: a.csv, test: b.csv, val: ''}",
        "config.yaml, line 3: data.countries.val: found '', expected the path of a file",
        id="empty path",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, path: towns.csv, target: country, split: {val: 0.6, test: 0.5}}",
        "config.yaml, line 3: data.countries.split: found a mapping, "
        "expected val and test that leave a share for training",
        id="split without training rows",
    ),
    pytest.param(
        SOURCE,
        "{source: csv, path: towns.csv, target: country, split: {val: 0}}",
        "config.yaml, line 3: data.countries.split.val: found 0, expected more than 0",
        id="split without validation rows",
    ),
    *(
        pytest.param(
            "seeds: 2",
            f"seeds: {value}",
            f"config.yaml, line 4: seeds: found {shown}, expected a count from 1 to 1000 "
            "or a list of distinct whole numbers from 0 to 2147483647",
            id=f"seeds {value}",
        )
        for value, shown in (
            ("0", "0"),
            ("-1", "-1"),
            ("1001", "1001"),
            ("2.5", "2.5"),
            ("two", "'two'"),
            ("true", "true"),
            ("[]", "nothing in it"),
            ("[1, 1]", "a list"),
            ("[-1]", "a list"),
            ("[2147483648]", "a list"),
            ("[true]", "a list"),
        )
    ),
    pytest.param(
        "seeds: 2",
        "threads: 0",
        "config.yaml, line 4: threads: found 0, expected at least 1",
        id="threads",
    ),
    pytest.param(
        "seeds: 2",
        "engine: natve",
        "config.yaml, line 4: engine: unknown engine 'natve', did you mean 'native'? "
        "Expected one of: auto, native, torch",
        id="engine",
    ),
    pytest.param(
        "    sweep:",
        "    engine: xgboost\n    sweep:",
        "config.yaml, line 7: experiments.rates.engine: unknown engine 'xgboost'. "
        "Expected one of: auto, native, torch",
        id="engine of another family",
    ),
    pytest.param(
        "title: Test",
        "title: 2024",
        "config.yaml, line 1: title: found 2024, "
        "expected text (in quotes if it looks like a number)",
        id="number as title",
    ),
    pytest.param("title: Test\n", "", "config.yaml: the key 'title' is missing", id="no title"),
    pytest.param(
        "title: Test",
        "title: ' '",
        "config.yaml, line 1: title: found ' ', expected some text",
        id="blank",
    ),
    pytest.param(
        END,
        "Rates:\n",
        "config.yaml, line 6: experiments.Rates: found 'Rates', "
        "expected lower-case letters, digits and _, a letter or digit first",
        id="experiment's name",
    ),
    pytest.param(
        END,
        "data:\n",
        "config.yaml, line 6: experiments.data: found 'data', "
        "expected another name, this one holds the figures of the data",
        id="experiment called data",
    ),
    pytest.param(
        "seeds: 2",
        "study: ../up",
        "config.yaml, line 4: study: found '../up', "
        "expected lower-case letters, digits and _, a letter or digit first",
        id="study that climbs",
    ),
    pytest.param(
        "seeds: 2",
        "study: cells",
        "config.yaml, line 4: study: found 'cells', "
        "expected another name, this one is a folder of every study",
        id="study called cells",
    ),
    pytest.param(
        "seeds: 2",
        "only: [ratse]",
        "config.yaml, line 4: only[0]: unknown experiment 'ratse', did you mean 'rates'? "
        "Expected one of: rates",
        id="unknown experiment in only",
    ),
    pytest.param(
        "seeds: 2",
        "only: rates",
        "config.yaml, line 4: only: found 'rates', expected a list, such as ['rates']",
        id="only as text",
    ),
    pytest.param(
        "seeds: 2",
        "only: []",
        "config.yaml, line 4: only: found nothing in it, expected at least one item",
        id="empty only",
    ),
    pytest.param(
        BASE[BASE.index("experiments") :],
        "experiments: {}\n",
        "config.yaml, line 5: experiments: found nothing in it, expected at least one item",
        id="no experiments",
    ),
    pytest.param(
        BASE[BASE.index("experiments") :],
        "experiments:\n",
        "config.yaml, line 5: experiments: has no value",
        id="experiments without value",
    ),
    pytest.param(
        "    sweep:\n" + RATES,
        "    []\n",
        "config.yaml, line 6: experiments.rates: found nothing in it, "
        "expected a mapping (key: value)",
        id="experiment as a list",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_bad_study_is_refused_in_one_line(load: Load, old: str, new: str, message: str) -> None:
    """File, line, key, what was found, what was expected, and nothing else."""
    with pytest.raises(GridproofError) as error:
        load(old, new)
    assert str(error.value) == message


NUMBERS = "{source: csv, path: rows.csv, target: price, regression: true}"


def test_number_as_target_is_refused_for_a_family_of_classes(load: Load) -> None:
    """Before anything is trained, at the key of the data."""
    with pytest.raises(GridproofError) as error:
        load(SOURCE, NUMBERS)
    assert "expected classes for the family 'mlp'" in str(error.value)
    assert "regression: true" in str(error.value)


def test_unknown_key_of_a_column_is_told_with_those_that_columns_have(load: Load) -> None:
    """What a column may say, not what an experiment may."""
    with pytest.raises(GridproofError) as error:
        load(SOURCE, "{source: csv, path: rows.csv, target: price, columns: [{nmae: a}]}")
    assert "unknown key 'nmae', did you mean 'name'?" in str(error.value)
