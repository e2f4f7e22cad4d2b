"""The comparison of two policies as one HTML page: a map of the places that change, and the rules that change them.

In: candidates, what becomes of each, and the rules that changed, in RD New. Out: an HTML file that works without a
network; equal input gives equal bytes. What becomes of a place is told by shape as well as by colour.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.contracts.dutch import UNKNOWN, counted, day, is_known, number
from laadplan.policy.diff import CHANGES, GAINED, LOST, NO_RULE, OTHER_SCORE, SAME, SAME_OUT
from laadplan.publish.ground import CLASSES, draw_ground, surroundings
from laadplan.publish.page import Html, asset, joined, page, tag
from laadplan.publish.palette import GROUND

MARGIN_M = 60.0
"""Ground shown around the candidates (m)."""

TOLERANCE_M = 0.3
"""Largest distance between the ground as drawn and as it is in the BGT (m)."""

LISTED = 250
"""Lines in the list beside the map; all places stand in the table file."""

ALL_LISTED = "Alle oordelen die veranderen staan in policy-diff.csv."

WORDS = {
    LOST: "Vervalt: valt nu af op een eis",
    GAINED: "Komt erbij: valt op geen eis meer af",
    OTHER_SCORE: "Blijft, met een andere score op de wensen",
    SAME: "Blijft gelijk",
    SAME_OUT: "Blijft afgevallen",
}
NOT_YET = (
    "Bij een deel van de plekken is na de wijziging van een eis niet bekend of de plek eraan voldoet: die moeten eerst "
    "worden bekeken (schouw). Zie de regels met onbekend (eis)."
)
CROSS, DISC = "M-7 -7 L7 7 M7 -7 L-7 7", "M-8 0 a8 8 0 1 0 16 0 a8 8 0 1 0 -16 0"
SIGNS = {
    LOST: ((CROSS, "none", "#B34700", 3.5),),
    GAINED: ((DISC, "#0072B2", "#ffffff", 1.5), ("M-4.5 0 H4.5 M0 -4.5 V4.5", "none", "#ffffff", 2.5)),
    OTHER_SCORE: (("M0 -6.5 L6.5 0 L0 6.5 L-6.5 0 Z", "#E69F00", "#5c3f00", 1.2),),
    SAME: (("M-3.2 0 a3.2 3.2 0 1 0 6.4 0 a3.2 3.2 0 1 0 -6.4 0", "#5a6670", "#ffffff", 0.8),),
    SAME_OUT: (("M-2.6 0 a2.6 2.6 0 1 0 5.2 0 a2.6 2.6 0 1 0 -5.2 0", "#ffffff", "#8c969e", 1.4),),
}
"""What becomes of a place to the strokes of its sign: path, fill, line and width, in pixels around its place."""

DRAWN_IN_ORDER = (SAME_OUT, SAME, OTHER_SCORE, GAINED, LOST)
"""From low to high on the map: what changes lies on top."""


def write_policy_diff(
    target: Path,
    *,
    candidates: gpd.GeoDataFrame,
    changed: pd.DataFrame,
    rules: pd.DataFrame,
    labels: Mapping[str, str],
    ground: Mapping[str, gpd.GeoDataFrame],
    names: tuple[str, str],
    title: str,
    sources: str,
    today: date,
) -> None:
    """Writes the page.

    Parameters
    ----------
    target
        HTML file to write.
    candidates
        `Candidates`, RD New.
    changed, rules
        As `laadplan.policy.diff` gives them; ``changed`` has the index of the candidates.
    labels
        Id of each criterion to its Dutch label.
    ground
        ``road_parts``, ``terrain`` and ``buildings`` as their contracts say.
    names
        The two policies, as printed.
    title, sources, today
        What else is printed: title, line of sources with their dates, date of making.
    """
    places = gpd.GeoDataFrame(candidates.join(changed)).sort_index()
    view = surroundings(places, margin_m=MARGIN_M)
    origin = (view.bounds[0], view.bounds[3])
    shapes = draw_ground(ground["road_parts"], ground["terrain"], ground["buildings"], view, tolerance_m=TOLERANCE_M)
    body = joined(
        [_map(places, shapes, view, origin), _beside(places, rules, labels, names, title, sources, today, origin)]
    )
    text = page(title, body, styles=[asset("policy-diff.css")], scripts=[asset("policy-diff.js")])
    target.write_text(text, encoding="utf-8")


def _map(
    places: gpd.GeoDataFrame, shapes: dict[str, BaseGeometry], view: shapely.Polygon, origin: tuple[float, float]
) -> Html:
    west, south, east, north = view.bounds
    drawing = tag(
        "svg",
        tag("title", "Kaart van de plekken en wat er met elk gebeurt; noord is boven"),
        tag("defs", *[_sign(change) for change in CHANGES]),
        *[_ground(name, shapes[name], origin) for name in CLASSES],
        *[_points(places[places["change"] == change], change, origin) for change in DRAWN_IN_ORDER],
        tag("circle", cx=0, cy=0, r=0, class_="gekozen"),
        viewBox=f"0 0 {east - west:.1f} {north - south:.1f}",
        role="img",
    )
    buttons = [
        tag("button", sign, type="button", data_zoom=name, aria_label=words)
        for name, sign, words in (("in", "+", "Inzoomen"), ("uit", "−", "Uitzoomen"), ("heel", "⤢", "Hele kaart"))
    ]
    return tag("div", drawing, tag("div", *buttons, class_="knoppen"), tag("div", class_="schaal"), class_="kaart")


def _sign(change: str) -> Html:
    return tag("g", _strokes(change), id=_key(change), class_="vast")


def _strokes(change: str) -> Html:
    return joined(
        tag("path", d=path, fill=fill, stroke=line, stroke_width=width) for path, fill, line, width in SIGNS[change]
    )


def _key(change: str) -> str:
    return change.replace(" ", "-")


def _ground(name: str, shape: BaseGeometry, origin: tuple[float, float]) -> Html:
    """A class of the ground as one path; holes are left open by the even-odd rule."""
    rings = [ring for polygon in shapely.get_parts(shape) for ring in (polygon.exterior, *polygon.interiors)]
    line = "#bfb7a8" if name == "pand" else "#cfc7b8" if name == "rijbaan" else "none"
    look = {"stroke": line, "stroke_width": 0.7, "vector_effect": "non-scaling-stroke"}
    return tag("path", d="".join(_ring(ring, origin) for ring in rings), fill=GROUND[name], fill_rule="evenodd", **look)


def _ring(ring: BaseGeometry, origin: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _drawn(shapely.get_coordinates(ring)[:-1], origin)) + "Z"


def _drawn(coordinates: np.ndarray, origin: tuple[float, float]) -> list[list[float]]:
    """RD coordinates as places in the drawing: metres to the right of and below its upper left corner."""
    rows: list[list[float]] = ((coordinates - np.array(origin)) * np.array([1.0, -1.0])).tolist()
    return rows


def _points(places: gpd.GeoDataFrame, change: str, origin: tuple[float, float]) -> Html:
    spots = _drawn(places.get_coordinates().to_numpy(), origin)
    told = change in (LOST, GAINED)
    names = [_name(place) for _, place in places.iterrows()] if told else [""] * len(spots)
    marks = [
        tag("use", tag("title", name) if name else None, href=f"#{_key(change)}", x=f"{x:.1f}", y=f"{y:.1f}")
        for (x, y), name in zip(spots, names, strict=True)
    ]
    return tag("g", *marks)


def _beside(
    places: gpd.GeoDataFrame,
    rules: pd.DataFrame,
    labels: Mapping[str, str],
    names: tuple[str, str],
    title: str,
    sources: str,
    today: date,
    origin: tuple[float, float],
) -> Html:
    total = counted(len(places), "plek", "plekken")
    open_still = ((rules["kind_after"] == "eis") & (rules["verdict_after"] == UNKNOWN)).any()
    intro = (
        f"Wat verandert er aan {total} als niet het beleid van {names[0]} geldt, maar dat van {names[1]}? "
        "Plekken en gegevens zijn dezelfde."
    )
    return tag(
        "main",
        tag("h1", title),
        tag("p", intro),
        _summary(places),
        tag("p", NOT_YET, class_="stil") if open_still else None,
        tag("h2", "Welke regels veranderen een oordeel?"),
        _rules(rules),
        tag("h2", "Plekken die vervallen of erbij komen"),
        _list(places, labels, origin),
        tag("p", f"Bronnen: {sources}. Gemaakt op {day(today)}.", class_="stil"),
    )


def _summary(places: gpd.GeoDataFrame) -> Html:
    found = places["change"].value_counts()
    rows = [
        tag(
            "tr",
            tag("td", _drawing(change), WORDS[change]),
            tag("td", number(int(found.get(change, 0))), class_="getal"),
        )
        for change in CHANGES
    ]
    return tag("table", _head(("Wat er met de plek gebeurt", ""), ("Plekken", "getal")), tag("tbody", *rows))


def _drawing(change: str) -> Html:
    return tag("svg", _strokes(change), viewBox="-10 -10 20 20", class_="teken", aria_hidden="true")


def _rules(rules: pd.DataFrame) -> Html:
    if rules.empty:
        return tag("p", "Geen enkele regel geeft een ander oordeel.")
    grouped = rules.groupby(["criterion_id", "norm_before", "norm_after"], sort=False)
    rows = [row for _, own in grouped for row in _rule(own)]
    head = _head(("Regel", ""), ("Norm", ""), ("Oordeel", ""), ("Plekken", "getal"))
    return tag("table", head, tag("tbody", *rows))


def _rule(own: pd.DataFrame) -> list[Html]:
    """The rows of one rule: its label and norm stand once, beside all changes of verdict."""
    first = own.iloc[0]
    heads = [
        tag("th", first["label"], scope="rowgroup", rowspan=len(own)),
        tag("td", _from_to(first["norm_before"], first["norm_after"]), rowspan=len(own)),
    ]
    changes = [
        (
            tag("td", _from_to(_verdict(row, "before"), _verdict(row, "after"))),
            tag("td", number(row["candidates"]), class_="getal"),
        )
        for _, row in own.iterrows()
    ]
    return [tag("tr", *(heads if place == 0 else []), *cells) for place, cells in enumerate(changes)]


def _verdict(row: pd.Series, when: str) -> str:
    kind, verdict = row[f"kind_{when}"], row[f"verdict_{when}"]
    return verdict if verdict == NO_RULE else f"{verdict} ({kind})"


def _from_to(was: str, now: str) -> str:
    return was if was == now else f"{was} → {now}"


def _list(places: gpd.GeoDataFrame, labels: Mapping[str, str], origin: tuple[float, float]) -> Html:
    moved = places[places["change"].isin([LOST, GAINED])].sort_values("change", ascending=False, kind="stable")
    if moved.empty:
        return tag("p", "Geen plek vervalt en geen plek komt erbij.")
    names = pd.Series([_name(place) for _, place in moved.iterrows()], index=moved.index, dtype="str")
    together = moved.groupby([moved["change"], names, moved["because"]], sort=False)
    first = moved.loc[[own.index[0] for _, own in together]].head(LISTED)
    spots = _drawn(first.get_coordinates().to_numpy(), origin)
    rows = [
        tag(
            "tr",
            tag("td", tag("div", _drawing(change), _to_place(name, x, y), class_="met-teken")),
            tag("td", "; ".join(labels.get(rule, rule) for rule in because.split(", "))),
            tag("td", number(len(own)), class_="getal"),
        )
        for (x, y), (keys, own) in zip(spots, together, strict=False)
        for change, name, because in [map(str, keys)]
    ]
    table = tag("table", _head(("Plek", ""), ("Door deze eis", ""), ("Plekken", "getal")), tag("tbody", *rows))
    left = together.ngroups - len(first)
    more = f"Nog {counted(left, 'regel', 'regels')}: zie policy-diff.csv." if left else ALL_LISTED
    return joined([table, tag("p", more, class_="stil")])


def _to_place(name: str, x: float, y: float) -> Html:
    return tag("button", name, type="button", class_="plek", data_x=f"{x:.1f}", data_y=f"{y:.1f}")


def _name(place: pd.Series) -> str:
    if not is_known(place["street"]):
        return f"Straat onbekend ({place.name})"
    return (
        f"{place['street']}, bij nummer {place['house_number']}" if is_known(place["house_number"]) else place["street"]
    )


def _head(*columns: tuple[str, str]) -> Html:
    return tag("thead", tag("tr", *[tag("th", name, scope="col", class_=kind or None) for name, kind in columns]))
