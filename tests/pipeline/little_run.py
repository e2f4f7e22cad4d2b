"""Runs the little job in a process of its own: ``python -m tests.pipeline.little_run CONFIG OUT``."""

import sys
from datetime import date
from pathlib import Path

from laadplan.pipeline import job as steps_of
from laadplan.pipeline import run as runner
from laadplan.store.projects import read_project
from tests.pipeline import little_steps

if __name__ == "__main__":
    steps_of.MODULES = (little_steps,)
    runner.run(read_project(Path(sys.argv[1])), Path(sys.argv[2]), today=date.fromisoformat(sys.argv[3]))
