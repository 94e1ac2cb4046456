from pathlib import Path

import pytest

from gridproof.files.atomic import write_text
from gridproof.plan.wire import written_in_order
from gridproof.tables.collect import collect
from gridproof.tables.slices import table_names, write_slice
from tables.synthetic import MEASURED, member, plan_of, write_cell, write_measured

TABLES = table_names(MEASURED)
SHARED, RATE, NORM = "00000000000a", "00000000000b", "00000000000c"


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of two experiments that share a cell, the second with more seeds.

    `learning_rate` asks for seeds 0 and 1 of two cells, one of which diverges with seed 1;
    `batch_norm` for seeds 0, 1 and 5 of the shared cell, which has seeds 0, 1, 2 and 5, and one
    more. The shared cell is measured, after its last epoch.
    """
    root = tmp_path_factory.mktemp("results")
    shared = write_cell(root / "cells", SHARED, (0, 1, 2, 5))
    rate = write_cell(root / "cells", RATE, (0, 1), diverged=(1,))
    norm = write_cell(root / "cells", NORM, (0, 1, 5))
    blocks = {folder: (0, 1, 2) if folder.name == "seeds-0-1-2" else (5,) for folder in shared}
    measured = [
        write_measured(folder / "measured.parquet", SHARED, seeds)
        for folder, seeds in blocks.items()
    ]
    plans = {
        "learning_rate": (
            (0, 1),
            [member(SHARED, shared, measured=measured), member(RATE, rate, 1, learning_rate=1.0)],
        ),
        "batch_norm": (
            (0, 1, 5),
            [member(NORM, norm, batch_norm=True), member(SHARED, shared, 1, measured=measured)],
        ),
    }
    for name, (seeds, members) in plans.items():
        plan = plan_of(name, seeds, members)
        write_text(root / f"{name}.json", written_in_order(plan))
        write_slice(plan, root / "tables" / name)
    slices = [root / "tables" / name / f"{table}.parquet" for name in plans for table in TABLES]
    collect(slices, root / "tables")
    return root / "tables"
