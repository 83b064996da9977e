"""What of the tickets a technician may see, for plugins that show what belongs to tickets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from novantic_core.models import Technician, Ticket
from novantic_core.services.describe import ticket_info
from novantic_core.services.family import root_of
from novantic_core.services.visibility import hidden_teams, may_see
from novantic_core.site import Site
from novantic_core.values import TicketInfo


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the tickets a technician may see: all but those of private teams that aren't their own. Since 1.3."""

    site: Site
    session: Session
    technician: Technician

    def ticket(self, number: str) -> TicketInfo | None:
        """The ticket of that number; the one in which it goes on, where it was merged. None for one they may not see.

        Which of the two, that there is none or that they may not see it, must not be told.
        """
        return self._seen(select(Ticket).where(Ticket.number == number))

    def ticket_of(self, ticket_id: int) -> TicketInfo | None:
        """The same by its id."""
        return self._seen(select(Ticket).where(Ticket.id == ticket_id))

    def numbers(self, ids: Iterable[int]) -> dict[int, str]:
        """The numbers of those of these tickets that they may see, by id: in one statement, for a list."""
        wanted, condition = sorted(set(ids)), self.sees(Ticket.id)
        if not wanted:
            return {}
        statement = select(Ticket.id, Ticket.number).where(Ticket.id.in_(wanted))
        return {
            row[0]: row[1]
            for row in self.session.execute(statement if condition is None else statement.where(condition))
        }

    def team(self, key: str) -> bool:
        """Whether they may see what a team's tickets are about."""
        return key not in hidden_teams(self.site, self.technician)

    def sees(self, ticket_id: Any) -> ColumnElement[bool] | None:
        """A condition for a query of the plugin's: that a column holds the id of a ticket that they may see.

        None where they see all tickets, which costs nothing.
        """
        if not hidden_teams(self.site, self.technician):
            return None
        one = aliased(Ticket)
        return exists().where(one.id == ticket_id, ~self._hides(one), one.id.not_in(self._below_hidden()))

    def _below_hidden(self) -> Select[int]:
        """Ids of the tickets that go on in one that is hidden: what was said there is said in that one now."""
        top, root, one = aliased(Ticket), aliased(Ticket), aliased(Ticket)
        merged = select(top.id).join(root, root.id == top.merged_into_id).where(self._hides(root))
        below = merged.cte(recursive=True)
        every = below.union_all(select(one.id).join(below, one.merged_into_id == below.c.id))
        return select(every.c.id)

    def _hides(self, ticket: Any) -> ColumnElement[bool]:
        # one that is nobody's isn't theirs: what is missing must not make the whole unknown
        others = ticket.assignee_id.is_(None) | (ticket.assignee_id != self.technician.id)
        hidden: ColumnElement[bool] = ticket.team.in_(hidden_teams(self.site, self.technician)) & others
        return hidden

    def _seen(self, statement: Any) -> TicketInfo | None:
        found = self.session.scalar(statement)
        if found is None or not may_see(self.site, self.technician, found):
            return None
        root = root_of(self.session, found)
        return ticket_info(root) if may_see(self.site, self.technician, root) else None
