"""Parking bays as others drew them: municipal registers, OpenStreetMap, and the parkeervlakken of the BGT.

In: a layer in any format that `features` reads, a dump of Amsterdam's parking data, or JSON of Overpass; or road parts.
Out: `ParkingBays`. What is not said stays unknown: a bay of OSM without access is not taken for public, a parkeervlak
has no capacity. Licence plates in a register (bays for one car) are not taken over. A bay with a broken shape is
dropped and told, for nothing can be planned there, unless a repair leaves its area as it is; a line has no bay in it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.street import REGIMES, ParkingBays
from laadplan.errors import BadInput, ConfigError, some_of
from laadplan.ingest import osm_bays
from laadplan.ingest.area import touching
from laadplan.ingest.bay_words import DIALECTS, SPELLINGS, orientation_of, regime_of
from laadplan.ingest.columns import numbers
from laadplan.ingest.features import Names, mended, only_file, read_features
from laadplan.ingest.overpass import is_overpass
from laadplan.ingest.plates import without_plates

REQUIRED = ("bay_id",)
TELLING = ("orientation", "capacity", "regime", "sign", "regimes", "road_function")
"""Columns of which a layer of bays has at least one."""

NOWHERE = "zonder vlak of punt"
BROKEN = "kapotte geometrie"
NO_BAY = "geen parkeervlak (functie van het wegdeel)"
ELEVATED = "niet op maaiveld (niveau)"
PARKING = "parkeervlak"
SURFACES = ("Polygon", "MultiPolygon", "Point")


def read_parking_bays(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    dialect: str | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The bays that touch the area as `ParkingBays` in RD New (EPSG:28992).

    Parameters
    ----------
    path, layer
        The file, or the folder that holds just it; the layer or sheet in it (None: its only one).
    area
        Shape in RD New (m); None: all bays.
    columns, dialect
        Our column name to the source's, and a ready mapping (`DIALECTS`) that comes after it; None: recognised.
    values
        For ``orientation`` and ``regime``: the source's word to ours, before the words that are known.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    ConfigError
        ``columns``, ``dialect`` or ``values`` names what does not exist.
    BadInput
        It is not a readable layer, a column is missing, a capacity is no number, or an id occurs twice.
    WrongCrs
        It is in another CRS than RD New or degrees.
    """
    quality = quality if quality is not None else Quality()
    words = _checked_words(values or {}, str(path))
    file = only_file(path)
    if is_overpass(file):
        found = osm_bays.from_elements(file, quality)
    else:
        names = Names(SPELLINGS | osm_bays.SPELLINGS, REQUIRED, columns or {}, DIALECTS, dialect)
        features = read_features(file, area, names, layer=layer, quality=quality)
        is_osm = osm_bays.is_osm(features)
        found = osm_bays.from_features(features, quality) if is_osm else _from_register(features, words, file, quality)
    return _kept(found, area, str(path), quality)


def bays_from_road_parts(road_parts: gpd.GeoDataFrame, *, quality: Quality | None = None) -> gpd.GeoDataFrame:
    """The parkeervlakken among `RoadParts` as `ParkingBays`: strips, of which neither number nor regime is known."""
    quality = quality if quality is not None else Quality()
    quality.read = len(road_parts)
    parking = road_parts[road_parts["function"] == PARKING]
    quality.skip(NO_BAY, len(road_parts) - len(parking))
    quality.drop(ELEVATED, parking.index[parking["level"] != 0])
    parking = parking[parking["level"] == 0]
    frame = _frame(
        {
            "bay_id": parking.index.to_series(),
            "kind": "strook",
            "orientation": "onbekend",
            "regime": "onbekend",
            "road_part_id": parking.index.to_series(),
            "origin": "BGT",
        },
        parking.geometry,
    )
    return _kept(frame, None, "RoadParts", quality)


def _from_register(
    features: gpd.GeoDataFrame, words: Mapping[str, Mapping[str, str]], file: Path, quality: Quality
) -> gpd.GeoDataFrame:
    if not len(features):
        return ParkingBays.empty()
    if features[list(TELLING)].isna().all(axis=None):
        todo = "Name capacity, orientation or regime under 'columns' of this source, or name another layer."
        raise BadInput("Nothing in it says that these are parking bays.", where=str(file), todo=todo)
    is_road = features["road_function"].notna().any()
    if is_road:
        other = features["road_function"] != PARKING
        quality.drop(NO_BAY, features.loc[other, "bay_id"])
        features = features[~other]
    capacity = numbers(features["capacity"], where=str(file))
    told = _told(features)
    columns = {
        "bay_id": features["bay_id"],
        "kind": (capacity == 1).map({True: "vak", False: "strook"}),
        "orientation": _by_words(features["orientation"], words.get("orientation", {}), "orientation", quality),
        "capacity": capacity,
        "regime": _by_words(told, words.get("regime", {}), "regime", quality),
        "regime_text": told,
        "street": features["street"],
        "road_part_id": features["road_part_id"],
        "origin": "BGT" if is_road else "gemeente",
    }
    return _frame(columns, features.geometry)


def _told(features: gpd.GeoDataFrame) -> pd.Series:
    """What the source says of the regime: words, signs, and both from Amsterdam's list of regimes."""
    parts = [features["regime"], features["sign"], features["regimes"].map(_listed, na_action="ignore")]
    first, second, third = (part.astype("str").fillna("") for part in parts)
    joined = (first + " " + second + " " + third).str.split().str.join(" ")
    joined = joined.map({text: without_plates(text) for text in joined.unique()}).astype("str")
    return joined.mask(joined == "").astype("str")


def _listed(text: str) -> str:
    """Kind and sign of each regime in a list; the rest, licence plates among it, is left behind."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    items = [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    names = ("soort", "eType", "e_type", "bord", "eTypeDescription")
    return " ".join(dict.fromkeys(str(item[name]) for item in items for name in names if item.get(name)))


def _by_words(text: pd.Series, given: Mapping[str, str], column: str, quality: Quality) -> pd.Series:
    """Our word per row: the config's, else a known one, else onbekend; words that nobody knows are told."""
    known = regime_of if column == "regime" else orientation_of
    lower = {word.lower(): ours for word, ours in given.items()}
    ours = {word: lower.get(word.lower()) or known(word) for word in text.dropna().unique()}
    strange = sorted(word for word, found in ours.items() if not found)
    if strange:
        number = int(text.isin(strange).sum())
        quality.find(f"The {column} of {number} bays is in words that are not known: {some_of(strange)}.")
    return text.map({word: found or "onbekend" for word, found in ours.items()}).astype("str").fillna("onbekend")


def _checked_words(values: Mapping[str, Mapping[str, str]], where: str) -> Mapping[str, Mapping[str, str]]:
    allowed = {"orientation": ("langs", "haaks", "schuin", "onbekend"), "regime": REGIMES}
    for name, words in values.items():
        wrong = sorted({ours for ours in words.values() if ours not in allowed.get(name, ())})
        if name not in allowed or wrong:
            words_of = "; ".join(f"{each}: {', '.join(ours)}" for each, ours in allowed.items())
            what = f"values: {name} cannot be {', '.join(wrong)}." if name in allowed else f"values: no '{name}' here."
            raise ConfigError(what, where=where, todo=f"It may give {words_of}.")
    return values


def _frame(columns: Mapping[str, object], geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """The columns as the contract has them; those left out are empty."""
    unknown: dict[str, object] = dict.fromkeys(name for name in ParkingBays.columns() if name != "geometry")
    table = pd.DataFrame({**unknown, **columns}, index=geometry.index)
    table["bay_id"] = table["bay_id"].fillna("")
    frame = table.set_index("bay_id").astype(ParkingBays.kinds())
    return gpd.GeoDataFrame(frame, geometry=geometry.set_axis(frame.index), crs=geometry.crs)


def _kept(frame: gpd.GeoDataFrame, area: shapely.Geometry | None, where: str, quality: Quality) -> gpd.GeoDataFrame:
    """The bays that have a shape and touch the area, checked; the rest dropped and counted."""
    shapeless = frame.geometry.is_empty | ~frame.geom_type.isin(SURFACES)
    quality.drop(NOWHERE, frame.index[shapeless])
    frame = frame[~shapeless]
    frame = frame.set_geometry(gpd.GeoSeries(mended(frame.geometry.to_numpy()), index=frame.index, crs=frame.crs))
    broken = ~frame.geometry.is_valid
    quality.drop(BROKEN, frame.index[broken])
    frame = ParkingBays.checked(frame[~broken], source=where)
    frame = touching(frame, area, quality)
    quality.count(frame)
    return frame
