"""The other sources of the demo town: addresses, buurten, charge points, car stock and tree register.

In: a ``Town``. Out: files in the formats of BAG, CBS, NDW (OCPI 2.2.1), KiM and a municipal register; geometry in
EPSG:28992 but for OCPI, which is WGS84. Equal towns give equal bytes: GeoPackages carry a fixed date.
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from laadplan.demo.model import Pole, Postcode, Town
from laadplan.demo.names import MUNICIPALITY
from laadplan.geo.rd import RD_EPSG, to_wgs84

FIXED_DATE = "2025-01-01T00:00:00.000Z"
"""The date that a GeoPackage carries: a clock would make equal towns differ."""

FIGURES_YEAR = 2024
_FORGOTTEN_EVERY = 41
"""One tree in so many stands in the BGT and not in the register."""

_UNMEASURED_EVERY = 11
"""One tree in so many has no stem diameter."""

SUPPRESSED = -99997
"""CBS writes this where a figure is secret."""

CAR_COLUMNS = (
    "pc4",
    "p_gasoline",
    "p_diesel",
    "p_electric",
    "p_hybrid",
    "beginning_2020",
    "beginning_2022",
    "beginning_2023",
    "beginning_2024",
    "avg_car_age",
    "p_cars_10y_older",
    "p_cars_first_owner",
    "p_cars_pre_owned",
    "cars_per_household",
    "yearly_km_household",
    "yearly_km_car",
    "p_company_car",
    "sharing_per_100_inhabitants",
    "cars_per_km2",
    "households_per_km2",
)
"""Columns of KiM's table, in its spelling and order, for which the demo has a figure."""


TREE_COLUMNS = (
    "Boomnr",
    "Naam_Wet",
    "Naam_NL",
    "Plantjaar",
    "Stamdiameter_cm",
    "Kroondiameter_m",
    "Eigenaar",
    "X",
    "Y",
)


def write_addresses(town: Town, path: Path) -> None:
    """Address points as in the BAG: GeoPackage, layer ``adres``, all columns text."""
    rows = {
        "identificatie": [address.number_id for address in town.addresses],
        "openbare_ruimte_naam": [address.street for address in town.addresses],
        "huisnummer": [str(address.number) for address in town.addresses],
        "huisletter": [address.letter or None for address in town.addresses],
        "toevoeging": [None for _ in town.addresses],
        "postcode": [address.postcode for address in town.addresses],
        "woonplaats_naam": [town.name for _ in town.addresses],
        "pand_identificatie": [address.building_id for address in town.addresses],
        "gebruiksdoel": [address.use for address in town.addresses],
    }
    table = pd.DataFrame(rows).astype("str")
    points = gpd.GeoDataFrame(table, geometry=[address.point for address in town.addresses], crs=RD_EPSG)
    _write_geopackage(points, path, "adres")


def write_neighbourhoods(town: Town, path: Path) -> None:
    """Buurten with key figures as CBS delivers them: GeoPackage, layer ``buurten``, -99997 where a figure is secret."""
    areas = town.neighbourhoods
    table = pd.DataFrame(
        {
            "buurtcode": [area.code for area in areas],
            "buurtnaam": [area.name for area in areas],
            "gemeentecode": f"GM{MUNICIPALITY}",
            "gemeentenaam": town.name,
            "aantal_inwoners": [area.inhabitants for area in areas],
            "aantal_huishoudens": [area.households for area in areas],
            "personenautos_totaal": [SUPPRESSED if area.cars is None else area.cars for area in areas],
            "personenautos_per_huishouden": [
                float(SUPPRESSED) if area.cars_per_household is None else area.cars_per_household for area in areas
            ],
            "stedelijkheid_adressen_per_km2": [area.addresses_per_km2 for area in areas],
            "jaar": FIGURES_YEAR,
        }
    )
    _write_geopackage(gpd.GeoDataFrame(table, geometry=[area.polygon for area in areas], crs=RD_EPSG), path, "buurten")


def _write_geopackage(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """A GeoPackage with a fixed date; an older file is replaced."""
    path.unlink(missing_ok=True)
    with _fixed_date():
        frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", dataset_options={"VERSION": "1.2"})


@contextmanager
def _fixed_date() -> Iterator[None]:
    """GDAL writes `FIXED_DATE` for the current date within this context."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def charge_points(town: Town) -> str:
    """Charge points as an array of OCPI 2.2.1 locations; coordinates are text, power is often missing."""
    points = to_wgs84(gpd.GeoSeries([pole.point for pole in town.poles], crs=RD_EPSG))
    places = zip(town.poles, points.x, points.y, strict=True)
    locations = [_location(town, pole, index, (x, y)) for index, (pole, x, y) in enumerate(places)]
    return json.dumps(locations, indent=1, ensure_ascii=False) + "\n"


def _location(town: Town, pole: Pole, index: int, place: tuple[float, float]) -> dict[str, object]:
    return {
        "country_code": "NL",
        "party_id": "DMO",
        "id": f"DEMO{index + 1:05d}",
        "publish": True,
        "name": f"{pole.street} {pole.number}, {town.name}",
        "address": f"{pole.street} {pole.number}",
        "city": town.name,
        "postal_code": pole.postcode,
        "country": "NLD",
        "coordinates": {"latitude": f"{place[1]:.7f}", "longitude": f"{place[0]:.7f}"},
        "parking_type": "PARKING_LOT" if pole.fast else "ON_STREET",
        "evses": [_evse(pole, index, side) for side in (1, 2)],
        "operator": {"name": "Demo-Laadbedrijf", "website": None},
        "opening_times": {"twentyfourseven": True},
        "time_zone": "Europe/Amsterdam",
        "last_updated": "2024-12-15T06:00:00Z",
    }


_STATUSES = ("AVAILABLE", "CHARGING", "AVAILABLE", "CHARGING", "OUTOFORDER", "AVAILABLE", "UNKNOWN")


def _evse(pole: Pole, index: int, side: int) -> dict[str, object]:
    serial = f"{index + 1:05d}{side}"
    return {
        "uid": f"{pole.local_id[:12]}-{side}",
        "evse_id": f"NL*DMO*E{serial}",
        "status": _STATUSES[(2 * index + side) % len(_STATUSES)],
        "capabilities": ["REMOTE_START_STOP_CAPABLE", "RFID_READER"],
        "connectors": [_connector(pole, index)],
        "physical_reference": serial,
        "last_updated": "2024-12-15T06:00:00Z",
    }


def _connector(pole: Pole, index: int) -> dict[str, object]:
    """A socket of 11 kW on a street pole, a cable of 150 kW at a fast charger (`max_electric_power` in W)."""
    power = 150_000 if pole.fast else (None if index % 2 else 11_040)
    return {
        "id": "1",
        "standard": "IEC_62196_T2_COMBO" if pole.fast else "IEC_62196_T2",
        "format": "CABLE" if pole.fast else "SOCKET",
        "power_type": "DC" if pole.fast else "AC_3_PHASE",
        "max_voltage": 400 if pole.fast else 230,
        "max_amperage": 375 if pole.fast else 16,
        "max_electric_power": power,
        "tariff_ids": ["DEMO"],
        "last_updated": "2024-12-15T06:00:00Z",
    }


def car_stock(town: Town) -> str:
    """Cars per PC4 as KiM delivers them: CSV with points, shares from 0 to 1."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CAR_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_cars(postcode) for postcode in town.postcodes)
    return text.getvalue()


def _cars(postcode: Postcode) -> dict[str, float]:
    """The row of one PC4: what the demo does not model is of the order of the country's mean."""
    electric = postcode.electric_shares[1]
    density = postcode.households / postcode.area_km2
    figures = (
        postcode.pc4,
        round(0.9 - electric, 6),
        0.07,
        electric,
        0.03,
        *postcode.electric_shares,
        10.9,
        0.52,
        0.31,
        0.69,
        round(postcode.cars_per_household, 6),
        round(11_800 * postcode.cars_per_household, 1),
        11_800.0,
        0.09,
        0.05,
        round(density * postcode.cars_per_household, 2),
        round(density, 2),
    )
    return dict(zip(CAR_COLUMNS, figures, strict=True))


def tree_register(town: Town) -> str:
    """The municipal tree register: CSV with semicolons and decimal commas; some trees and diameters are missing."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(TREE_COLUMNS)
    for serial, tree in enumerate(town.trees, start=1):
        if serial % _FORGOTTEN_EVERY == 0:
            continue
        stem = "" if serial % _UNMEASURED_EVERY == 0 else str(tree.stem_cm)
        writer.writerow(
            [
                serial,
                tree.latin,
                tree.dutch,
                tree.planted,
                stem,
                _comma(tree.crown_m, 1),
                tree.owner,
                _comma(tree.point.x, 3),
                _comma(tree.point.y, 3),
            ]
        )
    return text.getvalue()


def _comma(value: float, decimals: int) -> str:
    """A number with a decimal comma."""
    return f"{value:.{decimals}f}".replace(".", ",")
