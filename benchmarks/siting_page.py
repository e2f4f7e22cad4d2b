"""The part of the benchmarks' page on choosing sites: what was to be reached, and every measurement.

In: rows of `benchmarks.siting`. Out: Markdown. A goal whose rows are not there is told as not measured.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.curves import Curve, first_with

Row = dict[str, Any]
Rows = list[Row]

SOLVERS = ("CBC", "HiGHS", "SCIP")

ENOUGH = 0.9995
"""Share of the best objective of the peers that is sought soon."""

AGREE = 1e-9
"""Objectives and gaps are equal within this share: rounding."""

HEAD = """
## Choosing sites

`python -m benchmarks siting` measures the optimiser beside its peers in one run. Each measurement is a process of its
own on cores of its own; memory is the largest sum of it and all that it started. Every objective is counted anew from
the plan by the benchmark, and a plan that breaks a limit fails it; bounds marked * were also computed anew from the
prices that certify them. Seconds run from arrays in memory to a plan in memory, with model building. The recipes of
invented problems are in `benchmarks/instances.py`. CBC, HiGHS and SCIP solve a plain sparse model in PuLP
(`benchmarks/rivals.py`), in which only the sites are binary. laadplan's loops are compiled once per installation,
before the clock runs.

spopt and its like are no part of laadplan's environment (pandana is AGPL): they get one of their own, named by
`LAADPLAN_PEERS`; without it their rows are left out.

```
python3 -m venv peers && peers/bin/pip install spopt pandana networkx
LAADPLAN_PEERS=peers/bin/python LAADPLAN_REAL_DATA=... python -m benchmarks siting --lanes 2 --town CONFIG FRAMES
```

spopt cannot load 200,000 demand points and 20,000 sites: its matrix of costs alone takes {dense:.0f} GB. No commercial
solver was run.
"""

GOALS_HEAD = """
| what | to reach | measured | reached |
|---|---|---|---|
"""

ROWS_HEAD = """
| problem | by | limit, s | threads | seconds | model, s | at work, s | memory, MB | objective | bound | gap, % | ended |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
"""  # noqa: E501 (a row of a table)

SETS_HEAD = """
Many problems of one kind together; below the best known is the mean share by which the plan is worth less.

| problems | by | number | best known found | below best known, % | worst, % | certified gap, % | seconds, mean | memory, MB |
|---|---|---:|---:|---:|---:|---:|---:|---:|
"""  # noqa: E501 (a row of a table)

PICTURE = "\n![Gap against time](../images/gaps.png)\n"


@dataclass(frozen=True)
class Goal:
    """What is to be reached, and how it is read from the rows of a case: words, and whether it was."""

    what: str
    reach: str
    case: str
    read: Callable[[Rows], tuple[str, bool] | None]


def siting_page(rows: Rows, *, versions: str) -> str:
    """The part of the page; nothing where nothing was measured."""
    if not rows:
        return ""
    single = [row for row in rows if row["best_known"] is None]
    sets = _sets([row for row in rows if row["best_known"] is not None])
    return (
        HEAD.format(dense=200_000 * 20_000 * 8 / 1e9)
        + GOALS_HEAD
        + "\n".join(_goal(goal, rows) for goal in GOALS)
        + "\n"
        + PICTURE
        + ROWS_HEAD
        + "\n".join(_row(row) for row in single)
        + "\n"
        + (SETS_HEAD + "\n".join(sets) + "\n" if sets else "")
        + f"\nMeasured on {versions}.\n"
    )


def _goal(goal: Goal, rows: Rows) -> str:
    found = goal.read([row for row in rows if row["name"] == goal.case])
    words, reached = ("not measured", "") if found is None else (found[0], "yes" if found[1] else "no")
    return f"| {goal.what} | {goal.reach} | {words} | {reached} |"


def _row(row: Row) -> str:
    star = "*" if row["checked"] else ""
    return (
        f"| {row['task']} | {row['by']} | {row['limit_s']:,.0f} | {row['threads']} | {row['seconds']:,.1f} "
        f"| {row['build_seconds']:,.2f} | {row['cpu_seconds']:,.1f} | {row['peak_mb']:,.0f} | {row['objective']:,.1f} "
        f"| {_number(row['bound'], ',.1f')}{star} | {_share(row['gap'])} | {row['status']} |"
    )


def _sets(rows: Rows) -> list[str]:
    lines = []
    for name, by in sorted({(row["name"], row["by"]) for row in rows}):
        group = [row for row in rows if (row["name"], row["by"]) == (name, by)]
        below = [_below(row) for row in group]
        gaps = [row["gap"] for row in group if row["gap"] is not None]
        lines.append(
            f"| {name} | {by} | {len(group)} | {_matched(group)} | {100 * _mean(below):.4f} | {100 * max(below):.4f} "
            f"| {_share(_mean(gaps) if gaps else None)} | {_mean([row['seconds'] for row in group]):.1f} "
            f"| {max(row['peak_mb'] for row in group):,.0f} |"
        )
    return lines


def _building(rows: Rows) -> tuple[str, bool] | None:
    own, peer = _of(rows, "laadplan model"), _of(rows, "spopt")
    if not own or not peer:
        return None
    times, memory = peer["build_seconds"] / own["build_seconds"], own["peak_mb"] / peer["peak_mb"]
    return f"{times:,.0f} times faster, {memory:.2f} of the memory", times >= 300 and memory <= 0.5


def _sooner(rows: Rows) -> tuple[str, bool] | None:
    """Our time to a good plan with a small gap, over that of the best solver's run."""
    peers = [row for row in rows if row["by"] in SOLVERS]
    own = _shortest(rows)
    if not peers or not own:
        return None
    best = max(peers, key=lambda row: (row["objective"], -row["seconds"]))
    goal = ENOUGH * best["objective"]
    soon = first_with(_curve(own), objective=goal, gap=0.004)
    again = first_with(_curve(best), objective=goal, gap=0.004)
    kept = own["objective"] >= goal and (own["gap"] or 0) <= 0.004
    words = (
        f"{soon:.1f} s; {best['by']} ends after {best['seconds']:.0f} s ({best['seconds'] / soon:.0f} times) "
        f"and is as far after {again:.0f} s ({again / soon:.0f} times)"
    )
    return words if kept else "not within its limit", kept and best["seconds"] / soon >= 50


def _proven(rows: Rows) -> tuple[str, bool] | None:
    own, peer = _longest(rows), _of(rows, "spopt")
    if not own or not peer:
        return None
    proven = (own["gap"] or 0) <= AGREE and own["gap"] is not None
    words = f"{own['seconds']:.0f} s" if proven else f"a gap of {_share(own['gap'])} % after {own['seconds']:.0f} s"
    told = f"{words}; spopt stops after {peer['seconds']:.0f} s at {_share(peer['gap'])} %"
    return told, proven and own["seconds"] < peer["seconds"]


def _higher(rows: Rows) -> tuple[str, bool] | None:
    peers = [row for row in rows if row["by"] in ("CBC", "HiGHS")]
    own = _longest(rows)
    if not peers or not own:
        return None
    higher = own["objective"] / max(row["objective"] for row in peers) - 1
    quick = own["seconds"] <= min(row["seconds"] for row in peers) / 4
    gap = math.inf if own["gap"] is None else own["gap"]
    words = f"{100 * higher:.1f} % higher, gap {_share(own['gap'])} % in {own['seconds']:.0f} s"
    return words, higher >= 0.35 and gap <= 0.0035 and quick


def _equal(rows: Rows) -> tuple[str, bool] | None:
    own, peer = _shortest(rows), _of(rows, "HiGHS")
    if not own or not peer:
        return None
    soon = first_with(_curve(own), objective=peer["objective"])
    if math.isnan(soon) or own["objective"] < peer["objective"] * (1 - AGREE):
        return f"{own['objective']:,.1f} after {own['seconds']:.1f} s, HiGHS {peer['objective']:,.1f}", False
    times = peer["seconds"] / soon
    return f"{soon:.2f} s, {times:.0f} times sooner than HiGHS ends", times >= 100


def _within(gap: float, seconds: float, mb: float = math.inf) -> Callable[[Rows], tuple[str, bool] | None]:
    """A gap, within seconds and memory, of our longest run."""

    def read(rows: Rows) -> tuple[str, bool] | None:
        own = _longest(rows)
        if not own:
            return None
        found = math.inf if own["gap"] is None else own["gap"]
        words = f"{_share(own['gap'])} % in {own['seconds']:.0f} s, {own['peak_mb']:,.0f} MB"
        return words, found <= gap and own["seconds"] <= seconds and own["peak_mb"] <= mb

    return read


def _cities(rows: Rows) -> tuple[str, bool] | None:
    own = [row for row in rows if row["by"] == "laadplan"]
    if not own:
        return None
    below, gap = _mean([_below(row) for row in own]), _mean([_or_infinite(row["gap"]) for row in own])
    found, most = _matched(own), max(row["seconds"] for row in own)
    words = f"{100 * below:.4f} % below, {found} of {len(own)} found, mean gap {_share(gap)} %, at most {most:.0f} s"
    return words, below <= 0.0002 and 2 * found >= len(own) and gap <= 0.01 and most <= 30


def _optima(rows: Rows) -> tuple[str, bool] | None:
    own = [row for row in rows if row["by"] == "laadplan"]
    if not own:
        return None
    found, most = _matched(own), max(row["seconds"] for row in own)
    return f"{found} of {len(own)} found, at most {most:.1f} s each", found == 40


def _median(rows: Rows) -> tuple[str, bool] | None:
    own = next((row for row in rows if row["by"] == "laadplan" and row["task"].endswith("pmed40")), None)
    peer = _of(rows, "spopt")
    if not own or not peer:
        return None
    times, memory = peer["seconds"] / own["seconds"], peer["peak_mb"] / own["peak_mb"]
    equal = _below(own) <= AGREE
    return f"{times:.1f} times faster, 1/{memory:.0f} of the memory", equal and times >= 10 and memory >= 20


GOALS = (
    Goal("model building, 10k x 2k", "300 times faster than spopt, half its memory", "building-10k", _building),
    Goal(
        "coverage 10k x 2k",
        "99.95 % with a gap of 0.4 %, 50 times sooner than the best solver",
        "coverage-10k",
        _sooner,
    ),
    Goal("coverage 10k x 2k", "proven optimal before spopt stops", "coverage-10k", _proven),
    Goal(
        "coverage 50k x 10k", "35 % above CBC and HiGHS, gap 0.35 %, a quarter of their time", "coverage-50k", _higher
    ),
    Goal("coverage 200k x 20k", "gap 0.5 % in 120 s, 1 GB", "coverage-200k", _within(0.005, 120, 1_000)),
    Goal("capacitated 10k x 3k", "HiGHS's objective 100 times sooner", "capacitated-10k", _equal),
    Goal("capacitated 10k x 3k", "gap 0.1 % in 60 s", "capacitated-10k", _within(0.001, 60)),
    Goal("200k addresses x 20k sites x 2,000", "gap 0.1 % in 30 s", "streets-200k", _within(0.001, 30)),
    Goal("the same in 8 quarters", "gap 0.15 % in 120 s", "streets-quarters", _within(0.0015, 120)),
    Goal("500k x 200k x 4,000", "gap 0.2 % in 90 s, 2 GB", "streets-500k", _within(0.002, 90, 2_000)),
    Goal("real cities", "0.02 % below best known in 30 s, half found, mean gap 1 %", "cities", _cities),
    Goal("OR-Library p-median", "40 optima", "medians", _optima),
    Goal("pmed40", "10 times faster than spopt, a twentieth of its memory", "medians", _median),
    Goal("town of 200,000, all rules", "gap 1 % in 300 s, 4 GB", "municipal", _within(0.01, 300, 4_000)),
)


def _of(rows: Rows, by: str) -> Row | None:
    return next((row for row in rows if row["by"] == by), None)


def _shortest(rows: Rows) -> Row | None:
    return min((row for row in rows if row["by"] == "laadplan"), key=lambda row: float(row["limit_s"]), default=None)


def _longest(rows: Rows) -> Row | None:
    return max((row for row in rows if row["by"] == "laadplan"), key=lambda row: float(row["limit_s"]), default=None)


def _curve(row: Row) -> Curve:
    known = [[math.nan if value is None else float(value) for value in point] for point in row["curve"]]
    return [(at, best, bound) for at, best, bound in known]


def _below(row: Row) -> float:
    """Share by which the objective is below the best known; negative above it."""
    return float(1 - row["objective"] / row["best_known"])


def _matched(rows: Rows) -> int:
    return sum(_below(row) <= AGREE for row in rows)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _or_infinite(value: float | None) -> float:
    return math.inf if value is None else value


def _number(value: float | None, layout: str) -> str:
    return "" if value is None else format(value, layout)


def _share(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{100 * value + 0.0:.3f}"
