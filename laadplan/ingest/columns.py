"""Columns by any of the names they have in the wild.

In: the column names of a source, the spellings that are known, and what the config adds. Out: per column of ours the
source's name, or an error that lists what was looked for and what is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from laadplan.errors import BadInput, ConfigError, MissingSource

DELIMITERS = (";", "\t", ",")
"""Delimiters of Dutch deliveries, in the order in which they are looked for in the header."""


def match_columns(
    found: Iterable[str],
    spellings: Mapping[str, Sequence[str]],
    *,
    config: Mapping[str, str],
    required: Iterable[str],
    where: str,
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
        looked_for = "; ".join(f"{name} ({' or '.join(wanted[name])})" for name in dict.fromkeys(missing))
        raise BadInput(
            f"A column is missing: {looked_for}.",
            where=where,
            todo=f"Name it under 'columns' of this source. The file has: {', '.join(present.values())}.",
        )
    return {name: source for name, source in matched.items() if source is not None}


def read_table(path: Path) -> pd.DataFrame:
    """A delimited text file as strings, its delimiter taken from the header, UTF-8 with or without BOM.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        The file is not UTF-8, is empty, or has rows with more cells than the header.
    """
    if not path.is_file():
        raise MissingSource("The file does not exist.", where=str(path), todo="Correct its path in the config.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"The file is not UTF-8 (byte {error.start}).", where=str(path), todo="Save it as CSV UTF-8."
        ) from None
    header = text.partition("\n")[0]
    delimiter = next((each for each in DELIMITERS if each in header), ",")
    try:
        table = pd.read_csv(StringIO(text), sep=delimiter, dtype="str", keep_default_na=False, na_values=["", r"\N"])
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadInput(f"The table cannot be read ({error}).", where=str(path), todo="Deliver it again.") from None
    if not isinstance(table.index, pd.RangeIndex):
        raise BadInput("Rows have more cells than the header.", where=str(path), todo="Correct the header.")
    if table.empty:
        raise BadInput("The table has no rows.", where=str(path), todo="Deliver a table with rows.")
    return table


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
