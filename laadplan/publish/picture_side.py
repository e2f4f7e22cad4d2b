"""The column beside the picture: the legend and the list of preferred sites.

In: frames, walking norm. Out: texts and signs on a chart of matplotlib.
"""

from typing import Any

import geopandas as gpd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from laadplan.config.project import Walking
from laadplan.contracts.dutch import counted, number
from laadplan.publish.locations import PREFERRED, RESERVE, near_address, with_status
from laadplan.publish.palette import GROUND, MARKS
from laadplan.publish.pen import INK, LINE, MARKERS, QUIET, WHITE_SPOT_LOOKS

LIST_PITCH = 0.034
"""Height of a line of the list, as a share of the column."""


def write_side(
    side: Axes,
    sites: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    walking: Walking,
) -> None:
    """Writes legend and list in an empty chart, which becomes a column of text."""
    side.set(xlim=(0, 1), ylim=(0, 1))
    side.axis("off")
    height = _write_legend(side, sites, charge_points, white_spots, walking)
    _write_list(side, with_status(sites, PREFERRED), height - 0.03)


def _write_list(side: Axes, chosen: gpd.GeoDataFrame, height: float) -> None:
    """The numbered sites below the height given, as many as there is room for."""
    heading: dict[str, Any] = {"fontsize": 13, "weight": "bold", "color": INK}
    side.text(0, height, counted(len(chosen), "voorkeurslocatie", "voorkeurslocaties"), va="center", **heading)
    height -= 0.045
    room = max(int(height / LIST_PITCH), 1)
    shown = chosen if len(chosen) <= room else chosen.iloc[: room - 1]
    order_look: dict[str, Any] = {"weight": "bold", "color": MARKS["voorkeurslocaties"].fill, "ha": "right"}
    for order, (_, site) in enumerate(shown.iterrows(), start=1):
        side.text(0.055, height, str(order), fontsize=11, va="center", **order_look)
        side.text(0.085, height, _shortened(near_address(site)), fontsize=11, color=INK, va="center")
        height -= LIST_PITCH
    if left := len(chosen) - len(shown):
        more = f"en nog {counted(left, 'locatie', 'locaties')}"
        side.text(0.085, height, more, fontsize=11, color=QUIET, va="center")


def _write_legend(
    side: Axes,
    sites: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    walking: Walking,
) -> float:
    """The legend; returns the height below it."""
    far = white_spots.groupby("toestand")["adressen"].sum()
    norm = number(walking.norm_m, 0, "m")
    now, after = (counted(int(far.get(when, 0)), "adres", "adressen") for when in ("nu", "na plan"))
    rows: list[tuple[Any, str, str]] = [
        (_marker("voorkeurslocaties", 15), "Voorkeurslocatie", ""),
        (_marker("reservelocaties", 9), f"Reservelocatie ({int((sites['status'] == RESERVE).sum())})", ""),
        (_marker("laadpalen", 11), f"Bestaande laadlocatie ({len(charge_points)})", ""),
        ("nu", f"Witte vlek nu: geen paal binnen {norm}", f"{now} (schatting)"),
        ("na plan", "Witte vlek na het plan", f"nog {after} (schatting)"),
    ]
    side.text(0, 0.985, "Legenda", fontsize=13, weight="bold", color=INK, va="center")
    height = 0.938
    for sign, label, remark in rows:
        _draw_sign(side, sign, height)
        side.text(0.12, height, label, fontsize=11, color=INK, va="center")
        if remark:
            height -= 0.024
            side.text(0.12, height, remark, fontsize=9, color=QUIET, va="center")
        height -= 0.038
    names = [("pand", "gebouw"), ("rijbaan", "weg"), ("voetpad", "stoep"), ("groen", "groen"), ("water", "water")]
    for column, (name, label) in enumerate(names):
        x = column * 0.205
        side.add_patch(
            Rectangle((x, height - 0.008), 0.045, 0.016, facecolor=GROUND[name], edgecolor="#b9b1a2", linewidth=0.8)
        )
        side.text(x + 0.056, height, label, fontsize=9, color=QUIET, va="center")
    side.plot([0, 1], [height - 0.03, height - 0.03], color=LINE, linewidth=1)
    return height - 0.035


def _draw_sign(side: Axes, sign: Any, height: float) -> None:
    if isinstance(sign, Line2D):
        sign.set_data([0.045], [height])
        side.add_line(sign)
        return
    mark, look = MARKS["witte_vlekken"], WHITE_SPOT_LOOKS[sign]
    box: dict[str, Any] = {"xy": (0.0, height - 0.013), "width": 0.09, "height": 0.026}
    washes = [WHITE_SPOT_LOOKS[when]["wash"] for when in (["nu"] if sign == "nu" else ["nu", "na plan"])]
    for wash in washes:
        side.add_patch(Rectangle(**box, facecolor=mark.fill, alpha=wash, edgecolor="none"))
    side.add_patch(Rectangle(**box, facecolor="none", edgecolor=mark.line, **look["line"]))


def _marker(name: str, size: float) -> Line2D:
    mark = MARKS[name]
    look: dict[str, Any] = {
        "marker": MARKERS[mark.shape],
        "markersize": size,
        "markerfacecolor": mark.fill,
        "markeredgecolor": mark.line,
    }
    return Line2D([], [], linestyle="none", clip_on=False, **look)


def _shortened(text: str, letters: int = 40) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"
