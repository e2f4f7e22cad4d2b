"""The reports of demand and of use: what `laadplan demand` and `laadplan monitor` make and tell.

In: a project and a run folder. Out: the files of the report in that folder, and figures for the command line. No pole
is placed; a source that is left out leaves its part of the report out.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from laadplan.config.sources import SessionSource
from laadplan.contracts.demand import BuurtDemand, Shortfalls
from laadplan.contracts.frame import Table
from laadplan.contracts.monitoring import LEVELS, Laaddruk, Triggers
from laadplan.errors import ConfigError
from laadplan.pipeline.run import DEMANDED, MONITORED, Progress, output_of, run
from laadplan.store.frames import read_frame
from laadplan.store.projects import ProjectFile

GIVEN_SESSIONS = "Laadsessies (CDR's)"
"""Printed of sessions that the command line names and the config does not know."""

SUMMED = ("electric_cars", "public_cars", "kwh_year", "evse")
LACKING = ("shortfall_kwh_year", "shortfall_evse")


def report_demand(
    project_file: ProjectFile, out: Path, *, today: date, progress: Progress | None = None
) -> dict[str, Any]:
    """Makes the report of demand; returns totals per year of the scenario, findings and the files written.

    Raises
    ------
    LaadplanError
        Something is wrong with the config or the data; earlier results are untouched.
    """
    manifest = run(project_file, out, today=today, files=DEMANDED, progress=progress)
    scenario = project_file.project.scenario
    demand = read_frame(BuurtDemand, out / output_of(BuurtDemand))
    chosen = demand[demand["scenario"] == scenario.variant]
    years = chosen.groupby("year")[list(SUMMED)].sum()
    if _made(manifest, Shortfalls):
        lacking = read_frame(Shortfalls, out / output_of(Shortfalls))
        lacking = lacking[lacking["scenario"] == scenario.variant]
        years = years.join(lacking.groupby("year")[list(LACKING)].sum())
    return _told(manifest, DEMANDED) | {
        "scenario": scenario.variant,
        "buurten": int(chosen["buurtcode"].nunique()),
        "years": _rows(years.round(1)),
    }


def report_use(
    project_file: ProjectFile,
    out: Path,
    *,
    today: date,
    sessions: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Makes the report of use; returns levels, triggers, findings and the files written.

    Parameters
    ----------
    sessions
        File or folder with charging sessions to read instead of those of the config.

    Raises
    ------
    LaadplanError
        Something is wrong with the config or the data; earlier results are untouched.
    """
    chosen = project_file if sessions is None else _with_sessions(project_file, sessions)
    sources = chosen.project.sources
    if sources.sessions is None and sources.occupancy is None:
        words = "There is no use to measure: neither sessions nor occupancy is given."
        todo = "Name sessions with --sessions, or give 'sessions' or 'occupancy' under 'sources'."
        raise ConfigError(words, where=str(project_file.path), todo=todo)
    manifest = run(chosen, out, today=today, files=MONITORED, progress=progress)
    found = read_frame(Laaddruk, out / output_of(Laaddruk))
    triggers = read_frame(Triggers, out / output_of(Triggers))
    levels = {
        kind: {level: int(((found["kind"] == kind) & (found["level"] == level)).sum()) for level in LEVELS}
        for kind in ("gebied", "paal")
    }
    return _told(manifest, MONITORED) | {"levels": levels, "triggers": _rows(triggers)}


def _with_sessions(project_file: ProjectFile, path: Path) -> ProjectFile:
    """The project with other sessions; their columns and unit are read as the config says."""
    project = project_file.project
    known = project.sources.sessions
    place = str(path.resolve())
    given = (
        known.model_copy(update={"path": place, "reference_on": None})
        if known
        else SessionSource(path=place, label=GIVEN_SESSIONS)
    )
    sources = project.sources.model_copy(update={"sessions": given})
    return ProjectFile(project.model_copy(update={"sources": sources}), project_file.path)


def _made(manifest: dict[str, Any], frame: type[Table]) -> bool:
    """Whether this run made or kept the frame."""
    return any(output_of(frame) in step["outputs"] for step in manifest["steps"] if step["status"] != "earlier")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values; empty is None, for JSON knows no NaN."""
    plain = table.reset_index().astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _told(manifest: dict[str, Any], files: tuple[str, ...]) -> dict[str, Any]:
    told = {name: manifest[name] for name in ("name", "date", "executed", "findings")}
    return told | {"files": [name.replace("_", ".") for name in files]}
