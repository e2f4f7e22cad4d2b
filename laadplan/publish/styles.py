"""QGIS styles (QML) of the layers, from the one palette.

In: the name of a layer. Out: QML text as QGIS stores it in ``layer_styles``.
"""

from xml.sax.saxutils import quoteattr

from laadplan.publish.palette import CANDIDATE_CATEGORIES, CATEGORIES, MARKS, Mark

MARKERS = {"circle": "circle", "square": "square", "triangle": "triangle", "cross": "cross_fill", "diamond": "diamond"}
"""Shape in the palette to the name QGIS gives it."""

SIZES_MM = {
    "voorkeurslocaties": 4.0,
    "reservelocaties": 3.2,
    "laadpalen": 3.6,
    "afgevallen": 2.0,
    "paalposities": 1.6,
    "kandidaten": 2.6,
}
"""Size of the marker in millimetres on paper."""

TRUTHS = ("true", "false")
"""How QGIS writes the values of a column of truth."""

LABELLED = {"voorkeurslocaties": "concat(straat, ' ', huisnummer)", "buurten": "buurtnaam"}
"""Layers with a label, and the QGIS expression of its text."""


TOLD_APART = CATEGORIES | CANDIDATE_CATEGORIES


def style_of(layer: str) -> str:
    """The QML of a layer of the plankaart or of the assessed candidates."""
    labels = _labels(LABELLED[layer]) if layer in LABELLED else ""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="{int(bool(labels))}">\n'
        f"{_renderer(layer)}\n{labels}</qgis>\n"
    )


def _renderer(layer: str) -> str:
    """One symbol for the whole layer, or one per value where the values must be told apart."""
    if layer not in TOLD_APART:
        return f'<renderer-v2 type="singleSymbol"><symbols>{_symbol(0, layer, MARKS[layer])}</symbols></renderer-v2>'
    field, marks = TOLD_APART[layer]
    symbols = "".join(_symbol(place, layer, mark) for place, mark in enumerate(marks.values()))
    categories = "".join(
        f'<category render="true" type="{"bool" if value in TRUTHS else "string"}" symbol="{place}" '
        f"value={quoteattr(value)} label={quoteattr(mark.label)}/>"
        for place, (value, mark) in enumerate(marks.items())
    )
    return (
        f'<renderer-v2 type="categorizedSymbol" attr="{field}"><categories>{categories}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def _symbol(place: int, layer: str, mark: Mark) -> str:
    kind, symbol = ("marker", _marker(mark, SIZES_MM[layer])) if mark.shape in MARKERS else ("fill", _fill(mark))
    return f'<symbol type="{kind}" name="{place}" alpha="1" clip_to_extent="1" force_rhr="0">{symbol}</symbol>'


def _marker(mark: Mark, size_mm: float) -> str:
    return _layer(
        "SimpleMarker",
        {
            "name": MARKERS[mark.shape],
            "color": _rgba(mark.fill),
            "outline_color": _rgba(mark.line),
            "outline_style": "solid",
            "outline_width": "0.1" if mark.shape == "cross" else "0.3",
            "outline_width_unit": "MM",
            "size": f"{size_mm:g}",
            "size_unit": "MM",
        },
    )


def _fill(mark: Mark) -> str:
    style = {"outline": "no", "edge": "no", "hatch": "b_diagonal", "dots": "dense6"}.get(mark.shape, "solid")
    return _layer(
        "SimpleFill",
        {
            "color": _rgba(mark.line if mark.fill == "none" else mark.fill),
            "style": style,
            "outline_color": _rgba(mark.line),
            "outline_style": "solid",
            "outline_width": "0.5" if mark.shape == "outline" else "0.26",
            "outline_width_unit": "MM",
        },
    )


def _labels(expression: str) -> str:
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName={quoteattr(expression)} isExpression="1" fontSize="8" fontSizeUnit="Point" '
        'textColor="34,34,34,255" namedStyle="Regular">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255"/>'
        '</text-style><placement placement="6" dist="2" distUnits="MM"/>'
        '<rendering scaleVisibility="1" scaleMin="1" scaleMax="10000" obstacle="0"/></settings></labeling>\n'
    )


def _layer(kind: str, properties: dict[str, str]) -> str:
    """Properties in the notation of QGIS 3.22 and, beside it, of later versions."""
    options = "".join(f'<Option type="QString" name="{name}" value="{value}"/>' for name, value in properties.items())
    older = "".join(f'<prop k="{name}" v="{value}"/>' for name, value in properties.items())
    return f'<layer class="{kind}" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option>{older}</layer>'


def _rgba(colour: str) -> str:
    """QGIS notation of a hex colour.

    >>> _rgba("#0072B2")
    '0,114,178,255'
    """
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"
