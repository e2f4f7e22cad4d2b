"""What ingest delivers: one frame per kind of object, whatever file it came from.

Every frame is in RD New (EPSG:28992) and indexed by the source's own id. None of the frames here is confidential.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

POLYGONS = ("Polygon", "MultiPolygon")
PLANNED = "plan"
"""Status in the BGT of what is not yet there."""


class RoadParts(Frame):
    """Current road parts of the BGT (wegdeel)."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    local_id: Index[str] = index("lokaalID of the road part", source="BGT")
    function: Series[str] = column("function as the BGT spells it, e.g. parkeervlak, voetpad", source="BGT")
    material: Series[str] = column("surface material", empty="not in the source", source="BGT")
    plus_function: Series[str] = column(
        "function in more detail (plus-functie), e.g. verkeersdrempel", empty="none or unknown", source="BGT"
    )
    plus_material: Series[str] = column(
        "surface material in more detail (plus-fysiek voorkomen), e.g. asfalt", empty="none or unknown", source="BGT"
    )
    level: Series[int] = column("relative height, 0 is ground level", source="BGT")
    status: Series[str] = column("bgt-status", source="BGT")
    maintainer: Series[str] = column("bronhouder: who keeps the object up to date", empty="not given", source="BGT")
    registered_on: Series[str] = column("date of registration of this version", empty="not given", source="BGT")
    geometry: GeoSeries[Any] = column("surface", unit="m")


class Terrain(Frame):
    """Current terrain of the BGT: planted, unplanted, verge and water."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    local_id: Index[str] = index("lokaalID of the part", source="BGT")
    kind: Series[str] = column(
        "kind of object", source="BGT", isin=["begroeid", "onbegroeid", "ondersteunend", "water"]
    )
    cover: Series[str] = column("physical appearance or function, e.g. erf, groenvoorziening, berm", empty="not given")
    plus_cover: Series[str] = column(
        "cover in more detail (plus-type or plus-fysiek voorkomen), e.g. heesters",
        empty="none or unknown",
        source="BGT",
    )
    level: Series[int] = column("relative height, 0 is ground level", source="BGT")
    status: Series[str] = column("bgt-status", source="BGT")
    geometry: GeoSeries[Any] = column("surface", unit="m")


class Buildings(Frame):
    """Current buildings of the BGT (pand), as ground plan."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    local_id: Index[str] = index("lokaalID of the building", source="BGT")
    bag_pand_id: Series[str] = column("BAG id of the pand", empty="not given", source="BGT")
    level: Series[int] = column("relative height, 0 is ground level", source="BGT")
    status: Series[str] = column("bgt-status", source="BGT")
    geometry: GeoSeries[Any] = column("ground plan", unit="m")


class Trees(Frame):
    """Trees, from a municipal register or else from the BGT."""

    tree_id: Index[str] = index("the source's own id of the tree")
    species: Series[str] = column("Dutch or scientific name", empty="not in the source")
    stem_diameter_m: Series[float] = column("stem diameter", unit="m", empty="not measured", ge=0)
    stem_class: Series[str] = column("stem diameter in the source's words, e.g. 20-30 cm", empty="no words given")
    stem_min_m: Series[float] = column("stem at least; a measured one itself", unit="m", empty="not known", ge=0)
    stem_max_m: Series[float] = column("stem at most; a measured one itself", unit="m", empty="not known", ge=0)
    crown_diameter_m: Series[float] = column("crown diameter", unit="m", empty="not measured", ge=0)
    crown_class: Series[str] = column("crown diameter in the source's words, e.g. 4-6 m", empty="no words given")
    crown_min_m: Series[float] = column("crown at least; a measured one itself", unit="m", empty="not known", ge=0)
    crown_max_m: Series[float] = column("crown at most; a measured one itself", unit="m", empty="not known", ge=0)
    height_class: Series[str] = column("height in the source's words, e.g. tot 6 m.", empty="no words given")
    height_min_m: Series[float] = column("height at least; a measured one itself", unit="m", empty="not known", ge=0)
    height_max_m: Series[float] = column("height at most; a measured one itself", unit="m", empty="not known", ge=0)
    origin: Series[str] = column("source of the row", isin=["BGT", "bomenregister"])
    geometry: GeoSeries[Any] = column("heart of the stem", unit="m")


class Addresses(Frame):
    """Addresses as points."""

    address_id: Index[str] = index("the source's own id of the address")
    nummeraanduiding_id: Series[str] = column("BAG id of the nummeraanduiding", empty="not in the source", source="BAG")
    street: Series[str] = column("openbare ruimte", source="BAG")
    house_number: Series[str] = column("number with letter and addition, e.g. 12A-2", source="BAG")
    postcode: Series[str] = column("PC6 without a space", empty="no postcode", source="BAG")
    town: Series[str] = column("woonplaats", empty="not in the source", source="BAG")
    use: Series[str] = column("gebruiksdoel, comma joined", empty="not in the source", source="BAG")
    geometry: GeoSeries[Any] = column("address point", unit="m")


class Buurten(Frame):
    """CBS buurten with the figures that demand needs."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    buurtcode: Index[str] = index("CBS code, BU and eight digits", source="CBS")
    name: Series[str] = column("name of the buurt", source="CBS")
    municipality_code: Series[str] = column("CBS code of the municipality", source="CBS")
    inhabitants: Series[float] = column("inhabitants", unit="persons", empty="suppressed, absent", ge=0, source="CBS")
    households: Series[float] = column("households", unit="households", empty="suppressed, absent", ge=0, source="CBS")
    pc4: Series[str] = column("most common PC4", empty="not in the source", source="CBS")
    cars: Series[float] = column("passenger cars", unit="cars", empty="suppressed, absent", ge=0, source="CBS")
    single_family_share: Series[float] = column(
        "dwellings that are no flats (eengezinswoningen)", empty="suppressed, absent", ge=0, le=1, source="CBS"
    )
    geometry: GeoSeries[Any] = column("shape of the buurt", unit="m")


class ChargePoints(Frame):
    """Existing charging locations: one row per OCPI location, with its EVSE counted."""

    location_id: Index[str] = index("OCPI id of the location", source="NDW")
    name: Series[str] = column("name as the operator gives it", empty="not given", source="NDW")
    address: Series[str] = column("address as the operator gives it", empty="not given", source="NDW")
    operator: Series[str] = column("operator (CPO)", empty="not given", source="NDW")
    access: Series[str] = column("who may charge here", isin=["openbaar", "semi-openbaar", "onbekend"], source="NDW")
    evse_count: Series[int] = column("EVSE in existence, planned and removed ones not counted", unit="EVSE", ge=0)
    max_power_kw: Series[float] = column("highest power of a connector", unit="kW", empty="unknown", gt=0)
    updated_at: Series[str] = column("last change as the source gives it", empty="not given", source="NDW")
    in_area: Series[bool] = column("false for a location outside the area that still serves it or its buurten")
    geometry: GeoSeries[Any] = column("location", unit="m")


class Vehicles(Table):
    """Car stock per PC4."""

    pc4: Index[str] = index("PC4 area")
    cars_per_household: Series[float] = column(
        "cars per household; more than 5 is a lost decimal", unit="cars", empty="absent", ge=0, le=5, source="KiM"
    )
    electric_share: Series[float] = column("electric cars in the car stock", empty="absent", ge=0, le=1, source="KiM")
    expected_share: Series[float] = column(
        "share of 2022, before the source began to count company cars at the company's address, grown like that of "
        "the middle postcode of the source",
        empty="no count of 2022 with company cars in the source, or no later one",
        ge=0,
        le=1,
        source="KiM",
    )
    company_share: Series[float] = column(
        "cars kept by companies (zakelijk) in the car stock", empty="absent", ge=0, le=1, source="KiM"
    )
    stock_year: Series[int] = column("year at whose beginning the share was counted", source="KiM")
