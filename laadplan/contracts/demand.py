"""Frames of demand: homes, electric cars, charging demand per buurt and per point, and where supply falls short.

A demand point is the addresses that share a PC6 within one calculation area and one buurt (of an address without
postcode: itself), or a plan for new dwellings. Energy and cars of points add up to those of their buurt. What is said
of a year holds for the whole of it; cars are those at its beginning. None of the frames here is confidential.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.figures import SCENARIOS
from laadplan.contracts.frame import Frame, Table, column, index
from laadplan.contracts.sources import POLYGONS

DWELLING_TYPES = (
    "vrijstaand",
    "twee-onder-een-kap",
    "hoekwoning",
    "tussenwoning",
    "appartement",
    "ligplaats of standplaats",
    "onbekend",
)
AREA_KINDS = ("buurt", "rekengebied")
BASES = ("model", "officiële prognose")
"""What a forecast stands on."""

POLE_KINDS = ("bestaand", "volgende")
"""An existing pole, or one more in a calculation area."""


class DemandAreas(Frame):
    """Calculation areas: polygons of a layer of the user's own (zones of kind rekengebied), else the CBS buurten."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    area_id: Index[str] = index("CBS code of the buurt, or the zone's id as name/id")
    name: Series[str] = column("name of the area")
    kind: Series[str] = column("buurt or rekengebied", isin=AREA_KINDS)
    geometry: GeoSeries[Any] = column("shape of the area", unit="m")


class Homes(Frame):
    """Dwellings with their type and whether a car can stand on a driveway of their own."""

    home_id: Index[str] = index("BAG id of the object; where the source has no objects: id of the address")
    nummeraanduiding_id: Series[str] = column("BAG id of the main address", empty="not in the source", source="BAG")
    postcode: Series[str] = column("PC6 without a space", empty="no postcode", source="BAG")
    buurtcode: Series[str] = column("CBS buurt in which it lies", empty="outside all buurten")
    building_id: Series[str] = column("lokaalID of its building in the BGT", empty="in no building", source="BGT")
    use_known: Series[bool] = column("false where the source does not tell dwellings from other addresses")
    dwelling_type: Series[str] = column("type, from the building and its neighbours", isin=DWELLING_TYPES)
    driveway_share: Series[float] = column("probability of a driveway of its own", ge=0, le=1)
    driveway_measured: Series[bool] = column("true: from the ground around it; false: the usual share of its type")
    driveway_reason: Series[str] = column("what the probability stands on, in one Dutch sentence")
    households: Series[float] = column(
        "households of the buurt spread over its dwellings", unit="households", empty="unknown for the buurt", ge=0
    )
    geometry: GeoSeries[Any] = column("point of the dwelling", unit="m")


class ElectricCars(Table):
    """Electric cars per buurt, year and scenario: of the whole buurt, cut by the area or not."""

    forecast_id: Index[str] = index("buurt, year and scenario, as BU02280105|2030|midden")
    buurtcode: Series[str] = column("CBS code of the buurt")
    year: Series[int] = column("year", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    cars: Series[float] = column("passenger cars of the residents", unit="cars", empty="unknown", ge=0)
    electric_share: Series[float] = column("share of electric cars", empty="unknown", ge=0, le=1)
    electric_cars: Series[float] = column("electric cars at the beginning of the year", unit="cars", empty="unknown")
    electric_low: Series[float] = column("lower end of the 80 % interval", unit="cars", empty="unknown", ge=0)
    electric_high: Series[float] = column("upper end of the 80 % interval", unit="cars", empty="unknown", ge=0)
    share_from: Series[str] = column("where the share of the starting year comes from, in Dutch", empty="unknown")


class BuurtDemand(Table):
    """Charging demand at public poles per buurt, year and scenario: of the part of the buurt in the area."""

    forecast_id: Index[str] = index("buurt, year and scenario, as BU02280105|2030|midden")
    buurtcode: Series[str] = column("CBS code of the buurt")
    year: Series[int] = column("year", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    area_share: Series[float] = column("share of the buurt's addresses that lies in the area", ge=0, le=1)
    households: Series[float] = column("households, planned ones from their year", unit="households", empty="unknown")
    planned_households: Series[float] = column("of which planned and delivered by then", unit="households", ge=0)
    driveway_share: Series[float] = column("share of the households with a driveway of their own", empty="unknown")
    electric_cars: Series[float] = column("electric cars of residents", unit="cars", empty="unknown", ge=0)
    public_cars: Series[float] = column("of which without a driveway of their own", unit="cars", empty="unknown", ge=0)
    residents_kwh_year: Series[float] = column("demand of residents", unit="kWh/year", empty="unknown", ge=0)
    visitors_kwh_year: Series[float] = column("demand of visitors", unit="kWh/year", empty="unknown", ge=0)
    workers_kwh_year: Series[float] = column("demand of workers", unit="kWh/year", empty="unknown", ge=0)
    kwh_year: Series[float] = column("demand, the three together", unit="kWh/year", empty="unknown", ge=0)
    connected_peak: Series[float] = column(
        "cars connected at once at the busiest hour of the week, on average", unit="cars", empty="unknown", ge=0
    )
    evse: Series[float] = column(
        "charge points wanted: the energy over what a point delivers in a year", unit="EVSE", empty="unknown", ge=0
    )
    evse_least: Series[float] = column(
        "fewest charge points at which, at the busiest hour, all are taken no more than the risk allows (Erlang B), if "
        "everybody could reach every point of the buurt",
        unit="EVSE",
        empty="unknown",
        ge=0,
    )
    basis: Series[str] = column("what the energy stands on", isin=BASES)
    model_kwh_year: Series[float] = column("energy by laadplan's own model", unit="kWh/year", empty="unknown", ge=0)
    official_kwh_year: Series[float] = column(
        "energy by the official forecast, of the part in the area", unit="kWh/year", empty="no forecast given", ge=0
    )


class DemandClusters(Frame):
    """Demand points: the addresses of a PC6, or planned dwellings, with where they lie."""

    point_id: Index[str] = index(
        "buurt and PC6, as BU02280105|6731AB; #1 and on where a PC6 is too wide for one; of an address without a PC6 "
        "its id; plan|P12"
    )
    postcode: Series[str] = column("PC6", empty="none")
    buurtcode: Series[str] = column("CBS buurt", empty="outside all buurten")
    area_id: Series[str] = column("calculation area", empty="in none")
    is_planned: Series[bool] = column("true for dwellings that are not there yet")
    addresses: Series[int] = column("addresses", unit="addresses", ge=0)
    households: Series[float] = column("households", unit="households", empty="unknown", ge=0)
    driveway_share: Series[float] = column("share of them with a driveway of their own", empty="no dwellings")
    known: Series[bool] = column("false where the demand of its buurt is unknown: it then counts as nil and is listed")
    geometry: GeoSeries[Any] = column("address nearest to the middle of its addresses; of a plan its place", unit="m")


class Demand(Table):
    """Charging demand at public poles per demand point, year and scenario."""

    demand_id: Index[str] = index("point, year and scenario, as BU02280105|6731AB|2030|midden")
    point_id: Series[str] = column("demand point, see DemandClusters")
    year: Series[int] = column("year", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    electric_cars: Series[float] = column("electric cars of residents", unit="cars", ge=0)
    residents_kwh_year: Series[float] = column("demand of residents", unit="kWh/year", ge=0)
    visitors_kwh_year: Series[float] = column("demand of visitors", unit="kWh/year", ge=0)
    workers_kwh_year: Series[float] = column("demand of workers", unit="kWh/year", ge=0)
    kwh_year: Series[float] = column("demand, the three together", unit="kWh/year", ge=0)
    connected_peak: Series[float] = column(
        "share of the cars connected at the busiest hour of its buurt", unit="cars", ge=0
    )
    evse: Series[float] = column(
        "charge points wanted: the energy over what a point delivers in a year", unit="EVSE", ge=0
    )
    evse_least: Series[float] = column("its share of evse_least of its buurt", unit="EVSE", ge=0)


class Shortfalls(Table):
    """Demand less the supply that can reach it, per calculation area, year and scenario; no new pole is placed."""

    shortfall_id: Index[str] = index("area, year and scenario")
    area_id: Series[str] = column("calculation area")
    year: Series[int] = column("year", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    kwh_year: Series[float] = column("demand", unit="kWh/year", ge=0)
    evse: Series[float] = column("charge points wanted", unit="EVSE", ge=0)
    evse_here: Series[int] = column("existing charge points in the area that count", unit="EVSE", ge=0)
    served_kwh_year: Series[float] = column(
        "demand that existing poles on walking distance can serve, wherever they stand", unit="kWh/year", ge=0
    )
    shortfall_kwh_year: Series[float] = column("demand that they cannot", unit="kWh/year", ge=0)
    shortfall_evse: Series[float] = column("charge points that are lacking", unit="EVSE", ge=0)
    far_kwh_year: Series[float] = column(
        "demand without any pole on walking distance (witte vlek)", unit="kWh/year", ge=0
    )
    far_addresses: Series[int] = column("addresses with demand and without a pole on walking distance", ge=0)
    unknown_addresses: Series[int] = column("addresses of which the demand is unknown: it counts as nil", ge=0)


class CoverageSquares(Frame):
    """CBS squares of 500 m against the coverage rule of the NAL: a public charge point where enough households are."""

    _geometry_types: ClassVar[tuple[str, ...]] = ("Polygon",)

    square_id: Index[str] = index("CBS key of the square", source="CBS")
    households: Series[float] = column("private households", unit="households", empty="suppressed, absent", ge=0)
    evse_public: Series[int] = column("public charge points in the square", unit="EVSE", ge=0)
    evse_other: Series[int] = column("semi-public ones, and those of unknown access", unit="EVSE", ge=0)
    outcome: Series[str] = column(
        "against the rule", isin=["voldoet", "voldoet niet", "geen eis", "onbekend"], source="NAL"
    )
    geometry: GeoSeries[Any] = column("the square", unit="m")


class PublicPower(Table):
    """Public charging power against the electric cars of the area: the AFIR asks it of the country, here it is told."""

    power_id: Index[str] = index("year and scenario, as 2030|midden")
    year: Series[int] = column("year", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    electric_cars: Series[float] = column("electric cars of residents", unit="cars", ge=0)
    power_kw: Series[float] = column("power of the existing public charge points", unit="kW", ge=0)
    power_unknown_evse: Series[int] = column(
        "charge points of unknown power, counted with the assumed power", unit="EVSE", ge=0
    )
    kw_per_car: Series[float] = column("power per electric car", unit="kW", empty="no electric cars", ge=0)
    wanted_kw: Series[float] = column("power at the figure of the AFIR", unit="kW", ge=0)


class PoleCases(Table):
    """Expected energy per pole a year, and the year from which it is worth its costs."""

    case_id: Index[str] = index("pole, year and scenario")
    pole_id: Series[str] = column("charging location; of a next pole the calculation area with + before it")
    kind: Series[str] = column("existing, or one more in its area", isin=POLE_KINDS)
    area_id: Series[str] = column("calculation area in which it stands", empty="in none")
    poles: Series[float] = column("poles that the row stands for: two charge points each", unit="poles", gt=0)
    year: Series[int] = column("year", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    supply_kwh_year: Series[float] = column(
        "energy of a pole that stands there from now on (aanbodgestuurd)", unit="kWh/year", ge=0
    )
    demand_kwh_year: Series[float] = column(
        "energy of a pole that is placed when existing ones are full (vraaggestuurd); 0 before that",
        unit="kWh/year",
        ge=0,
    )
    supply_from_year: Series[float] = column(
        "first year from which the energy stays above break-even, aanbodgestuurd", unit="year", empty="not by then"
    )
    demand_from_year: Series[float] = column("the same, vraaggestuurd", unit="year", empty="not by then")
