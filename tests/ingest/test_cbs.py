import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten
from laadplan.errors import BadInput, ContractBroken, WrongCrs
from laadplan.ingest.cbs import read_buurten
from tests.frames import box, make, moved

FIGURES = {
    "buurtcode": ["BU02280001", "BU02280002"],
    "buurtnaam": ["Otterlo", " Westeneng "],
    "gemeentecode": ["GM0228", "GM0228"],
    "aantal_inwoners": [2400, -99997],
    "aantal_huishoudens": [1005, -99995],
}
SHAPES = [box(0, 0, 10, 10), box(20, 0, 30, 10)]


def write(path, table=FIGURES, shapes=SHAPES, crs=28992):
    gpd.GeoDataFrame(table, geometry=[moved(shape) for shape in shapes], crs=crs).to_file(path, layer="buurten")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "buurten.gpkg"


def test_figures_that_are_suppressed_or_absent_are_missing_and_never_nil(path):
    quality = Quality()

    found = read_buurten(write(path), quality=quality)

    expected = make(
        Buurten,
        {
            "BU02280001": {"geometry": SHAPES[0], "inhabitants": 2400.0, "households": 1005.0, "pc4": None},
            "BU02280002": {
                "geometry": SHAPES[1],
                "name": "Westeneng",
                "inhabitants": np.nan,
                "households": np.nan,
                "pc4": None,
            },
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    missing = quality.summary()["missing"]
    assert {name: missing[name] for name in ("households", "inhabitants")} == {"households": 1, "inhabitants": 1}
    assert quality.findings == ["Households are suppressed or absent for buurt BU02280002: demand there is unknown."]


@pytest.mark.parametrize("value", [-99997, -99995, -99999999, -99997.0, -1, None, "?", "-99997"])
def test_every_mark_for_absent_is_missing(path, value):
    found = read_buurten(write(path, FIGURES | {"aantal_huishoudens": pd.Series([value, value])}))

    assert found["households"].isna().all()


@pytest.mark.parametrize("value", [0, 0.0, "0"])
def test_nil_is_nil(path, value):
    assert read_buurten(write(path, FIGURES | {"aantal_huishoudens": [value, value]}))["households"].to_list() == [0, 0]


@pytest.mark.parametrize(
    "names", [{"buurtcode": "statcode", "buurtnaam": "statnaam"}, {"aantal_huishoudens": "aantalHuishoudens"}]
)
def test_columns_have_several_spellings(path, names):
    table = {names.get(key, key): value for key, value in FIGURES.items()}

    assert read_buurten(write(path, table))["households"].to_list()[0] == 1005.0


@pytest.mark.parametrize("column", ["buurtcode", "buurtnaam", "aantal_huishoudens"])
def test_a_column_that_is_needed_must_be_there(path, column):
    with pytest.raises(BadInput, match="A column is missing"):
        read_buurten(write(path, {key: value for key, value in FIGURES.items() if key != column}))


def test_only_buurten_that_touch_the_area_are_kept(path):
    quality = Quality()

    found = read_buurten(write(path), moved(box(-5, -5, 5, 5)), quality=quality)

    assert (list(found.index), quality.read, quality.dropped, quality.findings) == (
        ["BU02280001"],
        2,
        {"buiten het gebied": ["BU02280002"]},
        [],
    )


def test_an_area_without_buurten_gives_an_empty_frame(path):
    found = read_buurten(write(path), moved(box(900, 900, 901, 901)))

    pd.testing.assert_frame_equal(found, Buurten.empty())


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"crs": 4326}, WrongCrs, "EPSG:4326"),
        ({"crs": None}, WrongCrs, "CRS"),
        ({"table": FIGURES | {"buurtcode": ["BU1", "BU1"]}}, ContractBroken, "more than once in 'buurtcode'"),
        ({"table": FIGURES | {"buurtcode": [None, "BU1"]}}, ContractBroken, "buurtcode"),
        (
            {"shapes": [shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), SHAPES[1]]},
            BadInput,
            r"1 rows with broken geometry \(Self-intersection.*Rows: BU02280001",
        ),
        ({"shapes": [shapely.Point(0, 0), SHAPES[1]]}, BadInput, "geometry Point instead of Polygon"),
    ],
)
def test_a_delivery_that_cannot_be_used_is_refused(path, change, kind, words):
    with pytest.raises(kind, match=words):
        read_buurten(write(path, **change))


@pytest.mark.real
def test_otterlo_and_westeneng_have_their_real_figures(real_data):
    source = real_data / "ede-otterlo" / "cbs" / "cbs_buurten2024_ede_DERIVED.gpkg"

    found = read_buurten(source, box(180000, 456000, 182000, 458000))

    assert (set(found["municipality_code"]), 355.0 in found["households"].to_list()) == ({"GM0228"}, True)
    assert (found["households"].dropna() >= 0).all()
