"""Charging sessions as their source writes them: text, of which only what is needed is read.

In: OCPI CDRs or sessions as JSON, or a table with a row per session. Out: one table of text with our columns. Cards,
tokens, contracts, drivers and vehicles are not among the columns that are read, and so never get in.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from laadplan.errors import BadInput
from laadplan.ingest.columns import DELIMITERS, match_columns, names_shown, read_table
from laadplan.ingest.files import ZIP, first_bytes, opened, text_start
from laadplan.ingest.json_stream import json_parts
from laadplan.ingest.locations import mapping, number, objects, text

SPELLINGS = {
    "session_id": ("session_id", "sessie_id", "TransactionId", "transaction_id", "cdr_id", "id"),
    "evse_id": ("evse_id", "evse_uid", "evse", "ChargePoint"),
    "connector": ("Connector",),
    "location_id": ("location_id", "locatie_id"),
    "started_utc": ("UTCTransactionStart", "started_utc"),
    "ended_utc": ("UTCTransactionStop", "ended_utc"),
    "started_at": ("started_at", "start_date_time", "start_datetime", "Started", "start", "begin", "starttijd"),
    "ended_at": ("ended_at", "end_date_time", "end_datetime", "Ended", "end", "einde", "eindtijd"),
    "connected_h": ("connected_h", "ConnectedTime", "total_time"),
    "charged_h": ("charged_h", "ChargeTime"),
    "energy": ("energy", "TotalEnergy", "total_energy", "energy_kwh", "kwh", "energie"),
    "max_power": ("max_power", "MaxPower", "max_power_kw"),
}
"""Our name to the spellings seen in deliveries; ElaadNL writes a pole and its connector."""

IN_UTC = {"started_utc": "Started", "ended_utc": "Ended"}
"""Times of the open file of ElaadNL: they state no zone, but are in UTC. The connected time fits on the nights when the
clock is set, and arrivals come an hour earlier with summer time."""

KNOWN_BY = {"Started", "Ended", "TotalEnergy", "ConnectedTime", "MaxPower"}
"""Columns, in this spelling, by which that file is known."""

COLUMNS = (*SPELLINGS, "party", "parking_h", "updated_at", "credit", "credited_id", "longitude", "latitude")
"""All columns of the rows."""

CHUNK_ROWS = 200_000
"""Rows of a text file that are held with all their columns at once."""

NOTHING = ("", r"\N")
"""Cells in which nothing stands."""

OPENINGS = (b"[", b"{")

ENVELOPE = ("status_code", "status_message", "timestamp", "total", "limit", "offset", "links")
"""Keys of an answer that stand around its sessions."""


def read_rows(path: Path, *, layer: str | None, columns: Mapping[str, str]) -> pd.DataFrame:
    """The sessions of one file as text, in `COLUMNS`; empty where the file has none of a kind.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is damaged, is no list of sessions, or a column is missing.
    """
    return pd.concat(row_parts(path, layer=layer, columns=columns), ignore_index=True)


def row_parts(path: Path, *, layer: str | None, columns: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    """The same in parts of at most `CHUNK_ROWS`, at least one; memory does not grow with a file of text or JSON.

    Raises
    ------
    MissingSource, BadInput
        As `read_rows`, some only after some parts.
    """
    parts = _from_json(path) if is_json(path) else _from_table(path, layer, columns)
    for part in parts:
        yield part.reindex(columns=list(COLUMNS)).astype("str")


def is_json(path: Path) -> bool:
    """Whether the file is JSON and not a table.

    Raises
    ------
    MissingSource
        The file is not there.
    """
    return text_start(path)[:1] in OPENINGS


def _from_json(path: Path) -> Iterator[pd.DataFrame]:
    rows = (_row(item, str(path)) for item in _items(path))
    first = True
    while (part := list(islice(rows, CHUNK_ROWS))) or first:
        yield pd.DataFrame(part, columns=list(COLUMNS), dtype="str")
        first = False


def _items(path: Path) -> Iterator[Mapping[str, Any]]:
    other = False
    for key, value in json_parts(path):
        if key not in ("", "data"):
            other = other or key not in ENVELOPE
            continue
        other = False
        if not isinstance(value, dict):
            todo = "Deliver OCPI CDRs: an array, or pages with 'data'."
            raise BadInput("The file holds something that is no session.", where=str(path), todo=todo)
        yield value
    if other:
        todo = "Deliver OCPI CDRs: an array, or pages with 'data'."
        raise BadInput("The file holds no sessions.", where=str(path), todo=todo)


def _row(item: Mapping[str, Any], where: str) -> tuple[str | None, ...]:
    """A CDR or session of OCPI, in the order of `COLUMNS`. OCPI means UTC where a time states no zone."""
    if "start_date_time" not in item and "start_datetime" not in item:
        todo = "Deliver OCPI CDRs or sessions."
        raise BadInput("A session has no start_date_time.", where=where, todo=todo)
    location = mapping(item.get("cdr_location")) or mapping(item.get("location"))
    evse = location if "evse_uid" in location else next(iter(objects(location.get("evses"))), item)
    place = mapping(location.get("coordinates"))
    found = {
        "session_id": text(item.get("id")),
        "evse_id": text(evse.get("evse_id")) or text(evse.get("evse_uid")) or text(evse.get("uid")),
        "location_id": text(location.get("id")) or text(item.get("location_id")),
        "started_utc": _first(item, "start_date_time", "start_datetime"),
        "ended_utc": _first(item, "end_date_time", "stop_date_time", "end_datetime"),
        "connected_h": text(item.get("total_time")),
        "energy": text(_energy(item)),
        "party": "*".join(part for name in ("country_code", "party_id") if (part := text(item.get(name)))),
        "parking_h": text(item.get("total_parking_time")),
        "updated_at": text(item.get("last_updated")),
        "credit": "1" if item.get("credit") is True else None,
        "credited_id": text(item.get("credit_reference_id")),
        "longitude": text(place.get("longitude")),
        "latitude": text(place.get("latitude")),
    }
    return tuple(found.get(name) for name in COLUMNS)


def _first(item: Mapping[str, Any], *names: str) -> str | None:
    return next((found for name in names if (found := text(item.get(name)))), None)


def _energy(item: Mapping[str, Any]) -> Any:
    """Energy in kWh: ``total_energy`` of a CDR, ``kwh`` of a session."""
    found = item.get("total_energy", item.get("kwh"))
    return found if number(found) == number(found) else None


def _from_table(path: Path, layer: str | None, columns: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    if is_book(path):
        book = read_table(path, layer)
        names = _matched(list(book.columns), columns, str(path))
        parts: Iterator[pd.DataFrame] = iter([book])
    else:
        names = text_columns(path, columns)
        parts = _read_text(path, usecols=sorted(set(names.values())), chunksize=CHUNK_ROWS)
    for part in parts:
        yield pd.DataFrame({name: part[source] for name, source in names.items()})


def is_book(path: Path) -> bool:
    """Whether the file is a workbook."""
    return first_bytes(path, len(ZIP)) == ZIP


def text_columns(path: Path, columns: Mapping[str, str]) -> dict[str, str]:
    """Our column name to that of a text file, in the words of its header as pandas reads them.

    Raises
    ------
    BadInput
        It cannot be read, or a column is missing.
    """
    return _matched(text_header(path), columns, str(path))


def _matched(header: list[str], columns: Mapping[str, str], where: str) -> dict[str, str]:
    given = columns
    if set(header) >= KNOWN_BY and not {"started_at", "ended_at"} & set(columns):
        given = IN_UTC | dict(columns)
    names = match_columns(header, SPELLINGS, config=given, required=(), where=where, secret=True)
    _refuse_without(names, header, where)
    return names


def _refuse_without(names: Mapping[str, str], header: list[str], where: str) -> None:
    begins = {"started_at", "started_utc"} & set(names)
    ends = {"ended_at", "ended_utc", "connected_h"} & set(names)
    missing = [what for what, found in (("started_at", begins), ("ended_at", ends)) if not found]
    if missing:
        raise BadInput(
            f"A column is missing: {', '.join(missing)}.",
            where=where,
            todo=f"Name it under 'columns' of this source. {names_shown(header, names, secret=True)}",
        )


def text_header(path: Path) -> list[str]:
    """Names of the columns of a text file.

    Raises
    ------
    BadInput
        It cannot be read.
    """
    return [str(name) for part in _read_text(path, nrows=0) for name in part.columns]


def delimiter_of(path: Path) -> str:
    """What stands between the columns of a text file."""
    start = first_bytes(path, 65536).partition(b"\n")[0].decode("utf-8", "replace")
    return next((each for each in DELIMITERS if each in start), ",")


def _read_text(path: Path, **options: Any) -> Iterator[pd.DataFrame]:
    given: dict[str, Any] = {
        "sep": delimiter_of(path),
        "dtype": "str",
        "keep_default_na": False,
        "na_values": ["", r"\N"],
    }
    given |= {"encoding": "utf-8-sig", "index_col": False, **options}
    try:
        with opened(path) as stream:
            found = pd.read_csv(stream, **given)
            yield from [found] if isinstance(found, pd.DataFrame) else found
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        reason = type(error).__name__  # its text may quote a row
        raise BadInput(f"The table cannot be read ({reason}).", where=str(path), todo="Deliver it again.") from None
