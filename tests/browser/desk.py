"""A desk with a week of work in it, for the pages of the back office: seen by its administrator."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mails import deliver
from playwright.sync_api import expect
from serving import make, serve, settings
from sqlalchemy import select
from sqlalchemy.orm import Session
from visitor import Visitor

from novantic_core import make_app
from novantic_core.demo.fill import fill
from novantic_core.models import Contact, Delivery, DeliveryArchive, Message, Organisation, Technician, Ticket
from novantic_core.models.delivery import SENT
from novantic_core.services.discuss import add_message, add_note
from novantic_core.services.follow import follow_from_outside
from novantic_core.services.link_tickets import link_tickets
from novantic_core.services.note_time import note_time
from novantic_core.services.open_ticket import open_ticket
from novantic_core.testing import App, Mailbox, prepare_database
from novantic_core.values import Actor, TicketDraft

HUGO = Actor("technician", "Hugo", "hugo@novantic.example")
ADA = Actor("technician", "Ada", "ada@novantic.example")


def furnish(app: App) -> dict[str, Any]:
    """Tickets of two years, one that is critical and new, one with a long discussion: what the addresses need."""
    fill(app.site, 120, 7, date(2026, 2, 20))
    now = datetime.now(UTC)
    technician = app.add_technician("hugo@novantic.example", "Hugo")
    with app.transaction() as session:
        site = app.site
        critical = open_ticket(
            site, session,
            TicketDraft(
                channel="web", email="marc@garage-petit.example", name="Marc Petit", category="server",
                subject="Plus aucun poste n’accède au serveur", phone="06 12 34 56 78", company="Garage Petit",
                message="<p>Rien ne va plus depuis ce matin.</p>", critical=True, fields={"teamviewer_id": "123456789"},
            ),
            now,
        )  # fmt: skip
        ticket = session.scalars(select(Ticket).where(Ticket.status == "open").order_by(Ticket.id)).first()
        assert ticket is not None
        add_note(site, session, ticket, ADA, "<p>Même panne en janvier&nbsp;: pilote à remettre.</p>", now)
        add_message(site, session, ticket, HUGO, "<p>Je prends la main dans cinq minutes.</p>", now)
        link_tickets(site, session, ticket, critical, ADA, now)
        follow_from_outside(site, session, ticket, "compta@petit.example", "Service comptable", "fr", ADA, now)
        first = session.scalars(select(Message.id).where(Message.ticket_id == ticket.id).order_by(Message.id)).first()
        hugo = session.scalars(select(Technician).where(Technician.email == HUGO.email)).one()
        note_time(site, session, ticket, hugo.id, 45, HUGO, now, note="Pilote réinstallé")
        note_time(site, session, critical, hugo.id, 90, HUGO, now, billable=False, reason="geste commercial")
        sent, came_back = _deliveries(session, ticket, now)
        contact = session.scalars(select(Contact).order_by(Contact.id)).first()
        organisation = session.scalars(select(Organisation).order_by(Organisation.id)).first()
        assert contact is not None
        assert organisation is not None
        known = {
            "number": ticket.number, "message": first, "critical": critical.number, "contact": contact.id,
            "organisation": organisation.id, "ticket_contact": ticket.contact_id, "technician": technician,
            "delivery": sent, "came_back": came_back,
        }  # fmt: skip
    return {**known, **deliver(app, known["critical"])}


def _deliveries(session: Session, ticket: Ticket, now: datetime) -> tuple[int, int]:
    """One that was sent, with what was sent, and one that came back."""
    found = session.scalars(select(Delivery).where(Delivery.ticket_id == ticket.id).order_by(Delivery.id.desc()))
    sent, came_back = found.all()[:2]
    for one in (sent, came_back):
        one.state, one.sent_at, one.attempts = SENT, now, 2
        session.add(DeliveryArchive(delivery_id=one.id, at=now, raw=zlib.compress(MAIL.encode())))
    came_back.bounced_at, came_back.bounce = now, "550 5.1.1 <compta@petit.example>: Recipient address rejected"
    return sent.id, came_back.id


MAIL = """\
Message-ID: <123456.1.0@support.example.com>
Subject: Re: Imprimante hors connexion [#123456]
From: Support <support@example.com>
To: Claire <claire@example.com>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=part

--part
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour Claire,

nous avons relancé la file d’impression.

--part
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p>Bonjour Claire,</p><p>nous avons relancé la file d’impression.</p>

--part--
"""

ADDRESSES: dict[str, str] = {
    "dashboard": "/admin",
    "queue": "/admin/tickets",
    "queue_closed": "/admin/tickets?status=closed&sort=subject",
    "queue_views": "/admin/tickets/views",
    "found": "/admin/tickets?q=imprimante",
    "found_some": "/admin/tickets?q=imprimante+zut+avant:hier",
    "queue_empty": "/admin/tickets?assignee=me&status=waiting&critical=1",
    "ticket": "/admin/tickets/{number}",
    "ticket_critical": "/admin/tickets/{critical}",
    "merge": "/admin/tickets/{number}/merge",
    "merge_plan": "/admin/tickets/{number}/merge?into={critical}",
    "link": "/admin/tickets/{number}/links",
    "follower": "/admin/tickets/{number}/followers",
    "split": "/admin/tickets/{number}/messages/{message}/split",
    "new_ticket": "/admin/tickets/new",
    "new_ticket_search": "/admin/tickets/new?q=du",
    "new_ticket_known": "/admin/tickets/new?contact={contact}",
    "time": "/admin/time",
    "account": "/admin/account",
    "second_factor": "/admin/account/second-factor",
    "own_password": "/admin/account/password",
    "technicians": "/admin/technicians",
    "technician_new": "/admin/technicians/new",
    "technician": "/admin/technicians/{technician}",
    "settings": "/admin/settings",
    "categories": "/admin/categories",
    "category_new": "/admin/categories/new",
    "category": "/admin/categories/printer/edit",
    "priorities": "/admin/priorities",
    "teams": "/admin/teams",
    "team_new": "/admin/teams/new",
    "canned_replies": "/admin/canned-replies",
    "canned_reply_new": "/admin/canned-replies/new",
    "deliveries": "/admin/deliveries",
    "mails": "/admin/mail",
    "mails_all": "/admin/mail?state=all&sender=ailleurs",
    "mails_none": "/admin/mail?state=duplicate",
    "mail_held": "/admin/mail/{held}",
    "mail_faulty": "/admin/mail/{faulty}",
    "mail_kept": "/admin/mail/{kept}",
    "delivery": "/admin/deliveries/{delivery}",
    "delivery_back": "/admin/deliveries/{came_back}",
    "mail_templates": "/admin/mail-templates",
    "mail_template": "/admin/mail-templates/ticket_opened?reply_to=1",
    "mail_template_variant": "/admin/mail-templates/technician_opened?variant=critical&theme=boreal&language=en",
    "audit": "/admin/audit",
    "plugins": "/admin/plugins",
    "themes": "/admin/themes",
    "articles": "/admin/faq",
    "articles_filtered": "/admin/faq?state=draft",
    "article_new": "/admin/faq/new",
    "article": "/admin/faq/1/fr",
    "article_facts": "/admin/faq/1/settings",
    "article_files": "/admin/faq/1/files",
    "article_history": "/admin/faq/1/fr/history?old=1&new=1",
    "article_version": "/admin/faq/1/fr/history/1",
    "article_remove": "/admin/faq/1/remove",
    "article_preview": "/admin/faq/1/fr/preview",
    "article_of_ticket": "/admin/tickets/{number}/article",
    "shelf": "/admin/faq/shelves/1",
    "shelf_remove": "/admin/faq/shelves/1/remove",
    "time_sheet": "/admin/time/none",
    "time_form": "/admin/tickets/{number}/time",
    "organisations": "/admin/organisations",
    "organisation": "/admin/organisations/{organisation}",
    "contacts": "/admin/contacts",
    "contact": "/admin/contacts/{ticket_contact}",
    "contact_erase": "/admin/contacts/{ticket_contact}/erase",
    "ticket_contact": "/admin/tickets/{number}/contact",
    "shortcuts": "/admin/shortcuts",
    "not_found": "/admin/tickets/999999999",
}
"""Each page by name, with what ``furnish`` tells filled in."""


@dataclass
class DeskSite:
    """A furnished desk that is served."""

    url: str
    app: App
    mailbox: Mailbox


@contextmanager
def desk() -> Iterator[tuple[DeskSite, dict[str, Any]]]:
    """Serve a furnished desk: the site, and what the addresses of its pages need."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        server = make()
        given = settings(folder, server.url)
        app = App(make_app(given), given)
        prepare_database(app.site, {"folder": folder})
        known = furnish(app)
        with serve(server, app.wsgi):
            yield DeskSite(server.url, app, Mailbox(app, folder / "mail")), known
        app.site.database.engine.dispose()


def enter(visitor: Visitor) -> None:
    """Sign in as the desk's administrator."""
    visitor.sign_in()


def open_page(visitor: Visitor, name: str, known: dict[str, Any]) -> None:
    """Open a page, its editor ready where it has one."""
    visitor.go(ADDRESSES[name].format(**known))
    if visitor.page.locator("[data-editor]").count():
        expect(visitor.page.frame_locator(".tox-edit-area iframe").first.locator("body")).to_be_editable()
