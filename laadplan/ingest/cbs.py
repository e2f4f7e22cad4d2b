"""CBS buurten with their shapes, in the spellings of PDOK, CBS and republishers.

In: a GeoPackage with buurt polygons in RD New, GeoJSON of a web service, or shapes and figures apart in a folder. Out:
`Buurten`. Negative figures (-99997 suppressed, -99995 absent, and their variants) are missing, never zero. The year of
the figures is a fact of the source (``figures_year``), to be printed with each of them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.area import touching
from laadplan.ingest.cbs_columns import figure, figures_year, is_vector, refuse_zip
from laadplan.ingest.cbs_figures import is_figures, read_buurt_figures
from laadplan.ingest.columns import match_columns
from laadplan.ingest.delivery import delivered_files
from laadplan.ingest.geojson import is_geojson, read_pages
from laadplan.ingest.vector import describe_layer, layers_of, read_layer

SPELLINGS = {
    "buurtcode": ("cbs_buurtcode", "buurtcode", "statcode"),
    "name": ("buurtnaam", "statnaam", "naam", "buurt"),
    "municipality_code": ("gemeentecode", "gm_code"),
    "inhabitants": ("aantal_inwoners", "aantalInwoners", "inwoners"),
    "households": ("aantal_huishoudens", "aantalHuishoudens", "huishoudens"),
    "pc4": ("meest_voorkomende_postcode", "meestVoorkomendePostcode", "postcode", "pst_mvp"),
    "cars": ("personenautos_totaal", "personenautosTotaal", "aantal_personenautos"),
    "single_family_percent": ("percentage_eengezinswoning", "percentageEengezinswoning", "eengezinswoning"),
}
"""Our name to the spellings seen in deliveries."""

REQUIRED = ("buurtcode", "name", "households")
SHAPES = ("buurtcode", "name")
"""What shapes must have whose figures lie in another file."""

WATER, WATERY = "water", "JA"
"""Column and value of the CBS for regions that are all water."""

ALL_WATER = "alleen water"
PERCENT = 100.0
NO_SHAPE = "geen vorm bij de cijfers"


def read_buurten(
    path: Path | Sequence[Path],
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    year: int | None = None,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Buurten that touch the area as `Buurten` in RD New; figures are those of the whole buurt.

    Parameters
    ----------
    path
        A file with shapes and figures; or several, or a folder, with the pages of one answer, or with shapes in one
        file and figures (`read_buurt_figures`) in others.
    layer
        Layer of the file; None: of several the one that has buurten.
    year
        Year of the figures where the source does not say; it ends up in ``quality.facts["figures_year"]``.

    Raises
    ------
    MissingSource
        File or layer is not there.
    BadInput
        The file cannot be read, a column is missing, the CRS is another one, a code occurs twice, a shape is broken.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    where = str(path if isinstance(path, Path) else files[0])
    figures = [file for file in files if len(files) > 1 and is_figures(file)]
    features, chosen = _features([file for file in files if file not in figures], layer, quality, where)
    required = SHAPES if figures else REQUIRED
    names = match_columns(features.columns, SPELLINGS, config=columns or {}, required=required, where=where)
    quality.read = len(features)
    frame = _buurten(features, names, where)
    if figures:
        frame = _with_figures(frame, figures, year, quality)
    elif len(features):
        figures_year(features, [chosen, *(file.name for file in files)], year, quality)
    frame = Buurten.checked(_on_land(frame, features, quality), source=where)
    frame = touching(frame, area, quality)
    unknown = frame.index[frame["households"].isna()]
    if len(unknown):
        quality.find(f"Households are suppressed or absent for buurt {', '.join(unknown)}: demand there is unknown.")
    quality.count(frame)
    return frame


def _features(files: Sequence[Path], layer: str | None, quality: Quality, where: str) -> tuple[gpd.GeoDataFrame, str]:
    """The features with buurten, and the name of their layer: all pages, or of several files the one that has them."""
    for file in files:
        refuse_zip(file)
    pages = [file for file in files if is_geojson(file)]
    if pages:
        return read_pages(pages, quality), ""
    if len(files) == 1 and is_figures(files[0]):
        raise BadInput(
            "The file holds figures without shapes.",
            where=where,
            todo="Put it in a folder with the shapes (CBS wijk- en buurtkaart), and name that folder.",
        )
    drawn = [file for file in files if is_vector(file)]
    if len(files) == 1 and not drawn:
        words = "This is no GeoPackage, shapefile or GeoJSON: it holds no shapes."
        raise BadInput(words, where=where, todo="Name the wijk- en buurtkaart of the CBS.")
    for file in drawn:
        chosen = layer or _layer_with_buurten(file)
        if chosen or len(files) == 1:
            return read_layer(file, chosen), chosen or ""
    raise MissingSource("None of the files holds shapes of buurten.", where=where, todo="Name the file that does.")


def _layer_with_buurten(path: Path) -> str | None:
    """Of several layers the one that has a column with buurt codes; None: there is one layer, or none has."""
    layers = layers_of(path)
    spelled = {each.lower() for each in SPELLINGS["buurtcode"]}
    having = [each for each in layers if spelled & {name.lower() for name in describe_layer(path, each)[1]}]
    named = [each for each in having if "buurt" in each.lower()]
    return next(iter(named or having), None)


def _buurten(features: gpd.GeoDataFrame, names: Mapping[str, str], where: str) -> gpd.GeoDataFrame:
    def text(name: str) -> pd.Series:
        return features[names[name]].astype("str").str.strip()

    def figures(name: str) -> pd.Series:
        if name not in names:
            return pd.Series(float("nan"), index=features.index)
        return figure(features[names[name]], where=where)

    codes = text("buurtcode")
    table = {
        "buurtcode": codes,
        "name": text("name"),
        "municipality_code": text("municipality_code") if "municipality_code" in names else _municipality(codes),
        "inhabitants": figures("inhabitants"),
        "households": figures("households"),
        "pc4": _pc4(features[names["pc4"]]) if "pc4" in names else pd.Series(None, index=features.index, dtype="str"),
        "cars": figures("cars"),
        "single_family_share": figures("single_family_percent") / PERCENT,
    }
    return gpd.GeoDataFrame(table, geometry=features.geometry.array, crs=features.crs).set_index("buurtcode")


def _pc4(texts: pd.Series) -> pd.Series:
    """The digits of a PC4; a code for suppressed or absent is none."""
    return texts.astype("str").str.strip().str.extract(r"^([1-9][0-9]{3})(?:\.0)?$", expand=False)


def _municipality(codes: pd.Series) -> pd.Series:
    """The code of the municipality that a buurt code holds: BU02280205 lies in GM0228."""
    return ("GM" + codes.str[2:6]).where(codes.str.fullmatch(r"BU[0-9A-Z]{8}", na=False), "onbekend")


def _with_figures(
    frame: gpd.GeoDataFrame, files: Sequence[Path], year: int | None, quality: Quality
) -> gpd.GeoDataFrame:
    """The shapes with the figures of other files, by code."""
    inner = Quality()
    found = read_buurt_figures(files, year=year, quality=inner)
    quality.facts |= inner.facts
    for finding in inner.findings:
        quality.find(finding)
    found = found[found["kind"] == "buurt"]
    quality.drop(NO_SHAPE, found.index.difference(frame.index))
    return frame.assign(**{name: found[name].reindex(frame.index) for name in ("inhabitants", "households", "cars")})


def _on_land(frame: gpd.GeoDataFrame, features: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The buurten but for those that are all water, which the CBS draws as well."""
    if WATER not in features.columns:
        return frame
    wet = (features[WATER].astype("str").str.strip().str.upper() == WATERY).to_numpy()
    quality.drop(ALL_WATER, frame.index[wet])
    return frame[~wet]
