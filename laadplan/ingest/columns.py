"""Columns by any of the names they have in the wild.

In: the column names of a source, the spellings that are known, and what the config adds. Out: per column of ours the
source's name, or an error that lists what was looked for and what is there.
"""

import json
import re
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime, time
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from laadplan.errors import BadInput, ConfigError, LaadplanError, MissingSource
from laadplan.ingest.files import ZIP, first_bytes, opened_zip, read_text

DELIMITERS = (";", "\t", ",")
"""Delimiters of Dutch deliveries, in the order in which they are looked for in the header."""

MOST_COLUMNS = 10_000
"""Columns of a table that are believed: text with more of them is something else, and takes minutes to tell apart."""

MOST_NAMES = 30
LONGEST_NAME = 40
"""Names of columns that a message shows, and characters of each."""

HEADER_WITHIN = 40
"""Rows within which a header below a title is looked for."""

LARGEST_WHOLE = 2.0**53
"""Up to here a number keeps its units."""


def match_columns(
    found: Iterable[str],
    spellings: Mapping[str, Sequence[str]],
    *,
    config: Mapping[str, str],
    required: Iterable[str],
    where: str,
    secret: bool = False,
) -> dict[str, str]:
    """Our column name to the source's column name, for every column that is there.

    Parameters
    ----------
    found
        Column names of the source.
    spellings
        Our name to the spellings that are known, in order of preference; case does not matter.
    config
        The ``columns`` of the source in the config; goes before the known spellings.
    required
        Our names without which the source is of no use.
    where
        File, for the message.
    secret
        Whether the file is about persons: then names stay out of the message where none is known, for a file without a
        header would have its first row quoted.

    Raises
    ------
    ConfigError
        The config names a column of ours that does not exist.
    BadInput
        A required column is not there.

    >>> match_columns(["Huisnr", "PC6"], {"number": ["huisnr"], "town": ["plaats"]}, config={}, required=[], where="")
    {'number': 'Huisnr'}
    """
    unknown = sorted(set(config) - set(spellings))
    if unknown:
        raise ConfigError(
            f"columns: {', '.join(unknown)} is not a column of this source.",
            where=where,
            todo=f"It may name: {', '.join(spellings)}.",
        )
    present = {str(name).lower(): str(name) for name in found}
    wanted = {name: [config[name]] if name in config else list(known) for name, known in spellings.items()}
    matched = {
        name: next((present[each.lower()] for each in known if each.lower() in present), None)
        for name, known in wanted.items()
    }
    missing = [name for name in [*required, *config] if matched[name] is None]
    if missing:
        looked_for = "; ".join(
            f"{name} ({' or '.join(dict.fromkeys(wanted[name]))})" for name in dict.fromkeys(missing)
        )
        raise BadInput(
            f"A column is missing: {looked_for}.",
            where=where,
            todo=f"Name it under 'columns' of this source. {names_shown(present.values(), matched, secret=secret)}",
        )
    return {name: source for name, source in matched.items() if source is not None}


def names_shown(found: Iterable[str], matched: Mapping[str, str | None], *, secret: bool) -> str:
    """What a message says of the columns there are; a secret header is shown once one of its names is known.

    >>> names_shown(["A-1", "J. Jansen"], {"pc6": None}, secret=True)
    'None of its 2 columns is known: is its first row the header?'
    """
    names = list(found)
    if secret and not any(matched.values()):
        return f"None of its {len(names)} columns is known: is its first row the header?"
    cut = [name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..." for name in names]
    left = len(cut) - MOST_NAMES
    return f"The file has: {', '.join(cut[:MOST_NAMES])}{f' and {left} more' if left > 0 else ''}."


def read_table(
    path: Path,
    sheet: str | None = None,
    *,
    header: Collection[str] = (),
    encodings: Sequence[str] = ("utf-8-sig",),
) -> pd.DataFrame:
    """A table as strings: delimited text (UTF-8, delimiter from the header, gzip or plain) or a sheet of a workbook.

    Parameters
    ----------
    path
        A text file or an xlsx workbook, told apart by what it holds.
    sheet
        Name of the sheet; None: its first.
    header
        Names of columns: the row with most of them is the header, and what stands above it is left out. Empty: the
        first row.
    encodings
        Encodings of text in the order in which they are tried.

    Raises
    ------
    MissingSource
        The file or the sheet is not there.
    BadInput
        The file is no table but JSON or XML, is in another encoding, is empty, has rows with more cells than the
        header, or two columns with one name; it is no whole workbook.
    """
    if first_bytes(path, len(ZIP)) == ZIP:
        return _filled(_sheet(path, sheet, header), path)
    text = _below_title(read_text(path, encodings), header)
    delimiter = next((each for each in DELIMITERS if each in text.partition("\n")[0]), ",")
    _refuse_other_text(text, delimiter, path)
    try:
        table = pd.read_csv(StringIO(text), sep=delimiter, dtype="str", keep_default_na=False, na_values=["", r"\N"])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise BadInput(f"The table cannot be read ({reason}).", where=str(path), todo="Deliver it again.") from None
    return _filled(table, path)


def _refuse_other_text(text: str, delimiter: str, path: Path) -> None:
    if text.lstrip()[:1] in ("{", "[", "<"):
        words = "This is JSON or XML, not a table."
        raise BadInput(words, where=str(path), todo="Deliver a table: CSV, or a workbook (xlsx).")
    if text.partition("\n")[0].count(delimiter) >= MOST_COLUMNS:
        words = f"The first line has more than {MOST_COLUMNS:,} columns."
        raise BadInput(words, where=str(path), todo="Deliver a table with the names of its columns in the first line.")


def _below_title(text: str, header: Collection[str]) -> str:
    """The text from its header on; what stands above it is a title."""
    if not header:
        return text
    lines = text.split("\n", HEADER_WITHIN)
    first = _header_row([re.split(r"[;\t,]", line.replace('"', "")) for line in lines[:HEADER_WITHIN]], header)
    return "\n".join(lines[first:])


def _header_row(rows: Sequence[Sequence[object]], header: Collection[str]) -> int:
    """Place of the row with most of the names; the first row where none has any."""
    names = {name.lower() for name in header}
    found = [len(names & {str(cell).strip().lower() for cell in row}) for row in rows[:HEADER_WITHIN]]
    return found.index(max(found)) if found else 0


def _filled(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        words = f"Two columns are called '{twice[0]}'."
        raise BadInput(words, where=str(path), todo="Give each column a name of its own.")
    if not isinstance(table.index, pd.RangeIndex):
        raise BadInput("Rows have more cells than the header.", where=str(path), todo="Correct the header.")
    if table.empty:
        raise BadInput("The table has no rows.", where=str(path), todo="Deliver a table with rows.")
    return table


def _sheet(path: Path, sheet: str | None, names: Collection[str]) -> pd.DataFrame:
    """A sheet of an xlsx workbook; the header is the first row with one of the names, or else with cells."""
    import openpyxl

    _refuse_hostile_workbook(path)
    try:
        with redirect_stdout(StringIO()):  # openpyxl prints what is wrong with a style
            book = openpyxl.load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
            sheets = book.sheetnames
            if sheet is not None and sheet not in sheets:
                todo = f"Name a sheet that it holds: {', '.join(sheets)}."
                raise MissingSource(f"There is no sheet '{sheet}'.", where=str(path), todo=todo)
            chosen = book[sheet or sheets[0]]
            chosen.reset_dimensions()  # a workbook may claim a million columns
            rows = [row for row in chosen.iter_rows(values_only=True) if any(row)]
            book.close()
    except LaadplanError:
        raise
    except Exception as error:  # noqa: BLE001 (openpyxl lets through whatever breaks in a damaged workbook)
        words = f"The workbook cannot be read ({type(error).__name__})."  # its text may quote a cell
        raise BadInput(words, where=str(path), todo="Open it in Excel, and save it again.") from None
    if not rows:
        raise BadInput("The sheet is empty.", where=str(path), todo="Name another sheet as 'layer'.")
    first = _header_row(rows, names)
    header = [_cell(cell) or "" for cell in rows[first]]
    places = [place for place, name in enumerate(header) if name]
    cells = [[_cell(row[place]) if place < len(row) else None for place in places] for row in rows[first + 1 :]]
    return pd.DataFrame(cells, columns=[header[place] for place in places], dtype="str")


def first_rows(path: Path) -> dict[str, list[list[str]]]:
    """The first rows of every sheet of an xlsx workbook as text, rows without a cell left out.

    Raises
    ------
    BadInput
        It is no whole workbook.
    """
    import openpyxl

    _refuse_hostile_workbook(path)
    found = {}
    warnings.filterwarnings("ignore", module="openpyxl")  # of parts of a workbook that hold no cells
    try:
        book = openpyxl.load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_row=HEADER_WITHIN, values_only=True)
            found[sheet.title] = [[_cell(cell) or "" for cell in row] for row in rows if any(row)]
        book.close()
    except Exception as error:  # noqa: BLE001 (as for a sheet)
        words = f"The workbook cannot be read ({type(error).__name__}: {error})."
        raise BadInput(words, where=str(path), todo="Open it in Excel, and save it again.") from None
    return found


def _cell(value: object) -> str | None:
    """A cell as text: a whole number without decimals, a day without a time.

    >>> _cell(2024.0), _cell("a "), _cell(None)
    ('2024', 'a', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value).strip()


def _refuse_hostile_workbook(path: Path) -> None:
    with opened_zip(path) as archive:
        for name in archive.names:
            with archive.opened(name) as stream:
                start = stream.read(4096)
                while stream.read(1 << 20):
                    pass
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise BadInput("The workbook declares a DOCTYPE.", where=str(path), todo="Do not trust it.")


def as_text(values: pd.Series) -> pd.Series:
    """Values as text without blanks around it; missing where nothing stands.

    Whole numbers have no decimals, also where a gap made them floats; days have no time.

    >>> list(as_text(pd.Series([1.0, 2.5]))), list(as_text(pd.Series([" a", ["b"]])))
    (['1', '2.5'], ['a', '["b"]'])
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        text = values.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
    elif pd.api.types.is_float_dtype(values):
        text = values.map(_plain, "ignore")
    elif values.dtype == object:
        text = values.map(lambda value: json.dumps(value) if isinstance(value, list | dict) else str(value), "ignore")
    else:
        text = values
    text = text.astype("str").str.strip()
    return text.where(values.notna() & (text != ""))


def _plain(value: float) -> str:
    """A number without needless decimals."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < LARGEST_WHOLE else repr(number)


def numbers(texts: pd.Series, *, where: str) -> pd.Series:
    """Numbers from text with a decimal point or comma; empty stays empty.

    Raises
    ------
    BadInput
        A cell is not a number; names column and value.
    """
    values = pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    wrong = texts.notna() & ~np.isfinite(values)
    if wrong.any():
        raise BadInput(
            f"Column {texts.name} holds '{texts[wrong].iloc[0]}', which is not a number.",
            where=where,
            ids=[f"line {place + 2}" for place in wrong.to_numpy().nonzero()[0]],
            todo="Correct the column.",
        )
    return values
