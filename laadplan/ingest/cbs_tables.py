"""CBS figures per square of 100 or 500 m, and per postcode area (PC4, PC6).

In: a GeoPackage or shapefile, GeoJSON of a web service, or a table (CSV, xlsx). Out: `Squares` and `Postcodes`. A
square is drawn from its key, which holds its south-west corner; the shape in the file is only compared with it. What is
secret or absent is missing, never zero.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.homes import SIZES_M, Postcodes, Squares
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.area import touching
from laadplan.ingest.cbs_columns import figure, figures_year, is_vector, miss_year, refuse_zip
from laadplan.ingest.columns import as_text, match_columns, read_table
from laadplan.ingest.files import ZIP, first_bytes
from laadplan.ingest.geojson import is_geojson, read_pages
from laadplan.ingest.vector import describe_layer, layers_of, read_layer

INHABITANTS = ("aantal_inwoners", "aantalinwoners", "inwoner", "inw", "inwoners")
HOUSEHOLDS = ("aantal_part_huishoudens", "aantalparthuishoudens", "aantal_huishoudens", "aantal_hh")
DWELLINGS = ("aantal_woningen", "aantalwoningen", "woningvoorraad", "woning")
CARS = ("aantal_personenautos", "personenautos_totaal", "aantal_personenautos_totaal", "auto_tot")

SQUARE_SPELLINGS = {
    "square_id": ("crs28992res100m", "crs28992res500m", "c28992r100", "c28992r500"),
    "inhabitants": INHABITANTS,
    "households": HOUSEHOLDS,
    "dwellings": DWELLINGS,
    "cars": CARS,
}
POSTCODE_SPELLINGS = {
    "postcode": ("pc6", "postcode6", "pc4", "postcode4", "pc4_code", "pc6_code", "postcode"),
    "inhabitants": INHABITANTS,
    "households": HOUSEHOLDS,
    "dwellings": DWELLINGS,
    "addresses": ("n_adressen", "aantal_adressen", "adressen"),
    "cars": CARS,
    "urbanity": ("stedelijkheid", "sted"),
}
"""Our name to the spellings seen in deliveries."""

KEY = r"E(\d{4})N(\d{4})"
HECTOMETRE_M = 100
DRAWN_OFF_M = 1.0
"""How far a drawn square may lie off its key before that is told."""

NOT_ASKED = "postcode komt in het gebied niet voor"
ADDED = "deel van een postcode over meer gemeenten: bij het geheel opgeteld"


def read_squares(
    path: Path,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    year: int | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Squares that touch the area as `Squares` in RD New, each with the year of its figures.

    ``year`` is that of the figures where the source does not say.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, has no key or no figures, or a key is none of the CBS's.
    """
    quality = quality if quality is not None else Quality()
    chosen = _layer(path, layer, SQUARE_SPELLINGS, columns)
    table = _table(path, chosen, area, quality)
    names = _names(table, SQUARE_SPELLINGS, columns, "square_id", path)
    keys = as_text(table[names["square_id"]]).fillna("")
    size_m = _size_m(names["square_id"], chosen or "", path)
    years = figures_year(table, [chosen or "", path.name], year, quality)
    frame = pd.DataFrame({"square_id": keys, "size_m": size_m, **_figures(table, names, SQUARE_SPELLINGS, path)})
    shapes = _drawn(keys, size_m, str(path))
    _compare(table, shapes, quality)
    squares = gpd.GeoDataFrame(frame.assign(figures_year=years), geometry=shapes, crs=RD_EPSG).set_index("square_id")
    squares = touching(squares, area, quality, by_id=False)
    squares = Squares.checked(squares, source=str(path))
    miss_year(squares["figures_year"], quality)
    quality.count(squares)
    return squares


def read_postcodes(
    path: Path,
    pc4s: Iterable[str] | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    year: int | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Figures per PC4 or PC6 as `Postcodes`, of the given PC4s or of all, each with its year.

    ``year`` is that of the figures where the source does not say. A postcode that is given in parts, one per gemeente,
    is added up.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, holds no postcodes or no figures, or a cell is no figure.
    """
    quality = quality if quality is not None else Quality()
    chosen = _layer(path, layer, POSTCODE_SPELLINGS, columns)
    table = _table(path, chosen, None, quality)
    names = _names(table, POSTCODE_SPELLINGS, columns, "postcode", path)
    codes = _codes(table[names["postcode"]], path)
    years = figures_year(table, [chosen or "", path.name], year, quality)
    figures = pd.DataFrame(_figures(table, names, POSTCODE_SPELLINGS, path), index=table.index)
    frame = figures.assign(postcode=codes, figures_year=years)
    if any(str(name).lower() in ("gemeentecode", "gem_code") for name in table.columns):
        frame = _added(frame, quality)
    frame = frame.assign(level="PC" + frame["postcode"].str.len().astype(str)).set_index("postcode")
    frame = Postcodes.checked(frame, source=str(path))
    miss_year(frame["figures_year"], quality)
    if pc4s is not None:
        asked = frame.index.str[:4].isin(list(pc4s))
        quality.skip(NOT_ASKED, int((~asked).sum()))
        frame = frame[asked]
    quality.count(frame)
    return frame


def _layer(
    path: Path, layer: str | None, spellings: Mapping[str, Iterable[str]], columns: Mapping[str, str] | None
) -> str | None:
    """The layer asked for, or of several the first with the key; None for a table."""
    if layer is not None or not is_vector(path):
        return layer
    layers = layers_of(path)
    key = next(iter(spellings))
    known = {*spellings[key], *([columns[key].lower()] if columns and key in columns else [])}
    having = [each for each in layers if known & {name.lower() for name in describe_layer(path, each)[1]}]
    return having[0] if having else (layers[0] if len(layers) == 1 else None)


def _table(path: Path, layer: str | None, area: shapely.Geometry | None, quality: Quality) -> pd.DataFrame:
    """The rows of a layer, of GeoJSON or of a table; ``quality.read`` is their number in the file."""
    refuse_zip(path)
    if is_vector(path):
        return read_layer(path, layer, area=area, degrees=True, quality=quality)
    if first_bytes(path, len(ZIP)) != ZIP and is_geojson(path):
        table: pd.DataFrame = read_pages([path], quality)
    else:
        table = read_table(path, layer)
    quality.read = len(table)
    return table


def _names(
    table: pd.DataFrame,
    spellings: Mapping[str, tuple[str, ...]],
    columns: Mapping[str, str] | None,
    key: str,
    path: Path,
) -> dict[str, str]:
    names = match_columns(table.columns, spellings, config=columns or {}, required=[key], where=str(path))
    if len(names) == 1:
        raise BadInput(
            "The file has no figures: no inhabitants, households, dwellings, addresses or cars.",
            where=str(path),
            todo=f"Name them under 'columns' of this source. The file has: {', '.join(map(str, table.columns))}.",
        )
    return names


def _figures(
    table: pd.DataFrame, names: Mapping[str, str], spellings: Mapping[str, Iterable[str]], path: Path
) -> dict[str, pd.Series]:
    nothing = pd.Series(float("nan"), index=table.index)
    wanted = list(spellings)[1:]
    return {name: figure(table[names[name]], where=str(path)) if name in names else nothing for name in wanted}


def _size_m(column: str, layer: str, path: Path) -> int:
    """Side of the squares, from the name of the column with their keys, else of the layer or file."""
    for name in (column, layer, path.name):
        found = [size for size in SIZES_M if str(size) in name]
        if len(found) == 1:
            return found[0]
    todo = "Name the column with the keys as the CBS does, e.g. crs28992res100m."
    raise BadInput("Whether the squares are of 100 or 500 m is not said.", where=str(path), todo=todo)


def _drawn(keys: pd.Series, size_m: int, where: str) -> list[shapely.Polygon]:
    corners = keys.str.extract(f"^{KEY}$").astype(float) * HECTOMETRE_M
    wrong = corners.isna().any(axis=1) | (corners % size_m != 0).any(axis=1)
    if wrong.any():
        raise BadInput(
            f"{int(wrong.sum())} keys are not of a square of {size_m} m, e.g. E1300N4790.",
            where=where,
            ids=keys[wrong],
            todo="Deliver the file as the CBS gives it.",
        )
    west, south = corners[0].to_numpy(), corners[1].to_numpy()
    return list(shapely.box(west, south, west + size_m, south + size_m))


def _compare(table: pd.DataFrame, shapes: list[shapely.Polygon], quality: Quality) -> None:
    """Tells when squares are drawn elsewhere than their keys say."""
    if not isinstance(table, gpd.GeoDataFrame) or not len(table):
        return
    drawn = shapely.centroid(table.geometry.to_numpy())
    off = int((shapely.distance(drawn, shapely.centroid(shapes)) > DRAWN_OFF_M).sum())
    if off:
        quality.find(f"{off} squares are drawn elsewhere than their key says: the key was followed.")


def _codes(values: pd.Series, path: Path) -> pd.Series:
    codes = as_text(values).str.replace(" ", "", regex=False).str.upper().fillna("")
    wrong = ~codes.str.fullmatch(r"\d{4}([A-Z]{2})?")
    if wrong.any():
        raise BadInput(
            f"Column {values.name} holds '{codes[wrong].iloc[0][:20]}', which is no PC4 or PC6.",
            where=str(path),
            todo="Name the column with the postcode under 'columns' of this source.",
        )
    return codes


def _added(frame: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """The parts of a postcode added up; a figure is missing where it is missing in a part."""
    parts = frame["postcode"].duplicated()
    quality.drop(ADDED, frame.loc[parts, "postcode"])
    if not parts.any():
        return frame
    counts = ["inhabitants", "households", "dwellings", "addresses", "cars"]
    groups = frame.groupby("postcode", sort=True)
    total = groups[counts].sum().where(groups[counts].count().eq(groups.size(), axis=0))
    return total.join(groups[["urbanity", "figures_year"]].first()).reset_index()
