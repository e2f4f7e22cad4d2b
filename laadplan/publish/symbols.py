"""The signs of the plankaart as inline SVG, the same in the legend and on the map.

In: names of layers. Out: `Html`. Signs differ in shape as well as in colour.
"""

from laadplan.publish.page import Html, joined, tag
from laadplan.publish.palette import CATEGORIES, MARKS, Mark

SIZE = 24
"""Side of the square in which a sign is drawn, in its own units."""

HATCHES = {"witte-vlekken-nu": (-1, 0.8, 0.12), "witte-vlekken-na": (1, 1.5, 0.2)}
"""Layer to its hatching: lines that fall (1) or rise (-1) to the right, their width and the strength of the colour."""


COVERAGE = {f"dekking-{state.split()[0]}": mark for state, mark in CATEGORIES["dekking"][1].items()}
"""Layer of coverage to its look."""


def symbol(layer: str) -> Html:
    """The sign of a layer as an SVG of 24 by 24 units."""
    mark = COVERAGE[layer] if layer in COVERAGE else MARKS["witte_vlekken" if layer in HATCHES else layer]
    dashed = {"stroke_dasharray": "2 3"} if layer == "witte-vlekken-nu" else {}
    shapes = _points(mark) | {
        "polygon": tag("rect", x=3, y=7, width=18, height=10, fill=mark.fill, stroke=mark.line, stroke_width=1.5),
        "outline": tag(
            "path", d="M2 17 L9 8 L22 6", fill="none", stroke=mark.line, stroke_width=2.5, stroke_dasharray="8 3 2 3"
        ),
        "dots": tag("rect", x=3, y=5, width=18, height=14, rx=4, fill=mark.fill, fill_opacity=0.45, stroke=mark.line),
        "hatch": tag(
            "rect",
            x=2,
            y=3,
            width=20,
            height=18,
            rx=4,
            fill=f"url(#arcering-{layer})",
            stroke=mark.line,
            stroke_width=1.2,
            **dashed,
        ),
    }
    return _drawing(shapes[mark.shape])


def sign(mark: Mark) -> Html:
    """The sign of a point on a map, as an SVG of 24 by 24 units."""
    return _drawing(_points(mark)[mark.shape])


def _points(mark: Mark) -> dict[str, Html]:
    """Shape of a point to its drawing."""
    return {
        "circle": tag("circle", cx=12, cy=12, r=10, fill=mark.fill, stroke=mark.line, stroke_width=2),
        "square": tag("rect", x=4, y=4, width=16, height=16, rx=1.5, fill=mark.fill, stroke=mark.line, stroke_width=2),
        "triangle": tag(
            "path",
            d="M12 3 L21.5 20 L2.5 20 Z",
            fill=mark.fill,
            stroke=mark.line,
            stroke_width=2,
            stroke_linejoin="round",
        ),
        "cross": tag("path", d="M6 6 L18 18 M18 6 L6 18", fill="none", stroke=mark.line, stroke_width=3),
        "diamond": tag(
            "path", d="M12 2.5 L21.5 12 L12 21.5 L2.5 12 Z", fill=mark.fill, stroke=mark.line, stroke_width=2
        ),
    }


def ground_symbol(colour: str) -> Html:
    """A patch in a colour of the ground."""
    return _drawing(tag("rect", x=3, y=5, width=18, height=14, fill=colour, stroke="#b9b1a2", stroke_width=1))


def templates() -> Html:
    """The signs of the markers, for the page to copy onto the map, and the arrow to the north."""
    signs = [
        tag("template", symbol(layer), data_laag=layer)
        for layer in ("voorkeurslocaties", "reservelocaties", "laadpalen")
    ]
    arrow = tag(
        "svg", tag("path", d="M9 1 L16 23 L9 18 L2 23 Z", fill="currentColor"), viewBox="0 0 18 24", aria_hidden="true"
    )
    return joined([*signs, tag("template", arrow, data_laag="noord")])


def hatches() -> dict[str, dict[str, object]]:
    """The hatching of the white spots, for the page to draw on the map."""
    mark = MARKS["witte_vlekken"]
    look = {"kleur": mark.fill, "lijn": mark.line}
    return {
        name: look | {"richting": turn, "dikte": width, "waas": wash} for name, (turn, width, wash) in HATCHES.items()
    }


def hatch_patterns() -> Html:
    """The patterns of the white spots in the legend, to stand once in the page."""
    mark = MARKS["witte_vlekken"]
    patterns = [
        tag(
            "pattern",
            tag("rect", width=7, height=7, fill=mark.fill, fill_opacity=wash),
            tag("line", x1=0, y1=0, x2=0, y2=7, stroke=mark.line, stroke_width=width, stroke_opacity=0.55),
            id=f"arcering-{name}",
            width=7,
            height=7,
            patternUnits="userSpaceOnUse",
            patternTransform=f"rotate({-45 * turn})",
        )
        for name, (turn, width, wash) in HATCHES.items()
    ]
    return tag("svg", tag("defs", *patterns), width=0, height=0, aria_hidden="true", class_="patronen")


def _drawing(*shapes: Html) -> Html:
    return tag(
        "svg", joined(shapes), viewBox=f"0 0 {SIZE} {SIZE}", aria_hidden="true", focusable="false", class_="teken"
    )
