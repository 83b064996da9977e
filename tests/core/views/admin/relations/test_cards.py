"""What stands about others on a ticket's page."""

from __future__ import annotations

import pytest

from novantic_core.plugin import Actor
from novantic_core.testing.desk import CLAIRE, MARC


@pytest.fixture
def page(back_office):
    def read(number, client=None):
        return (client or back_office).get(f"/admin/tickets/{number}")

    return read


def words(part):
    return " ".join(part.text.split())


def test_linked_tickets_by_subject_and_status(page, press, small_desk):
    one, other = small_desk.open(), small_desk.open(subject="Toner commandé")
    small_desk.change(other, status="waiting")
    press(f"/admin/tickets/{one}/links", other=other)
    card = page(one).html.find(id="related")
    assert f"Toner commandé #{other} · En attente du client" in words(card)
    assert card.find("a")["href"] == f"/admin/tickets/{other}"


def test_a_button_removes_the_link(page, press, small_desk):
    one, other = small_desk.open(), small_desk.open(subject="Toner commandé")
    press(f"/admin/tickets/{one}/links", other=other)
    found = page(one)
    form = next(form for form in found.forms.values() if form.action.endswith(f"/links/{other}/remove"))
    assert "Toner commandé" not in form.submit(status=303).follow().html.find(id="related").text


def test_one_that_may_not_be_seen_is_not_shown(page, press, hugo, hide, small_desk):
    one, other, third = small_desk.open(), small_desk.open(subject="Salaires"), small_desk.open(subject="Licenciement")
    press(f"/admin/tickets/{one}/links", other=other)
    small_desk.merge(third, one)
    hide(other)
    hide(third)
    card = page(one, hugo).html.find(id="related")
    assert "Salaires" not in card.text
    assert other not in card.text
    assert "Licenciement" not in card.text
    assert f"#{third}" in card.text
    assert not card.find("form", action=f"/admin/tickets/{third}/unmerge")


def test_a_merged_ticket_can_be_taken_out_again(page, small_desk):
    one, other = small_desk.open(MARC, subject="Pareil"), small_desk.open()
    small_desk.merge(one, other)
    found = page(other)
    assert f"Pareil #{one} · Marc Petit" in words(found.html.find(id="related"))
    form = next(form for form in found.forms.values() if form.action.endswith(f"/{one}/unmerge"))
    form.submit(status=303)
    assert small_desk.look(one).merged_into_id is None


def test_a_message_says_from_where_it_came(page, small_desk):
    one, other = small_desk.open(message="<p>un</p>"), small_desk.open(message="<p>deux</p>")
    small_desk.merge(one, other)
    heads = [words(article.find("header")) for article in page(other).html.find_all("article")]
    assert f"#{one}" in heads[0]
    assert "#" not in heads[1]


def test_what_came_along_still_says_whom_it_was_told(page, small_desk, mailbox):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.say(one, "Bonjour Marc")
    assert mailbox.to(MARC)
    small_desk.merge(one, other)
    (article,) = [one for one in page(other).html.find_all("article") if "Bonjour Marc" in one.text]
    assert "Marc Petit" in article.find(class_="told").text


def test_a_ticket_is_made_of_a_clients_words_only(page, small_desk):
    number = small_desk.open()
    small_desk.say(number, "Bonjour")
    first, second = page(number).html.find_all("article")
    assert first.find("a", href=lambda href: href.endswith("/split"))
    assert not second.find("a", href=lambda href: href.endswith("/split"))


def test_the_trail_says_it_in_words(page, back_office, small_desk):
    number = small_desk.open(category="printer")
    small_desk.say(number, "Et Internet ?", Actor("requester", "Claire Lefèvre", CLAIRE))
    link = page(number).html.find_all("article")[-1].find("a", href=lambda href: href.endswith("/split"))
    new = back_office.get(link["href"]).forms["split"].submit(status=303).follow()
    made = new.request.path.rsplit("/", 1)[-1]
    assert f"Créé à partir d’un message du ticket #{number}" in words(new.html.find(class_="trail"))
    assert f"Ticket #{made} créé à partir d’un message de celui-ci" in words(page(number).html.find(class_="trail"))


def test_followers_and_oneself(page, press, small_desk):
    number = small_desk.open()
    assert "Aucun" in page(number).html.find(id="followers").text
    small_desk.follow(number, MARC, "Marc Petit")
    press(f"/admin/tickets/{number}/follow")
    found = page(number)
    card = found.html.find(id="followers")
    assert f"Marc Petit {MARC}" in words(card)
    assert "Ada technicien" in words(card)
    assert not card.find("form", action=f"/admin/tickets/{number}/follow")
    form = next(form for form in found.forms.values() if "/followers/" in form.action)
    form.submit(status=303)
    assert small_desk.followers(number) == ["admin@novantic.example"]


def test_with_as_many_as_may_be_there_is_no_button(page, small_desk):
    number = small_desk.open()
    for n in range(20):
        small_desk.follow(number, f"a{n}@x.example.com")
    card = page(number).html.find(id="followers")
    assert not card.find("a", href=f"/admin/tickets/{number}/followers")


def test_whoever_replies_knows_who_else_reads_it(page, small_desk):
    number = small_desk.open()
    assert "lu aussi" not in page(number).html.find(id="sheet-reply").text
    small_desk.follow(number, MARC, "Marc Petit")
    found = page(number).html
    assert "lu aussi par Marc Petit" in words(found.find(id="sheet-reply"))
    assert "lu aussi" not in found.find(id="sheet-note").text
