"""A person's traces: the rows that are theirs, and the tickets on which something of them may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import AccessGrant, Contact, Delivery, Event, Follower, Ticket
from novantic_core.plugins import Plugin
from novantic_core.site import Site
from novantic_core.values import ContactInfo

BATCH = 200
NAMED = ("contact_changed", "followed", "unfollowed", "merged", "unmerged")
"""Kinds of events that say the address of somebody who isn't the ticket's requester, or no longer."""


@dataclass(frozen=True)
class Person:
    """Somebody with all their addresses, as they were before anything is done about them."""

    contacts: tuple[Contact, ...]
    """The contact, then those that were merged into it."""
    names: tuple[str, ...]
    """Theirs, those given on their tickets, and those by which they were written to or followed tickets of others."""
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    tickets: tuple[int, ...]
    """Ids of the tickets that are theirs, oldest first."""
    elsewhere: tuple[int, ...]
    """Ids of tickets of others on which they had a part: followed, once theirs, or merged with one of theirs."""

    @property
    def ids(self) -> list[int]:
        """Ids of the contacts."""
        return [contact.id for contact in self.contacts]

    @property
    def keys(self) -> list[str]:
        """The addresses as they are compared."""
        return [email.casefold() for email in self.emails]


def find_person(session: Session, contact: Contact) -> Person:
    """All that leads to a person."""
    merged = session.scalars(select(Contact).where(Contact.merged_into_id == contact.id).order_by(Contact.id)).all()
    contacts = (contact, *merged)
    ids = [one.id for one in contacts]
    names, emails, phones = _distinct(contacts, "name"), _distinct(contacts, "email"), _distinct(contacts, "phone")
    given = select(Ticket.name, Ticket.email, Ticket.phone).where(Ticket.contact_id.in_(ids)).distinct()
    for name, email, phone in session.execute(given):
        names |= {name: None} if name else {}
        emails |= {email: None} if email else {}
        phones |= {phone: None} if phone else {}
    names |= dict.fromkeys(_names_elsewhere(session, [*emails]))
    own = session.scalars(select(Ticket.id).where(Ticket.contact_id.in_(ids)).order_by(Ticket.id)).all()
    return Person(
        contacts,
        tuple(names),
        tuple(emails),
        tuple(phones),
        tuple(own),
        tuple(_elsewhere(session, [*emails], set(own))),
    )


def _distinct(contacts: tuple[Contact, ...], name: str) -> dict[str, None]:
    return {getattr(one, name): None for one in contacts if getattr(one, name)}


def _names_elsewhere(session: Session, emails: list[str]) -> list[str]:
    """Other names that go with an address: as a follower, and on tickets that are somebody else's by now."""
    keys = [email.casefold() for email in emails]
    found: set[str] = set()
    if keys:
        found |= set(session.scalars(select(Follower.name).where(Follower.email_key.in_(keys))))
        mailed = select(Delivery.name).where(func.lower(Delivery.address).in_(keys)).distinct()
        found |= set(session.scalars(mailed))
        for changes in session.scalars(select(Event.changes).where(Event.kind.in_(NAMED), or_(*_says(keys)))):
            for address, name in (("email", "name"), ("address", "follower")):
                pairs = zip(changes.get(address, ()), changes.get(name, ()), strict=False)
                found |= {called for email, called in pairs if email and called and email.casefold() in keys}
    # one without a name is called by the address, which is looked for anyway
    return sorted(name for name in found if name and name.casefold() not in keys)


def _says(keys: list[str]) -> list[ColumnElement[bool]]:
    """Conditions on an event: its changes say one of these addresses."""
    return [cast(Event.changes, String).icontains(f'"{key}"', autoescape=True) for key in keys]


def _elsewhere(session: Session, emails: list[str], own: set[int]) -> list[int]:
    """Tickets of others: those that were followed, mailed about, or once belonged to one of the addresses."""
    keys = [email.casefold() for email in emails]
    found: set[int] = set()
    if keys:
        found |= set(session.scalars(select(Follower.ticket_id).where(Follower.email_key.in_(keys))))
        found |= set(session.scalars(select(AccessGrant.ticket_id).where(func.lower(AccessGrant.email).in_(keys))))
        found |= set(
            session.scalars(
                select(Delivery.ticket_id).where(
                    func.lower(Delivery.address).in_(keys), Delivery.ticket_id.is_not(None)
                )
            )
        )
        found |= set(session.scalars(select(Event.ticket_id).where(Event.kind.in_(NAMED), or_(*_says(keys)))))
    for some in batches(sorted(own)):
        # what was said on theirs goes on in another's
        roots = select(Ticket.merged_into_id).where(Ticket.id.in_(some), Ticket.merged_into_id.is_not(None))
        found |= set(session.scalars(roots))
    return sorted(found - own)


def batches(ids: list[int] | tuple[int, ...]) -> Iterator[list[int]]:
    """Ids, so many at a time as a statement takes well."""
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])


def ask_plugins(site: Site, session: Session, person: Person, hook: str) -> list[tuple[Plugin, int, Any]]:
    """Each plugin's answer to a hook about people, for each of the person's contacts.

    :return: plugin, id of the contact, answer
    :raises FieldError: as the plugin raised it
    :raises PluginFault: for anything else that a plugin raised
    """
    answers = []
    for contact in person.contacts:
        info = ContactInfo(contact.id, contact.email, contact.name, contact.phone)
        for plugin, answer in site.plugins.each(hook, contact=info, session=session):
            answers.append((plugin, contact.id, answer))
    return answers
