"""Opens a GeoPackage in QGIS and tells what QGIS sees: run by the Python of the operating system.

``look_in_qgis.py GEOPACKAGE PICTURE LAYER...``: layers from top to bottom; one JSON document on stdout. Of every layer
each row is drawn by itself on a ground of a colour that no layer has.
"""

import json
import sys
from collections import Counter

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

path, picture, *names = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
GROUND = "#ff00ff"


def symbols_of(layer):
    """The value, name in the legend and colour of every symbol of a layer."""
    renderer = layer.renderer()
    if isinstance(renderer, QgsCategorizedSymbolRenderer):
        return [
            (str(each.value()).lower(), each.label(), each.symbol().color().name(), each.renderState())
            for each in renderer.categories()
        ]
    return [(None, "", renderer.symbol().color().name(), True)]


def symbol_of_each(layer):
    """Colour of the symbol that QGIS takes for each row by its id; none when no symbol fits."""
    renderer, context, found = layer.renderer().clone(), QgsRenderContext(), {}
    renderer.startRender(context, layer.fields())
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        found[feature[1]] = symbol and symbol.color().name()
    renderer.stopRender(context)
    return found


def drawn_of_each(layer):
    """Colours that QGIS draws for each row by its id, and at a place within it: only that row is in the layer."""
    found = {}
    for feature in list(layer.getFeatures()):
        layer.setSubsetString(f"fid = {feature.id()}")
        place, box = feature.geometry().pointOnSurface().asPoint(), feature.geometry().boundingBox()
        box.grow(max(box.width(), box.height(), 10.0) / 10)
        settings = settings_for([layer], box, GROUND)
        settings.setFlag(QgsMapSettings.Antialiasing, False)
        settings.setFlag(QgsMapSettings.DrawLabeling, False)
        image, at = drawn(settings)[0], settings.mapToPixel().transform(place)
        colours = Counter(image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height()))
        found[feature[1]] = {"within": image.pixelColor(round(at.x()), round(at.y())).name(), "colours": colours}
    layer.setSubsetString("")
    return found


def settings_for(shown, extent, ground):
    """The map of some layers on a ground; that of an extent is finer, so that the thinnest line has its own colour."""
    settings = QgsMapSettings()
    settings.setLayers(list(shown))
    settings.setOutputSize(QSize(1200, 800) if extent is None else QSize(300, 200))
    settings.setOutputDpi(144 if extent is None else 600)
    settings.setBackgroundColor(QColor(ground))
    settings.setDestinationCrs(shown[0].crs())
    if extent is None:
        extent = settings.fullExtent()
        extent.scale(1.05)
    settings.setExtent(extent)
    return settings


def drawn(settings):
    """The picture of a map, and the labels on it."""
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    placed = job.takeLabelingResults()
    labels = placed.labelsWithinRect(settings.extent()) if placed else []
    return job.renderedImage(), sorted(label.labelText for label in labels)


def opened(name):
    """The layer with the style that the file gives it."""
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    _, styled = layer.loadDefaultStyle()
    seen = {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "rows": layer.featureCount(),
        "fields": [field.name() for field in layer.fields()],
        "styled": styled,
        "symbols": symbols_of(layer),
        "symbol_of_each": symbol_of_each(layer),
        "drawn_of_each": drawn_of_each(layer),
        "labels": layer.labelsEnabled(),
    }
    return layer, seen


layers, seen = zip(*map(opened, names), strict=True)
settings = settings_for(layers, None, "white")
image, labels = drawn(settings)
image.save(picture)
print(json.dumps({"layers": dict(zip(names, seen, strict=True)), "labels": labels, "scale": settings.scale()}))  # noqa: T201
