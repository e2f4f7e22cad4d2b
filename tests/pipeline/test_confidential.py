"""What a run shows of a confidential source: nothing but verdicts, whatever goes wrong on the way."""

import json
import logging
import sys
import traceback
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from pandera.typing import Index, Series

from laadplan.contracts.frame import Table, column, index
from laadplan.contracts.quality import Quality
from laadplan.errors import ContractBroken, LaadplanError
from laadplan.pipeline import job as steps_of
from laadplan.store.catalogue import SourceFile

SECRET = "geheim4711"
"""Stands in every id, value and message that must not get out."""


class HiddenLines(Table):
    """Lines of a confidential source."""

    _confidential = True

    line_id: Index[str] = index("the line")
    metres: Series[float] = column("how long it is")


class OpenVerdicts(Table):
    """Verdicts on these lines. Cleared: the tests of this module."""

    _cleared = True

    place_id: Index[str] = index("a place that is not confidential")
    verdict: Series[str] = column("what is said of it", isin=["voldoet", "voldoet niet"])


def hidden_lines(car_stock: SourceFile, quality: Quality) -> HiddenLines:
    """A line with a secret for its name."""
    quality.drop("too short", [f"{SECRET}-short"])
    return pd.DataFrame({"metres": [4711.0]}, index=pd.Index([SECRET], dtype="str", name="line_id"))


def open_verdicts(hidden_lines: HiddenLines, quality: Quality) -> OpenVerdicts:
    """A verdict, or what the test wants to go wrong."""
    quality.drop("not judged", [f"{SECRET}-left-out"])
    verdict = HAPPENS[0](hidden_lines.index[0]) or "voldoet"
    return pd.DataFrame({"verdict": [verdict]}, index=pd.Index(["place"], dtype="str", name="place_id"))


def verdicts_txt(target: Path, open_verdicts: OpenVerdicts) -> None:
    """The verdicts for readers."""
    target.write_text(" ".join([*open_verdicts.index, *open_verdicts["verdict"]]))


def nothing(secret):
    """Nothing goes wrong."""


def slips(secret):
    """A value of the confidential frame slips into the cleared one."""
    return secret


def breaks(secret):
    """An error that nobody foresaw, and that quotes a cell."""
    raise ValueError(f"could not convert {secret}")


HAPPENS = [nothing]


@pytest.fixture
def job(little, monkeypatch):
    module = ModuleType(__name__)
    for function in (hidden_lines, open_verdicts, verdicts_txt):
        setattr(module, function.__name__, function)
    monkeypatch.setattr(steps_of, "MODULES", (module,))
    return little


@pytest.fixture
def happens(monkeypatch):
    return lambda what: monkeypatch.setattr(sys.modules[__name__], "HAPPENS", [what])


def test_a_run_shows_verdicts_and_keeps_the_rest(job, caplog):
    caplog.set_level(logging.DEBUG)

    manifest = job.run()

    assert (job.out / "verdicts.txt").read_text() == "place voldoet"
    assert {step["name"]: step["quality"]["dropped"] for step in manifest["steps"]} == {
        "hidden_lines": {"too short": 1},
        "open_verdicts": {"not judged": 1},
        "verdicts_txt": {},
    }
    shown = [json.dumps(manifest), (job.out / "run.json").read_text(), caplog.text]
    assert not [text for text in shown if SECRET in text or "4711" in text]


def test_only_the_confidential_frame_itself_holds_what_is_confidential(job):
    job.run()

    names = {name for name in job.files() if name.endswith(".parquet")}
    frames = {name: pd.read_parquet(job.out / name).reset_index().to_csv() for name in names}
    assert {name for name, text in frames.items() if SECRET in text} == {"frames/HiddenLines.parquet"}
    assert set(frames) == {"frames/HiddenLines.parquet", "frames/OpenVerdicts.parquet"}


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        (slips, ContractBroken, "Column verdict must be one of"),
        (breaks, LaadplanError, "Step open_verdicts failed (ValueError); what it reads is confidential"),
    ],
)
def test_an_error_shows_no_data(job, happens, caplog, what, error, words):
    caplog.set_level(logging.DEBUG)
    happens(what)

    with pytest.raises(error) as caught:
        job.run()

    assert words in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value, chain=True)) + caplog.text


def test_a_frame_that_is_neither_says_what_is_wrong(happens):
    """The other side: of a public frame the value and the id are shown, else nobody could mend it."""

    class Plain(OpenVerdicts):
        """Verdicts on public ground."""

    frame = pd.DataFrame({"verdict": ["misschien"]}, index=pd.Index(["place"], dtype="str", name="place_id"))

    with pytest.raises(ContractBroken, match=r"found misschien.*place"):
        Plain.checked(frame)
    with pytest.raises(ContractBroken, match="value not shown"):
        OpenVerdicts.checked(frame)
