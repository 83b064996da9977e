"""Organisations: adding, changing, merging and deleting them, and the mail domains by which their people are known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Contact, Organisation, OrganisationDomain, Ticket, TimeEntry
from novantic_core.models.fold import LONGEST, fold
from novantic_core.services.describe import organisation_info
from novantic_core.services.keep_index import tickets_changed
from novantic_core.services.mail_domain import read_domain, spellings
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

FACTS = ("name", "contract", "notes")


def create_organisation(session: Session, facts: Mapping[str, Any], actor: Actor, now: datetime) -> Organisation:
    """Add an organisation.

    :param facts: by the names of :data:`FACTS`
    :raises FieldError: for a name that another one has
    """
    _free_name(session, facts["name"], None)
    row = Organisation(name_key=facts["name"].casefold(), created_at=now, **{name: facts[name] for name in FACTS})
    session.add(row)
    _flush(session)
    record_action(session, "organisation_added", actor, now, row.name, {"contract": (None, row.contract)})
    return row


def save_organisation(
    site: Site, session: Session, row: Organisation, facts: Mapping[str, Any], actor: Actor, now: datetime
) -> bool:
    """Change facts of an organisation.

    :return: whether anything changed
    :raises FieldError: for a name that another one has
    """
    changes = {name: (getattr(row, name), facts[name]) for name in FACTS if facts[name] != getattr(row, name)}
    if not changes:
        return False
    _free_name(session, facts["name"], row.id)
    for name, (_before, after) in changes.items():
        setattr(row, name, after)
    row.name_key, row.words = row.name.casefold(), fold(row.name)[:LONGEST]
    row.version += 1
    # notes may be about people: that they changed is enough
    shown = {name: pair for name, pair in changes.items() if name != "notes"}
    if "notes" in changes:
        shown["facts"] = (None, ["notes"])
    record_action(session, "organisation_saved", actor, now, row.name, shown)
    _flush(session)
    if "name" in changes:
        tickets_changed(site, session, Ticket.organisation_id == row.id)
    return True


def _free_name(session: Session, name: str, mine: int | None) -> None:
    other = session.scalar(select(Organisation.id).where(Organisation.name_key == name.casefold()))
    if other is not None and other != mine:
        raise FieldError(_("Another organisation has this name. If it is the same one, merge the two instead."), "name")


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise RetryableException("the name or the domain was taken meanwhile") from error


# ------------------------------------------------------------------------------------------------ mail domains


def check_domain(session: Session, row: Organisation, typed: str) -> str:
    """A mail domain that may be added, in the form in which it is kept.

    :raises FieldError: if it is none, a public one, or has an organisation already
    """
    domain = read_domain(typed)
    known = session.get(OrganisationDomain, domain)
    if known is not None:
        if known.organisation_id == row.id:
            raise FieldError(_("It is there already."), "domain")
        other = session.get_one(Organisation, known.organisation_id)
        raise FieldError(_("This domain belongs to ${name}.", mapping={"name": other.name}), "domain")
    return domain


def would_join(session: Session, domain: str) -> tuple[int, int]:
    """How many contacts of a mail domain have no organisation yet, and how many of their tickets."""
    contacts = session.scalar(select(func.count()).select_from(Contact).where(*_homeless(domain))) or 0
    theirs = select(Contact.id).where(*_homeless(domain))
    homeless = (Ticket.contact_id.in_(theirs), Ticket.organisation_id.is_(None))
    return contacts, session.scalar(select(func.count()).select_from(Ticket).where(*homeless)) or 0


def _homeless(domain: str) -> tuple[ColumnElement[bool], ...]:
    endings = [Contact.email_key.endswith(f"@{one}", autoescape=True) for one in spellings(domain)]
    return Contact.organisation_id.is_(None), Contact.merged_into_id.is_(None), or_(*endings)


def add_domain(
    site: Site, session: Session, row: Organisation, typed: str, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Give a mail domain to an organisation; contacts of it that have none, and their tickets, join it.

    :return: how many contacts and tickets joined
    :raises FieldError: as :func:`check_domain`
    """
    domain = check_domain(session, row, typed)
    session.add(OrganisationDomain(domain=domain, organisation_id=row.id))
    _flush(session)
    theirs = select(Contact.id).where(*_homeless(domain))
    homeless = (Ticket.contact_id.in_(theirs), Ticket.organisation_id.is_(None))
    tickets_changed(site, session, *homeless)
    tickets = session.execute(
        update(Ticket).where(*homeless).values(organisation_id=row.id), execution_options={"synchronize_session": False}
    )
    contacts = session.execute(
        update(Contact).where(*_homeless(domain)).values(organisation_id=row.id),
        execution_options={"synchronize_session": False},
    )
    joined: tuple[int, int] = (contacts.rowcount, tickets.rowcount)  # type: ignore[attr-defined]
    changes = {"domain": (None, domain), "contacts": (0, joined[0]), "tickets": (0, joined[1])}
    record_action(session, "organisation_domain_added", actor, now, row.name, changes)
    return joined


def remove_domain(session: Session, row: Organisation, domain: str, actor: Actor, now: datetime) -> bool:
    """Take a mail domain away from an organisation; who joined it stays. False if it isn't there."""
    known = session.get(OrganisationDomain, domain)
    if known is None or known.organisation_id != row.id:
        return False
    session.delete(known)
    record_action(session, "organisation_domain_removed", actor, now, row.name, {"domain": (domain, None)})
    return True


# ------------------------------------------------------------------------------------------------ ending one


def is_empty(session: Session, row: Organisation) -> bool:
    """Whether an organisation has no contact, no ticket and no time noted."""
    holds = [exists().where(model.organisation_id == row.id) for model in (Contact, Ticket, TimeEntry)]
    return not session.scalar(select(or_(*holds)))


def delete_organisation(session: Session, row: Organisation, actor: Actor, now: datetime) -> None:
    """Delete an organisation and its mail domains.

    :raises FieldError: if it has contacts, tickets or time
    """
    if not is_empty(session, row):
        raise FieldError(_("It has contacts, tickets or time by now: only an empty organisation can be deleted."))
    session.execute(delete(OrganisationDomain).where(OrganisationDomain.organisation_id == row.id))
    session.delete(row)
    record_action(session, "organisation_deleted", actor, now, row.name)


def merge_organisations(
    site: Site, session: Session, row: Organisation, into: Organisation, actor: Actor, now: datetime
) -> dict[str, int]:
    """Make one organisation of two: contacts, tickets, time and mail domains go to ``into``, the other one is gone.

    What ``into`` says of itself stays; notes of the other stand below its own. There is no undoing it.

    :return: how many ``contacts``, ``tickets`` and ``domains`` moved
    :raises ValueError: for one and the same
    """
    if row.id == into.id:
        raise ValueError("an organisation can't be merged into itself")
    tickets_changed(site, session, Ticket.organisation_id == row.id)
    moved = {}
    models = {"contacts": Contact, "tickets": Ticket, "time": TimeEntry, "domains": OrganisationDomain}
    for name, model in models.items():
        done = session.execute(
            update(model).where(model.organisation_id == row.id).values(organisation_id=into.id),  # type: ignore[attr-defined]
            execution_options={"synchronize_session": False},
        )
        moved[name] = int(done.rowcount)  # type: ignore[attr-defined]
    if row.notes:
        into.notes = f"{into.notes}\n\n{row.notes}".strip()
    into.version += 1
    session.flush()
    kept, gone = organisation_info(into), organisation_info(row)
    site.plugins.collect("novantic_organisation_merged", session=session, kept=kept, gone=gone)
    session.delete(row)
    changes = {"name": (row.name, into.name), **{name: (None, number) for name, number in moved.items()}}
    record_action(session, "organisations_merged", actor, now, into.name, changes)
    return moved
