"""Parts of quarters joined to files.

In: what each quarter adds to each file, in the order of the cells. Out: text files that grow with every part, and
GeoPackages written at the end from tables that were kept on disk as Arrow streams. No quarter is held in memory.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import geopandas as gpd
import pyarrow as pa
import pyogrio

from laadplan.contracts.frame import RD_EPSG
from laadplan.demo.figures import Figures
from laadplan.demo.forms import LayerFile, TextFile
from laadplan.demo.model import Quarter, Town

FIXED_DATE = "2025-01-01T00:00:00.000Z"
"""Date in all GeoPackages: equal towns give equal bytes."""

_GEOMETRY = "geometry"
_SECTION = ".deel"
_STREAM = ".arrow"


@dataclass(frozen=True)
class Part:
    """What one quarter adds: bytes per section of a text file, an Arrow stream per layer of a GeoPackage."""

    figures: Figures
    texts: Mapping[str, tuple[bytes, ...]]
    tables: Mapping[tuple[str, str], bytes]


@dataclass(frozen=True)
class LayerJob:
    """A GeoPackage to write: its layers in order, each with its geometry type and an Arrow stream on disk."""

    path: Path
    layers: tuple[tuple[str, str, Path], ...]


def part_of(town: Town, quarter: Quarter, figures: Figures, files: Sequence[TextFile | LayerFile]) -> Part:
    """The part of one quarter in all files."""
    texts = {
        file.path: tuple(text.encode() for text in file.parts(town, quarter))
        for file in files
        if isinstance(file, TextFile)
    }
    tables = {
        (file.path, layer): _stream(rows)
        for file in files
        if isinstance(file, LayerFile)
        for layer, rows in file.part(town, quarter).items()
    }
    return Part(figures, texts, tables)


def _stream(rows: gpd.GeoDataFrame) -> bytes:
    """A table as an Arrow stream."""
    table = _arrow(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _arrow(rows: gpd.GeoDataFrame) -> pa.Table:
    """Rows as an Arrow table, geometry as WKB."""
    return pa.table(rows.to_arrow(index=False, geometry_encoding="WKB"))


class Spool:
    """Files in the making in a folder; ``add`` a part per quarter, then ``finish``."""

    def __init__(self, folder: Path, town: Town, files: Sequence[TextFile | LayerFile]) -> None:
        self.folder, self.town, self.files = folder, town, files
        self._open = ExitStack()
        self._texts: dict[str, list[_Text]] = {}
        self._tables: dict[tuple[str, str], _Table] = {}

    def __enter__(self) -> Self:
        """Opens all text files and writes their heads."""
        for file in self.files:
            path = self.folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(file, TextFile):
                self._texts[file.path] = [
                    _Text(self._open.enter_context(_section_path(path, place).open("wb")))
                    for place in range(len(file.sections))
                ]
                self._texts[file.path][0].stream.write(file.head(self.town).encode())
                for section, text in zip(file.sections, self._texts[file.path], strict=True):
                    text.stream.write(section.before(self.town).encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes what is open."""
        self._open.close()

    def add(self, part: Part) -> None:
        """Adds the part of the next quarter."""
        for file in self.files:
            if isinstance(file, TextFile):
                added = zip(file.sections, self._texts[file.path], part.texts[file.path], strict=True)
                for section, text, content in added:
                    text.add(content, section.between.encode())
        for (path, layer), content in part.tables.items():
            self._add_rows(path, layer, pa.ipc.open_stream(content).read_all())

    def _add_rows(self, path: str, layer: str, rows: pa.Table) -> None:
        """Adds rows to a layer; the first ones begin its stream."""
        if (path, layer) not in self._tables:
            stream = (self.folder / path).with_suffix(f".{layer}{_STREAM}")
            self._tables[path, layer] = _Table(stream, self._open)
        self._tables[path, layer].add(rows)

    def finish(self, figures: Sequence[Figures]) -> list[LayerJob]:
        """Completes the text files; gives the GeoPackages that are still to be written."""
        for file in self.files:
            if isinstance(file, TextFile):
                self._finish_text(file, figures)
            else:
                for layer, rows in file.whole(self.town, figures).items():
                    self._add_rows(file.path, layer, _arrow(rows))
        self._open.close()
        return [
            LayerJob(
                self.folder / file.path,
                tuple((layer, kind, self._tables[file.path, layer].path) for layer, kind in file.layers.items()),
            )
            for file in self.files
            if isinstance(file, LayerFile)
        ]

    def _finish_text(self, file: TextFile, figures: Sequence[Figures]) -> None:
        """Puts the sections of a text file behind each other."""
        texts = self._texts[file.path]
        first = texts[0]
        for place, (section, text) in enumerate(zip(file.sections, texts, strict=True)):
            if place:
                text.stream.close()
                path = _section_path(self.folder / file.path, place)
                with path.open("rb") as stream:
                    shutil.copyfileobj(stream, first.stream)
                path.unlink()
            first.stream.write(section.after(self.town).encode())
        first.stream.write(file.tail(self.town, figures).encode())


def _section_path(path: Path, place: int) -> Path:
    """Where a section grows: the first in the file itself."""
    return path.with_suffix(f"{path.suffix}.{place}{_SECTION}") if place else path


@dataclass
class _Text:
    """A section that grows."""

    stream: BinaryIO
    is_empty: bool = True

    def add(self, content: bytes, between: bytes) -> None:
        """Adds what a quarter has to add, if anything."""
        if content:
            self.stream.write(content if self.is_empty else between + content)
            self.is_empty = False


class _Table:
    """A table that grows on disk; all its parts have the columns of the first."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path, self._stack = path, stack
        self._schema: pa.Schema | None = None
        self._writer: pa.RecordBatchStreamWriter | None = None

    def add(self, table: pa.Table) -> None:
        """Adds the rows of a quarter."""
        if self._writer is None:
            stream = self._stack.enter_context(pa.OSFile(str(self.path), "wb"))
            self._schema = table.schema
            self._writer = self._stack.enter_context(pa.ipc.new_stream(stream, table.schema))
        self._writer.write_table(table.cast(self._schema))


def write_layers(job: LayerJob) -> None:
    """Writes a GeoPackage from the Arrow streams of its layers, which are gone afterwards."""
    with fixed_date():
        for layer, kind, stream in job.layers:
            with pa.memory_map(str(stream)) as source:
                pyogrio.write_arrow(
                    pa.ipc.open_stream(source),
                    job.path,
                    layer=layer,
                    driver="GPKG",
                    geometry_name=_GEOMETRY,
                    geometry_type=kind,
                    crs=f"EPSG:{RD_EPSG}",
                    dataset_options={"VERSION": "1.2"},
                )
            stream.unlink()


@contextmanager
def fixed_date() -> Iterator[None]:
    """GDAL writes `FIXED_DATE` for the current date within this context."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
