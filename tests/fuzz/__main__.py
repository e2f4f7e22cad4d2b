"""Reads spoiled deliveries: ``python -m tests.fuzz [--each 10000] [--first 0] [--format NAME ...]``.

Prints a line per format, every failure with its number, and ends with 1 when there was one.
"""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.formats import FORMATS, fuzz_named


def main() -> int:
    """Runs the formats asked for, several at a time."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--each", type=int, default=10_000, help="Inputs per format.")
    parser.add_argument("--first", type=int, default=0, help="Number of the first input.")
    parser.add_argument("--format", nargs="+", default=[], help="Names of formats, or their beginnings.")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--results", type=Path, help="File to write the endings per format to (JSON).")
    asked = parser.parse_args()
    chosen = [each.name for each in FORMATS if not asked.format or each.name.startswith(tuple(asked.format))]
    numbers = range(asked.first, asked.first + asked.each)
    failed, rows = 0, []
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        for summary in pool.map(partial(fuzz_named, numbers=numbers), chosen):
            print(summary.line(), flush=True)  # noqa: T201
            for failure in summary.failures[:10]:
                print(f"    {failure}", flush=True)  # noqa: T201
            failed += len(summary.failures)
            rows.append({"name": summary.name, **dict(sorted(summary.endings.items()))})
    if asked.results:
        asked.results.write_text(json.dumps(sorted(rows, key=lambda row: row["name"]), indent=1) + "\n")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
