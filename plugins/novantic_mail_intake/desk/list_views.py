"""The list of the mails that came in: what waits for a decision first."""

from __future__ import annotations

from functools import partial
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import _, draw_page
from novantic_mail_intake.desk.find import PLUGIN, Wanted, counts_on, find_mails
from novantic_mail_intake.desk.reasons import no_subject, reason
from novantic_mail_intake.desk.words import STATES, TAGS
from novantic_mail_intake.mailboxes import read_mailboxes
from novantic_mail_intake.models import STATES as KNOWN
from novantic_mail_intake.models import TO_DECIDE

WAITING, ALL = "waiting", "all"
"""What is shown besides one state: all that waits for a technician, and simply all."""
LONGEST = 254


def asked(request: Request) -> dict[str, str]:
    """What the address asks for, by name; what is no state stands for what waits."""
    # PostgreSQL takes no NUL
    typed = {name: request.GET.get(name, "").replace("\0", "").strip() for name in
             ("state", "mailbox", "sender", "ticket")}  # fmt: skip
    state = typed["state"] if typed["state"] in {ALL, *KNOWN} else WAITING
    return {
        "state": state, "mailbox": typed["mailbox"][:64], "sender": typed["sender"][:LONGEST],
        "ticket": typed["ticket"].lstrip("#")[:20],
    }  # fmt: skip


@view_config(route_name="admin_mail", request_method="GET")
def index(request: Request) -> Response:
    """A page of them, the newest first."""
    query = asked(request)
    states = {WAITING: TO_DECIDE, ALL: ()}.get(query["state"], (query["state"],))
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 10 else None
    wanted = Wanted(states, query["mailbox"], query["sender"], query["ticket"])
    rows, following = find_mails(request, wanted, before)
    counts = counts_on(request, now=True)
    numbers = request.desk.visible_to(request.technician).numbers(row.ticket_id for row in rows if row.ticket_id)

    def address(**other: Any) -> str:
        given = {**query, **other}
        return str(request.route_path("admin_mail", _query={name: value for name, value in given.items() if value}))

    chips = [
        (address(state=""), _("To decide"), query["state"] == WAITING, sum(counts.values())),
        *[(address(state=state), words, query["state"] == state, counts.get(state)) for state, words in STATES.items()],
        (address(state=ALL), _("All"), query["state"] == ALL, None),
    ]
    boxes = list(read_mailboxes(request.desk.plugin_settings(PLUGIN)))
    if query["mailbox"] and query["mailbox"] not in boxes:
        boxes.append(query["mailbox"])
    return draw_page(
        request, "admin/mail/list.pt", rows=rows, numbers=numbers, chips=chips, query=query, boxes=boxes,
        states=STATES, tags=TAGS, reason=partial(reason, request), no_subject=partial(no_subject, request),
        filtered=any(query[name] for name in ("mailbox", "sender", "ticket")),
        cleared=address(mailbox="", sender="", ticket=""), waiting=query["state"] == WAITING,
        all=address(state=ALL), newest=address() if before is not None else None,
        older=address(before=following) if following is not None else None,
    )  # fmt: skip
