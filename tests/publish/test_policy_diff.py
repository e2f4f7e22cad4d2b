import re
from datetime import date

import pandas as pd
import pytest

from laadplan.contracts.planning import Candidates
from laadplan.contracts.sources import Buildings, RoadParts, Terrain
from laadplan.policy.diff import CHANGES, GAINED, LOST, OTHER_SCORE, SAME, SAME_OUT, changed_rules
from laadplan.publish import policy_diff
from laadplan.publish.policy_diff import write_policy_diff
from tests.frames import box, make, point, shuffled

GROUND = {
    "road_parts": make(RoadParts, {"weg": {"geometry": box(-20, -5, 60, 0)}}),
    "terrain": Terrain.empty(),
    "buildings": make(Buildings, {"pand": {"geometry": box(0, 10, 30, 20)}}),
}
PLACES = make(
    Candidates,
    {
        change: {"geometry": point(10 * place, 0), "bay_ids": "b1", "street": f"<b>{change}</b>", "house_number": "7"}
        for place, change in enumerate(CHANGES)
    },
)
CHANGED = pd.DataFrame(
    {"change": CHANGES, "score_before": 0.5, "score_after": 0.5, "because": ["boom, breed", "boom", "", "", ""]},
    index=pd.Index(CHANGES, name=Candidates.index_name()),
)
RULES = pd.DataFrame(
    {
        "criterion_id": ["boom", "boom"],
        "label": ["Bomen & struiken", "Bomen & struiken"],
        "kind_before": ["eis", "geen regel"],
        "kind_after": ["eis", "eis"],
        "norm_before": ["2,00 m", "2,00 m"],
        "norm_after": ["3,00 m", "3,00 m"],
        "verdict_before": ["voldoet", "geen regel"],
        "verdict_after": ["voldoet niet", "voldoet"],
        "candidates": [1200, 3],
    }
)


@pytest.fixture
def write(tmp_path):
    """Function from candidates, changes and rules to the text of the page."""

    def put(candidates=PLACES, changed=CHANGED, rules=RULES):
        write_policy_diff(
            tmp_path / "page.html",
            candidates=candidates,
            changed=changed,
            rules=rules,
            labels={"boom": "Bomen & struiken", "breed": "Breed genoeg"},
            ground=GROUND,
            names=("nu.yaml", "straks.yaml"),
            title="Vergelijking",
            sources="BGT (2025)",
            today=date(2027, 1, 1),
        )
        return (tmp_path / "page.html").read_text(encoding="utf-8")

    return put


def test_every_place_stands_on_the_map_with_the_sign_of_what_becomes_of_it(write):
    page = write()

    for change in (LOST, GAINED, OTHER_SCORE, SAME, SAME_OUT):
        assert page.count(f'<use href="#{change.replace(" ", "-")}"') == 1
        assert page.count(f'<g id="{change.replace(" ", "-")}"') == 1


def test_a_place_is_drawn_where_it_lies(write):
    """Ten metres between neighbours, all on one height, and y down the page."""
    spots = re.findall(r'<use href="#[a-z-]+" x="([\d.]+)" y="([\d.]+)"', write())

    assert len({y for _, y in spots}) == 1
    assert sorted(float(x) for x, _ in spots) == pytest.approx(
        [policy_diff.MARGIN_M + 10 * place for place in range(5)], abs=0.11
    )


def test_signs_differ_in_shape_and_not_in_colour_alone():
    shapes = [tuple(path for path, *_ in policy_diff.SIGNS[change]) for change in CHANGES]

    assert len(set(shapes)) == len(CHANGES)


def test_what_a_source_says_is_text_and_never_markup(write):
    page = write()

    assert "<b>" not in page
    assert "&lt;b&gt;vervalt&lt;/b&gt;, bij nummer 7" in page
    assert "Bomen &amp; struiken; Breed genoeg" in page


def test_a_rule_stands_once_beside_its_changes(write):
    page = write()

    assert page.count('<th scope="rowgroup" rowspan="2">Bomen &amp; struiken</th>') == 1
    assert "voldoet (eis) → voldoet niet (eis)" in page
    assert "geen regel → voldoet (eis)" in page
    assert "2,00 m → 3,00 m" in page
    assert '<td class="getal">1.200</td>' in page


def test_the_page_asks_nothing_of_a_network(write):
    assert re.findall(r'(?:src|href)="(?!#)[^"]+"|https?://', write()) == []


def test_the_order_of_rows_does_not_matter(write):
    assert write(shuffled(PLACES), shuffled(CHANGED)) == write()


def test_places_at_one_address_with_one_reason_stand_on_one_line(write):
    places = PLACES.assign(street="Dorpsstraat")

    page = write(places, CHANGED.assign(change=LOST, because="boom"))

    assert page.count('class="plek"') == 1
    assert '<td>Bomen &amp; struiken</td><td class="getal">5</td>' in page


def test_a_long_list_says_how_many_are_left(write, monkeypatch):
    monkeypatch.setattr(policy_diff, "LISTED", 1)

    assert "Nog 1 regel: zie policy-diff.csv." in write()


def test_without_places_and_changes_the_page_says_so(write):
    nothing = CHANGED.iloc[:0]

    page = write(Candidates.empty(), nothing, changed_rules(pd.DataFrame()))

    assert "Geen plek vervalt en geen plek komt erbij." in page
    assert "Geen enkele regel geeft een ander oordeel." in page


def test_a_place_of_which_an_eis_became_unknown_is_not_said_to_meet_it(write):
    doubtful = RULES.assign(kind_after="eis", verdict_after="onbekend")

    assert "moeten eerst worden bekeken (schouw)" in write(rules=doubtful)
    assert "moeten eerst worden bekeken (schouw)" not in write()
    assert "voldoet nu wel" not in write()
