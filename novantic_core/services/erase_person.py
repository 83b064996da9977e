"""Erasing a person (GDPR, article 17): what names them goes, what the desk counts stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from novantic_core.models import (
    AccessGrant,
    AccessRequest,
    Action,
    Attachment,
    Contact,
    Delivery,
    Draft,
    Event,
    Follower,
    Message,
    Organisation,
    SavedView,
    StoredFile,
    Ticket,
    TimeEntry,
)
from novantic_core.models.delivery import SENT
from novantic_core.models.message import MESSAGE
from novantic_core.search.tickets import NAME as TICKETS
from novantic_core.services.keep_archive import forget_archives_of
from novantic_core.services.keep_contact import contact_subject
from novantic_core.services.keep_index import changed, hold_tickets
from novantic_core.services.keep_trace import forget_traces_of
from novantic_core.services.person import Person, ask_plugins, batches, find_person
from novantic_core.services.record_action import record_action
from novantic_core.services.scrub import Scrubber
from novantic_core.site import Site
from novantic_core.values import Actor

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When a file that nothing needs any more was last used, for the sweep: it takes it the next time it runs."""
MAILED = ("delivery_retried", "delivery_cancelled")
"""Kinds of actions whose subject has the address of a delivery."""
OWN = frozenset({"name", "email", "phone", "company", "department", "subject"})
"""Attributes of a ticket that are the person's own words, wherever an event repeats them."""


@dataclass
class Erased:
    """How much was erased."""

    tickets: int = 0
    messages: int = 0
    files: int = 0


def erase_person(
    site: Site, session: Session, contact: Contact, actor: Actor, now: datetime, *, label: str, words: str
) -> Erased:
    """Erase somebody and all addresses that were merged into them, in the caller's transaction.

    Numbers, dates, status, category, priority, team, organisation and time of their tickets stay. In what others
    wrote on these tickets, name, addresses and phone numbers are replaced as far as they can be found.

    :param label: stands in the place of a name, in the site's language
    :param words: stands in the place of a message
    :raises FieldError: if a plugin stops it, with a sentence; all has to be undone then
    :raises PluginFault: if one fails; the same
    """
    held = select(Contact).where(or_(Contact.id == contact.id, Contact.merged_into_id == contact.id))
    # a ticket that is just opened from one of the addresses is waited for, or makes a contact of its own afterwards
    session.scalars(held.order_by(Contact.id).with_for_update()).all()
    person = find_person(session, contact)
    for _plugin, _contact, found_anew in ask_plugins(site, session, person, "novantic_contact_erase"):
        for index, ids in (found_anew or {}).items():
            changed(site, session, index, *ids)
    return _Eraser(site, session, person, now, label, words).erase(actor)


class _Eraser:
    def __init__(self, site: Site, session: Session, person: Person, now: datetime, label: str, words: str) -> None:
        self.site, self.session, self.person, self.now = site, session, person, now
        self.label, self.words = label, words
        self.scrub = Scrubber(person.names, person.emails, person.phones, label)
        self.names = {name.casefold() for name in person.names}
        self.own = set(person.tickets)
        self.done = Erased()
        self.unused: set[str] = set()

    def erase(self, actor: Actor) -> Erased:
        for ids in batches(self.person.tickets):
            self._messages(or_(Message.ticket_id.in_(ids), Message.moved_from_id.in_(ids)))
            self._tickets(ids)
            self._around(ids)
        for ids in batches(self.person.elsewhere):
            self._messages(Message.ticket_id.in_(ids))
            self._around(ids)
        self._addressed()
        self._let_files_go()
        self._desk()
        subject = contact_subject(self.person.contacts[0])
        self._contacts()
        done = self.done
        changes = {"tickets": (done.tickets, None), "messages": (done.messages, None), "files": (done.files, None)}
        record_action(self.session, "contact_erased", actor, self.now, subject, changes)
        self.session.flush()
        self._index()
        return done

    def _index(self) -> None:
        """Nothing of them may be found any more, however many tickets that takes."""
        for ids in batches((*self.person.tickets, *self.person.elsewhere)):
            # an answer that somebody just gives on another's ticket must not bring them back
            hold_tickets(self.session, ids)
            changed(self.site, self.session, TICKETS, *ids)

    # ------------------------------------------------------------------ what was said

    def _messages(self, where: ColumnElement[bool]) -> None:
        query = select(Message).where(where).options(selectinload(Message.attachments))
        outsiders = self._outsiders()
        for message in self.session.scalars(query):
            if self._is_theirs(message, outsiders):
                self._blank(message)
                continue
            message.html, message.text = self.scrub.html(message.html), self.scrub.text(message.text)
            message.author = self.scrub.text(message.author) if message.technician_id is None else message.author
            for attachment in message.attachments:
                attachment.filename = self.scrub.text(attachment.filename)[:255]

    def _outsiders(self) -> dict[int, set[str]]:
        """Names of others outside who follow the person's tickets, and write there as clients do."""
        found: dict[int, set[str]] = {}
        for ids in batches(self.person.tickets):
            query = select(Follower.ticket_id, Follower.name).where(
                Follower.ticket_id.in_(ids), Follower.technician_id.is_(None),
                Follower.email_key.not_in(self.person.keys),
            )  # fmt: skip
            for ticket_id, name in self.session.execute(query):
                found.setdefault(ticket_id, set()).add(name.casefold())
        return found

    def _is_theirs(self, message: Message, outsiders: dict[int, set[str]]) -> bool:
        if message.kind != MESSAGE:
            return False
        author = message.author.casefold()
        if author in self.names:
            return True
        # under a name that they no longer have, unless somebody else has it there
        home = message.moved_from_id or message.ticket_id
        return home in self.own and author not in outsiders.get(message.ticket_id, set())

    def _blank(self, message: Message) -> None:
        message.html, message.text, message.author = f"<p>{self.words}</p>", self.words, self.label
        message.submission = None
        self.done.messages += 1
        for attachment in list(message.attachments):
            self.unused.add(attachment.key)
            self.done.files += 1
            message.attachments.remove(attachment)
            self.session.delete(attachment)

    def _let_files_go(self) -> None:
        """The sweep takes contents that nothing refers to; a name in another's message keeps them."""
        self.session.flush()
        for keys in (sorted(self.unused)[start : start + 200] for start in range(0, len(self.unused), 200)):
            used = set(self.session.scalars(select(Attachment.key).where(Attachment.key.in_(keys))))
            gone = [key for key in keys if key not in used]
            self.session.execute(update(StoredFile).where(StoredFile.key.in_(gone)).values(touched_at=LONG_AGO))

    # ------------------------------------------------------------------ tickets, and what stands around them

    def _tickets(self, ids: list[int]) -> None:
        for ticket in self.session.scalars(select(Ticket).where(Ticket.id.in_(ids))):
            ticket.name, ticket.subject = self.label, self.words
            ticket.email = ticket.phone = ticket.company = ticket.department = ""
            ticket.fields, ticket.submission, ticket.call_back = {}, None, False
            ticket.reasons = self.scrub.value(ticket.reasons)
            if ticket.last_kind == MESSAGE:
                ticket.last_author = self.label
            self.done.tickets += 1
        self.session.execute(delete(Draft).where(Draft.ticket_id.in_(ids)))

    def _around(self, ids: list[int]) -> None:
        """Events, time and mails of tickets, whoever's they are."""
        forget_traces_of(self.session, ids)
        forget_archives_of(self.session, ids)
        for event in self.session.scalars(select(Event).where(Event.ticket_id.in_(ids))):
            own = event.ticket_id in self.own
            if event.actor_name.casefold() in self.names or (own and event.actor_kind == "requester"):
                event.actor_name = self.label
            event.changes = {
                key: [self.label if side else side for side in pair] if own and self._own_words(key)
                else self.scrub.value(pair)
                for key, pair in event.changes.items()
            }  # fmt: skip
        for entry in self.session.scalars(select(TimeEntry).where(TimeEntry.ticket_id.in_(ids))):
            entry.note, entry.reason = self.scrub.text(entry.note)[:500], self.scrub.text(entry.reason)[:200]
        for delivery in self.session.scalars(select(Delivery).where(Delivery.ticket_id.in_(ids))):
            delivery.data, delivery.last_error = self.scrub.value(delivery.data), self.scrub.text(delivery.last_error)
        for draft in self.session.scalars(select(Draft).where(Draft.ticket_id.in_(ids))):
            draft.html = self.scrub.html(draft.html)
        for ticket in self.session.scalars(select(Ticket).where(Ticket.id.in_(set(ids) - self.own))):
            ticket.subject = self.scrub.text(ticket.subject)[:200]
            ticket.last_author = self.label if ticket.last_author.casefold() in self.names else ticket.last_author
        organisations = select(Ticket.organisation_id).where(Ticket.id.in_(ids))
        self._notes_of(Organisation.id.in_(organisations))

    def _own_words(self, key: str) -> bool:
        return key in OWN or key.startswith("fields")

    def _notes_of(self, which: ColumnElement[bool]) -> None:
        for organisation in self.session.scalars(select(Organisation).where(which)):
            organisation.notes = self.scrub.text(organisation.notes)

    def _desk(self) -> None:
        """What names them in what the desk keeps for itself."""
        self._notes_of(Organisation.id.in_([one.organisation_id for one in self.person.contacts]))
        # of a delivery the trail says to whom it went
        for email in self.person.emails:
            mailed = (Action.kind.in_(MAILED), Action.subject.icontains(email, autoescape=True))
            for action in self.session.scalars(select(Action).where(*mailed)):
                action.subject = self.scrub.text(action.subject)[:200]
        # a search for them is of no use to anybody any more
        for view in self.session.scalars(select(SavedView)):
            words = " ".join(value for name, value in parse_qsl(view.query) if name == "q")
            if self.scrub.text(view.name) != view.name or self.scrub.text(words) != words:
                self.session.delete(view)

    # ------------------------------------------------------------------ what was addressed to them

    def _addressed(self) -> None:
        keys = self.person.keys
        to_them = func.lower(Delivery.address).in_(keys)
        forget_archives_of(self.session, addresses=keys)
        # what wasn't sent can't be any more, what was says so to the statistics
        self.session.execute(delete(Delivery).where(to_them, Delivery.state != SENT))
        blank: dict[str, Any] = {"address": "", "name": self.label, "data": {}, "last_error": ""}
        self.session.execute(update(Delivery).where(to_them).values(blank))
        self._blank_grants(func.lower(AccessGrant.email).in_(keys))
        self.session.execute(delete(AccessRequest).where(func.lower(AccessRequest.email).in_(keys)))
        self.session.execute(delete(Follower).where(Follower.email_key.in_(keys), Follower.technician_id.is_(None)))

    def _blank_grants(self, where: ColumnElement[bool]) -> None:
        # not deleted: SQLite gives a row's number again, and a browser that still has it would open another's ticket
        for grant in self.session.scalars(select(AccessGrant).where(where)):
            grant.email, grant.token_hash = "", f"erased-{grant.id}"
            grant.revoked_at = grant.revoked_at or self.now

    def _contacts(self) -> None:
        for contact in self.person.contacts:
            contact.email_key, contact.email = f"erased:{contact.id}", ""
            contact.name, contact.phone, contact.company, contact.notes, contact.words = self.label, "", "", "", ""
            contact.organisation_id, contact.verified_at = None, None
            contact.erased_at = self.now
            contact.version += 1
