"""The list of the mails that came in: what waits for a technician first, by filters, page by page."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from novantic_mail_intake.desk.find import PAGE
from novantic_mail_intake.models import STATES, IncomingMail

PATH = "/admin/mail"


def subjects(page):
    return [cell.find("a").text for cell in page.html.select(".rows tbody th")]


def states(page):
    return [cell.text for cell in page.html.select(".rows .tag")]


def chips(page):
    return {item.find("a").text.replace("\xa0", " "): item.find("a")["href"] for item in page.html.select(".chips li")}


@pytest.fixture
def many(novantic_app):
    """``many(120, state="kept")``: so many mails."""

    def add(count, state="kept", **values):
        with novantic_app.desk() as desk:
            given = {
                "mailbox": "default", "source": "imap", "size": 1, "envelope_to": "", "received_at": desk.now,
                "state": state, "fault": "", "tries": 1, "next_try_at": desk.now, "message_id": "",
                "sender": "a@b.example", "sender_name": "", "decided_by": "", **values,
            }  # fmt: skip
            rows = [{**given, "key": f"{state} {number}", "subject": f"{state} {number}"} for number in range(count)]
            desk.session.execute(insert(IncomingMail), rows)

    return add


def test_nothing_waits(back_office):
    page = back_office.get(PATH)
    assert "No mail waits for a decision." in page.html.find(class_="empty").text
    assert "There is none." in page.click("All that came in").html.find(class_="empty").text


def test_what_waits_comes_first_with_how_much_it_is(back_office, many):
    for state in STATES:
        many(2, state)
    page = back_office.get(PATH)
    assert list(chips(page)) == [
        "To decide 6", "Held 2", "Set aside 2", "Stopped by the brake 2", "Automatic", "Came back", "In a ticket",
        "Duplicate", "Discarded", "Not read yet", "All",
    ]  # fmt: skip
    assert states(page) == ["Stopped by the brake"] * 2 + ["Set aside"] * 2 + ["Held"] * 2
    assert page.html.select(".chips [aria-current]")[0].text.startswith("To decide")
    assert states(page.click("Discarded")) == ["Discarded"] * 2
    assert len(states(page.click("^All$"))) == 2 * len(STATES)
    entry = next(link for link in page.html.select(".side a") if link["href"] == PATH)
    assert (entry.find(class_="count").text, entry["aria-current"]) == ("6", "page")


def test_where_nothing_waits_the_menu_counts_nothing(back_office, many):
    many(1, "kept")
    entry = next(link for link in back_office.get("/admin/tickets").html.select(".side a") if link["href"] == PATH)
    assert entry.find(class_="count") is None


def test_by_sender_by_mailbox_and_by_ticket(back_office, many, held, small_desk, receive):
    many(1, "kept", mailbox="office", sender="Marc@Petit.example", sender_name="Marc Petit")
    page = back_office.get(f"{PATH}?state=all")
    # of no mailbox by name there is none to choose
    assert page.html.find(id="mailbox") is None
    form = next(form for form in page.forms.values() if "sender" in form.fields)
    form["sender"] = "petit.ex"
    assert subjects(form.submit()) == ["kept 0"]
    assert subjects(back_office.get(f"{PATH}?state=all&sender=marc+p")) == ["kept 0"]
    assert subjects(back_office.get(f"{PATH}?state=all&sender=100%25")) == []
    assert subjects(back_office.get(f"{PATH}?state=all&mailbox=office")) == ["kept 0"]
    found = back_office.get(f"{PATH}?state=all&mailbox=nowhere")
    assert "No mail is like this." in found
    assert len(subjects(found.click("Clear"))) == 2
    _key, number = held
    assert subjects(back_office.get(f"{PATH}?state=all&ticket=%23{number}")) == [f"Re: Panne [#{number}]"]
    assert subjects(back_office.get(f"{PATH}?ticket=1")) == []
    # and of what was merged into it
    other = small_desk.open()
    small_desk.merge(number, other)
    page = back_office.get(f"{PATH}?ticket={other}")
    assert subjects(page) == [f"Re: Panne [#{number}]"]
    assert page.html.select(".rows .num")[0].text == f"#{number}"


def test_nonsense_in_the_address_is_none_in_the_list(back_office, many):
    many(1, "held")
    assert subjects(back_office.get(f"{PATH}?state=no&before=xyz&sender=%00")) == ["held 0"]


def test_page_by_page(back_office, many):
    many(2 * PAGE + 3)
    page = back_office.get(f"{PATH}?state=kept")
    assert subjects(page)[0] == f"kept {2 * PAGE + 2}"
    seen = subjects(page)
    while page.html.find("a", string="Older"):
        page = page.click("Older")
        seen += subjects(page)
    assert seen == [f"kept {number}" for number in reversed(range(2 * PAGE + 3))]
    assert subjects(page.click("Newest"))[0] == seen[0]


def test_so_many_statements_however_many_mails(back_office, many, statements, held):
    def asked(path):
        back_office.get(path)
        with statements() as sent:
            back_office.get(path)
        return len(sent)

    before = {path: asked(path) for path in (PATH, f"{PATH}?state=all", "/admin")}
    many(PAGE - 5, "held", ticket_id=1)
    many(PAGE, "faulty", ticket_id=1)
    assert {path: asked(path) for path in before} == before


def test_of_a_private_team_nothing_is_told(hugo, back_office, held, board, small_desk, receive, many):
    key, number = held
    many(1, "faulty")
    assert len(subjects(hugo.get(PATH))) == 2
    receive(work=False, message_id="two")
    small_desk.change(number, team=board)
    page = hugo.get(f"{PATH}?state=all")
    assert subjects(page) == ["faulty 0"]
    assert "To decide 1" in chips(page)
    assert subjects(hugo.get(f"{PATH}?ticket={number}")) == []
    for path in (f"{PATH}/{key}", f"{PATH}/{key}/original", f"{PATH}/{key}/files/0"):
        hugo.get(path, status=404)
    assert len(subjects(back_office.get(f"{PATH}?state=all"))) == 3


@pytest.mark.novantic(
    settings={"novantic.mail_intake.mailbox.board.address": "board@novantic.example",
              "novantic.mail_intake.mailbox.board.team": "board",
              "novantic.mail_intake.mailbox.support.address": "support@novantic.example"}
)  # fmt: skip
def test_what_came_into_a_private_teams_mailbox_is_its_own(hugo, back_office, board, many):
    many(1, "faulty", mailbox="board")
    many(1, "braked", mailbox="support")
    assert subjects(hugo.get(PATH)) == ["braked 0"]
    page = back_office.get(PATH)
    assert subjects(page) == ["braked 0", "faulty 0"]
    assert [option.text for option in page.html.find(id="mailbox").select("option")] == ["Any", "board", "support"]
