"""What the writers of every format share: text, tables, JSON, workbooks and packed files with equal bytes.

In: text, rows, or a document. Out: a file without a moment of writing in it; folders on its way are made. Map layers
are in `layers`.
"""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from laadplan.demo.joining import FIXED_DATE
from laadplan.geo.rd import RD_EPSG

RD_CRS = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{RD_EPSG}"}}
"""How GeoJSON of Dutch services states RD New."""

_ZIPPED_AT = (2025, 1, 1, 0, 0, 0)


def write_text(path: Path, text: str) -> None:
    """Text in UTF-8 with its line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def write_json(path: Path, content: object) -> None:
    """A JSON document."""
    write_text(path, json_text(content) + "\n")


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ";") -> None:
    """Delimited text with a header."""
    write_text(path, table_text([names, *rows], delimiter))


def write_workbook(path: Path, sheet: str, rows: Iterable[Sequence[object]]) -> None:
    """A workbook of one sheet: numbers as numbers, all else as text."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties({"created": datetime.fromisoformat(FIXED_DATE).replace(tzinfo=None)})
        page = workbook.add_worksheet(sheet)
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)


def write_packed(path: Path, text: str) -> None:
    """Text as gzip."""
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def json_text(content: object) -> str:
    """A JSON document as text, letters with accents as they are."""
    return json.dumps(content, ensure_ascii=False)


def table_text(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Delimited text; empty cells for None."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def collection(features: Sequence[Mapping[str, Any]], **beside: Any) -> dict[str, Any]:
    """A collection of features of GeoJSON, with what stands beside them, as `crs` or `links`."""
    return {"type": "FeatureCollection", **beside, "features": list(features)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with files in order of name and one date; a zip in it is not packed again."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in sorted(files.items()):
            kind = zipfile.ZIP_STORED if name.endswith(".zip") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _ZIPPED_AT), content, kind)
    return memory.getvalue()
