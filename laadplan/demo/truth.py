"""What was planted in the demo town, so that a test or benchmark can hold results against it.

In: quarters. Out: JSON text with, per parking strip, orientation, regimes and bays (coordinates in EPSG:28992, metres),
per dwelling whether it has a driveway of its own and its type, per buurt the true demand and how full its charge points
are, the same per pole, and the number of current objects per BGT file. The pipeline never reads it.
"""

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely

from laadplan.demo.charging import demand_of, norm_occupancy
from laadplan.demo.charging_use import PoleUse, growth_of, is_overloaded, measured_share, passes_on, use_of
from laadplan.demo.dwelling_types import dwelling_types
from laadplan.demo.figures import Figures
from laadplan.demo.forms import Section, TextFile
from laadplan.demo.gml import EMPTY_LAYERS, LAYERS
from laadplan.demo.model import ParkingStrip, Quarter, Town
from laadplan.demo.names import MUNICIPALITY
from laadplan.demo.ocpi import location_id

VERSION = 3
"""Version of this file's form."""

_DEMAND_YEARS = range(2025, 2036)


def _head(town: Town) -> str:
    head = {
        "versie": VERSION,
        "uitleg": f"Verzonnen gemeente: niets in deze map bestaat. Gemeentecode GM{MUNICIPALITY} is niet uitgegeven.",
        "naam": town.name,
        "seed": town.seed,
        "inwoners": town.inhabitants,
        "crs": "EPSG:28992",
    }
    return json.dumps(head, indent=1, ensure_ascii=False)[:-2] + ",\n"


def _parts(_: Town, quarter: Quarter) -> tuple[str, ...]:
    uses = use_of(quarter, quarter.poles)
    return (
        _strips(quarter),
        _driveways(quarter),
        _lines([list(each) for each in dwelling_types(quarter).items()]),
        _demand(quarter),
        _poles(quarter, uses),
        _pressure(quarter, uses),
    )


def _strips(quarter: Quarter) -> str:
    return _lines([_strip(strip) for strip in quarter.strips])


def _strip(strip: ParkingStrip) -> dict[str, object]:
    return {
        "lokaalID": strip.local_id,
        "richting": strip.orientation,
        "aantal_vakken": len(strip.bays),
        "vakken": _corners(strip),
        "regimes": list(strip.regimes),
    }


def _corners(strip: ParkingStrip) -> list[list[list[float]]]:
    """The vertices of each bay, not closed, in centimetres of precision."""
    bays = shapely.normalize(np.array(strip.bays))
    xy, index = shapely.get_coordinates(bays, return_index=True)
    rings = np.split(np.round(xy, 2), np.flatnonzero(np.diff(index)) + 1)
    return [ring[:-1].tolist() for ring in rings]


def _driveways(quarter: Quarter) -> str:
    return _lines([[home.number_id, home.own_driveway] for home in quarter.addresses if home.is_dwelling])


def _demand(quarter: Quarter) -> str:
    """The true demand of one buurt."""
    figures: dict[str, float] = {}
    for year in _DEMAND_YEARS:
        demand = demand_of(quarter, year)
        figures |= {
            f"elektrische_autos_{year}": round(demand.electric_cars, 1),
            f"publieke_vraag_{year}_kwh": round(demand.kwh),
            f"gewenste_laadpunten_{year}": round(demand.evse, 2),
        }
    return f'  "{quarter.cell.code}": {json.dumps(figures, separators=(",", ":"))}'


def _poles(quarter: Quarter, uses: Sequence[PoleUse]) -> str:
    """What is planted at each pole of a buurt."""
    return _lines([_pole(quarter, place, use) for place, use in enumerate(uses)])


def _pole(quarter: Quarter, place: int, use: PoleUse) -> dict[str, object]:
    return {
        "location_id": location_id(quarter, place),
        "evse": use.evse,
        "buurtcode": quarter.cell.code,
        "soort": use.kind,
        **_use([use]),
        "in_gebruik_op": use.opened_on.isoformat(),
        "uitval": [[day.isoformat() for day in outage] for outage in use.outages],
    }


def _pressure(quarter: Quarter, uses: Sequence[PoleUse]) -> str:
    """How full the poles of a buurt are together; nothing where it has none."""
    if not uses:
        return ""
    found = {"evse": sum(use.evse for use in uses), **_use(uses)}
    return f'  "{quarter.cell.code}": {json.dumps(found, separators=(",", ":"))}'


def _use(uses: Sequence[PoleUse]) -> dict[str, object]:
    """Occupancy at the busiest hour against the norm for so many points."""
    passes = passes_on(uses)
    return {
        "drukste_uur": round(measured_share(uses), 4),
        "norm": round(norm_occupancy(sum(use.evse for use in uses)), 4),
        "overbelast": is_overloaded(uses),
        "norm_overschreden_op": passes.isoformat() if passes else None,
        "groei_per_jaar": round(growth_of(uses), 4),
    }


def _lines(rows: Sequence[object]) -> str:
    """Rows of a JSON list, one per line."""
    return ",\n".join("  " + json.dumps(row, separators=(",", ":")) for row in rows)


def _tail(_: Town, found: Sequence[Figures]) -> str:
    """The counts of the whole town."""
    objects = Counter(dict.fromkeys((*LAYERS, *EMPTY_LAYERS), 0))
    bays: Counter[str] = Counter()
    for figures in found:
        objects.update(dict(figures.objects))
        bays.update(dict(figures.orientations))
    counts = dict(sorted(objects.items())) | {
        "adressen": sum(figures.addresses for figures in found),
        "woningen": sum(figures.dwellings for figures in found),
        "parkeerstroken": sum(figures.strips for figures in found),
        "vakken": dict(sorted(bays.items())),
        "laadlocaties": sum(figures.poles for figures in found),
    }
    faults: Counter[str] = Counter()
    for figures in found:
        faults.update(dict(figures.faults))
    return f' "cdr_fouten": {json.dumps(dict(faults))},\n "aantallen": {json.dumps(counts, ensure_ascii=False)}\n}}\n'


TRUTH = TextFile(
    "waarheid.json",
    _head,
    _parts,
    (
        Section(",\n", lambda _: ' "parkeerstroken": [\n', lambda _: "\n ],\n"),
        Section(",\n", lambda _: ' "woningen_met_eigen_oprit": [\n', lambda _: "\n ],\n"),
        Section(",\n", lambda _: ' "woningtypen": [\n', lambda _: "\n ],\n"),
        Section(",\n", lambda _: ' "vraag_per_buurt": {\n', lambda _: "\n },\n"),
        Section(",\n", lambda _: ' "laadpalen": [\n', lambda _: "\n ],\n"),
        Section(",\n", lambda _: ' "buurten_laaddruk": {\n', lambda _: "\n },\n"),
    ),
    _tail,
)
"""The truth as a file of the town."""
