"""The page of the documentation with all results, made from the files in ``results/``."""

from pathlib import Path
from typing import Any

from benchmarks import assess, siting
from benchmarks.rows import RESULTS, read_rows
from benchmarks.siting_page import siting_page

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "benchmarks.md"

_HEAD = """# Benchmarks

Made by `python -m benchmarks table` from `benchmarks/results/`. Times are noisy and say something only beside others of
the same run; memory is the largest sum over all processes. Nothing here is a test.

## Demo towns

`python -m benchmarks demo` makes towns of several sizes. The last two columns compare each with the smallest of the
same run, per inhabitant: 1.00 means that time or files grow with the inhabitants alone. They grow more slowly, because
starting takes its time and a small town has more country around it.

| inhabitants | seconds | memory, MB | files, MB | addresses | bays | trees | time, ratio | files, ratio |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def rendered(results: Path = RESULTS) -> str:
    """The text of the page."""
    rows = read_rows(results / "demo.json")
    lines = [
        f"| {row['size']:,} | {row['seconds']:.1f} | {row['peak_mb']:,.0f} | {row['output_mb']:,.0f} "
        f"| {row['counts']['adressen']:,} | {row['counts']['vakken']:,} | {row['counts']['bomen']:,} "
        f"| {row['ratio']:.2f} | {row['output_ratio']:.2f} |"
        for row in rows
    ]
    on = _versions(rows)
    what = sorted({row["what"].rpartition(", ")[2] for row in rows})
    demo = _HEAD + "\n".join(lines) + f"\n\nMeasured with {'; '.join(what)}, on {on}.\n"
    return (
        demo
        + _bgt(results)
        + _nearest(results)
        + _reach(results)
        + _width(results)
        + _assess(results)
        + _sessions(results)
        + _siting(results)
        + _fuzz(results)
    )


def _section(head: str, lines: list[str], rows: list[dict[str, Any]]) -> str:
    """A benchmark with its table and what it was measured on; nothing where it was not measured."""
    return head + "\n".join(lines) + f"\n\nMeasured on {_versions(rows)}.\n" if rows else ""


def _versions(rows: list[dict[str, Any]]) -> str:
    """Versions that the rows were measured on, each combination once."""
    return "; ".join(
        sorted({", ".join(f"{name} {number}" for name, number in row["versions"].items()) for row in rows})
    )


_BGT = """
## The BGT as GML-light

`python -m benchmarks bgt` reads road parts of demo towns, with arcs, history and plans, and GDAL reads the same file in
the same run, each in a process of its own; the faster of two turns counts. GDAL writes a schema beside the file: its
first read makes that, its second finds it. GDAL returns history and plans too, and checks nothing.

| MB | objects | current | seconds | memory, MB | GDAL first, s | GDAL again, s | GDAL memory, MB | GDAL features | of which points | time over GDAL first | time over GDAL again |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""  # noqa: E501 (a row of a table)


def _bgt(results: Path) -> str:
    rows = read_rows(results / "bgt.json")
    lines = []
    for row in rows:
        counts = row["counts"]
        lines.append(
            f"| {row['size']:,} | {counts['objects']:,} | {counts['current']:,} | {row['seconds']:.1f} "
            f"| {row['peak_mb']:,.0f} | {counts['gdal_first_ms'] / 1000:.1f} | {counts['gdal_second_ms'] / 1000:.1f} "
            f"| {counts['gdal_peak_mb']:,} | {counts['gdal_features']:,} | {counts['gdal_points']:,} "
            f"| {row['ratio']:.2f} | {row['output_ratio']:.2f} |"
        )
    return _section(_BGT, lines, rows)


_NEAREST = """
## Distances to the nearest

`python -m benchmarks nearest` measures points to points, lines and surfaces as dense as in a town, and
`geopandas.sjoin_nearest` does the same in the same run; the faster of two turns counts. Distances are equal to a
nanometre, and ids wherever there is no tie.

| from points | to | of these | seconds | sjoin_nearest, s | time over sjoin_nearest |
|---:|---|---:|---:|---:|---:|
"""


def _nearest(results: Path) -> str:
    rows = read_rows(results / "nearest.json")
    lines = [
        f"| {row['size']:,} | {row['name'].rpartition(' ')[2]} | {row['counts']['others']:,} | {row['seconds']:.2f} "
        f"| {row['counts']['peer_ms'] / 1000:.2f} | {row['ratio']:.2f} |"
        for row in rows
    ]
    return _section(_NEAREST, lines, rows)


_REACH = """
## Walking distances

`python -m benchmarks reach` looks for all crossings within 300 m of some of them over an invented street network, with
`laadplan.geo.walks` and with each peer in the same run, with as many threads (networkx has one); the fastest of several
turns counts. Pairs are the same and distances equal to a millimetre. Making the network is told apart: for laadplan
from frames, for pandana with `precompute`, without which it cannot answer.

| sources | pairs | peer | ms | peer, ms | times faster | making, ms | peer making, ms |
|---:|---:|---|---:|---:|---:|---:|---:|
"""


def _reach(results: Path) -> str:
    rows = read_rows(results / "reach.json")
    lines = [
        f"| {row['size']:,} | {row['counts']['pairs']:,} | {row['name'].rpartition(' ')[2]} "
        f"| {row['seconds'] * 1000:.1f} | {row['counts']['peer_ms']:,} | {1 / row['ratio']:.0f} "
        f"| {row['counts']['making_ms']:,} | {row['counts']['peer_making_ms']:,} |"
        for row in rows
    ]
    return _section(_REACH, lines, rows)


_WIDTH = """
## Walkway widths

`python -m benchmarks width` measures the width left at each pole and the four corridor lengths on invented streets, and
a sample of the same spots with `geopandas.overlay` per spot in the same run. `different` are spots of the sample of
which any of the five figures differs by more than a centimetre. One core; memory includes the streets themselves.

| spots | seconds | memory, MB | ms per 1,000 spots | overlay, ms per 1,000 spots | times faster | sample | different |
|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def _width(results: Path) -> str:
    rows = read_rows(results / "width.json")
    lines = []
    for row in rows:
        counts = row["counts"]
        lines.append(
            f"| {row['size']:,} | {row['seconds']:.1f} | {row['peak_mb']:,.0f} | {counts['ms_per_1000']:,} "
            f"| {counts['peer_ms_per_1000']:,} | {1 / row['ratio']:.0f} | {counts['sample']} | {counts['different']} |"
        )
    return _section(_WIDTH, lines, rows)


_ASSESS = """
## From parking strips to verdicts

`python -m benchmarks assess` lays a demo town beside itself until it has the bays asked for, and runs the steps of the
main job on it in one process on two cores: `bays` are cut, `candidates` found, `cable_routes` and `measurements` made,
and every candidate is held against the national base (`assessments`). `writing` checks the contract of all these frames
and writes them. `seconds` are by the clock, `at work` those of the processor: less where others use the machine. The
ratio is the time at work per bay over that of the smallest size: 1.00 means that it grows with the bays alone. Reading
the sources is not in it.

| bays | candidates | verdicts | stage | seconds | at work, s | memory, MB | files, MB | at work per bay, ratio |
|---:|---:|---:|---|---:|---:|---:|---:|---:|
"""


def _assess(results: Path) -> str:
    rows = read_rows(results / "assess.json")
    if not rows:
        return ""
    lines = []
    stages = [f"assess, {stage}" for stage in (*assess.STAGES, assess.WRITING, assess.ALL)]
    for row in sorted(rows, key=lambda row: (int(row["size"]), stages.index(row["name"]))):
        counts = row["counts"]
        lines.append(
            f"| {counts['Bays']:,} | {counts['Candidates']:,} | {counts['Assessments']:,} "
            f"| {row['name'].rpartition(' ')[2]} | {row['seconds']:.1f} | {counts['cpu_ms'] / 1000:.1f} "
            f"| {row['peak_mb']:,.0f} | {row['output_mb']:,.1f} | {row['ratio']:.2f} |"
        )
    return _section(_ASSESS, lines, rows)


_SESSIONS = """
## Use from sessions

`python -m benchmarks sessions` adds up generated sessions (text, one in a thousand twice, one in ten overlapping the
next) per location and week and per hour of the week, and `read_sessions` with a groupby of weeks does the first half of
that on as many as it can hold, in the same run; both find the same sessions and energy. Memory is the peak of the whole
process in MiB, DuckDB and the frames included.

| sessions | file, MB | seconds | memory, MiB | rows of weeks | pandas on | pandas, s | pandas memory, MiB | time per session over pandas |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""  # noqa: E501 (a row of a table)


def _sessions(results: Path) -> str:
    rows = read_rows(results / "sessions.json")
    lines = []
    for row in rows:
        counts = row["counts"]
        lines.append(
            f"| {row['size']:,} | {row['output_mb']:,.0f} | {row['seconds']:.1f} | {row['peak_mb']:,.0f} "
            f"| {counts['weeks']:,} | {counts['peer_size']:,} | {counts['peer_ms'] / 1000:.1f} "
            f"| {counts['peer_peak_mb']:,} | {row['ratio']:.3f} |"
        )
    return _section(_SESSIONS, lines, rows)


def _siting(results: Path) -> str:
    rows = siting.read(results / "siting.json")
    return siting_page(rows, versions=_together(rows)) if rows else ""


def _together(rows: list[dict[str, Any]]) -> str:
    """Every version that any row was measured on, and the load that the machine had."""
    found = sorted({(name, number) for row in rows for name, number in row["versions"].items()})
    loads = [row["load"] for row in rows]
    load = f"; load of the machine at the end of each {min(loads)} to {max(loads)}"
    return ", ".join(f"{name} {number}" for name, number in found) + load


_FUZZ = """
## Spoiled deliveries

`make fuzz` spoils a small delivery of every format (cut, bits turned, pieces moved, tags and numbers swapped, other
encodings, bombs, XML entities, names that lead outside a zip) and reads it. Each reading ends in a frame or is
refused in plain words; all else is a failure: another exception, a crash, more than ten seconds, a file written. The
latest run kept:

| format | inputs | frames | refused | failures |
|---|---:|---:|---:|---:|
"""


def _fuzz(results: Path) -> str:
    rows = read_rows(results / "fuzz.json")
    lines = []
    for row in rows:
        ends = {name: number for name, number in row.items() if name != "name"}
        read, refused, total = ends.get("frame", 0), ends.get("refused", 0), sum(ends.values())
        lines.append(f"| {row['name']} | {total:,} | {read:,} | {refused:,} | {total - read - refused:,} |")
    return _FUZZ + "\n".join(lines) + "\n" if rows else ""


def write(results: Path = RESULTS) -> None:
    """Writes the page."""
    PAGE.write_text(rendered(results), encoding="utf-8")
