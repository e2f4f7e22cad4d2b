"""Rows from OData, Socrata and SRU: paging to the end, and answers that do not add up."""

from collections.abc import Callable
from typing import Any

import pytest

from laadplan.errors import SourceChanged
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client
from laadplan.store.download.tables import odata_rows, socrata_rows, sru_pages
from laadplan.store.download.wanted import Wanted
from tests.store.download.protocols import serve_odata, serve_socrata, serve_sru
from tests.store.download.server import Replay, as_json

MakeClient = Callable[..., Client]
MakeService = Callable[..., Service]
EDE = Wanted("GM0228", "Ede", None)


def rows(number: int) -> list[dict[str, Any]]:
    return [{"id": str(index), "aantal": str(index % 7)} for index in range(number)]


def every(pages: Any) -> list[Any]:
    return [row for page in pages for row in page]


@pytest.mark.parametrize("number", [0, 1, 1000, 2345])
def test_odata_is_read_along_its_next_links(
    replay: Replay, make_client: MakeClient, make_service: MakeService, number: int
):
    service = make_service("odata", serve_odata(replay, "/cbs", {"Typed": rows(number)}), {"t.json": "Typed"})

    assert every(odata_rows(make_client(), service, "Typed", EDE)) == rows(number)


def test_odata_that_breaks_off_in_silence_is_asked_on(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    def capped(asked):
        start = int(asked.query.get("$skip", 0))
        return as_json({"value": rows(2500)[start : start + 1000]})

    replay.routes["/cbs/Typed"] = capped
    service = make_service("odata", f"{replay.url}/cbs", {"t.json": "Typed"})

    assert every(odata_rows(make_client(), service, "Typed", EDE)) == rows(2500)


def test_odata_is_asked_for_the_municipality_alone(replay: Replay, make_client: MakeClient, make_service: MakeService):
    what = "Typed?$filter=substringof('BU{municipality_digits}',WijkenEnBuurten)"
    service = make_service("odata", serve_odata(replay, "/cbs", {"Typed": rows(3)}), {"t.json": what}, fields=["id"])

    every(odata_rows(make_client(), service, EDE.filled(what), EDE))

    assert replay.log[0].query["$filter"] == "substringof('BU0228',WijkenEnBuurten)"


def test_a_next_link_to_another_host_is_refused(replay: Replay, make_client: MakeClient, make_service: MakeService):
    replay.serve("/cbs/T", {"value": rows(2), "odata.nextLink": "http://192.0.2.1/T"})
    service = make_service("odata", f"{replay.url}/cbs", {"t.json": "T"})

    with pytest.raises(SourceChanged, match="another host"):
        every(odata_rows(make_client(), service, "T", EDE))


def test_a_next_link_that_is_no_address_is_refused(replay: Replay, make_client: MakeClient, make_service: MakeService):
    replay.serve("/cbs/T", {"value": rows(2), "odata.nextLink": "http://[::1"})
    service = make_service("odata", f"{replay.url}/cbs", {"t.json": "T"})

    with pytest.raises(SourceChanged, match="no address"):
        every(odata_rows(make_client(), service, "T", EDE))


@pytest.mark.parametrize("number", [0, 1, 1000, 2345])
def test_socrata_is_read_until_a_page_is_empty(
    replay: Replay, make_client: MakeClient, make_service: MakeService, number: int
):
    address = serve_socrata(replay, "/rdw", rows(number))
    service = make_service("socrata", address, {"r.json": "abcd-1234"}, page_size=50_000)

    assert every(socrata_rows(make_client(), service, "abcd-1234", EDE)) == rows(number)
    assert {each.query["$order"] for each in replay.log} == {":id"}


def test_an_offset_that_is_ignored_is_noticed(replay: Replay, make_client: MakeClient, make_service: MakeService):
    replay.serve("/rdw/abcd-1234.json", rows(1000))
    service = make_service("socrata", f"{replay.url}/rdw", {"r.json": "abcd-1234"})

    with pytest.raises(SourceChanged, match="the same page twice"):
        every(socrata_rows(make_client(), service, "abcd-1234", EDE))


@pytest.mark.parametrize("number", [0, 1, 500, 1203])
def test_sru_gives_its_pages_as_they_are(
    replay: Replay, make_client: MakeClient, make_service: MakeService, number: int
):
    query = {"query": 'dt.creator=="{municipality}"'}
    address = serve_sru(replay, "/sru", rows(number))
    service = make_service("sru", address, {"v.json": ""}, query=query, page_size=500)

    pages = [blob.path.read_bytes() for blob in sru_pages(make_client(), service, EDE)]

    assert len(pages) == -(-number // 500)
    assert replay.log[0].query["query"] == 'dt.creator=="Ede"'
    assert [int(each.query["startRecord"]) for each in replay.log] == list(range(1, max(number, 1) + 1, 500))


def test_sru_names_may_carry_a_prefix_and_one_record_may_stand_alone(
    replay: Replay, make_client: MakeClient, make_service: MakeService
):
    answer = {"sru:numberOfRecords": 1, "sru:records": {"sru:record": {"recordData": {}}}}
    replay.serve("/sru", {"sru:searchRetrieveResponse": answer})
    service = make_service("sru", f"{replay.url}/sru", {"v.json": ""})

    assert len(list(sru_pages(make_client(), service, EDE))) == 1


def test_records_promised_and_not_given_are_missed(replay: Replay, make_client: MakeClient, make_service: MakeService):
    replay.routes["/sru"] = lambda asked: as_json(
        {"numberOfRecords": 12, "records": rows(10) if asked.query["startRecord"] == "1" else []}
    )
    service = make_service("sru", f"{replay.url}/sru", {"v.json": ""})

    with pytest.raises(SourceChanged, match="promises 12 records and stops after 10"):
        list(sru_pages(make_client(), service, EDE))


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("odata", {"d": []}, "Expected 'value'; found d"),
        ("odata", [], "Expected 'value'; found list"),
        ("odata", {"value": [1]}, "Expected 'value'"),
        ("odata", {"value": [{"other": 1}]}, "field 'id' in each row; found other"),
        ("socrata", {"error": True, "message": "x"}, "a list of rows; found error, message"),
        ("socrata", [{"other": 1}], "field 'id'"),
        ("sru", {"records": []}, "'numberOfRecords'; found records"),
        ("sru", ["a"], "'numberOfRecords'; found list"),
    ],
)
def test_a_changed_shape_is_refused_saying_what_was_expected_and_found(
    replay: Replay, make_client: MakeClient, make_service: MakeService, kind: str, content: Any, words: str
):
    for path in ("/s", "/s/t", "/s/t.json"):
        replay.serve(path, content)
    service = make_service(kind, f"{replay.url}/s", {"a.json": "t"}, fields=["id"])
    calls = {
        "odata": lambda: odata_rows(make_client(), service, "t", EDE),
        "socrata": lambda: socrata_rows(make_client(), service, "t", EDE),
        "sru": lambda: sru_pages(make_client(), service, EDE),
    }

    with pytest.raises(SourceChanged) as caught:
        list(calls[kind]())

    assert words in caught.value.message
