import subprocess
import sys

from laadplan.pipeline.warm import loops

CALL_ALL = """
from laadplan.pipeline.warm import PARTS, loops
for part in PARTS.values():
    part()
print(*(loop.py_func.__name__ for loop in loops() if loop.signatures))
"""


def test_every_loop_is_called_by_python_or_by_another_loop():
    # in a process of its own: other tests call loops too
    ran = subprocess.run([sys.executable, "-c", CALL_ALL], capture_output=True, text=True, check=True)
    called = set(ran.stdout.split())
    called |= {name for loop in loops() for name in loop.py_func.__code__.co_names}

    assert {loop.py_func.__name__ for loop in loops()} - called == set()
