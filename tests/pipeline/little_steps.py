"""A job of four steps, small enough to run in no time, with everything the real one has.

``letters`` reads a source and drops rows, ``words`` may fail or hang, ``counts`` stands beside it, ``summary_txt`` is
a file for readers. The variable ``LITTLE_HANG`` names the step that must not come to an end.
"""

import os
import time
from datetime import date
from pathlib import Path

import pandas as pd
from pandera.typing import Index, Series

from laadplan.config.project import Publication, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.frame import Table, column, index
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.store.catalogue import SourceFile

FAILS_AT_M = 13.0
"""Walking norm with which the words cannot be made."""


class LittleLetters(Table):
    """Letters of the source."""

    letter_id: Index[str] = index("the letter")
    weight: Series[int] = column("how often it stands there")


class Words(Table):
    """A word per letter."""

    letter_id: Index[str] = index("the letter")
    word: Series[str] = column("the word")


class Extras(Table):
    """What is made beside the words."""

    extra_id: Index[str] = index("the extra")
    word: Series[str] = column("the word")


class Counts(Table):
    """Weights in a scenario."""

    letter_id: Index[str] = index("the letter")
    weight: Series[int] = column("weight in the scenario")


def little_letters(car_stock: SourceFile, trees: SourceFile | None, quality: Quality) -> LittleLetters:
    """Letters that stand in the source; digits are dropped."""
    text = car_stock.path.read_text() + (trees.path.read_text() if trees else "")
    quality.drop("a digit", [each for each in text if each.isdigit()])
    weights = pd.Series([each for each in text if each.isalpha()], dtype="str").value_counts().rename("weight")
    return weights.rename_axis("letter_id").to_frame()


def summary_txt(
    target: Path, words: Words, extras: Extras, counts: Counts, publication: Publication, today: date
) -> None:
    """The words as a file for readers."""
    with target.open("w") as file:
        file.write(f"{publication.title} {today}\n")
        file.flush()
        _hang("summary_txt")
        file.write(" ".join([*words["word"], *extras["word"], *counts["weight"].astype("str")]))


def words(little_letters: LittleLetters, walking: Walking) -> tuple[Words, Extras]:
    """A word per letter, as long as the walking norm says."""
    if walking.norm_m == FAILS_AT_M:
        raise BadInput("No word has thirteen letters.", where="words")
    made = (little_letters.index.to_series() * int(walking.norm_m)).rename("word").to_frame()
    _hang("words")
    return made, made.head(1).rename_axis("extra_id")


def counts(little_letters: LittleLetters, scenario: Scenario) -> Counts:
    """Weights of the letters in the year of the scenario."""
    return little_letters.assign(weight=little_letters["weight"] * scenario.year)


def _hang(step: str) -> None:
    if os.environ.get("LITTLE_HANG") == step:
        Path(os.environ["LITTLE_SIGN"]).touch()
        time.sleep(60)
