import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.quality import Quality


def test_what_was_seen_is_summed_up():
    quality = Quality(read=5)
    quality.drop("plan", ["c", "a"])
    quality.drop("historie", [3])
    quality.drop("plan", ["b"])
    quality.drop("buiten", [])
    quality.find("Iets valt op.")
    quality.facts["kwh"] = 12.5
    quality.count(pd.DataFrame({"full": [1], "gap": [np.nan]}))

    assert quality.summary() == {
        "read": 5,
        "kept": 1,
        "dropped": {"historie": 1, "plan": 3},
        "missing": {"gap": 1},
        "findings": ["Iets valt op."],
        "facts": {"kwh": 12.5},
    }


def test_dropped_rows_keep_their_id_and_rule():
    quality = Quality()
    quality.drop("plan", ["c", "a"])
    quality.drop("historie", [3])

    expected = pd.DataFrame({"id": ["3", "a", "c"], "rule": ["historie", "plan", "plan"]}, dtype="str")
    pd.testing.assert_frame_equal(quality.losses(), expected)


def test_nothing_seen_is_nothing_lost():
    quality = Quality()

    pd.testing.assert_frame_equal(quality.losses(), pd.DataFrame({"id": [], "rule": []}, dtype="str"))
    assert quality.summary()["dropped"] == {}


def test_rows_read_equal_rows_kept_and_dropped():
    quality = Quality(read=3)
    quality.drop("plan", ["a", "b"])
    quality.count(pd.DataFrame({"x": [1]}))

    assert quality.read == quality.kept + len(quality.losses())


@pytest.mark.parametrize(
    ("read", "left", "findings"),
    [
        (5, 0, ["None of 5 rows is left: does the area lie where the data is?"]),
        (5, 1, []),
        (0, 0, []),
    ],
)
def test_rows_of_which_none_is_left_are_found(read, left, findings):
    quality = Quality(read=read)
    quality.count(pd.DataFrame({"x": [1] * left}))

    assert quality.findings == findings
