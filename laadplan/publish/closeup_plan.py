"""What a picture of a street shows of the plan: bays, poles by verdict, the site and its alternatives, widths.

In: the frames of a `Street` that touch the view. Out: drawings on a chart of matplotlib in m RD, and the signs of what
was drawn for the legend. A verdict differs in sign as well as in colour.
"""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from laadplan.contracts.dutch import number
from laadplan.publish.closeup_side import Sign
from laadplan.publish.palette import STREET_MARKS, VERDICT_MARKS
from laadplan.publish.pen import INK, MARKERS, draw_area, draw_text
from laadplan.publish.street import Street

SIZES = {"voldoet": 5.0, "schouw": 4.6, "voldoet niet": 5.0, "": 3.6}
"""Size of the sign of a verdict, in points."""

THICK = {"x": "X"}
"""Signs that are drawn filled here, where a thin one would be lost on the ground."""

SITE_SIZE = 1.7
"""How much larger the sign of the site is."""

BADGE_MM = 2.1
"""Radius of the badge with the letter of an alternative, on paper."""

NUMBER_LEAST_MM = 2.0
"""Numbers of bays are left out where a bay is narrower than this on paper (mm)."""


def plan_signs(street: Street, site: str | None, letters: Mapping[str, str]) -> list[Sign]:
    """The signs of bays, poles, existing charging and widths that are there."""
    seen = set(_verdicts(street))
    signs = [_verdict_sign(name) for name in VERDICT_MARKS if name in seen]
    classes = set(_classes(street, site, letters))
    signs += [Sign(STREET_MARKS[name]) for name in ("deze", "ander", "vak") if name in classes]
    if street.charge_points is not None and len(street.charge_points):
        signs.append(Sign(STREET_MARKS["laadpalen"], 5.5))
    return signs + ([Sign(STREET_MARKS["breedte"])] if street.widths else [])


def draw_plan(
    chart: Axes,
    street: Street,
    view: shapely.Polygon,
    site: str | None,
    letters: Mapping[str, str],
    candidates: gpd.GeoDataFrame,
) -> None:
    """Draws bays, poles, existing charging, widths and letters; ``candidates`` also holds those outside the view."""
    _draw_bays(chart, street, view, site, letters)
    _draw_charging(chart, street.charge_points)
    _draw_poles(chart, street, site)
    _draw_widths(chart, street.widths)
    _draw_letters(chart, view, site, letters, candidates)


def _verdicts(street: Street) -> pd.Series:
    found = street.verdicts.reindex(street.candidates.index)
    return found.where(found.isin(list(VERDICT_MARKS)), "").astype("str")


def _verdict_sign(name: str) -> Sign:
    mark = VERDICT_MARKS[name]
    marker = MARKERS[mark.shape]
    return Sign(mark, SIZES[name], THICK.get(marker, marker))


def _classes(street: Street, site: str | None, letters: Mapping[str, str]) -> pd.Series:
    """Which bays belong to the site, which to an alternative."""
    owned = street.candidates["bay_ids"].str.split(" ").to_dict()
    classes = pd.Series("vak", index=street.bays.index)
    for name, owner in [*((name, "ander") for name in letters), (site or "", "deze")]:
        classes = classes.mask(classes.index.isin(owned.get(name, [])), owner)
    return classes


def _draw_bays(
    chart: Axes, street: Street, view: shapely.Polygon, site: str | None, letters: Mapping[str, str]
) -> None:
    classes = _classes(street, site, letters)
    wide_mm = chart.bbox.width / chart.figure.dpi * 25.4
    mm_per_m = wide_mm / (view.bounds[2] - view.bounds[0])
    for height, name in enumerate(("vak", "ander", "deze"), start=10):
        mark, rows = STREET_MARKS[name], street.bays[classes == name]
        look: dict[str, Any] = {
            "facecolor": mark.fill,
            "edgecolor": mark.line,
            "linewidth": 0.5 if name == "vak" else 1.1,
        }
        for shape, place in zip(rows.geometry, rows["number"], strict=True):
            draw_area(chart, shape, zorder=height, **look)
            if _narrowest_m(shape) * mm_per_m >= NUMBER_LEAST_MM:
                at = shape.representative_point()
                text: dict[str, Any] = {"fontsize": 4.6, "color": INK, "ha": "center", "va": "center"}
                draw_text(chart, at.x, at.y, str(place), rim=1.0, zorder=height, **text)


def _narrowest_m(shape: shapely.Geometry) -> float:
    """The short side of the box around a bay, in m."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    return float(np.hypot(*np.diff(corners[:3], axis=0).T).min())


def _draw_charging(chart: Axes, charge_points: gpd.GeoDataFrame | None) -> None:
    if charge_points is None or charge_points.empty:
        return
    mark = STREET_MARKS["laadpalen"]
    places = charge_points.get_coordinates().to_numpy()
    look: dict[str, Any] = {"marker": MARKERS[mark.shape], "s": 5.5**2, "color": mark.fill, "edgecolors": mark.line}
    chart.scatter(*places.T, linewidths=0.7, zorder=23, **look)


def _draw_poles(chart: Axes, street: Street, site: str | None) -> None:
    """The poles by verdict; that of the site larger and ringed."""
    verdicts = _verdicts(street)
    for name in VERDICT_MARKS:
        sign = _verdict_sign(name)
        for chosen, scale in ((False, 1.0), (True, SITE_SIZE)):
            rows = street.candidates[(verdicts == name) & ((street.candidates.index == site) == chosen)]
            places = rows.get_coordinates().to_numpy()
            look: dict[str, Any] = {"marker": sign.marker, "s": (scale * sign.size) ** 2, "color": sign.mark.fill}
            chart.scatter(*places.T, edgecolors=sign.mark.line, linewidths=0.6, zorder=26 if chosen else 24, **look)
            if chosen:
                ring: dict[str, Any] = {"facecolors": "none", "edgecolors": INK, "linewidths": 1.2, "zorder": 25}
                chart.scatter(places[:, 0], places[:, 1], s=(2.6 * sign.size) ** 2, **ring)


def _draw_widths(chart: Axes, widths: Mapping[str, shapely.LineString]) -> None:
    """Dimension lines: a stroke across each end, the figure beside the middle."""
    colour = STREET_MARKS["breedte"].line
    for words, line in sorted(widths.items()):
        ends = shapely.get_coordinates(line)[[0, -1]]
        if (across := float(np.hypot(*(ends[1] - ends[0])))) == 0:
            continue
        turned = np.array([-(ends[1] - ends[0])[1], (ends[1] - ends[0])[0]]) / across * 0.25
        chart.plot(*ends.T, color=colour, linewidth=0.9, zorder=27)
        for end in ends:
            chart.plot(*np.array([end - turned, end + turned]).T, color=colour, linewidth=0.9, zorder=27)
        look: dict[str, Any] = {"fontsize": 5.5, "color": colour, "weight": "bold", "va": "center"}
        x, y = ends.mean(axis=0) + turned * 2
        draw_text(chart, x, y, words, rim=1.6, zorder=28, **look)


def _draw_letters(
    chart: Axes, view: shapely.Polygon, site: str | None, letters: Mapping[str, str], candidates: gpd.GeoDataFrame
) -> None:
    """A badge beside each alternative; one outside the view is pointed at from the edge."""
    west, south, east, north = view.bounds
    mm = (east - west) / (chart.bbox.width / chart.figure.dpi * 25.4)
    middle = shapely.get_coordinates(candidates.geometry.loc[site] if site else shapely.centroid(view))[0]
    inner = shapely.box(west, south, east, north).buffer(-1.6 * BADGE_MM * mm, join_style="mitre")
    for name, letter in sorted(letters.items(), key=lambda each: (each[1], each[0])):
        place = shapely.get_coordinates(candidates.geometry.loc[name])[0]
        far = not view.contains(shapely.Point(place))
        turn = np.radians(candidates["away_deg"].loc[name])
        aim = place if far else place + 5 * mm * np.array([np.cos(turn), np.sin(turn)])
        at = _held_within(aim, middle, inner)
        chart.plot(*np.array([at, at + (place - at) * (0.08 if far else 1)]).T, color=INK, linewidth=0.7, zorder=27)
        badge: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.9, "zorder": 28}
        chart.add_patch(Circle(tuple(at), BADGE_MM * mm, **badge))
        look: dict[str, Any] = {"color": INK, "ha": "center", "va": "center_baseline", "zorder": 29}
        chart.text(at[0], at[1], letter, fontsize=6.5, weight="bold", **look)
        if far:
            away = number(float(np.hypot(*(place - middle))), 0, "m")
            side = 1 if at[0] < (west + east) / 2 else -1
            look["ha"] = "left" if side > 0 else "right"
            draw_text(chart, at[0] + side * 1.3 * BADGE_MM * mm, at[1], away, rim=1.6, fontsize=5.5, **look)


def _held_within(aim: np.ndarray, middle: np.ndarray, inner: shapely.Geometry) -> np.ndarray:
    """The place itself, or where the way to it from the middle leaves the box."""
    way = shapely.intersection(shapely.LineString([middle, aim]), inner)
    if shapely.Point(aim).within(inner) or way.is_empty:
        return aim
    return shapely.get_coordinates(way)[-1]
