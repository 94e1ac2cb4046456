from pathlib import Path

import pytest

from data.making import CsvOptions, degrees

ROWS = {
    "train": ["0,2.35,48.86,0", "1,13.4,52.52,1", "2,5.72,45.19,0", "3,11.58,48.14,1"],
    "val": ["4,-1.55,47.22,0", "5,9.99,53.55,1"],
    "test": ["6,4.83,45.76,0", "7,6.96,50.94,1"],
}


@pytest.fixture
def csv_options(tmp_path: Path) -> CsvOptions:
    """Options of a `csv` source: the write-up's columns in three small files of two classes."""
    options: CsvOptions = {
        "features": ["long", "lat"],
        "target": "country",
        "columns": [degrees("long", 180), degrees("lat", 90)],
    }
    for split, rows in ROWS.items():
        path = tmp_path / f"{split}.csv"
        path.write_text("\n".join([",long,lat,country", *rows, ""]))
        options[split] = str(path)
    return options
