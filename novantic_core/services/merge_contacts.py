"""Two contacts that are one person: finding them, making one of them, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Contact, Technician, Ticket
from novantic_core.models.fold import digits, fold
from novantic_core.services.find_contacts import ALIKE
from novantic_core.services.keep_contact import contact_subject, words_of
from novantic_core.services.keep_index import tickets_changed
from novantic_core.services.record_action import record_action
from novantic_core.services.visibility import visible_contacts
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError, Text

SUGGESTED = 12
COLLEAGUES = 500
"""How many of an organisation's people are looked at for a similar name."""

SAME_NAME, SAME_PHONE, COLLEAGUE = _("same name"), _("same phone number"), _("same organisation, similar name")
NOT_TO_MERGE = _("These two can't be merged: one of them was merged or erased meanwhile.")


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who may be the same person, and what says so."""

    contact: Contact
    reasons: tuple[Text, ...]


def likely_duplicates(site: Site, session: Session, technician: Technician, contact: Contact) -> list[Likely]:
    """Contacts of the same name or phone, or of a similar name in the same organisation; the likeliest first."""
    name, phone = fold(contact.name), digits(contact.phone)
    found: dict[int, tuple[Contact, list[Text]]] = {}

    def look(*where: ColumnElement[bool], limit: int = SUGGESTED) -> list[Contact]:
        query = select(Contact).where(
            Contact.id != contact.id, Contact.merged_into_id.is_(None), Contact.erased_at.is_(None), *where
        )
        seen = visible_contacts(site, technician)
        if seen is not None:
            query = query.where(seen)
        return list(session.scalars(query.order_by(Contact.id).limit(limit)))

    def keep(rows: list[Contact], reason: Text) -> None:
        for row in rows:
            found.setdefault(row.id, (row, []))[1].append(reason)

    if name:
        keep(look(Contact.words.startswith(f"{name}  ", autoescape=True)), SAME_NAME)
    if len(phone) == len("123456789"):
        keep(look(Contact.words.endswith(f"  {phone}", autoescape=True)), SAME_PHONE)
    if contact.organisation_id is not None:
        mates = look(Contact.organisation_id == contact.organisation_id, limit=COLLEAGUES)
        keep([row for row in mates if _alike(name, fold(row.name))], COLLEAGUE)
    best = sorted(found.values(), key=lambda pair: (-len(pair[1]), pair[0].id))
    return [Likely(row, tuple(reasons)) for row, reasons in best[:SUGGESTED]]


def _alike(one: str, other: str) -> bool:
    """``claire lefevre`` and ``lefevre claire``, ``c lefevre``, ``claire lefebvre``; not the same, which is said."""
    if one == other:
        return False
    one, other = one.replace(".", " ").strip(), other.replace(".", " ").strip()
    ours, theirs = sorted(one.split()), sorted(other.split())
    if ours == theirs or SequenceMatcher(None, one, other).ratio() >= ALIKE:
        return True
    # an initial in the place of the first name
    if len(ours) < 2 or len(theirs) < 2 or one.rsplit(maxsplit=1)[-1] != other.rsplit(maxsplit=1)[-1]:
        return False
    first, second = one.split(maxsplit=1)[0], other.split(maxsplit=1)[0]
    return first[0] == second[0] and 1 in {len(first), len(second)}


def merge_contacts(site: Site, session: Session, contact: Contact, into: Contact, actor: Actor, now: datetime) -> int:
    """Make one person of two: ``contact``'s address goes on leading to ``into``, the tickets are theirs.

    What ``into`` says stays, its gaps are filled. No ticket gets an event: what it says of itself is as it was given.

    :return: how many tickets moved
    :raises FieldError: if one of them was merged or erased, or both are the same
    """
    _lock(session, contact, into)
    if contact.id == into.id or any(one.merged_into_id or one.erased_at for one in (contact, into)):
        raise FieldError(NOT_TO_MERGE)
    # one step leads to the person, however often they were merged
    session.execute(update(Contact).where(Contact.merged_into_id == contact.id).values(merged_into_id=into.id))
    contact.merged_into_id = into.id
    for name in ("phone", "company", "organisation_id"):
        if not getattr(into, name):
            setattr(into, name, getattr(contact, name))
    if contact.notes and contact.notes not in into.notes:
        into.notes = f"{into.notes}\n\n{contact.notes}".strip()
    into.words = words_of(into)
    into.version += 1
    session.flush()
    if into.organisation_id is not None:
        tickets_changed(site, session, Ticket.contact_id == contact.id, Ticket.organisation_id.is_(None))
    moved = session.execute(
        update(Ticket)
        .where(Ticket.contact_id == contact.id)
        .values(
            contact_id=into.id, merged_contact_id=func.coalesce(Ticket.merged_contact_id, contact.id),
            organisation_id=func.coalesce(Ticket.organisation_id, into.organisation_id),
        ),
    )  # fmt: skip
    number = int(moved.rowcount)  # type: ignore[attr-defined]
    changes: dict[str, tuple[Any, Any]] = {"merged": (None, contact_subject(contact)), "tickets": (None, number)}
    record_action(session, "contacts_merged", actor, now, contact_subject(into), changes)
    return number


def separate_contact(session: Session, contact: Contact, actor: Actor, now: datetime) -> int:
    """Undo a merge: the address is a person's of its own again, with the tickets that came from it, then and since.

    What the other one took over stays there.

    :return: how many tickets moved back
    :raises FieldError: if it isn't merged, or was erased
    """
    into = session.get_one(Contact, contact.merged_into_id) if contact.merged_into_id is not None else None
    if into is not None:
        _lock(session, contact, into)
    if into is None or contact.merged_into_id != into.id or contact.erased_at is not None:
        raise FieldError(_("It is a contact of its own already, or was erased."))
    contact.merged_into_id = None
    contact.version += 1
    into.version += 1
    session.flush()
    moved = session.execute(
        update(Ticket)
        .where(Ticket.contact_id == into.id, Ticket.merged_contact_id == contact.id)
        .values(contact_id=contact.id, merged_contact_id=None)
    )
    number = int(moved.rowcount)  # type: ignore[attr-defined]
    changes: dict[str, tuple[Any, Any]] = {"merged": (contact_subject(contact), None), "tickets": (None, number)}
    record_action(session, "contact_separated", actor, now, contact_subject(into), changes)
    return number


def _lock(session: Session, *contacts: Contact) -> None:
    """Hold both, always in the same order: a ticket that is just opened from one of them waits, or was there before."""
    for one in sorted(contacts, key=lambda row: row.id):
        session.refresh(one, with_for_update=True)
