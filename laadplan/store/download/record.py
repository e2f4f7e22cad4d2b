"""``sources.csv``: what was fetched, where, when, and under which licence.

In: a row per fetch. Out: the table with the row in it, sorted, replaced in one move. It is what a figure in a decree is
traced back through, so earlier rows are never removed.
"""

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from laadplan.errors import ConfigError

FILE = "sources.csv"


@dataclass(frozen=True, order=True)
class Row:
    """One fetch of one source."""

    project: str
    name: str
    fetched_at: str
    label: str
    url: str
    reference_on: str
    licence: str
    bytes: int
    sha256: str
    etag: str
    files: str


COLUMNS = tuple(field.name for field in fields(Row))


def record(folder: Path, rows: Iterable[Row]) -> Path:
    """Adds rows to the table in a folder; returns its path.

    Raises
    ------
    ConfigError
        There is a file of that name that is no such table.
    """
    path = folder / FILE
    every = sorted({*_read(path), *rows})
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in every)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text.getvalue(), encoding="utf-8", newline="")
    aside.replace(path)
    return path


def _read(path: Path) -> set[Row]:
    if not path.is_file():
        return set()
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
            return {Row(**{**row, "bytes": int(row["bytes"])}) for row in reader}  # type: ignore[arg-type]
    except (ValueError, TypeError, csv.Error) as error:
        words = f"This is not the table of what was fetched ({error})."
        raise ConfigError(words, where=str(path), todo="Move it away, or choose another --out.") from None
