r"""Tables as PostgreSQL copies them out: tabs, no header, ``\N`` for missing, places as EWKB in hex.

In: a dump of the parking data of Amsterdam. Out: the same table with the names of its columns. A dump is told from
another table by its first line, which holds a place; what it is a dump of by its number of columns.
"""

import re
from io import StringIO
from pathlib import Path

import pandas as pd

from laadplan.errors import BadInput
from laadplan.ingest.files import first_bytes, read_text

EWKB = re.compile(r"01[0-9A-F]{2}0000[02]0E6100000[0-9A-F]+")
"""A place in degrees in hex, little endian."""

SCANS = (30, 31)
"""Numbers of columns of the observations of scan cars."""

HEADERS = {
    11: (
        *("id", "straatnaam", "soort", "type", "aantal", "geometrie", "punt", "bgt_wegdeel"),
        *("bgt_wegdeel_functie", "buurt", "scan_count"),
    ),
    7: ("id", "bgt_id", "bgt_functie", "geometrie", "vakken", "fiscale_vakken", "scan_count"),
    6: ("id", "code", "naam", "geometrie", "vakken", "fiscale_vakken"),
}
"""Number of columns to their names: parking bays, road parts, neighbourhoods."""


def is_dump(path: Path) -> bool:
    """Whether the first line of the file is a row with a place, rather than a header."""
    cells = first_bytes(path).decode("utf-8", errors="replace").partition("\n")[0].split("\t")
    return len(cells) > 1 and any(EWKB.match(cell) for cell in cells)


def read_dump(path: Path) -> pd.DataFrame:
    """The table as text with the names of its columns.

    Raises
    ------
    BadInput
        It is not UTF-8, rows have other numbers of cells, or it is no dump that is known.
    """
    text = read_text(path)
    number = text.partition("\n")[0].count("\t") + 1
    if number in SCANS:
        words = "These are parked cars seen by scan cars, not parking bays or zones."
        todo = "Deliver bays, or parking pressure per area as a zone of kind 'parkeerdruk'."
        raise BadInput(words, where=str(path), todo=todo)
    if number not in HEADERS:
        words = f"The table has no header, and {number} columns."
        raise BadInput(words, where=str(path), todo="Put the names of the columns in the first line.")
    ragged = [place + 1 for place, line in enumerate(text.splitlines()) if line and line.count("\t") + 1 != number]
    if ragged:
        words = f"Rows have other numbers of cells than the {number} of the first."
        raise BadInput(words, where=str(path), ids=[f"line {each}" for each in ragged], todo="Deliver it again.")
    try:
        return pd.read_csv(
            StringIO(text), sep="\t", header=None, names=HEADERS[number], dtype="str", quoting=3,
            keep_default_na=False, na_values=["", r"\N"], index_col=False,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise BadInput(f"The table cannot be read ({error}).", where=str(path), todo="Deliver it again.") from None
