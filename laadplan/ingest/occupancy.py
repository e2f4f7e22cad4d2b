"""Occupancy of charging locations from polled status, without inventing anything between two polls.

In: snapshots, one or many: a republisher's day of hourly shares (``n`` EVSE, ``occ`` in percent of them or null), OCPI
locations with the status of each EVSE, GeoJSON of DOT-NL with the number available, or a log as a table with a row per
EVSE and poll. Out: `Occupancy`, one row per location and moment at which it was polled. A moment is the ``timestamp``
of an OCPI answer; else the newest ``last_updated`` in the file, which is when the newest change reached it. Of hourly
shares the moment is the beginning of the hour, in the zone that the file names. A file with one status per location and
no time says neither when nor how many, and is refused.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.contracts.use import Occupancy
from laadplan.errors import BadInput
from laadplan.ingest.charging_features import evse_sums
from laadplan.ingest.clocks import KIND, ZONE, read_moments
from laadplan.ingest.columns import match_columns, read_table
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.files import text_start
from laadplan.ingest.json_stream import json_parts
from laadplan.ingest.locations import MOST_EVSES, NOT_THERE, mapping, number, objects, status_of, text

SPELLINGS = {
    "location_id": ("location_id", "locatie_id", "locationId"),
    "evse_id": ("evse_id", "evse", "evse_uid"),
    "polled_at": ("polled_at", "timestamp", "time", "tijdstip", "peilmoment"),
    "status": ("status",),
}
"""Our name to the spellings of a log of polls."""

OTHER = "andere locatie"
DOUBLE = "meer dan eens gepeild op hetzelfde moment"
NO_TIME = "zonder leesbaar tijdstip"
NO_EVSE = "zonder laadpunten"
SKIPPED_HOUR = "uur dat niet bestaat (zomertijd)"

OCCUPIED, FREE, BROKEN = ("CHARGING", "BLOCKED"), ("AVAILABLE", "RESERVED"), ("INOPERATIVE", "OUTOFORDER")
"""OCPI status to what it means for whoever comes to charge; a reserved EVSE has no car at it yet."""

COUNTS = ("evses", "occupied", "available", "out_of_order", "unknown")
OCPI_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d")
PERCENT = 100.0
HOURS_OF_DAY = 24
MOST_HOURS = 25
SECONDS_PER_MINUTE = 60.0

Counts = tuple[float, float, float, float, float]


@dataclass
class _Polls:
    """What was found so far: location, moment as text with its zone or local, and counts."""

    locations: list[str]
    moments: list[str]
    counts: list[Counts]

    def add(self, location: str, moment: str, counts: Counts) -> None:
        """Notes one poll of one location."""
        self.locations.append(location)
        self.moments.append(moment)
        self.counts.append(counts)


def read_occupancy(
    path: Parts,
    *,
    locations: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """The polls as `Occupancy`: EVSE per state, by location and moment in UTC.

    Parameters
    ----------
    path
        A snapshot, a folder with snapshots, or several of these.
    locations
        Ids of the locations asked for; None: all. Memory does not grow with what else the snapshots hold.
    columns, values
        Of a log: our column name to its own, and per column of ours its words to ours.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is damaged, or does not say what was polled when.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    frames = [_one(file, locations, columns or {}, values or {}, quality) for file in files]
    frame = pd.concat(frames, ignore_index=True) if frames else _framed(_Polls([], [], []), quality)
    frame = frame.sort_values(["location_id", "polled_at", *COUNTS], kind="stable")
    double = frame.duplicated(["location_id", "polled_at"], keep="last")
    quality.skip(DOUBLE, int(double.sum()))
    frame = frame[~double]
    moments = frame["polled_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    frame = frame.assign(poll_id=(frame["location_id"] + "@" + moments).astype("str")).set_index("poll_id")
    frame = Occupancy.checked(frame[Occupancy.columns()], source=str(files[0]))
    _tell(frame, quality)
    quality.count(frame)
    return frame


def _one(
    file: Path,
    locations: Collection[str] | None,
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    quality: Quality,
) -> pd.DataFrame:
    """The polls in one file."""
    start = text_start(file)
    if start[:1] not in (b"[", b"{"):
        return _of_log(file, locations, columns, values, quality)
    wanted = None if locations is None else set(locations)
    return _framed(_of_json(file, wanted, quality), quality)


def _of_json(file: Path, wanted: Collection[str] | None, quality: Quality) -> _Polls:
    head: dict[str, str] = {}
    newest, recognised, read = "", False, 0
    polls = _Polls([], [], [])
    for key, value in json_parts(file):
        item = mapping(value)
        if key == "locations" and item:
            return _hourly(item, head, file, wanted, quality)
        counts, name, changed = _counted(item)
        recognised = recognised or name is not None
        newest = max(newest, changed)
        if name is not None:
            read += 1
            if wanted is None or name in wanted:
                polls.add(name, "", counts)
            else:
                quality.skip(OTHER, 1)
        elif isinstance(value, str):
            head[key] = (text(value) or "")[:100]
    moment = head.get("timestamp") or head.get("generated_at") or newest
    if not recognised or not moment:
        raise BadInput(
            "The file does not say how many EVSE were in use at what time.",
            where=str(file),
            todo="Deliver snapshots with a time: OCPI locations, DOT-NL GeoJSON, or a table with polled_at and status.",
        )
    quality.read = (quality.read or 0) + read
    return _Polls(polls.locations, [moment] * len(polls.locations), polls.counts)


def _counted(item: Mapping[str, Any]) -> tuple[Counts, str | None, str]:
    """Counts, location and last change of one record; no location: it is none."""
    nothing = (0.0, 0.0, 0.0, 0.0, 0.0)
    if "evses" in item:
        evses = objects(item["evses"])
        changes = [_moment(each.get("last_updated")) for each in (item, *evses)]
        changes.append(_moment(item.get("lastUpdated")))
        statuses = [status_of(evse.get("status")) for evse in evses]
        return _by_status(statuses), text(item.get("id")) or text(item.get("locationId")), max(changes)
    properties = mapping(item.get("properties"))
    if "availabilities" not in properties:
        return nothing, None, ""
    groups = objects(properties["availabilities"])
    total, free = (float(each) for each in evse_sums(groups))
    counts = (total, max(total - free, 0.0), np.nan, np.nan, np.nan)
    return counts, text(item.get("id")), _moment(properties.get("last_updated"))


def _moment(value: Any) -> str:
    """A time as OCPI writes it; empty for anything else."""
    found = text(value) or ""
    return found if OCPI_TIME.match(found) else ""


def _by_status(statuses: list[str]) -> Counts:
    there = [status for status in statuses if status not in NOT_THERE]
    known = [float(sum(status in kind for status in there)) for kind in (OCCUPIED, FREE, BROKEN)]
    return float(len(there)), known[0], known[1], known[2], float(len(there)) - sum(known)


def _hourly(
    item: Mapping[str, Any], head: Mapping[str, str], file: Path, wanted: Collection[str] | None, quality: Quality
) -> _Polls:
    """A day of hourly shares; an hour that was not polled is null, and gives no row."""
    day, zone = head.get("date", ""), head.get("tz", ZONE)
    if zone != ZONE:
        todo = f"Deliver it in {ZONE}."
        raise BadInput(f"The hours are in zone {zone[:40]}.", where=str(file), todo=todo)
    try:
        date.fromisoformat(day)
    except ValueError:
        raise BadInput("The file does not say of which day it is.", where=str(file), todo="Add 'date'.") from None
    polls = _Polls([], [], [])
    for name, given in item.items():
        for hour, counts in _hours(mapping(given), name, file):
            quality.read = (quality.read or 0) + 1
            if wanted is None or name in wanted:
                polls.add(str(text(name)), f"{day}T{hour:02d}:00:00", counts)
            else:
                quality.skip(OTHER, 1)
    return polls


def _hours(given: Mapping[str, Any], name: str, file: Path) -> Iterator[tuple[int, Counts]]:
    total, shares = number(given.get("n")), given.get("occ")
    if not 0 <= total <= MOST_EVSES or not isinstance(shares, list) or len(shares) > MOST_HOURS:
        words = "A location has no 'n' and no 'occ' of 24 hours."
        raise BadInput(words, where=str(file), ids=[text(name) or ""], todo="Deliver the file again.")
    for hour, share in enumerate(shares[:HOURS_OF_DAY]):
        percent = number(share)
        if share is None or not 0 <= percent <= PERCENT:
            if share is not None:
                words = f"An occupancy is no percentage ({(text(share) or 'no number')[:40]})."
                raise BadInput(words, where=str(file), ids=[text(name) or ""], todo="Deliver the file again.")
            continue
        yield hour, (total, float(round(total * percent / PERCENT)), np.nan, np.nan, np.nan)


def _framed(polls: _Polls, quality: Quality) -> pd.DataFrame:
    """The polls with their moments in UTC."""
    counts = np.array(polls.counts, dtype=float).reshape(-1, len(COUNTS))
    frame = pd.DataFrame({name: counts[:, place] for place, name in enumerate(COUNTS)})
    frame.insert(0, "location_id", pd.Series(polls.locations, dtype="str"))
    return _dated(frame, pd.Series(polls.moments, dtype="str"), quality)


def _dated(frame: pd.DataFrame, texts: pd.Series, quality: Quality) -> pd.DataFrame:
    found = read_moments(texts)
    quality.skip(NO_TIME, int(found.first.isna().sum()))
    quality.skip(SKIPPED_HOUR, int(found.skipped.sum()))
    empty = frame["evses"] == 0
    usable = found.first.notna() & ~found.skipped
    quality.skip(NO_EVSE, int((empty & usable).sum()))
    return frame.assign(polled_at=found.first.dt.floor("s").astype(KIND))[usable & ~empty]


def _of_log(
    file: Path,
    locations: Collection[str] | None,
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    quality: Quality,
) -> pd.DataFrame:
    """A table with a row per EVSE and poll."""
    table = read_table(file)
    names = match_columns(table.columns, SPELLINGS, config=columns, required=("polled_at", "status"), where=str(file))
    key = next((name for name in ("location_id", "evse_id") if name in names), None)
    if key is None:
        todo = f"Name it under 'columns' of this source. The file has: {', '.join(map(str, table.columns))}."
        raise BadInput("A column is missing: location_id or evse_id.", where=str(file), todo=todo)
    quality.read = (quality.read or 0) + len(table)
    rows = pd.DataFrame({name: table[source] for name, source in names.items()}).dropna(subset=[key])
    if locations is not None:
        other = ~rows[key].isin(list(locations))
        quality.skip(OTHER, int(other.sum()))
        rows = rows[~other]
    words = rows["status"].replace(dict(values.get("status", {})))
    return _dated(*_summed(rows, key, words.map(status_of)), quality)


def _summed(rows: pd.DataFrame, key: str, status: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Counts per location and moment of a log."""
    there = ~status.isin(NOT_THERE)
    counts = pd.DataFrame({"location_id": rows[key].astype("str"), "polled_at": rows["polled_at"].astype("str")})
    counts["evses"] = there.astype(float)
    for name, kinds in (("occupied", OCCUPIED), ("available", FREE), ("out_of_order", BROKEN)):
        counts[name] = status.isin(kinds).astype(float)
    counts["unknown"] = (status == "UNKNOWN").astype(float)
    summed = counts.groupby(["location_id", "polled_at"], as_index=False, dropna=False).sum()
    return summed.drop(columns="polled_at"), summed["polled_at"]


def _tell(frame: pd.DataFrame, quality: Quality) -> None:
    """The polling itself, as facts: whoever computes occupancy must know how thin it is."""
    moments = frame["polled_at"].drop_duplicates().sort_values()
    steps = moments.diff().dropna().dt.total_seconds() / SECONDS_PER_MINUTE
    quality.facts |= {
        "polls": len(moments),
        "first_poll": moments.iloc[0].isoformat() if len(moments) else None,
        "last_poll": moments.iloc[-1].isoformat() if len(moments) else None,
        "median_minutes_between_polls": float(steps.median()) if len(steps) else None,
        "longest_minutes_between_polls": float(steps.max()) if len(steps) else None,
    }
    if len(frame) and frame["available"].isna().any():
        quality.facts["not_occupied"] = "free or out of order: the source does not tell these apart"
