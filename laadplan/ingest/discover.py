"""Recognises the sources in a folder by what they hold, not by their names.

In: a folder. Out: per source of the config the file or folder that will serve, so that a config can be written for it.
Files are looked at, not read: see `sketch`. A folder of which every file is part of one delivery serves whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from laadplan.config.sources import Sources
from laadplan.errors import LaadplanError, MissingSource
from laadplan.ingest.bag import LAYERS as OBJECTS
from laadplan.ingest.known_layers import NWB
from laadplan.ingest.recognition import POLL, Hit, hits_of
from laadplan.ingest.sketch import sketch_of

Found = dict[str, tuple[Path, str | None]]

FOLDERS = (
    *("addresses", "buurten", "charge_points", "cables", "decrees", "sessions", "occupancy", "registrations"),
    *("municipal_cars", "requests", "jobs", "road_managers"),
)
"""Sources of which a folder with several files is one delivery."""

NAMED = tuple(name for name, field in Sources.model_fields.items() if field.default_factory is dict)
"""Sources that have names of the user's own."""

UNFINISHED = ("-wal", "-shm", "-journal")
"""Ends of the names of files that SQLite keeps beside a database."""


def find_sources(folder: Path) -> Found:
    """Source of the config to the path that serves and, for a GeoPackage, the layer; what is not found is left out.

    Of several that serve, the first in order of path is taken; of sources with names of the user's own all are, under a
    dotted name made from that of the file: ``cables.klic``.

    Raises
    ------
    MissingSource
        The folder is not there, or holds nothing that is recognised.
    """
    if not folder.is_dir():
        raise MissingSource("The folder does not exist.", where=str(folder), todo="Give the folder with the sources.")
    hits = {path: _hits(path) for path in _files(folder)}
    found: Found = {}
    for path, hit in ((path, hit) for path, several in hits.items() for hit in several):
        _take(found, folder, *_served(path, hit, folder, hits))
    if "bgt" in found:
        found = {name: each for name, each in found.items() if name != "walking" or not _is_nwb(each[0], hits)}
    if not found:
        raise MissingSource(
            "No file in the folder is recognised as a source.",
            where=str(folder),
            todo="Put a BGT delivery (bgt_*.gml), addresses and buurten (.gpkg), OCPI (.json), car stock (.csv) there.",
        )
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Files in order of path, without hidden ones."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in inside) and not path.name.endswith(UNFINISHED):
            yield path


def _hits(path: Path) -> list[Hit]:
    """What the file can serve; dwellings go before the berths and pitches that stand earlier in a file."""
    try:
        found = hits_of(sketch_of(path))
    except (LaadplanError, OSError, ValueError):
        return []
    return sorted(found, key=lambda hit: not (hit.layer or "").lower().startswith(OBJECTS[0]))


def _served(path: Path, hit: Hit, top: Path, hits: Mapping[Path, Sequence[Hit]]) -> tuple[str, str, Path, str | None]:
    """Source, form, path and layer: the path is the folder where all that is in it belongs together."""
    beside = {each: found for each, found in hits.items() if each.parent == path.parent}
    alike = all((hit.source, hit.form) in [(each.source, each.form) for each in found] for found in beside.values())
    alone = path.parent != top or hit.source == "cables"  # beside the config, of which its reader takes no notice
    several = len(beside) > 1 and alike and alone and hit.source in FOLDERS
    if several and hit.form == POLL and _begin_alike(list(beside)):
        return "occupancy", hit.form, path.parent, None
    if hit.whole_folder or several:
        return hit.source, hit.form, path.parent, None
    return hit.source, hit.form, path, hit.layer


def _begin_alike(paths: Sequence[Path]) -> bool:
    """Whether files with locations begin with the same one: polls do, pages of one answer do not."""
    layers = [sketch_of(path).layers[0] for path in paths[:2]]
    return len({str((each.record or {}).get("id")) for each in layers}) == 1


def _take(found: Found, top: Path, source: str, form: str, path: Path, layer: str | None) -> None:
    if source not in NAMED:
        found.setdefault(source, (path, layer))
        return
    if (path, layer) in found.values():
        return
    stem = "klic" if form == "klic" else top.resolve().name if path == top else path.name.partition(".")[0]
    name = re.sub(r"[^a-z0-9]+", "-", f"{stem}-{layer}".lower() if layer else stem.lower()).strip("-") or source
    names = [f"{source}.{name}", *(f"{source}.{name}-{number}" for number in range(2, len(found) + 3))]
    found[next(each for each in names if each not in found)] = (path, layer)


def _is_nwb(path: Path, hits: Mapping[Path, Sequence[Hit]]) -> bool:
    """Whether a walking network is one of axes of roads: that which is made from the BGT goes before."""
    return any(hit.source == "walking" and hit.form == NWB for hit in hits.get(path, ()))
