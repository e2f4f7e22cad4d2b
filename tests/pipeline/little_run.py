"""Runs the little job in a process of its own: ``python -m tests.pipeline.little_run CONFIG OUT``."""

import sys
from datetime import date
from pathlib import Path
from types import ModuleType

from laadplan.pipeline import run as runner
from laadplan.store.projects import read_project
from tests.pipeline import little_steps

if __name__ == "__main__":
    runner.main_steps, runner.source_steps = little_steps, ModuleType("no_steps")
    runner.run(read_project(Path(sys.argv[1])), Path(sys.argv[2]), today=date.fromisoformat(sys.argv[3]))
