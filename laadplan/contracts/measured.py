"""What is measured at each spot before anything is judged: one row per candidate, one column per quantity.

Distances are from the heart of the pole, in a straight line, rounded to centimetres. They are looked for up to
`LOOKED_M` (`CHARGE_POINTS_LOOKED_M` for charging locations): that value itself means "at least", for a source is read
no further than that outside the area. The columns' ``source`` is the key of the source in the config, whose label and
reference date are printed with every value. A quantity whose layer was not delivered, or is empty, is empty here, or
``onbekend`` where empty means that there is none. `CableRoutes` is confidential, whatever it came from.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.figures import MANAGERS
from laadplan.contracts.frame import Frame, Table, column, index
from laadplan.contracts.grid import CAPACITIES

WALKWAYS = ("aangrenzend", "geen voetpad", "onbekend")
"""Whether a footway adjoins the pole; onbekend where no footways were delivered."""

CORRIDORS = {0.9: "narrow_090_m", 1.2: "narrow_120_m", 1.5: "narrow_150_m", 1.8: "narrow_180_m"}
"""Width of a walkway (m) and the column that holds the length over which it is narrower (Zwolle's steps)."""

ROUTE_KINDS = ("over de grond", "hemelsbreed", "geen")
"""What a cable route was made from; geen: no cable within reach."""

CROSSINGS = ("ja", "nee", "onbekend")
"""Whether a cable route goes beneath a carriageway."""

LOOKED_M = 100.0
"""Distances are looked for up to this (m), as far as sources are read outside the area; as a value: at least."""

CHARGE_POINTS_LOOKED_M = 250.0
"""The same for existing charging locations (m), which are read on walking distance of the area."""

UNKNOWN = "onbekend"
NO_LAYER = "not delivered"
NO_ROUTE = "no route"
NOWHERE = "not delivered, or in no such zone"


def _distance(meaning: str, source: str, *, looked_m: float = LOOKED_M, empty: str = NO_LAYER) -> Any:
    return column(f"{meaning}; {looked_m:g}: at least that", unit="m", empty=empty, source=source, ge=0, le=looked_m)


def _narrow(width: str) -> Any:
    return column(
        f"length of walkway past the pole that is narrower than {width} m", unit="m", empty="n.v.t. or unknown", ge=0
    )


class Measurements(Table):
    """Measured quantities of each spot, from public sources alone."""

    locatie_id: Index[str] = index("candidate")
    walkway: Series[str] = column("whether a footway adjoins", isin=[*WALKWAYS], source="bgt")
    walkway_width_m: Series[float] = column(
        "free width left to walk past the pole, at its narrowest, obstacles cut out",
        unit="m",
        empty="n.v.t. or unknown",
        ge=0,
        source="bgt",
    )
    walkway_beyond: Series[bool] = column("true where the walkway is wider than was looked at: the width is at least")
    narrow_090_m: Series[float] = _narrow("0.90")
    narrow_120_m: Series[float] = _narrow("1.20")
    narrow_150_m: Series[float] = _narrow("1.50")
    narrow_180_m: Series[float] = _narrow("1.80")
    tree_m: Series[float] = _distance("to the heart of the nearest stem", "trees")
    tree_id: Series[str] = column("that tree", empty="none near enough", source="trees")
    crown_m: Series[float] = _distance(
        "to the edge of the nearest crown that is known, 0 beneath it",
        "trees",
        empty="not delivered, or no crown of the trees near is known",
    )
    crown_unknown: Series[bool] = column(
        "true where a tree of unknown crown stands within 15 m: the nearest crown may then be nearer", source="trees"
    )
    facade_m: Series[float] = _distance("to the nearest outside wall of a building that is there", "bgt")
    cabinet_m: Series[float] = _distance("to the nearest cabinet (kast) of the BGT", "bgt")
    obstacle_m: Series[float] = _distance(
        "to the nearest thing that stands in the street: post, cabinet, sign, furniture, fence", "bgt"
    )
    obstacle_type: Series[str] = column("what that is, e.g. lichtmast", empty="none near enough", source="bgt")
    manhole_m: Series[float] = _distance("to the nearest gully, manhole or hydrant (put)", "bgt")
    manhole_type: Series[str] = column("what that is, e.g. kolk", empty="none near enough", source="bgt")
    charge_point_m: Series[float] = _distance(
        "to the nearest existing charging location", "charge_points", looked_m=CHARGE_POINTS_LOOKED_M
    )
    charge_point_id: Series[str] = column("that location", empty="none near enough", source="charge_points")
    junction_m: Series[float] = _distance(
        "to the nearest junction: the circle between the kerbs where three carriageways or more meet", "bgt"
    )
    crossing_m: Series[float] = _distance("to the nearest exit (inrit), speed hump or level crossing", "bgt")
    crossing_type: Series[str] = column("what that is, e.g. inrit", empty="none near enough", source="bgt")
    signs: Series[str] = column(
        "meanings of the signs at the bays, separated by ', '; onbekend where none were delivered",
        empty="none",
        source="signs",
    )
    owner: Series[str] = column("owners of the ground, separated by ', ' (eigendom)", empty=NOWHERE, source="zones")
    soil: Series[str] = column("class or status of the soil (bodem)", empty=NOWHERE, source="zones")
    soil_until_on: Series[str] = column("last day on which that holds", empty="not given", source="zones")
    zones: Series[str] = column(
        "zones of exclusion or heritage (uitsluiting, erfgoed) it stands in, separated by ', '; onbekend where neither "
        "was delivered",
        empty="in none",
        source="zones",
    )
    works_until_on: Series[str] = column(
        "last day of planned works here (werk); onbekend where they have none or no works were delivered",
        empty="no works planned",
        source="zones",
    )
    parking_pressure_share: Series[float] = column(
        "parked cars per bay (parkeerdruk)", unit="share", empty=NOWHERE, ge=0, source="zones"
    )
    road_manager: Series[str] = column(
        "kind of road manager of the nearest road; onbekend where none is near or delivered",
        isin=[*MANAGERS],
        source="road_managers",
    )
    road_manager_name: Series[str] = column("its name, else its code", empty="not given", source="road_managers")
    grid_offtake: Series[str] = column(
        "capacity of the grid for use by small connections; onbekend where only large ones are told of, or none",
        isin=[*CAPACITIES],
        source="grid_capacity",
    )
    grid_indicated_on: Series[str] = column(
        "date of that indication", empty="onbekend, or no date given", source="grid_capacity"
    )


class CableRoutes(Frame):
    """The way from each pole to the nearest low-voltage cable, as a digger would go, and to the nearest cabinet.

    Every candidate has a row. That there is no route, or only a long one, says something where `known` is true.
    """

    _confidential: ClassVar[bool] = True
    _geometry_types: ClassVar[tuple[str, ...]] = ("LineString", "Point")

    locatie_id: Index[str] = index("candidate")
    route_kind: Series[str] = column(
        "over de grond: round what is closed; hemelsbreed: straight, the ground was not delivered; geen: none in reach",
        isin=ROUTE_KINDS,
    )
    known: Series[bool] = column(
        "true where the route is within the norm, or cables were delivered all round; else nearer ones may lie here"
    )
    cable_id: Series[str] = column("cable it would be joined to", empty=NO_ROUTE)
    route_m: Series[float] = column("length of the route", unit="m", empty=NO_ROUTE, ge=0)
    straight_m: Series[float] = column("straight distance to that cable", unit="m", empty=NO_ROUTE, ge=0)
    crossing: Series[str] = column(
        "whether the route goes beneath a carriageway; onbekend without a route or without the ground", isin=CROSSINGS
    )
    carriageway_m: Series[float] = column(
        "length of the route beneath carriageways", unit="m", empty="no route, or the ground is unknown", ge=0
    )
    voltage_known: Series[bool] = column("false where the source does not say the voltage, or there is no route")
    cabinet_m: Series[float] = column(
        "straight distance to the nearest cabinet or transformer station", unit="m", empty="none within 250 m", ge=0
    )
    geometry: GeoSeries[Any] = column("the route; the pole where there is none, or none is needed", unit="m")


class RasterValues(Table):
    """Value of each raster at each pole."""

    value_id: Index[str] = index("locatie_id, '|' and the name of the raster")
    locatie_id: Series[str] = column("candidate")
    raster_id: Series[str] = column("name of the raster in the config")
    value: Series[float] = column("value of the cell in which the pole stands", empty="no data here")
