import pandas as pd
import pytest

from gridproof.report.ask import training_seconds


def test_seconds_of_a_job_count_once():
    """Seeds that trained together share one wall time; a seed added later has its own."""
    replicates = pd.DataFrame(
        {
            "cell": ["a", "a", "a", "b"],
            "seed": [0, 1, 2, 0],
            "seconds": [4.0, 4.0, 1.5, 2.0],
            "finished": ["10:00", "10:00", "11:00", "10:00"],
        }
    )
    assert training_seconds(replicates) == pytest.approx(7.5)
