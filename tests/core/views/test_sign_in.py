"""The way into the back office and out of it, and the link that makes its first administrator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.models import SetupLink, Technician, TechnicianSession
from novantic_core.services import sign_in as service
from novantic_core.testing import PASSWORD

HUGO = "hugo@novantic.example"


@pytest.fixture
def hugo(novantic_app):
    novantic_app.add_technician(HUGO)


def enter(client, login=HUGO, password=PASSWORD, status=303, path="/admin/login"):
    form = client.get(path).forms["sign-in"]
    form["login"], form["password"] = login, password
    return form.submit(status=status)


def test_a_technician_signs_in(portal, hugo):
    page = enter(portal).follow()
    assert page.request.path == "/admin"
    assert "Hugo" in page


@pytest.mark.parametrize("login", ["HUGO@Novantic.example", " hugo@novantic.example "])
def test_the_address_may_be_typed_in_any_case(portal, hugo, login):
    enter(portal, login)


@pytest.mark.parametrize(
    "login, password",
    [(HUGO, "wrong"), ("nobody@novantic.example", PASSWORD), (HUGO, PASSWORD + " "), (HUGO, PASSWORD.upper())],
)
def test_a_wrong_password_and_an_unknown_address_are_told_apart_by_nobody(english, hugo, login, password):
    page = enter(english, login, password, status=422)
    assert "This address and this password don't go together." in page.html.find(id="errors").text
    assert page.forms["sign-in"]["password"].value == ""
    assert not english.cookies.get("technician")


def test_an_unknown_address_costs_the_same_work(portal, hugo, monkeypatch):
    verified = []

    class Counting:
        @staticmethod
        def verify(kept, _typed):
            verified.append(kept)
            raise service.VerificationError

    monkeypatch.setattr(service, "_hasher", Counting)
    enter(portal, "nobody@novantic.example", status=422)
    enter(portal, HUGO, status=422)
    assert len(verified) == 2


def test_who_left_can_not_sign_in_and_is_signed_out(portal, hugo, novantic_app):
    enter(portal)
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(active=False))
    portal.get("/admin", status=303)
    enter(portal, status=422)


def test_the_back_office_is_closed_to_others_and_leads_back_afterwards(portal, hugo):
    answer = portal.get("/admin", status=303)
    assert answer.location == "/admin/login?next=%2Fadmin"
    page = answer.follow()
    assert page.forms["sign-in"]["next"].value == "/admin"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "/admin\n//evil", "javascript:alert(1)",
        "/tickets/new", "", "\\\\evil", "/admin@evil.example:x//", "http:/admin",
    ],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(portal, hugo, target):
    form = portal.get("/admin/login").forms["sign-in"]
    form["login"], form["password"], form["next"] = HUGO, PASSWORD, target
    location = form.submit(status=303).location
    assert location.startswith("/admin")


def test_a_client_of_the_portal_is_no_technician(visit, portal):
    visit()
    portal.get("/admin", status=303)


def test_signing_out_ends_the_session_for_copies_of_the_cookie_too(portal, hugo, novantic_app):
    enter(portal)
    copy = portal.cookies["technician"]
    page = portal.get("/admin")
    next(form for form in page.forms.values() if form.action == "/admin/logout").submit(status=303)
    portal.get("/admin", status=303)
    thief = novantic_app.client()
    thief.set_cookie("technician", copy)
    thief.get("/admin", status=303)


def test_signing_out_needs_the_csrf_token(portal, hugo):
    enter(portal)
    portal.post("/admin/logout", status=400)
    portal.get("/admin", status=200)


def test_a_session_ends_by_itself(portal, hugo, novantic_app):
    enter(portal)
    with novantic_app.transaction() as session:
        assert session.scalars(select(TechnicianSession.token_hash)).one() != portal.cookies["technician"]
        session.execute(update(TechnicianSession).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    portal.get("/admin", status=303)


def test_who_is_signed_in_needs_no_form(portal, hugo):
    enter(portal)
    assert portal.get("/admin/login", status=303).location.endswith("/admin")


@pytest.mark.novantic(settings={"novantic.limit_login": "3 per hour"})
def test_guesses_are_limited_and_do_not_lock_out_the_owner(english, hugo, novantic_app):
    for _time in range(3):
        enter(english, password="wrong", status=422)
    assert "Too many attempts" in enter(english, status=429)
    elsewhere = novantic_app.client()
    elsewhere.extra_environ["REMOTE_ADDR"] = "192.0.2.77"
    enter(elsewhere)


def test_an_old_page_is_sent_again(english, hugo):
    form = english.get("/admin/login").forms["sign-in"]
    form["login"], form["password"], form["csrf_token"] = HUGO, PASSWORD, "old"
    page = form.submit(status=400)
    assert page.forms["sign-in"]["login"].value == HUGO


# ------------------------------------------------------------------ the first administrator


@pytest.fixture
def link(novantic_app):
    with novantic_app.transaction() as session:
        return "/admin/setup/" + service.make_setup_link(session, datetime.now(UTC))


def set_up(portal, link, status=303, **values):
    form = portal.get(link).forms["setup"]
    for name, value in {"name": "Ada", "email": "ada@novantic.example", "password": PASSWORD, **values}.items():
        form[name] = value
    return form.submit(status=status)


def test_the_link_makes_the_first_administrator_once(portal, link, novantic_app):
    page = set_up(portal, link).follow()
    assert "Ada" in page
    with novantic_app.transaction() as session:
        assert session.scalars(select(Technician.role)).one() == "administrator"
    novantic_app.client().get(link, status=404)


def test_opening_the_link_does_not_use_it_up(portal, link):
    portal.get(link)
    set_up(portal, link)


@pytest.mark.parametrize(
    "values", [{"password": "short"}, {"email": "ada"}, {"name": " "}, {"email": ""}, {"password": "x" * 2000}]
)
def test_what_is_wrong_is_said_and_the_link_stays_good(portal, link, values):
    page = set_up(portal, link, status=422, **values)
    (name,) = values
    assert page.html.find(id=f"setup-{name}-error")
    set_up(portal, link)


def test_a_link_that_expired_or_was_made_again_is_dead(portal, link, novantic_app):
    with novantic_app.transaction() as session:
        again = "/admin/setup/" + service.make_setup_link(session, datetime.now(UTC))
    portal.get(link, status=404)
    with novantic_app.transaction() as session:
        session.execute(update(SetupLink).values(expires_at=datetime.now(UTC)))
    portal.get(again, status=404)


def test_a_link_is_dead_where_there_is_an_administrator_already(portal, link, novantic_app):
    novantic_app.add_technician("ada@novantic.example", "Ada", "administrator")
    portal.get(link, status=404)


def test_a_guess_is_no_link(portal, link):
    portal.get("/admin/setup/guess", status=404)


def test_only_a_hash_of_the_link_is_kept(link, novantic_app):
    with novantic_app.transaction() as session:
        assert session.scalars(select(SetupLink.token_hash)).one() not in link


@pytest.mark.novantic(settings={"novantic.limit_login_by_client": "3 per hour"})
def test_one_who_tries_address_after_address_is_stopped(english, hugo):
    for number in range(3):
        enter(english, login=f"somebody{number}@example.com", status=422)
    assert "Too many attempts" in enter(english, status=429)


@pytest.mark.novantic(settings={"novantic.limit_login": "2 per hour"})
def test_another_address_of_ones_own_ipv6_network_is_no_new_client(english, hugo):
    for number in range(2):
        english.extra_environ["REMOTE_ADDR"] = f"2001:db8::{number}"
        enter(english, password="wrong", status=422)
    english.extra_environ["REMOTE_ADDR"] = "2001:db8::9"
    enter(english, status=429)


@pytest.mark.parametrize("host", ["evil.example", "backend:6543"])
def test_no_redirect_has_the_host_or_the_scheme_of_a_request(portal, host):
    answer = portal.get("/admin", extra_environ={"HTTP_HOST": host}, status=303)
    assert answer.headers["Location"] == "/admin/login?next=%2Fadmin"
