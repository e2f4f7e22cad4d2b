"""Shares of electric cars of postcodes as they can be used: what the source suppressed or counted elsewhere mended.

In: `Vehicles`, and the cars of each PC4. Out: per PC4 a share, how sure it is, and how it was found.

Hard decisions, with the evidence in the docs (electric cars):

- A share of exactly 0 means fewer than ten electric cars. In 2023 and 2024 no postcode has one to nine of them, in 2020
  and 2022 hundreds have. The number is taken to be anywhere below ten, the likelier the nearer to what its cars would
  have at the share of the municipality (exponential, cut off): no constant is tuned.
- A share that grew more than twice as fast since 2022 as that of the middle postcode holds cars of companies, which
  the source counts at the company's address from 2023 on. From 2020 to 2022 one in 2,401 postcodes grew so fast. They
  are driven and charged elsewhere: what could be expected (`Vehicles.expected_share`) is used instead.
"""

import numpy as np
import pandas as pd

from laadplan.contracts.quality import Quality

SUPPRESSED_BELOW = 9.5
"""Electric cars: a postcode with fewer than ten has a share of 0 in the source (KiM and CBS, 2023 and 2024)."""

COMPANY_GROWTH = 2.0
"""Growth since 2022 over that of the middle postcode, above which a share holds cars of companies."""

COMPANY_CARS_EXPECTED = 20.0
"""Electric cars expected from which that test is fair: ten in 2022, and the middle postcode doubled since."""

GUESSED_SPREAD = 0.40
"""Standard deviation, as a share, of a postcode's share around its municipality's (0.37 in 2024, 0.44 in 2022)."""

COUNTED, SUPPRESSED, COMPANIES = "geteld", "onderdrukt", "bedrijven"


def usable_shares(vehicles: pd.DataFrame, cars: pd.Series, *, quality: Quality | None = None) -> pd.DataFrame:
    """Per PC4 of ``vehicles``: ``share``, ``spread`` (of the share, as a share of it) and ``how`` (`COUNTED`, ...).

    Parameters
    ----------
    vehicles
        `Vehicles`; a missing share stays missing.
    cars
        Cars per PC4, those of one municipality together make its mean; a PC4 without counts for nothing in it.
    """
    quality = quality if quality is not None else Quality()
    number = cars.reindex(vehicles.index).astype(float).fillna(0.0)
    share, expected = vehicles["electric_share"], vehicles["expected_share"]
    fast = (share > COMPANY_GROWTH * expected) & (number * expected >= COMPANY_CARS_EXPECTED)
    share = share.where(~fast, expected)
    suppressed = share == 0
    open_cars = number.where(share > 0, 0.0)
    usual = float((share * open_cars).sum() / open_cars.sum()) if open_cars.sum() else float("nan")
    share = share.where(~suppressed, suppressed_share(number, usual))
    how = pd.Series(COUNTED, index=vehicles.index).mask(suppressed, SUPPRESSED).mask(fast, COMPANIES)
    _report(vehicles, share, how.where(number > 0, COUNTED), quality)
    return pd.DataFrame({"share": share, "spread": np.where(suppressed, GUESSED_SPREAD, 0.0), "how": how})


def suppressed_share(cars: pd.Series, usual_share: float | pd.Series) -> pd.Series:
    """Likely share of electric cars where fewer than ten were counted; the usual share where that is fewer by far.

    Mean of an exponential distribution around ``cars * usual_share``, cut off at `SUPPRESSED_BELOW`.

    >>> suppressed_share(pd.Series([10.0, 200.0, 2000.0]), 0.05).round(4).to_list()
    [0.05, 0.02, 0.0023]
    """
    mean = cars * usual_share
    ratio = (SUPPRESSED_BELOW / mean.where(mean > 0)).clip(upper=700.0)
    likely: pd.Series = (mean - SUPPRESSED_BELOW / np.expm1(ratio)) / cars.where(cars > 0)
    return likely.fillna(usual_share)


def _report(vehicles: pd.DataFrame, share: pd.Series, how: pd.Series, quality: Quality) -> None:
    suppressed = how == SUPPRESSED
    if suppressed.any():
        quality.find(
            f"The share of electric cars is exactly 0 in PC4 {', '.join(how.index[suppressed])}: that stands for fewer "
            "than ten. It is estimated from the number of cars and the share of the municipality."
        )
    companies = how == COMPANIES
    for pc4 in how.index[companies]:
        quality.find(
            f"PC4 {pc4} has {vehicles.loc[pc4, 'electric_share']:.1%} electric cars in the source, over twice what "
            f"its count of 2022 leads to: cars of companies, driven elsewhere. {share[pc4]:.1%} is used."
        )
    quality.facts["pc4_suppressed"] = int(suppressed.sum())
    quality.facts["pc4_with_companies"] = int(companies.sum())
