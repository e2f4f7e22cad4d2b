"""A small municipality of our own drawing with everything that demand is counted from, and runs of it.

In: nothing but this drawing. Out: sources as their owners deliver them, a config, and what runs leave behind. Three
buurten of a square kilometre: Westveld (sixty dwellings, of which the CBS counts cars), Oostveld (fifty dwellings, a
school and an office, partly in the postcode of Westveld) and Geheim (ten dwellings, figures suppressed).
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
import shapely
from pyproj import Transformer

from .delivered import stated
from .program import Program
from .reading import RD, RunFolder
from .streets import ORIGIN, config_of, points, shapes
from .towns import SUPPRESSED

DATE = "2026-01-05"
"""A Monday: the week before it is whole."""

WEST, EAST, SECRET = "BU00010001", "BU00010002", "BU00010003"
SCENARIOS = ("laag", "midden", "hoog")
YEARS = range(2026, 2036)
CARS = {WEST: 90, EAST: 60}
HOUSEHOLDS = {WEST: 60, EAST: 50}
SHARES = {"6700": 0.10, "6701": 0.05}
"""Electric cars in the car stock of PC4s at the beginning of 2024."""

CLUSTERS = {
    # PC6: (buurt, east, north, dwellings)
    "6700AA": (WEST, 100.0, 100.0, 20),
    "6700AB": (WEST, 500.0, 500.0, 20),
    "6700AC": (WEST, 900.0, 900.0, 20),
    "6700AD": (EAST, 1100.0, 100.0, 10),
    "6701AA": (EAST, 1500.0, 500.0, 20),
    "6701AB": (EAST, 1900.0, 900.0, 20),
    "6701AC": (SECRET, 500.0, 1500.0, 10),
}
SCHOOL, OFFICE = ("6701AA", 1520.0, 560.0), ("6701AB", 1880.0, 860.0)
PLAN = {"plan": "P1", "buurt": WEST, "dwellings": 30, "year": 2029, "east": 300.0, "north": 800.0}
POINTS_KWH = 2 * 3000.0
"""What a pole of two points delivers in a year, by the default of the config."""

SQUARES = {
    # CBS key: (households, what the rule of the NAL must say)
    "E1550N4630": (150, "voldoet"),
    "E1565N4630": (150, "voldoet niet"),
    "E1550N4635": (124, "geen eis"),
    "E1555N4635": (SUPPRESSED, "onbekend"),
    "E1560N4630": (125, "voldoet niet"),
}

OFFICIAL = {
    (WEST, year, scenario): value + extra
    for year, extra in ((2030, 0), (2035, 40_000))
    for scenario, value in zip(SCENARIOS, (50_000.0, 60_000.0, 80_000.0), strict=True)
}
"""Official forecast in kWh a year: Westveld only."""

WRONG_TOTAL = "GM0001;2030;midden;99999"
"""A row with a total that is not the sum of its parts."""


@dataclass(frozen=True)
class Location:
    """A charging location as it is drawn: its id, place in metres from the origin, points, access and power in W."""

    key: str
    east: float
    north: float
    evses: int = 2
    parking: str = "ON_STREET"
    power_w: int | None = 11_000


POLES = (
    Location("PAAL-WEST", 100.0, 150.0),
    Location("PAAL-GRENS", 960.0, 110.0, power_w=None),
    Location("PAAL-GARAGE", 1400.0, 300.0, parking="PARKING_GARAGE"),
)
"""At 50 m of 6700AA; in Westveld at 140 m of 6700AD across the border; one not public. All far from the rest."""


# --- sources ---------------------------------------------------------------------------------------------------------


def sources(folder: Path, *, backwards: bool = False) -> dict[str, Any]:
    """Every source of the municipality, written; ``backwards`` turns the order of all rows round."""
    folder.mkdir(parents=True, exist_ok=True)
    step = -1 if backwards else 1
    return {
        "buurten": buurten(folder / "buurten.gpkg", step),
        "addresses": addresses(folder / "bag.gpkg", step),
        "car_stock": car_stock(folder / "autos.csv", step),
        "charge_points": locations(folder / "ocpi.json", POLES[::step]),
        "squares": squares(folder / "vierkanten.gpkg", step),
        "planned_homes": planned(folder / "plannen.csv"),
        "jobs": jobs(folder / "banen.csv", step),
    }


def buurten(path: Path, step: int = 1, *, names: Mapping[str, tuple[float, float]] | None = None) -> Path:
    """CBS buurten of a square kilometre; the figures of the third are suppressed."""
    corners = names or {WEST: (0.0, 0.0), EAST: (1000.0, 0.0), SECRET: (0.0, 1000.0)}
    rows = [
        (
            shapely.MultiPolygon([shapely.box(east, north, east + 1000, north + 1000)]),
            {
                "buurtcode": code,
                "buurtnaam": f"Buurt {code[-1]}",
                "gemeentecode": "GM0001",
                "water": "NEE",
                "meest_voorkomende_postcode": "6701" if code == EAST else "6700",
                "aantal_inwoners": 2 * HOUSEHOLDS.get(code, SUPPRESSED) if code in HOUSEHOLDS else SUPPRESSED,
                "aantal_huishoudens": HOUSEHOLDS.get(code, SUPPRESSED),
                "personenautos_totaal": CARS.get(code, SUPPRESSED),
                "percentage_eengezinswoning": 100,
                "jaar": 2024,
            },
        )
        for code, (east, north) in corners.items()
    ]
    return shapes(path, rows[::step], layer="buurten")


def addresses(path: Path, step: int = 1) -> Path:
    """BAG: dwellings a metre apart in rows of five per PC6, a school and an office."""
    rows = [
        (east + place % 5, north + place // 5, address(number, place, postcode, "woonfunctie", 100))
        for number, (postcode, (_, east, north, dwellings)) in enumerate(CLUSTERS.items())
        for place in range(dwellings)
    ]
    rows.append((*SCHOOL[1:], address(50, 0, SCHOOL[0], "onderwijsfunctie", 900)))
    rows.append((*OFFICE[1:], address(51, 0, OFFICE[0], "kantoorfunctie", 2500)))
    return points(path, rows[::step], layer="verblijfsobject")


def address(number: int, place: int, postcode: str, use: str, area_m2: int) -> dict[str, Any]:
    key = number * 100 + place
    return {
        "identificatie": f"000101{key:010d}",
        "status": "Verblijfsobject in gebruik",
        "gebruiksdoel": use,
        "oppervlakte": area_m2,
        "openbare_ruimte_naam": f"Straat {number}",
        "huisnummer": place + 1,
        "postcode": postcode,
        "woonplaats_naam": "Veld",
        "bouwjaar": 1990,
        "pand_identificatie": f"000110{key:010d}",
        "nummeraanduiding_hoofdadres_identificatie": f"000120{key:010d}",
    }


def car_stock(path: Path, step: int = 1) -> Path:
    """Cars and electric cars per PC4 as the KiM gives them; all grew alike."""
    rows = [f"{pc4},{now / 5:.4f},{now / 2:.4f},{now / 1.25:.4f},{now},1.2,0.1" for pc4, now in SHARES.items()]
    header = "pc4,beginning_2020,beginning_2022,beginning_2023,beginning_2024,cars_per_household,p_company_car"
    return written(path, header, *rows[::step])


def locations(path: Path, poles: tuple[Location, ...]) -> Path:
    """Charging locations as OCPI gives them."""
    to_degrees = Transformer.from_crs(RD, 4326, always_xy=True)
    listed = []
    for pole in poles:
        lon, lat = to_degrees.transform(ORIGIN[0] + pole.east, ORIGIN[1] + pole.north)
        listed.append(
            {
                "country_code": "NL",
                "party_id": "ABC",
                "id": pole.key,
                "publish": True,
                "name": pole.key,
                "address": f"Adres {pole.key}",
                "city": "Veld",
                "country": "NLD",
                "coordinates": {"latitude": f"{lat:.7f}", "longitude": f"{lon:.7f}"},
                "parking_type": pole.parking,
                "evses": [_evse(f"NL*ABC*{pole.key}*{number}", pole.power_w) for number in range(pole.evses)],
                "time_zone": "Europe/Amsterdam",
                "last_updated": "2025-01-01T00:00:00Z",
            }
        )
    path.write_text(json.dumps(listed), encoding="utf-8")
    return path


def _evse(key: str, power_w: int | None) -> dict[str, Any]:
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_electric_power": power_w,
        "last_updated": "2025-01-01T00:00:00Z",
    }
    return {
        "uid": key,
        "evse_id": key,
        "status": "AVAILABLE",
        "connectors": [connector],
        "last_updated": "2025-01-01T00:00:00Z",
    }


def squares(path: Path, step: int = 1) -> Path:
    """CBS squares of 500 m."""
    rows = []
    for key, (households, _) in SQUARES.items():
        east, north = int(key[1:5]) * 100 - ORIGIN[0], int(key[6:]) * 100 - ORIGIN[1]
        about = {"crs28992res500m": key, "aantal_part_huishoudens": households, "aantal_inwoners": 300, "jaar": 2024}
        rows.append((shapely.box(east, north, east + 500, north + 500), about))
    return shapes(path, rows[::step], layer="vierkanten")


def planned(path: Path) -> Path:
    """One plan for dwellings."""
    header = "plannummer;plannaam;aantal_woningen;woningtype;opleverjaar;buurtcode;x;y"
    east, north = ORIGIN[0] + float(PLAN["east"]), ORIGIN[1] + float(PLAN["north"])
    return written(
        path, header, f"P1;Nieuwveld;{PLAN['dwellings']};tussenwoning;{PLAN['year']};{PLAN['buurt']};{east};{north}"
    )


def jobs(path: Path, step: int = 1) -> Path:
    """Jobs per PC6: a hundred at the office, none elsewhere."""
    rows = [f"{postcode};2024;{100 if postcode == OFFICE[0] else 0}" for postcode in CLUSTERS]
    return written(path, "pc6;peiljaar;banen", *rows[::step])


def forecast(path: Path, figures: Mapping[tuple[str, int, str], float], *rows: str) -> Path:
    """An official forecast of energy, and rows of one's own such as a total."""
    listed = [f"{code};{year};{scenario};{value}" for (code, year, scenario), value in figures.items()]
    return written(path, "buurtcode;jaar;scenario;kwh", *listed, *rows)


def written(path: Path, *lines: str) -> Path:
    """A table as text."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# --- runs ------------------------------------------------------------------------------------------------------------


def project(folder: Path, given: Mapping[str, Any], **sections: Any) -> Path:
    """Path of a config of the municipality with these sources."""
    scenario = {"year": 2030, "until_year": YEARS[-1], **sections.pop("scenario", {})}
    return config_of(folder, given, scenario=scenario, **sections)


def with_areas(folder: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same sources with Westveld in two parts as calculation areas, and the official forecast."""
    halves = [
        (shapely.box(0, south, 1000, north), {"id": f"W{number}", "naam": f"Deel {number}"})
        for number, (south, north) in enumerate(((0, 700), (700, 1000)))
    ]
    halves += [(shapely.box(1000, 0, 2000, 1000), {"id": "O", "naam": "Oost"})]
    official = forecast(folder / "prognose.csv", OFFICIAL, WRONG_TOTAL)
    return {
        **given,
        "zones": {"deelbuurten": zone(shapes(folder / "deelbuurten.gpkg", halves))},
        "forecast": {**stated(official), "unit": "kWh"},
    }


def zone(path: Path, **more: Any) -> dict[str, Any]:
    """A layer of calculation areas as a source."""
    return {**stated(path), "kind": "rekengebied", **more}


def demand(
    laadplan: Program, config: Path, *options: object, env: dict[str, str | None] | None = None, out: Path | None = None
) -> RunFolder:
    """What `laadplan demand` leaves behind."""
    return _left(laadplan, "demand", config, out, env, *options)


def monitor(
    laadplan: Program, config: Path, *options: object, env: dict[str, str | None] | None = None, out: Path | None = None
) -> RunFolder:
    """What `laadplan monitor` leaves behind."""
    return _left(laadplan, "monitor", config, out, env, *options)


def _left(
    laadplan: Program, command: str, config: Path, out: Path | None, env: dict[str, str | None] | None, *options: object
) -> RunFolder:
    folder = out or config.parent / "uit"
    words = (command, config, "--out", folder, "--date", DATE, "--json", *options)
    done = laadplan(*words, cwd=config.parent, env=env)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return RunFolder(folder, config, manifest, 0, done.stdout, done.stderr)


def at(frame: pandas.DataFrame, **where: Any) -> pandas.DataFrame:
    """Rows of a frame where columns have these values."""
    for name, value in where.items():
        frame = frame[frame[name] == value]
    assert len(frame), f"no row with {where}"
    return frame


def words_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and content as text of each file of a run that a reader gets, packed ones unpacked."""
    import zipfile

    for file in sorted(folder.rglob("*")):
        if not file.is_file() or ".werk" in file.relative_to(folder).parts:
            continue
        name = file.relative_to(folder).as_posix()
        if file.suffix == ".parquet":
            yield name, pandas.read_parquet(file).reset_index().to_csv()
        elif file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as packed:
                yield name, "\n".join(packed.read(each).decode("utf-8", "replace") for each in packed.namelist())
        else:
            yield name, file.read_bytes().decode("utf-8", "replace")
