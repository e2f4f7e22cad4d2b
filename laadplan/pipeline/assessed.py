"""Candidates and their assessments without a plan: what `laadplan assess` makes and tells.

In: a project and a run folder. Out: the files of the assessed candidates in that folder, and counts.
"""

from datetime import date
from pathlib import Path
from typing import Any

from laadplan.contracts.planning import Assessments, Candidates
from laadplan.pipeline.run import ASSESSED, Progress, output_of, run
from laadplan.policy.outcome import tally
from laadplan.store.frames import read_frame
from laadplan.store.projects import ProjectFile


def assess(project_file: ProjectFile, out: Path, *, today: date, progress: Progress | None = None) -> dict[str, Any]:
    """Runs what assessing needs and returns the counts with the findings and the files that were written.

    Raises
    ------
    LaadplanError
        Something is wrong with the config or the data; earlier results are untouched.
    """
    manifest = run(project_file, out, today=today, files=ASSESSED, progress=progress)
    assessments = read_frame(Assessments, out / output_of(Assessments))
    candidates = read_frame(Candidates, out / output_of(Candidates))
    counts = tally(assessments, candidates, project_file.project.policy.criteria)
    told = {name: manifest[name] for name in ("name", "date", "executed", "findings")}
    return told | counts | {"files": [name.replace("_", ".") for name in ASSESSED]}
