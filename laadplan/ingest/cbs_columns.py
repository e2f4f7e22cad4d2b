"""What all figures of the CBS have in common: marks for a missing figure, and the year they are of.

In: columns of a table, names of files and layers. Out: figures with what is missing as missing, never zero; a year.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.columns import as_text
from laadplan.ingest.files import ZIP, first_bytes, opened_zip

MARKS = ("?", ".", "-", "x", "nan", "null", "none", "n.b.", "geheim", "onbekend")
"""Texts that stand for a missing figure in republished tables; negative figures do so everywhere."""

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
FIRST_YEAR = r"^((?:19|20)\d{2})"
"""Year at the start of a cell: 2024, 2024GM0228."""

YEAR_COLUMNS = ("jaar", "year", "jrstatcode")
REGION_OF_YEAR = re.compile(r"(?:gemeente|gemeentenaam|wijk|wijknaam|buurt|buurtnaam)_?((?:19|20)\d{2})", re.IGNORECASE)
"""Column of a region whose name ends in a year: Gemeente2023."""

SQLITE = b"SQLite format 3"
SHAPEFILE = b"\x00\x00\x27\x0a"
FLATGEOBUF = b"fgb"
"""First bytes of files with GIS layers."""

FACT = "figures_year"
NO_YEAR = "The source does not say of which year its figures are: name it as 'reference_on' of this source."


def figure(values: pd.Series, *, where: str) -> pd.Series:
    """Figures with every mark for a missing one as missing: negative (-99997, -99995 and variants), '?', '.', empty.

    Raises
    ------
    BadInput
        A cell is neither a figure nor such a mark.

    >>> figure(pd.Series([5, -99997, 0], name="inwoners"), where="").to_list()
    [5.0, nan, 0.0]
    """
    texts = as_text(values)
    marked = texts.isna() | texts.str.lower().isin(MARKS)
    found = pd.to_numeric(texts.where(~marked).str.replace(",", ".", regex=False), errors="coerce").astype(float)
    wrong = ~marked & ~np.isfinite(found)
    if wrong.any():
        words = f"Column {values.name} holds '{texts[wrong].iloc[0][:40]}', which is neither a figure nor missing."
        raise BadInput(words, where=where, todo="Correct the column.")
    return found.where(found >= 0)


def figures_year(table: pd.DataFrame, names: Iterable[str], given: int | None, quality: Quality) -> pd.Series:
    """The year of the figures per row: from a column, else as given, else from the last name that holds one.

    A column is the table's own (``jaar``, ``year``, ``jrstatcode``) or one of regions of a year (``Gemeente2023``). It
    is noted as a fact.
    """
    found = _in_columns(table)
    if found.isna().all():
        year = given or _in_names([*map(str, table.columns)], REGION_OF_YEAR) or _in_names(list(names), YEAR)
        found = pd.Series(float(year) if year else np.nan, index=table.index, dtype=float)
    years = sorted({int(year) for year in found.dropna()})
    if years:
        quality.facts[FACT] = years[0] if len(years) == 1 else years
    return found


def miss_year(years: pd.Series, quality: Quality) -> None:
    """Tells that figures have no year."""
    if years.isna().any():
        quality.find(NO_YEAR)


def is_vector(path: Path) -> bool:
    """Whether a file is a GeoPackage, shapefile or FlatGeobuf."""
    return path.is_file() and first_bytes(path, len(SQLITE)).startswith((SQLITE, SHAPEFILE, FLATGEOBUF))


def _in_columns(table: pd.DataFrame) -> pd.Series:
    by_name = {str(name).lower(): name for name in table.columns}
    column = next((by_name[name] for name in YEAR_COLUMNS if name in by_name), None)
    if column is None:
        return pd.Series(np.nan, index=table.index, dtype=float)
    return as_text(table[column]).str.extract(FIRST_YEAR, expand=False).astype(float)


def _in_names(names: list[str], pattern: re.Pattern[str]) -> int | None:
    """The last year in the first name that has one."""
    found = [pattern.findall(name) for name in names]
    return next((int(years[-1]) for years in found if years), None)


def refuse_zip(path: Path) -> None:
    """Refuses a zip that is no workbook: GDAL would look into it without care.

    Raises
    ------
    BadInput
        It is one; names what is in it.
    """
    if path.is_dir() or first_bytes(path, len(ZIP)) != ZIP:
        return
    with opened_zip(path) as archive:
        if not any(name.startswith("xl/") for name in archive.names):
            words = f"This is a zip with {', '.join(archive.names[:3])}."
            raise BadInput(words, where=str(path), todo="Unpack it, and name the file in it.")
