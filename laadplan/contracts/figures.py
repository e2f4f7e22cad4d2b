"""Frames of cars, forecasts, requests, planned dwellings, jobs and road managers.

What comes as a table stays a table; where an object has a place of its own it stands in columns (RD New, m), because
the same source is delivered with and without places. Years that a source may leave out are numbers with gaps.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

ELECTRIC = ("volledig", "deels", "niet", "onbekend")
"""Whether the cars counted together run on electricity alone, among other fuels, or not at all."""

KEEPERS = ("particulier", "zakelijk", "onbekend")
STATUSES = ("ingediend", "in behandeling", "toegewezen", "afgewezen", "ingetrokken", "geplaatst", "onbekend")
OPEN = ("ingediend", "in behandeling", "toegewezen")
"""Statuses of a request that waits for a decision or for its pole."""

AREA_KINDS = ("PC6", "buurt", "PC4", "wijk", "gemeente")
MANAGERS = ("rijk", "provincie", "gemeente", "waterschap", "overig", "onbekend")
SCENARIOS = ("laag", "midden", "hoog")


class Registrations(Table):
    """Cars registered in the country, counted together: the RDW gives no place."""

    group: Index[str] = index("what is counted together: fuel, make, model, year of admission, year of count, keeper")
    fuel: Series[str] = column("brandstof as the RDW spells it; several are joined by ', '", source="RDW")
    electric: Series[str] = column(
        "runs on electricity: volledig, deels (hybrid, or counted together with other fuels), niet",
        isin=ELECTRIC,
        source="RDW",
    )
    make: Series[str] = column("merk", empty="not counted apart", source="RDW")
    model: Series[str] = column("handelsbenaming", empty="not counted apart", source="RDW")
    admission_year: Series[float] = column(
        "year of first admission", unit="year", empty="not counted apart", source="RDW"
    )
    count_year: Series[float] = column(
        "year that the count is of", unit="year", empty="not in the source", source="RDW"
    )
    keeper: Series[str] = column("who keeps the cars", isin=KEEPERS, source="RDW")
    cars: Series[int] = column("cars", unit="cars", ge=0, source="RDW")


class MunicipalCars(Table):
    """Totals of cars per municipality and year."""

    total_id: Index[str] = index("code of the municipality and year, as GM0228|2024")
    municipality_code: Series[str] = column("CBS code of the municipality", source="CBS")
    year: Series[int] = column("year at whose beginning was counted", unit="year")
    cars: Series[float] = column("all cars", unit="cars", empty="suppressed, absent", ge=0)
    electric_cars: Series[float] = column("cars on electricity alone", unit="cars", empty="suppressed, absent", ge=0)
    plug_in_cars: Series[float] = column("plug-in hybrids", unit="cars", empty="suppressed, absent", ge=0)
    private_cars: Series[float] = column("cars kept by private persons", unit="cars", empty="suppressed, absent", ge=0)
    company_cars: Series[float] = column("cars kept by companies", unit="cars", empty="suppressed, absent", ge=0)


class Requests(Table):
    """Drivers' requests for a charge point: never a name, an address or a way to reach somebody."""

    _confidential: ClassVar[bool] = True

    request_id: Index[str] = index("the source's own id of the request")
    requested_on: Series[str] = column("date of the request", empty="not given")
    pc6: Series[str] = column("PC6 without a space")
    pc4: Series[str] = column("PC4 of the request")
    status: Series[str] = column("where the request stands", isin=STATUSES)
    is_open: Series[bool] = column("waits for a decision or for its pole; false where the status is unknown")
    origin: Series[str] = column("who took the request down, as the source spells it", empty="not in the source")


class PlannedHomes(Table):
    """Dwellings that are planned: one row per plan, kind of dwelling and year of delivery."""

    part_id: Index[str] = index("plan, kind of dwelling and year of delivery, as P12|appartement|2028")
    plan_id: Series[str] = column("the source's own id of the plan")
    name: Series[str] = column("name of the plan", empty="not in the source")
    dwellings: Series[float] = column("dwellings", unit="dwellings", empty="not known yet", ge=0)
    dwelling_kind: Series[str] = column("kind of dwelling as the source spells it", empty="not in the source")
    delivery_year: Series[float] = column("year of delivery", unit="year", empty="not known yet")
    parking_norm: Series[float] = column("parkeernorm", unit="places per dwelling", empty="not in the source", ge=0)
    buurtcode: Series[str] = column("CBS code of the buurt", empty="not in the source")
    x_rd_m: Series[float] = column("east of a point in the plan, RD New", unit="m", empty="no place in the source")
    y_rd_m: Series[float] = column("north of a point in the plan, RD New", unit="m", empty="no place in the source")


class Jobs(Table):
    """Jobs per area, year and sector."""

    group: Index[str] = index("code of the area, year and sector, as 6731AB|2024|G")
    area_kind: Series[str] = column("kind of area", isin=AREA_KINDS)
    area_code: Series[str] = column("code of the area: PC6, PC4, or the CBS code with its letters")
    year: Series[float] = column("year of the count", unit="year", empty="not in the source")
    sector: Series[str] = column("sector as the source spells it", empty="all sectors together")
    jobs: Series[float] = column("jobs", unit="jobs", empty="suppressed, absent", ge=0)
    establishments: Series[float] = column("establishments", unit="establishments", empty="not in the source", ge=0)


class RoadManagers(Frame):
    """Stretches of road with who manages them (wegbeheerder)."""

    _geometry_types: ClassVar[tuple[str, ...]] = ("LineString", "MultiLineString")

    wvk_id: Index[str] = index("id of the wegvak", source="NWB")
    street: Series[str] = column("name of the street", empty="not in the source", source="NWB")
    manager_kind: Series[str] = column("kind of road manager, from wegbehsrt", isin=MANAGERS, source="NWB")
    manager_code: Series[str] = column("code of the road manager", empty="not in the source", source="NWB")
    manager_name: Series[str] = column("name of the road manager", empty="not in the source", source="NWB")
    municipality_code: Series[str] = column("CBS code of the municipality", empty="not in the source", source="NWB")
    geometry: GeoSeries[Any] = column("axis of the road", unit="m")


class Forecast(Table):
    """Official forecast per buurt, year and scenario; one of the figures is filled, by the unit of the source."""

    forecast_id: Index[str] = index("buurt, year and scenario, as BU02280105|2030|midden")
    buurtcode: Series[str] = column("CBS code of the buurt")
    year: Series[int] = column("year of the forecast", unit="year")
    scenario: Series[str] = column("scenario", isin=SCENARIOS)
    value_evse: Series[float] = column("charge points wanted", unit="EVSE", empty="the forecast is in kWh", ge=0)
    value_kwh_year: Series[float] = column("public energy", unit="kWh/year", empty="the forecast is in EVSE", ge=0)
