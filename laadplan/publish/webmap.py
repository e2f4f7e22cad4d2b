"""The plankaart as one HTML page with a map, a legend and an explanation, that works without a network.

In: frames in RD New, config. Out: an HTML file; equal input gives equal bytes. folium builds the layers; its CDN links
are left out, Leaflet stands in the page, and its random ids are numbered in order. Popups travel as data, which the
page puts in as text: nothing from a source is read as markup. The map has no tiles; its ground is drawn from the BGT.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.map import CustomPane
from folium.utilities import JsCode
from shapely.geometry.base import BaseGeometry

from laadplan.config.policy import Policy
from laadplan.config.project import Publication, Walking
from laadplan.config.scenario import Scenario
from laadplan.config.sources import Sources
from laadplan.contracts.dutch import day, number
from laadplan.geo.rd import RD_EPSG, to_wgs84
from laadplan.publish.about import about_map, dated, in_short, walk_line
from laadplan.publish.beside import side_panel
from laadplan.publish.ground import CLASSES, draw_ground, name_streets, surroundings
from laadplan.publish.locations import DROPPED, PREFERRED, RESERVE, near_address, numbered, with_status
from laadplan.publish.page import Html, asset, joined, page, tag
from laadplan.publish.palette import CATEGORIES, GROUND, MARKS
from laadplan.publish.popups import (
    bay_popup,
    buurt_popup,
    charge_point_popup,
    judge_sites,
    list_criteria,
    site_popup,
    white_spot_popup,
)
from laadplan.publish.symbols import hatch_patterns, hatches, symbol, templates

GROUND_DECIMALS, PLAN_DECIMALS = 6, 7
"""Decimals of coordinates in degrees: about 0.1 m for the ground, 0.01 m for the plan."""

GROUND_TOLERANCE_M = 0.2
"""Largest distance between the ground as drawn and as it is in the BGT, in m."""

AREA_TOLERANCE_M = 1.0
"""The same for white spots and outlines of buurten, which are no more precise themselves, in m."""

ZOOM_MIN, ZOOM_MAX = 11, 21
PANES = {
    "grond": 200,
    "dekking": 310,
    "straten": 320,
    "witte-vlekken": 340,
    "buurten": 350,
    "vakken": 380,
    "afgevallen": 390,
}
"""Panes from low to high; markers stand above them."""

ON_CANVAS = ("grond", "dekking", "witte-vlekken")
"""Panes drawn on a canvas; the others are SVG, so that a click falls through to what lies below."""

COVERAGE_LAYERS = {"nu": "dekking-nu", "na plan": "dekking-na"}
"""State of the coverage to its layer on the map."""

SHOWN = ("voorkeurslocaties", "reservelocaties", "laadpalen", "vakken", "buurten", "witte-vlekken-na")
"""Layers that are on when the page opens."""


def write_webmap(
    target: Path,
    *,
    sites: gpd.GeoDataFrame,
    bays: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    charge_points: gpd.GeoDataFrame,
    plan: pd.DataFrame,
    balances: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    solutions: pd.DataFrame,
    road_parts: gpd.GeoDataFrame,
    terrain: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    publication: Publication,
    sources: Sources,
    walking: Walking,
    scenario: Scenario,
    today: date,
    isochrones: gpd.GeoDataFrame | None = None,
    addresses: gpd.GeoDataFrame | None = None,
    policy: Policy | None = None,
    walk_edges: gpd.GeoDataFrame | None = None,
) -> None:
    """Writes the page.

    Parameters
    ----------
    target
        HTML file to write.
    sites, bays, assessments, charge_points, plan, balances, white_spots, solutions, road_parts, terrain, buildings
        Frames as their contracts say, in RD New; any may be empty.
    addresses
        Gives the names of streets on the map; None: no names.
    walk_edges
        The network that people walk on; None: walking distances were estimated.
    policy
        Gives the order of the criteria; None: eisen first, then wensen.
    isochrones
        `Isochrones`: from where a pole is on walking distance; None: no such layer.
    today
        Date of making, as printed.
    """
    view = surroundings(
        *([sites, white_spots, charge_points] if len(sites) else [white_spots, charge_points, buildings])
    )
    criteria = list_criteria(assessments, policy)
    chart = _empty_map(sites if len(sites) else white_spots, view)
    _add_ground(chart, draw_ground(road_parts, terrain, buildings, view, tolerance_m=GROUND_TOLERANCE_M))
    if addresses is not None:
        _add_street_names(chart, addresses, road_parts, view)
    _add_sites(chart, sites, scenario, judge_sites(assessments, criteria))
    _add_charge_points(chart, charge_points, plan)
    _add_bays(chart, bays, sites)
    _add_white_spots(chart, white_spots, walking, estimated=walk_edges is None or walk_edges.empty)
    _add_buurten(chart, balances, view, scenario)
    _add_dropped(chart, sites, scenario, judge_sites(assessments, criteria))
    if isochrones is not None:
        _add_coverage(chart, isochrones)
    folium.LayerControl(collapsed=False).add_to(chart)
    about = about_map(
        criteria=criteria,
        solutions=solutions,
        balances=balances,
        publication=publication,
        sources=sources,
        walking=walking,
        scenario=scenario,
        today=today,
        walk=walk_line(walking, walk_edges, sources),
    )
    side = side_panel(in_short(sites, balances, white_spots, scenario), sites, about)
    html = _assemble(chart, side, criteria, publication, sources, today)
    target.write_text(html, encoding="utf-8", newline="\n")


# --- the page ---------------------------------------------------------------------------------------------------------


def _assemble(
    chart: folium.Map, side: Html, criteria: pd.DataFrame, publication: Publication, sources: Sources, today: date
) -> str:
    container, program = _rendered(chart)
    place = f"Gemeente {publication.municipality}, " if publication.municipality else ""
    header = tag(
        "header",
        tag("div", tag("h1", publication.title), tag("p", f"{place}{day(today)}", class_="onder"), class_="kop-tekst"),
        tag("p", publication.disclaimer, class_="disclaimer"),
        class_="kop",
    )
    chart_part = tag(
        "section", container, hatch_patterns(), templates(), class_="kaart", aria_label="Kaart van de locaties"
    )
    main = tag(
        "main", chart_part, tag("section", side, class_="zij", aria_label="Legenda en toelichting", tabindex="0")
    )
    facts = {
        "criteria": criteria[["label", "kind", "norm", "source"]].to_numpy(dtype=object).tolist(),
        "bronnen": f"Ondergrond: {dated(sources.bgt)}" if sources.bgt else "",
        "kaart": chart.get_name(),
        "arceringen": hatches(),
    }
    data = f"kaart.gereed({_json(facts)});"
    return page(
        f"{publication.title} - {publication.municipality}" if publication.municipality else publication.title,
        joined([header, main]),
        styles=[asset("leaflet/leaflet.css"), asset("webmap.css")],
        scripts=[asset("leaflet/leaflet.js"), asset("webmap.js"), data, program, "kaart.begin();"],
    )


def _rendered(chart: folium.Map) -> tuple[Html, str]:
    """The container of the map and the script that fills it, without folium's header, links and random ids."""
    figure: Any = chart.get_root()
    for place, element in enumerate(_elements(figure), start=1):
        element._id = str(place)
    figure.render()
    return Html(figure.html.render().strip()), str(figure.script.render())


def _elements(element: Any) -> Iterable[Any]:
    """The element and all below it, in order of making."""
    yield element
    for child in element._children.values():
        yield from _elements(child)


def _json(content: object) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


# --- the map ----------------------------------------------------------------------------------------------------------


def _empty_map(focus: gpd.GeoDataFrame, view: shapely.Polygon) -> folium.Map:
    chosen = focus[focus["status"] != DROPPED] if "status" in focus else focus
    frame = surroundings(chosen, margin_m=80.0) if len(chosen) else view
    (south, west), (north, east) = _corners(view)
    chart = folium.Map(
        location=_middle(frame),
        tiles=None,
        zoom_start=15,
        control_scale=False,
        zoom_control=False,
        minZoom=ZOOM_MIN,
        maxZoom=ZOOM_MAX,
        zoomSnap=0.5,
        maxBounds=[[south, west], [north, east]],
        maxBoundsViscosity=0.8,
        attributionControl=False,
    )
    chart.default_js, chart.default_css = [], []
    for name, height in PANES.items():
        CustomPane(name, z_index=height, pointer_events=name == "witte-vlekken").add_to(chart)
    fit = folium.FitBounds(_corners(frame))
    fit.options["animate"] = False  # a click while the map still zooms is lost
    fit.add_to(chart)
    return chart


def _add_ground(chart: folium.Map, ground: dict[str, BaseGeometry]) -> None:
    """The classes of the ground on one canvas that takes no clicks."""
    for name in CLASSES:
        if not ground[name].is_empty:
            style = {
                "fillColor": GROUND[name],
                "fillOpacity": 1,
                "color": "#c9c1b2" if name in ("rijbaan", "pand") else GROUND[name],
                "weight": 0.6,
                "stroke": name in ("rijbaan", "pand", "water"),
            }
            _shapes(chart, [(ground[name], {})], style, decimals=GROUND_DECIMALS, pane="grond", ground=True)


def _add_street_names(
    chart: folium.Map, addresses: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame, view: BaseGeometry
) -> None:
    """Names of streets, those with most addresses first: the page leaves out a name that would cover an earlier one."""
    names = sorted(name_streets(addresses, road_parts, view), key=lambda street: (-street.addresses, street.name))
    points = [(shapely.Point(name.x_m, name.y_m), {"naam": name.name, "hoek": -name.angle_deg}) for name in names]
    _points(chart, points, "straat")


def _add_sites(
    chart: folium.Map, sites: gpd.GeoDataFrame, scenario: Scenario, verdicts: dict[str, list[list[Any]]]
) -> None:
    for layer, status in (("voorkeurslocaties", PREFERRED), ("reservelocaties", RESERVE)):
        _points(chart, _site_points(sites, status, scenario, verdicts), layer, _name(layer, sites["status"] == status))


def _add_dropped(
    chart: folium.Map, sites: gpd.GeoDataFrame, scenario: Scenario, verdicts: dict[str, list[list[Any]]]
) -> None:
    points = _site_points(sites, DROPPED, scenario, verdicts)
    _points(chart, points, "afgevallen", _name("afgevallen", sites["status"] == DROPPED))


def _site_points(
    sites: gpd.GeoDataFrame, status: str, scenario: Scenario, verdicts: dict[str, list[list[Any]]]
) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    numbers = numbered(sites)
    names = {str(site): near_address(row) for site, row in with_status(sites, PREFERRED).iterrows()}
    return [
        (
            row.geometry,
            site_popup(row, numbers=numbers, names=names, scenario=scenario, verdicts=verdicts.get(str(site), [])),
        )
        for site, row in with_status(sites, status).iterrows()
    ]


def _add_charge_points(chart: folium.Map, charge_points: gpd.GeoDataFrame, plan: pd.DataFrame) -> None:
    counted = set(plan.index[plan["existing"]])
    points = [
        (row.geometry, charge_point_popup(row, counts=identifier in counted))
        for identifier, row in charge_points.sort_index().iterrows()
    ]
    _points(chart, points, "laadpalen", _name("laadpalen", charge_points.index.notna()))


def _add_bays(chart: folium.Map, bays: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    """Bays of preferred and stand-by sites."""
    numbers = numbered(sites)
    kept = sites[sites["status"] != DROPPED].sort_index()
    owner = {bay: row for _, row in kept.iterrows() for bay in str(row["vakken"]).split(" ")}
    shown = bays[bays.index.isin(list(owner))].sort_index()
    shapes = [(row.geometry, bay_popup(row, owner[str(bay)], numbers)) for bay, row in shown.iterrows()]
    mark = MARKS["vakken"]
    style = {"fillColor": mark.fill, "fillOpacity": 0.75, "color": mark.line, "weight": 1}
    _shapes(
        chart,
        shapes,
        style,
        decimals=PLAN_DECIMALS,
        pane="vakken",
        layer="vakken",
        name=_name("vakken", [True] * len(shown)),
    )


def _add_white_spots(chart: folium.Map, white_spots: gpd.GeoDataFrame, walking: Walking, *, estimated: bool) -> None:
    """White spots now and after the plan, told apart by their hatching."""
    mark = MARKS["witte_vlekken"]
    for when, layer in (("nu", "witte-vlekken-nu"), ("na plan", "witte-vlekken-na")):
        spots = white_spots[white_spots["toestand"] == when].sort_index()
        shapes = [
            (shape, white_spot_popup(row, walking.norm_m, estimated=estimated) | {"arcering": layer})
            for shape, (_, row) in zip(spots.geometry.simplify(AREA_TOLERANCE_M), spots.iterrows(), strict=True)
        ]
        style = {"fillColor": mark.fill, "fillOpacity": 1, "color": mark.line, "weight": 1}
        style |= {"dashArray": "2 4"} if when == "nu" else {}
        name = _name(layer, [True] * len(spots))
        _shapes(chart, shapes, style, decimals=GROUND_DECIMALS, pane="witte-vlekken", layer=layer, name=name)


def _add_coverage(chart: folium.Map, isochrones: gpd.GeoDataFrame) -> None:
    """From where a pole is on walking distance, now and after the plan; off at first, and below all else."""
    for state, layer in COVERAGE_LAYERS.items():
        mark = CATEGORIES["dekking"][1][state]
        own = isochrones[isochrones["toestand"] == state].sort_index()
        style = {"fillColor": mark.fill, "fillOpacity": 0.35, "color": mark.line, "weight": 1}
        label = joined([symbol(layer), tag("span", LAYER_LABELS[layer], class_="laag")])
        shapes: list[tuple[BaseGeometry, dict[str, Any]]] = [
            (shape, {}) for shape in own.geometry.simplify(AREA_TOLERANCE_M)
        ]
        options: dict[str, Any] = {"pane": "dekking", "layer": layer, "name": str(label), "ground": True}
        _shapes(chart, shapes, style, decimals=GROUND_DECIMALS, **options)


def _add_buurten(chart: folium.Map, balances: gpd.GeoDataFrame, view: BaseGeometry, scenario: Scenario) -> None:
    """Borders of the buurten in view, and a name that opens the figures."""
    group = folium.FeatureGroup(name=_name("buurten", balances.intersects(view)), show="buurten" in SHOWN)
    group.add_to(chart)
    near = balances[balances.intersects(view)].sort_index()
    popups = [buurt_popup(row, scenario) | {"naam": str(row["buurtnaam"])} for _, row in near.iterrows()]
    borders = near.geometry.simplify(AREA_TOLERANCE_M).boundary.intersection(view)
    middles = near.geometry.intersection(view).representative_point()
    style = {"color": MARKS["buurten"].line, "weight": 2, "dashArray": "8 4 2 4", "fill": False}
    lines = [(line, popup) for line, popup in zip(borders, popups, strict=True) if not line.is_empty]
    _shapes(group, lines, style, decimals=GROUND_DECIMALS, pane="buurten", layer="buurten")
    _points(group, list(zip(middles, popups, strict=True)), "buurt")


# --- from RD New to folium --------------------------------------------------------------------------------------------


def _shapes(
    parent: folium.Map | folium.FeatureGroup,
    shapes: Sequence[tuple[BaseGeometry, dict[str, Any]]],
    style: dict[str, Any],
    *,
    decimals: int,
    pane: str,
    layer: str = "",
    name: str | None = None,
    ground: bool = False,
) -> None:
    """Lines and areas as a layer; with a name it can be switched on and off."""
    options: dict[str, Any] = {"interactive": False} if ground else {}
    if pane in ON_CANVAS:
        options["renderer"] = JsCode(f"kaart.doek({json.dumps(pane)})")
    folium.GeoJson(
        _collection(shapes, decimals),
        style_function=lambda _: style,
        name=name,
        control=name is not None,
        show=name is None or layer in SHOWN,
        smooth_factor=0.5 if ground else 1.0,
        on_each_feature=None if ground else JsCode("kaart.uitleg"),
        pane=pane,
        **options,
    ).add_to(parent)


def _points(
    parent: folium.Map | folium.FeatureGroup,
    points: Sequence[tuple[BaseGeometry, dict[str, Any]]],
    layer: str,
    name: str | None = None,
) -> None:
    """Points as a layer; the page draws each with the sign of its layer."""
    folium.GeoJson(
        _collection(points, PLAN_DECIMALS),
        name=name,
        control=name is not None,
        show=name is None or layer in SHOWN,
        on_each_feature=JsCode("kaart.uitleg"),
        point_to_layer=JsCode(f"kaart.teken({json.dumps(layer)})"),
    ).add_to(parent)


def _collection(shapes: Sequence[tuple[BaseGeometry, dict[str, Any]]], decimals: int) -> dict[str, Any]:
    degrees = _in_degrees([shape for shape, _ in shapes], decimals)
    features = [
        {"type": "Feature", "id": str(place), "properties": properties, "geometry": shapely.geometry.mapping(shape)}
        for place, (shape, (_, properties)) in enumerate(zip(degrees, shapes, strict=True))
    ]
    return {"type": "FeatureCollection", "features": features}


def _in_degrees(shapes: list[BaseGeometry], decimals: int) -> list[BaseGeometry]:
    if not shapes:
        return []
    degrees = to_wgs84(gpd.GeoSeries(shapes, crs=RD_EPSG))
    return [shapely.transform(shape, lambda places: np.round(places, decimals)) for shape in degrees]


def _corners(view: shapely.Polygon) -> list[list[float]]:
    """South-west and north-east corner as latitude, longitude."""
    west, south, east, north = _in_degrees([view], GROUND_DECIMALS)[0].bounds
    return [[south, west], [north, east]]


def _middle(view: shapely.Polygon) -> list[float]:
    (south, west), (north, east) = _corners(view)
    return [round((south + north) / 2, GROUND_DECIMALS), round((west + east) / 2, GROUND_DECIMALS)]


def _name(layer: str, rows: Any) -> str:
    """A layer's line in the legend: its sign, its name and how many there are."""
    label = LAYER_LABELS[layer]
    return str(
        joined(
            [
                symbol(layer),
                tag("span", label, class_="laag"),
                " ",
                tag("span", number(int(np.sum(rows))), class_="aantal"),
            ]
        )
    )


LAYER_LABELS = {
    "voorkeurslocaties": "Voorkeurslocaties",
    "reservelocaties": "Reservelocaties",
    "laadpalen": "Bestaande laadlocaties",
    "vakken": "Parkeervakken bij een locatie",
    "witte-vlekken-nu": "Witte vlekken nu: geen paal op loopafstand",
    "witte-vlekken-na": "Witte vlekken na uitvoering van het plan",
    "dekking-nu": "Dekking nu: een paal op loopafstand",
    "dekking-na": "Dekking na uitvoering van het plan",
    "buurten": "Buurten: vraag, aanbod en tekort",
    "afgevallen": "Afgevallen locaties",
}
