"""A demo town of its own seed: not one of those looked at while the model was made (11, 21, 22)."""

import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from laadplan.demo.sources import write_demo
from tests.demand.planted_driveways import area_under_curve, brier, judged, read_town, without_inritten

SEED, INHABITANTS = 41, 2_000


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("opritten")
    write_demo(folder, INHABITANTS, SEED, processes=1)
    return read_town(folder)


@pytest.mark.slow
def test_planted_driveways_are_told_from_their_absence(town):
    found = judged(town)

    assert area_under_curve(found["found"], found["planted"]) >= 0.95
    assert brier(found["found"], found["planted"]) < 0.02
    for baseline in ("by_type", "by_inrit"):
        assert area_under_curve(found["found"], found["planted"]) > area_under_curve(found[baseline], found["planted"])


@pytest.mark.slow
def test_where_no_inrit_is_drawn_the_ground_alone_beats_the_type(town):
    found = judged(without_inritten(town))

    assert area_under_curve(found["found"], found["planted"]) > area_under_curve(found["by_type"], found["planted"])
    assert brier(found["found"], found["planted"]) < brier(found["by_type"], found["planted"])


def test_the_measures_are_those_of_scikit_learn():
    score, truth = pd.Series([0.1, 0.4, 0.4, 0.8, 0.9]), pd.Series([False, True, False, True, True])

    assert area_under_curve(score, truth) == pytest.approx(roc_auc_score(truth, score))
    assert brier(score, truth) == pytest.approx(brier_score_loss(truth, score))
