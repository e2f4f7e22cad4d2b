"""Opens a GeoPackage in QGIS and tells what QGIS sees: run by the Python of the operating system.

``look_in_qgis.py GEOPACKAGE PICTURE LAYER...``: layers from top to bottom; one JSON document on stdout.
"""

import json
import sys

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

path, picture, *names = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()


def opened(name):
    """The layer with the style that the file gives it."""
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    _, styled = layer.loadDefaultStyle()
    symbol = layer.renderer().symbol()
    seen = {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "rows": layer.featureCount(),
        "fields": [field.name() for field in layer.fields()],
        "styled": styled,
        "colour": symbol.color().name(),
        "shape": symbol.symbolLayer(0).properties().get("name"),
        "labels": layer.labelsEnabled(),
    }
    return layer, seen


layers, seen = zip(*map(opened, names), strict=True)
settings = QgsMapSettings()
settings.setLayers(list(layers))
settings.setOutputSize(QSize(1200, 800))
settings.setOutputDpi(144)
settings.setBackgroundColor(QColor("white"))
settings.setDestinationCrs(layers[0].crs())
extent = settings.fullExtent()
extent.scale(1.05)
settings.setExtent(extent)
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(picture)
labels = sorted(label.labelText for label in job.takeLabelingResults().labelsWithinRect(extent))
print(json.dumps({"layers": dict(zip(names, seen, strict=True)), "labels": labels, "scale": settings.scale()}))  # noqa: T201
