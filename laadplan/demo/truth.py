"""What was planted in the demo town, so that a test can hold results against it.

In: a ``Town``. Out: JSON text with, per parking strip, orientation and bays (coordinates in EPSG:28992, metres), per
dwelling whether it has a driveway of its own, and the number of current objects per BGT file.
"""

import json
from collections import Counter
from collections.abc import Sequence

from shapely import Polygon, normalize

from laadplan.demo.model import ParkingStrip, Town
from laadplan.demo.names import MUNICIPALITY

VERSION = 1
"""Version of this file's form."""


def truth(town: Town, objects: dict[str, int]) -> str:
    """The text of ``waarheid.json``, one strip and one dwelling per line.

    Parameters
    ----------
    town
        The town.
    objects
        Number of current objects per BGT file.
    """
    head = {
        "versie": VERSION,
        "uitleg": f"Verzonnen gemeente: niets in deze map bestaat. Gemeentecode GM{MUNICIPALITY} is niet uitgegeven.",
        "naam": town.name,
        "seed": town.seed,
        "inwoners": town.inhabitants,
        "crs": "EPSG:28992",
        "aantallen": objects
        | {
            "adressen": len(town.addresses),
            "woningen": sum(address.is_dwelling for address in town.addresses),
            "parkeerstroken": len(town.strips),
            "vakken": dict(sorted(Counter(strip.orientation for strip in town.strips for _ in strip.bays).items())),
            "laadlocaties": len(town.poles),
        },
    }
    strips = [_strip(strip) for strip in town.strips]
    dwellings = [[address.number_id, address.own_driveway] for address in town.addresses if address.is_dwelling]
    lines = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
    return f'{lines},\n "parkeerstroken": {_listed(strips)},\n "woningen_met_eigen_oprit": {_listed(dwellings)}\n}}\n'


def _listed(rows: Sequence[object]) -> str:
    """A JSON list with one row per line."""
    return "[\n" + ",\n".join("  " + json.dumps(row, separators=(",", ":")) for row in rows) + "\n ]"


def _strip(strip: ParkingStrip) -> object:
    return {
        "lokaalID": strip.local_id,
        "richting": strip.orientation,
        "aantal_vakken": len(strip.bays),
        "vakken": [_corners(bay) for bay in strip.bays],
    }


def _corners(bay: Polygon) -> list[list[float]]:
    """The vertices of a bay, not closed, in centimetres of precision."""
    return [[round(x, 2), round(y, 2)] for x, y in normalize(bay).exterior.coords[:-1]]
