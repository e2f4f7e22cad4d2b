"""In what each pole stands: zones of all kinds, the road it belongs to, and the reach of the grid.

In: spots and layers of areas and codes. Out: columns of `Measurements`. What was not delivered is empty, or
``onbekend`` where empty would mean that there is none.
"""

import geopandas as gpd
import pandas as pd

from laadplan.contracts.measured import UNKNOWN
from laadplan.contracts.street import Zones
from laadplan.geo.nearest import containing, nearest, overlaps

ROAD_WITHIN_M = 15.0
"""A pole belongs to the nearest road section whose axis lies this near (m): half a carriageway and a haaks bay deep."""

NAMED = ("uitsluiting", "erfgoed")
"""Kinds of zone whose names are told."""

SMALL = "kleinverbruik"
"""Connections up to 3x80 A, such as that of a public pole; what is said of larger ones says nothing of these."""

SEVERITY = {"ruim": 1, "beperkt": 2, "vol": 3}
"""Classes of capacity that say something; of two indications of one date the more severe counts."""


def measure_zones(poles: gpd.GeoSeries, zones: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Owner, soil, zones, works and parking pressure: columns of `Measurements`, index of poles.

    Of several soils or pressures in one place that with the smallest zone id counts; owners and names are joined, and
    of works the last day counts. A zone without a name is called by its category, or else by its id.
    """
    zones = Zones.empty() if zones is None else zones
    called = zones["name"].fillna(zones["category"]).fillna(pd.Series(zones.index, zones.index, dtype="str"))
    soil, pressure = zones[zones["kind"] == "bodem"], zones[zones["kind"] == "parkeerdruk"]
    named, owned = zones[zones["kind"].isin(NAMED)], zones[zones["kind"] == "eigendom"]
    columns = {
        "owner": _joined(poles, owned, owned["category"]),
        "soil": _first(poles, soil, soil["category"]),
        "soil_until_on": _first(poles, soil, soil["until_on"]),
        "zones": _joined(poles, named, called) if len(named) else UNKNOWN,
        "works_until_on": _until(poles, zones[zones["kind"] == "werk"]),
    }
    words = pd.DataFrame(columns, index=poles.index).astype("str")
    return words.assign(
        parking_pressure_share=_first(poles, pressure, pressure["parking_pressure_share"]).astype(float)
    )


def measure_road_manager(poles: gpd.GeoSeries, road_managers: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Kind and name of the manager of the nearest road section: columns of `Measurements`, index of poles."""
    found = pd.DataFrame({"road_manager": UNKNOWN, "road_manager_name": None}, index=poles.index, dtype="str")
    if road_managers is None or road_managers.empty:
        return found
    section = nearest(poles, road_managers.geometry, within_m=ROAD_WITHIN_M)["other_id"]
    names = road_managers["manager_name"].fillna(road_managers["manager_code"])
    found["road_manager"] = section.map(road_managers["manager_kind"]).astype("str").fillna(UNKNOWN)
    return found.assign(road_manager_name=section.map(names).astype("str"))


def measure_grid(
    candidates: gpd.GeoDataFrame,
    grid_capacity: pd.DataFrame | None,
    grid_areas: gpd.GeoDataFrame | None,
    addresses: gpd.GeoDataFrame | None,
    municipality_code: str,
) -> pd.DataFrame:
    """Capacity of the grid for a small connection and the date of that indication: columns of `Measurements`.

    The most specific indication counts that says something of small connections: of the PC6 of the spot's address, of
    its PC4, of the feeding area the pole stands in, of the municipality. Capacity maps tell of connections above 3x80 A
    only: then it is ``onbekend``. An indication of a station does not say which spots it feeds and is not used.
    """
    found = pd.DataFrame({"grid_offtake": UNKNOWN, "grid_indicated_on": None}, index=candidates.index, dtype="str")
    if grid_capacity is None or grid_capacity.empty:
        return found
    telling = _telling(grid_capacity)
    for kind, codes in _codes(candidates, grid_areas, addresses, municipality_code):
        rows = telling[telling["area_kind"] == kind].set_index("area_code")
        open_still = (found["grid_offtake"] == UNKNOWN) & codes.isin(rows.index)
        for column in ("offtake", "indicated_on"):
            found.loc[open_still, f"grid_{column}"] = codes[open_still].map(rows[column])
    return found


def feeding_areas(
    candidates: gpd.GeoDataFrame,
    grid_capacity: pd.DataFrame | None,
    grid_areas: gpd.GeoDataFrame | None,
    addresses: gpd.GeoDataFrame | None,
) -> pd.Series:
    """Code of the voedingsgebied that feeds each spot; missing where nothing tells.

    The area the pole stands in, where shapes are given; else the area that the indication of the postcode of the spot's
    address names, of PC6 before PC4; else that postcode itself.
    """
    none = pd.Series(None, index=candidates.index, dtype="str")
    found = none if grid_areas is None else containing(candidates.geometry, grid_areas.geometry)
    if grid_capacity is None or addresses is None:
        return found
    rows = grid_capacity[grid_capacity["area_kind"] == "postcode"].sort_index().drop_duplicates("area_code")
    named = rows.set_index("area_code")["supply_area"]
    named = named.fillna(pd.Series(named.index, index=named.index)).astype("str")
    postcode = candidates["address_id"].map(addresses["postcode"]).astype("str")
    return found.fillna(postcode.map(named).astype("str")).fillna(postcode.str[:4].map(named).astype("str"))


def _codes(
    candidates: gpd.GeoDataFrame,
    grid_areas: gpd.GeoDataFrame | None,
    addresses: gpd.GeoDataFrame | None,
    municipality_code: str,
) -> list[tuple[str, pd.Series]]:
    """Kind of area and the code that each spot has in it, the most specific first."""
    none = pd.Series(None, index=candidates.index, dtype="str")
    postcode = none if addresses is None else candidates["address_id"].map(addresses["postcode"]).astype("str")
    area = none if grid_areas is None else containing(candidates.geometry, grid_areas.geometry)
    municipality = none.fillna(municipality_code)
    return [
        ("postcode", postcode),
        ("postcode", postcode.str[:4]),
        ("voedingsgebied", area),
        ("gemeente", municipality),
    ]


def _telling(grid_capacity: pd.DataFrame) -> pd.DataFrame:
    """Indications that say something of small connections, one per area: the newest, then the most severe."""
    rows = grid_capacity[(grid_capacity["covers"] == SMALL) & grid_capacity["offtake"].isin(list(SEVERITY))]
    rows = rows.assign(severity=rows["offtake"].map(SEVERITY), area_code=_code(rows))
    ordered = rows.sort_values(["indicated_on", "severity"], na_position="first", kind="stable")
    return ordered.drop_duplicates(["area_kind", "area_code"], keep="last")


def _code(rows: pd.DataFrame) -> pd.Series:
    """Codes of areas; that of a municipality with its letters and all four digits."""
    digits = rows["area_code"].str.extract(r"^(?:GM)?(\d{1,4})$", expand=False).str.zfill(4)
    return rows["area_code"].mask((rows["area_kind"] == "gemeente") & digits.notna(), "GM" + digits)


def _first(poles: gpd.GeoSeries, zones: gpd.GeoDataFrame, values: pd.Series) -> pd.Series:
    """The value of the zone that holds the pole; of several that with the smallest id among those with a value."""
    given = gpd.GeoSeries(zones.geometry[values.notna()])
    return containing(poles, given).map(values)


def _joined(poles: gpd.GeoSeries, zones: gpd.GeoDataFrame, values: pd.Series) -> pd.Series:
    """The different values of all zones that hold the pole, sorted and separated by ', '."""
    pairs = overlaps(poles, zones.geometry)
    told = pairs.assign(value=pairs["other_id"].map(values)).dropna(subset="value")
    different = told[["point_id", "value"]].drop_duplicates().sort_values(["point_id", "value"])
    return different.groupby("point_id")["value"].agg(", ".join).reindex(poles.index)


def _until(poles: gpd.GeoSeries, works: gpd.GeoDataFrame) -> pd.Series:
    """The last day of the works that hold the pole; onbekend where one of them has no last day, or there are none."""
    if works.empty:
        return pd.Series(UNKNOWN, index=poles.index)
    pairs = overlaps(poles, works.geometry)
    # In this order words come after days, so that the last of both is the word.
    last = pairs["other_id"].map(works["until_on"].fillna(UNKNOWN)).groupby(pairs["point_id"]).max()
    return last.reindex(poles.index)
