"""One's own account: name and signature, password, second factor, sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from novantic_core.models import Technician, TechnicianSession
from novantic_core.services.sign_in import FRESH
from novantic_core.testing import PASSWORD
from novantic_core.views.admin.account.browsers import browser_words

ADA = "admin@novantic.example"


def fill(page, name, /, status="*", **values):
    form = page.forms[name]
    for field, value in values.items():
        form[field] = value
    return form.submit(status=status)


@pytest.fixture
def later(novantic_app):
    """Make every session one that was opened a while ago."""

    def age(by=FRESH, seen=None):
        with novantic_app.transaction() as session:
            then = datetime.now(UTC) - by
            session.execute(update(TechnicianSession).values(created_at=then, last_seen_at=seen or datetime.now(UTC)))

    return age


def test_name_language_and_signature_are_kept(desk, person, actions):
    page = fill(
        desk.get("/admin/account"), "profile", 303, name="Ada L.", locale="en", signature="<p>A<script>x</script></p>"
    )
    assert "Your account is saved." in page.follow()
    ada = person(ADA)
    assert (ada.name, ada.locale, ada.signature, ada.version) == ("Ada L.", "en", "<p>A</p>", 2)
    assert actions() == ["account_changed"]


def test_the_browser_follows_the_language_of_the_account(desk):
    fill(desk.get("/admin/account"), "profile", 303, locale="fr")
    assert "Votre compte" in desk.get("/admin/account")


def test_a_signature_that_shows_nothing_is_none(desk, person):
    fill(desk.get("/admin/account"), "profile", 303, signature="<p>&nbsp;</p>")
    assert person(ADA).signature == ""


def test_saving_what_is_there_already_changes_nothing(desk, person, actions):
    fill(desk.get("/admin/account"), "profile", 303)
    assert (person(ADA).version, actions()) == (1, [])


def test_who_saves_later_than_somebody_else_keeps_their_words(desk, person):
    page = desk.get("/admin/account")
    fill(desk.get("/admin/account"), "profile", 303, name="Ada Lovelace", locale="en", signature="<p>Ada</p>")
    page = fill(page, "profile", 409, name="Ada L.", locale="fr", signature="<p>L.</p>")
    assert page.forms["profile"]["name"].value == "Ada L."
    assert "Now saved here: Ada Lovelace" in page
    assert "Now saved here: Ada<" in page
    assert "Now saved here: English" in page


# ------------------------------------------------------------------ password


def test_a_new_password_ends_the_other_sessions(desk, enter, actions):
    other = enter(ADA)
    page = fill(
        desk.get("/admin/account/password"),
        "password",
        present=PASSWORD,
        password="a new long one",
        again="a new long one",
    )
    assert "Your password is changed" in page.follow()
    assert actions() == ["password_changed"]
    other.get("/admin/account", status=303)
    assert enter(ADA, "a new long one").answer.status_int == 303


@pytest.mark.parametrize(
    "values, field",
    [
        ({"present": "not mine at all"}, "present"), ({"password": "short", "again": "short"}, None),
        ({"again": "another one, then"}, "again"), ({"present": ""}, "present"),
    ],
)  # fmt: skip
def test_a_wrong_change_is_refused_beside_its_field(desk, values, field, enter):
    values = {"present": PASSWORD, "password": "a new long one", "again": "a new long one", **values}
    page = fill(desk.get("/admin/account/password"), "password", 422, **values)
    assert page.html.find(id=f"password-{field or 'password'}-error")
    assert enter(ADA).answer.status_int == 303


@pytest.mark.novantic(settings={"novantic.limit_login": "2 per hour"})
def test_nobody_guesses_at_an_unlocked_screen_for_ever(desk):
    values = {"password": "a new long one", "again": "a new long one"}
    for _number in range(2):
        fill(desk.get("/admin/account/password"), "password", 422, present="not mine at all", **values)
    fill(desk.get("/admin/account/password"), "password", 429, present=PASSWORD, **values)


# ------------------------------------------------------------------ second factor


def secret_of(page):
    return "".join(word.text for word in page.html.select(".key code"))


def turn_on(client, **values):
    page = client.get("/admin/account/second-factor")
    return fill(page, "second-factor", code=pyotp.TOTP(secret_of(page)).now(), **values)


def test_it_is_set_up_by_the_code_that_the_app_shows(desk, person, actions, enter):
    other = enter(ADA)
    page = turn_on(desk)
    assert len(page.html.select(".codes code")) == 10
    assert person(ADA).totp_secret
    assert actions() == ["second_factor_on"]
    # what was opened without it is over
    other.get("/admin/account", status=303)
    assert "10 of 10 are left" in desk.get("/admin/account").html.find(id="sign-in").text
    assert desk.get("/admin/account/second-factor", status=303).location.endswith("#second-factor")
    assert desk.post("/admin/account/second-factor", status=303).location.endswith("#second-factor")


def test_a_wrong_code_leaves_the_picture_and_nothing_is_kept(desk, person):
    page = desk.get("/admin/account/second-factor")
    assert page.html.find("img", class_="qr")["src"].startswith("data:image/svg+xml")
    again = fill(page, "second-factor", 422, code="000000")
    assert secret_of(again) == secret_of(page)
    assert person(ADA).totp_secret is None


def test_a_picture_that_was_made_for_somebody_else_is_refused(desk, enter, novantic_app):
    novantic_app.add_technician()
    theirs = enter("hugo@novantic.example").get("/admin/account/second-factor")
    page = desk.get("/admin/account/second-factor")
    page.forms["second-factor"]["sealed"] = theirs.forms["second-factor"]["sealed"].value
    again = fill(page, "second-factor", 422, code=pyotp.TOTP(secret_of(theirs)).now())
    assert "scan the new picture" in again
    assert secret_of(again) not in {secret_of(page), secret_of(theirs)}
    again.forms["second-factor"]["sealed"] = "nonsense"
    assert "scan the new picture" in fill(again, "second-factor", 422, code="000000")


def test_who_signed_in_a_while_ago_says_their_password(desk, later, person):
    later()
    assert turn_on(desk, present="not mine at all").status_int == 422
    assert turn_on(desk, present=PASSWORD).status_int == 200
    page = fill(desk.get("/admin/account/second-factor/off"), "turn-off", 422, present="not mine at all")
    assert "This is not your password." in page
    fill(desk.get("/admin/account/second-factor/off"), "turn-off", 303, present=PASSWORD)
    assert person(ADA).totp_secret is None


def test_it_is_turned_off(desk, actions, protect):
    protect(ADA)
    page = fill(desk.get("/admin/account/second-factor/off"), "turn-off", 303).follow()
    assert "Your second factor is off." in page
    assert actions() == ["second_factor_off"]


def test_recovery_codes_are_made_anew(desk, protect, later):
    earlier = protect(ADA)
    later()
    fill(desk.get("/admin/account/recovery-codes"), "new-codes", 422, present="not mine at all")
    page = fill(desk.get("/admin/account/recovery-codes"), "new-codes", 200, present=PASSWORD)
    codes = [code.text for code in page.html.select(".codes code")]
    assert len(codes) == 10
    assert not set(codes) & set(earlier)


def test_without_a_second_factor_there_are_no_recovery_codes(desk):
    desk.get("/admin/account/recovery-codes", status=303)
    form = desk.get("/admin/account").forms
    token = next(f for f in form.values() if f.action == "/admin/logout")["csrf_token"].value
    desk.post("/admin/account/recovery-codes", {"csrf_token": token}, status=303)


# ------------------------------------------------------------------ sessions


def test_ones_sessions_are_listed_and_one_is_ended(desk, enter, browser):
    other = browser()
    other.extra_environ["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    other.extra_environ["REMOTE_ADDR"] = "198.51.100.7"
    enter(ADA, client=other)
    table = desk.get("/admin/account").html.find(id="sessions")
    assert "Firefox on Windows" in table.text
    assert "198.51.100.7" in table.text
    assert "this one" in table.text
    (form,) = [
        form for form in desk.get("/admin/account").forms.values()
        if form.action.endswith("/end") and "Firefox" in str(form.html)
    ]  # fmt: skip
    assert "The session is ended." in form.submit(status=303).follow()
    other.get("/admin/account", status=303)


def test_all_others_are_ended_at_once(desk, enter):
    other = enter(ADA)
    page = desk.get("/admin/account")
    form = next(form for form in page.forms.values() if form.action == "/admin/account/sessions/end")
    assert "Every other session is ended." in form.submit(status=303).follow()
    other.get("/admin/account", status=303)
    assert "End all others" not in desk.get("/admin/account")


def test_nobody_ends_somebody_elses_session(desk, enter, novantic_app):
    novantic_app.add_technician()
    hugo = enter("hugo@novantic.example")
    with novantic_app.transaction() as session:
        theirs = session.scalars(select(TechnicianSession.id).order_by(TechnicianSession.id.desc())).first()
    page = desk.get("/admin/account")
    form = next(form for form in page.forms.values() if form.action.endswith("/end") and "sessions/" in form.action)
    form.action = f"/admin/account/sessions/{theirs}/end"
    form.submit(status=303)
    hugo.get("/admin/account", status=200)


def seen(novantic_app):
    with novantic_app.transaction() as session:
        return session.scalars(select(TechnicianSession.last_seen_at)).one(), session.scalars(
            select(Technician.last_seen_at)
        ).one()


def test_when_a_session_was_last_used_is_noted_once_a_minute(desk, novantic_app, later):
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    later(seen=long_ago)
    size = desk.get("/admin/account").content_length
    first = seen(novantic_app)
    assert min(first) > long_ago + timedelta(minutes=4)
    assert desk.get("/admin/account").content_length == size
    assert seen(novantic_app) == first


@pytest.mark.parametrize(
    "agent, words",
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "${browser} on ${system}"),
        ("", "Unknown browser"), ("curl/8.0", "curl"),
    ],
)  # fmt: skip
def test_a_browser_in_words(agent, words):
    assert browser_words(agent) == words
