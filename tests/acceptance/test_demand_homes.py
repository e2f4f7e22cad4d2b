"""Dwellings of the demo town: types and driveways as they were planted, each explained."""

# ruff: noqa: TID252

from __future__ import annotations

from pathlib import Path

import numpy
import pandas
import pytest
from scipy.stats import rankdata

from .reading import RunFolder
from .towns import Town, known

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def town(demo_config: Path) -> Town:
    """The town of a thousand."""
    return Town(demo_config.parent)


@pytest.fixture(scope="module")
def paired(demo_run: RunFolder, town: Town) -> pandas.DataFrame:
    """What is said of each dwelling beside what is true of it, by its address."""
    rows = demo_run.frame("Homes").set_index("nummeraanduiding_id")
    types = dict(town.truth["woningtypen"])
    own = town.driveways
    return rows.assign(own=looked_up(rows, own), planted=looked_up(rows, types))


def looked_up(rows: pandas.DataFrame, truth: dict[str, object]) -> pandas.Series:
    return pandas.Series([truth.get(key) for key in rows.index], index=rows.index)


def area_under_curve(score: numpy.ndarray, own: numpy.ndarray) -> float:
    """Chance that a dwelling with a driveway scores above one without, ties counted half: by ranks."""
    ranks, with_own = rankdata(score), int(own.sum())
    return float((ranks[own].sum() - with_own * (with_own + 1) / 2) / (with_own * (len(own) - with_own)))


def test_every_dwelling_once(paired: pandas.DataFrame, town: Town) -> None:
    assert paired.index.is_unique
    assert set(paired.index) == set(town.driveways)
    assert paired["own"].notna().all()
    assert paired["planted"].notna().all()


def test_driveways_told_apart(paired: pandas.DataFrame) -> None:
    own = paired["own"].astype(bool).to_numpy()
    assert 50 < own.sum() < len(own) - 50
    assert area_under_curve(paired["driveway_share"].to_numpy(), own) >= 0.95


def test_driveways_told_apart_among_houses(paired: pandas.DataFrame) -> None:
    """Flats are easy; among houses alone it must hold as well, if less so."""
    houses = paired[paired["planted"] != "appartement"]
    own = houses["own"].astype(bool).to_numpy()
    assert area_under_curve(houses["driveway_share"].to_numpy(), own) >= 0.9


def test_probabilities_are_probabilities(paired: pandas.DataFrame) -> None:
    """Their mean is the share that was planted, and of those told nearly certain nearly all have one."""
    share, own = paired["driveway_share"], paired["own"].astype(bool)
    assert share.between(0, 1).all()
    assert share.mean() == pytest.approx(own.mean(), abs=0.08)
    assert own[share > 0.9].mean() > 0.8
    assert own[share < 0.1].mean() < 0.2


def test_types_from_buildings(paired: pandas.DataFrame) -> None:
    right = paired["dwelling_type"] == paired["planted"]
    assert right.mean() >= 0.95, pandas.crosstab(paired["planted"], paired["dwelling_type"])
    assert set(paired["planted"]) >= {"vrijstaand", "twee-onder-een-kap", "tussenwoning", "appartement"}


def test_each_is_explained(paired: pandas.DataFrame) -> None:
    """A sentence of its own in Dutch, that says what was measured where something was."""
    reasons = paired["driveway_reason"]
    assert (reasons.str.len() > 15).all()
    assert reasons.str.endswith(".").all()
    assert reasons.nunique() > 20
    measured = paired["driveway_measured"]
    assert measured.mean() > 0.5
    certain = measured & (paired["driveway_share"] > 0.9)
    assert reasons[certain].str.contains("inrit|oprit|auto|erf", case=False).all()


def test_households_of_the_buurt_over_its_dwellings(demo_run: RunFolder, town: Town) -> None:
    """Households of a buurt are spread over its dwellings, never more than one each is said without a word."""
    rows = demo_run.frame("Homes")
    stated = known(town.buurten.set_index("buurtcode")["aantal_huishoudens"])
    sums = rows.groupby("buurtcode")["households"].sum()
    for code, number in sums.items():
        if number and stated[code] > 0:
            assert number == pytest.approx(stated[code], rel=0.02, abs=6), code
