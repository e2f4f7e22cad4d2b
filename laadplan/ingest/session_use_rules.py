"""The rules of sessions on any number of rows: which stay, and when each ended.

In: the table ``rows`` of `laadplan.ingest.session_use_rows`. Out: the table ``sessions`` with the number of EVSE and
location, begin and end in microseconds since 1970 (UTC) and energy in kWh; what was dropped and mended is counted by
the rules of `laadplan.ingest.session_rules`. A location has a number from 0; `NOWHERE` and `UNKNOWN` are no location.
"""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.ingest.session_rules import (
    BACKWARDS,
    CLOCK_FACTS,
    CLOCK_H,
    CONTENT,
    CREDITED,
    DOUBLE,
    DOUBLE_OTHER,
    FAILED,
    FAILED_H,
    FIRST_DAY,
    FUTURE,
    LONGEST_H,
    MOST_KW,
    NO_TIME,
    POWER_SLACK,
    SAME_START,
    TIES,
    TOO_LONG,
    TOO_OLD,
    WATT_HOURS_FROM,
    WH_PER_KWH,
    after,
    tell,
    tell_energy,
    tell_nameless,
)
from laadplan.ingest.session_use_rows import US_PER_S, Connection

NOWHERE, UNKNOWN = -1, -2
"""No location known, and a location that is not among the charge points."""

NAMES = {"started_at": "begin_us", "ended_at": "end_us"}
"""Columns of `laadplan.ingest.sessions` that have another name here."""

NOT_HERE = {"charged"}
"""Columns that are not read here, for use does not depend on them."""

PARTS = 8
"""Parts in which EVSE are put in order: of 50 million sessions one part fits in the memory that DuckDB may use."""

Unit = Literal["kWh", "Wh"]


def keep_valid(database: Connection, quality: Quality) -> None:
    """Makes ``valid``: one row per key without what was credited, and ``timed``: those whose times can be read."""
    quality.read = _one(database, "SELECT count(*) FROM rows")[0]
    order = ["updated_at", *CONTENT, *(name for name in TIES if name not in NOT_HERE)]
    latest = ", ".join(f"{NAMES.get(name, name)} DESC NULLS LAST" for name in order)
    same = " AND ".join(f"{each} IS NOT DISTINCT FROM first_value({each}) OVER one" for each in map(_ours, CONTENT))
    database.execute("CREATE TABLE repeated AS SELECT key FROM rows GROUP BY key HAVING count(*) > 1")
    database.execute(f"""
        CREATE TABLE gone AS SELECT id, rule FROM (
            SELECT rowid AS id, row_number() OVER one AS place,
                CASE WHEN {same} THEN '{DOUBLE}' ELSE '{DOUBLE_OTHER}' END AS rule
            FROM rows SEMI JOIN repeated USING (key) WINDOW one AS (PARTITION BY key ORDER BY {latest})
        ) WHERE place > 1""")
    database.execute(f"""
        INSERT INTO gone SELECT rows.rowid, '{CREDITED}' FROM rows ANTI JOIN gone ON rows.rowid = gone.id
        WHERE is_credit OR key IN (SELECT credits FROM rows WHERE credits IS NOT NULL)""")
    database.execute("CREATE VIEW valid AS SELECT rows.* FROM rows ANTI JOIN gone ON rows.rowid = gone.id")
    database.execute("CREATE VIEW timed AS SELECT * FROM valid WHERE begin_us IS NOT NULL AND end_us IS NOT NULL")
    for rule, number in database.execute("SELECT rule, count(*) FROM gone GROUP BY rule").fetchall():
        quality.skip(rule, number)
    flags = ", ".join(f"count(*) FILTER ({flag})" for flag in CLOCK_FACTS.values())
    *counts, unread = _one(database, f"SELECT {flags}, count(*) FILTER (begin_us IS NULL OR end_us IS NULL) FROM valid")
    quality.facts |= dict(zip(CLOCK_FACTS, counts, strict=True))
    quality.skip(NO_TIME, unread)


def number_spots(database: Connection, evses: pd.Series | None, places: pd.Series | None) -> pd.Index:
    """The locations by number; makes ``spots``, every pair of EVSE and location that sessions name, with numbers.

    A session without a location is at that of its EVSE: by `places`, else where other sessions say that this EVSE is,
    if they all say the same.
    """
    spots = database.execute("SELECT DISTINCT evse_id, location_id FROM timed").df().astype("str")
    spots = spots.sort_values(["evse_id", "location_id"], na_position="first", ignore_index=True)
    location = spots["location_id"]
    if places is not None:
        known = pd.Series(places.to_numpy(), index=[_plain(each) for each in places.index], dtype="str")
        known = known[~known.index.duplicated()]
        location = location.fillna(spots["evse_id"].map(_plain, "ignore").map(known).astype("str"))
    named = spots[spots["location_id"].notna()].groupby("evse_id")["location_id"]
    location = location.fillna(spots["evse_id"].map(named.first()[named.nunique() == 1]).astype("str"))
    locations = pd.Index(location.dropna().unique(), dtype="str").sort_values()
    if evses is not None:
        locations = locations[locations.isin(evses.index)]
    number = np.where(location.isna(), NOWHERE, locations.get_indexer(location))
    number = np.where(location.notna() & (number < 0), UNKNOWN, number)
    evse_no = pd.factorize(spots["evse_id"])[0]
    spots = spots.assign(place=location, spot_no=np.arange(len(spots)), evse_no=evse_no, location_no=number)
    database.register("spots_found", spots)
    database.execute("CREATE TABLE spots AS SELECT * FROM spots_found")
    database.unregister("spots_found")
    return locations


def _plain(evse_id: str) -> str:
    """An EVSE id without the separators that some leave out."""
    return "".join(each for each in evse_id if each.isalnum()).upper()


def keep_plausible(
    database: Connection, unit: Unit | None, until: date | None, power_kw: pd.Series | None, quality: Quality
) -> None:
    """Makes ``sound``: sessions with numbers of their places and energy that is believed; ``rows`` is gone."""
    unit = unit or _unit(database, "energy")
    quality.facts["energy_unit"] = unit
    kwh = f"energy / {WH_PER_KWH}" if unit == "Wh" else "energy"
    kw = f"power / {WH_PER_KWH}" if _unit(database, "power") == "Wh" else "power"
    powers = power_kw if power_kw is not None else pd.Series(dtype=float)
    listed = pd.DataFrame({"place": powers.index.astype("str"), "listed_kw": powers.to_numpy(dtype=float)})
    database.register("powers", listed.drop_duplicates("place"))
    rules = {
        BACKWARDS: "hours <= 0",
        TOO_OLD: f"begin_us < {int(FIRST_DAY.timestamp()) * US_PER_S}",
        FUTURE: f"begin_us >= {int(after(until).timestamp()) * US_PER_S}" if until else "false",
        TOO_LONG: f"hours > {LONGEST_H}",
        FAILED: f"kwh = 0 AND hours < {FAILED_H!r}::DOUBLE",
    }
    cases = " ".join(f"WHEN {broken} THEN {place}" for place, broken in enumerate(rules.values()))
    database.execute(f"""
        CREATE TABLE sound AS SELECT spot_no, evse_no, location_no, begin_us, end_us, kwh, has_energy,
            CASE {cases} END AS rule
        FROM (
            SELECT *, CASE WHEN read_kwh >= 0 AND read_kwh <= most_kw * greatest(hours, {CLOCK_H!r}::DOUBLE)
                THEN read_kwh END AS kwh
            FROM (
                SELECT spot_no, evse_no, location_no, begin_us, end_us, has_energy, {kwh} AS read_kwh,
                    hours_of(end_us - begin_us) AS hours,
                    least({MOST_KW}::DOUBLE, coalesce(CASE WHEN {kw} > 0 THEN {kw} * (1 + {POWER_SLACK}::DOUBLE) END,
                        CASE WHEN listed_kw > 0 THEN listed_kw * (1 + {POWER_SLACK}::DOUBLE) END,
                        {MOST_KW}::DOUBLE)) AS most_kw
                FROM timed
                LEFT JOIN spots ON timed.evse_id IS NOT DISTINCT FROM spots.evse_id
                    AND timed.location_id IS NOT DISTINCT FROM spots.location_id
                LEFT JOIN powers ON powers.place = spots.place
            )
        )""")
    doubted = "has_energy AND kwh IS NULL AND rule IS NULL"
    tell_energy(_one(database, f"SELECT count(*) FROM sound WHERE {doubted}")[0], quality)
    for place, number in database.execute("SELECT rule, count(*) FROM sound GROUP BY rule").fetchall():
        if place is not None:
            quality.skip(list(rules)[place], number)
    database.unregister("powers")
    database.execute("DROP VIEW timed; DROP VIEW valid; DROP TABLE gone; DROP TABLE repeated; DROP TABLE rows")


def set_apart(database: Connection, quality: Quality) -> None:
    """Makes ``sessions``, one after another at each EVSE; ``sound`` is gone."""
    empty = "FROM sound LIMIT 0"
    database.execute(
        f"CREATE TABLE sessions AS SELECT evse_no, location_no, begin_us, end_us, kwh, false AS is_cut {empty}"
    )
    for part in range(PARTS):
        database.execute(f"""
            INSERT INTO sessions SELECT evse_no, location_no, begin_us, least(end_us, next_us), kwh,
                coalesce(next_us < end_us, false)
            FROM (
                SELECT *, CASE WHEN evse_no >= 0 THEN lead(begin_us) OVER (
                    PARTITION BY evse_no ORDER BY begin_us, kwh NULLS FIRST, end_us, spot_no) END AS next_us
                FROM sound WHERE rule IS NULL AND (evse_no + 1) % {PARTS} = {part}
            ) WHERE next_us IS DISTINCT FROM begin_us""")
    before = _one(database, "SELECT count(*) FROM sound WHERE rule IS NULL")[0]
    database.execute("DROP TABLE sound")
    kept, nameless, cut, idle, midnight = _one(
        database,
        """SELECT count(*), count(*) FILTER (evse_no < 0), count(*) FILTER (is_cut), count(*) FILTER (kwh = 0),
            count(*) FILTER (local_us(begin_us) // 86400000000 != local_us(end_us) // 86400000000) FROM sessions""",
    )
    tell_nameless(nameless, quality)
    quality.skip(SAME_START, before - kept)
    quality.facts["sessions_ended_by_the_next"] = cut
    tell(idle, midnight, quality)


def _unit(database: Connection, column: str) -> Unit:
    """As `laadplan.ingest.session_rules.unit_of`: the median lies above a limit when more than half does."""
    low, high, below, above = _one(
        database,
        f"""SELECT count(*) FILTER (v <= {WATT_HOURS_FROM}), count(*) FILTER (v > {WATT_HOURS_FROM}),
            max(v) FILTER (v <= {WATT_HOURS_FROM}), min(v) FILTER (v > {WATT_HOURS_FROM})
            FROM (SELECT {column} AS v FROM timed WHERE {column} > 0)""",
    )
    in_wh = high > low or (high == low and high > 0 and (below + above) / 2 > WATT_HOURS_FROM)
    return "Wh" if in_wh else "kWh"


def _ours(name: str) -> str:
    return NAMES.get(name, name)


def _one(database: Connection, statement: str) -> tuple[int, ...]:
    found: tuple[int, ...] = database.execute(statement).fetchall()[0]
    return found
