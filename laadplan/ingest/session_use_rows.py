"""Sessions of any number as rows of DuckDB: each row by itself, typed, its times settled.

In: the files of a delivery. Out: the table ``rows`` of a connection, one row per delivered row. Times are microseconds
since 1970 (UTC), so that no setting of the machine takes part. The rules are those of `laadplan.ingest.sessions`, and a
text that is written in no usual form is read by the very functions of that reader. Hard decisions:

- A regular text file is read by DuckDB itself, on all cores, packed or not. What DuckDB refuses (rows of unequal
  length, another encoding), JSON and workbooks go through the other reader, in parts.
- No message quotes what DuckDB says, for that quotes rows, and sessions are confidential.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from laadplan.ingest.clocks import EUROPEAN_RULE, FIRST, LAST, clock_changes, plain_times
from laadplan.ingest.files import GZIP, first_bytes, opened, require_file
from laadplan.ingest.session_rows import (
    COLUMNS,
    NOTHING,
    delimiter_of,
    is_book,
    is_json,
    row_parts,
    text_columns,
    text_header,
)
from laadplan.ingest.session_rules import (
    CLOCK_H,
    KEY_WITHOUT_ID,
    LONGEST_H,
    SECONDS_PER_H,
    plain_numbers,
)

US_PER_S = 1_000_000
US_PER_H = int(SECONDS_PER_H) * US_PER_S

USUAL_TIME = r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)?"
"""Times that DuckDB reads as pandas does; all others go to `plain_times`."""

USUAL_NUMBER = r"[+-]?\d{1,15}([.,]\d{1,15})?"
"""Numbers that DuckDB reads as pandas does; all others go to `plain_numbers`."""

ARROW: dict[str, Any] = {"type": "arrow", "null_handling": "special"}
"""How DuckDB calls a function of ours: with many texts at once; it may return nothing."""

Connection = duckdb.DuckDBPyConnection


def prepare(database: Connection) -> None:
    """Macros and functions that the statements about sessions use, and the empty table ``rows``."""
    database.execute("SET TimeZone = 'UTC'")
    for function, kind in ((_odd_time, "VARCHAR"), (_odd_number, "DOUBLE")):
        name = function.__name__.removeprefix("_")
        database.create_function(name, function, ["VARCHAR"], kind, **ARROW)
    database.execute(MACROS.format(**_numbers()))
    empty = ", ".join(f"NULL::VARCHAR AS {name}" for name in COLUMNS)
    database.execute(f"CREATE TABLE rows AS {_typed(f'(SELECT {empty})')} LIMIT 0")


def add_rows(database: Connection, path: Path, *, layer: str | None, columns: Mapping[str, str]) -> None:
    """Adds the rows of one file to ``rows``.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is damaged, is no list of sessions, or a column is missing.
    """
    require_file(path)
    if is_json(path) or is_book(path) or not _added_by_duckdb(database, path, columns):
        for part in row_parts(path, layer=layer, columns=columns):
            database.register("part", part)
            database.execute(f"INSERT INTO rows {_typed('part')}")
            database.unregister("part")


def _added_by_duckdb(database: Connection, path: Path, columns: Mapping[str, str]) -> bool:
    """Whether DuckDB could read the text; if not, nothing is added."""
    names, header = text_columns(path, columns), text_header(path)
    packing = "gzip" if _is_packed(path) else "none"
    places = {name: header.index(source) for name, source in names.items()}
    ours = ", ".join(f"{f'c{places[name]}' if name in places else 'NULL::VARCHAR'} AS {name}" for name in COLUMNS)
    kinds = {f"c{place}": "VARCHAR" for place in range(len(header))}
    read = "read_csv(?, columns = ?, auto_detect = false, header = true, delim = ?, quote = ?, escape = ?, "
    read += "nullstr = ?, compression = ?)"
    given: list[Any] = [str(path), kinds, delimiter_of(path), '"', '"', list(NOTHING), packing]
    try:
        database.execute(f"INSERT INTO rows {_typed(f'(SELECT {ours} FROM {read})')}", given)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return False
    return True


def _is_packed(path: Path) -> bool:
    """Whether the file is gzip. It is unpacked to the end here, for that says whether it is whole and within measure;
    what is in it is never written to a disk, where a run that is killed would leave it with cards and all.
    """
    if first_bytes(path, len(GZIP)) != GZIP:
        return False
    with opened(path) as stream:
        while stream.read(1 << 20):
            pass
    return True


def _odd_time(texts: pa.ChunkedArray) -> pa.Array:
    return pa.array(plain_times(texts.to_pandas().astype("str")), from_pandas=True, type=pa.string())


def _odd_number(texts: pa.ChunkedArray) -> pa.Array:
    return pa.array(plain_numbers(texts.to_pandas().astype("str")), from_pandas=True, type=pa.float64())


def _numbers() -> dict[str, Any]:
    changes = clock_changes(range(EUROPEAN_RULE, LAST.year))
    return {
        "first_us": _us(FIRST),
        "last_us": _us(LAST),
        "hour_us": US_PER_H,
        "seconds": f"{SECONDS_PER_H}::DOUBLE",
        "clock_h": f"{CLOCK_H!r}::DOUBLE",
        "before": EUROPEAN_RULE - 1,
        "forward": changes["forward_us"].to_list(),
        "back": changes["back_us"].to_list(),
        "usual_time": USUAL_TIME,
        "usual_number": USUAL_NUMBER,
    }


def _us(moment: pd.Timestamp) -> int:
    return int(moment.timestamp()) * US_PER_S


MACROS = """
CREATE MACRO rule_year(us) AS year(make_timestamp(us)) - {before};
CREATE MACRO forward_us(us) AS CASE WHEN rule_year(us) > 0 THEN list_extract({forward}::BIGINT[], rule_year(us)) END;
CREATE MACRO back_us(us) AS CASE WHEN rule_year(us) > 0 THEN list_extract({back}::BIGINT[], rule_year(us)) END;
CREATE MACRO local_us(us) AS
    us + CASE WHEN us >= forward_us(us) AND us < back_us(us) THEN 2 ELSE 1 END * {hour_us}::BIGINT;
CREATE MACRO usual_time(t) AS
    CASE WHEN t IS NULL OR regexp_full_match(t, '{usual_time}') THEN t ELSE odd_time(t) END;
CREATE MACRO states_zone(t) AS ends_with(t, 'Z') OR substr(t, -6, 1) IN ('+', '-');
CREATE MACRO believed_us(us) AS CASE WHEN us >= {first_us} AND us < {last_us} THEN us END;
CREATE MACRO zoned_us(t) AS CASE WHEN states_zone(t) THEN believed_us(epoch_us(TRY_CAST(t AS TIMESTAMPTZ))) END;
CREATE MACRO plain_us(t) AS CASE WHEN NOT states_zone(t) THEN believed_us(epoch_us(TRY_CAST(t AS TIMESTAMP))) END;
CREATE MACRO first_of(us) AS us - CASE
    WHEN us >= forward_us(us) + 2 * {hour_us}::BIGINT AND us < back_us(us) + 2 * {hour_us}::BIGINT THEN 2 ELSE 1
    END * {hour_us}::BIGINT;
CREATE MACRO second_of(us) AS us - CASE
    WHEN us >= forward_us(us) + 2 * {hour_us}::BIGINT AND us < back_us(us) + {hour_us}::BIGINT THEN 2 ELSE 1
    END * {hour_us}::BIGINT;
CREATE MACRO is_skipped(us) AS
    coalesce(us >= forward_us(us) + {hour_us}::BIGINT AND us < forward_us(us) + 2 * {hour_us}::BIGINT, false);
CREATE MACRO number_of(t) AS CASE
    WHEN t IS NULL THEN NULL
    WHEN regexp_full_match(t, '{usual_number}') THEN TRY_CAST(replace(t, ',', '.') AS DOUBLE)
    ELSE odd_number(t) END;
CREATE MACRO hours_of(us) AS us / 1000000::DOUBLE / {seconds};
CREATE MACRO is_off(hours) AS hours IS NULL OR abs(hours) > {clock_h};
CREATE MACRO misfit(hours, count) AS coalesce(
    CASE WHEN count IS NULL THEN CASE WHEN hours > 0 THEN 0 END ELSE abs(hours - count) END, 'Infinity'::DOUBLE);
"""
"""What the statements say more than once. Local time before 1996 counts as winter time: such a session is too old."""


def _typed(source: str) -> str:
    """The statement that types the rows of a relation with text in `COLUMNS`."""
    return TYPED.format(source=source)


TYPED = f"""
WITH texts AS (
    SELECT * REPLACE (
        usual_time(started_utc) AS started_utc, usual_time(ended_utc) AS ended_utc,
        usual_time(started_at) AS started_at, usual_time(ended_at) AS ended_at),
        md5_number(CASE WHEN session_id IS NULL
            THEN {" || '|' || ".join(f"coalesce({name}, '')" for name in KEY_WITHOUT_ID)}
            ELSE coalesce(party, '') || '|' || session_id END) AS key,
        md5_number(coalesce(party, '') || '|' || credited_id) AS credits,
        started_utc IS NULL AS start_is_local, ended_utc IS NULL AS end_is_local,
        number_of(connected_h) AS count_read
    FROM {{source}}
), moments AS (
    SELECT *,
        coalesce(zoned_us(started_utc), plain_us(started_utc), zoned_us(started_at)) AS start_us,
        coalesce(zoned_us(ended_utc), plain_us(ended_utc), zoned_us(ended_at)) AS end_us,
        plain_us(started_at) AS start_local, plain_us(ended_at) AS end_local,
        CASE WHEN count_read > 0 AND count_read <= {LONGEST_H} THEN count_read END AS count
    FROM texts
), doubtful AS (
    SELECT *,
        coalesce(start_us, first_of(start_local)) AS start_1, coalesce(start_us, second_of(start_local)) AS start_2,
        coalesce(end_us, first_of(end_local)) AS end_1, coalesce(end_us, second_of(end_local)) AS end_2,
        start_is_local AND is_skipped(start_local) OR end_is_local AND is_skipped(end_local) AS is_skipped
    FROM moments
), misfits AS (
    SELECT *,
        coalesce(start_1 != start_2, false) OR coalesce(end_1 != end_2, false) AS is_twice,
        misfit(hours_of(end_1 - start_1), count) AS m0, misfit(hours_of(end_2 - start_1), count) AS m1,
        misfit(hours_of(end_1 - start_2), count) AS m2, misfit(hours_of(end_2 - start_2), count) AS m3
    FROM doubtful
), chosen AS (
    SELECT *,
        CASE WHEN NOT is_twice OR m0 <= least(m1, m2, m3) THEN 0
            WHEN m1 <= least(m2, m3) THEN 1 WHEN m2 <= m3 THEN 2 ELSE 3 END AS best,
        CASE WHEN best >= 2 THEN start_2 ELSE start_1 END AS begin,
        CASE WHEN best % 2 = 1 THEN end_2 ELSE end_1 END AS close,
        hours_of(close - begin) - count AS off,
        (count IS NOT NULL AND close IS NOT NULL AND begin IS NULL)
            OR coalesce(NOT is_off(abs(off) - 1), false) AS is_set,
        count IS NOT NULL AND begin IS NOT NULL AND NOT is_set AND is_off(off) AS is_wrong,
        round_even(count * {SECONDS_PER_H}, 0)::BIGINT * {US_PER_S} AS span
    FROM misfits
)
SELECT
    key, credits, credit IS NOT NULL AS is_credit, updated_at,
    CASE WHEN is_set THEN close - span ELSE begin END AS begin_us,
    CASE WHEN is_wrong THEN begin + span ELSE close END AS end_us,
    is_twice, is_skipped, is_set, is_wrong,
    number_of(energy) AS energy, energy IS NOT NULL AS has_energy, number_of(max_power) AS power,
    evse_id || coalesce('*' || connector, '') AS evse_id,
    coalesce(location_id, CASE WHEN connector IS NOT NULL THEN evse_id END) AS location_id
FROM chosen
"""
"""One row in, one row out, as `laadplan.ingest.sessions` types them; names are those of its columns."""
