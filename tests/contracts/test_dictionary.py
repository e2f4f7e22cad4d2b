import pandas as pd
import pytest

from laadplan.contracts.dictionary import PUBLISHED, all_contracts, describe
from laadplan.contracts.frame import Frame
from laadplan.contracts.sources import Vehicles

CONTRACTS = all_contracts()
UNITS = {"_m": "m", "_m2": "m2", "_kw": "kW", "_kwh_year": "kWh/year", "_deg": "degrees", "_kwh_jaar": "kWh per jaar"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_the_empty_frame_of_every_contract_keeps_it(contract):
    empty = contract.empty()

    checked = contract.checked(empty)

    pd.testing.assert_frame_equal(checked, empty)
    assert (len(checked), checked.index.name) == (0, contract.index_name())


@pytest.mark.parametrize("contract", [each for each in CONTRACTS if issubclass(each, Frame)], ids=lambda c: c.__name__)
def test_the_empty_frame_of_every_frame_is_in_rd(contract):
    assert contract.empty().crs.to_epsg() == 28992


def test_every_contract_is_described_with_its_index_and_columns():
    described = describe(CONTRACTS)

    listed = {contract.__name__: [contract.index_name(), *contract.columns()] for contract in CONTRACTS}
    assert described.groupby("frame")["column"].agg(list).to_dict() == listed


def test_every_column_has_a_meaning():
    described = describe(CONTRACTS)

    assert described[described["meaning"].str.strip() == ""].empty


def test_a_unit_in_the_name_of_a_column_is_its_unit():
    described = describe(CONTRACTS)

    ending = described["column"].str.extract(r"(_m|_m2|_kw|_kwh_year|_deg|_kwh_jaar)$")[0]
    named = described[ending.notna()]
    wrong = [
        f"{row.frame}.{row.column}: {row.unit}"
        for row, wanted in zip(named.itertuples(), ending[ending.notna()].map(UNITS), strict=True)
        if row.unit.split(" RD")[0] != wanted
    ]
    assert (len(named) > 20, wrong) == (True, [])


def test_what_is_published_is_among_the_contracts():
    assert set(PUBLISHED) <= {contract.__name__ for contract in CONTRACTS}


def test_a_contract_is_described_row_by_row():
    described = describe([Vehicles]).set_index("column")

    assert described.loc["electric_share"].to_dict() == {
        "frame": "Vehicles",
        "meaning": "electric cars in the car stock",
        "unit": "",
        "source": "KiM",
        "empty": "absent",
        "type": "float64",
    }
    assert described.loc["pc4", "empty"] == "never empty"
