"""What an alert says, and the draft of a ticket that comes of it."""

import hashlib
import json
from html import escape

from novantic_core.plugin import FieldError, TicketDraft, _, clean_html, one_line

PRIORITIES = {"critical": "urgent", "warning": "normal"}
OK = "ok"


def read(body):
    """An alert's values: ``id``, ``host``, ``state``, and ``text``, which may be missing.

    :raises ValueError: for what is no JSON object
    :raises FieldError: for a value that can't be taken, with its name
    """
    values = json.loads(body)
    if not isinstance(values, dict):
        raise TypeError("no object")
    for name in ("id", "host", "state"):
        if not isinstance(values.get(name), str) or not values[name].strip():
            raise FieldError(_("Please fill in this field."), name)
    if values["state"] not in {*PRIORITIES, OK}:
        raise FieldError(_("It is one of: critical, warning, ok."), "state")
    if not isinstance(values.get("text", ""), str):
        raise FieldError(_("It takes a text."), "text")
    return values


def draft(values, requester):
    """A ticket's draft."""
    # the same alert twice gives the same key, and a ticket only once
    key = hashlib.sha256(f"alerts {values['id']}".encode()).hexdigest()
    return TicketDraft(
        channel="alert",
        email=requester,
        name="Monitoring",
        subject=str(one_line(f"{values['host']}: {values['state']}"))[:200],
        # what comes from outside is text, never HTML: it is escaped, and cleaned like all that is kept
        message=clean_html(f"<pre>{escape(values.get('text') or values['state'])}</pre>"),
        priority=PRIORITIES[values["state"]],
        submission=key,
    )
