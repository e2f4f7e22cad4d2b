"""Where each object type of the BGT lies in a delivery, told by what the files hold.

In: a folder, a zip, or one file: GML-light, a GeoPackage or SQLite conversion, shapefiles, or JSON of the OGC API.
Out: the parts that hold an object type. A file that is named as PDOK names it goes before others; one that holds the
type by its first object, its layers or its links comes next; forms are not mixed for one type.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from laadplan.errors import BadInput, LaadplanError, MissingSource
from laadplan.ingest import bgt_json
from laadplan.ingest.bgt_gml import kind_of
from laadplan.ingest.bgt_types import type_of_layer
from laadplan.ingest.files import ZIP, first_bytes, opened, opened_zip
from laadplan.ingest.vector import layers_of

SQLITE = b"SQLite format 3\x00"
FIRST_BYTES = 1 << 15
"""Bytes of a file that tell what it is and whose."""

SHAPEFILE = ".shp"


@dataclass(frozen=True)
class Part:
    """A file, a layer of a file, or a file in a zip that holds objects of one type."""

    form: str
    """``gml``, ``layer`` or ``json``."""
    path: Path
    layer: str | None = None
    """Layer of a file, or file in a zip."""

    @property
    def where(self) -> str:
        """File and what is in it, for messages."""
        return f"{self.path}/{self.layer}" if self.layer else str(self.path)

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """The bytes as a stream, unpacked on the way."""
        return opened(self.path) if self.layer is None else _Inside(self.path, self.layer)


class _Inside(AbstractContextManager[IO[bytes]]):
    """A file in a zip, as a stream."""

    def __init__(self, path: Path, name: str) -> None:
        self._zip = opened_zip(path)
        self._name = name

    def __enter__(self) -> IO[bytes]:
        self._stream = self._zip.__enter__().opened(self._name)
        return self._stream.__enter__()

    def __exit__(self, *error: object) -> None:
        self._stream.__exit__(*error)  # type: ignore[arg-type]
        self._zip.__exit__(*error)  # type: ignore[arg-type]


def find_parts(delivery: Path, name: str) -> list[Part]:
    """The parts of a delivery that hold an object type, in order of their names.

    Raises
    ------
    MissingSource
        The delivery is not there, or holds nothing of the type.
    """
    if not delivery.exists():
        raise MissingSource("The folder does not exist.", where=str(delivery), todo="Correct sources.bgt.path.")
    own = delivery / f"bgt_{name}.gml" if delivery.is_dir() else delivery
    if delivery.is_dir() and own.is_file():
        return [Part("gml", own)]
    found, unread = _of_folder(delivery) if delivery.is_dir() else (types_in(delivery), [])
    parts = _of_one_form([each for each in found if each[0] == name])
    if not parts and unread:
        raise unread[0]
    if not parts:
        raise MissingSource(
            "The file is not in the BGT folder." if delivery.is_dir() else f"The file holds no '{name}'.",
            where=str(own),
            todo=f"Download the object type '{name}' as GML-light and put it there.",
        )
    return parts


def is_delivered(delivery: Path, names: Iterable[str]) -> bool:
    """Whether the delivery, which is there, holds one of the object types.

    Raises
    ------
    MissingSource
        The delivery is not there.
    """
    for name in names:
        try:
            return bool(find_parts(delivery, name))
        except MissingSource:
            if not delivery.exists():
                raise
    return False


def _of_folder(folder: Path) -> tuple[list[tuple[str, Part]], list[LaadplanError]]:
    """What the files of a folder hold, and why some could not be read: one of them may be what is looked for."""
    found, unread = [], []
    for path in sorted(folder.iterdir()):
        try:
            found += types_in(path) if path.is_file() else []
        except LaadplanError as error:
            unread.append(error)
    return found, unread


def _of_one_form(found: list[tuple[str, Part]]) -> list[Part]:
    forms = [form for form in ("gml", "layer", "json") if any(part.form == form for _, part in found)]
    return [part for _, part in found if part.form == forms[0]] if forms else []


def types_in(path: Path) -> list[tuple[str, Part]]:
    """Object types that a file holds, each with where it lies; none for a file that is something else.

    Raises
    ------
    LaadplanError
        It is damaged as far as it was looked at.
    """
    start = first_bytes(path, FIRST_BYTES)
    if start.startswith(ZIP):
        return _in_zip(path)
    if start.startswith(SQLITE) or path.suffix.lower() == SHAPEFILE:
        return _in_layers(path)
    kind = _kind(start, path.name)
    return [(kind[0], Part(kind[1], path))] if kind else []


def _in_zip(path: Path) -> list[tuple[str, Part]]:
    found = []
    with opened_zip(path) as archive:
        for name in archive.names:
            with archive.opened(name) as stream:
                kind = _kind(stream.read(FIRST_BYTES), PurePosixPath(name).name)
            if kind:
                found.append((kind[0], Part(kind[1], path, name)))
    return found


def _in_layers(path: Path) -> list[tuple[str, Part]]:
    """Layers by their names; a file with one layer may be named itself."""
    layers = layers_of(path)
    named = [(type_of_layer(layer), layer) for layer in layers]
    if len(layers) == 1 and named[0][0] is None:
        named = [(type_of_layer(path.stem), layers[0])]
    return [(kind, Part("layer", path, layer)) for kind, layer in named if kind]


def _kind(start: bytes, name: str) -> tuple[str, str] | None:
    """Object type and form of a file by its first bytes, and by its name where those do not tell."""
    by_name = type_of_layer(name.partition(".")[0])
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        by_object = kind_of(start)
        kind = by_object or by_name
        return (kind, "gml") if by_object is not None and kind else None
    if text.startswith((b"{", b"[")):
        kind = bgt_json.kind_of(text.decode("utf-8", "replace"), name)
        return (kind, "json") if kind else None
    return None


def refuse_twice(parts: list[Part], name: str) -> None:
    """Refuses two GML files of one type: which of them holds is not for a program to guess.

    Raises
    ------
    BadInput
        There are several.
    """
    if len(parts) > 1 and parts[0].form == "gml":
        words = f"{len(parts)} files hold '{name}': {', '.join(part.where for part in parts[:2])}."
        raise BadInput(words, where=str(parts[0].path.parent), todo="Leave one delivery in the folder.")
