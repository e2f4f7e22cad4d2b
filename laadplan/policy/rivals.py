"""The best other places in walking distance of a site, and why each of them was not chosen.

In: candidates, their assessments, the published sites where a plan was made. Out: `Alternative` values, best first as
`laadplan.policy.assess.ranks` has them, and what became of all the others. Of each row of bays only the best place is
listed: its neighbours differ from it by a bay. Walking distance is that over the network; without one
it is a straight line times the detour factor, and said to be an estimate.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from laadplan.config.project import Walking
from laadplan.contracts.dutch import short_number
from laadplan.geo.network import WalkGraph
from laadplan.geo.reach import walks_between
from laadplan.policy.assess import passing, ranks, scores
from laadplan.policy.found import estimated_kwh, quantity
from laadplan.policy.quantities import quantities_of, row_of
from laadplan.policy.words import MET, NOT_MET, UNKNOWN

LOCATION_ID = re.compile(r"[^\s|]+@\d+")
"""A locatie_id inside a sentence."""

CHOSEN, RESERVE = "voorkeurslocatie", "reservelocatie"
DEMAND = "vraag_binnen_bereik_kwh_jaar"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLANNED_TOGETHER = (
    "Het plan kiest de palen in samenhang: een plek met een hogere score of meer vraag kan afvallen als andere palen "
    "die vraag al bedienen."
)
REASONS_SHOWN = 4
"""Eisen named of those on which the other places fail; the rest is in the table of assessments."""


@dataclass(frozen=True)
class Alternative:
    """Another place: how far it lies, how it ranks here, and how it compares with the site.

    ``facade`` is the distance to its nearest facade as printed: what it asks of its neighbours.
    """

    letter: str
    locatie_id: str
    place: str
    walk_m: float
    facade: str
    passes: bool
    score: float
    status: str
    why: str


@dataclass(frozen=True)
class _Field:
    """The site and the other places in walking distance, with what is known of each, by ``locatie_id``."""

    site: str
    places: gpd.GeoDataFrame
    walk_m: pd.Series
    measured: str
    fits: pd.Series
    score: pd.Series
    rank: pd.Series
    judged: Mapping[str, pd.DataFrame]
    sites: pd.DataFrame | None
    names: Mapping[str, str]
    facades: Mapping[str, str]

    def doubts(self, place: str) -> int:
        """Number of unknown verdicts on a place."""
        return int((self.judged[place]["verdict"] == UNKNOWN).sum()) if place in self.judged else 0

    def failed(self, place: str) -> pd.DataFrame:
        """The eisen that a place does not meet."""
        rows = self.judged.get(place, pd.DataFrame({"kind": [], "counts_as": []}))
        return rows[(rows["kind"] == "eis") & (rows["counts_as"] == NOT_MET)]

    def told(self, column: str, place: str) -> str:
        """What the plan says of a place; empty without a plan."""
        if self.sites is None or place not in self.sites.index:
            return ""
        return name_places(str(self.sites.loc[place, column]), self.told_apart)

    @property
    def told_apart(self) -> dict[str, str]:
        """Names as in a sentence: another place by the same address as the site is told from it by its code."""
        own = self.names[self.site]
        return {
            place: f"{name} ({place})" if name == own and place != self.site else name
            for place, name in self.names.items()
        }


def name_of(spot: pd.Series) -> str:
    """Street and near house number of a candidate."""
    if pd.isna(spot["street"]):
        return "straat onbekend"
    return (
        str(spot["street"]) if pd.isna(spot["house_number"]) else f"{spot['street']}, bij nummer {spot['house_number']}"
    )


def name_places(sentence: str, names: Mapping[str, str]) -> str:
    """The sentence with each ``locatie_id`` that is known replaced by its street and number.

    >>> name_places("Reserve voor a.b@0012: deelt geen vak.", {"a.b@0012": "Koeweg, bij nummer 13"})
    'Reserve voor locatie Koeweg, bij nummer 13: deelt geen vak.'
    """

    def named(match: re.Match[str]) -> str:
        return f"locatie {names[match.group(0)]}" if match.group(0) in names else match.group(0)

    return LOCATION_ID.sub(named, sentence).replace("voorkeurslocatie locatie", "voorkeurslocatie")


def rivals_of(
    locatie_id: str,
    candidates: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    sites: pd.DataFrame | None,
    walking: Walking,
    k: int,
    *,
    measurements: pd.DataFrame | None = None,
    graph: WalkGraph | None = None,
) -> tuple[tuple[Alternative, ...], tuple[str, ...]]:
    """The `k` best other places in walking distance, and sentences on what was looked at.

    Parameters
    ----------
    candidates, assessments, sites, measurements
        As their contracts say, RD New; `sites` is None without a plan, `measurements` where none were made.
    k
        Places to list at most.
    graph
        Walking network; None: distances are estimated.
    """
    field = _field(locatie_id, candidates, assessments, sites, walking, measurements, graph)
    own = _bays(field, locatie_id)
    others = [str(name) for name in field.places.index if name != locatie_id]
    apart = [name for name in others if not own & _bays(field, name)]
    listed = _one_per_row(_in_order(field, apart), field.places)[:k]
    found = tuple(_alternative(field, name, letter) for name, letter in zip(listed, LETTERS, strict=False))
    return found, tuple(_account(field, others, apart, walking))


def _field(
    site: str,
    candidates: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    sites: pd.DataFrame | None,
    walking: Walking,
    measurements: pd.DataFrame | None,
    graph: WalkGraph | None,
) -> _Field:
    candidates = gpd.GeoDataFrame(candidates.sort_index())
    here = gpd.GeoSeries(candidates.geometry.loc[[site]])
    pairs = walks_between(here, candidates.geometry, graph, walking)
    pairs = pairs.set_axis(candidates.index[pairs["site"]]).drop(index=site, errors="ignore")
    walk = pairs["walk_m"].round(1)
    walk.loc[site] = 0.0
    places = gpd.GeoDataFrame(candidates.loc[walk.sort_index().index])
    rows = assessments[assessments["locatie_id"].isin(places.index)]
    return _Field(
        site=site,
        places=places,
        walk_m=walk.reindex(places.index),
        measured=_measured(pairs["estimated"], graph, walking),
        fits=passing(rows, places),
        score=scores(rows, places),
        rank=ranks(rows, places),
        judged={str(name): each.set_index("criterion_id") for name, each in rows.groupby("locatie_id")},
        sites=sites,
        names={str(name): name_of(spot) for name, spot in places.iterrows()},
        facades=_facades(measurements, places.index),
    )


def _measured(estimated: pd.Series, graph: WalkGraph | None, walking: Walking) -> str:
    """How the walking distances to the other places were taken, in Dutch."""
    guess = f"schatting: hemelsbreed maal {short_number(walking.detour_factor)}"
    if graph is None or (len(estimated) and estimated.all()):
        return guess
    return f"over het loopnetwerk; {estimated.sum()} daarvan {guess}" if estimated.any() else "over het loopnetwerk"


def _facades(measurements: pd.DataFrame | None, names: pd.Index) -> dict[str, str]:
    """Distance to the nearest facade of each place, as printed."""
    if measurements is None:
        return {}
    rows = measurements.loc[measurements.index.intersection(names), ["facade_m"]]
    return {str(name): quantities_of(row, {})["facade_m"].text for name, row in rows.iterrows()}


def _bays(field: _Field, name: str) -> set[str]:
    return set(str(row_of(field.places, name)["bay_ids"]).split(" "))


def _in_order(field: _Field, names: Iterable[str]) -> list[str]:
    """Places that pass by their rank; then the others: fewest eisen failed, best score, nearest, smallest id."""

    def key(name: str) -> tuple[float, ...]:
        if field.fits[name]:
            return (0, float(field.rank[name]), 0, 0)
        return (1, len(field.failed(name)), -float(field.score[name]), float(field.walk_m[name]))

    return sorted(sorted(names), key=key)


def _one_per_row(names: Iterable[str], places: gpd.GeoDataFrame) -> list[str]:
    """The first place of each row of bays."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(str(places.loc[name, "row_id"]), name)
    return list(first.values())


def _alternative(field: _Field, name: str, letter: str) -> Alternative:
    return Alternative(
        letter=letter,
        locatie_id=name,
        place=field.names[name],
        walk_m=float(field.walk_m[name]),
        facade=field.facades.get(name, UNKNOWN),
        passes=bool(field.fits[name]),
        score=float(field.score[name]),
        status=field.told("status", name),
        why=why_not(field, name),
    )


def why_not(field: _Field, name: str) -> str:
    """Why a place was not chosen, or that it was, in plain Dutch."""
    if not field.fits[name]:
        failed = "; ".join(_with_figures(row) for _, row in field.failed(name).sort_index().iterrows())
        return f"Voldoet niet aan {'een eis' if len(field.failed(name)) == 1 else 'deze eisen'}: {failed}."
    if field.told("status", name) == CHOSEN:
        return "Is zelf ook voorgesteld als voorkeurslocatie."
    if not field.fits[field.site]:
        return "Valt op geen eis af; de locatie van dit dossier wel."
    return " ".join(part for part in (_compared(field, name), _plan_says(field, name)) if part)


def _compared(field: _Field, name: str) -> str:
    """The scores of a place and of the site side by side."""
    here, there = float(field.score[field.site]), float(field.score[name])
    if there < here:
        return f"Lagere score: {_share(there)} tegen {_share(here)} hier.{_differences(field, name)}"
    if there > here:
        return f"Hogere score: {_share(there)} tegen {_share(here)} hier.{_differences(field, name)}"
    doubts, own = field.doubts(name), field.doubts(field.site)
    more = f" Er is daar meer onbekend: {doubts} criteria tegen {own} hier." if doubts > own else ""
    return f"Even hoge score ({_share(there)}).{_differences(field, name)}{more}"


def _plan_says(field: _Field, name: str) -> str:
    """The plan's own reason, where the score alone does not say it."""
    lower = field.score[name] < field.score[field.site]
    if field.sites is None:
        return "" if lower else "Er is nog geen plan dat tussen beide kiest."
    if lower and field.told("status", name) != RESERVE:
        return ""
    reason = field.told("reden", name).partition(" Kan bij een herziening")[0]
    return f"{_demand(field, name)}In het plan: {_small(reason)}"


def _demand(field: _Field, name: str) -> str:
    """Demand in walking distance of a place and of the site, which the plan chooses by besides the score."""
    assert field.sites is not None  # asked only where there is a plan
    here, there = (float(row_of(field.sites, place)[DEMAND]) for place in (field.site, name))
    told = f"{estimated_kwh(there)} per jaar tegen {estimated_kwh(here)} hier"
    return f"Laadvraag op loopafstand daar: {told} (schatting). "


def _differences(field: _Field, name: str) -> str:
    """The wensen that only one of the two meets: for the site, and against it.

    What does not apply at the site is nothing against it.
    """
    if field.site not in field.judged or name not in field.judged:
        return ""
    here, there = field.judged[field.site], field.judged[name].sort_index()
    wensen = [str(each) for each in there.index[there["kind"] == "wens"] if each in here.index]
    pairs = [(row_of(there, each), row_of(here, each)) for each in wensen]
    found: dict[str, list[str]] = {"Hier beter": [], "Daar beter": []}
    for theirs, ours in pairs:
        words = f"{theirs['label']}: {_shown(theirs)}, hier {_shown(ours)}"
        if theirs["counts_as"] != MET and ours["counts_as"] == MET:
            found["Hier beter"].append(words)
        elif theirs["counts_as"] == MET and ours["verdict"] in (NOT_MET, UNKNOWN) and ours["counts_as"] != MET:
            found["Daar beter"].append(words)
    return "".join(f" {head}: {'; '.join(lines)}." for head, lines in found.items() if lines)


def _with_figures(row: pd.Series) -> str:
    """An eis that is not met, with its figures as far as they may be shown."""
    lacking = "" if pd.isna(row["margin"]) else f", tekort {quantity(-row['margin'], str(row['unit']))}"
    return f"{row['label']}: {_shown(row)} (norm {row['norm']}{lacking})"


def _shown(row: pd.Series) -> str:
    """The measured value; the verdict where there is no value to show."""
    if row["confidential"] or row["verdict"] not in (MET, NOT_MET):
        return f"{row['verdict']} (vertrouwelijk)" if row["confidential"] else str(row["verdict"])
    return str(row["measured_text"])


def _account(field: _Field, others: list[str], apart: list[str], walking: Walking) -> Iterable[str]:
    """What was looked at in walking distance, and what became of it."""
    fit = [name for name in apart if field.fits[name]]
    reach = f"Binnen {walking.norm_m:.0f} m lopen ({field.measured})"
    if not others:
        yield f"{reach} ligt geen andere plek."
        return
    yield (
        f"{reach} is gekeken naar {len(others)} andere plekken: {len(others) - len(apart)} met een gedeeld vak, "
        f"{len(fit)} die op geen eis afvallen en {len(apart) - len(fit)} die afvallen."
    )
    failed = pd.concat([field.failed(name) for name in apart]) if apart else pd.DataFrame({"label": []})
    if len(failed):
        counts = failed["label"].value_counts()
        top = sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))[:REASONS_SHOWN]
        yield f"Zij vallen af op: {'; '.join(f'{label} ({number})' for label, number in top)}."
    yield "Van elke rij vakken staat de beste plek hieronder, hoogste score eerst."
    if field.sites is not None:
        yield PLANNED_TOGETHER
        yield from _stand_by(field)


def _stand_by(field: _Field) -> Iterable[str]:
    """The reservelocaties of the site, whether they are listed or not."""
    assert field.sites is not None  # asked only where there is a plan
    own = field.sites.index[field.sites["hoort_bij"] == field.site]
    for name in sorted(str(each) for each in own if each in field.places.index):
        yield f"Reservelocatie: {field.names[name]} ({name}), {field.walk_m[name]:.0f} m lopen."


def _share(score: float) -> str:
    return quantity(round(score, 3), "share")


def _small(sentence: str) -> str:
    """The sentence as the second half of another."""
    return sentence[:1].lower() + sentence[1:]
