"""Below a message that came by mail: whom it went to, who was in copy, and the way to let them follow."""

from __future__ import annotations

import pytest

from novantic_core.testing import BUILT_IN
from novantic_core.testing.desk import CLAIRE
from novantic_core.testing.tables import Ticket

PLUGINS = list(dict.fromkeys([*BUILT_IN, "mail_intake"]))
MARC, ZOE = "marc@petit.example.com", "zoe@ailleurs.example"


def setting(**values):
    return pytest.mark.novantic(
        plugins=PLUGINS, settings={f"novantic.mail_intake.{name}": value for name, value in values.items()}
    )


@pytest.fixture
def opened(novantic_app, receive, row):
    """A ticket that a mail of Claire's opened, with Marc and Zoé in copy: its number, and the mail's id."""

    def make(cc=f"Marc Petit <{MARC}>, {ZOE}", **given):
        key = receive(sender=CLAIRE, name="Claire Lefèvre", headers={"Cc": cc, **given.pop("headers", {})}, **given)
        with novantic_app.transaction() as session:
            return session.get_one(Ticket, row(key).ticket_id).number, key

    return make


def lines(page):
    """What is said of each in copy, without the words of buttons."""
    for button in page.html.select(".copied button"):
        button.extract()
    return [" ".join(one.text.split()) for one in page.html.select(".copied li")]


def press(page, text):
    form = next(form for form in page.forms.values() if form.action.endswith("/copied"))
    button = next(one for one in page.html.select(".copied button") if text in one.text)
    return form.submit("copy", value=button["value"], status=303).follow()


def buttons(page):
    return [" ".join(one.text.split()) for one in page.html.select(".copied button")]


def test_all_are_shown_and_each_can_be_made_a_follower(hugo, opened, small_desk):
    number, _key = opened()
    page = hugo.get(f"/admin/tickets/{number}")
    assert [one.text for one in page.html.select(".copied strong")] == ["Written to", "In copy"]
    assert buttons(page) == [
        "Make them a follower Marc Petit", "Make them a follower zoe@ailleurs.example", "Make all 2 followers",
    ]  # fmt: skip
    assert (
        "Who isn't of the client's organisation doesn't follow by themselves." in page.html.select_one(".copied").text
    )
    done = press(page, "Marc Petit")
    assert "Marc Petit follows this ticket." in done.html.select_one(".done").text
    assert small_desk.followers(number) == [MARC]
    assert buttons(done) == ["Make them a follower zoe@ailleurs.example"]
    assert lines(done) == [
        "Support support@novantic.example", f"Marc Petit {MARC} follows the ticket", ZOE,
    ]  # fmt: skip


def test_all_at_once_in_their_language(hugo, opened, small_desk, mailbox):
    number, _key = opened()
    done = press(hugo.get(f"/admin/tickets/{number}"), "Make all")
    assert f"Marc Petit, {ZOE} now follow this ticket." in done.html.select_one(".done").text
    assert small_desk.followers(number) == [MARC, ZOE]
    assert buttons(done) == []
    assert "organisation" not in done.html.select_one(".copied").text
    (mail,) = mailbox.to(MARC)
    assert "Hugo, de notre support, vous a associé" in mailbox.text(mail)


def test_who_presses_second_is_told(hugo, opened, small_desk):
    number, _key = opened()
    page = hugo.get(f"/admin/tickets/{number}")
    small_desk.follow(number, MARC)
    assert "Nothing was done" in press(page, "Marc Petit").html.select_one(".done").text


def test_what_does_not_fit_is_said(hugo, opened, small_desk):
    number, _key = opened()
    page = hugo.get(f"/admin/tickets/{number}")
    for turn in range(19):
        small_desk.follow(number, f"p{turn}@petit.example.com")
    done = press(page, "Make all")
    told = " ".join(one.text for one in done.html.select(".done"))
    assert "Marc Petit follows this ticket." in told
    assert f"{ZOE} was not added: A ticket has at most 20 followers." in told


def test_a_mail_of_no_such_ticket_is_nobodys(hugo, opened, small_desk):
    number, key = opened()
    other = small_desk.open(CLAIRE)
    page = hugo.get(f"/admin/tickets/{number}")
    form = next(form for form in page.forms.values() if form.action.endswith("/copied"))
    token = form["csrf_token"].value
    told = hugo.post(f"/admin/tickets/{other}/copied", {"csrf_token": token, "mail": key, "copy": "all"}, status=303)
    assert "Nothing was done" in told.follow().html.select_one(".done").text
    assert small_desk.followers(other) == []
    for bad in ("", "x", "²", "9" * 10):
        hugo.post(f"/admin/tickets/{number}/copied", {"csrf_token": token, "mail": bad, "copy": "all"}, status=400)
    hugo.post("/admin/tickets/1/copied", {"csrf_token": token, "mail": key, "copy": "all"}, status=404)
    hugo.post(f"/admin/tickets/{number}/copied", {"mail": key, "copy": "all"}, status=400)


def test_who_may_not_see_the_ticket_lets_nobody_follow(hugo, opened, small_desk, board):
    number, _key = opened()
    page = hugo.get(f"/admin/tickets/{number}")
    small_desk.change(number, team=board)
    form = next(form for form in page.forms.values() if form.action.endswith("/copied"))
    form.submit("copy", value="all", status=404)
    assert small_desk.followers(number) == []


@setting(copies="off")
def test_where_it_is_off_they_are_only_shown(hugo, opened):
    number, key = opened()
    page = hugo.get(f"/admin/tickets/{number}")
    assert buttons(page) == []
    assert len(lines(page)) == 3
    form = next(form for form in page.forms.values() if form.action.endswith("/copied"))
    form["mail"] = str(key)
    assert "Nothing was done" in form.submit("copy", value="all", status=303).follow()


def test_many_are_folded(hugo, opened):
    number, _key = opened(cc=", ".join(f"p{turn}@petit.example.com" for turn in range(60)))
    page = hugo.get(f"/admin/tickets/{number}")
    assert page.html.select_one(".copied summary").text == "and 43 others"
    said = " ".join(page.html.select_one(".copied").text.split())
    assert "And 11 more: the original mail has them all." in said
    assert "Too many people were in copy for them to follow by themselves." in said


def test_what_came_by_the_form_says_nothing_of_it(hugo, small_desk, statements):
    number = small_desk.open(CLAIRE)
    assert hugo.get(f"/admin/tickets/{number}").html.select(".copied") == []


def test_a_page_costs_as_much_for_many_mails_as_for_one(hugo, opened, receive, statements):
    number, _key = opened()
    page = f"/admin/tickets/{number}"
    hugo.get(page)
    with statements() as one:
        hugo.get(page)
    for turn in range(3):
        receive(sender=CLAIRE, subject=f"Re: [#{number}]", body=f"Encore {turn}\n", message_id=f"m{turn}@x.example",
                headers={"Cc": f"c{turn}@petit.example.com"})  # fmt: skip
    with statements() as more:
        hugo.get(page)
    assert len(more) == len(one)


def test_an_answer_of_somebody_in_copy_is_held_shown_and_added(hugo, opened, receive, row, small_desk):
    number, _key = opened()
    key = receive(sender=MARC, name="Marc Petit", subject=f"Re: [#{number}]", message_id="marc@petit.example.com",
                  body="Chez moi aussi.\n")  # fmt: skip
    assert row(key).state == "held"
    page = hugo.get(f"/admin/tickets/{number}")
    card = page.html.select_one("section[aria-labelledby=held-mail-title]")
    assert "was in copy" in card.text
    held = hugo.get(f"/admin/mail/{key}")
    assert "its sender was in copy of a mail on this ticket, but doesn't follow it" in held
    done = press(page, "Marc Petit")
    told = " ".join(one.text for one in done.html.select(".done"))
    assert "A mail of Marc Petit was held: decide whether it is to be added to the ticket." in told
    held = hugo.get(f"/admin/mail/{key}")
    assert "Its sender follows the ticket by now" in held
    assert held.html.select("input[name=follow]") == []
    form = next(form for form in held.forms.values() if form.action.endswith("/decision"))
    form.submit("decision", value="accept", status=303)
    assert small_desk.said(number)[-1] == "Chez moi aussi."
    assert "Mail of somebody else" not in hugo.get(f"/admin/tickets/{number}")


def test_in_french(hugo, opened):
    number, _key = opened()
    hugo.set_cookie("lang", "fr")
    page = hugo.get(f"/admin/tickets/{number}")
    assert [one.text for one in page.html.select(".copied strong")] == ["Adressé à", "En copie"]
    assert buttons(page)[0] == "Abonner au ticket Marc Petit"


def test_a_list_is_made_a_follower_by_itself_only(hugo, opened, small_desk):
    number, _key = opened(cc=f"{MARC}, {ZOE}, tous@petit.example.com, no-reply@petit.example.com")
    page = hugo.get(f"/admin/tickets/{number}")
    assert len(buttons(page)) == 4
    done = press(page, "Make all 2 followers")
    assert small_desk.followers(number) == [MARC, ZOE]
    press(done, "tous@petit.example.com")
    assert small_desk.followers(number) == [MARC, ZOE, "tous@petit.example.com"]


def test_more_than_one_looks_at_are_made_followers_one_by_one(hugo, opened):
    number, _key = opened(cc=", ".join(f"p{turn}@petit.example.com" for turn in range(11)))
    assert len(buttons(hugo.get(f"/admin/tickets/{number}"))) == 11


@setting(copies="ask")
def test_where_nobody_follows_by_themselves_it_isnt_said_why(hugo, opened):
    number, _key = opened(cc=f"{MARC}, tous@petit.example.com")
    page = hugo.get(f"/admin/tickets/{number}")
    assert len(buttons(page)) == 2
    assert "by itself" not in page.html.select_one(".copied").text
