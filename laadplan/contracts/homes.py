"""Frames of dwellings and of figures per region, square and postcode.

Every figure stands beside the year it is of (``figures_year``): a figure without its year is not to be printed. None of
the frames here is confidential.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

KINDS = ("verblijfsobject", "ligplaats", "standplaats", "onbekend")
"""What has an address in the BAG; ``onbekend`` where neither layer, id nor column says it."""

REGIONS = ("gemeente", "wijk", "buurt")
LEVELS = ("PC4", "PC6")
SIZES_M = (100, 500)

_ABSENT = "suppressed, absent or not in the source"


class Dwellings(Frame):
    """Every verblijfsobject, ligplaats and standplaats that exists, for living or not: ``uses`` tells them apart."""

    object_id: Index[str] = index("BAG id of the object", source="BAG")
    kind: Series[str] = column("kind of object", isin=list(KINDS), source="BAG")
    status: Series[str] = column("status as the BAG spells it, or onbekend", source="BAG")
    uses: Series[str] = column(
        "all gebruiksdoelen, sorted and comma joined", empty="not in the source; berths and pitches have none"
    )
    area_m2: Series[float] = column("floor area (oppervlakte)", unit="m2", empty="unknown", gt=0, source="BAG")
    nummeraanduiding_id: Series[str] = column("BAG id of the main address", empty="not in the source", source="BAG")
    street: Series[str] = column("openbare ruimte", empty="the address is not in the source", source="BAG")
    house_number: Series[str] = column(
        "number with letter and addition, e.g. 12A-2", empty="the address is not in the source", source="BAG"
    )
    postcode: Series[str] = column("PC6 without a space", empty="no postcode", source="BAG")
    town: Series[str] = column("woonplaats", empty="not in the source", source="BAG")
    pand_ids: Series[str] = column(
        "BAG ids of all buildings it is part of, sorted and comma joined", empty="not in a building, or not given"
    )
    building_year: Series[float] = column(
        "year of building, of several buildings the oldest", unit="year", empty="unknown", ge=1000, le=2200
    )
    pand_status: Series[str] = column("status of its buildings, comma joined", empty="not in the source", source="BAG")
    geometry: GeoSeries[Any] = column("point of the object; of a berth or pitch a point inside it", unit="m")


class BuurtFigures(Table):
    """CBS key figures per gemeente, wijk or buurt, without shapes."""

    region_code: Index[str] = index("CBS code: GM, WK or BU with digits", source="CBS")
    kind: Series[str] = column("kind of region", isin=list(REGIONS), source="CBS")
    name: Series[str] = column("name of the region", empty="not in the source", source="CBS")
    municipality_code: Series[str] = column("CBS code of the municipality it lies in", source="CBS")
    inhabitants: Series[float] = column("inhabitants", unit="persons", empty=_ABSENT, ge=0, source="CBS")
    households: Series[float] = column("households", unit="households", empty=_ABSENT, ge=0, source="CBS")
    dwellings: Series[float] = column("dwellings (woningvoorraad)", unit="dwellings", empty=_ABSENT, ge=0, source="CBS")
    cars: Series[float] = column("passenger cars", unit="cars", empty=_ABSENT, ge=0, source="CBS")
    cars_per_household: Series[float] = column("cars per household", unit="cars", empty=_ABSENT, ge=0, source="CBS")
    urbanity: Series[float] = column("stedelijkheid, 1 very strong to 5 none", empty=_ABSENT, ge=1, le=5, source="CBS")
    figures_year: Series[float] = column("year of the figures", unit="year", empty="the source does not say")


class Squares(Frame):
    """CBS figures per square of 100 or 500 m."""

    _geometry_types: ClassVar[tuple[str, ...]] = ("Polygon",)

    square_id: Index[str] = index("CBS key: E and N of the south-west corner in hectometres", source="CBS")
    size_m: Series[int] = column("side of the square", unit="m", isin=list(SIZES_M), source="CBS")
    inhabitants: Series[float] = column("inhabitants", unit="persons", empty=_ABSENT, ge=0, source="CBS")
    households: Series[float] = column("private households", unit="households", empty=_ABSENT, ge=0, source="CBS")
    dwellings: Series[float] = column("dwellings", unit="dwellings", empty=_ABSENT, ge=0, source="CBS")
    cars: Series[float] = column("passenger cars", unit="cars", empty=_ABSENT, ge=0, source="CBS")
    figures_year: Series[float] = column("year of the figures", unit="year", empty="the source does not say")
    geometry: GeoSeries[Any] = column("the square, computed from its key", unit="m")


class Postcodes(Table):
    """CBS figures per postcode area."""

    postcode: Index[str] = index("PC4, or PC6 without a space", source="CBS")
    level: Series[str] = column("PC4 or PC6", isin=list(LEVELS))
    inhabitants: Series[float] = column("inhabitants", unit="persons", empty=_ABSENT, ge=0, source="CBS")
    households: Series[float] = column("private households", unit="households", empty=_ABSENT, ge=0, source="CBS")
    dwellings: Series[float] = column("dwellings", unit="dwellings", empty=_ABSENT, ge=0, source="CBS")
    addresses: Series[float] = column("addresses", unit="addresses", empty=_ABSENT, ge=0, source="CBS")
    cars: Series[float] = column("passenger cars", unit="cars", empty=_ABSENT, ge=0, source="CBS")
    urbanity: Series[float] = column("stedelijkheid, 1 very strong to 5 none", empty=_ABSENT, ge=1, le=5, source="CBS")
    figures_year: Series[float] = column("year of the figures", unit="year", empty="the source does not say")
