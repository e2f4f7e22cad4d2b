"""Open data of the grid operators: main cables and, with some, what stands along them.

In: a GeoPackage, shapefile (also in a zip), GeoJSON or ArcGIS JSON in the layouts of Liander, Enexis and Stedin, told
apart by the names of layers or, where a format has none, by the ids of features or the name of the file. Out: rows of
`Cables` and `GridPoints`. Liander and Stedin leave house connections out; Enexis has them in layers of their own.
An owner that the file does not name is that of the layout. Rows without an id are named after their place.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG, require_rd
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.columns import match_columns
from laadplan.ingest.klic_rows import LIGHTING_V, level_of
from laadplan.ingest.vector import count_features, layers_of, read_layer


@dataclass(frozen=True)
class Layout:
    """A layer of an operator: `words` tell it by its name; `kind` is the kind of point, empty for cables."""

    words: str
    level: str
    owner: str
    kind: str = ""
    use: str = "net"


LAYOUTS = (
    Layout(r"e_lv_conn_cable", "laagspanning", "Enexis", use="aansluiting"),
    Layout(r"e_lv_.*cable", "laagspanning", "Enexis"),
    Layout(r"e_mv_.*cable", "middenspanning", "Enexis"),
    Layout(r"e_hv_.*cable", "hoogspanning", "Enexis"),
    Layout(r"e_lv_service_connection", "laagspanning", "Enexis", kind="huisaansluiting"),
    Layout(r"e_lv_street_furniture", "laagspanning", "Enexis", kind="kast"),
    Layout(r"e_mv_.*station", "middenspanning", "Enexis", kind="station"),
    Layout(r"e_hv_.*station", "hoogspanning", "Enexis", kind="onderstation"),
    Layout(r"laagspanningskabel|ls[-_ ]?kabel", "laagspanning", "Liander"),
    Layout(r"middenspanningskabel|ms[-_ ]?kabel", "middenspanning", "Liander"),
    Layout(r"hoogspanningskabel|hs[-_ ]?kabel", "hoogspanning", "Liander"),
    Layout(r"laagspanningsverdeelkast|ls[-_ ]?kast", "laagspanning", "Liander", kind="kast"),
    Layout(
        r"middenspanningsinstallatie|middenspanningsstation$|ms[-_ ]?station", "middenspanning", "Liander", "station"
    ),
    Layout(r"onderstation|hoogspanningsstation$|hs[-_ ]?station", "hoogspanning", "Liander", kind="onderstation"),
    Layout(r"midden_?laagspanningsstation", "middenspanning", "Stedin", kind="station"),
    Layout(r"laagspanningsverbinding", "laagspanning", "Stedin"),
    Layout(r"middenspanningsverbinding", "middenspanning", "Stedin"),
    Layout(r"hoogspanningsverbinding", "hoogspanning", "Stedin"),
    Layout(r"laagspanningsstations", "laagspanning", "Stedin", kind="station"),
    Layout(r"middenspanningsstations", "middenspanning", "Stedin", kind="station"),
    Layout(r"hoogspanningsstations", "hoogspanning", "Stedin", kind="onderstation"),
)
"""Layers of the operators, in the order in which they are tried; layer names of Stedin are plural."""

SPELLINGS = {
    "id": ("lokaalid", "asset_id", "globalid", "kabel_id", "id", "gid", "objectid", "fid"),
    "voltage": ("spanningsniveau", "spanningsniveaus", "voltage", "spanning", "nominale_spanning"),
    "label": ("label", "naam", "name", "stationsnaam"),
    "description": ("omschrijving", "type", "soort"),
    "status": ("status", "bedrijfsstatus"),
    "owner": ("eigenaar", "netbeheerder", "beheerder"),
}
"""Our name to the spellings seen in deliveries."""

STATUSES = {"in bedrijf": "in gebruik", "in gebruik": "in gebruik", "buiten bedrijf": "buiten gebruik"}
STATUSES |= {"buiten gebruik": "buiten gebruik", "gepland": "gepland", "in aanleg": "gepland"}
VOLTAGE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kv|v)?", re.IGNORECASE)
RANDOM_ID = re.compile(r"\.fid-")
"""Ids that a GeoServer makes up per request, for want of a key in the data."""

NO_ID = "zonder-id-"
NO_GEOMETRY = "zonder geometrie"


def read_open_cables(
    path: Path,
    area: shapely.Geometry | None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """Cables of an operator's open data that touch the area, with the columns of `Cables`, still with doubles.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    BadInput
        It cannot be read, or no layer of it holds cables.
    WrongCrs
        It is neither in RD New nor in degrees.
    """
    found = [_cables(rows, layout) for rows, layout in _layers(path, area, layer, columns or {}, quality, points=False)]
    return pd.concat(found).rename_axis("cable_id")


def read_open_points(
    path: Path,
    area: shapely.Geometry | None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """Cabinets, stations and house connections of an operator's open data, with the columns of `GridPoints`.

    Raises
    ------
    MissingSource, BadInput, WrongCrs
        As for cables.
    """
    found = [_points(rows, layout) for rows, layout in _layers(path, area, layer, columns or {}, quality, points=True)]
    return pd.concat(found).rename_axis("point_id")


def find_layout(*hints: str) -> Layout | None:
    """The layout that the first telling hint names; None where no hint tells.

    >>> find_layout("asm_e_lv_conn_cable.12").use, find_layout("kabels")
    ('aansluiting', None)
    """
    for hint in hints:
        for layout in LAYOUTS:
            if re.search(layout.words, hint.lower()):
                return layout
    return None


def _layers(
    path: Path,
    area: shapely.Geometry | None,
    layer: str | None,
    columns: Mapping[str, str],
    quality: Quality,
    *,
    points: bool,
) -> list[tuple[gpd.GeoDataFrame, Layout]]:
    """The rows of every layer of the kind asked for, with its layout."""
    names = [layer] if layer else layers_of(path)
    by_name = {name: find_layout(name, path.stem) for name in names}
    found, known = [], any(by_name.values())
    for name in _worth_reading(path, by_name, points=points):
        features = read_layer(path, name, area=area, degrees=True, quality=quality)
        layout = find_layout(*_feature_ids(features)) or by_name[name] or _by_shape(features, columns, quality)
        known = known or layout is not None
        if layout and bool(layout.kind) == points:
            found.append((_rows(features, columns, area, f"{path} (layer {name})", quality), layout))
    if not known:
        todo = f"Name the layer in the config. The file holds: {', '.join(names)}."
        raise BadInput("No layer of an electricity grid was recognised.", where=str(path), todo=todo)
    return found or [(_nothing(), LAYOUTS[0])]


def _worth_reading(path: Path, by_name: Mapping[str, Layout | None], *, points: bool) -> list[str]:
    """Layers of the kind asked for that are not empty; an only layer without a telling name may be of that kind."""
    if len(by_name) == 1 and None in by_name.values():
        return list(by_name)
    kind = [name for name, layout in by_name.items() if layout and bool(layout.kind) == points]
    return [name for name in kind if count_features(path, name)]


def _feature_ids(features: gpd.GeoDataFrame) -> list[str]:
    """An id that a server gave to a feature and that tells its layer, as the format itself has no name for it."""
    columns = [features[name] for name in features.columns if str(name).lower() in ("id", "gml_id")]
    return [str(column.iloc[0]) for column in columns if len(column)]


def _by_shape(features: gpd.GeoDataFrame, columns: Mapping[str, str], quality: Quality) -> Layout | None:
    """Lines whose columns the config names are cables of an unknown net; without, they could be roads."""
    if not columns or features.empty or not features.geom_type.isin(["LineString", "MultiLineString"]).all():
        return None
    quality.find("The file does not tell which net its cables belong to, nor whose they are.")
    return Layout("", "onbekend", "", use="onbekend")


def _nothing() -> gpd.GeoDataFrame:
    columns = {name: pd.Series([], dtype="str") for name in SPELLINGS}
    return gpd.GeoDataFrame(columns, geometry=[], crs=RD_EPSG).set_index("id")


def _rows(
    features: gpd.GeoDataFrame,
    columns: Mapping[str, str],
    area: shapely.Geometry | None,
    where: str,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """The features in the area with the columns of `SPELLINGS` as text, by id."""
    require_rd(features, where)
    names = match_columns(features.columns, SPELLINGS, config=columns, required=(), where=where)
    geometry = shapely.force_2d(features.geometry.to_numpy())
    bare = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    quality.skip(NO_GEOMETRY, int(bare.sum()))
    inside = ~bare if area is None else ~bare & shapely.intersects(geometry, area)
    quality.skip(OUTSIDE, int((~bare & ~inside).sum()))
    empty = pd.Series(None, index=features.index, dtype="str")
    texts = {name: features[names[name]].astype("str").str.strip() if name in names else empty for name in SPELLINGS}
    rows = gpd.GeoDataFrame(texts, geometry=geometry, crs=features.crs)[inside]
    nameless = rows["id"].isna() | rows["id"].isin(["", "None"]) | rows["id"].str.contains(RANDOM_ID, na=False)
    if nameless.any():
        quality.find(f"{int(nameless.sum())} rows have no id of their own: they are named after their place.")
    return rows.assign(id=_named(rows, nameless)).set_index("id")


def _named(rows: gpd.GeoDataFrame, nameless: pd.Series) -> pd.Series:
    """The ids; a row without one has that of a row in the same place, or else one of its place."""
    places = pd.Series(rows.geometry.normalize().to_wkb(), index=rows.index, dtype=object)
    there = rows["id"][~nameless].groupby(places[~nameless]).min().to_dict()
    names = [there.get(place) or NO_ID + hashlib.sha256(place).hexdigest()[:16] for place in places]
    return rows["id"].where(~nameless, pd.Series(names, index=rows.index, dtype="str"))


def _cables(rows: gpd.GeoDataFrame, layout: Layout) -> gpd.GeoDataFrame:
    voltage = rows["voltage"].map(voltage_of).astype(float)
    level = voltage.map(level_of) if layout.level == "onbekend" else layout.level
    use = pd.Series(layout.use, index=rows.index, dtype="str").where(voltage != LIGHTING_V, "openbare verlichting")
    return _finished(rows, layout).assign(
        voltage_v=voltage, nominal_voltage_v=float("nan"), voltage_level=level, use=use
    )


def _points(rows: gpd.GeoDataFrame, layout: Layout) -> gpd.GeoDataFrame:
    rows = rows.set_geometry(rows.geometry.representative_point())
    return _finished(rows, layout).assign(kind=layout.kind, theme=layout.level)


def _finished(rows: gpd.GeoDataFrame, layout: Layout) -> gpd.GeoDataFrame:
    status = rows["status"].str.lower().map(STATUSES).fillna("onbekend").astype("str")
    nothing = pd.Series(None, index=rows.index, dtype="str")
    return rows.assign(
        status=status,
        owner=rows["owner"].fillna(layout.owner or None).astype("str"),
        operator_kind="netbeheerder" if layout.owner else "onbekend",
        registered_on=nothing,
        delivery=nothing,
        request_kind="open data",
        delivered_on=nothing,
        valid_until=nothing,
        confidential=False,
    )


def voltage_of(text: object) -> float:
    """Voltage in V from a text such as ``400v``, ``0,4 kV`` or ``10000``; not a number where it says none.

    >>> voltage_of("400v"), voltage_of("0,4 kV"), voltage_of("10 kV;0,4 kV")
    (400.0, 400.0, 10000.0)
    """
    match = VOLTAGE.search(text) if isinstance(text, str) else None
    if match is None:
        return float("nan")
    value = float(match[1].replace(",", ".")) * (1000 if (match[2] or "").lower() == "kv" else 1)
    return value if 0 < value < float("inf") else float("nan")
