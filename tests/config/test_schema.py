"""What a study may say, and the message for everything else."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from gridproof.errors import GridproofError
from gridproof.parts.families.mlp import MlpParameters

from .conftest import Load


def test_all_mistakes_are_listed_in_the_order_of_the_file(load: Load) -> None:
    """Mistakes of every kind come together, one a line."""
    with pytest.raises(GridproofError) as error:
        load("seeds: 2", "seeds: 0\nonly: [nothing]\ncolour: red\ndefaults: {mlp: {depth: 0}}")
    places = [line.split(": ")[:2] for line in str(error.value).splitlines()]
    assert places == [
        ["config.yaml, line 4", "seeds"],
        ["config.yaml, line 5", "only[0]"],
        ["config.yaml, line 6", "colour"],
        ["config.yaml, line 7", "defaults.mlp.depth"],
    ]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"only": "ratse"}, "--config: only[0]: unknown experiment 'ratse', did you mean 'rates'?"),
        ({"only": ""}, "--config: only: found nothing in it, expected at least one item"),
        ({"seeds": 0}, "--config: seeds: found 0, expected a count from 1 to 1000"),
        ({"seeds": "many"}, "--config: seeds: found 'many', expected a count from 1 to 1000"),
        ({"onyl": "rates"}, "--config: onyl: unknown key 'onyl', did you mean 'only'?"),
    ],
)
def test_bad_override_is_told_from_the_file(
    load: Load, overrides: dict[str, object], message: str
) -> None:
    """A mistake on the command line is not blamed on a line of the file."""
    with pytest.raises(GridproofError) as error:
        load(overrides=overrides)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "seeds"),
    [
        (3, (0, 1, 2)),
        ("3", (0, 1, 2)),
        ("7, 1", (1, 7)),
        ("7,", (7,)),
        ([5, 0], (0, 5)),
    ],
)
def test_seeds_override_is_a_count_or_a_list(
    load: Load, value: object, seeds: tuple[int, ...]
) -> None:
    """``--config seeds=3`` and ``seeds=1,7``."""
    assert load(overrides={"seeds": value})[0].seeds == seeds


@pytest.mark.parametrize("value", ["rates", "rates,", ["rates"]])
def test_only_override_is_text_or_a_list(load: Load, value: object) -> None:
    """``--config only=a,b`` selects experiments."""
    assert load(overrides={"only": value})[0].only == ("rates",)


def test_whole_numbers_may_be_written_as_floats(load: Load) -> None:
    """6.0 is 6, of type int; 1 is a learning rate of 1.0, of type float."""
    config, _ = load("learning_rate: [0.2, 1e-3]", "{depth: [6.0], learning_rate: [1]}")
    sweep = config.experiments["rates"].sweep
    assert repr(getattr(sweep, "depth", None)) == "(6,)"
    assert repr(getattr(sweep, "learning_rate", None)) == "(1.0,)"


def test_configuration_is_frozen(load: Load) -> None:
    """Nobody downstream can change the study."""
    with pytest.raises(ValidationError, match="frozen"):
        load()[0].seeds = (1,)  # type: ignore[misc]


def test_equal_parameters_are_equal_and_hash_equally() -> None:
    """1e-3 and 0.001, in any order of the keys, are the same parameters."""
    first = MlpParameters(learning_rate=1e-3, depth=6)
    second = MlpParameters(depth=6, learning_rate=0.001)
    assert first == second
    assert hash(first) == hash(second)
    assert list(first.model_dump()) == list(second.model_dump())


def test_loading_a_study_imports_nothing_heavy() -> None:
    """`gridproof cells` answers without torch, pandas, pyarrow or matplotlib."""
    code = (
        "import sys, gridproof.config.loading, gridproof.config.expand;"
        "heavy = {'torch', 'pandas', 'pyarrow', 'numpy', 'sklearn', 'matplotlib'};"
        "print(*heavy & sys.modules.keys())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []
