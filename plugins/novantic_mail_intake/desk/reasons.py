"""Why a mail was held, stopped or left: noted in English, told in the reader's language where the words are ours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyramid.request import Request

from novantic_core.plugin import Text, _
from novantic_mail_intake.models import AUTOMATIC, IncomingMail

OURS: Sequence[tuple[str, Text]] = (
    (
        r"its sender is neither the requester nor does anybody of that address follow the ticket",
        _("its sender is neither the ticket's client nor somebody who follows it"),
    ),
    (
        r"its sender was in copy of a mail on this ticket, but doesn't follow it",
        _("its sender was in copy of a mail on this ticket, but doesn't follow it"),
    ),
    (
        r"a technician's address, but nothing proves that it is theirs",
        _("it has a technician's address, but nothing proves that they sent it: answers to their own notices do"),
    ),
    (
        r"it names several senders, of whom only one can have sent it",
        _("it names several senders, and only one of them can have sent it"),
    ),
    (
        r"it shows what was written for technicians, and nothing tells that from the answer",
        _("it shows what our notice told technicians, and nothing tells that from the answer: copy the answer instead"),
    ),
    (r"more mails of its sender than (?P<rate>.+)", _("more mails came from its sender than ${rate}")),
    (
        r"the same words of the same sender more often than (?P<rate>.+)",
        _("the same words came from its sender more often than ${rate}"),
    ),
    (r"one of the desk's own addresses: (?P<address>.+)", _("it says to come from ${address}, an address of our own")),
    (r"Return-Path: <>", _("it came without a return path, as servers' own words do")),
    (r"not delivered yet; its server goes on trying", _("not delivered yet; the server goes on trying")),
    (
        r"about a mail that isn't one of ours, or is known no more",
        _("it is about a mail that isn't ours, or that nothing is known of any more"),
    ),
    (
        r"taking it up never came to its end: each time the process ended before",
        _("reading it never came to its end: each time, the process ended before"),
    ),
    (r"ValueError: it gives no address of its sender", _("it gives no address of its sender")),
    (
        r"ValueError: its sender has no address that mail could be sent to: (?P<address>.+)",
        _("its sender has no address that a mail could be sent to: ${address}"),
    ),
)
_NAME = re.compile(r"(?:Unreadable|FieldError): ")


def reason(request: Request, mail: IncomingMail) -> tuple[str, str] | None:
    """Why a mail is in its state, and the language of that; None where nothing is noted."""
    if not mail.fault:
        return None
    words, locale = request.page.words, request.locale_name
    for pattern, sentence in OURS:
        found = re.fullmatch(pattern, mail.fault, re.DOTALL)
        if found is not None:
            return words(_(sentence, mapping=found.groupdict())), locale
    if mail.state == AUTOMATIC:
        return words(_("it says “${header}”", mapping={"header": mail.fault})), locale
    # a sentence of the core's or of a plugin's is known by itself
    said = _NAME.sub("", mail.fault, count=1)
    translated = words(_(said))
    return (translated, locale) if translated != said else (said, "en")


def no_subject(request: Request, mail: IncomingMail) -> str:
    """What stands for a subject where there is none."""
    known = mail.message_id or mail.sender
    return str(request.page.words(_("(no subject)") if known else _("Mail no. ${id}", mapping={"id": mail.id})))
