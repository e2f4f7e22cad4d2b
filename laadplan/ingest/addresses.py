"""Addresses from every form of the BAG, and from files with address points in the spellings of PDOK and INSPIRE.

In: a file with address points in RD New, a BAG Extract, or pages of a web service. Out: `Addresses`. The id is the
source's own; only where the source gives BAG ids is ``nummeraanduiding_id`` filled: an INSPIRE id is not one. Of the
BAG every object with an address is one row, with its main address: side addresses would count a household twice.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses
from laadplan.ingest.area import inside
from laadplan.ingest.bag import is_extract, object_layers, pages_of, read_objects
from laadplan.ingest.bag_columns import drop_gone, nummeraanduidingen, plain_postcode, whole_number
from laadplan.ingest.columns import as_text, match_columns
from laadplan.ingest.vector import read_layer

SPELLINGS = {
    "address_id": ("identificatie", "nummeraanduiding_identificatie", "nummer_id", "id", "gml_id"),
    "nummeraanduiding_id": (
        "nummeraanduiding_hoofdadres_identificatie",
        "nummeraanduiding_identificatie",
        "nummer_id",
        "identificatie",
    ),
    "street": ("openbare_ruimte_naam", "straatnaam", "openbareruimtenaam", "openbare_ruimte", "straat"),
    "number": ("huisnummer",),
    "letter": ("huisletter",),
    "addition": ("toevoeging", "huisnummertoevoeging"),
    "postcode": ("postcode",),
    "town": ("woonplaats_naam", "woonplaats", "woonplaatsnaam"),
    "use": ("gebruiksdoel", "gebruiksdoelen"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("address_id", "street", "number")
STATUS = "status"
"""Name of the column with the status, where the source has one."""

NO_ADDRESS = "heeft geen adres (openbare ruimte en huisnummer) in de bron"


def read_addresses(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    today: date | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """All addresses of the source as `Addresses` in RD New, or those inside the area.

    ``path`` is a file, or a folder with the parts of an Extract or the pages of a web service. ``today`` is the day on
    which a voorkomen of an Extract must be valid; None: the day of the delivery.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, a column is missing, the CRS is another one, or ids occur twice.
    """
    quality = quality if quality is not None else Quality()
    if _is_bag(path, layer):
        objects = read_objects(path, area, layer=layer, columns=columns, today=today, quality=quality)
        return _main_addresses(objects, path, quality)
    features = read_layer(path, layer)
    names = match_columns(features.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=str(path))
    quality.read = len(features)
    addresses = _addresses(features, names)
    frame = Addresses.checked(addresses, source=str(path))
    if STATUS in features.columns:
        statuses = pd.Series(as_text(features[STATUS]).to_numpy(), index=addresses.index)
        frame = gpd.GeoDataFrame(drop_gone(frame, statuses.reindex(frame.index), quality))
    frame = inside(frame, area, quality)
    quality.count(frame)
    return frame


def _is_bag(path: Path, layer: str | None) -> bool:
    """Whether the source is a form of the BAG that is not one layer of points."""
    if path.is_dir() or is_extract(path) or pages_of(path):
        return True
    return layer is None and object_layers(path) != [None]


def _main_addresses(objects: gpd.GeoDataFrame, path: Path, quality: Quality) -> gpd.GeoDataFrame:
    """The main address of each object; those that have none are noted."""
    nameless = objects["street"].isna() | objects["house_number"].isna()
    quality.drop(NO_ADDRESS, objects.index[nameless])
    found = objects[~nameless].rename(columns={"uses": "use"}).rename_axis("address_id")
    frame = Addresses.checked(found[Addresses.columns()], source=str(path))
    quality.count(frame)
    return frame


def _addresses(features: gpd.GeoDataFrame, names: Mapping[str, str]) -> gpd.GeoDataFrame:
    def text(name: str) -> pd.Series:
        empty = pd.Series(None, index=features.index, dtype="str")
        return as_text(features[names[name]]) if name in names else empty

    table = {
        "address_id": text("address_id"),
        "nummeraanduiding_id": nummeraanduidingen(text("nummeraanduiding_id")),
        "street": text("street"),
        "house_number": whole_number(text("number"), text("letter"), text("addition")),
        "postcode": plain_postcode(text("postcode")),
        "town": text("town"),
        "use": text("use"),
    }
    frame = gpd.GeoDataFrame(table, geometry=features.geometry.array, crs=features.crs)
    return frame.set_index("address_id")
