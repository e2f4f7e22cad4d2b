"""Lists that a municipality keeps itself or buys: requests for a charge point, planned dwellings, and jobs.

In: a ``Quarter``. Out: its rows as text of CSV. Drivers ask for a pole where the poles are overloaded, and now and then
elsewhere; nobody in the list exists.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from laadplan.demo.charging_use import LEVEL_ON, is_overloaded, use_of
from laadplan.demo.model import Address, Quarter

REQUEST_HEAD = "aanvraagnummer;aanvraagdatum;postcode;status;kanaal\n"
PLAN_HEAD = "plannummer;plannaam;aantal_woningen;woningtype;opleverjaar;parkeernorm;buurtcode\n"
JOB_HEAD = "buurtcode;peiljaar;sector;banen;vestigingen\n"

REQUESTS_PER_OVERLOAD = (3, 4)
"""Requests near an overloaded pole (versnellingsgids: one such pole yields 3 to 4)."""

HOMES_PER_REQUEST = 150
"""Elsewhere one driver in so many homes without a driveway asked. Own estimate."""

REQUEST_DAYS = 365
"""Requests came in within so many days before the end of the data."""

STATUSES = ("ingediend", "in behandeling", "toegewezen", "afgewezen", "geplaatst")
STATUS_CHANCES = (0.35, 0.25, 0.15, 0.20, 0.05)
"""How requests stand: under half are granted or waited for. Own estimate."""

NEAR_REQUESTS = 40
"""Those who ask live at one of so many homes without a driveway nearest to the pole."""

PLAN_EVERY = 4
"""One in so many buurten that are built on has a plan for more dwellings."""

PLAN_KINDS = (("appartement", 60, 0.8), ("tussenwoning", 24, 1.4))
"""Kind of dwelling, number in a plan, and the parking norm (places per dwelling): invented."""

FIRST_DELIVERY, DELIVERY_YEARS = 2027, 5

JOBS_PER_FIRM = (2, 12)
"""Jobs of one firm: of the order of the country's mean. Own estimate."""

SECTORS = ("G handel", "Q zorg")
JOBS_YEAR = 2024

_STREAM = 450
"""Of the random generator."""


def _random(quarter: Quarter, use: int) -> np.random.Generator:
    return np.random.default_rng([quarter.seed, quarter.cell.index, _STREAM, use])


def requests(quarter: Quarter) -> str:
    """Drivers' requests, in order of date; without names or house numbers."""
    random = _random(quarter, 0)
    rows = []
    for home in _asking(quarter, random):
        asked = LEVEL_ON - timedelta(days=int(random.integers(1, REQUEST_DAYS)))
        status = str(random.choice(STATUSES, p=STATUS_CHANCES))
        rows.append((asked, f"{home.postcode[:4]} {home.postcode[4:]}", status))
    return "".join(
        f"LP-{quarter.cell.index:04d}-{place:03d};{asked:%d-%m-%Y};{postcode};{status};website\n"
        for place, (asked, postcode, status) in enumerate(sorted(rows), start=1)
    )


def _asking(quarter: Quarter, random: np.random.Generator) -> Iterator[Address]:
    """Homes of those who ask."""
    homes = [home for home in quarter.addresses if home.is_dwelling and not home.own_driveway]
    if not homes:
        return
    places = np.array([(home.point.x, home.point.y) for home in homes])
    for pole, use in zip(quarter.poles, use_of(quarter, quarter.poles), strict=True):
        if is_overloaded([use]):
            away = np.hypot(*(places - (pole.point.x, pole.point.y)).T)
            near = np.argsort(away, kind="stable")[:NEAR_REQUESTS]
            count = int(random.integers(*REQUESTS_PER_OVERLOAD, endpoint=True))
            yield from (homes[place] for place in random.choice(near, count).tolist())
    count = int(random.poisson(len(homes) / HOMES_PER_REQUEST))
    yield from (homes[place] for place in random.integers(0, len(homes), count).tolist())


def planned_homes(quarter: Quarter) -> Sequence[tuple[str, int, float, int]]:
    """Kind, number, parking norm and year of delivery of dwellings planned in a buurt; nothing in most."""
    if quarter.cell.kind == "landelijk" or quarter.cell.turn % PLAN_EVERY:
        return ()
    year = FIRST_DELIVERY + quarter.cell.turn // PLAN_EVERY % DELIVERY_YEARS
    return tuple((kind, number, norm, year) for kind, number, norm in PLAN_KINDS)


def plans(quarter: Quarter) -> str:
    """Planned dwellings, a row per kind of dwelling."""
    cell = quarter.cell
    return "".join(
        f"P{cell.index:04d};Plan {cell.name};{number};{kind};{year};{norm};{cell.code}\n"
        for kind, number, norm, year in planned_homes(quarter)
    )


def jobs(quarter: Quarter) -> str:
    """Jobs per sector; those of a single firm are not published."""
    random = _random(quarter, 1)
    firms = len(quarter.addresses) - quarter.dwellings
    shares = dict(zip(SECTORS, (firms // 2, firms - firms // 2), strict=True))
    found = {sector: int(random.integers(*JOBS_PER_FIRM, count).sum()) for sector, count in shares.items()}
    return "".join(
        f"{quarter.cell.code};{JOBS_YEAR};{sector};{'x' if count == 1 else found[sector]};{count}\n"
        for sector, count in shares.items()
        if count
    )
