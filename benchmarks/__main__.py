"""The command line of the benchmarks: ``python -m benchmarks NAME [--size ...]`` and ``... table``."""

import argparse
import sys
from pathlib import Path

from benchmarks import assess, bgt, demo, nearest, reach, sessions, siting_cases, table, width
from benchmarks.rows import RESULTS, add_rows

SIZED = {"assess": assess, "bgt": bgt, "nearest": nearest, "reach": reach, "sessions": sessions, "width": width}
"""Benchmarks that are measured by size alone."""


def main() -> None:
    """Runs one benchmark, or renders the page with all results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=("demo", *SIZED, "siting", "table"), help="'siting --help' tells of its own.")
    sizes = (
        "Inhabitants of the towns (demo), MB of GML (bgt), points (nearest), spots (width), bays (assess), "
        "sources (reach), sessions."
    )
    parser.add_argument("--size", type=int, nargs="+", help=sizes)
    parser.add_argument("--processes", type=int, default=2, help="Processes that make a town.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="Folder with results.")
    if sys.argv[1:2] == ["siting"]:
        siting_cases.main(sys.argv[2:])
        return
    asked = parser.parse_args()
    if asked.name == "table":
        table.write(asked.results)
    elif asked.name == "demo":
        add_rows(asked.results / "demo.json", demo.measure(asked.size or demo.SIZES, asked.processes))
    else:
        benchmark = SIZED[asked.name]
        add_rows(asked.results / f"{asked.name}.json", benchmark.measure(asked.size or benchmark.SIZES))


if __name__ == "__main__":
    main()
