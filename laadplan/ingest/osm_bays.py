"""Parking bays of OpenStreetMap: single spaces (``amenity=parking_space``) and strips (``parking=street_side``).

In: elements of Overpass, or features with tags as columns (overpass-turbo, a republisher's list with ``osm_id``). Out:
columns of `ParkingBays`. A space is one bay by the definition of its tag, unless it is too large for one; other car
parks, garages and entrances are dropped and counted. Parking that is only noted along a road (``parking:right=...``)
has no shape and is told.
"""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.street import ParkingBays
from laadplan.ingest.bay_words import orientation_of, regime_of
from laadplan.ingest.overpass import Tags, read_elements
from laadplan.ingest.vector import in_rd

SPELLINGS: dict[str, tuple[str, ...]] = {
    "osm_id": ("osm_id", "@id"),
    "osm_type": ("osm_type", "@type"),
    "feature_type": ("feature_type",),
    "amenity": ("amenity",),
    "parking": ("parking",),
    "orientation_tag": ("orientation", "parking:orientation"),
    "capacity_tag": ("capacity", "capacity_type"),
    "access": ("access",),
    "parking_space": ("parking_space",),
    "disabled": ("capacity:disabled", "disabled"),
    "charging": ("capacity:charging",),
    "disc": ("authentication:disc", "parking:disc"),
    "street_tag": ("addr:street", "name"),
}
"""Our name to tags, or to columns of a republisher."""

OTHER = "geen parkeervak langs de straat (andere OSM-parkeervoorziening)"
ALONG = ("parking:left", "parking:right", "parking:both")
SPACE = "parking_space"
STRIP = "street_side"
LARGEST_BAY_M2 = 30.0
"""A single bay is no larger (m2): the largest of NEN 2443, for a wheelchair along the kerb, takes 21."""

DENIED = ("", "no", "0")


def is_osm(features: gpd.GeoDataFrame) -> bool:
    """Whether the rows of a layer are of OpenStreetMap: they carry its ids and its tags."""
    return bool(
        features["osm_id"].notna().any() and features[["amenity", "feature_type", "parking"]].notna().any(axis=None)
    )


def from_elements(path: Path, quality: Quality) -> gpd.GeoDataFrame:
    """Bays among the elements of Overpass, in RD New.

    Raises
    ------
    BadInput
        It is no JSON of Overpass.
    """
    along = 0

    def is_wanted(tags: Tags) -> bool:
        nonlocal along
        along += any(tags.get(side) in (STRIP, "lane", "on_kerb", "half_on_kerb", "shoulder", "yes") for side in ALONG)
        return tags.get("amenity") in ("parking", SPACE, "parking_entrance") or tags.get("parking") == STRIP

    elements = read_elements(path, is_wanted)
    quality.read = len(elements)
    if along:
        quality.find(f"{along} roads note parking along them (parking:left, right or both): without a shape, not read.")
    tags = pd.DataFrame(list(elements["tags"]), index=elements.index, dtype="str")
    table = pd.DataFrame({name: _first(tags, known) for name, known in SPELLINGS.items()}, index=elements.index)
    return _bays(table.assign(bay_id=elements["osm_id"].astype("str")), in_rd(elements).geometry, quality)


def from_features(features: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """Bays among features with tags as columns, in the features' CRS."""
    table = pd.DataFrame(features.drop(columns="geometry"))
    kind = table["osm_type"].map({"n": "node", "w": "way", "r": "relation"}).fillna(table["osm_type"])
    prefixed = kind.fillna("way") + "/" + table["osm_id"]
    bay_id = table["osm_id"].where(table["osm_id"].str.contains("/", na=False), prefixed)
    amenity = table["amenity"].fillna(table["feature_type"].str.removeprefix("osm_"))
    return _bays(table.assign(bay_id=bay_id, amenity=amenity), features.geometry, quality)


def _first(tags: pd.DataFrame, known: tuple[str, ...]) -> pd.Series:
    """The first of the tags that a row has."""
    found = tags.reindex(columns=list(known)).astype("str")
    return found.bfill(axis=1).iloc[:, 0].astype("str")


def _bays(table: pd.DataFrame, geometry: gpd.GeoSeries, quality: Quality) -> gpd.GeoDataFrame:
    is_space = table["amenity"] == SPACE
    wanted = is_space | (table["parking"] == STRIP)
    quality.drop(OTHER, table.loc[~wanted, "bay_id"].fillna(""))
    table, shapes, is_space = table[wanted], geometry.to_numpy()[wanted.to_numpy()], is_space[wanted]
    stated = pd.to_numeric(table["capacity_tag"].where(table["capacity_tag"].str.fullmatch(r"\d{1,5}", na=False)))
    by_definition = is_space & stated.isna() & (shapely.area(shapes) <= LARGEST_BAY_M2)
    capacity = stated.astype(float).mask(by_definition, 1.0)
    quality.facts["one bay by definition (amenity=parking_space)"] = int(by_definition.sum())
    large = int((is_space & stated.isna() & ~by_definition).sum())
    if large:
        quality.find(
            f"{large} parking spaces are larger than {LARGEST_BAY_M2:g} m2: how many bays they are is unknown."
        )
    told = table.apply(lambda row: _told(row.dropna().to_dict()), axis=1, result_type="reduce").astype("str")
    columns = {
        "kind": (capacity == 1).map({True: "vak", False: "strook"}),
        "orientation": table["orientation_tag"].fillna("").map(orientation_of).replace("", "onbekend"),
        "capacity": capacity,
        "regime": told.fillna("").map(regime_of).replace("", "onbekend"),
        "regime_text": told.mask(told == ""),
        "street": table["street_tag"],
        "road_part_id": None,
        "origin": "OSM",
    }
    frame = pd.DataFrame(columns, index=table.index).set_axis(pd.Index(table["bay_id"].fillna(""), name="bay_id"))
    return gpd.GeoDataFrame(frame.astype(ParkingBays.kinds()), geometry=shapes, crs=geometry.crs)


def _told(tags: Mapping[str, str]) -> str:
    """What the tags say of who may park, in their own words."""
    parts = [tags.get("parking_space", ""), tags.get("access", "")]
    parts += [word for word in ("disabled", "charging", "disc") if tags.get(word, "") not in DENIED]
    return " ".join(part for part in parts if part)
