"""Road managers from the Nationaal Wegenbestand (NWB): who manages each stretch of road.

In: wegvakken as GeoPackage, shapefile or GeoJSON, also as the pages of the web service. Out: `RoadManagers`. A wegvak
on two pages counts once.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.figures import MANAGERS, RoadManagers
from laadplan.contracts.frame import require_rd
from laadplan.contracts.quality import Quality
from laadplan.ingest.area import touching
from laadplan.ingest.columns import as_text, match_columns
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.files import first_bytes
from laadplan.ingest.mapped import Mapped
from laadplan.ingest.vector import read_layer

SPELLINGS = {
    "wvk_id": ("wvk_id", "wvkid", "id"),
    "street": ("stt_naam", "straatnaam"),
    "manager_kind": ("wegbehsrt", "wegbeheerdersoort", "soort_wegbeheerder"),
    "manager_code": ("wegbehcode", "wegbeheerdercode"),
    "manager_name": ("wegbehnaam", "wegbeheerdernaam", "wegbeheerder"),
    "municipality_code": ("gme_id", "gemeentecode"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("wvk_id", "manager_kind")

KINDS = {"r": "rijk", "p": "provincie", "g": "gemeente", "w": "waterschap", "t": "overig", "": "onbekend"}
"""``wegbehsrt`` in small letters to our words; empty is not known."""

CODE = r"^(?:GM)?(\d{1,4})$"
EMPTY_PAGE = re.compile(rb'"features"\s*:\s*\[\s*\]')
"""What the page after the last one holds."""

NOWHERE = "zonder geometrie"
TWICE = "hetzelfde wegvak nog een keer"


def read_road_managers(
    path: Parts,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Wegvakken that touch the area as `RoadManagers` in RD New, each whole.

    ``path`` is a file, a folder of which all files are pages, or the pages; a shapefile is named by its ``.shp``.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    WrongCrs
        The layer is neither in RD New nor in degrees.
    ConfigError
        The config maps a kind of manager to a word that is none of ours.
    BadInput
        A file cannot be read, or a column is missing.
    ContractBroken
        A wvk_id stands for two different wegvakken.
    """
    quality = quality if quality is not None else Quality()
    files = _pages(path)
    pages = [_page(each, area, layer, columns, values, quality) for each in files]
    frame = _count_once(pd.concat(pages), quality)
    frame = RoadManagers.checked(frame, source=str(files[0] if len(files) == 1 else files[0].parent))
    frame = touching(frame, area, quality, by_id=False)
    unknown = int((frame["manager_kind"] == "onbekend").sum())
    if unknown:
        quality.find(f"The road manager of {unknown} wegvakken is unknown.")
    quality.count(frame)
    return frame


def _pages(path: Parts) -> list[Path]:
    """The files to read: of a shapefile its ``.shp``, and of several pages those that hold something."""
    files = delivered_files(path)
    shapefiles = {each.stem for each in files if each.suffix.lower() == ".shp"}
    files = [each for each in files if each.stem not in shapefiles or each.suffix.lower() == ".shp"]
    if len(files) == 1:
        return files
    return [each for each in files if not EMPTY_PAGE.search(first_bytes(each))] or files[:1]


def _page(
    path: Path,
    area: shapely.Geometry | None,
    layer: str | None,
    columns: Mapping[str, str] | None,
    values: Mapping[str, Mapping[str, str]] | None,
    quality: Quality,
) -> gpd.GeoDataFrame:
    features = read_layer(path, layer, area=area, degrees=True, quality=quality)
    require_rd(features, str(path))
    names = match_columns(features.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=str(path))
    source = Mapped(pd.DataFrame({name: as_text(features[name]) for name in names.values()}), names, str(path))
    kinds = source.word("manager_kind", KINDS, values or {}, MANAGERS)
    strange = sorted(source.text("manager_kind")[kinds.isna()].unique())
    if strange:
        quality.find(f"Kind of road manager not known: {', '.join(strange)[:80]}; map it under 'values'.")
    table = {
        "wvk_id": source.text("wvk_id"),
        "street": source.text("street"),
        "manager_kind": kinds.fillna("onbekend"),
        "manager_code": source.text("manager_code"),
        "manager_name": source.text("manager_name"),
        "municipality_code": "GM" + source.text("municipality_code").str.extract(CODE, expand=False).str.zfill(4),
    }
    flat = shapely.force_2d(features.geometry.to_numpy())
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(flat, index=features.index, crs=features.crs))


def _count_once(frame: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The wegvakken that have a shape, without those that another page holds as well."""
    placed = ~(frame.geometry.isna() | frame.geometry.is_empty)
    quality.drop(NOWHERE, frame.loc[~placed, "wvk_id"].fillna("(leeg)"))
    frame = frame[placed]
    plain = pd.DataFrame(frame.drop(columns="geometry")).assign(shape=frame.geometry.to_wkb())
    again = plain.duplicated() & frame["wvk_id"].notna()
    quality.drop(TWICE, frame.loc[again, "wvk_id"])
    return frame[~again].set_index("wvk_id")
