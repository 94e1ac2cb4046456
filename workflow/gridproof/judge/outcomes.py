"""What may become of a claim, and what `claims.parquet` says of itself."""

from __future__ import annotations

from typing import Final, Literal

FAILED: Final = "failed"
Outcome = Literal["supported", "contradicted", "undecided", "cannot be tested", "failed"]
Comparability = Literal["same", "substitute", "arithmetic", ""]
"""Whether a claim is judged on the published study's own data, on others, or on what no data
change; empty where nothing is in print."""
JUDGED: dict[Comparability, str] = {
    "same": "on the published study's own data",
    "substitute": "on a substitute",
    "arithmetic": "by arithmetic, whatever the data",
    "": "",
}
"""How a verdict was reached, in words that follow "judged"."""

PLAN = b"gridproof_plan"
"""Key of the file's metadata that names the plan that the claims were judged for."""
LEFT_OUT = b"gridproof_left_out"
"""Key of the claims about experiments that the study does not have: experiment -> ids, as JSON."""
JUDGED_BY = b"gridproof_judged_by"
"""Key of the digest of code, thresholds and values in print that the verdicts follow from."""
