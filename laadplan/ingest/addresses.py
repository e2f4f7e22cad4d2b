"""Addresses from a GeoPackage, in the spellings of the BAG, PDOK and INSPIRE.

In: a file with address points in RD New. Out: `Addresses`. The id is the source's own; only where the source gives BAG
ids is ``nummeraanduiding_id`` filled: an INSPIRE id is not one.
"""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses
from laadplan.ingest.columns import match_columns
from laadplan.ingest.vector import read_layer

SPELLINGS = {
    "address_id": ("identificatie", "nummeraanduiding_identificatie", "id", "gml_id"),
    "nummeraanduiding_id": (
        "nummeraanduiding_hoofdadres_identificatie",
        "nummeraanduiding_identificatie",
        "identificatie",
    ),
    "street": ("openbare_ruimte_naam", "straatnaam", "openbareruimtenaam", "straat"),
    "number": ("huisnummer",),
    "letter": ("huisletter",),
    "addition": ("toevoeging", "huisnummertoevoeging"),
    "postcode": ("postcode",),
    "town": ("woonplaats_naam", "woonplaats", "woonplaatsnaam"),
    "use": ("gebruiksdoel", "gebruiksdoelen"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("address_id", "street", "number")
BAG_ID = r"\d{4}20\d{10}"
"""A BAG id has sixteen digits."""

OUTSIDE = "buiten het gebied"


def read_addresses(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """All addresses of the file as `Addresses` in RD New, or those inside the area.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, a column is missing, the CRS is another one, or ids occur twice.
    """
    quality = quality if quality is not None else Quality()
    features = read_layer(path, layer)
    names = match_columns(features.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=str(path))
    quality.read = len(features)
    frame = Addresses.checked(_addresses(features, names), source=str(path))
    if area is not None:
        inside = frame.within(area)
        quality.drop(OUTSIDE, frame.index[~inside])
        frame = frame[inside]
    quality.count(frame)
    return frame


def _addresses(features: gpd.GeoDataFrame, names: Mapping[str, str]) -> gpd.GeoDataFrame:
    def text(name: str) -> pd.Series:
        empty = pd.Series(None, index=features.index, dtype="str")
        found = _text(features[names[name]]) if name in names else empty
        return found.where(found.notna() & (found != ""), None).astype("str")

    bag_id = text("nummeraanduiding_id")
    table = {
        "address_id": text("address_id"),
        "nummeraanduiding_id": bag_id.where(bag_id.str.fullmatch(BAG_ID, na=False)).astype("str"),
        "street": text("street"),
        "house_number": _house_number(text("number"), text("letter"), text("addition")),
        "postcode": text("postcode").str.replace(" ", "", regex=False).str.upper(),
        "town": text("town"),
        "use": text("use"),
    }
    frame = gpd.GeoDataFrame(table, geometry=features.geometry.array, crs=features.crs)
    return frame.set_index("address_id")


def _text(values: pd.Series) -> pd.Series:
    """Whole numbers without decimals, also where a gap made them floats."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    return values.astype("str").where(values.notna())


def _house_number(number: pd.Series, letter: pd.Series, addition: pd.Series) -> pd.Series:
    """Number, letter and addition as one text: 12A-2."""
    return number.fillna("") + letter.fillna("") + ("-" + addition).fillna("")
