"""The message for every wrong parameter of an experiment."""

from __future__ import annotations

import pytest

from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.parts.families.mlp import MlpParameters

from .conftest import RATES, Load

PARTS = catalogue()
FIGURES = [name for name in PARTS.names("figures") if PARTS.figure(name).shows == "experiment"]
SWEEP = "config.yaml, line 8: experiments.rates.sweep"
FAMILIES = ", ".join(PARTS.names("families"))
PARAMETER_NAMES = ", ".join(MlpParameters.model_fields)

BAD = [
    pytest.param(
        "learning_rate",
        "lerning_rate",
        f"{SWEEP}.lerning_rate: unknown parameter 'lerning_rate', did you mean 'learning_rate'? "
        f"Expected one of: {PARAMETER_NAMES}",
        id="misspelled parameter",
    ),
    pytest.param(
        RATES,
        RATES + "    set: {zzz: 1}\n",
        f"config.yaml, line 9: experiments.rates.set.zzz: unknown parameter 'zzz'. "
        f"Expected one of: {PARAMETER_NAMES}",
        id="unknown parameter in set",
    ),
    pytest.param(
        RATES,
        RATES + "    rows:\n      - {depth: 1, widht: 8}\n",
        "config.yaml, line 10: experiments.rates.rows[0].widht: unknown parameter 'widht', "
        f"did you mean 'width'? Expected one of: {PARAMETER_NAMES}",
        id="unknown parameter in a row",
    ),
    pytest.param(
        "seeds: 2",
        "defaults: {mlp: {dept: 2}}",
        "config.yaml, line 4: defaults.mlp.dept: unknown parameter 'dept', did you mean 'depth'? "
        f"Expected one of: {PARAMETER_NAMES}",
        id="unknown parameter in defaults",
    ),
    pytest.param(
        "seeds: 2",
        "defaults: {mpl: {depth: 2}}",
        "config.yaml, line 4: defaults.mpl: unknown family 'mpl', did you mean 'mlp'? "
        f"Expected one of: {FAMILIES}",
        id="unknown family in defaults",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "depth: [six]",
        f"{SWEEP}.depth[0]: found 'six', expected a whole number",
        id="text for a whole number",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "depth: ['6']",
        f"{SWEEP}.depth[0]: found '6', expected a whole number",
        id="quoted number",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "depth: [true]",
        f"{SWEEP}.depth[0]: found true, expected a whole number",
        id="switch for a whole number",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "depth: [6.5]",
        f"{SWEEP}.depth[0]: found 6.5, expected a whole number",
        id="fraction for a whole number",
    ),
    pytest.param(
        "0.2",
        "fast",
        f"{SWEEP}.learning_rate[0]: found 'fast', expected a number",
        id="text for a number",
    ),
    pytest.param(
        "0.2",
        "true",
        f"{SWEEP}.learning_rate[0]: found true, expected a number",
        id="switch for a number",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "batch_norm: [yes]",
        f"{SWEEP}.batch_norm[0]: found 'yes', expected true or false",
        id="text for a switch",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "batch_norm: [1]",
        f"{SWEEP}.batch_norm[0]: found 1, expected true or false",
        id="number for a switch",
    ),
    pytest.param(
        "[0.2, 1e-3]",
        "0.2",
        f"{SWEEP}.learning_rate: found 0.2, expected a list, such as [0.2]",
        id="single value in a sweep",
    ),
    pytest.param(
        "[0.2, 1e-3]",
        "[]",
        f"{SWEEP}.learning_rate: found nothing in it, expected at least one item",
        id="empty list in a sweep",
    ),
    pytest.param(
        "    sweep:\n" + RATES,
        "    sweep: {}\n",
        "config.yaml, line 7: experiments.rates.sweep: found nothing in it, "
        "expected a parameter with a list of values",
        id="empty sweep",
    ),
    pytest.param(
        RATES,
        "",
        "config.yaml, line 7: experiments.rates.sweep: has no value",
        id="sweep without value",
    ),
    pytest.param(
        RATES,
        RATES + "    rows: []\n",
        "config.yaml, line 9: experiments.rates.rows: found nothing in it, "
        "expected at least one item",
        id="empty rows",
    ),
    pytest.param(
        RATES,
        RATES + "    rows: [7]\n",
        "config.yaml, line 9: experiments.rates.rows[0]: found 7, expected a mapping (key: value)",
        id="row that is no mapping",
    ),
    pytest.param(
        "0.2",
        "0",
        f"{SWEEP}.learning_rate[0]: found 0, expected more than 0",
        id="zero learning rate",
    ),
    pytest.param(
        "0.2",
        "-0.2",
        f"{SWEEP}.learning_rate[0]: found -0.2, expected more than 0",
        id="negative learning rate",
    ),
    pytest.param(
        "0.2", ".nan", f"{SWEEP}.learning_rate[0]: found nan, expected a finite number", id="NaN"
    ),
    pytest.param(
        "0.2",
        ".inf",
        f"{SWEEP}.learning_rate[0]: found inf, expected a finite number",
        id="infinity",
    ),
    pytest.param(
        "0.2",
        "1e999",
        f"{SWEEP}.learning_rate[0]: found inf, expected a finite number",
        id="overflow",
    ),
    *(
        pytest.param(
            "learning_rate: [0.2, 1e-3]",
            f"{name}: [{value}]",
            f"{SWEEP}.{name}[0]: found {value}, expected {bound}",
            id=f"{name} {value}",
        )
        for name, value, bound in (
            ("depth", 0, "at least 1"),
            ("depth", 1001, "at most 1000"),
            ("width", -16, "at least 1"),
            ("width", 65537, "at most 65536"),
            ("batch_size", 0, "at least 1"),
            ("epochs", 0, "at least 1"),
        )
    ),
    pytest.param(
        RATES,
        RATES + "    set: {learning_rate: 0.1}\n",
        f"{SWEEP}.learning_rate: given in 'set' and in 'sweep', expected in one of them",
        id="parameter in set and sweep",
    ),
    pytest.param(
        RATES,
        RATES + "    set: {depth: 1}\n    rows: [{depth: 2}]\n",
        "config.yaml, line 10: experiments.rates.rows[0].depth: "
        "given in 'set' and in 'rows', expected in one of them",
        id="parameter in set and row",
    ),
    pytest.param(
        RATES,
        RATES + "    figures: [curve]\n",
        "config.yaml, line 9: experiments.rates.figures[0]: unknown figure 'curve', "
        f"did you mean 'curves'? Expected one of: {', '.join(FIGURES)}",
        id="unknown figure",
    ),
    pytest.param(
        RATES,
        RATES + "    figures: [curves, curves]\n",
        "config.yaml, line 9: experiments.rates.figures: found a list, "
        "expected each name once, 'curves' comes twice",
        id="figure twice",
    ),
    pytest.param(
        RATES,
        RATES + "    measure: [aurok]\n",
        "config.yaml, line 9: experiments.rates.measure[0]: unknown measurement 'aurok', "
        f"did you mean 'auroc'? Expected one of: {', '.join(PARTS.names('measurements'))}",
        id="unknown measurement",
    ),
    pytest.param(
        RATES,
        RATES + "      implicit: [false, true]\n    measure: [auroc, regions]\n",
        "config.yaml, line 10: experiments.rates.measure[1]: found 'regions' with cells that have "
        "implicit true, expected cells without",
        id="measurement that has no meaning for a cell",
    ),
    pytest.param(
        "learning_rate: [0.2, 1e-3]",
        "{batch_norm: [true, false], batch_size: [1, 2]}",
        f"{SWEEP}.batch_size: found batch_size 1 with batch_norm true, expected at least 2: "
        "batch norm needs two samples to normalise",
        id="batch norm on single samples",
    ),
    pytest.param(
        "seeds: 2",
        "defaults: {mlp: {batch_norm: true, batch_size: 1}}",
        "config.yaml, line 4: defaults.mlp.batch_size: found batch_size 1 with batch_norm true, "
        "expected at least 2: batch norm needs two samples to normalise",
        id="batch norm on single samples by default",
    ),
    pytest.param(
        "[0.2, 1e-3]",
        f"{list(range(1, 201))}\n      depth: {list(range(1, 201))}",
        "config.yaml, line 7: experiments.rates.sweep: 40000 cells, expected at most 10000",
        id="too many cells",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_bad_input_is_refused_in_one_line(load: Load, old: str, new: str, message: str) -> None:
    """File, line, key, what was found, what was expected, and nothing else."""
    with pytest.raises(GridproofError) as error:
        load(old, new)
    assert str(error.value) == message
