"""Merging as a technician does it: choose, look, do it, undo it."""

from __future__ import annotations

import pytest

from novantic_core.testing.desk import CLAIRE, MARC


@pytest.fixture
def pair(small_desk):
    return small_desk.open(MARC, subject="Plus de réseau"), small_desk.open(CLAIRE, subject="Internet coupé")


def text(page):
    return " ".join(page.html.find("main").text.split())


def test_open_tickets_of_the_same_client_are_offered(back_office, small_desk):
    one = small_desk.open(subject="La mienne")
    small_desk.open(subject="Aussi la mienne")
    small_desk.change(small_desk.open(subject="Fermée"), status="closed")
    small_desk.open(MARC, subject="De quelqu’un d’autre")
    page = back_office.get(f"/admin/tickets/{one}/merge")
    assert [row.find("a").text for row in page.html.find("tbody").find_all("tr")] == ["Aussi la mienne"]


def test_those_of_the_same_organisation_come_after(back_office, small_desk, novantic_app):
    from datetime import UTC, datetime

    from novantic_core.models import Organisation

    one, other, own = small_desk.open(CLAIRE), small_desk.open(MARC), small_desk.open(CLAIRE)
    with novantic_app.transaction() as session:
        row = Organisation(name="Petit", name_key="petit", created_at=datetime.now(UTC))
        session.add(row)
        session.flush()
        key = row.id
    for number in (one, other):
        small_desk.change(number, organisation_id=key)
    rows = back_office.get(f"/admin/tickets/{one}/merge").html.find("tbody").find_all("tr")
    assert [row.find(class_="num").text for row in rows] == [f"#{own}", f"#{other}"]


def test_the_page_says_what_will_happen_and_does_nothing(back_office, small_desk, pair):
    one, other = pair
    page = back_office.get(f"/admin/tickets/{one}/merge", {"into": f"#{other}"})
    assert f"Fusionner le ticket #{one} dans le #{other}" in text(page)
    assert MARC in page.html.find(class_="shared").text
    assert CLAIRE in page.html.find(class_="shared").text
    assert small_desk.look(one).merged_into_id is None


def test_of_one_person_nobody_else_reads(back_office, small_desk):
    one, other = small_desk.open(), small_desk.open()
    assert not back_office.get(f"/admin/tickets/{one}/merge?into={other}").html.find(class_="shared")


def test_then_it_is_done(back_office, small_desk, pair):
    one, other = pair
    page = back_office.get(f"/admin/tickets/{one}/merge?into={other}")
    answer = page.forms[page.html.find("form", class_="acts")["action"] and 2].submit(status=303)
    assert answer.location.endswith(f"/admin/tickets/{other}")
    assert small_desk.look(one).merged_into_id == small_desk.look(other).id


@pytest.mark.parametrize("into", ["", "999999", "nonsense"])
def test_a_number_that_is_none_gets_its_sentence(press, pair, into):
    page = press(f"/admin/tickets/{pair[0]}/merge", status=422, into=into)
    assert page.html.find(id="into-error").text
    assert page.html.find(id="into")["value"] == into


def test_into_itself_gets_its_sentence_before_anything_is_posted(back_office, pair):
    page = back_office.get(f"/admin/tickets/{pair[0]}/merge?into={pair[0]}", status=422)
    assert page.html.find(id="into-error").text


def test_a_ticket_that_one_may_not_see_is_none(hugo, press, pair, hide, small_desk):
    one, other = pair
    hide(other)
    press(f"/admin/tickets/{one}/merge", status=422, client=hugo, into=other)
    hugo.get(f"/admin/tickets/{other}/merge?into={one}", status=404)
    small_desk.merge(one, other)
    press(f"/admin/tickets/{one}/unmerge", status=404, client=hugo)


def test_what_a_private_team_wrote_is_not_shown_to_all_unawares(back_office, pair, hide):
    hide(pair[0])
    assert "RH" in text(back_office.get(f"/admin/tickets/{pair[0]}/merge?into={pair[1]}"))


def test_undone(press, small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    answer = press(f"/admin/tickets/{one}/unmerge")
    assert answer.location.endswith(f"/admin/tickets/{one}")
    assert small_desk.look(one).merged_into_id is None
    # twice is harmless
    press(f"/admin/tickets/{one}/unmerge")


def test_a_get_undoes_nothing(back_office, small_desk, pair):
    small_desk.merge(*pair)
    back_office.get(f"/admin/tickets/{pair[0]}/unmerge", status=303)
    assert small_desk.look(pair[0]).merged_into_id is not None


def test_the_merged_ones_address_leads_to_the_other_with_a_sentence(back_office, small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    answer = back_office.get(f"/admin/tickets/{one}/merge", status=303)
    assert answer.location.endswith(f"/admin/tickets/{other}")
    assert one in back_office.get("/admin").html.find(class_="done").text


def test_nothing_more_is_done_to_the_merged_one(press, small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    page = press(f"/admin/tickets/{one}/follow", status=409)
    assert f"#{other}" in text(page)
    assert small_desk.followers(one) == []
