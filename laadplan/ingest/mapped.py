"""A table without a standard, read through a mapping of its columns and words.

In: delimited text, an xlsx workbook, or JSON with one object per row, also in parts. Out: `Mapped`, which gives each
column of ours as text, numbers, years or days, whatever the source calls it and however it writes them.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from laadplan.errors import BadInput, ConfigError
from laadplan.ingest.columns import match_columns, numbers, read_table
from laadplan.ingest.dates import days
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.files import read_json, text_start

JSON_ROWS = ("value", "data", "results", "records", "rows", "features")
"""Keys under which services hand out their rows: OData, Socrata, CKAN, GeoJSON."""

MISSING = (
    "",
    "-",
    ".",
    "?",
    "x",
    "geheim",
    "onbekend",
    "n.v.t.",
    "nvt",
    "n.b.",
    "nnb",
    "n.n.b.",
    "null",
    "none",
    "nan",
)
"""Words for a figure that is not there, in small letters."""

SUPPRESSED = (-99997.0, -99995.0)
"""Figures by which CBS says geheim and not available."""

YEARS = (1900, 2200)
"""What lies outside these years is no day but a fault."""

YEAR = re.compile(r"((?:19|20|21)\d{2})(?:\.0|JJ00|(?:[-/]?\d{2}[-/]?\d{2}(?:[T ].*)?))?")
"""A year, as a number, a period of CBS, or the day it lies in."""

BUURT = re.compile(r"(?:BU)?(\d{7,8})")
"""Code of a buurt; a spreadsheet loses the first zero."""


@dataclass(frozen=True)
class Mapped:
    """Rows as text, with our names for their columns and the file for messages."""

    table: pd.DataFrame
    names: Mapping[str, str]
    where: str

    def text(self, name: str) -> pd.Series:
        """A column as text without blanks around it; empty where the source has no such column."""
        if name not in self.names:
            return pd.Series(None, index=self.table.index, dtype="str", name=name)
        cells = self.table[self.names[name]].str.strip()
        return cells.where(cells != "")

    def number(self, name: str) -> pd.Series:
        """A column as numbers; empty where the figure is missing or suppressed.

        Raises
        ------
        BadInput
            A cell is neither a number nor a word for a missing figure.
        """
        cells = self.text(name)
        known = cells.where(~cells.str.lower().isin(MISSING) & cells.notna())
        values = numbers(known, where=self.where)
        return values.where(~values.isin(SUPPRESSED))

    def year(self, name: str) -> pd.Series:
        """A column as years, empty where there is none.

        Raises
        ------
        BadInput
            A cell is neither a year, nor a day, nor a whole year of CBS.
        """
        cells = self.text(name)
        cells = cells.where(~cells.str.lower().isin(MISSING))
        years = cells.str.extract(f"^{YEAR.pattern}$", expand=False).astype(float)
        self.refuse(cells.notna() & years.isna(), name, "a year")
        return years

    def day(self, name: str, *, secret: bool = False) -> pd.Series:
        """A column as days in the form 2024-12-31, empty where there is none; `secret` keeps the cell out of messages.

        Raises
        ------
        BadInput
            A cell is no day.
        """
        cells = self.text(name)
        found = days(cells)
        wrong = cells.notna() & ~found.str[:4].astype(float).between(*YEARS)
        self.refuse(wrong, name, "a day", secret=secret)
        return found

    def word(
        self, name: str, known: Mapping[str, str], values: Mapping[str, Mapping[str, str]], allowed: Collection[str]
    ) -> pd.Series:
        """A column in our own words; empty where a word is not known, case does not matter.

        Parameters
        ----------
        name, known
            Our column, and the source's words (small letters) to ours.
        values
            The ``values`` of the source in the config; goes before what is known.
        allowed
            Our words.

        Raises
        ------
        ConfigError
            The config maps a word to one that is not allowed.
        """
        given = {word.strip().lower(): ours for word, ours in values.get(name, {}).items()}
        wrong = sorted(set(given.values()) - set(allowed))
        if wrong:
            todo = f"It may be: {', '.join(allowed)}."
            raise ConfigError(f"values: {name} cannot be '{wrong[0]}'.", where=self.where, todo=todo)
        words = {word: word for word in allowed} | dict(known) | given
        return self.text(name).fillna("").str.lower().map(words).astype("str")

    def buurt(self, name: str) -> pd.Series:
        """A column as codes of buurten, empty where a cell is none."""
        digits = self.text(name).str.upper().str.replace(r"\s", "", regex=True).str.extract(f"^{BUURT.pattern}$")[0]
        return "BU" + digits.str.zfill(8)

    def refuse(self, wrong: pd.Series, name: str, what: str, *, secret: bool = False) -> None:
        """Refuses rows whose cell in a column is not what it should be.

        Raises
        ------
        BadInput
            There are such rows; names the column, the first cell and the rows.
        """
        if wrong.any():
            column = self.names.get(name, name)
            found = "a value" if secret else f"'{str(self.text(name)[wrong].iloc[0])[:40]}'"
            places = (f"{place + 1}" for place in wrong.to_numpy().nonzero()[0])
            raise BadInput(
                f"Column {column} holds {found}, which is not {what}.",
                where=self.where,
                ids=places,
                todo="Correct the column (rows counted after the header).",
            )


def read_mapped(
    path: Parts,
    spellings: Mapping[str, Sequence[str]],
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    required: Iterable[str] = (),
) -> Mapped:
    """The rows of a table with our names for its columns.

    Parameters
    ----------
    path
        A file, a folder of which all files are parts of one table, or the parts.
    spellings, columns, required
        As in `match_columns`.
    layer
        Sheet of a workbook; None: its first.

    Raises
    ------
    MissingSource
        The file or the sheet is not there, or the folder is empty.
    BadInput
        It is no table, or a column is missing.
    """
    table, where = read_rows(path, layer, header=known_names(spellings, columns))
    names = match_columns(table.columns, spellings, config=columns or {}, required=required, where=where)
    return Mapped(table, names, where)


def known_names(spellings: Mapping[str, Sequence[str]], columns: Mapping[str, str] | None) -> list[str]:
    """Every name by which a header can be told from what stands above it."""
    return [each for known in spellings.values() for each in known] + list((columns or {}).values())


def read_rows(path: Parts, layer: str | None = None, *, header: Collection[str] = ()) -> tuple[pd.DataFrame, str]:
    """All rows as text, and the file for messages; see `read_mapped`."""
    files = delivered_files(path)
    tables = [_read_part(each, layer, header) for each in files]
    where = str(files[0]) if len(files) == 1 else f"{files[0].parent} ({len(files)} files)"
    return (tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)), where


def _read_part(path: Path, layer: str | None, header: Collection[str]) -> pd.DataFrame:
    start = text_start(path)
    if start[:1] not in (b"{", b"["):
        return _without_doubles(read_table(path, layer, header=header, encodings=("utf-8-sig", "cp1252")), path)
    records = _records(read_json(path), path)
    names = list(dict.fromkeys(name for record in records for name in record))
    cells = [[_text(record.get(name)) for name in names] for record in records]
    return pd.DataFrame(cells, columns=names, dtype="str")


def _without_doubles(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The table, once no two columns have one name: pandas calls the second ``name.1``."""
    names = [str(name) for name in table]
    twice = [name for name in names if (stem := re.sub(r"\.\d+$", "", name)) != name and stem in names]
    if twice:
        words = f"Two columns are called '{twice[0].rpartition('.')[0]}'."
        raise BadInput(words, where=str(path), todo="Give each column a name of its own.")
    return table


def _records(content: Any, path: Path) -> list[dict[str, Any]]:
    """One flat object per row."""
    if isinstance(content, dict):
        content = next((content[key] for key in JSON_ROWS if isinstance(content.get(key), list)), None)
    if not isinstance(content, list) or not content or not all(isinstance(item, dict) for item in content):
        todo = "Deliver a list with one object per row."
        raise BadInput("The JSON holds no rows.", where=str(path), todo=todo)
    return [item["properties"] if isinstance(item.get("properties"), dict) else item for item in content]


def _text(value: Any) -> str | None:
    """A value of JSON as text.

    >>> _text(2024.0), _text("a"), _text(None), _text([1])
    ('2024', 'a', None, '[1]')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)
