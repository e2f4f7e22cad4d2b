import json
from datetime import date

import pytest

from laadplan.pipeline.dossiers import keep
from tests.policy import village
from tests.publish.test_dossier import paper


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "dorp.yaml"
    path.write_text("schema: 1\nname: dorp\n")
    return path


def test_dossier_as_of_a_day_is_named_with_its_files(call, config, tmp_path):
    written = keep(paper(), tmp_path / "plan")

    told = call("dossier", config, village.SITE, "--out", tmp_path / "plan", "--as-of", "2027-02-01")

    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "Dossier of 2027-01-04:",
        *[f"    {path}" for path in (written.html, written.pdf, written.json)],
    ]


def test_dossier_as_one_json_document(call, config, tmp_path):
    written = keep(paper(), tmp_path / "plan")

    told = call("dossier", config, village.SITE, "--out", tmp_path / "plan", "--as-of", "2027-02-01", "--json")

    assert json.loads(told.out) == {
        "on": date(2027, 1, 4).isoformat(),
        "html": str(written.html),
        "pdf": str(written.pdf),
        "json": str(written.json),
    }


def test_no_dossier_on_that_day_is_said_plainly(call, config, tmp_path):
    keep(paper(), tmp_path / "plan")

    told = call("dossier", config, village.SITE, "--out", tmp_path / "plan", "--as-of", "2026-12-31")

    assert (told.code, told.out) == (2, "")
    assert "There is no dossier of 'weg@0010' on or before 2026-12-31. There are dossiers of 2027-01-04." in told.err
