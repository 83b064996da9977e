"""Putting right what is known of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Contact, Ticket
from novantic_core.models.fold import contact_words
from novantic_core.services.keep_index import tickets_changed
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

FACTS = ("name", "email", "phone", "company", "organisation_id", "notes")

TAKEN = _("Another contact has this address: ${name}. If it is the same person, merge the two instead.")
TAKEN_MERGED = _("This address was merged into ${name}.")


def save_contact(
    site: Site, session: Session, contact: Contact, facts: Mapping[str, Any], actor: Actor, now: datetime
) -> bool:
    """Change facts of a person. What their tickets say stays as it was given there.

    Tickets without an organisation go where the person goes; those of another organisation stay with it.

    :param facts: by the names of :data:`FACTS`
    :return: whether anything changed
    :raises FieldError: for an address that another contact has
    """
    changed = [name for name in FACTS if name in facts and facts[name] != getattr(contact, name)]
    if not changed:
        return False
    if "email" in changed:
        _take_address(session, contact, facts["email"])
    for name in changed:
        setattr(contact, name, facts[name])
    contact.words = words_of(contact)
    contact.version += 1
    if "organisation_id" in changed and contact.organisation_id is not None:
        homeless = (Ticket.contact_id == contact.id, Ticket.organisation_id.is_(None))
        tickets_changed(site, session, *homeless)
        session.execute(update(Ticket).where(*homeless).values(organisation_id=contact.organisation_id))
    # which facts, not what they were: the trail is kept when a person is erased
    record_action(session, "contact_saved", actor, now, contact_subject(contact), {"facts": (None, changed)})
    try:
        session.flush()
    except IntegrityError as error:
        raise RetryableException("the address was taken meanwhile") from error
    return True


def words_of(contact: Contact) -> str:
    """What a contact is searched by, as it is now."""
    return contact_words({name: getattr(contact, name) for name in FACTS})


def contact_subject(contact: Contact) -> str:
    """What the trail calls a person: no name, because it is kept when they are erased."""
    return f"contact {contact.id}"


def _take_address(session: Session, contact: Contact, email: str) -> None:
    key = email.casefold()
    if key == contact.email_key:
        return
    other = session.scalar(select(Contact).where(Contact.email_key == key))
    if other is not None:
        if other.merged_into_id is not None:
            person = session.get_one(Contact, other.merged_into_id)
            raise FieldError(_(TAKEN_MERGED, mapping={"name": person.name}), "email")
        raise FieldError(_(TAKEN, mapping={"name": other.name}), "email")
    contact.email_key = key
    # nobody has opened a link at this address yet
    contact.verified_at = None
