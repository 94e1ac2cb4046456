"""An option that names no experiment is refused; it does not mean all of them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gridproof.cli.commands import cli

STUDY = Path(__file__).parents[2] / "examples" / "tiny" / "config.yaml"


@pytest.mark.parametrize("only", ["", ",", " "])
@pytest.mark.parametrize("command", [["cells"], ["claims"], ["run"], ["report", "--check"]])
def test_an_empty_selection_is_refused(command: list[str], only: str) -> None:
    """Nothing runs, and the message says what was expected."""
    result = CliRunner().invoke(cli, [*command, "--configfile", str(STUDY), "--only", only])
    assert result.exit_code != 0
    assert "only: found nothing in it, expected at least one item" in (
        result.output + str(result.exception)
    )
