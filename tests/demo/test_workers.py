"""A stop by the user while the processes start."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STARTS = """
import time
from laadplan.demo.workers import stopped_once, working

if __name__ == "__main__":
    with stopped_once(), working(4) as executor:
        waiting = [executor.submit(time.sleep, 60) for _ in range(4)]
        [each.result() for each in waiting]
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a system that lists the children of a process")
@pytest.mark.parametrize("children", [2, 3, 4, 5])  # one of them keeps count of what the processes share
@pytest.mark.parametrize("later_s", [0.0, 0.02, 0.1])
def test_a_stop_while_processes_start_is_theirs_to_ignore(tmp_path: Path, children: int, later_s: float) -> None:
    script = tmp_path / "starts.py"
    script.write_text(STARTS)
    process = subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, start_new_session=True, text=True)
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + 30
    while time.monotonic() < until and len(listed.read_text().split()) < children:
        time.sleep(0.001)
    time.sleep(later_s)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert stderr.count("Traceback") == 1, stderr  # of the first process, which does not catch it here
    assert stderr.rstrip().endswith("KeyboardInterrupt")
