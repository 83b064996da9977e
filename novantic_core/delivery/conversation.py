"""The subject of a ticket's mails: one for them all, by which mail programs keep them together."""

from __future__ import annotations

import re

from novantic_core.values import TicketInfo

LONGEST = 200
"""Letters of a ticket's subject that stand in a mail's. The number behind it must be whole, whatever was typed."""
_ANSWERS = re.compile(r"(?:(?:re|rép|tr|fwd?|aw|wg|sv)\s?(?:[\[(][0-9]{1,3}[\])]\s?)?:\s?)+", re.IGNORECASE)
_MARK = re.compile(r"\[#\s?([0-9]+)\s?\]")


def conversation_subject(ticket: TicketInfo, again: bool) -> str:
    """The subject of any mail about a ticket, in any language, whatever the mail says: ``Printer offline [#983177]``.

    Gmail makes a conversation of mails that refer to one another and have the same subject, but for ``Re:``. So what
    may change (whether the ticket is critical, what happened) isn't in it.

    :param again: whether its reader was sent one of this ticket before
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in ticket.subject).split())
    # what a client answered or forwarded in their own mail is no answer in this conversation; and the number of
    # another ticket, as where this one follows a closed one, is no mark of it
    answered = _ANSWERS.match(line)
    line = _MARK.sub(r"#\1", line[answered.end() :] if answered else line)
    if len(line) > LONGEST:
        line = line[: LONGEST - 1].rstrip() + "…"
    return " ".join(filter(None, ("Re:" if again else "", line, f"[#{ticket.number}]")))
