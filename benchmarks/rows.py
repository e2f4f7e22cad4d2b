"""The rows of results: one per size of a benchmark, kept as JSON with a stable layout."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One measurement; `peer` says beside what in the same run, `ratio` how many times the peer's time per unit."""

    name: str
    size: int
    what: str
    peer: str
    seconds: float
    peak_mb: float
    output_mb: float
    ratio: float
    output_ratio: float
    counts: dict[str, int]
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    versions: dict[str, str] = field(default_factory=dict)


def versions(*libraries: str) -> dict[str, str]:
    """Versions of Python and some libraries, and the number of processors."""
    found = {library: version(library) for library in libraries}
    return {"python": platform.python_version(), **found, "processors": str(os.cpu_count())}


def add_rows(path: Path, rows: Sequence[Row]) -> None:
    """Replaces the rows of the sizes measured; all others stay."""
    kept = [row for row in read_rows(path) if row["size"] not in {new.size for new in rows}]
    ordered = sorted([*kept, *(asdict(row) for row in rows)], key=lambda row: (row["name"], row["size"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """All rows of a file; none where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
