from typing import ClassVar

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index, require_rd
from laadplan.contracts.sources import RoadParts, Trees, Vehicles
from laadplan.errors import BadInput, ContractBroken, WrongCrs
from tests.frames import box, make, moved, point, shuffled


class Secret(Frame):
    """A frame whose ids may not be shown."""

    _confidential: ClassVar[bool] = True
    _geometry_types: ClassVar[tuple[str, ...]] = ("Polygon",)

    secret_id: Index[str] = index("id")
    amount: Series[float] = column("amount", ge=0)
    geometry: GeoSeries = column("shape")


TREES = {"t2": {"geometry": point(5, 5)}, "t1": {"geometry": point(1, 1)}}
SQUARE = box(0, 0, 2, 2)
BOW_TIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def trees(rows=TREES):
    return make(Trees, rows)


def secrets(shapes=(SQUARE,), amount=1.0, names=("klant-17",)):
    frame = gpd.GeoDataFrame({"amount": amount}, geometry=list(shapes), index=pd.Index(names, name="secret_id"))
    return frame.set_geometry(frame.geometry.translate(180000, 457000)).set_crs(28992)


def refusal(kind, contract, frame, source="bomen.csv"):
    with pytest.raises(kind) as caught:
        contract.checked(frame, source=source)
    return str(caught.value)


def test_a_checked_frame_is_in_order_of_id_with_the_columns_of_the_contract():
    frame = shuffled(trees())[["geometry", *Trees.columns()[:-1]]]

    checked = Trees.checked(frame)

    assert (list(checked.index), list(checked.columns)) == (["t1", "t2"], Trees.columns())


def test_checking_twice_changes_nothing_and_the_argument_stays_as_it_was():
    frame = shuffled(trees())
    before = frame.copy()

    checked = Trees.checked(frame)

    pd.testing.assert_frame_equal(Trees.checked(checked), checked)
    pd.testing.assert_frame_equal(frame, before)


def test_a_frame_without_crs_is_refused():
    frame = trees().set_crs(None, allow_override=True)

    assert refusal(WrongCrs, Trees, frame) == (
        "bomen.csv (Trees): No CRS is given. Deliver the layer in EPSG:28992 (RD New)."
    )


def test_a_frame_in_another_crs_is_refused_by_its_name():
    assert "The CRS is EPSG:4326, not EPSG:28992." in refusal(WrongCrs, Trees, trees().to_crs(4326))


def test_degrees_labelled_as_rd_are_refused_with_the_coordinates():
    frame = trees().set_geometry(gpd.points_from_xy([5.77, 5.78], [52.1, 52.11])).set_crs(28992)

    message = refusal(WrongCrs, Trees, frame)

    assert "2 rows lie outside the area of RD New (EPSG:28992); first coordinates (5.77, 52.1)." in message
    assert "Rows: t1, t2." in message
    assert "degrees (EPSG:4326)" in message


def test_rd_as_esri_writes_it_is_rd():
    frame = trees().set_crs(pyproj.CRS.from_wkt(pyproj.CRS(28992).to_wkt("WKT1_ESRI")), allow_override=True)

    require_rd(frame, "a shapefile")


def test_ids_that_occur_twice_are_named():
    frame = pd.concat([trees(), trees().head(1)])

    assert refusal(ContractBroken, Trees, frame) == (
        "bomen.csv (Trees): 1 ids occur more than once in 'tree_id'. Rows: t1. "
        "Remove the doubles from the source, or deliver it again."
    )


@pytest.mark.parametrize("identifier", [None, ""])
def test_a_row_without_an_id_is_refused(identifier):
    frame = trees().rename(index={"t1": identifier})

    assert "tree_id" in refusal(ContractBroken, Trees, frame)


def test_a_missing_column_is_named():
    assert "bomen.csv (Trees): Column species, origin is missing." in refusal(
        ContractBroken, Trees, trees().drop(columns=["origin", "species"])
    )


def test_a_column_that_does_not_belong_is_refused():
    assert "Column hoogte does not belong in this frame." in refusal(ContractBroken, Trees, trees().assign(hoogte=3.0))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"origin": "elders"}, "Column origin must be one of ['BGT', 'bomenregister'] (found elders)."),
        ({"stem_diameter_m": -0.4}, "Column stem_diameter_m must be at least 0 (found -0.4)."),
        ({"origin": None}, "Column origin must be filled (found nan)."),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_its_row(wrong, words):
    frame = trees()
    frame.loc["t2", list(wrong)] = list(wrong.values())

    message = refusal(ContractBroken, Trees, frame)

    assert words in message
    assert "Rows: t2. Correct these rows in the source." in message


def test_a_column_of_the_wrong_type_is_named():
    frame = make(Vehicles, {"6731": {}}).astype({"stock_year": str})

    assert "Column stock_year must be of type 'int64' (found str)." in refusal(ContractBroken, Vehicles, frame)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (None, "1 rows without geometry. Rows: w1."),
        (shapely.Polygon(), "1 rows without geometry. Rows: w1."),
        (
            BOW_TIE,
            "1 rows with broken geometry (Self-intersection[180001 457001]). Rows: w1. Repair them in the source",
        ),
        (point(1, 1), "1 rows with geometry Point instead of Polygon or MultiPolygon. Rows: w1."),
    ],
)
def test_a_shape_that_cannot_be_used_is_named_with_its_row(shape, words):
    frame = make(RoadParts, {"w1": {"geometry": SQUARE}, "w2": {"geometry": SQUARE}})
    frame.loc["w1", "geometry"] = moved(shape) if shape else shape

    message = refusal(BadInput, RoadParts, frame, source="bgt")

    assert words in message


@pytest.mark.parametrize(
    "frame",
    [
        secrets(amount=-1.0),
        secrets(shapes=[point(1, 1)]),
        secrets(shapes=[shapely.Polygon()]),
        secrets(shapes=[BOW_TIE]),
        pd.concat([secrets(), secrets()]),
        secrets().set_geometry(gpd.GeoSeries([SQUARE], index=["klant-17"], crs=28992)),
    ],
    ids=["value", "type", "empty", "broken", "twice", "place"],
)
def test_ids_and_values_of_a_confidential_frame_stay_out_of_messages(frame):
    message = refusal(BadInput, Secret, frame, source="bezetting")

    assert "klant-17" not in message
    assert "-1.0" not in message


def test_a_frame_says_whether_it_is_confidential():
    assert (Secret.is_confidential(), Trees.is_confidential()) == (True, False)


def test_require_rd_refuses_a_table_without_geometry():
    with pytest.raises(WrongCrs, match=r"here: No CRS is given"):
        require_rd(pd.DataFrame({"a": [1]}), "here")


def test_a_table_has_no_crs_to_check():
    assert issubclass(Vehicles, Table)
    assert list(Vehicles.checked(make(Vehicles, {"6732": {}, "6731": {}})).index) == ["6731", "6732"]
