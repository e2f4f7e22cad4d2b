"""The BAG as PDOK delivers it in its light GeoPackage (``bag-light.gpkg``): five layers, addresses flattened into them.

In: a ``Quarter``; for the layer ``woonplaats`` the outline of the town. Out: rows per layer (EPSG:28992) with PDOK's
columns and types, also where a layer has no rows. As in the real file there is no layer of nummeraanduidingen or of
streets: each verblijfsobject carries the id of its main address and of its street.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.berths import Berth, berths, pitches
from laadplan.demo.model import Address, Quarter
from laadplan.demo.names import MUNICIPALITY, bag_id, dwelling_id, hashed
from laadplan.demo.records import planned_buildings
from laadplan.geo.rd import RD_EPSG

TEXT = "str"
NUMBER = "Int64"
"""Types of columns: text, and whole numbers; both may be missing."""

PAND = {
    "rdf_seealso": TEXT,
    "identificatie": TEXT,
    "bouwjaar": NUMBER,
    "status": TEXT,
    "gebruiksdoel": TEXT,
    "oppervlakte_min": NUMBER,
    "oppervlakte_max": NUMBER,
    "aantal_verblijfsobjecten": NUMBER,
}
"""Columns of ``pand``, in PDOK's order (GeoPackage of 2024-2025); areas in square metres."""

_ADDRESS = {
    "openbare_ruimte_naam": TEXT,
    "openbare_ruimte_naam_kort": TEXT,
    "huisnummer": NUMBER,
    "huisletter": TEXT,
    "toevoeging": TEXT,
    "postcode": TEXT,
    "woonplaats_naam": TEXT,
}
_ADDRESS_IDS = {
    "nummeraanduiding_hoofdadres_identificatie": TEXT,
    "openbare_ruimte_identificatie": TEXT,
    "woonplaats_identificatie": TEXT,
    "bronhouder_identificatie": TEXT,
}
"""Columns of the address that is flattened into a verblijfsobject, a ligplaats or a standplaats."""

VERBLIJFSOBJECT = {
    "rdf_seealso": TEXT,
    "identificatie": TEXT,
    "oppervlakte": NUMBER,
    "status": TEXT,
    "gebruiksdoel": TEXT,
    **_ADDRESS,
    "bouwjaar": NUMBER,
    "pand_identificatie": TEXT,
    "pandstatus": TEXT,
    **_ADDRESS_IDS,
}
"""Columns of ``verblijfsobject``."""

PLACE = {"rdf_seealso": TEXT, "identificatie": TEXT, "status": TEXT, **_ADDRESS, **_ADDRESS_IDS}
"""Columns of ``ligplaats`` and ``standplaats``."""

WOONPLAATS = {
    "rdf_seealso": TEXT,
    "identificatie": TEXT,
    "status": TEXT,
    "woonplaats": TEXT,
    "bronhouder_identificatie": TEXT,
}
"""Columns of ``woonplaats``."""

GEOMETRY_TYPES = {
    "woonplaats": "MultiPolygon",
    "pand": "Polygon",
    "verblijfsobject": "Point",
    "standplaats": "Polygon",
    "ligplaats": "Polygon",
}
"""Layers of the file, in its order, with their type of geometry."""

WOONPLAATS_ID = MUNICIPALITY
"""Digits of the one woonplaats: real ones stay below 4000."""

_LINK = "http://bag.basisregistraties.overheid.nl/bag/id"

IN_USE = "Verblijfsobject in gebruik"
_OTHER_STATUSES = ((79, "Verbouwing verblijfsobject"), (127, "Verblijfsobject in gebruik (niet ingemeten)"))
"""One verblijfsobject in so many has another status; shares are of the order of those in a real municipality."""

_BUILDING_IN_USE = "Pand in gebruik"
_BUILDING_PLANNED = "Bouwvergunning verleend"
_PLACE_DESIGNATED = "Plaats aangewezen"

_PLANNED_YEAR = 2026
"""Year of building of what is planned: the BAG gives the expected one."""

_SHORT_NAME = 24
"""Longest name of a street; a longer one has a short form of its own (NEN 5825)."""

_STREET_SERIALS = 10**10


def layer_rows(quarter: Quarter) -> dict[str, gpd.GeoDataFrame]:
    """The rows of one quarter in each layer but ``woonplaats``."""
    return {
        "pand": _buildings(quarter),
        "verblijfsobject": _units(quarter),
        "standplaats": _places(quarter, "standplaats", pitches(quarter)),
        "ligplaats": _places(quarter, "ligplaats", berths(quarter)),
    }


def woonplaats_rows(town_name: str, outline: BaseGeometry) -> gpd.GeoDataFrame:
    """The one row of the layer ``woonplaats``: the outline of the town (EPSG:28992)."""
    shape = MultiPolygon([outline]) if isinstance(outline, Polygon) else outline
    columns: dict[str, Sequence[object]] = {
        "rdf_seealso": [f"{_LINK}/woonplaats/{WOONPLAATS_ID}"],
        "identificatie": [WOONPLAATS_ID],
        "status": ["Woonplaats aangewezen"],
        "woonplaats": [town_name],
        "bronhouder_identificatie": [MUNICIPALITY],
    }
    return _frame(columns, [shape], WOONPLAATS)


def street_id(name: str) -> str:
    """The BAG id of an openbare ruimte (object type 30), equal in all quarters that share the street.

    >>> street_id("Demo-Kade") == street_id("Demo-Kade"), len(street_id("Demo-Kade"))
    (True, 16)
    """
    return bag_id("30", int(hashed("openbare ruimte", name)[:16], 16) % _STREET_SERIALS)


def short_name(name: str) -> str:
    """The name of a street in at most 24 signs.

    >>> short_name("Demo-Kade"), short_name("Demo-Winterkoningsingel 12")
    ('Demo-Kade', 'Demo-Winterkoningsngl 12')
    """
    if len(name) <= _SHORT_NAME:
        return name
    for long, short in (("straat", "str"), ("singel", "sngl"), ("gaarde", "grd"), ("laan", "ln"), ("steeg", "stg")):
        name = name.replace(long, short)
    return name[:_SHORT_NAME]


def _buildings(quarter: Quarter) -> gpd.GeoDataFrame:
    """Buildings with the range of the floor areas of their units, and those for which there is a permit."""
    areas: dict[str, list[int]] = {}
    for address in quarter.addresses:
        areas.setdefault(address.building_id, []).append(max(address.area_m2, 1))
    uses = _uses_of_buildings(quarter)
    planned = planned_buildings(quarter)
    built = [building.bag_id for building in quarter.buildings]
    ids = [*built, *(identifier for identifier, _ in planned)]
    columns: dict[str, Sequence[object]] = {
        "rdf_seealso": [f"{_LINK}/pand/{identifier}" for identifier in ids],
        "identificatie": ids,
        "bouwjaar": [*(building.built for building in quarter.buildings), *(_PLANNED_YEAR for _ in planned)],
        "status": [_BUILDING_IN_USE] * len(built) + [_BUILDING_PLANNED] * len(planned),
        "gebruiksdoel": [uses.get(identifier) for identifier in ids],
        "oppervlakte_min": [min(areas[identifier]) if identifier in areas else None for identifier in ids],
        "oppervlakte_max": [max(areas[identifier]) if identifier in areas else None for identifier in ids],
        "aantal_verblijfsobjecten": [len(areas.get(identifier, ())) for identifier in ids],
    }
    shapes = [*(building.polygon for building in quarter.buildings), *(shape for _, shape in planned)]
    return _frame(columns, shapes, PAND)


def _uses_of_buildings(quarter: Quarter) -> dict[str, str]:
    """All uses in a building, by its id."""
    found: dict[str, set[str]] = {}
    for address in quarter.addresses:
        found.setdefault(address.building_id, set()).update(address.use.split(","))
    return {identifier: ",".join(sorted(uses)) for identifier, uses in found.items()}


def _units(quarter: Quarter) -> gpd.GeoDataFrame:
    addresses = quarter.addresses
    serials = [int(address.number_id[-10:]) for address in addresses]
    ids = [dwelling_id(serial) for serial in serials]
    years = {building.bag_id: building.built for building in quarter.buildings}
    columns: dict[str, Sequence[object]] = {
        "rdf_seealso": [f"{_LINK}/verblijfsobject/{identifier}" for identifier in ids],
        "identificatie": ids,
        "oppervlakte": [max(address.area_m2, 1) for address in addresses],
        "status": [_status(serial) for serial in serials],
        "gebruiksdoel": [",".join(sorted(address.use.split(","))) for address in addresses],
        "bouwjaar": [years.get(address.building_id) for address in addresses],
        "pand_identificatie": [address.building_id for address in addresses],
        "pandstatus": [_BUILDING_IN_USE] * len(addresses),
        "toevoeging": [None] * len(addresses),
        "nummeraanduiding_hoofdadres_identificatie": [address.number_id for address in addresses],
        **_address_columns(quarter, addresses),
    }
    return _frame(columns, [address.point for address in addresses], VERBLIJFSOBJECT)


def _status(serial: int) -> str:
    """The status of a verblijfsobject: nearly all are in use."""
    return next((status for every, status in _OTHER_STATUSES if serial % every == 0), IN_USE)


def _places(quarter: Quarter, layer: str, found: Sequence[Berth]) -> gpd.GeoDataFrame:
    columns: dict[str, Sequence[object]] = {
        "rdf_seealso": [f"{_LINK}/{layer}/{berth.place_id}" for berth in found],
        "identificatie": [berth.place_id for berth in found],
        "status": [_PLACE_DESIGNATED] * len(found),
        "toevoeging": [berth.addition for berth in found],
        "nummeraanduiding_hoofdadres_identificatie": [berth.number_id for berth in found],
        **_address_columns(quarter, [berth.near for berth in found]),
    }
    return _frame(columns, [berth.polygon for berth in found], PLACE)


def _address_columns(quarter: Quarter, addresses: Sequence[Address]) -> dict[str, Sequence[object]]:
    """What a row takes over from an address: all but the addition and the id of the nummeraanduiding."""
    streets = {name: (short_name(name), street_id(name)) for name in sorted({each.street for each in addresses})}
    return {
        "openbare_ruimte_naam": [address.street for address in addresses],
        "openbare_ruimte_naam_kort": [streets[address.street][0] for address in addresses],
        "huisnummer": [address.number for address in addresses],
        "huisletter": [address.letter or None for address in addresses],
        "postcode": [address.postcode for address in addresses],
        "woonplaats_naam": [quarter.town] * len(addresses),
        "openbare_ruimte_identificatie": [streets[address.street][1] for address in addresses],
        "woonplaats_identificatie": [WOONPLAATS_ID] * len(addresses),
        "bronhouder_identificatie": [MUNICIPALITY] * len(addresses),
    }


def _frame(
    columns: Mapping[str, Sequence[Any]], shapes: Sequence[BaseGeometry], types: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Columns in their fixed order with their fixed types, also without rows."""
    table = pd.DataFrame({name: pd.Series(columns[name], dtype=kind) for name, kind in types.items()})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs=RD_EPSG), crs=RD_EPSG)
