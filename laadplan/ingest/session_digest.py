"""What sessions of any source are like: when they begin, how long they last and how much they charge.

In: `Sessions`. Out: one table of numbers, nothing of a single session. With few sessions quantiles are those of single
ones, so that fewer than `LEAST_TOLD` are refused.
"""

import pandas as pd

from laadplan.errors import BadInput
from laadplan.ingest.clocks import ZONE

LEAST_TOLD = 1000
"""Sessions below which nothing is told."""

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

WEEKEND_FROM = 5
"""Day of the week from which it is weekend: Saturday."""

KINDS = {False: "werkdag", True: "weekend"}


def arrival_profile(sessions: pd.DataFrame) -> pd.DataFrame:
    """Share of the sessions of working days and of weekends that begin in each hour of the local day.

    Returns
    -------
    A row per hour 0-23 and a column for `werkdag` and `weekend`, each with sum 1.

    Raises
    ------
    BadInput
        There are fewer sessions than `LEAST_TOLD`.
    """
    _require(sessions)
    local = sessions["started_at"].dt.tz_convert(ZONE)
    kind = (local.dt.day_of_week >= WEEKEND_FROM).map(KINDS)
    counts = pd.crosstab(local.dt.hour, kind).reindex(index=range(24), columns=list(KINDS.values()), fill_value=0)
    shares: pd.DataFrame = counts / counts.sum()
    return shares.rename_axis(index="hour", columns=None)


def session_digest(sessions: pd.DataFrame) -> pd.DataFrame:
    """Quantiles and mean of connected hours, charging hours, energy, mean power and share of the stay in use.

    Returns
    -------
    A row per quantity (`connected_h`, `charged_h`, `energy_kwh`, `power_kw` while charging, `charged_share` of the
    connected time), a column per quantile and `mean`, and `sessions`: of how many it is known.

    Raises
    ------
    BadInput
        There are fewer sessions than `LEAST_TOLD`.
    """
    _require(sessions)
    charged = sessions["charged_h"].where(sessions["charged_h"] > 0)
    values = {
        "connected_h": sessions["connected_h"],
        "charged_h": sessions["charged_h"],
        "energy_kwh": sessions["energy_kwh"],
        "power_kw": sessions["energy_kwh"] / charged,
        "charged_share": (sessions["charged_h"] / sessions["connected_h"]).clip(upper=1.0),
    }
    rows = {name: _row(each.dropna()) for name, each in values.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("quantity")


def _row(values: pd.Series) -> dict[str, float]:
    found = {f"p{round(100 * share)}": float(values.quantile(share)) for share in QUANTILES}
    return found | {"mean": float(values.mean()), "sessions": float(len(values))}


def _require(sessions: pd.DataFrame) -> None:
    if len(sessions) < LEAST_TOLD:
        words = f"There are {len(sessions)} sessions: with fewer than {LEAST_TOLD} a digest would tell of persons."
        raise BadInput(words, todo="Give more sessions.")
