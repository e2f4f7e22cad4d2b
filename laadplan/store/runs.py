"""The run folder and its manifest ``run.json``.

In: what a run did. Out: outputs moved into place and the manifest written last. Work in progress lies in ``.werk``
inside the run folder, where a run that was killed finds it again; earlier results stay as they are until all is made.
"""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from laadplan import __version__
from laadplan.errors import ConfigError
from laadplan.store.catalogue import sha256_of

WORK = ".werk"
MANIFEST = "run.json"
LOCK = "bezig.lock"
LIBRARIES = (
    "folium",
    "geopandas",
    "highspy",
    "lxml",
    "matplotlib",
    "numpy",
    "pandas",
    "pandera",
    "pillow",
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

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other runs out of the folder while the block runs.

        Raises
        ------
        ConfigError
            The folder cannot be made, or another run is at work in it.
        """
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            with FileLock(self.work / LOCK, blocking=False):
                yield
        except Timeout:
            words = "Another run is at work in this folder."
            raise ConfigError(words, where=str(self.folder), todo="Wait for it, or choose another --out.") from None
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            words = f"The run folder cannot be used ({error.strerror})."
            raise ConfigError(words, where=str(self.folder), todo="Choose another --out.") from None

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
        earlier = _read_json(self.folder / MANIFEST) or {}
        for output in sorted(_outputs(earlier) - _outputs(manifest)):
            (self.folder / output).unlink(missing_ok=True)
        write_json(self.folder / MANIFEST, manifest)
        shutil.rmtree(self.work, ignore_errors=True)


def _outputs(manifest: dict[str, Any]) -> set[str]:
    """Outputs that a manifest names, below the run folder."""
    steps = [step for step in manifest.get("steps") or [] if isinstance(step, dict)]
    named = {str(output) for step in steps for output in step.get("outputs") or {}}
    return {output for output in named if ".." not in Path(output).parts and not Path(output).is_absolute()}


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
