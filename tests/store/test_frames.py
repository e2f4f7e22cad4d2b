import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.dictionary import all_contracts
from laadplan.contracts.frame import Frame
from laadplan.contracts.sources import Addresses, Trees, Vehicles
from laadplan.errors import BadInput, ContractBroken, WrongCrs
from laadplan.store.frames import read_frame, write_frame
from tests.frames import X, Y, box, make, moved, point, shuffled
from tests.store.samples import sample

CONTRACTS = all_contracts()
every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
every_frame = pytest.mark.parametrize(
    "contract", [each for each in CONTRACTS if issubclass(each, Frame)], ids=lambda contract: contract.__name__
)


@every_contract
def test_what_was_written_is_read(contract, tmp_path):
    frame = sample(contract)

    written = write_frame(frame, contract, tmp_path / "frames" / "it.parquet")

    pd.testing.assert_frame_equal(written, frame)
    pd.testing.assert_frame_equal(read_frame(contract, tmp_path / "frames" / "it.parquet"), frame)


@every_contract
def test_an_empty_frame_is_read_as_it_was_written(contract, tmp_path):
    write_frame(contract.empty(), contract, tmp_path / "it.parquet")

    pd.testing.assert_frame_equal(read_frame(contract, tmp_path / "it.parquet"), contract.empty())


@every_contract
def test_a_frame_of_one_row_is_read_as_it_was_written(contract, tmp_path):
    frame = sample(contract, rows=1)

    write_frame(frame, contract, tmp_path / "it.parquet")

    pd.testing.assert_frame_equal(read_frame(contract, tmp_path / "it.parquet"), frame)


@every_contract
def test_shuffled_rows_and_columns_give_the_same_bytes(contract, tmp_path):
    frame = sample(contract)

    for name, rows in [("plain", frame), ("shuffled", shuffled(frame)), ("turned", frame.iloc[::-1, ::-1])]:
        write_frame(rows, contract, tmp_path / name)

    plain = (tmp_path / "plain").read_bytes()
    assert [(tmp_path / name).read_bytes() == plain for name in ("shuffled", "turned")] == [True, True]


@every_frame
def test_a_box_reads_just_what_touches_it(contract, tmp_path):
    frame = sample(contract)
    window = (X - 10, Y - 10, X + 1010, Y + 340)
    write_frame(frame, contract, tmp_path / "it.parquet")

    part = gpd.read_parquet(tmp_path / "it.parquet", bbox=window)

    touched = frame[frame.intersects(shapely.box(*window))]
    assert 0 < len(touched) < len(frame)
    pd.testing.assert_frame_equal(part.sort_index()[contract.columns()], touched)


def test_neighbours_lie_together_on_disk(tmp_path):
    far = {f"{number}{side}": point(8000 * (side == "b") + number, number) for number in range(9) for side in "ab"}
    trees = make(Trees, {name: {"geometry": place} for name, place in far.items()})

    write_frame(trees, Trees, tmp_path / "it.parquet")

    sides = gpd.read_parquet(tmp_path / "it.parquet").index.str[-1]
    assert "".join(sides) in ("a" * 9 + "b" * 9, "b" * 9 + "a" * 9)


def test_rows_on_one_spot_are_told_apart_by_their_id(tmp_path):
    trees = make(Trees, {name: {"geometry": point(0, 0)} for name in "dbca"})

    write_frame(shuffled(trees), Trees, tmp_path / "it.parquet")

    assert list(gpd.read_parquet(tmp_path / "it.parquet").index) == list("abcd")


def test_the_frame_that_is_written_is_not_changed(tmp_path):
    trees = shuffled(sample(Trees))
    before = trees.copy()

    write_frame(trees, Trees, tmp_path / "it.parquet")

    pd.testing.assert_frame_equal(trees, before)


def test_a_frame_that_breaks_its_contract_is_not_written(tmp_path):
    trees = sample(Trees).assign(stem_diameter_m=-1.0)

    with pytest.raises(ContractBroken, match=r"computed \(Trees\): Column stem_diameter_m"):
        write_frame(trees, Trees, tmp_path / "it.parquet")

    assert list(tmp_path.iterdir()) == []


def test_a_frame_in_degrees_is_not_written(tmp_path):
    with pytest.raises(WrongCrs, match="EPSG:4326"):
        write_frame(sample(Trees).to_crs(4326), Trees, tmp_path / "it.parquet")

    assert list(tmp_path.iterdir()) == []


def test_a_file_in_degrees_is_not_read(tmp_path):
    sample(Trees).to_crs(4326).to_parquet(tmp_path / "it.parquet")

    with pytest.raises(WrongCrs, match=r"it.parquet \(Trees\): The CRS is EPSG:4326"):
        read_frame(Trees, tmp_path / "it.parquet")


def test_a_frame_under_another_contract_is_not_read(tmp_path):
    write_frame(sample(Trees), Trees, tmp_path / "it.parquet")

    with pytest.raises(ContractBroken, match=r"it.parquet \(Addresses\): Column nummeraanduiding_id"):
        read_frame(Addresses, tmp_path / "it.parquet")


def test_a_table_is_not_read_as_a_frame(tmp_path):
    write_frame(sample(Vehicles), Vehicles, tmp_path / "it.parquet")

    with pytest.raises(BadInput, match=r"it\.parquet"):
        read_frame(Trees, tmp_path / "it.parquet")


@pytest.mark.parametrize("contract", [Trees, Vehicles])
def test_a_frame_that_is_not_there_is_named(contract, tmp_path):
    with pytest.raises(BadInput, match=r"it.parquet: The frame cannot be read .* Run again."):
        read_frame(contract, tmp_path / "it.parquet")


@pytest.mark.parametrize("contract", [Trees, Vehicles])
@pytest.mark.parametrize("spoil", [lambda content: b"", lambda content: content[:-20], lambda content: b"PAR1" * 9])
def test_a_spoiled_file_is_named(contract, spoil, tmp_path):
    path = tmp_path / "it.parquet"
    write_frame(sample(contract), contract, path)
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(BadInput, match=r"it.parquet: The frame cannot be read"):
        read_frame(contract, path)


def test_every_corner_of_a_polygon_comes_back(tmp_path):
    from laadplan.contracts.sources import RoadParts

    ring = box(0, 0, 4, 2).difference(box(1, 0.5, 2, 1))
    parts = make(RoadParts, {"a": {"geometry": ring}})

    write_frame(parts, RoadParts, tmp_path / "it.parquet")

    assert read_frame(RoadParts, tmp_path / "it.parquet").geometry.iloc[0].equals_exact(moved(ring), 0)


def test_shapes_made_on_a_grid_are_cut_as_those_that_are_read(tmp_path):
    frame = sample(Trees, rows=1)
    on_grid = frame.set_geometry(shapely.set_precision(frame.geometry.to_numpy(), 0.01))

    written = write_frame(on_grid, Trees, tmp_path / "it.parquet")
    read = read_frame(Trees, tmp_path / "it.parquet")

    assert shapely.get_precision(written.geometry.to_numpy()).tolist() == [0.0]
    assert written.geometry.to_wkb().tolist() == read.geometry.to_wkb().tolist() == on_grid.geometry.to_wkb().tolist()
