"""Progress on stderr and summaries on stdout, in plain English.

In: what a command did. Out: text for people, or one JSON document.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from math import ceil, isfinite
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TimeElapsedColumn
from rich.table import Table

from laadplan.contracts.monitoring import TRIGGER_VARIANTS

_SECONDS_BETWEEN_LINES = 10.0
_SHOWN_FIGURES = 12
_ROUNDING = 1e-6


class StepProgress:
    """One line per step on stderr: its place, its name; quiet when asked."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.console = Console(stderr=True, highlight=False)
        self.last = monotonic()

    def told(self, words: str) -> None:
        """Says how far a long step is, at most once in some seconds."""
        if not self.quiet and monotonic() - self.last >= _SECONDS_BETWEEN_LINES:
            self.last = monotonic()
            self.console.print(f"    {words}", markup=False)

    def __call__(self, name: str, place: int, total: int) -> None:
        """Says that a step begins."""
        self.last = monotonic()
        if not self.quiet:
            self.console.print(f"[{place + 1}/{total}] {name}", markup=False)


class FetchProgress(StepProgress):
    """One line per source on stderr, and now and then how far it is."""

    def received(self, requests: int, size: int) -> None:
        """Says how many requests were made of this source and what came in."""
        self.told(f"{requests} requests, {size / 1e6:,.1f} MB")


class _Lines:
    """Progress where no bar can be drawn: a line every ten seconds."""

    def __init__(self, console: Console) -> None:
        self.console, self.told = console, monotonic()

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self.told >= _SECONDS_BETWEEN_LINES:
            self.told = monotonic()
            self.console.print(f"{done} of {total}", markup=False)


@contextmanager
def bar(words: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr with what is being done; gives what to call with done and total. Lines now and
    then where stderr is no terminal.
    """
    console = Console(stderr=True, highlight=False)
    if quiet:
        yield lambda _done, _total: None
        return
    if not console.is_terminal:
        console.print(f"{words} ...", markup=False)
        yield _Lines(console)
        return
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=console, transient=True) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def print_json(content: object) -> None:
    """One JSON document on stdout."""
    json.dump(content, sys.stdout, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write("\n")


def run_summary(manifest: Mapping[str, Any], out: Path) -> str:
    """What a run made and how good it is."""
    solution = manifest["solution"]
    done = [step for step in manifest["steps"] if step["status"] != "earlier"]
    lines = [f"Executed {len(manifest['executed'])} of {len(done)} steps; the rest was unchanged."]
    if solution:
        lines.append(
            f"{solution['poles_chosen']} of {solution['poles_allowed']} new poles placed; "
            f"{_how_good(solution)} "
            f"({solution['solver']} {solution['solver_version']})."
        )
    lines += [f"Note: {finding}" for finding in manifest["findings"]]
    return "\n".join([*lines, f"Results are in {out}."])


def _how_good(solution: Mapping[str, Any]) -> str:
    """How near to the best a plan is proven to be, rounded up; a share of a worth below nil says nothing."""
    if solution["status"] == "optimal":
        return "proven the best possible"
    room = max(solution["bound"] - solution["objective"], 0.0)
    if not isfinite(room):
        return "not proven to be near the best possible"
    if solution["objective"] <= 0:
        return f"at most {ceil(room):,} kWh a year from the best possible"
    return f"within {ceil(1e4 * solution['gap'] - _ROUNDING) / 100:.2f} % of the best possible"


def dossier_summary(written: Mapping[str, Any]) -> str:
    """Of which day a dossier is and where it lies."""
    return "\n".join([f"Dossier of {written['on']}:", *[f"    {written[kind]}" for kind in ("html", "pdf", "json")]])


def assess_summary(found: Mapping[str, Any], out: Path) -> str:
    """How the candidates were judged: by outcome, per criterion, and what excludes."""
    seen = found["outcomes"]
    head = ("criterion", "", "voldoet", "voldoet niet", "onbekend", "n.v.t.")
    rows = [(each["id"], each["kind"], *(f"{each[verdict]:,}" for verdict in head[2:])) for each in found["criteria"]]
    wide = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    lines = [
        f"{found['candidates']:,} candidates: {seen['voldoet']:,} pass, {seen['schouw']:,} must be visited first "
        f"(schouw), {seen['voldoet niet']:,} are excluded.",
        "",
    ]
    for row in [head, *rows] if rows else []:
        words = [text.ljust(width) for text, width in zip(row[:2], wide[:2], strict=True)]
        figures = [text.rjust(width) for text, width in zip(row[2:], wide[2:], strict=True)]
        lines.append("  ".join([*words, *figures]))
    lines.append("")
    lines += [
        f"Excluded by {each['id']} ({each['label']}): {each['count']:,}, of which {each['alone']:,} by it alone."
        for each in found["excluded_by"]
    ]
    lines += [f"Note: {finding}" for finding in found["findings"]]
    return "\n".join([*lines, f"Wrote {' and '.join(found['files'])} in {out}."])


def demand_summary(found: Mapping[str, Any], out: Path) -> str:
    """Demand per year in the scenario of the plan."""
    lines = [f"Demand in {found['buurten']:,} buurten, scenario {found['scenario']}:"]
    for row in found["years"]:
        words = (
            f"  {row['year']}: {row['electric_cars']:,.0f} electric cars, {row['public_cars']:,.0f} of them without a "
            f"driveway; {row['kwh_year'] / 1000:,.0f} MWh at public poles, {row['evse']:,.0f} charge points"
        )
        lines.append(words + (f", {row['shortfall_evse']:,.0f} lacking" if "shortfall_evse" in row else ""))
    lines += [f"Note: {finding}" for finding in found["findings"]]
    return "\n".join([*lines, f"Wrote {', '.join(found['files'])} in {out}."])


def monitor_summary(found: Mapping[str, Any], out: Path) -> str:
    """How full areas and poles are, and what to start."""
    nouns = {"gebied": "areas", "paal": "poles"}
    lines = [
        f"{nouns[kind]}: " + ", ".join(f"{number:,} {level}" for level, number in levels.items())
        for kind, levels in found["levels"].items()
    ]
    for variant in TRIGGER_VARIANTS:
        own = [trigger["level"] for trigger in found["triggers"] if trigger["variant"] == variant]
        if own:
            lines.append(f"variant {variant}: {own.count('actie'):,} to start now, {own.count('signaal'):,} to plan")
    lines += [f"Note: {finding}" for finding in found["findings"]]
    return "\n".join([*lines, f"Wrote {', '.join(found['files'])} in {out}."])


def plan_summary(planned: list[dict[str, Any]]) -> str:
    """What a fetch would ask, per source."""
    lines = []
    for each in planned:
        limit = f"at most {each['most_bytes'] / 1e6:,.0f} MB per answer"
        lines.append(f"{each['name']} ({each['kind']}, {each['licence']}, {limit}), for sources.{each['source']}")
        lines += [f"    {request}" for request in each["requests"]]
        lines += [f"    note: {each['note']}"] if each["note"] else []
    return "\n".join([*lines, "Nothing was asked."])


def fetch_summary(records: list[dict[str, Any]], config_lines: str) -> str:
    """What was fetched, what was not and why, and which lines to put in the config."""
    words = {
        "fetched": "fetched",
        "unchanged": "not changed since the last fetch",
        "empty": "nothing in the area",
        "failed": "FAILED",
    }
    lines = []
    for each in records:
        size = f", {each['bytes'] / 1e6:,.1f} MB in {len(each['files'])} file(s)" if each["files"] else ""
        lines.append(f"{each['name']}: {words[each['status']]}{size}")
        lines += [f"    {each['error']}"] if each["error"] else []
    advice = ["", "Put in the config what you want to use of it:", "", config_lines.rstrip()] if config_lines else []
    return "\n".join([*lines, *advice])


def print_quality(found: Mapping[str, Mapping[str, Any]], sources: Mapping[str, Any]) -> None:
    """The data-quality report: reference dates, rows read, kept and dropped per rule, missing values, findings."""
    console = Console(highlight=False, width=120)
    dates = Table("Source", "Reference date", "Licence", "Files", "sha256", title="Sources")
    for name, source in sources.items():
        label = source["label"] or name
        reference = str(source["reference_on"] or "onbekend")
        files = [each["sha256"] for each in source["files"]]
        dates.add_row(escape(label), reference, escape(source["licence"]), str(len(files)), _short(files))
    rows = Table("Frame", "Read", "Kept", "Dropped, by rule", "Missing values", "Facts", title="Rows")
    for name, quality in found.items():
        rows.add_row(
            name,
            _or_dash(quality["read"]),
            _or_dash(quality["kept"]),
            escape(_listed(quality["dropped"])),
            _listed(quality["missing"]),
            "\n".join(f"{name}: {value}" for name, value in quality["facts"].items()) or "-",
        )
    for column in [*dates.columns, *rows.columns]:
        column.overflow = "fold"
    console.print(dates)
    console.print(rows)
    findings = [f"{name}: {text}" for name, quality in found.items() for text in quality["findings"]]
    console.print("\n".join(["Findings:", *findings]) if findings else "No findings.", markup=False)


def area_line(area: Mapping[str, Any]) -> str:
    """For which area sources were read, and how far outside it.

    >>> area_line({"municipality_code": "GM0228", "bbox_rd": [0, 10, 20, 30.5], "margin_m": 100.0})
    'Area: GM0228, RD box 0, 10, 20, 30.5; sources are read up to 100 m outside it.'
    """
    if area["bbox_rd"] is None:
        return f"Area: {area['municipality_code']}, all that the sources hold."
    box = ", ".join(f"{side:g}" if side < 1_000 else f"{side:.0f}" for side in area["bbox_rd"])
    return f"Area: {area['municipality_code']}, RD box {box}; sources are read up to {area['margin_m']:g} m outside it."


def _short(hashes: list[str]) -> str:
    """The first figures of a hash; of several files the hash of their hashes, as ``sha256sum`` of the list gives it."""
    together = hashes[0] if len(hashes) == 1 else sha256("".join(f"{each}\n" for each in hashes).encode()).hexdigest()
    return together[:_SHOWN_FIGURES]


def _listed(counts: Mapping[str, int]) -> str:
    return "\n".join(f"{count} {name}" for name, count in counts.items()) or "-"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)
