import zipfile

import pandas as pd
import pytest

from laadplan.contracts.figures import Requests
from laadplan.contracts.quality import Quality
from laadplan.demo.every_files import write_workbook
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource
from laadplan.ingest.requests import read_requests
from tests.frames import make

TABLE = """Aanvraagnummer;Datum aanvraag;Postcode;Status;Kanaal
A-3;20-03-2024;6731 ab;Nieuw;website
A-1;2024-01-05;6731AC;Goedgekeurd;
A-2;6/2/2024;6732 BA;Afgewezen;loket
"""


def write(path, text=TABLE):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "aanvragen.csv"


def test_requests_are_read_with_their_status_in_our_words(path):
    found = read_requests(write(path))

    expected = make(
        Requests,
        {
            "A-3": request("2024-03-20", "6731AB", "ingediend", True, "website"),
            "A-1": request("2024-01-05", "6731AC", "toegewezen", True, None),
            "A-2": request("2024-02-06", "6732BA", "afgewezen", False, "loket"),
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert Requests.is_confidential()


def request(day, pc6, status, is_open, origin):
    return {
        "requested_on": day,
        "pc6": pc6,
        "pc4": pc6[:4],
        "status": status,
        "is_open": is_open,
        "origin": origin,
    }


def test_a_workbook_below_a_title_is_read_the_same(path, tmp_path):
    rows = [line.split(";") for line in TABLE.splitlines()]
    write_workbook(tmp_path / "a.xlsx", "Blad1", [["Aanvragen 2024"], [], *rows])

    pd.testing.assert_frame_equal(read_requests(tmp_path / "a.xlsx"), read_requests(write(path)))


def test_rows_are_counted_out_without_their_ids(path):
    text = TABLE + "A-3;20-03-2024;6731 ab;Nieuw;website\nA-4;20-03-2024;onbekend;Nieuw;\nA-5;;0731AB;Nieuw;\n"
    quality = Quality()

    found = read_requests(write(path, text), ["6731"], quality=quality)

    assert (list(found.index), quality.read, quality.kept) == (["A-1", "A-3"], 6, 2)
    assert quality.dropped == {}
    assert quality.skipped == {
        "dezelfde aanvraag nog een keer": 1,
        "zonder geldige postcode": 2,
        "postcode komt in het gebied niet voor": 1,
    }
    assert quality.facts == {"open": 2}


def test_no_postcode_asked_for_gives_an_empty_frame(path):
    pd.testing.assert_frame_equal(read_requests(write(path), []), Requests.empty())


def test_a_status_of_which_nothing_is_known_is_unknown_and_not_open(path):
    quality = Quality()

    found = read_requests(write(path, TABLE.replace("Nieuw", "Wacht").replace("Afgewezen", "")), quality=quality)

    assert found["status"].to_dict() == {"A-1": "toegewezen", "A-2": "onbekend", "A-3": "onbekend"}
    assert found["is_open"].to_dict() == {"A-1": True, "A-2": False, "A-3": False}
    assert quality.findings == ["The status of 1 requests is not recognised: map their words under 'values'."]


def test_a_status_may_be_mapped_but_to_our_words_only(path):
    text = TABLE.replace("Nieuw", "Wacht")

    found = read_requests(write(path, text), values={"status": {"wacht": "in behandeling"}})

    assert found.loc["A-3", "status"] == "in behandeling"
    with pytest.raises(ConfigError, match="status cannot be 'bezig'"):
        read_requests(path, values={"status": {"wacht": "bezig"}})


@pytest.mark.parametrize(
    "name",
    [
        *("Naam", "Voornaam", "achternaam", "Naam aanvrager", "AanvragerNaam", "contact_name", "Volledige naam"),
        *(
            "E-mail",
            "Emailadres",
            "mail",
            "Telefoon",
            "tel.",
            "Mobiel nummer",
            "Geboortedatum",
            "BSN",
            "IBAN",
            "Kenteken",
        ),
    ],
)
def test_a_file_with_personal_data_is_refused_by_its_columns_and_no_cell_is_shown(path, name):
    text = TABLE.replace("Kanaal", name).replace("website", "Jansen")

    with pytest.raises(BadInput, match="The file holds personal data") as caught:
        read_requests(write(path, text))

    assert name in str(caught.value)
    assert "Jansen" not in str(caught.value)


@pytest.mark.parametrize("name", ["Straatnaam", "Buurtnaam", "Plaatsnaam", "Naam gemeente", "Opmerking"])
def test_names_of_places_are_no_names_of_people(path, name):
    found = read_requests(write(path, TABLE.replace("Kanaal", name)))

    assert found["origin"].isna().all()


def test_an_address_for_mail_is_refused_in_whatever_column_it_stands(path):
    with pytest.raises(BadInput, match="personal data: column Kanaal") as caught:
        read_requests(write(path, TABLE.replace("loket", "via iemand@voorbeeld.nl")))

    assert "voorbeeld" not in str(caught.value)


def test_a_house_number_is_never_read_and_said_so(path):
    quality = Quality()

    found = read_requests(write(path, TABLE.replace("Kanaal", "Huisnummer").replace("loket", "17")), quality=quality)

    assert "17" not in found.to_csv()
    assert quality.findings == ["Column Huisnummer says where somebody lives and was not read: deliver without."]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TABLE.replace("Postcode", "x"), BadInput, "A column is missing: pc6"),
        (TABLE.replace("20-03-2024", "maart"), BadInput, "Datum aanvraag holds a value, which is not a day. Rows: 1"),
        (TABLE.replace("A-2", "A-1"), ContractBroken, "1 ids occur more than once in 'request_id'"),
        (TABLE.replace("A-2", ""), ContractBroken, "1 rows have no 'request_id'"),
        ("", BadInput, "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_without_showing_a_cell(path, text, kind, words):
    with pytest.raises(kind, match=words) as caught:
        read_requests(write(path, text))

    assert not any(cell in str(caught.value) for cell in ("A-1", "6731", "maart", "loket"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A-1;2024-01-05;J. Jansen;6731AB;Nieuw\nA-2;2024-01-06;P. Pieters;6731AC;Nieuw\n", "None of its 5 columns"),
        ("A-1;2024-01-05;jansen@iets.nl;6731AB;Nieuw\nA-2;2024-01-06;p@iets.nl;6731AC;Nieuw\n", "column number 3"),
    ],
)
def test_the_first_row_of_a_file_without_a_header_is_not_shown(path, text, words):
    with pytest.raises(BadInput, match=words) as caught:
        read_requests(write(path, text))

    assert not any(cell in str(caught.value).lower() for cell in ("jansen", "a-1", "6731"))


def test_a_damaged_workbook_does_not_quote_a_cell(path, tmp_path):
    book = tmp_path / "a.xlsx"
    write_workbook(book, "Blad1", [line.split(";") for line in TABLE.splitlines()] + [["A-9", 41414141]])
    whole = tmp_path / "b.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(whole, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"41414141", b"J. Jansen"))

    with pytest.raises(BadInput, match="The workbook cannot be read") as caught:
        read_requests(whole)

    assert "Jansen" not in str(caught.value)


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_requests(path)
