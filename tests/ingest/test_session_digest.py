"""What sessions are like: worked out by hand, and on the real file."""

import pandas as pd
import pytest

from laadplan.contracts.use import Sessions
from laadplan.errors import BadInput
from laadplan.ingest.session_digest import arrival_profile, session_digest
from laadplan.ingest.sessions import read_sessions
from tests.frames import shuffled


def sessions(number: int) -> pd.DataFrame:
    """As many on Monday at nine as on Sunday at ten, local time; stays of 1, 2, 3 and 4 hours, half of it charging."""
    ids = pd.Index([f"{place:05d}" for place in range(number)], name="session_id")
    start = pd.Series(["2025-06-02T07:00:00Z", "2025-06-08T08:00:00Z"] * (number // 2), index=ids)
    hours = pd.Series([1.0, 2.0, 3.0, 4.0] * (number // 4), index=ids)
    start = pd.to_datetime(start).astype("datetime64[us, UTC]")
    frame = pd.DataFrame({"evse_id": None, "location_id": None, "started_at": start}, index=ids)
    frame = frame.assign(ended_at=start + pd.to_timedelta(hours, unit="h"), connected_h=hours)
    return Sessions.checked(frame.assign(charged_h=hours / 2, energy_kwh=hours * 5.5).astype(Sessions.kinds()))


def test_arrivals_are_shares_of_the_hours_of_the_local_day():
    found = arrival_profile(shuffled(sessions(1000)))

    assert found.sum().to_dict() == {"werkdag": 1.0, "weekend": 1.0}
    assert (found.loc[9, "werkdag"], found.loc[10, "weekend"], len(found)) == (1.0, 1.0, 24)


def test_quantiles_are_those_of_each_quantity():
    found = session_digest(shuffled(sessions(1000)))

    assert found["mean"].to_dict() == {
        "connected_h": 2.5,
        "charged_h": 1.25,
        "energy_kwh": 13.75,
        "power_kw": 11.0,
        "charged_share": 0.5,
    }
    assert found.loc["connected_h", ["p5", "p50", "p95", "sessions"]].to_list() == [1.0, 2.5, 4.0, 1000.0]


@pytest.mark.parametrize("digest", [arrival_profile, session_digest])
@pytest.mark.parametrize("frame", [Sessions.empty(), sessions(996)], ids=["none", "few"])
def test_few_sessions_are_not_told_of(digest, frame):
    with pytest.raises(BadInput, match="would tell of persons"):
        digest(frame)


@pytest.mark.real
def test_the_sessions_of_elaadnl(real_data):
    """Oracle: the file's own columns, that one row without a day left out."""
    source = real_data / "national" / "sessions" / "laadpaaldata_2018.csv"
    raw = pd.read_csv(source)
    raw = raw[~raw["Started"].str.startswith("2018-02-29")]

    found = session_digest(read_sessions(source))

    assert found.loc["connected_h", "p50"] == pytest.approx(raw["ConnectedTime"].median(), abs=1e-3)
    assert found.loc["energy_kwh", "p50"] == pytest.approx(raw["TotalEnergy"].median() / 1000)
