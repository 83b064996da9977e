"""What administrators do for technicians."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.models import Action, Delivery, PersonalLink, Technician

ADA, HUGO, ZOE = "admin@novantic.example", "hugo@novantic.example", "zoe@novantic.example"


@pytest.fixture
def hugo(novantic_app):
    return novantic_app.add_technician(HUGO)


def fill(page, name, /, status="*", **values):
    form = page.forms[name]
    for field, value in values.items():
        form[field] = value
    return form.submit(status=status)


def press(desk, whom, what, status=303):
    """Press the button of somebody's page that leads to an address."""
    page = desk.get(f"/admin/technicians/{whom}")
    (form,) = [form for form in page.forms.values() if form.action.endswith(f"/{whom}/{what}")]
    return form.submit(status=status)


def invite(desk, status=303, **values):
    return fill(desk.get("/admin/technicians/new"), "invite", status, **{"name": "Zoé", "email": ZOE, **values})


def test_an_invitation_lets_somebody_in_once(desk, link, browser, choose, actions, person):
    assert "Zoé is invited" in invite(desk).follow()
    assert person(ZOE).password_hash == ""
    client = browser()
    assert "Hello Zoé" in client.get(link(ZOE))
    assert "you are signed in" in choose(client, link(ZOE)).follow()
    assert actions() == ["technician_invited", "invitation_accepted"]
    browser().get(link(ZOE), status=410)


def test_an_invitation_speaks_the_language_of_the_invited(desk, mailbox):
    invite(desk, locale="en")
    mail = mailbox.to(ZOE)[0]
    assert mail["Subject"] == "Your account at Novantic Support"
    assert "Ada invites you" in mailbox.text(mail)
    assert "within 7 days" in mailbox.html(mail)


def test_who_is_invited_can_not_sign_in_before(desk, enter):
    invite(desk)
    assert enter(ZOE, "x").answer.status_int == 422


def test_a_new_invitation_makes_the_earlier_one_worthless(desk, link, browser, person):
    invite(desk)
    earlier = link(ZOE)
    assert "A link was sent" in press(desk, person(ZOE).id, "invitation").follow()
    browser().get(earlier, status=410)
    browser().get(link(ZOE), status=200)


def test_who_has_forgotten_an_invitation_gets_another(desk, browser, link, novantic_app):
    invite(desk)
    link(ZOE)
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(created_at=datetime.now(UTC) - timedelta(hours=1)))
    client = browser()
    form = client.get("/admin/forgotten").forms["forgotten"]
    form["login"] = ZOE
    form.submit()
    assert "Welcome" in browser().get(link(ZOE))


@pytest.mark.novantic(plugins=["webform", "local_storage"])
def test_where_nobody_tells_technicians_it_is_said(desk):
    assert "novantic technician link" in invite(desk).follow()


@pytest.mark.parametrize(
    "values, field", [({"email": ADA}, "email"), ({"email": "zoe"}, "email"), ({"name": " "}, "name")]
)
def test_a_wrong_invitation_is_refused_beside_its_field(desk, values, field, count):
    assert invite(desk, 422, **values).html.find(id=f"invite-{field}-error")
    assert count(Technician) == 1


def test_the_list_says_who_is_there(desk, hugo, protect):
    protect(HUGO)
    invite(desk)
    rows = [" ".join(row.text.split()) for row in desk.get("/admin/technicians").html.select(".people tbody tr")]
    assert [("Active" in row, "Yes" in row, "Invited" in row) for row in rows] == [
        (True, False, False), (True, True, False), (False, False, True),
    ]  # fmt: skip
    assert "Never" in rows[1]


def test_a_technician_is_changed(desk, hugo, person, novantic_app):
    page = desk.get(f"/admin/technicians/{hugo}")
    assert "Saved." in fill(page, "technician", 303, name="Hugo B.", email="h@novantic.example", locale="en").follow()
    changed = person("h@novantic.example")
    assert (changed.name, changed.locale, changed.version) == ("Hugo B.", "en", 2)
    with novantic_app.transaction() as session:
        changes = session.scalars(select(Action.changes)).one()
    assert changes["email"] == [HUGO, "h@novantic.example"]


def test_an_address_that_somebody_has_is_refused(desk, hugo):
    page = fill(desk.get(f"/admin/technicians/{hugo}"), "technician", 422, email=ADA)
    assert "There is a technician with this address already." in page


def test_two_who_change_the_same_person_both_keep_their_words(desk, hugo):
    page = desk.get(f"/admin/technicians/{hugo}")
    fill(desk.get(f"/admin/technicians/{hugo}"), "technician", 303, role="administrator")
    page = fill(page, "technician", 409, name="Hugo B.")
    assert page.forms["technician"]["name"].value == "Hugo B."
    assert "Now saved here: Administrator" in page


def test_the_last_administrator_stays_one(desk, hugo, person):
    ada = person(ADA).id
    page = fill(desk.get(f"/admin/technicians/{ada}"), "technician", 422, role="technician")
    assert "the last administrator" in page
    assert "the last administrator" in press(desk, ada, "active", 422)
    # one who was invited and never came can't take over
    invite(desk, role="administrator")
    press(desk, ada, "active", 422)
    fill(desk.get(f"/admin/technicians/{hugo}"), "technician", 303, role="administrator")
    press(desk, ada, "active")
    desk.get("/admin/technicians", status=303)


def test_who_is_switched_off_is_out_at_once_and_may_come_back(desk, hugo, enter, actions):
    client = enter(HUGO)
    assert "Hugo can sign in no more." in press(desk, hugo, "active").follow()
    client.get("/admin/account", status=303)
    assert enter(HUGO).answer.status_int == 422
    assert "Hugo can sign in again." in press(desk, hugo, "active").follow()
    assert enter(HUGO).answer.status_int == 303
    assert actions() == ["technician_off", "technician_on"]


def test_links_of_who_is_switched_off_are_dead(desk, link, browser, person, count):
    invite(desk)
    path = link(ZOE)
    press(desk, person(ZOE).id, "active")
    browser().get(path, status=410)
    assert count(PersonalLink) == 0


def test_somebody_is_signed_out_everywhere(desk, hugo, enter):
    client = enter(HUGO)
    assert "Hugo is signed out everywhere." in press(desk, hugo, "sessions").follow()
    client.get("/admin/account", status=303)


def test_a_lost_second_factor_is_taken_away(desk, hugo, protect, person, enter, actions):
    protect(HUGO)
    assert "no second factor any more" in press(desk, hugo, "second-factor").follow()
    assert person(HUGO).totp_secret is None
    assert actions() == ["second_factor_reset"]
    assert enter(HUGO).answer.location.endswith("/admin")


def test_where_a_second_factor_is_required_it_comes_first(desk, hugo, enter, actions):
    client = enter(HUGO)
    fill(desk.get("/admin/technicians"), "require", 303, required=True)
    assert actions() == ["second_factor_required"]
    page = client.get("/admin/account", status=303).follow()
    assert "An administrator wants everybody to have one." in page
    assert page.html.find("nav", attrs={"aria-label": "Main"}) is None
    client.get("/admin/login", status=303)
    desk.get("/admin/account", status=303)


def test_it_is_required_no_longer_once_the_box_is_empty(desk, protect):
    protect(ADA)
    fill(desk.get("/admin/technicians"), "require", 303, required=True)
    page = desk.get("/admin/technicians")
    assert page.forms["require"]["required"].checked
    fill(page, "require", 303, required=False)
    assert not desk.get("/admin/technicians").forms["require"]["required"].checked


def test_a_technician_that_is_not_there(desk):
    desk.get("/admin/technicians/999", status=404)
