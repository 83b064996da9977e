"""The way in beyond the password: the second step, a forgotten password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery, PasswordRequest, PersonalLink, Technician, TechnicianSession
from novantic_core.testing import PASSWORD

HUGO = "hugo@novantic.example"


@pytest.fixture(autouse=True)
def hugo(novantic_app):
    return novantic_app.add_technician(HUGO)


def give(page, code):
    page.forms["code"]["code"] = code
    return page.forms["code"].submit(status="*")


# ------------------------------------------------------------------ the second step


def test_after_the_password_comes_the_code(enter, protect, code):
    protect(HUGO)
    client = enter(HUGO)
    answer = give(client.answer.follow(), code())
    assert answer.status_int == 303
    assert "Hugo" in answer.follow()


def test_between_the_steps_nothing_is_open(enter, protect):
    protect(HUGO)
    client = enter(HUGO)
    assert "/admin/login?" in client.get("/admin/account", status=303).location
    client.post("/admin/logout", status=400)


def test_it_leads_to_where_one_wanted_to_go(browser, protect, code):
    protect(HUGO)
    client = browser()
    form = client.get("/admin/account").follow().forms["sign-in"]
    form["login"], form["password"] = HUGO, PASSWORD
    assert give(form.submit().follow(), code()).location.endswith("/admin/account")


def test_a_code_is_not_good_in_two_browsers(enter, protect, code):
    protect(HUGO)
    shown = code()
    give(enter(HUGO).answer.follow(), shown)
    page = give(enter(HUGO).answer.follow(), shown)
    assert page.status_int == 422
    assert "used already" in page.html.find(id="code-code-error").text


def test_the_cookie_of_the_first_step_is_worth_nothing_after_the_second(enter, protect, code, browser):
    protect(HUGO)
    client = enter(HUGO)
    earlier = client.cookies["technician"]
    give(client.answer.follow(), code())
    assert client.cookies["technician"] != earlier
    thief = browser()
    thief.set_cookie("technician", earlier)
    thief.get("/admin/account", status=303)


def test_a_recovery_code_stands_in_once(enter, protect, actions):
    codes = protect(HUGO)
    page = enter(HUGO).answer.follow().click("Use a recovery code")
    assert "9 of them are left" in give(page, codes[0]).follow()
    assert actions() == ["recovery_code_used"]
    page = enter(HUGO).answer.follow().click("Use a recovery code")
    assert "none of your recovery codes" in give(page, codes[0]).html.find(id="errors").text


def test_the_first_step_holds_ten_minutes(enter, protect, code, novantic_app):
    protect(HUGO)
    client = enter(HUGO)
    page = client.answer.follow()
    with novantic_app.transaction() as session:
        row = session.scalars(select(TechnicianSession)).one()
        assert row.expires_at - row.created_at == timedelta(minutes=10)
        row.expires_at = datetime.now(UTC)
    assert give(page, code()).location.endswith("/admin/login")
    assert client.get("/admin/login/code").location.endswith("/admin/login")


@pytest.mark.novantic(settings={"novantic.limit_login": "3 per hour"})
def test_who_guesses_codes_is_stopped_and_the_owner_is_not(enter, protect, code, browser):
    protect(HUGO)
    page = enter(HUGO).answer.follow()
    for _number in range(3):
        assert give(page, "000000").status_int == 422
    assert give(page, code()).status_int == 429
    elsewhere = browser()
    elsewhere.extra_environ["REMOTE_ADDR"] = "198.51.100.7"
    assert give(enter(HUGO, client=elsewhere).answer.follow(), code()).status_int == 303


def test_a_browser_takes_the_language_of_the_account(novantic_app, enter):
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(locale="en"))
    client = enter(HUGO, client=novantic_app.client())
    assert client.cookies["lang"] == "en"
    # what somebody chose in this browser before stays
    chose = novantic_app.client()
    chose.set_cookie("lang", "fr")
    enter(HUGO, client=chose)
    assert "Votre compte" in chose.get("/admin/account")


# ------------------------------------------------------------------ a forgotten password


def ask(client, address):
    form = client.get("/admin/login").click("Forgotten your password").forms["forgotten"]
    form["login"] = address
    return form.submit(status="*")


def test_a_link_lets_its_owner_choose_another_password(browser, link, choose, enter, actions):
    signed_in = enter(HUGO)
    assert "on its way" in ask(browser(), HUGO)
    client = browser()
    path = link(HUGO)
    assert "Hugo" in choose(client, path).follow()
    assert actions() == ["password_reset"]
    # every other session is over, and the old password too
    signed_in.get("/admin/account", status=303)
    assert enter(HUGO).answer.status_int == 422
    assert enter(HUGO, "quite another one").answer.status_int == 303


def test_the_answer_is_the_same_whatever_is_typed(browser, mailbox, statements):
    with statements() as known:
        right = ask(browser(), HUGO)
    with statements() as unknown:
        wrong = ask(browser(), "nobody@novantic.example")
    assert right.html.main.text == wrong.html.main.text
    assert known == unknown
    assert [str(mail["To"]) for mail in mailbox.messages] == ["Hugo <hugo@novantic.example>"]


def test_looking_at_a_link_does_not_use_it_up_and_using_it_does(browser, link, choose):
    ask(browser(), HUGO)
    path = link(HUGO)
    browser().get(path, status=200)
    browser().get(path, status=200)
    choose(browser(), path)
    page = browser().get(path, status=410)
    assert "no longer works" in page
    browser().post(path, status=410)


def test_what_is_wrong_is_said_and_the_link_stays_good(browser, link, choose):
    ask(browser(), HUGO)
    path, client = link(HUGO), browser()
    assert "12 to 1,024" in choose(client, path, "short").html.find(id="new-password-password-error").text
    assert "differ" in choose(client, path, again="something else").html.find(id="new-password-again-error").text
    assert choose(client, path).status_int == 303


def test_a_link_does_not_go_round_the_second_factor(browser, link, choose, protect, code):
    protect(HUGO)
    ask(browser(), HUGO)
    client = browser()
    answer = choose(client, link(HUGO))
    client.get("/admin/account", status=303)
    assert give(answer.follow(), code()).status_int == 303


def test_a_link_is_good_for_an_hour_and_only_its_hash_is_kept(browser, link, novantic_app):
    ask(browser(), HUGO)
    path = link(HUGO)
    with novantic_app.transaction() as session:
        row = session.scalars(select(PersonalLink)).one()
        assert row.expires_at - row.created_at == timedelta(hours=1)
        assert row.token_hash not in path
        assert path.rpartition("/")[2] not in str(session.scalars(select(Delivery.data)).all())
        row.expires_at = datetime.now(UTC)
    browser().get(path, status=410)


def test_who_left_gets_no_link_and_one_under_way_is_not_sent(browser, mailbox, novantic_app, count):
    ask(browser(), HUGO)
    worker = Worker(novantic_app.site)
    worker._answer_requests()
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(active=False))
    assert mailbox.messages == []
    with novantic_app.site.database.session(write=False) as session:
        delivery = session.scalars(select(Delivery)).one()
    assert (delivery.state, "switched off" in delivery.last_error) == ("failed", True)
    ask(browser(), HUGO)
    assert mailbox.messages == []
    assert (count(Delivery), count(PasswordRequest), count(PersonalLink)) == (1, 0, 0)


def test_nobody_can_fill_a_mailbox(browser, mailbox):
    for number in range(3):
        client = browser()
        client.extra_environ["REMOTE_ADDR"] = f"198.51.100.{number}"
        ask(client, HUGO)
        assert len(mailbox.messages) == 1


@pytest.mark.novantic(settings={"novantic.limit_login": "2 per hour"})
def test_who_asks_without_end_is_stopped(browser):
    client = browser()
    for _number in range(2):
        ask(client, HUGO)
    assert ask(client, HUGO).status_int == 429


def test_the_mail_speaks_the_technicians_language(browser, mailbox, novantic_app):
    ask(browser(), HUGO)
    mail = mailbox.to(HUGO)[0]
    assert mail["Subject"] == "Choisir un nouveau mot de passe"
    assert "60 minutes" in mailbox.text(mail)
    assert "60 minutes" in mailbox.html(mail)
    assert mail["References"] is None
