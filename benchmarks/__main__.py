"""The command line of the benchmarks: ``python -m benchmarks demo|bgt|nearest [--size ...]`` and ``... table``."""

import argparse
from pathlib import Path

from benchmarks import bgt, demo, nearest, table
from benchmarks.rows import RESULTS, add_rows


def main() -> None:
    """Runs one benchmark, or renders the page with all results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=("demo", "bgt", "nearest", "table"))
    parser.add_argument(
        "--size", type=int, nargs="+", help="Inhabitants of the towns (demo), MB of GML (bgt), points (nearest)."
    )
    parser.add_argument("--processes", type=int, default=2, help="Processes that make a town.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="Folder with results.")
    asked = parser.parse_args()
    if asked.name == "table":
        table.write(asked.results)
    elif asked.name == "bgt":
        add_rows(asked.results / "bgt.json", bgt.measure(asked.size or bgt.SIZES))
    elif asked.name == "nearest":
        add_rows(asked.results / "nearest.json", nearest.measure(asked.size or nearest.SIZES))
    else:
        add_rows(asked.results / "demo.json", demo.measure(asked.size or demo.SIZES, asked.processes))


if __name__ == "__main__":
    main()
