"""Dwellings in the area: where they lie, their type, their households, and whether a car can stand on own ground.

In: dwellings of the BAG, or addresses where the source has no objects; buurten; buildings, road parts and terrain of
the BGT. Out: `Homes`.

Decisions
---------
A dwelling is an object with a woonfunctie, a mooring (ligplaats) or a pitch (standplaats). Where the source does not
say what an object or address is for, it counts as a dwelling and ``use_known`` is false. Households of a buurt are
spread over all its dwellings in the source, in the area or not, but never more than one per dwelling: a source that
holds only a part of a buurt would otherwise put all its households there (ADR 7).
"""

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules
from laadplan.contracts.demand import DWELLING_TYPES, Homes
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buildings, RoadParts, Terrain
from laadplan.demand.attached import block_types, buildings_of, dwelling_types, standing
from laadplan.demand.driveway import MOST_OBJECTS, judge_driveways
from laadplan.demand.frontage import measure_frontages
from laadplan.demand.households import COMPLETE_SHARE, LIVING, inside_area
from laadplan.geo.nearest import containing

BERTHS = ("ligplaats", "standplaats")
NO_DWELLING = "geen woning: een andere functie dan wonen"


def find_homes(
    addresses: gpd.GeoDataFrame,
    dwellings: gpd.GeoDataFrame | None,
    buurten: gpd.GeoDataFrame,
    *,
    buildings: gpd.GeoDataFrame | None,
    road_parts: gpd.GeoDataFrame | None,
    terrain: gpd.GeoDataFrame | None,
    area: shapely.Geometry | None,
    rules: HomeRules,
    surfaces: Surfaces,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The dwellings in the area, as `Homes` in RD New.

    Parameters
    ----------
    addresses
        `Addresses`, all that the source holds.
    dwellings
        `Dwellings` in and around the area; None or empty where the source has addresses alone.
    buurten
        `Buurten` with the households of the whole buurt.
    buildings, road_parts, terrain
        Of the BGT; where one is None or empty no driveway is measured and the usual share of the type stands.
    area
        The area of the plan in RD New; None: everything.
    """
    quality = quality if quality is not None else Quality()
    objects = _objects(addresses if dwellings is None or dwellings.empty else dwellings)
    quality.read = len(objects)
    built = standing(buildings if buildings is not None else Buildings.empty())
    objects["building_id"] = buildings_of(objects, built)
    blocks = block_types(objects["building_id"], built, rules.facade_touch_m)
    inside = objects[inside_area(objects, area)]
    quality.drop(NO_DWELLING, inside.index[~inside["is_home"]])
    homes = inside[inside["is_home"]].copy()
    homes["dwelling_type"] = dwelling_types(homes["is_berth"], homes["building_id"], blocks)
    homes["objects"] = homes["building_id"].map(blocks["objects"]).fillna(0).astype(int)
    homes["block_type"] = homes["building_id"].map(blocks["block_type"]).astype("str")
    homes["buurtcode"] = containing(homes.geometry, buurten.geometry)
    homes["households"] = homes["buurtcode"].map(_per_home(addresses, objects, buurten, quality)).astype(float)
    frontages = _frontages(homes, built, blocks, road_parts, terrain, rules, surfaces)
    found = homes.assign(**judge_driveways(homes, frontages, rules)).rename_axis(Homes.index_name())
    _report(found, quality)
    return Homes.checked(found[Homes.columns()])


def _objects(source: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dwellings or addresses in the same columns, with whether each is a home, a berth, and of known use."""
    empty = pd.Series(None, index=source.index, dtype="str")
    uses = source["uses"] if "uses" in source else source["use"]
    is_berth = source["kind"].isin(BERTHS) if "kind" in source else pd.Series(False, index=source.index)
    table = {
        "nummeraanduiding_id": source["nummeraanduiding_id"],
        "postcode": source["postcode"],
        "pand_ids": source.get("pand_ids", empty),
        "is_berth": is_berth,
        "is_home": uses.isna() | uses.str.contains(LIVING, na=False) | is_berth,
        "use_known": uses.notna() | is_berth,
    }
    return gpd.GeoDataFrame(table, geometry=source.geometry, crs=RD_EPSG).sort_index()


def _per_home(
    addresses: gpd.GeoDataFrame, objects: gpd.GeoDataFrame, buurten: gpd.GeoDataFrame, quality: Quality
) -> pd.Series:
    """Households per dwelling and buurt: at most 1; missing where the figure of the buurt is."""
    # Objects are read near the area only, addresses everywhere: of what is not among the objects the address decides.
    elsewhere = _objects(addresses[~addresses.index.isin(objects.index)])
    known = _same_source(addresses, objects)
    every = pd.concat([objects, elsewhere]) if known else objects
    places = gpd.GeoSeries(every.geometry[every["is_home"]], crs=RD_EPSG)
    homes = containing(places, buurten.geometry).value_counts().reindex(buurten.index).fillna(0)
    fewer = (homes < COMPLETE_SHARE * buurten["households"]) & (homes > 0)
    if fewer.any():
        names = ", ".join(sorted(homes.index[fewer]))
        quality.find(
            f"The source holds fewer dwellings than there are households in buurt {names}: each counts as one."
        )
    whole = homes.where(homes >= buurten["households"].fillna(0), buurten["households"])
    each: pd.Series = buurten["households"] / whole.where(whole > 0)
    return each


def _same_source(addresses: gpd.GeoDataFrame, objects: gpd.GeoDataFrame) -> bool:
    """Whether addresses have the ids of the objects, so that both can be counted together."""
    return bool(addresses.index.isin(objects.index).any())


def _frontages(
    homes: gpd.GeoDataFrame,
    built: gpd.GeoDataFrame,
    blocks: pd.DataFrame,
    road_parts: gpd.GeoDataFrame | None,
    terrain: gpd.GeoDataFrame | None,
    rules: HomeRules,
    surfaces: Surfaces,
) -> pd.DataFrame:
    """The ground before all buildings with homes that are not flats."""
    wanted = homes.loc[homes["objects"] <= MOST_OBJECTS, "building_id"].dropna().unique()
    roads = road_parts if road_parts is not None else RoadParts.empty()
    land = terrain if terrain is not None else Terrain.empty()
    if roads.empty or land.empty:
        wanted = wanted[:0]
    houses = gpd.GeoSeries(built.geometry.reindex(sorted(wanted)), crs=RD_EPSG)
    return measure_frontages(houses, built, blocks.index, roads, land, rules=rules, surfaces=surfaces)


def _report(homes: gpd.GeoDataFrame, quality: Quality) -> None:
    quality.count(homes)
    unknown = int((~homes["use_known"]).sum())
    if unknown:
        quality.find(f"The use of {unknown} of {len(homes)} addresses is not known: each counts as a dwelling.")
    not_measured = int((~homes["driveway_measured"] & (homes["dwelling_type"] != "appartement")).sum())
    if not_measured:
        quality.find(
            f"The ground around {not_measured} of {len(homes)} dwellings is not known: the usual share of their type "
            "stands for a driveway."
        )
    counts = homes["dwelling_type"].value_counts()
    quality.facts |= {kind: int(counts.get(kind, 0)) for kind in DWELLING_TYPES}
    quality.facts["driveways"] = round(float(homes["driveway_share"].sum()), 1)
