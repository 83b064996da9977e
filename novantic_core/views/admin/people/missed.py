"""What didn't arrive at a person's addresses, asked for once in a request by all that says so."""

from __future__ import annotations

from pyramid.request import Request
from sqlalchemy import select

from novantic_core.models import Contact
from novantic_core.services.find_missed import Missed, find_missed, misses_something


class MissedMails:
    """``request.missed_mails``."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.known: dict[int, dict[str, Missed]] = {}
        self._contacts: dict[int, Contact] = {}
        """Kept, so that whoever needs them on the page has them without a statement."""

    def of(self, contact_id: int) -> dict[str, Missed]:
        """By the address, folded, what didn't arrive there since the last mail that did."""
        if contact_id not in self.known:
            session = self.request.dbsession
            person = select(Contact, misses_something()).where(Contact.id == contact_id)
            self._contacts[contact_id], something = session.execute(person).one()
            self.known[contact_id] = find_missed(session, contact_id) if something else {}
        return self.known[contact_id]

    def at(self, contact_id: int, address: str) -> Missed | None:
        """The same of one address; None if the last mail arrived there."""
        return self.of(contact_id).get(address.casefold())
