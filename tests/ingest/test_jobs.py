import pandas as pd
import pytest

from laadplan.contracts.figures import Jobs
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ContractBroken, MissingSource
from laadplan.ingest.jobs import read_jobs
from tests.frames import NAN, make

TABLE = """Gemeentecode;PC6;Jaar;Sectie;Werkzame personen;Vestigingen
0228;6731 ab;2024;G;12;3
0228;6731AB;2024;Q;x;1
0228;6731AC;2024;;40;9
Totaal;;2024;;52;12
"""


def write(path, text=TABLE):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lisa.csv"


def job(code, sector, jobs, establishments, kind="PC6"):
    return {
        "area_kind": kind,
        "area_code": code,
        "year": 2024.0,
        "sector": sector,
        "jobs": jobs,
        "establishments": establishments,
    }


def test_the_finest_area_counts_and_a_secret_figure_is_missing(path):
    quality = Quality()

    found = read_jobs(write(path), quality=quality)

    expected = make(
        Jobs,
        {
            "6731AB|2024|G": job("6731AB", "G", 12.0, 3.0),
            "6731AB|2024|Q": job("6731AB", "Q", NAN, 1.0),
            "6731AC|2024|": job("6731AC", None, 40.0, 9.0),
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert (quality.read, quality.kept, quality.dropped) == (4, 3, {"geen code van een gebied": ["(leeg)"]})


@pytest.mark.parametrize(
    ("column", "code", "kind", "whole"),
    [
        ("pc4", "6731", "PC4", "6731"),
        ("buurtcode", "2280105", "buurt", "BU02280105"),
        ("wijkcode", "WK022801", "wijk", "WK022801"),
        ("gm_code", "228", "gemeente", "GM0228"),
    ],
)
def test_every_kind_of_area_gets_its_whole_code(path, column, code, kind, whole):
    found = read_jobs(write(path, f"{column},banen\n{code},5\n"))

    assert found[["area_kind", "area_code", "jobs"]].to_numpy().tolist() == [[kind, whole, 5.0]]
    assert list(found.index) == [f"{whole}||"]


def test_only_the_areas_asked_for_are_kept(path):
    quality = Quality()

    found = read_jobs(write(path), ["6731AC"], quality=quality)

    assert list(found.index) == ["6731AC|2024|"]
    assert quality.dropped["ligt niet in het gebied"] == ["6731AB|2024|G", "6731AB|2024|Q"]
    pd.testing.assert_frame_equal(read_jobs(path, []), Jobs.empty())


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TABLE.replace("Werkzame personen", "wp"), BadInput, "A column is missing: jobs"),
        ("naam,banen\na,1\n", BadInput, "No column says which area a row is of"),
        (TABLE.replace(";12;", ";twaalf;"), BadInput, "'twaalf', which is not a number"),
        (TABLE.replace(";12;", ";-12;"), ContractBroken, "jobs must be at least 0"),
        (TABLE.replace(";Q;", ";G;"), ContractBroken, "more than once in 'group'"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_jobs(write(path, text))


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_jobs(path)
