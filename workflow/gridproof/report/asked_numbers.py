"""The numbers that prose may ask for: a few functions, no logic.

- `mean("sizes", "val_loss", size=4)`: a column of `epochs` after the last epoch, mean
  ± sample standard deviation over the seeds of the one cell with these parameters;
- `highest("sizes", "val_accuracy")`, `lowest(...)`: the highest mean of a column;
- `estimate("loss-is-low")`: what the deciding number of a claim is estimated at, with its interval;
  `estimate("loss-is-low", "without")`: that of the condition whose words contain this;
- `seeds("loss-is-low")`: in how many of the seeds the claim's own numbers meet its rule;
- `verdict("loss-is-low")`: one of the verdicts;
- `rows("table")`: how many rows of such data there are to train on;
- `divided("table")`: how often such data are divided into train, val and test;
- `setting("sizes", "size")`: the values of a parameter among the cells of an experiment.

Words may hang on them: `{{ "holds" if verdict("loss-is-low") == "supported" else "does not" }}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gridproof.config.user_claims import written
from gridproof.errors import GridproofError, nearest
from gridproof.kit.markdown import escape
from gridproof.kit.quantity import thousands
from gridproof.report.claim_views import Claims, JudgedClaim
from gridproof.report.condition_words import condition_estimate
from gridproof.tables.ask import Ask

NO_DATA = "none: the data are not there"


class NotInStudyError(GridproofError):
    """What is asked for is no part of this study: an experiment, a cell, a claim."""


class AskedNumbers:
    """Answers to prose, of all experiments and claims of a study.

    Parameters
    ----------
    asks : experiment -> its tables.
    facts : facts of each data set.
    """

    def __init__(
        self,
        asks: Mapping[str, Ask],
        claims: Claims,
        facts: Iterable[Mapping[str, Any]],
    ) -> None:
        self._asks = asks
        self._claims = {claim.id: claim for claim in claims.claims}
        self._left_out = claims.left_out
        self._facts = {str(item["kind"]): item for item in facts}

    def names(self) -> dict[str, Callable[..., str]]:
        """Return what prose may call, by name."""
        return {
            "mean": self.mean,
            "highest": self.highest,
            "lowest": self.lowest,
            "estimate": self.estimate,
            "seeds": self.seeds,
            "verdict": self.verdict,
            "rows": self.rows,
            "divided": self.divided,
            "setting": self.setting,
        }

    def mean(self, experiment: str, column: str, **parameters: object) -> str:
        """Return a column after the last epoch, of one cell.

        Raises
        ------
        NotInStudyError : there is no such experiment, or not one such cell.
        GridproofError : there is no such column or parameter.
        """
        ask = self._ask(experiment)
        found = ask.find(**parameters)
        if len(found) != 1:
            raise NotInStudyError(
                f"{len(found)} cells of {experiment!r} have {written(parameters)}, expected one"
            )
        return str(ask.mean(column, found[0]))

    def highest(self, experiment: str, column: str) -> str:
        """Return the highest mean of a column after the last epoch, and whose it is.

        Raises
        ------
        NotInStudyError : there is no such experiment, or no cell whose seeds all kept a number.
        GridproofError : there is no such column.
        """
        return self._ranked(experiment, column)[-1]

    def lowest(self, experiment: str, column: str) -> str:
        """Return the lowest mean of a column after the last epoch; see `highest`."""
        return self._ranked(experiment, column)[0]

    def estimate(self, claim: str, containing: str = "") -> str:
        """Return an estimate of a claim with its interval: the deciding one, or a condition's.

        Raises
        ------
        GridproofError : there is no such claim, or no condition contains these words.
        """
        for condition in self._claim(claim).evidence["conditions"]:
            if containing in condition["what"]:
                return condition_estimate(condition)
        if not containing or not self._claim(claim).evidence["conditions"]:
            return "no number"
        known = [item["what"] for item in self._claim(claim).evidence["conditions"]]
        raise GridproofError(
            f"no condition of the claim {claim!r} contains {containing!r}: {'; '.join(known)}"
        )

    def seeds(self, claim: str) -> str:
        """Return in how many of the seeds a claim's own numbers meet its rule."""
        found = self._claim(claim)
        return f"{found.seeds_held} of {found.seeds} seeds"

    def verdict(self, claim: str) -> str:
        """Return a claim's verdict."""
        return self._claim(claim).verdict

    def rows(self, kind: str) -> str:
        """Return how many rows of data of a kind there are to train on, and where they are from."""
        if kind not in self._facts:
            return NO_DATA
        facts = self._facts[kind]
        return f"{thousands(facts['rows']['train'])} rows to train on (`{facts['source']}`)"

    def divided(self, kind: str) -> str:
        """Return how often data of a kind are divided: once for all seeds, or for each anew."""
        if kind not in self._facts:
            return NO_DATA
        ways = int(self._facts[kind].get("divisions", 1))
        return f"in {ways} ways, which seeds take in turn" if ways > 1 else "once, for all seeds"

    def setting(self, experiment: str, parameter: str) -> str:
        """Return the values of a parameter among the cells of an experiment.

        Raises
        ------
        GridproofError : no cell has such a parameter.
        """
        if experiment not in self._asks:
            return NO_DATA
        cells = [member.parameters for member in self._asks[experiment].members]
        names = {name for parameters in cells for name in parameters}
        if parameter not in names:
            near = nearest(parameter, names)
            raise GridproofError(f"no cell of {experiment!r} has a parameter {parameter!r}{near}")
        values = dict.fromkeys(parameters.get(parameter) for parameters in cells)
        return ", ".join(escape(str(value)) for value in values)

    def _ask(self, experiment: str) -> Ask:
        if experiment not in self._asks:
            raise NotInStudyError(f"there is no experiment {experiment!r}")
        return self._asks[experiment]

    def _ranked(self, experiment: str, column: str) -> list[str]:
        ranking = self._ask(experiment).ranking(column)
        if not ranking:
            raise NotInStudyError(f"no cell of {experiment!r} has a finite {column}")
        return [f"{item.value} ({escape(item.label)})" for item in ranking]

    def _claim(self, name: str) -> JudgedClaim:
        if name in self._left_out:
            raise NotInStudyError(f"the claim {name!r} is about what this study does not have")
        if name not in self._claims:
            raise GridproofError(f"there is no claim {name!r}{nearest(name, self._claims)}")
        return self._claims[name]
