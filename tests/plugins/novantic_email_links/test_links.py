"""The mailed link: what it opens, how it ends, and what it never shows."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy
from sqlalchemy import select, update
from webtest import Upload

from novantic_core.plugin import Desk
from novantic_core.testing.tables import AccessGrant, Attachment, Contact, Delivery, Ticket

pytestmark = pytest.mark.usefixtures("portal_theme")
RENEWED = (
    "A new link to the ticket is on its way to the address that the old one was sent to. "
    "It should arrive within a minute or two; please look in your junk mail too."
)


def token_of(mailbox, address="claire@lefevre.example.com"):
    return mailbox.link(mailbox.to(address)[-1]).removeprefix("/access/")


def end(novantic_app, **values):
    with novantic_app.transaction() as session:
        session.execute(update(AccessGrant).values(**values))


def test_only_a_hash_of_the_token_is_kept(open_ticket, mailbox, novantic_app):
    open_ticket()
    token = token_of(mailbox)
    assert len(token) >= 43
    with novantic_app.transaction() as session:
        (grant,) = session.scalars(select(AccessGrant))
        assert grant.token_hash == hashlib.sha256(token.encode()).hexdigest()
    with novantic_app.site.database.engine.connect() as connection:
        tables = sqlalchemy.MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            assert token not in str(connection.execute(table.select()).all())


def test_opening_a_link_does_not_use_it_up(portal, open_ticket, mailbox, novantic_app):
    number = open_ticket()
    for _time in range(3):
        assert number in novantic_app.client().get(f"/access/{token_of(mailbox)}").follow()
    with novantic_app.transaction() as session:
        (grant,) = session.scalars(select(AccessGrant))
        assert grant.use_count == 3
        assert grant.first_used_at is not None


def test_a_head_request_of_a_scanner_does_no_harm(portal, open_ticket, mailbox):
    open_ticket()
    portal.head(f"/access/{token_of(mailbox)}")
    portal.get(f"/access/{token_of(mailbox)}", status=303)


def test_opening_a_link_proves_the_address(visit, novantic_app):
    visit()
    with novantic_app.transaction() as session:
        assert session.scalars(select(Contact.verified_at)).one() is not None


def test_without_a_link_the_ticket_is_not_shown(portal, open_ticket):
    answer = portal.get(f"/tickets/{open_ticket()}", status=303)
    assert answer.location == "/tickets/status"


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_a_dead_link_says_so_and_offers_a_new_one_by_mail(english, open_ticket, mailbox, novantic_app, how, words):
    number = open_ticket()
    token = token_of(mailbox)
    past = datetime.now(UTC) - timedelta(seconds=1)
    end(novantic_app, **({"expires_at": past} if how == "expired" else {"revoked_at": past}))
    before = len(mailbox.messages)
    page = english.get(f"/access/{token}", status=410)
    assert words("This link no longer works") in page
    assert number not in page
    assert "Imprimante" not in page
    form = next(form for form in page.forms.values() if form.action.endswith("/renew"))
    assert words(RENEWED) in form.submit()
    (mail,) = mailbox.messages[before:]
    assert mail["To"].addresses[0].addr_spec == "claire@lefevre.example.com"
    assert number in english.get(mailbox.link(mail)).follow()


@pytest.mark.parametrize("token", ["x", "%C3%A9" * 9, "A" * 43, "..%2f..", "%00"])
def test_what_never_was_a_link_is_not_found(english, token):
    page = english.get(f"/access/{token}", status="*")
    assert page.status_int in {400, 404}
    assert "<h1>" in page


def test_renewing_what_never_was_a_link_mails_nothing_and_tells_nothing(english, mailbox, words):
    token = english.get("/tickets/new").forms["ticket"]["csrf_token"].value
    page = english.post("/access/nothing/renew", {"csrf_token": token})
    assert words(RENEWED) in page
    assert not mailbox.messages


def test_renewing_needs_the_csrf_token(english, open_ticket, mailbox):
    open_ticket()
    before = len(mailbox.messages)
    english.post(f"/access/{token_of(mailbox)}/renew", status=400)
    assert len(mailbox.messages) == before


@pytest.mark.novantic(settings={"novantic.limit_access": "3 per hour"})
def test_guesses_at_links_are_limited_and_good_ones_go_on_working(english, open_ticket, mailbox):
    open_ticket()
    for n in range(3):
        english.get(f"/access/guess{n}", status=404)
    english.get("/access/guess4", status=429)
    english.get(f"/access/{token_of(mailbox)}", status=303)


@pytest.mark.novantic(settings={"novantic.limit_access": "2 per hour"})
def test_asking_for_new_links_is_limited(english, open_ticket, mailbox, novantic_app):
    open_ticket()
    path = f"/access/{token_of(mailbox)}"
    end(novantic_app, revoked_at=datetime.now(UTC))
    form = next(form for form in english.get(path, status=410).forms.values() if form.action.endswith("/renew"))
    for _time in range(2):
        form.submit(status=200)
    assert "Too many attempts" in form.submit(status=429)


def test_the_address_of_renewing_does_nothing_by_itself(portal, open_ticket, mailbox):
    open_ticket()
    before = len(mailbox.messages)
    portal.get(f"/access/{token_of(mailbox)}/renew", status=303)
    assert len(mailbox.messages) == before


def test_a_link_of_another_ticket_switches_to_it(portal, open_ticket, mailbox):
    first = open_ticket(subject="Premier")
    one = token_of(mailbox)
    second = open_ticket(subject="Second")
    two = token_of(mailbox)
    assert "Premier" in portal.get(f"/access/{one}").follow()
    assert "Second" in portal.get(f"/access/{two}").follow()
    portal.get(f"/tickets/{first}", status=303)
    portal.get(f"/tickets/{second}", status=200)


@pytest.mark.parametrize("path", ["/tickets/{}", "/tickets/{}/replies", "/tickets/{}/close"])
def test_another_ticket_can_not_be_seen_or_changed(visit, portal, open_ticket, novantic_app, path):
    other = open_ticket(subject="Secret", email="autre@example.com")
    page = visit()
    fields = {"csrf_token": page.forms["reply"]["csrf_token"].value, "message": "Intrus"}
    if path != "/tickets/{}":
        answer = portal.post(path.format(other), fields, status=303)
        assert answer.location.endswith("/tickets/status")
    answer = portal.get(path.format(other), status=303)
    assert "Secret" not in answer.maybe_follow()
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.status).where(Ticket.number == other)).one() == "open"


def test_the_tab_goes_when_the_visit_has_run_out(english, visit, open_ticket, novantic_app, words):
    visit()
    end(novantic_app, revoked_at=datetime.now(UTC) - timedelta(seconds=1))
    english.get("/").click(words("View the ticket's discussion")).follow(status=200)
    tabs = [tab.text for tab in english.get("/").html.select("header nav a")]
    assert tabs[-1] == words("Check a ticket's status")


def test_the_tab_is_that_of_the_discussion_meanwhile(english, visit, open_ticket, words):
    tabs = [tab.text for tab in visit().html.select("header nav a")]
    assert tabs[-1] == words("View the ticket's discussion")
    tabs = english.get("/").html.select("header nav a")
    assert tabs[-1].text == words("View the ticket's discussion")
    english.get(tabs[-1]["href"], status=200)


def test_leaving_ends_the_visit_and_not_the_link(english, visit, mailbox, words):
    page = visit()
    number = page.request.path.rsplit("/", 1)[-1]
    leave = next(form for form in page.forms.values() if form.action == "/logout")
    home = leave.submit().follow()
    assert home.html.select("header nav a")[-1].text == words("Check a ticket's status")
    english.get(f"/tickets/{number}", status=303)
    english.get(f"/access/{token_of(mailbox)}", status=303)


def test_leaving_needs_the_csrf_token(portal, visit):
    number = visit().request.path.rsplit("/", 1)[-1]
    portal.post("/logout", status=400)
    portal.get("/logout", status=303)
    portal.get(f"/tickets/{number}", status=200)


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_a_visit_ends_with_its_link(visit, portal, novantic_app, small_desk, how):
    page = visit()
    number = page.request.path.rsplit("/", 1)[-1]
    if how == "revoked":
        small_desk.revoke_links(number)
    else:
        end(novantic_app, expires_at=datetime.now(UTC))
    portal.get(f"/tickets/{number}", status=303)
    page.forms["reply"]["message"] = "trop tard"
    page.forms["reply"].submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.updated_at)).one() == session.scalars(select(Ticket.created_at)).one()


def test_a_forged_session_shows_nothing(portal, open_ticket):
    number = open_ticket()
    portal.set_cookie("session", "forged")
    portal.get(f"/tickets/{number}", status=303)


# ------------------------------------------------------------------ files


def ids(novantic_app):
    with novantic_app.transaction() as session:
        return session.scalars(select(Attachment.id).order_by(Attachment.id)).all()


def test_a_file_of_another_ticket_is_not_found(portal, visit, open_ticket, novantic_app):
    open_ticket(subject="Autre", email="autre@example.com", attachments=[Upload("secret.txt", b"secret")])
    visit(attachments=[Upload("mien.txt", b"le mien")])
    other, own = ids(novantic_app)
    assert portal.get(f"/attachments/{own}/mien.txt").body == b"le mien"
    portal.get(f"/attachments/{other}/secret.txt", status=404)
    portal.get(f"/attachments/{other}/mien.txt", status=404)
    portal.get("/attachments/99999/x", status=404)
    portal.get(f"/attachments/{2**80}/x", status=404)


def test_without_a_visit_no_file_is_shown(portal, open_ticket, novantic_app):
    open_ticket(attachments=[Upload("secret.txt", b"secret")])
    (file,) = ids(novantic_app)
    portal.get(f"/attachments/{file}/secret.txt", status=404)


@pytest.mark.parametrize(
    "name, media_type", [("page.html", "text/html"), ("image.svg", "image/svg+xml"), ('écran "1".png', "image/png")]
)
def test_a_file_is_a_download_that_no_browser_runs(portal, visit, name, media_type):
    # browsers write a quotation mark in a file's name so
    sent = name.replace('"', "%22")
    page = visit(attachments=[Upload(sent, b"<script>alert(1)</script>", media_type)])
    link = page.html.find(class_="attached").find("a")
    assert link.text == name
    file = portal.get(link["href"])
    assert file.headers["Content-Disposition"].startswith("attachment; ")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert "no-store" in file.headers["Cache-Control"] or "private" in file.headers["Cache-Control"]
    assert file.body == b"<script>alert(1)</script>"


# ------------------------------------------------------------------ notes


SECRET = "Client pénible, facturer double"


def test_a_note_is_in_no_page_mail_file_or_count(portal, visit, say, mailbox, novantic_app):
    novantic_app.add_technician()
    page = visit()
    number = page.request.path.rsplit("/", 1)[-1]
    sent = len(mailbox.messages)
    with novantic_app.transaction() as session:
        file = Desk(novantic_app.site, session).keep_file(io.BytesIO(b"x"), "note.txt", "text/plain")
    say(number, f"<p>{SECRET}</p>", note=True, files=(file,))
    after = portal.get(f"/tickets/{number}")
    assert len(after.html.find_all("article")) == len(page.html.find_all("article"))
    assert len(after.html.find_all(class_="event")) == len(page.html.find_all(class_="event"))
    assert SECRET not in after
    assert "note.txt" not in after
    portal.get(f"/attachments/{ids(novantic_app)[-1]}/note.txt", status=404)
    assert len(mailbox.messages) == sent
    say(number, "<p>Bonjour Claire</p>")
    assert SECRET not in portal.get(f"/tickets/{number}")
    assert all(SECRET not in mailbox.text(mail) + mailbox.html(mail) for mail in mailbox.messages)


def test_a_note_is_not_told_to_a_client_even_if_a_plugin_asks_for_it(novantic_app, open_ticket, say):
    note = say(open_ticket(), f"<p>{SECRET}</p>", note=True)
    with novantic_app.transaction() as session:
        delivery = session.scalars(select(Delivery)).first()
        delivery.message_row_id, delivery.role = note, "requester"
        assert novantic_app.parcel(session, delivery).message is None
