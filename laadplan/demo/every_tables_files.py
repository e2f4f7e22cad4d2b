"""Small tables written as CSV, JSON, xlsx and GeoPackage, so that equal rows give equal bytes.

In: names of columns and rows, or a frame. Out: a file; folders on its way are made.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import xlsxwriter

from laadplan.demo.joining import FIXED_DATE, fixed_date


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ";") -> None:
    """Delimited text, UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode())


def write_json(path: Path, content: object) -> None:
    """A JSON document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def write_workbook(path: Path, sheet: str, rows: Iterable[Sequence[object]]) -> None:
    """A workbook of one sheet: numbers as numbers, all else as text."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties({"created": datetime.fromisoformat(FIXED_DATE).replace(tzinfo=None)})
        page = workbook.add_worksheet(sheet)
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)


def write_layer(path: Path, layer: str, rows: gpd.GeoDataFrame) -> None:
    """A GeoPackage of one layer."""
    with fixed_date():
        rows.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", VERSION="1.2")
