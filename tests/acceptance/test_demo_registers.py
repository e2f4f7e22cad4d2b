"""BAG, CBS and cars of the demo town: their ids, words and figures, and how they fit together."""

# ruff: noqa: TID252

from __future__ import annotations

import re
from pathlib import Path

import pandas
import pytest
import shapely

from . import towns
from .conftest import INHABITANTS, SEED
from .reading import column
from .towns import Town, first_pand, in_buurten, pc4_of

pytestmark = [pytest.mark.xdist_group("demo-town"), pytest.mark.slow]


def test_bag_ids_are_in_order(town: Town) -> None:
    kinds = {"pand": "10", "verblijfsobject": "01", "ligplaats": "02", "standplaats": "03"}
    for layer, kind in kinds.items():
        ids = town.layer("bag-light.gpkg", layer)["identificatie"].astype(str)
        assert ids.str.fullmatch(rf"9901{kind}\d{{10}}").all(), layer
        assert ids.is_unique, layer
    assert town.addresses[towns.address_ids(town)].astype(str).str.fullmatch(r"990120\d{10}").all()
    assert town.addresses[towns.address_ids(town)].is_unique


def test_addresses_stand_in_their_pand(town: Town) -> None:
    panden = town.layer("bag-light.gpkg", "pand").set_index("identificatie")
    rows = town.addresses
    first = first_pand(rows)
    assert set(first) <= set(panden.index)
    away = shapely.distance(rows.geometry.to_numpy(), panden.geometry.loc[first].to_numpy())
    assert away.max() <= 0.5


def test_bag_words_are_the_registrations_own(town: Town) -> None:
    told = town.addresses[column(town.addresses, "^gebruiksdoel")].astype(str)
    uses = {each for text in told for each in re.split(r",\s*", text)}
    known_uses = {
        "woonfunctie",
        "winkelfunctie",
        "kantoorfunctie",
        "industriefunctie",
        "bijeenkomstfunctie",
        "gezondheidszorgfunctie",
        "logiesfunctie",
        "onderwijsfunctie",
        "sportfunctie",
        "celfunctie",
        "overige gebruiksfunctie",
    }
    years = town.layer("bag-light.gpkg", "pand")["bouwjaar"].astype(int)
    assert uses <= known_uses
    assert {"woonfunctie"} < uses
    assert town.addresses["status"].str.startswith(("Verblijfsobject ", "Verbouwing verblijfsobject")).all()
    assert town.layer("bag-light.gpkg", "pand")["status"].str.contains("pand|Bouw|Sloop|bouw|sloop", case=False).all()
    assert years.between(1300, 2027).all()
    assert years.nunique() > 5


def test_addresses_read_like_addresses(town: Town) -> None:
    rows = town.addresses
    street, postcode = column(rows, "openbare_?ruimte_?naam", "straat"), column(rows, "^postcode")
    parts = [street, "huisnummer", *[n for n in ("huisletter", "toevoeging") if n in rows.columns]]
    assert rows[street].str.startswith("Demo-").all()
    assert rows[postcode].str.replace(" ", "").str.fullmatch(r"[1-9]\d{3}[A-Z]{2}").all()
    assert not rows.fillna("").duplicated(parts).any()


def test_a_postcode_is_a_piece_of_a_street(town: Town) -> None:
    """Some twenty addresses on the average in the country, in one street."""
    rows = town.addresses
    street, postcode = column(rows, "openbare_?ruimte_?naam", "straat"), column(rows, "^postcode")
    assert rows.groupby(postcode)[street].nunique().max() == 1
    assert 5 <= len(rows) / rows[postcode].nunique() <= 50


def test_bgt_and_bag_know_the_same_panden(town: Town) -> None:
    bag = set(town.layer("bag-light.gpkg", "pand")["identificatie"].astype(str))
    named = set(town.current("pand")["bag_id"].dropna().astype(str))
    assert named
    assert named - bag == set()
    with_address = {each.strip() for t in town.addresses[column(town.addresses, "^pand")] for each in str(t).split(",")}
    assert with_address - named == set()


def test_buurten_nest_in_wijken_and_the_municipality(town: Town) -> None:
    buurten, wijken = town.buurten, town.layer("cbs_buurten.gpkg", "wijken")
    outline = town.municipality
    assert set(town.layer("cbs_buurten.gpkg", "gemeenten")["gemeentecode"]) == {"GM9901"}
    assert wijken["wijkcode"].str.fullmatch(r"WK9901\d{2}").all()
    assert buurten["buurtcode"].str.fullmatch(r"BU9901\d{4}").all()
    assert buurten["buurtcode"].is_unique
    assert set(buurten["buurtcode"].str[2:8]) == set(wijken["wijkcode"].str[2:])
    for rows in (buurten, wijken):
        assert shapely.is_valid(rows.geometry.to_numpy()).all()
        assert rows.area.sum() == pytest.approx(outline.area, rel=1e-3)
        assert rows.union_all().symmetric_difference(outline).area <= outline.area * 1e-3


def test_buurten_hold_figures_that_are_no_figures(town: Town) -> None:
    numbers = town.buurten.select_dtypes("number").to_numpy()
    assert (numbers == towns.SUPPRESSED).sum() >= 1
    assert (numbers == towns.ABSENT).sum() >= 1
    assert set(numbers[numbers < 0]) <= {towns.SUPPRESSED, towns.ABSENT}


def test_buurten_carry_kerncijfers(town: Town) -> None:
    wanted = {
        "aantal_inwoners",
        "aantal_huishoudens",
        "personenautos_totaal",
        "personenautos_per_huishouden",
        "stedelijkheid_adressen_per_km2",
        "omgevingsadressendichtheid",
    }
    assert wanted - set(town.buurten.columns) == set()


@pytest.mark.parametrize("which", ["town", "named"])
def test_size_is_what_was_asked(which: str, request: pytest.FixtureRequest) -> None:
    made: Town = request.getfixturevalue(which)
    asked = INHABITANTS if which == "town" else 1000
    municipality = made.layer("cbs_buurten.gpkg", "gemeenten").iloc[0]
    assert municipality["aantal_inwoners"] == pytest.approx(asked, rel=0.02)
    assert asked / 2.6 <= len(made.dwellings) <= asked / 1.8  # CBS 2024: 2.1 persons per household
    assert made.truth["inwoners"] == asked
    assert made.truth["seed"] == (SEED if which == "town" else 2)


def test_every_address_lies_in_one_buurt(town: Town) -> None:
    found, _ = in_buurten(town, town.addresses)
    assert len(set(found)) == len(town.addresses)
    assert len(found) <= len(town.addresses) * 1.01


def test_car_stock_covers_the_towns_postcodes(town: Town) -> None:
    cars, lived_in = town.cars, set(pc4_of(town.addresses))
    shares = [name for name in cars.columns if re.fullmatch(r"beginning_20\d\d", name)]
    assert {"pc4", "cars_per_household"} <= set(cars.columns)
    assert shares
    assert cars["pc4"].is_unique
    assert lived_in <= set(cars["pc4"])
    assert cars[shares].stack().between(0, 1).all()
    assert cars["cars_per_household"].between(0, 3).all()


@pytest.mark.real
def test_car_stock_has_the_columns_of_the_real_table(town: Town, real_data: Path) -> None:
    real = pandas.read_csv(real_data / "national" / "pc4" / "Data_Cleaned_KIM.csv", nrows=1)
    assert list(town.cars.columns) == [name for name in real.columns if name in town.cars.columns]
    assert {"pc4", "cars_per_household", "beginning_2024"} <= set(town.cars.columns)
