"""What is measured at each spot before anything is judged: one row per candidate, one column per quantity.

Distances are from the heart of the pole, in a straight line, rounded to centimetres; the columns' ``source`` is the key
of the source in the config, whose label and reference date are printed with every value. A quantity whose layer was not
delivered, or is empty, is empty here and judged ``onbekend``. `CableRoutes` is confidential, whatever it came from.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

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

NO_LAYER = "not delivered"
NO_ROUTE = "no route"


def _distance(meaning: str, source: str) -> Any:
    return column(meaning, unit="m", empty="nothing near enough, or not delivered", source=source, ge=0)


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
    crown_m: Series[float] = _distance("to the edge of the nearest crown, 0 beneath it", "trees")
    crown_unknown: Series[bool] = column("true where a tree of unknown crown stands within 15 m", source="trees")
    facade_m: Series[float] = _distance("to the nearest outside wall", "bgt")
    cabinet_m: Series[float] = _distance("to the nearest cabinet or station of the BGT", "bgt")
    obstacle_m: Series[float] = _distance("to the nearest post, manhole, cabinet or other object of the BGT", "bgt")
    obstacle_type: Series[str] = column("what that is, e.g. lichtmast", empty="none near enough", source="bgt")
    charge_point_m: Series[float] = _distance("to the nearest existing charging location", "charge_points")
    charge_point_id: Series[str] = column("that location", empty="none near enough", source="charge_points")
    junction_m: Series[float] = _distance("along the carriageway's edge side to where carriageways meet", "bgt")
    crossing_m: Series[float] = _distance("to the nearest crossing or exit (inrit)", "bgt")
    signs: Series[str] = column(
        "meanings of the signs at the bays, separated by ', '", empty="none, or not delivered", source="signs"
    )
    owner: Series[str] = column("owner of the ground (zones: eigendom)", empty=NO_LAYER, source="zones")
    soil: Series[str] = column("status of the soil survey (zones: bodem)", empty=NO_LAYER, source="zones")
    soil_until_on: Series[str] = column("last day on which that survey is valid", empty="not given", source="zones")
    zones: Series[str] = column("names of all other zones the pole stands in, separated by ', '", empty="in none")
    works_until_on: Series[str] = column("last day of planned works here (zones: werk)", empty="none", source="zones")
    parking_pressure_share: Series[float] = column(
        "parked cars per bay (zones: parkeerdruk)", unit="share", empty=NO_LAYER, ge=0, source="zones"
    )
    road_manager: Series[str] = column("who manages the road (NWB)", empty=NO_LAYER, source="road_managers")
    grid_offtake: Series[str] = column(
        "indication of grid capacity for use; onbekend below 25 kV unless the operator says so",
        isin=[*CAPACITIES],
        source="grid_capacity",
    )
    grid_indicated_on: Series[str] = column("date of that indication", empty="not given", source="grid_capacity")


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
