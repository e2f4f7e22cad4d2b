import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Vehicles
from laadplan.demand.shares import COMPANIES, COUNTED, SUPPRESSED, suppressed_share, usable_shares
from tests.frames import NAN, make, shuffled

VEHICLES = make(
    Vehicles,
    {
        "1011": {"electric_share": 0.05, "expected_share": 0.04},
        "1012": {"electric_share": 0.0, "expected_share": NAN},
        "1013": {"electric_share": 0.4, "expected_share": 0.05},
        "1014": {"electric_share": 0.4, "expected_share": 0.05},
        "1015": {"electric_share": NAN, "expected_share": 0.05},
    },
)
CARS = pd.Series({"1011": 3000.0, "1012": 300.0, "1013": 1000.0, "1014": 100.0, "1015": 1000.0})


@pytest.mark.parametrize(("cars", "share"), [(10.0, 0.05), (200.0, 0.05), (2000.0, 0.05), (60.0, 0.5)])
def test_a_suppressed_share_is_the_mean_of_an_exponential_that_is_cut_off(cars, share):
    mean = cars * share
    weight = quad(lambda number: np.exp(-number / mean), 0, 9.5)[0]
    expected = quad(lambda number: number * np.exp(-number / mean), 0, 9.5)[0] / weight / cars

    assert suppressed_share(pd.Series([cars]), share)[0] == pytest.approx(expected)


def test_suppressed_and_company_shares_are_mended_and_named():
    quality = Quality()

    found = usable_shares(VEHICLES, CARS, quality=quality)

    usual = (0.05 * 3000 + 0.05 * 1000 + 0.4 * 100) / 4100
    zero = suppressed_share(pd.Series([300.0]), usual)[0]
    expected = pd.DataFrame(
        {
            "share": [0.05, zero, 0.05, 0.4, NAN],
            "spread": [0.0, 0.4, 0.0, 0.0, 0.0],
            "how": [COUNTED, SUPPRESSED, COMPANIES, COUNTED, COUNTED],
        },
        index=VEHICLES.index,
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert quality.facts == {"pc4_suppressed": 1, "pc4_with_companies": 1}
    assert "PC4 1012" in quality.findings[0]
    assert "PC4 1013 has 40.0%" in quality.findings[1]


def test_the_order_of_rows_does_not_matter():
    pd.testing.assert_frame_equal(
        usable_shares(shuffled(VEHICLES), shuffled(CARS)).sort_index(), usable_shares(VEHICLES, CARS)
    )


def test_zeros_alone_stay_unknown_and_no_rows_give_none():
    alone = usable_shares(VEHICLES.loc[["1012"]], CARS)

    assert alone["share"].isna().all()
    assert usable_shares(Vehicles.empty(), CARS).empty
