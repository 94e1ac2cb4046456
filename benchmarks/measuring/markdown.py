"""The measurements as Markdown: benchmarks/results.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .growth import Growth
from .losses import FIRST_TOLERANCE
from .orchestration import Run
from .statistics import spread
from .steps import PEERS, CaseResult, Measured

Rows = Sequence[Sequence[str]]


def table(heads: Sequence[str], rows: Rows) -> str:
    """Return a Markdown table; every row has as many cells as there are heads."""
    for row in rows:
        if len(row) != len(heads):
            raise ValueError(f"a row must have {len(heads)} cells. Got {list(row)} instead.")
    lines = [heads, ["---"] * len(heads), *rows]
    texts = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in texts)


def number(value: float) -> str:
    """Return a number with three digits that count, or all before the point."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def measured_text(measured: Measured) -> str:
    """Return median and spread of the rounds in microseconds, or why there are none."""
    if not measured.rounds:
        return measured.failure or "not measured"
    found = spread(measured.rounds)
    text = f"{number(found.median)} ({number(found.low)} to {number(found.high)})"
    return f"{text}, then {measured.failure}" if measured.failure else text


def ratio_text(measured: Measured, native: Measured) -> str:
    """Return how many times as long as the native engine a peer takes, by medians."""
    if not measured.rounds or not native.rounds:
        return ""
    return f"{spread(measured.rounds).median / spread(native.rounds).median:.1f}"


def difference_text(measured: Measured) -> str:
    """Return the relative difference of the mean loss from the reference's."""
    return "" if measured.first is None else f"{measured.difference.mean:.0e}"


def steps_text(results: Sequence[CaseResult], rounds: int) -> str:
    """Return the tables of training steps."""
    native = PEERS[0].name
    times = peers_table("microseconds", results, lambda r, name: measured_text(r.peers[name]))
    ratios = peers_table(
        "times as long as native",
        results,
        lambda r, name: ratio_text(r.peers[name], r.peers[native]),
    )
    firsts = peers_table(
        "seconds", results, lambda r, name: first_text(r.peers[name], r.case.n_steps)
    )
    return f"""## Training steps

Microseconds that a step of five seeds takes, an optimizer update of each: median, and lowest to
highest of {rounds} rounds, in which the peers took turns. A case is hidden layers x units, and the
batch. One thread each, on one core. *native* and *torch engine* are the engines of this project,
the others what a user would run instead, as its documentation says: *JAX* and *torch.compile* with
all five seeds in one call, *notebook's loop*, *skorch* and *Lightning* seed after seed.

{times}

{ratios}

What the first round takes besides, compiling included: it is in no number above.

{firsts}

All start from the same weights, see the same samples in the same order, and end with the same loss:
relative difference of the mean training loss of a seed from plain SGD in float64, the largest of
the seeds. A difference above the tolerance, or one above {FIRST_TOLERANCE:.0e} before the first
update, fails the benchmark. *Without updates* is what networks that learn nothing would differ by.
With batch norm, rounding decides now and then on which side of zero a unit is; in 40 layers with it
gradients explode, and only the loss before the first update can be compared closely.

{differences_table(results)}
"""


def peers_table(
    head: str, results: Sequence[CaseResult], cell: Callable[[CaseResult, str], str]
) -> str:
    """Return a table with a row for each case and a column for each peer."""
    names = [peer.name for peer in PEERS]
    return table(
        [head, *names], [[r.case.name, *(cell(r, name) for name in names)] for r in results]
    )


def differences_table(results: Sequence[CaseResult]) -> str:
    """Return the table of how far the peers' losses are from the reference's."""
    names = [peer.name for peer in PEERS]
    rows = [
        [
            r.case.name,
            *(difference_text(r.peers[name]) for name in names),
            f"{r.case.tolerance:.0e}",
            f"{r.without_updates:.0e}",
        ]
        for r in results
    ]
    return table(["relative difference", *names, "tolerance", "without updates"], rows)


def first_text(measured: Measured, n_steps: int) -> str:
    """Return what the first round took more than a later one, in seconds."""
    if measured.first is None:
        return measured.failure or "not measured"
    if not measured.rounds:
        return f"{measured.first:.1f}"
    usual = spread(measured.rounds).median * n_steps / 1e6
    return f"{max(0.0, measured.first - usual):.1f}"


def growth_text(results: Sequence[Growth]) -> str:
    """Return the tables of growth of the native engine."""
    parts = [
        "## Growth of native\n\n"
        "Seconds of an epoch, depth 6 and batch 256; but for what a table varies, width 16,\n"
        "5 seeds and one thread. Median, and lowest to highest\n"
        "of the rounds. An exponent is the power with which they grow, over all sizes and from\n"
        "the last but one to the last: 1 is in proportion."
    ]
    for result in results:
        rows = []
        for size, rounds in zip(result.sizes, result.rounds, strict=True):
            found = spread(rounds)
            rows.append(
                [
                    f"{size:,}",
                    number(found.median),
                    f"{number(found.low)} to {number(found.high)}",
                ]
            )
        text = table([result.axis, "seconds", "rounds"], rows)
        if result.exponent is not None and result.last_exponent is not None:
            text += f"\n\nExponents: {result.exponent:.2f}, {result.last_exponent:.2f}."
        if result.failure:
            text += f"\n\nNot measured: {result.failure}."
        parts.append(text)
    return "\n\n".join(parts) + "\n"


def orchestration_text(runs: Sequence[Run]) -> str:
    """Return the table of tools that run cells."""
    rows = []
    for run in runs:
        load = run.load
        told = "" if run.seconds is None else f"{run.seconds:.1f}"
        ratio = "" if run.ratio is None else f"{run.ratio:.2f}"
        cells = f"{load.cells} of {load.seconds:g} s, {load.cores} at a time"
        note = f"**{run.failure}** ({run.written} cells are there); " if run.failure else ""
        rows.append([run.name, cells, f"{load.ideal:.1f}", told, ratio, note + run.note])
    heads = ["tool", "cells", "ideal, s", "wall, s", "wall / ideal", "how"]
    return f"""## Orchestration

Cells that only wait, so that more of them than there are cores go at a time; ideal is what the
waiting alone takes.

{table(heads, rows)}
"""


def results_text(
    facts: Mapping[str, object],
    steps: Sequence[CaseResult],
    growth: Sequence[Growth],
    runs: Sequence[Run],
) -> str:
    """Return the whole page."""
    what = table(["", ""], [[name, str(value)] for name, value in facts.items()])
    parts = [
        "# Measured\n\nWritten by `make bench`; all rounds are in results.json.\n",
        what + "\n",
    ]
    if steps:
        rounds = max(len(m.rounds) for result in steps for m in result.peers.values())
        parts.append("![Microseconds a step of five seeds by case and peer](results.svg)\n")
        parts.append(steps_text(steps, rounds))
    if growth:
        parts.append(growth_text(growth))
    if runs:
        parts.append(orchestration_text(runs))
    return "\n".join(parts)
