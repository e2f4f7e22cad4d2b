"""Frames of the electricity grid: cables, what stands along them, and indications of capacity.

`Cables` and `GridPoints` are confidential whatever they came from: a KLIC delivery may not be shown, and one that is
mixed with open data may not either. Each row says whether it is. An indication of capacity is a table, since most
sources give a list; the shapes of feeding areas, where a source has them, are a frame of their own under the same code.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

LINES = ("LineString", "MultiLineString")
POLYGONS = ("Polygon", "MultiPolygon")

LEVELS = ("laagspanning", "middenspanning", "hoogspanning", "onbekend")
THEMES = (*LEVELS, "gas")
USES = ("net", "aansluiting", "openbare verlichting", "onbekend")
STATUSES = ("in gebruik", "buiten gebruik", "gepland", "onbekend")
OPERATORS = ("netbeheerder", "gemeente", "overig", "onbekend")
REQUESTS = ("orientatieverzoek", "graafmelding", "calamiteitenmelding", "open data", "onbekend")
POINT_KINDS = (
    "kast",
    "station",
    "onderstation",
    "huisaansluiting",
    "hoogbouwkoppelpunt",
    "lichtmast",
    "mof",
    "overig",
)
CAPACITIES = ("ruim", "beperkt", "vol", "onbekend")
COVERS = ("grootverbruik", "kleinverbruik", "onbekend")
AREA_KINDS = ("voedingsgebied", "postcode", "station", "gemeente")


class Cables(Frame):
    """Electricity cables, each once: from KLIC deliveries and from the open data of grid operators."""

    _confidential: ClassVar[bool] = True
    _geometry_types: ClassVar[tuple[str, ...]] = LINES

    cable_id: Index[str] = index("the source's own id of the cable; one without an id is named after its place")
    voltage_v: Series[float] = column("voltage it is operated at", unit="V", empty="0, -1 or not given", gt=0)
    nominal_voltage_v: Series[float] = column(
        "voltage it was made for", unit="V", empty="0, -1 or not given", gt=0, source="KLIC"
    )
    voltage_level: Series[str] = column("net it belongs to", isin=LEVELS)
    use: Series[str] = column(
        "net (main cable), aansluiting (to a house), openbare verlichting, or onbekend where the source does not tell",
        isin=USES,
    )
    status: Series[str] = column("whether it carries current; onbekend: the source does not say", isin=STATUSES)
    owner: Series[str] = column("who owns it, by name or else by code", empty="not in the source")
    operator_kind: Series[str] = column("kind of owner", isin=OPERATORS)
    label: Series[str] = column("label the owner gives it, e.g. its group", empty="not given")
    registered_on: Series[str] = column("begin of this version of the cable", empty="not given")
    delivery: Series[str] = column("KLIC number of the newest delivery it is in", empty="open data", source="KLIC")
    request_kind: Series[str] = column("kind of request that the delivery answers", isin=REQUESTS)
    delivered_on: Series[str] = column("date on which the delivery was made", empty="open data, or not given")
    valid_until: Series[str] = column("last day on which the request holds", empty="it has no term")
    confidential: Series[bool] = column("true for KLIC: never on a public layer")
    geometry: GeoSeries[Any] = column("where it lies", unit="m")


class GridPoints(Frame):
    """What stands along the cables: cabinets, stations, house connections, joints and lamp posts."""

    _confidential: ClassVar[bool] = True

    point_id: Index[str] = index("the source's own id of the point; one without an id is named after its place")
    kind: Series[str] = column("what it is", isin=POINT_KINDS)
    theme: Series[str] = column(
        "net it belongs to; of gas only house connections are kept, since a pole must stay clear of them", isin=THEMES
    )
    label: Series[str] = column("label or name the owner gives it", empty="not given")
    description: Series[str] = column("what the owner calls it, e.g. Verdeelkast", empty="not given")
    owner: Series[str] = column("who owns it, by name or else by code", empty="not in the source")
    operator_kind: Series[str] = column("kind of owner", isin=OPERATORS)
    status: Series[str] = column("whether it is in use; onbekend: the source does not say", isin=STATUSES)
    registered_on: Series[str] = column("begin of this version of the point", empty="not given")
    delivery: Series[str] = column("KLIC number of the newest delivery it is in", empty="open data", source="KLIC")
    request_kind: Series[str] = column("kind of request that the delivery answers", isin=REQUESTS)
    delivered_on: Series[str] = column("date on which the delivery was made", empty="open data, or not given")
    valid_until: Series[str] = column("last day on which the request holds", empty="it has no term")
    confidential: Series[bool] = column("true for KLIC: never on a public layer")
    geometry: GeoSeries[Any] = column("where it stands; of a surface a point in it", unit="m")


class GridCapacity(Table):
    """Dated indications of the capacity of the grid, per feeding area, postcode, station or municipality."""

    indication_id: Index[str] = index("kind and code of what the indication is about, e.g. postcode:1234AB")
    area_kind: Series[str] = column("what the indication is about", isin=AREA_KINDS)
    area_code: Series[str] = column("the source's own code of the area, station or municipality; PC6 or PC4")
    name: Series[str] = column("name of the area or station", empty="not given")
    supply_area: Series[str] = column("code of the voedingsgebied that it is fed from", empty="not given")
    operator: Series[str] = column("grid operator", empty="not given")
    offtake: Series[str] = column(
        "capacity for use (afname); onbekend wherever the source says nothing", isin=CAPACITIES
    )
    feed_in: Series[str] = column(
        "capacity for feeding in (teruglevering); onbekend wherever the source says nothing", isin=CAPACITIES
    )
    offtake_stated: Series[str] = column("class for use in the source's own words", empty="not given")
    feed_in_stated: Series[str] = column("class for feeding in, in the source's own words", empty="not given")
    offtake_queue_mw: Series[float] = column("capacity in the queue for use", unit="MW", empty="not given", ge=0)
    feed_in_queue_mw: Series[float] = column("capacity in the queue for feeding in", unit="MW", empty="not given", ge=0)
    offtake_requests: Series[float] = column("requests in the queue for use", unit="requests", empty="not given", ge=0)
    feed_in_requests: Series[float] = column(
        "requests in the queue for feeding in", unit="requests", empty="not given", ge=0
    )
    indicated_on: Series[str] = column("date of the indication", empty="the source has no date")
    covers: Series[str] = column(
        "connections it is about: grootverbruik (above 3x80 A; a public AC pole is usually smaller) or kleinverbruik",
        isin=COVERS,
    )


class GridAreas(Frame):
    """Shapes of the feeding areas of the capacity map."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    area_code: Index[str] = index("the source's own code of the voedingsgebied")
    name: Series[str] = column("name of the voedingsgebied", empty="not given")
    operator: Series[str] = column("grid operator", empty="not given")
    geometry: GeoSeries[Any] = column("shape of the voedingsgebied", unit="m")
