"""Planned dwellings, from a list or a layer of the municipality: the BAG shows only what exists.

In: a table (CSV, xlsx, JSON) with one row per plan, or per kind of dwelling and year in it, or a layer with points or
polygons (GeoPackage, shapefile, GeoJSON). Out: `PlannedHomes`, a table: a plan has a buurt, a place, both or neither,
and the place of a polygon is a point inside it.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.figures import PlannedHomes
from laadplan.contracts.frame import RD_BOUNDS_M, require_rd
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, WrongCrs
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.columns import as_text, match_columns
from laadplan.ingest.files import first_bytes
from laadplan.ingest.mapped import Mapped, known_names, read_rows
from laadplan.ingest.vector import read_layer

SPELLINGS = {
    "plan_id": ("plan_id", "planid", "plannummer", "projectnummer", "plancode", "id"),
    "name": ("plannaam", "projectnaam", "plan", "project", "naam"),
    "dwellings": ("aantal_woningen", "aantal woningen", "woningen", "aantal", "capaciteit", "aantal_won"),
    "dwelling_kind": ("woningtype", "type", "soort", "type_woning"),
    "delivery_year": ("jaar_oplevering", "opleverjaar", "oplevering", "jaar", "jaar_oplev"),
    "parking_norm": ("parkeernorm", "pp_per_woning", "norm"),
    "buurtcode": ("buurtcode", "bu_code"),
    "x_rd_m": ("x", "x_rd", "x_coord", "x-coordinaat"),
    "y_rd_m": ("y", "y_rd", "y_coord", "y-coordinaat"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("plan_id", "dwellings")

SQLITE, SHAPEFILE = b"SQLite format 3", b"\x00\x00\x27\x0a"
NOT_ASKED = "buurt ligt niet in het gebied"


def read_planned_homes(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    buurtcodes: Collection[str] | None = None,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Planned dwellings in the area as `PlannedHomes`, coordinates in RD New (m).

    A plan with a place counts by its place, one without by its buurt where `buurtcodes` are given; one without either
    is kept, and reported.

    Raises
    ------
    MissingSource
        The file, layer or sheet is not there.
    WrongCrs
        The layer or the coordinates are not in RD New; GeoJSON may be in degrees.
    BadInput
        It cannot be read, a column is missing, or a cell is no number or year.
    ContractBroken
        A plan has two rows for a kind of dwelling and a year.
    """
    quality = quality if quality is not None else Quality()
    source, shapes = _source(path, layer, columns, quality)
    frame = _frame(source, shapes)
    kept = pd.Series(True, index=frame.index)
    placed = ~shapely.is_missing(shapes)
    if area is not None:
        outside = placed & ~shapely.intersects(shapes, area)
        quality.drop(OUTSIDE, frame.index[outside])
        kept &= ~outside
    if buurtcodes is not None:
        elsewhere = ~placed & frame["buurtcode"].notna() & ~frame["buurtcode"].isin(list(buurtcodes))
        quality.drop(NOT_ASKED, frame.index[elsewhere])
        kept &= ~elsewhere
    frame = frame[kept]
    frame = PlannedHomes.checked(frame, source=source.where)
    nowhere = frame.index[frame["x_rd_m"].isna() & frame["buurtcode"].isna()]
    if len(nowhere):
        quality.find(f"{len(nowhere)} plans have neither a place nor a buurt: first {nowhere[0]}.")
    quality.facts["dwellings"] = float(frame["dwellings"].sum())
    quality.count(frame)
    return frame


def _source(
    path: Path, layer: str | None, columns: Mapping[str, str] | None, quality: Quality
) -> tuple[Mapped, np.ndarray]:
    """The rows as text, and the shape of each in RD New; None where it has none."""
    if _is_layer(path):
        features, where = read_layer(path, layer, degrees=True, quality=quality), str(path)
        require_rd(features, where)
        shapes = shapely.force_2d(features.geometry.to_numpy())
        shapes[shapely.is_empty(shapes)] = None
        table = pd.DataFrame(
            {str(name): as_text(features[name]) for name in features if name != features.geometry.name}
        )
        table = table.reset_index(drop=True)
    else:
        table, where = read_rows(path, layer, header=known_names(SPELLINGS, columns))
        quality.read = len(table)
        shapes = None
    names = match_columns(table.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=where)
    source = Mapped(table, names, where)
    return source, _checked_shapes(_points(source) if shapes is None else shapes, source)


def _points(source: Mapped) -> np.ndarray:
    """A point per row from its coordinates; None where one of them is empty."""
    x, y = source.number("x_rd_m").to_numpy(), source.number("y_rd_m").to_numpy()
    places = shapely.points(np.nan_to_num(x), np.nan_to_num(y))
    places[np.isnan(x) | np.isnan(y)] = None
    return np.asarray(places)


def _checked_shapes(shapes: np.ndarray, source: Mapped) -> np.ndarray:
    """The shapes, once they are whole and lie in RD New."""
    placed = ~shapely.is_missing(shapes)
    ids = source.text("plan_id")
    outside = placed & ~shapely.within(shapes, shapely.box(*RD_BOUNDS_M))
    if outside.any():
        words = f"{int(outside.sum())} plans lie outside the area of RD New (EPSG:28992)."
        raise WrongCrs(words, where=source.where, ids=ids[outside].dropna(), todo="Deliver the places in EPSG:28992.")
    broken = placed & ~shapely.is_valid(shapes)
    if broken.any():
        todo = "Repair them in the source, e.g. with 'Fix geometries' in QGIS."
        words = f"{int(broken.sum())} plans have a broken shape."
        raise BadInput(words, where=source.where, ids=ids[broken].dropna(), todo=todo)
    return shapes


def _is_layer(path: Path) -> bool:
    if path.is_dir():
        return False
    start = first_bytes(path, 4096)
    return start.startswith((SQLITE, SHAPEFILE)) or b'"FeatureCollection"' in start


def _frame(source: Mapped, shapes: np.ndarray) -> pd.DataFrame:
    points = shapely.point_on_surface(shapes)
    years = source.year("delivery_year")
    frame = pd.DataFrame(
        {
            "plan_id": source.text("plan_id"),
            "name": source.text("name"),
            "dwellings": source.number("dwellings"),
            "dwelling_kind": source.text("dwelling_kind"),
            "delivery_year": years,
            "parking_norm": source.number("parking_norm"),
            "buurtcode": source.buurt("buurtcode"),
            "x_rd_m": shapely.get_x(points).round(2),
            "y_rd_m": shapely.get_y(points).round(2),
        }
    )
    nameless = frame["plan_id"].isna()
    source.refuse(nameless, "plan_id", "an id")
    year_texts = years.astype("str").fillna("").str.removesuffix(".0")
    parts = frame["plan_id"] + "|" + frame["dwelling_kind"].fillna("") + "|" + year_texts
    return frame.set_index(parts.rename("part_id"))
