"""What didn't arrive at a person's addresses, asked for once in a request by all that says so."""

from __future__ import annotations

from pyramid.request import Request

from novantic_core.services.find_missed import Missed, find_missed


class MissedMails:
    """``request.missed_mails``."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.known: dict[int, dict[str, Missed]] = {}

    def of(self, contact_id: int) -> dict[str, Missed]:
        """By the address, folded, what didn't arrive there since the last mail that did."""
        if contact_id not in self.known:
            self.known[contact_id] = find_missed(self.request.dbsession, contact_id)
        return self.known[contact_id]

    def at(self, contact_id: int, address: str) -> Missed | None:
        """The same of one address; None if the last mail arrived there."""
        return self.of(contact_id).get(address.casefold())
