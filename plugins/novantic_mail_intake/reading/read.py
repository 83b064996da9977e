"""A mail out of its bytes."""

from __future__ import annotations

import re
from dataclasses import replace

from novantic_core.plugin import Text, clean_html, html_to_text
from novantic_mail_intake.mail import Mail, MailFile
from novantic_mail_intake.reading import words
from novantic_mail_intake.reading.addresses import read_addresses, read_date, read_ids
from novantic_mail_intake.reading.automatic import why_automatic
from novantic_mail_intake.reading.bounce import read_bounce
from novantic_mail_intake.reading.content import Content
from novantic_mail_intake.reading.fold import fold
from novantic_mail_intake.reading.headers import Fields
from novantic_mail_intake.reading.markers import ANSWER_SUBJECT, FORWARD_SUBJECT
from novantic_mail_intake.reading.parts import Budget, parse

MAX_SUBJECT = 500
_NAMED = re.compile(r'(?<!src=")cid:(?=[0-9a-f]{64})')

_PROOF = frozenset({
    "from", "to", "subject", "date", "message-id", "received", "content-type", "mime-version", "return-path", "sender",
    "reply-to", "delivered-to", "cc",
})  # fmt: skip
"""Fields of which any mail has one."""
_DELIVERED = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to", "apparently-to",
    "x-forwarded-to", "resent-to", "x-resolved-to",
)  # fmt: skip


class Unreadable(Exception):
    """The bytes are no mail; ``words`` say why."""

    def __init__(self, said: Text) -> None:
        super().__init__(words.in_english(said))
        self.words = said


def read_mail(raw: bytes, translate: words.Translate = words.in_english) -> Mail:
    """Everything that is wanted of a mail. Whatever is wrong with it, what can be read is read.

    :param translate: gives the words that are put into the text (of an invitation, of an attached mail) in the desk's
        language; what is only for technicians is in ``notes`` and translated when it is shown
    :raises Unreadable: for bytes that are no mail at all; nothing else is raised
    """
    root = parse(_start(raw), budget := Budget())
    fields = root.fields
    if not _PROOF & {name for name, _value in fields.all}:
        raise Unreadable(words.NO_MAIL)
    content = Content(root, translate)
    if budget.exceeded:
        content.note(words.TOO_MANY_PARTS)
    subject = fields.words("subject")[:MAX_SUBJECT]
    source = fold(content.pieces, answers=_is_answer(fields, subject))
    # what names a file in words or as a link doesn't show it: it would be missing among the files
    html = _NAMED.sub("cid: ", clean_html(source, folds=True)) if source else ""
    sender_name, sender = _sender(fields)
    if not sender:
        content.note(words.NO_SENDER)
    delivered = tuple(address for _name, address in _mailboxes(fields, *_DELIVERED))
    copies, to = _mailboxes(fields, "to", "cc"), {address.lower() for _name, address in _mailboxes(fields, "to")}
    return Mail(
        sender=sender, sender_name=sender_name, subject=subject, html=html, several=len(_mailboxes(fields, "from")) > 1,
        message_id=next(iter(read_ids(fields.raw("message-id"))), ""),
        reply_to=next((address for _name, address in read_addresses(fields.first("reply-to"))), ""),
        answers=_answers(fields), recipients=_recipients(copies, delivered), delivered=delivered, copies=copies,
        in_copy=tuple(one for one in copies if one[1].lower() not in to),
        sent_at=read_date(fields.first("date")), files=_shown(content.all_files(), html),
        automatic=why_automatic(fields),
        bounce=read_bounce(root, html_to_text("".join(content.pieces)) if content.pieces else ""),
        notes=tuple(content.notes),
    )  # fmt: skip


def _is_answer(fields: Fields, subject: str) -> bool:
    """Whether a mail answers one, and its sender doesn't rather pass it on."""
    if FORWARD_SUBJECT.match(subject):
        return False
    return "in-reply-to" in fields or "references" in fields or ANSWER_SUBJECT.match(subject) is not None


def _shown(files: tuple[MailFile, ...], html: str) -> tuple[MailFile, ...]:
    """The files; a picture whose place in the text was cut off is a file as any."""
    return tuple(replace(file, cid="") if file.cid and f"cid:{file.cid}" not in html else file for file in files)


def _start(raw: bytes) -> bytes:
    """The mail without what some programs put before it, and with line ends that are some."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _sender(fields: Fields) -> tuple[str, str]:
    for name in ("from", "sender", "reply-to", "x-sender", "return-path"):
        found = read_addresses(fields.first(name))
        if found:
            name_of = found[0][0] or (fields.words("from") if name != "from" else "")
            return name_of[:200], found[0][1]
    return fields.words("from")[:200], ""


def _mailboxes(fields: Fields, *names: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        for value in fields.raw(name):
            for label, address in read_addresses(value):
                found.setdefault(address.lower(), (label[:200], address))
    return tuple(found.values())


def _recipients(copies: tuple[tuple[str, str], ...], delivered: tuple[str, ...]) -> tuple[str, ...]:
    found = {address.lower(): address for _name, address in copies}
    for address in delivered:
        found.setdefault(address.lower(), address)
    return tuple(found.values())


def _answers(fields: Fields) -> tuple[str, ...]:
    references = read_ids(fields.raw("references"))[-100:]
    return tuple(dict.fromkeys([*read_ids(fields.raw("in-reply-to"))[:10], *reversed(references)]))
