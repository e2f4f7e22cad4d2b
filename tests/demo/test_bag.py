"""The BAG of a quarter made by hand: PDOK's columns, ids that are unique, layers that GDAL and our reader take."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
import shapely

from laadplan.demo import bag
from laadplan.demo.berths import berths, pitches
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.discover import find_sources
from tests.demo.handmade import make_cell, make_empty_quarter, make_quarter

CAMP = 3
"""Index of a cell with a camp."""


def all_rows(*cells: int) -> dict[str, gpd.GeoDataFrame]:
    """The rows of some quarters together, with the woonplaats."""
    found = [bag.layer_rows(make_quarter(make_cell(cell))) for cell in cells]
    rows = {layer: pd.concat([each[layer] for each in found], ignore_index=True) for layer in found[0]}
    outline = shapely.union_all([make_cell(cell).polygon for cell in cells])
    return {"woonplaats": bag.woonplaats_rows("Handdorp", outline)} | rows


def write_bag(path: Path, *cells: int) -> Path:
    """A file with all layers, written from Arrow as the demo does."""
    rows = all_rows(*cells)
    for place, (layer, geometry_type) in enumerate(bag.GEOMETRY_TYPES.items()):
        pyogrio.write_arrow(
            pa.table(rows[layer].to_arrow(index=False, geometry_encoding="wkb")),
            path,
            layer=layer,
            driver="GPKG",
            geometry_name="geometry",
            geometry_type=geometry_type,
            crs="EPSG:28992",
            append=place > 0,
        )
    return path


def test_gdal_finds_five_layers_with_the_columns_of_pdok(tmp_path: Path) -> None:
    path = write_bag(tmp_path / "bag-light.gpkg", 0, CAMP)

    columns = {
        "woonplaats": bag.WOONPLAATS,
        "pand": bag.PAND,
        "verblijfsobject": bag.VERBLIJFSOBJECT,
        "standplaats": bag.PLACE,
        "ligplaats": bag.PLACE,
    }
    for layer, kind in pyogrio.list_layers(path):
        info = pyogrio.read_info(path, layer=layer)
        whole = [name for name, dtype in zip(info["fields"], info["dtypes"], strict=True) if dtype == "int64"]
        assert kind == bag.GEOMETRY_TYPES[layer]
        assert list(info["fields"]) == list(columns[layer])
        assert whole == [name for name, dtype in columns[layer].items() if dtype == bag.NUMBER]
        assert info["features"] > 0


def test_our_reader_takes_verblijfsobject_with_the_id_of_its_main_address(tmp_path: Path) -> None:
    path = write_bag(tmp_path / "bag-light.gpkg", 0, CAMP)

    assert find_sources(tmp_path) == {"addresses": (path, "verblijfsobject")}
    found = read_addresses(path, layer="verblijfsobject")

    addresses = [address for cell in (0, CAMP) for address in make_quarter(make_cell(cell)).addresses]
    assert found["nummeraanduiding_id"].to_list() == [address.number_id for address in addresses]
    assert found["house_number"].to_list() == [f"{address.number}{address.letter}" for address in addresses]
    assert found.index.str.fullmatch(r"990101\d{10}").all()
    assert shapely.equals(found.geometry.to_numpy(), [address.point for address in addresses]).all()


def test_columns_and_types_are_the_same_without_rows() -> None:
    full, empty = bag.layer_rows(make_quarter(make_cell(CAMP))), bag.layer_rows(make_empty_quarter())

    assert list(empty) == list(full)
    for layer in full:
        assert len(empty[layer]) == 0
        assert full[layer].dtypes.astype(str).to_dict() == empty[layer].dtypes.astype(str).to_dict(), layer
        assert empty[layer].crs.to_epsg() == 28992


def test_a_building_has_the_range_of_its_units_and_all_their_uses() -> None:
    found = bag.layer_rows(make_quarter())["pand"].set_index("identificatie")
    quarter = make_quarter()
    shed, flat, shop = (building.bag_id for building in quarter.buildings[-3:])

    figures = ["gebruiksdoel", "oppervlakte_min", "oppervlakte_max", "aantal_verblijfsobjecten", "bouwjaar"]
    assert found.loc[flat, figures].to_list() == ["woonfunctie", 62, 62, 4, 1972]
    assert found.loc[shop, "gebruiksdoel"] == "winkelfunctie,woonfunctie"
    assert found.loc[shed, "aantal_verblijfsobjecten"] == 0
    assert found.loc[shed, figures[:3]].isna().all()


def test_planned_buildings_have_a_permit_and_no_units() -> None:
    found = bag.layer_rows(make_quarter())["pand"]

    planned = found[found["status"] == "Bouwvergunning verleend"]
    assert planned["aantal_verblijfsobjecten"].to_list() == [0, 0]
    assert set(found["status"]) == {"Pand in gebruik", "Bouwvergunning verleend"}
    assert not (bag.layer_rows(make_quarter(make_cell(1)))["pand"]["status"] == "Bouwvergunning verleend").any()


def test_ids_are_unique_over_quarters_and_none_is_issued_by_a_real_municipality() -> None:
    rows = all_rows(0, 1, 2, CAMP, 10)

    main = "nummeraanduiding_hoofdadres_identificatie"
    doors = pd.concat([rows[layer][main] for layer in ("verblijfsobject", "standplaats", "ligplaats")])
    assert doors.is_unique
    assert all(rows[layer]["identificatie"].is_unique for layer in rows)
    assert all(rows[layer]["identificatie"].str.startswith("9901").all() for layer in rows)
    assert doors.str.fullmatch(r"990120\d{10}").all()


def test_a_street_has_one_id_in_all_quarters() -> None:
    rows = all_rows(0, 1)["verblijfsobject"]

    assert (rows.groupby("openbare_ruimte_naam")["openbare_ruimte_identificatie"].nunique() == 1).all()
    assert rows["openbare_ruimte_identificatie"].str.fullmatch(r"990130\d{10}").all()


def test_nearly_all_units_are_in_use() -> None:
    shares = pd.Series([bag._status(serial) for serial in range(1, 5001)]).value_counts(normalize=True)

    assert shares[bag.IN_USE] > 0.97
    assert set(shares.index) == {
        "Verblijfsobject in gebruik",
        "Verblijfsobject in gebruik (niet ingemeten)",
        "Verbouwing verblijfsobject",
    }


@pytest.mark.parametrize(
    ("places", "cell", "layer"), [(berths, 0, "waterdeel"), (pitches, CAMP, "begroeidterreindeel")]
)
def test_boats_lie_in_the_canal_and_caravans_in_the_green(places, cell: int, layer: str) -> None:
    quarter = make_quarter(make_cell(cell))
    ground = shapely.union_all([each.polygon for each in quarter.surfaces if each.layer == layer])

    found = [berth.polygon for berth in places(quarter)]

    assert len(found) == 4
    assert all(ground.contains(shape) for shape in found)
    assert shapely.union_all(found).area == pytest.approx(sum(shape.area for shape in found))
    assert places(make_quarter(make_cell(1))) == []


def test_a_long_street_name_has_a_short_form() -> None:
    assert bag.short_name("Demo-Kade") == "Demo-Kade"
    assert bag.short_name("Demo-Winterkoningsingel 12") == "Demo-Winterkoningsngl 12"
    assert len(bag.short_name("Demo-Narcissengaarde en verder")) == 24
