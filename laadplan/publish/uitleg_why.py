"""Chapters of the explanation of a plan: what it brings, what it cannot serve and why, what binds, other choices.

In: `PlanFrames`. Out: `Html`. Tables hold the largest first; every row stands in the workbook.
"""

import base64
from dataclasses import replace

import pandas as pd

from laadplan.contracts.choosing import WHY_UNSERVED
from laadplan.contracts.dutch import counted, number, percent
from laadplan.publish.areamaps import legend
from laadplan.publish.chapters import Column, data_table, pictures, sentences
from laadplan.publish.dekking import ADDED, STATES, TITLES, Drawn, coverage_map, covered_words, unserved_map
from laadplan.publish.page import Html, joined, tag
from laadplan.publish.palette import CATEGORIES, REASON_MARKS
from laadplan.publish.plan_frames import BOOK, MWH, PlanFrames, addresses_of

COUNTLESS = ("vak", "afstand")
"""Kinds of limits of which there are thousands that say little one by one: they are counted."""

MOST_ALTERNATIVES = 2000
"""Chosen sites in the table of alternatives at most: a city's whole plan can be sorted and searched on the page."""

FOLDED_ROWS = 100
"""A table of more rows is folded up at first."""

PRICED = (
    "De waarde van één eenheid meer is een schatting: ze volgt uit de prijzen waarmee de bovengrens is bewezen. "
    "Bij een ondergrens is het de waarde van één eenheid minder."
)
NOT_PRICED = (
    "Wat één eenheid meer waard is, is niet bekend: de oplosser heeft de bovengrens bewezen, en die geeft geen prijzen."
)
"""What is told of the worth of a unit more: where prices prove the bound, and where they do not."""

KIND_WORDS = {
    "aantal palen": "Aantal nieuwe palen",
    "budget": "Budget",
    "net": "Ruimte op het net",
    "vak": "Eén locatie per parkeervak",
    "afstand": "Afstand tussen palen",
    "ondergrens buurt": "Ondergrens: palen per buurt",
    "ondergrens vierkant": "Ondergrens: paal per vierkant (NAL)",
    "vakken straat": "Deel van de vakken in een straat",
    "vakken buurt": "Deel van de vakken in een buurt",
    "gelijke verdeling": "Gelijke verdeling over buurten",
}
"""Kind of limit in words, in the order in which they are told."""


def brings_part(frames: PlanFrames) -> Html:
    """Demand served before and after, per buurt."""
    service = frames.service.join(frames.clusters["buurtcode"])
    names = frames.balances["buurtnaam"]
    sums = service.groupby(service["buurtcode"].fillna(""), sort=True)[
        ["kwh_year", "served_before_kwh_year", "served_kwh_year"]
    ].sum()
    poles = frames.chosen.groupby(frames.chosen["buurtcode"].fillna("")).size()
    columns = [Column("Buurt"), Column("Laadvraag (MWh per jaar)", "number", 1), Column("Nieuwe locaties", "number")]
    columns += [Column("nu", "number", 1, group="Bediend (MWh per jaar)")]
    columns += [Column("na plan", "number", 1, group="Bediend (MWh per jaar)")]
    columns += [Column("nu", "share", group="Deel van de vraag"), Column("na plan", "share", group="Deel van de vraag")]
    columns += [Column("Onbediend na plan (MWh per jaar)", "number", 1)]
    ordered = sums.assign(left=sums["kwh_year"] - sums["served_kwh_year"]).sort_values(
        "left", ascending=False, kind="stable"
    )
    rows = [
        _row_of(str(names.get(code, code)) if str(code) else "buiten alle buurten", row, int(poles.get(code, 0)))
        for code, row in ordered.iterrows()
    ]
    total = _row_of("Samen", sums.sum(), len(frames.chosen))
    caption = "Bediende laadvraag per buurt (schatting)"
    table = data_table(caption, columns, rows, workbook=BOOK, totals=total, folded=len(rows) > FOLDED_ROWS)
    words = (
        "Bediend is de laadvraag die palen op loopafstand aankunnen. Wat niet wordt bediend, moet naar een paal verder "
        "weg, of wordt niet geladen."
    )
    return joined([tag("p", words), table])


def _row_of(name: str, row: pd.Series, poles: int) -> list[object]:
    asked, before, after = (float(row[each]) for each in ("kwh_year", "served_before_kwh_year", "served_kwh_year"))
    shares = [before / asked, after / asked] if asked else [float("nan")] * 2
    return [name, asked * MWH, poles, before * MWH, after * MWH, *shares, max(asked - after, 0.0) * MWH]


def unserved_part(frames: PlanFrames, drawn: Drawn | None) -> Html:
    """What stays unserved, by reason, on a map, and per demand point."""
    unserved = frames.unserved
    if unserved.empty:
        return tag("p", "Het plan bedient alle laadvraag: er blijft niets onbediend.")
    picture = _image(unserved_map(frames, drawn), "Kaart van de vraagpunten met onbediende laadvraag, per reden")
    marks = [mark for reason, mark in REASON_MARKS.items() if (unserved["reason"] == reason).any()]
    note = "Hoe groter het teken, hoe meer er onbediend blijft. Een vraagpunt ligt op het adres in zijn midden."
    words = (
        "Per vraagpunt (adressen dicht bij elkaar met dezelfde postcode) staat hier één reden: de eerste die geldt, in "
        "de volgorde van de tabel. Bij de bovenste helpt geen enkel plan, bij de onderste een groter plan."
    )
    return joined(
        [
            tag("p", words),
            _reasons(frames),
            legend(marks, signs=True),
            tag("figure", picture, tag("figcaption", note)),
            _points(frames),
        ]
    )


def _reasons(frames: PlanFrames) -> Html:
    unserved = frames.unserved
    total = float(unserved["unserved_kwh_year"].sum())
    columns = [Column("Reden"), Column("Vraagpunten", "number"), Column("Adressen daarvan", "number")]
    columns += [Column("Onbediend (MWh per jaar)", "number", 1), Column("Deel van alles wat onbediend is", "share", 1)]
    rows: list[list[object]] = []
    for reason in WHY_UNSERVED:
        own = unserved[unserved["reason"] == reason]
        kwh = float(own["unserved_kwh_year"].sum())
        named = REASON_MARKS[reason].label
        rows.append([named, len(own), addresses_of(frames, own.index), kwh * MWH, kwh / total if total else 0.0])
    last = ["Samen", len(unserved), addresses_of(frames, unserved.index), total * MWH, 1.0]
    return data_table("Waarom laadvraag onbediend blijft", columns, rows, workbook=BOOK, totals=last)


def _points(frames: PlanFrames) -> Html:
    rows = frames.unserved.join(frames.clusters[["postcode"]])
    rows = rows.sort_values("unserved_kwh_year", ascending=False, kind="stable")
    names = frames.balances["buurtnaam"]
    columns = [Column("Postcode", missing="geen"), Column("Buurt", missing="buiten alle buurten")]
    columns += [Column("Laadvraag (kWh per jaar)", "number"), Column("Onbediend (kWh per jaar)", "number")]
    columns += [Column("Reden"), Column("Uitleg", long=True)]
    table = [
        [
            row["postcode"],
            names.get(row["buurtcode"]),
            row["kwh_year"],
            row["unserved_kwh_year"],
            row["reason"],
            row["detail"],
        ]
        for _, row in rows.iterrows()
    ]
    return data_table("Onbediende laadvraag per vraagpunt, de meeste eerst", columns, table, workbook=BOOK, folded=True)


def limits_part(frames: PlanFrames) -> Html:
    """Which limits bind, and what one unit more would be worth."""
    limits = frames.limits
    if limits.empty:
        return tag("p", "Er zijn geen grenzen aan dit plan gesteld.")
    columns = [
        Column("Grens"),
        Column("Hoeveel", "number"),
        Column("Bereikt", "number"),
        Column("Niet gehaald", "number"),
    ]
    kinds = [kind for kind in KIND_WORDS if (limits["kind"] == kind).any()]
    rows: list[list[object]] = []
    for kind in kinds:
        own = limits[limits["kind"] == kind]
        rows.append([KIND_WORDS[kind], len(own), int(own["binds"].sum()), int((own["broken_by"] > 0).sum())])
    words = [
        "Een grens is bereikt als er niets meer bij past, of bij een ondergrens: als er niets af kan.",
        PRICED if limits["worth_per_unit"].notna().any() else NOT_PRICED,
        "Een wens die niet te halen is, maakt een plan niet onmogelijk: hoeveel eraan ontbreekt, staat erbij.",
    ]
    parts = [data_table("Grenzen per soort", columns, rows, workbook=BOOK), _binding(limits)]
    return joined([sentences(words), *parts])


def _binding(limits: pd.DataFrame) -> Html:
    told = limits[(limits["binds"] | (limits["broken_by"] > 0)) & ~limits["kind"].isin(COUNTLESS)]
    order = {kind: place for place, kind in enumerate(KIND_WORDS)}
    told = told.assign(place=told["kind"].map(order), price=-told["worth_per_unit"].fillna(0.0))
    told = told.assign(kept=told["broken_by"] <= 0).sort_values(["kept", "place", "price"], kind="stable")
    whole = told["unit"].str.startswith(("kWh", "EUR"))
    figures = told[["used", "limit", "broken_by"]][~whole]
    decimals = 0 if (figures == figures.round()).all(axis=None) else 1
    columns = [Column("Grens"), Column("Waarvan", long=True), Column("Gebruikt", "number", decimals)]
    columns += [Column("Grens is", "number", decimals), Column("Eenheid")]
    columns += [Column("Ontbreekt of te veel", "number", decimals)]
    columns += [Column("Waarde van één eenheid meer (kWh per jaar)", "number")]
    columns += [Column("Waarom niet gehaald", long=True, missing="")] if (told["broken_by"] > 0).any() else []
    rows: list[list[object]] = [
        [
            KIND_WORDS[row["kind"]],
            row["about"],
            row["used"],
            row["limit"],
            f"{row['unit']}, {'minstens' if row['is_floor'] else 'hoogstens'}",
            row["broken_by"],
            row["worth_per_unit"],
            row["why_broken"] if row["broken_by"] > 0 else "",
        ][: len(columns)]
        for _, row in told.iterrows()
    ]
    return data_table("Grenzen die zijn bereikt of niet gehaald", columns, rows, workbook=BOOK)


def alternatives_part(frames: PlanFrames) -> Html:
    """Per chosen site the best other choice."""
    found = frames.alternatives
    if found.empty:
        return tag("p", "Er is geen nieuwe locatie gekozen, dus er zijn geen alternatieven.")
    names = frames.names
    served = frames.sites["verwacht_kwh_jaar"]
    columns = [Column("Gekozen locatie"), Column("Bedient (kWh per jaar)", "number")]
    columns += [Column("Beste andere plek", long=True, missing="geen: de paal vervalt")]
    columns += [Column("Verlies aan waarde, hoogstens (kWh per jaar)", "number")]
    columns += [Column("Minder bediend (kWh per jaar)", "number"), Column("Code")]
    ordered = found.sort_values("worth_lost", ascending=False, kind="stable")
    rows: list[list[object]] = [
        [
            names.get(str(site), str(site)),
            served.get(site),
            _named(row["other_ids"], names),
            row["worth_lost"],
            row["served_lost_kwh_year"] + 0.0,
            tag("code", site),
        ]
        for site, row in ordered.iterrows()
    ]
    easy = int((found["worth_lost"] < 1.0).sum())
    words = [
        "Valt een gekozen plek af, bijvoorbeeld na inspraak, dan staat hier wat er dan het beste voor in de plaats "
        "komt. Alle andere locaties blijven zoals ze zijn; in de buurt wordt de vraag opnieuw verdeeld.",
        "Het verlies is een bovengrens: het beste plan zonder die plek verliest niet meer.",
        f"Van {counted(easy, 'locatie is', 'locaties is')} een andere plek even goed; de mediaan van het verlies is "
        f"{number(found['worth_lost'].median(), 0, 'kWh')} per jaar.",
    ]
    caption = "Beste alternatief per gekozen locatie, het grootste verlies eerst"
    table = data_table(caption, columns, rows, workbook=BOOK, most=MOST_ALTERNATIVES, folded=len(rows) > FOLDED_ROWS)
    return joined([sentences(words), table])


def _named(other_ids: object, names: dict[str, str]) -> Html | None:
    """The other sites by address, with their codes; None where nothing takes its place."""
    if not isinstance(other_ids, str) or not other_ids:
        return None
    parts = [joined([names.get(site, site), " ", tag("code", site)]) for site in other_ids.split(" ")]
    return joined(parts)


def coverage_part(frames: PlanFrames, drawn: Drawn | None, norm_m: float, walk: str) -> Html:
    """Coverage before and after, side by side, with how far and how walking was measured."""
    if frames.isochrones.empty:
        return tag("p", "De dekking is niet berekend: er zijn geen laadlocaties.")
    told = [
        f"Gekleurd is waar een laadpaal binnen {number(norm_m, 0, 'm')} lopen staat. Of daar ook plaats is, zegt de "
        "kaart niet: een paal kan vol zijn. Hoeveel laadvraag wordt bediend, staat bij ‘Wat het plan brengt’.",
        walk,
    ]
    drawings = []
    for state in STATES:
        words = covered_words(frames, state)
        alt = f"Kaart van waar een paal op loopafstand is, {TITLES[state].lower()}{': ' + words if words else ''}"
        drawings.append(
            (f"{TITLES[state]}{': ' + words if words else ''}", _image(coverage_map(frames, drawn, state), alt))
        )
    marks = CATEGORIES["dekking"][1]
    areas = [replace(marks["nu"], shape="polygon"), replace(marks["na plan"], label=ADDED, shape="polygon")]
    signs = "Tekens: ▲ bestaande laadlocatie, ● nieuwe laadlocatie."
    return joined([sentences(told), legend(areas), tag("p", signs, class_="stil"), pictures(drawings, large=True)])


def _image(data: bytes, alt: str) -> Html:
    return tag("img", src=f"data:image/png;base64,{base64.b64encode(data).decode()}", alt=alt)


def shares(frames: PlanFrames) -> tuple[str, str]:
    """Share of the demand that is served now and after the plan, as percentages."""
    total = float(frames.service["kwh_year"].sum())
    if not total:
        return percent(None), percent(None)
    before, after = (float(frames.service[f"served_{state}kwh_year"].sum()) for state in ("before_", ""))
    return percent(before / total), percent(after / total)
