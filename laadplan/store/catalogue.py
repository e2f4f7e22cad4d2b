"""The source register of a run: which files were read, with what label, date and licence, and their sha256.

In: a project. Out: a `SourceFile` per source. The hashes decide whether a step runs again, and stand in ``run.json`` so
that a number in a decree can be traced to the file it came from.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laadplan.config.sources import Source
from laadplan.errors import MissingSource
from laadplan.store.projects import ProjectFile

CHUNK = 1 << 20


@dataclass(frozen=True)
class SourceFile:
    """A source of the run: its settings, where it lies, and the sha256 of each of its files by name."""

    name: str
    settings: Source
    path: Path
    files: dict[str, str]

    def record(self) -> dict[str, Any]:
        """The source as it stands in ``run.json``; the path as the config writes it."""
        return self.settings.model_dump(mode="json") | {
            "files": [{"name": name, "sha256": digest} for name, digest in sorted(self.files.items())]
        }


Given = SourceFile | dict[str, SourceFile] | None
"""A source as a step is given it: one file or folder, several by name, or None where the config leaves it out."""


def catalogue(project_file: ProjectFile) -> dict[str, Given]:
    """Every source of the project by name; None for one that the config leaves out.

    Raises
    ------
    MissingSource
        A file or folder that the config names is not there.
    """
    sources = project_file.project.sources
    found: dict[str, Given] = dict.fromkeys(type(sources).model_fields)
    for dotted, settings in sources.given().items():
        name, _, key = dotted.partition(".")
        file = _source_file(dotted, settings, project_file.located(settings))
        found[name] = {**(found[name] or {}), key: file} if key else file  # type: ignore[dict-item]
    return found


def source_records(found: dict[str, Given]) -> dict[str, dict[str, Any]]:
    """The record of every source that is given, by its dotted name."""
    return {file.name: file.record() for each in found.values() for file in _several(each)}


def _several(given: Given) -> list[SourceFile]:
    if given is None:
        return []
    return list(given.values()) if isinstance(given, dict) else [given]


def sha256_of(path: Path) -> str:
    """The sha256 of a file, as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    """The files of a source: all in a folder, a shapefile with its companions, or the one file."""
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.is_file())
    return sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]


def _source_file(name: str, settings: Source, path: Path) -> SourceFile:
    if not path.exists():
        raise MissingSource(
            "The source does not exist.", where=str(path), todo=f"Correct sources.{name}.path in the config."
        )
    paths = _files(path)
    return SourceFile(name, settings, path, {each.name: sha256_of(each) for each in paths})
