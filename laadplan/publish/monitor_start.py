"""Chapter of the report of use that says what to do: what to start now, what later, what to plan; of areas.

In: `UseFrames`, date. Out: `Html`, sentences. Single poles (variant II) stand in a list of their own (`monitor_use`):
they are about the same cars as the areas that they stand in, so their points are never added to those of areas.
"""

from datetime import date

import pandas as pd

from laadplan.contracts.dutch import counted, is_known
from laadplan.publish.chapters import Column, data_table
from laadplan.publish.monitor_use import BOOK, level_words
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.report_frames import UseFrames

VARIANTS = {
    "III": "III: laaddruk van een gebied",
    "IV": "IV: laaddruk en prognose",
    "I": "I: prognose",
    "aanvraag": "aanvragen",
    "II": "II: gebruik van een paal",
}
"""Variant of a trigger in words, in the order in which they are told."""

WHICH = {
    "III": "boven de norm (III)",
    "IV": "die binnen de doorlooptijd boven de norm komen (IV)",
    "I": "zonder meting, met een tekort in de prognose (I)",
    "aanvraag": "met aanvragen",
    "II": "op zichzelf (II)",
}
"""Variant to which areas or poles it sets off, as a sentence goes on after their number."""

APART = ("III", "IV", "I")
"""Variants that are each about other areas at level actie: over the norm, below it, not measured."""

NOW, SOON, LATER, PLAN = "Nu starten", "Later dit kwartaal starten", "Na dit kwartaal starten", "Inplannen"
NOT_TOLD = "Of er iets te starten is, is niet te zeggen: er is geen laaddruk bekend."
ONE_VARIANT = (
    "Een gemeente kiest één variant (Versnellingsgids, kans K). III (over de norm), IV (gaat over de norm) en I (geen "
    "meting) gaan bij niveau actie elk over andere gebieden en vullen elkaar aan. Aanvragen en losse palen (II) gaan "
    "over dezelfde auto's: tel hun laadpunten er niet bij op."
)


def start_lines(frames: UseFrames, today: date) -> list[str]:
    """What is to be started now, per variant, in two sentences at most."""
    now = by_moment(frames.triggers, today)[NOW]
    if now.empty:
        return [NOT_TOLD if _nothing_known(frames) else "Er is nu niets te starten."]
    areas = [_told(now, variant) for variant in APART if (now["variant"] == variant).any()]
    beside = [_told(now, variant) for variant in ("aanvraag", "II") if (now["variant"] == variant).any()]
    lines = [f"Nu te starten: {'; '.join(areas)}."] if areas else ["Volgens de laaddruk is er nu niets te starten."]
    if beside:
        lines.append(f"Over dezelfde auto's, dus niet op te tellen: {'; '.join(beside)}.")
    return lines


def start_part(frames: UseFrames, today: date) -> Html:
    """What to do: numbers per variant, then the areas by when to start."""
    if frames.triggers.empty:
        return tag("p", NOT_TOLD if _nothing_known(frames) else "Er is niets te starten.")
    tables = [_area_table(moment, own) for moment, own in by_moment(_areas_once(frames), today).items()]
    words = (
        "De startdatum is teruggerekend met de doorlooptijd: dan staat de paal er op tijd (schatting). Inplannen: de "
        "signaalwaarde is bereikt, maar er is nog geen dag te noemen. Een gebied met een dag (IV) staat er niet nog "
        "eens met zijn signaal (III) in."
    )
    link = tag("a", "een eigen lijst", href="#palen")
    return joined(
        [
            tag("p", ONE_VARIANT),
            _overview(frames.triggers, today),
            tag("p", words),
            *tables,
            tag("p", "Losse palen (variant II) staan in ", link, "."),
        ]
    )


def by_moment(triggers: pd.DataFrame, today: date) -> dict[str, pd.DataFrame]:
    """Triggers by when to start: now, later this quarter, after it, or not dated yet; each in order of day."""
    rank = {variant: place for place, variant in enumerate(VARIANTS)}
    start, need = triggers["start_on"].fillna(""), triggers["need_on"].fillna("")
    ordered = triggers.assign(start=start, need=need, rank=triggers["variant"].map(rank)).sort_index()
    ordered = ordered.sort_values(["start", "rank", "need"], kind="stable")
    month = (today.month - 1) // 3 * 3 + 4
    quarter = date(today.year + month // 13, month % 12, 1).isoformat()
    undated = (ordered["start"] == "") & (ordered["level"] == "signaal")
    now, soon = ~undated & (ordered["start"] <= today.isoformat()), ~undated & (ordered["start"] < quarter)
    parts = {NOW: now, SOON: soon & ~now, LATER: ~undated & ~soon, PLAN: undated}
    return {moment: ordered.loc[mask, list(triggers.columns)] for moment, mask in parts.items()}


def _nothing_known(frames: UseFrames) -> bool:
    """Whether nothing set off anything because nothing is known, which is no good news."""
    return frames.triggers.empty and bool(frames.laaddruk["laaddruk"].isna().all())


def _areas_once(frames: UseFrames) -> pd.DataFrame:
    """Triggers of areas, without the signal (III) of an area that has a day (IV)."""
    areas = frames.triggers[frames.triggers["kind"] == "gebied"]
    dated = areas.loc[areas["variant"] == "IV", "code"]
    twice = (areas["variant"] == "III") & (areas["level"] == "signaal") & areas["code"].isin(dated)
    return areas[~twice]


def _told(now: pd.DataFrame, variant: str) -> str:
    """Number of areas or poles of a variant, and their points."""
    own = now[now["variant"] == variant]
    subjects = ("volle paal", "volle palen") if variant == "II" else ("gebied", "gebieden")
    points = own["evses"].sum(min_count=1)
    more = f", {counted(int(points), 'laadpunt', 'laadpunten')} erbij" if is_known(points) else ""
    return f"{counted(len(own), *subjects)} {WHICH[variant]}{more}"


def _overview(triggers: pd.DataFrame, today: date) -> Html:
    """Numbers per variant and moment."""
    moments = by_moment(triggers, today)
    columns = [Column("Variant"), Column("Waarover")]
    columns += [Column("aantal", "number", group=NOW), Column("laadpunten erbij", "number", group=NOW)]
    columns += [Column(moment, "number") for moment in (SOON, LATER, PLAN)]
    rows = []
    for variant, words in VARIANTS.items():
        own = {moment: each[each["variant"] == variant] for moment, each in moments.items()}
        if any(len(each) for each in own.values()):
            points = own[NOW]["evses"].sum(min_count=1) if len(own[NOW]) else 0
            later = [len(own[moment]) for moment in (SOON, LATER, PLAN)]
            rows.append([words, "palen" if variant == "II" else "gebieden", len(own[NOW]), points, *later])
    return data_table("Te starten per variant", columns, rows, workbook=BOOK)


def _area_table(moment: str, own: pd.DataFrame) -> Html:
    """Areas of one moment, with the days that there are."""
    days = {"Starten op": "start_on"} if moment in (SOON, LATER) else {}
    days |= {} if moment == PLAN else {"Nodig op": "need_on"}
    columns = [Column("Waar"), Column("Aanleiding"), Column("Niveau")]
    columns += [Column(label, "day", missing="nu") for label in days]
    columns += [Column("Laadpunten erbij", "number", missing="niet berekend"), Column("Waarom", long=True)]
    rows = [
        [
            row["name"],
            VARIANTS[row["variant"]],
            level_words(row["level"]),
            *[row[column] for column in days.values()],
            row["evses"],
            row["reason"],
        ]
        for _, row in own.iterrows()
    ]
    return data_table(moment, columns, rows, workbook=BOOK)
