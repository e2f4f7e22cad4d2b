"""Polygons within which something holds: exclusions, owners, heritage, soil, planned works, parking pressure.

In: a polygon layer in any format that `features` reads, and the kind of its polygons. Out: `Zones`. A zone only says
where something holds, and official layers often touch or cross themselves: a broken polygon is repaired and counted.
Points and lines are dropped and counted. Pavements are read here as any polygons; they belong to the walking network.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.street import SOIL_CLASSES, ZONE_KINDS, Zones
from laadplan.errors import BadInput, ConfigError
from laadplan.ingest import places
from laadplan.ingest.area import touching
from laadplan.ingest.columns import numbers
from laadplan.ingest.dates import days
from laadplan.ingest.features import Names, read_features, surfaces_of

SPELLINGS: dict[str, tuple[str, ...]] = {
    "zone_id": (
        *("zone_id", "identificatie", "lokaalID", "Guid", "id", "CBS_Buurtcode", "buurtcode", "gemeentecode", "code"),
        *("nummer", "projectnummer", "OBJECTID", "fid", "gml_id", "gid"),
    ),
    "name": ("naam", "name", "omschrijving", "gemeentenaam", "buurtnaam", "projectnaam", "titel", "Buurt", "label"),
    "category": (
        *(
            "category",
            "bodemkwaliteitsklasse",
            "klasse",
            "status",
            "eigenaar",
            "eigendom",
            "categorie",
            "soort",
            "type",
        ),
    ),
    "parking_pressure_share": ("parking_pressure_share", "parkeerdruk", "bezettingsgraad", "bezetting"),
    "parking_pressure_percent": ("parkeerdruk_procent", "parkeerdruk_percentage", "bezetting_procent"),
    "from_on": ("from_on", "startdatum", "begindatum", "datum_start", "start", "van"),
    "until_on": ("until_on", "einddatum", "datum_eind", "eind", "tot"),
    **places.SPELLINGS,
}
"""Our name to the spellings seen in deliveries."""

PERCENT_FROM = 3.0
"""A parking pressure above this can only be in percent: three cars per bay do not fit."""

OWNERSHIP, OTHER_OWNER = "eigendom", "overig"
NO_PERSON = re.compile(
    r"\b(?:gemeente\w*|provincie\w*|rijkswaterstaat|rijk|staat der nederlanden|(?:hoogheemraad|water)schap\w*|prorail"
    r"|(?:woning)?corporatie\w*|stichting|vereniging|vve|b\.?v\.?|n\.?v\.?|particulier\w*|priv[eé]|derden|overig|onbekend"
    r"|openbaar|ja|nee)(?!\w)",
    re.IGNORECASE,
)
"""Words by which an owner is known to be no person, or not to be named."""

NOWHERE = "zonder vlak"
PARKING_PRESSURE = "parkeerdruk"


def read_zones(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    kind: str,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The polygons that touch the area as `Zones` of this kind in RD New (EPSG:28992), whole.

    Parameters
    ----------
    path, layer
        The file, or the folder that holds just it; the layer or sheet in it (None: its only one).
    area
        Shape in RD New (m); None: all zones.
    kind
        What the polygons are, one of `ZONE_KINDS`.
    columns
        Our column name to the source's.
    values
        For ``category``: the source's word to ours.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    ConfigError
        ``kind``, ``columns`` or ``values`` names what does not exist.
    BadInput
        It is not a readable layer, holds no polygons, a column is missing, or an id occurs twice.
    WrongCrs
        It is in another CRS than RD New or degrees.
    """
    quality = quality if quality is not None else Quality()
    where = str(path)
    _refuse_unknown(kind, values or {}, where)
    features = read_features(path, area, Names(SPELLINGS, ("zone_id",), columns or {}), layer=layer, quality=quality)
    frame = _zones(features, kind, (values or {}).get("category", {}), where, quality)
    shapeless = frame.geometry.is_empty
    if len(frame) and shapeless.all():
        todo = "Deliver polygons, or name another layer."
        raise BadInput("The layer holds no polygons.", where=where, todo=todo)
    quality.drop(NOWHERE, frame.index[shapeless])
    frame = Zones.checked(frame[~shapeless], source=where)
    frame = touching(frame, area, quality)
    quality.count(frame)
    _tell_silent(frame, kind, quality)
    return frame


def _tell_silent(frame: gpd.GeoDataFrame, kind: str, quality: Quality) -> None:
    """Says so when zones lack what zones of their kind are for."""
    column = {PARKING_PRESSURE: "parking_pressure_share", "bodem": "category"}.get(kind)
    if column is not None and len(frame) and frame[column].isna().all():
        quality.find(f"None of the zones has a {column}: name its column under 'columns' of this source.")


def _zones(
    features: gpd.GeoDataFrame, kind: str, words: Mapping[str, str], where: str, quality: Quality
) -> gpd.GeoDataFrame:
    columns = {
        "zone_id": features["zone_id"].fillna(""),
        "kind": pd.Series(kind, index=features.index, dtype="str"),
        "name": features["name"],
        "category": _category(features["category"], kind, words, quality),
        "parking_pressure_share": _pressure(features, kind, where, quality),
        "from_on": _days(features["from_on"], quality),
        "until_on": _days(features["until_on"], quality),
    }
    frame = gpd.GeoDataFrame(columns, geometry=_surfaces(features.geometry, quality)).set_index("zone_id")
    return frame.astype(Zones.kinds())


def _surfaces(geometry: gpd.GeoSeries, quality: Quality) -> gpd.GeoSeries:
    """The polygons of each zone, repaired where they are broken; empty where there are none."""
    shapes = surfaces_of(geometry.to_numpy())
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = surfaces_of(shapely.make_valid(shapes[broken]))
    if broken.any():
        quality.find(f"{int(broken.sum())} broken polygons were repaired.")
    return gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs)


def _category(text: pd.Series, kind: str, words: Mapping[str, str], quality: Quality) -> pd.Series:
    """Our word, else the source's own; of owners only those that are sure to be no person."""
    given = {theirs.lower(): ours for theirs, ours in words.items()}
    known = {word: word for word in SOIL_CLASSES} if kind == "bodem" else {}
    ours = text.str.lower().map(known | given).astype("str")
    if kind != OWNERSHIP:
        return ours.fillna(text)
    person = text.notna() & ours.isna() & ~text.str.contains(NO_PERSON, na=False)
    if person.any():
        unread = "may name a person and are not read: map those that are an organisation under 'values'."
        quality.find(f"The owners of {int(person.sum())} zones {unread}")
    return ours.fillna(text.mask(person, OTHER_OWNER))


def _pressure(features: gpd.GeoDataFrame, kind: str, where: str, quality: Quality) -> pd.Series:
    """Parking pressure as a share; numbers above 3 can only be percentages, and then the whole column is."""
    if kind != PARKING_PRESSURE:
        return pd.Series(np.nan, index=features.index)
    text = features["parking_pressure_share"]
    signed = text.str.contains("%", na=False)
    plain = numbers(text.str.replace("%", "", regex=False).str.strip(), where=where)
    stated = numbers(features["parking_pressure_percent"], where=where) / 100.0
    in_percent = bool((plain[~signed] > PERCENT_FROM).any())
    if in_percent:
        quality.find("Parking pressure has numbers above 3: all of it is taken for percentages.")
    return plain.where(~(signed | in_percent), plain / 100.0).fillna(stated).round(6)


def _days(text: pd.Series, quality: Quality) -> pd.Series:
    found = days(text)
    lost = int((text.notna() & found.isna()).sum())
    if lost:
        quality.find(f"{lost} cells of {text.name} are no day ('{text[found.isna()].dropna().iloc[0][:20]}').")
    return found


def _refuse_unknown(kind: str, values: Mapping[str, Mapping[str, str]], where: str) -> None:
    if kind not in ZONE_KINDS:
        raise ConfigError(f"There is no kind of zone '{kind}'.", where=where, todo=f"One of {', '.join(ZONE_KINDS)}.")
    other = sorted(set(values) - {"category"})
    if other:
        raise ConfigError(f"values: no '{other[0]}' here.", where=where, todo="It may name: category.")
