"""The one reader of vector files: every GeoPackage, shapefile or GeoJSON enters here.

In: a path and a layer. Out: the features as GDAL gives them, counted against what the file says it holds. Nothing is
transformed: the contract of the frame decides whether the CRS will do.
"""

from pathlib import Path

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from laadplan.errors import BadInput, MissingSource


def read_layer(path: Path, layer: str | None = None) -> gpd.GeoDataFrame:
    """The features of a layer, with the CRS the file states (none where it states none).

    Raises
    ------
    MissingSource
        The file or the layer is not there; lists the layers that are.
    BadInput
        The file cannot be read, gives fewer features than it says it holds, holds no features, or no geometry.
    """
    chosen = choose_layer(path, layer)
    where = f"{path} (layer {chosen})"
    try:
        promised = pyogrio.read_info(path, layer=chosen, force_feature_count=True)["features"]
        features = gpd.read_file(path, layer=chosen)
    except (DataSourceError, DataLayerError, ValueError, UnicodeDecodeError) as error:
        raise _unreadable(where, error) from None
    if len(features) != promised:
        raise BadInput(f"{len(features)} of {promised} features could be read.", where=where, todo="Deliver it again.")
    if not len(features):
        raise BadInput("The layer is empty.", where=where, todo="Deliver a layer with rows, or name another layer.")
    if not isinstance(features, gpd.GeoDataFrame):
        raise BadInput("The layer has no geometry.", where=where, todo="Name a layer with geometry in the config.")
    return features


def choose_layer(path: Path, layer: str | None) -> str:
    """The layer asked for, or the only layer of the file.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    BadInput
        The file cannot be opened, or holds several layers and none was named.
    """
    layers = layers_of(path)
    if layer is None and len(layers) == 1:
        return layers[0]
    if layer is None:
        raise BadInput(f"The file holds {len(layers)} layers.", where=str(path), todo=f"Name one: {_listed(layers)}.")
    if layer not in layers:
        todo = f"Name a layer that it holds: {_listed(layers)}."
        raise MissingSource(f"There is no layer '{layer}'.", where=str(path), todo=todo)
    return layer


def layers_of(path: Path) -> list[str]:
    """Names of the layers in a file.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        The file cannot be opened.
    """
    if not path.is_file():
        raise MissingSource("The file does not exist.", where=str(path), todo="Correct its path in the config.")
    journal = path.with_name(f"{path.name}-wal")
    if journal.is_file() and journal.stat().st_size:
        raise BadInput(
            "The file has changes that are not saved.", where=str(path), todo="Close it in QGIS, and run again."
        )
    try:
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError as error:
        raise _unreadable(str(path), error) from None


def describe_layer(path: Path, layer: str) -> tuple[str, list[str]]:
    """Type of the geometry and names of the columns of a layer."""
    info = pyogrio.read_info(path, layer=layer)
    return str(info["geometry_type"]), [str(name) for name in info["fields"]]


def _unreadable(where: str, error: Exception) -> BadInput:
    reason = str(error).splitlines()[0].rstrip(".")
    return BadInput(f"The file cannot be read ({reason}).", where=where, todo="It may be truncated: deliver it again.")


def _listed(layers: list[str]) -> str:
    return ", ".join(layers) or "no layers"
