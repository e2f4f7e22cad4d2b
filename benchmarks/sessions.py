"""Use of charging locations from sessions: seconds and memory of `laadplan.ingest.session_use` beside the pandas path.

Sessions are generated as a table of text in order of time: per 50 million sessions 13,000 locations with two EVSE each
in three years, one in ten overlapping the next at its EVSE, one in a thousand delivered twice. Each path runs in a
process of its own; memory is the peak of that process, DuckDB and the frames included. The peer is
`laadplan.ingest.sessions.read_sessions` with its rules and a groupby of weeks, at a size that it can hold (`PEER_SIZE`
at most); both must find the same number of sessions and the same energy. `ratio` is our time per session over that of
the peer.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.rows import Row, versions

SIZES = [1_000_000, 50_000_000]
"""Sessions."""

PEER_SIZE = 1_000_000
"""Sessions that the peer can hold beside others: it takes about 2 GB."""

SESSIONS_PER_LOCATION = 50_000_000 / 13_000
TWICE = 1000
"""Of so many sessions one is delivered twice."""

TABLE = """
COPY (
    WITH drawn AS (
        SELECT i, i % {evses} AS evse, hash(i) AS h,
            1672531200 + (i // {evses}) * ({seconds} // (1 + {size} // {evses})) + hash(i) % 40000 AS begin
        FROM range({size}) given(i)
    ), lasting AS (SELECT *, begin::BIGINT AS start, 600 + (hash(i * 3) % 43000)::BIGINT AS length FROM drawn)
    SELECT 'CDR' || i AS id, 'NL*ABC*E' || lpad((evse // 2)::VARCHAR, 6, '0') || '*' || (evse % 2 + 1) AS evse_id,
        'L' || lpad((evse // 2)::VARCHAR, 6, '0') AS location_id,
        strftime(make_timestamp(start * 1000000), '%Y-%m-%dT%H:%M:%SZ') AS start_date_time,
        strftime(make_timestamp((start + length) * 1000000), '%Y-%m-%dT%H:%M:%SZ') AS end_date_time,
        round(length / 3600.0 * (1 + hash(i * 7) % 9), 3) AS kwh
    FROM lasting, range(CASE WHEN i % {twice} = 0 THEN 2 ELSE 1 END)
) TO '{path}' (HEADER)
"""
"""The generated sessions; numbers are drawn from the hash of the place of each."""

Told = dict[str, float]


def measure(sizes: Sequence[int]) -> list[Row]:
    """A row per size."""
    with tempfile.TemporaryDirectory() as place:
        return [_row(size, Path(place)) for size in sorted(sizes)]


def _row(size: int, place: Path) -> Row:
    peer_size = min(size, PEER_SIZE)
    theirs = _measured("peer", peer_size, place)
    ours = _measured("use", size, place)
    same = ours if peer_size == size else _measured("use", peer_size, place)
    _compare(same, theirs)
    return Row(
        name="sessions",
        size=size,
        what=f"{size:,} sessions, {ours['locations']:,.0f} locations",
        peer=f"read_sessions and groupby on {peer_size:,} sessions in the same run",
        seconds=round(ours["seconds"], 1),
        peak_mb=round(ours["peak_mb"]),
        output_mb=round(ours["file_mb"], 1),
        ratio=round(ours["seconds"] / size / (theirs["seconds"] / peer_size), 3),
        output_ratio=0,
        counts={
            "sessions": round(ours["sessions"]),
            "weeks": round(ours["weeks"]),
            "peer_size": peer_size,
            "peer_ms": round(theirs["seconds"] * 1000),
            "peer_peak_mb": round(theirs["peak_mb"]),
        },
        versions=versions("laadplan", "duckdb", "pandas"),
    )


def _measured(what: str, size: int, place: Path) -> Told:
    """One path in a process of its own, on sessions generated for it and deleted after it."""
    path = place / "sessions.csv"
    _generate(size, path)
    command = [sys.executable, "-m", "benchmarks.sessions", what, str(path), str(place)]
    found: Told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    found["file_mb"] = path.stat().st_size / 1e6
    path.unlink()
    return found


def _generate(size: int, path: Path) -> None:
    evses = 2 * max(2, round(size / SESSIONS_PER_LOCATION))
    given = {"size": size, "evses": evses, "seconds": 3 * 365 * 86400, "twice": TWICE, "path": path}
    with duckdb.connect(config={"memory_limit": "1GB"}) as database:
        database.execute(TABLE.format(**given))


def _compare(own: Told, peer: Told) -> None:
    """Refuses results that differ."""
    if own["sessions"] != peer["sessions"] or abs(own["kwh"] - peer["kwh"]) > 1e-6 * peer["kwh"]:
        raise RuntimeError(f"Results differ: {own['sessions']} and {peer['sessions']} sessions.")


def _use(path: Path, folder: Path) -> Told:
    from laadplan.contracts.quality import Quality
    from laadplan.ingest.session_use import read_use

    quality = Quality()
    weeks, _ = read_use(path, folder=folder, quality=quality)
    sessions = weeks["sessions"].sum() + quality.facts["sessions_in_week_not_over"]
    return _told(sessions, quality.facts["energy_kwh"], weeks["location_id"].nunique(), len(weeks))


def _peer(path: Path, folder: Path) -> Told:
    from laadplan.ingest.sessions import read_sessions

    sessions = read_sessions(path)
    local = sessions["started_at"].dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)
    monday = local.dt.to_period("W-SUN")
    weeks = sessions.groupby([sessions["location_id"], monday])[["connected_h", "energy_kwh"]].sum()
    return _told(len(sessions), weeks["energy_kwh"].sum(), sessions["location_id"].nunique(), len(weeks))


def _told(sessions: Any, kwh: Any, locations: int, weeks: int) -> Told:
    return {"sessions": float(sessions), "kwh": float(kwh), "locations": float(locations), "weeks": float(weeks)}


def main(what: str, path: str, folder: str) -> None:
    """Tells of one path on standard output."""
    begin = time.perf_counter()
    told = {"use": _use, "peer": _peer}[what](Path(path), Path(folder))
    told["seconds"] = time.perf_counter() - begin
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
