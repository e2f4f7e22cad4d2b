"""The run folder and its manifest ``run.json``.

In: what a run did. Out: outputs moved into place and the manifest written last. Work in progress lies in ``.werk``
inside the run folder, where a run that was killed finds it again; earlier results stay as they are until all is made.
"""

import hashlib
import json
import os
import platform
import shutil
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from laadplan import __version__
from laadplan.store.catalogue import sha256_of

WORK = ".werk"
MANIFEST = "run.json"
LIBRARIES = (
    "folium",
    "geopandas",
    "highspy",
    "lxml",
    "matplotlib",
    "numpy",
    "pandas",
    "pandera",
    "pulp",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "shapely",
    "xlsxwriter",
)
"""Libraries whose versions are written down and decide whether a step runs again."""


@dataclass
class StepRecord:
    """What one step did: outputs with their sha256, rows, seconds, and what it saw of the quality of the data."""

    name: str
    fingerprint: str
    outputs: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    status: str = "executed"
    quality: dict[str, Any] = field(default_factory=dict)


class RunFolder:
    """A run folder: outputs in place, work in progress, and the records of steps done before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / WORK

    def earlier(self) -> dict[str, list[StepRecord]]:
        """Records of steps done before, by name: from the last whole run and from one that was killed."""
        records: dict[str, list[StepRecord]] = {}
        manifest = _read_json(self.folder / MANIFEST) or {}
        killed = [_read_json(path) for path in sorted(self.work.glob("*.json"))]
        for item in [*(manifest.get("steps") or []), *killed]:
            try:
                record = StepRecord(**(item or {}))
            except TypeError:
                continue
            records.setdefault(record.name, []).append(record)
        return records

    def locate(self, output: str, digest: str) -> Path | None:
        """Where an output with this sha256 lies, in place or in progress; None when it is not there unchanged."""
        for path in (self.work / output, self.folder / output):
            if path.is_file() and sha256_of(path) == digest:
                return path
        return None

    def in_place(self, record: StepRecord) -> bool:
        """Whether every output of the record lies in the run folder itself, unchanged."""
        return all(
            (self.folder / output).is_file() and sha256_of(self.folder / output) == digest
            for output, digest in record.outputs.items()
        )

    def aside(self, output: str) -> Path:
        """Where an output is written before it is moved into place."""
        path = self.work / output
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def done(self, record: StepRecord) -> None:
        """Notes a finished step, so that a run that is killed hereafter resumes behind it."""
        write_json(self.work / f"{record.name}.json", asdict(record))

    def publish(self, records: list[StepRecord], manifest: dict[str, Any]) -> None:
        """Moves all outputs into place, then writes the manifest and removes the work in progress."""
        for record in records:
            for output in record.outputs:
                made = self.work / output
                if made.is_file() and sha256_of(made) == record.outputs[output]:
                    target = self.folder / output
                    target.parent.mkdir(parents=True, exist_ok=True)
                    made.replace(target)
        told = {output for step in manifest.get("steps", []) for output in step["outputs"]}
        for path in (self.folder / "frames").rglob("*.parquet"):
            if path.relative_to(self.folder).as_posix() not in told:
                path.unlink()
        write_json(self.folder / MANIFEST, manifest)
        shutil.rmtree(self.work, ignore_errors=True)


def versions() -> dict[str, str]:
    """Versions of laadplan, Python and the main libraries."""
    found = {"laadplan": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def digest_of(content: object) -> str:
    """The sha256 of plain values, as hex; equal values give equal hashes whatever the order of their keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def write_json(path: Path, content: object) -> None:
    """Writes JSON aside and moves it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    aside.replace(path)


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
