"""The dossier of a site, as data: what was measured against which norm, and what it was weighed against.

In: one `locatie_id` and the frames of a run, all public. Out: `Dossier`, frozen values in Dutch that
`laadplan.publish.dossier` lays out. Private-law siting rules (plaatsing) and public-law traffic rules (verkeer) stay
two sets, as the guide advises. Of a criterion on confidential data only the verdict is here. Nothing is decided: a
dossier is the ground for a decision of people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import geopandas as gpd
import pandas as pd

from laadplan.config.policy import Policy
from laadplan.config.project import Walking
from laadplan.contracts.dutch import is_known
from laadplan.errors import ConfigError
from laadplan.geo.network import WalkGraph
from laadplan.policy.assess import passing, scores
from laadplan.policy.found import quantity
from laadplan.policy.ground import Data
from laadplan.policy.interests import Interest, interests_of
from laadplan.policy.quantities import UNKNOWN, Quantity, judged_columns, quantities_of, row_of
from laadplan.policy.rivals import DEMAND, LOCATION_ID, Alternative, name_of, name_places, rivals_of
from laadplan.policy.visits import Visit, visits_of
from laadplan.policy.words import SECRET

ALTERNATIVES = 4
"""Other places listed at most: what fits on two pages."""

NEAR_IDS = 5
"""Ids named when the one asked for is not there."""

PASSES, FAILS = "voldoet aan alle eisen", "voldoet niet aan alle eisen"
DOUBTFUL = "valt op geen eis af"
"""Status of a place that passes while an eis is unknown: that is not the same as meeting them all."""

NO_PLAN = "Er is nog geen plan berekend: de plek is alleen aan de criteria getoetst."


@dataclass(frozen=True)
class Place:
    """Where the site is; what is not known is ``onbekend``. Coordinates are RD New, in m."""

    street: str
    house_number: str
    postcode: str
    town: str
    side: str
    buurt: str
    x_m: float
    y_m: float
    bay_ids: tuple[str, ...]
    orientation: str
    regime: str
    road_part_id: str
    road_manager: str
    maintainer: str


@dataclass(frozen=True)
class Judgement:
    """One criterion at the site: measured value, norm, margin, verdict, and where each comes from."""

    criterion_id: str
    label: str
    kind: str
    measured: str
    norm: str
    margin: str
    verdict: str
    counts_as: str
    reason: str
    source: str
    owner: str
    data_source: str
    data_on: str
    estimated: bool
    confidential: bool


@dataclass(frozen=True)
class Dossier:
    """All that is known of a site on a day."""

    locatie_id: str
    on: date
    place: Place
    status: str
    reason: str
    score: float
    placing: tuple[Judgement, ...]
    traffic: tuple[Judgement, ...]
    measured: tuple[Quantity, ...]
    alternatives: tuple[Alternative, ...]
    considered: tuple[str, ...]
    interests: tuple[Interest, ...]
    visits: tuple[Visit, ...]


def make_dossier(
    locatie_id: str,
    *,
    candidates: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    policy: Policy,
    walking: Walking,
    today: date,
    measurements: pd.DataFrame | None = None,
    sites: gpd.GeoDataFrame | None = None,
    addresses: gpd.GeoDataFrame | None = None,
    buurten: gpd.GeoDataFrame | None = None,
    graph: WalkGraph | None = None,
    data: Mapping[str, Data] | None = None,
    k: int = ALTERNATIVES,
) -> Dossier:
    """The dossier of a site on a day.

    Parameters
    ----------
    candidates, assessments, measurements, sites, addresses, buurten
        Frames as their contracts say, RD New; None where they were not made.
    graph
        Walking network; None: distances to other places are estimated.
    data
        Key of a source, layer or quantity to what must be printed of it.
    k
        Other places to list at most.

    Raises
    ------
    ConfigError
        There is no such site; names those that are spelled most like it.
    """
    _refuse_unknown(locatie_id, candidates)
    spot = row_of(candidates, locatie_id)
    if measurements is not None and locatie_id in measurements.index:
        spot = pd.concat([spot, row_of(measurements, locatie_id)])
    criteria = policy.in_force(today).criteria
    judged = assessments[assessments["locatie_id"] == locatie_id].set_index("criterion_id")
    quantities = quantities_of(spot, data or {})
    status, reason = _status(locatie_id, candidates, judged, sites)
    shown = judged_columns(each for each in criteria if each.id in judged.index)
    demand = None if sites is None else float(row_of(sites, locatie_id)[DEMAND])
    alternatives, considered = rivals_of(
        locatie_id, candidates, assessments, sites, walking, k, measurements=measurements, graph=graph
    )
    owners = {each.id: each.owner for each in criteria}
    return Dossier(
        locatie_id=locatie_id,
        on=today,
        place=_place(spot, addresses, buurten),
        status=status,
        reason=reason,
        score=float(scores(judged, candidates.loc[[locatie_id]]).iloc[0]),
        placing=_judgements(judged, "plaatsing", owners),
        traffic=_judgements(judged, "verkeer", owners),
        measured=tuple(each for name, each in quantities.items() if name not in shown),
        alternatives=alternatives,
        considered=considered,
        interests=interests_of(spot, quantities, demand, data or {}),
        visits=visits_of(judged, criteria, spot, quantities),
    )


def _refuse_unknown(locatie_id: str, candidates: gpd.GeoDataFrame) -> None:
    if locatie_id not in candidates.index:
        near = get_close_matches(locatie_id, candidates.index, n=NEAR_IDS, cutoff=0.0)
        todo = f"Near ones: {', '.join(near)}." if near else "The area has no candidates."
        raise ConfigError(f"There is no location '{locatie_id}'.", where="LOCATIE_ID", todo=todo)


def _status(
    locatie_id: str, candidates: gpd.GeoDataFrame, judged: pd.DataFrame, sites: gpd.GeoDataFrame | None
) -> tuple[str, str]:
    """What the plan says of the site and why; without a plan whether it passes."""
    if sites is None:
        fits = bool(passing(judged, candidates.loc[[locatie_id]]).iloc[0])
        doubtful = bool(((judged["kind"] == "eis") & (judged["verdict"] == UNKNOWN)).any())
        return ((DOUBTFUL if doubtful else PASSES) if fits else FAILS), NO_PLAN
    row = row_of(sites, locatie_id)
    told = [name for name in LOCATION_ID.findall(str(row["reden"])) if name in candidates.index]
    names = {str(name): name_of(row_of(candidates, name)) for name in told}
    return str(row["status"]), name_places(str(row["reden"]), names)


def _place(spot: pd.Series, addresses: gpd.GeoDataFrame | None, buurten: gpd.GeoDataFrame | None) -> Place:
    address = _row(addresses, spot["address_id"])
    buurt = _row(buurten, spot["buurtcode"])
    return Place(
        street=_text(spot["street"]),
        house_number=_text(spot["house_number"]),
        postcode=_text(address.get("postcode")),
        town=_text(address.get("town")),
        side=_text(spot["side"]),
        buurt=_text(buurt.get("name", spot["buurtcode"])),
        x_m=round(float(spot.geometry.x), 2),
        y_m=round(float(spot.geometry.y), 2),
        bay_ids=tuple(str(spot["bay_ids"]).split(" ")),
        orientation=_text(spot["orientation"]),
        regime=_text(spot["regime"]),
        road_part_id=_text(spot["road_part_id"]),
        road_manager=_manager(spot),
        maintainer=_text(spot["maintainer"]),
    )


def _manager(spot: pd.Series) -> str:
    """Who manages the road by the NWB: its kind, and its name where that is given."""
    kind, name = _text(spot.get("road_manager")), spot.get("road_manager_name")
    return f"{kind} ({name})" if is_known(name) else kind


def _judgements(judged: pd.DataFrame, ground: str, owners: Mapping[str, str]) -> tuple[Judgement, ...]:
    """The criteria of one legal ground: eisen first, then in the order of the profile."""
    own = judged[judged["grondslag"] == ground]
    places = {name: place for place, name in enumerate(owners)}
    order = sorted(
        own.index, key=lambda name: (own.loc[name, "kind"] != "eis", places.get(str(name), len(places)), name)
    )
    return tuple(_judgement(str(name), own.loc[name], owners.get(str(name), "")) for name in order)


def _judgement(name: str, row: pd.Series, owner: str) -> Judgement:
    secret = bool(row["confidential"])
    return Judgement(
        criterion_id=name,
        label=str(row["label"]),
        kind=str(row["kind"]),
        measured=SECRET if secret else str(row["measured_text"]),
        norm=str(row["norm"]),
        margin="" if secret or pd.isna(row["margin"]) else _margin(row),
        verdict=str(row["verdict"]),
        counts_as=str(row["counts_as"]),
        reason=str(row["reason"]),
        source=str(row["source"]),
        owner=owner,
        data_source="" if pd.isna(row["data_source"]) else str(row["data_source"]),
        data_on="" if pd.isna(row["data_on"]) else str(row["data_on"]),
        estimated=bool(row["estimated"]),
        confidential=secret,
    )


def _margin(row: pd.Series) -> str:
    """Room left to the norm with its sign; of a value that is estimated in whole metres, in whole metres.

    >>> [_margin(pd.Series({"margin": m, "unit": "m", "measured": v})) for m, v in ((0.35, 1.25), (-0.1, 0.8))]
    ['+0,35 m', '−0,10 m']
    """
    margin, unit = float(row["margin"]), row["unit"]
    whole = bool(row.get("estimated")) and unit == "m" and float(row["measured"]).is_integer()
    written = f"{abs(margin):.0f} m" if whole else quantity(abs(margin), str(unit) if is_known(unit) else "")
    return f"{'−' if margin < 0 else '+'}{written}"


def _row(frame: gpd.GeoDataFrame | None, name: object) -> pd.Series:
    """A row by id; nothing where the frame or the row is not there."""
    if frame is None or not is_known(name) or name not in frame.index:
        return pd.Series(dtype=object)
    return row_of(frame, name)


def _text(value: object) -> str:
    return str(value) if is_known(value) else UNKNOWN
