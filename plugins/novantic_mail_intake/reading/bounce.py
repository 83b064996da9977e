"""Mails of servers about a mail of ours that wasn't delivered: RFC 3464, and the words of those that don't know it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from novantic_mail_intake.mail import Bounce
from novantic_mail_intake.reading.addresses import read_addresses, read_ids
from novantic_mail_intake.reading.charsets import plain_line
from novantic_mail_intake.reading.headers import Fields, decode_words, split_head
from novantic_mail_intake.reading.parts import Part

LONGEST = 60_000
"""Characters of a bounce's text that are looked at."""

_STATUS = re.compile(r"(?<![\d.])(?P<status>[245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.#])(?P<reply>[45]\d\d)(?=[ -](?:[45]\.\d|[A-Za-z<]))")
_ADDRESS = re.compile(r"[\w.+=~&'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_FAILURE_WORDS = re.compile(
    r"could ?n[o']t be delivered|was ?n[o']t delivered|wasn't able to deliver|undeliver(?:able|ed)|"
    r"delivery (?:has |to .{0,200} )?failed|delivery status notification|failure notice|returned mail|"
    r"returned to sender|"
    r"mail delivery (?:failed|system|subsystem)|"
    r"permanent (?:fatal )?errors?|n['’](?:a|ont) pas pu être (?:remis|distribué|délivré)|"
    r"non (?:remis|distribué|délivré)|échec de (?:la )?(?:remise|distribution)|"
    r"impossible de (?:remettre|distribuer|délivrer)|"
    r"message could ?n[o']t be|undelivered mail|la remise .{0,100} a échoué|adresse introuvable|"
    r"address not found|delivery failure|mail non (?:remis|distribué)",
    re.IGNORECASE,
)
_DELAY_WORDS = re.compile(
    r"delay(?:ed)?\b|warning: .{0,60}not (?:been )?delivered|still being retried|"
    r"will (?:keep|continue) (?:trying|to try)|retard|"
    r"you do not need to resend|vous n['’]avez pas besoin de (?:ren|l['’]en)voyer|nouvelles? tentatives?|incomplete|"
    r"has not yet been delivered|n['’]a pas encore (?:pu )?(?:été|être)",
    re.IGNORECASE,
)
_QMAIL = re.compile(r"^Hi\. This is the .{0,200}\bat .{1,200}\.$", re.MULTILINE)
_QMAIL_RECIPIENT = re.compile(r"^<(?P<address>[^<>\s]{3,320})>:\s*$", re.MULTILINE)
_RETURNED = re.compile(
    r"^(?:-{2,} ?(?:Below this line is a copy of the message|This is a copy of|Original message|Ceci est une copie|"
    r"En-têtes|Message d['’]origine).{0,200}|Original [Mm]essage [Hh]eaders:|En-têtes d['’]origine du message ?:|"
    r"En-têtes de message d['’]origine ?:|------ This is a copy of .{0,200})$",
    re.MULTILINE,
)
_MESSAGE_ID = re.compile(r"^[ >]{0,8}message-id:\s*<(?P<id>[^<>\s]{1,500})>", re.MULTILINE | re.IGNORECASE)
_PERMANENT_REPLIES = re.compile(r"\b(?:550|551|553|554)\b")


@dataclass(frozen=True, slots=True)
class _Original:
    message_id: str = ""
    recipient: str = ""


def read_bounce(root: Part, text: str) -> Bounce | None:
    """What a mail says of one that it couldn't deliver; None where it isn't about such a thing.

    Receipts (``delivered``, ``relayed``, ``expanded``) and notices that somebody read a mail (RFC 8098) are none.

    :param text: the mail's words, without its HTML
    """
    original = _original(root, text)
    report = next((part for part in _every(root) if part.media_type == "message/delivery-status"), None)
    if report is not None and _is_report(root):
        return _by_report(report, original, text)
    if root.fields.content_type[1].get("report-type", "").lower() == "disposition-notification":
        return None
    if not _is_from_server(root.fields):
        return None
    return _by_words(root.fields, original, text[:LONGEST])


def _is_report(root: Part) -> bool:
    """Whether the mail itself is a server's word, and not somebody's who shows what came back to them."""
    return (
        root.media_type in {"multipart/report", "message/delivery-status"}
        or "report-type" in root.fields.content_type[1]
        or "auto-submitted" in root.fields
        or any(value.strip() in {"<>", ""} for value in root.fields.raw("return-path"))
        or _is_from_server(root.fields)
    )


def _every(part: Part) -> list[Part]:
    found = [part]
    for child in part.children:
        found += _every(child)
    return found


# ------------------------------------------------------------------ RFC 3464


def _by_report(report: Part, original: _Original, text: str) -> Bounce | None:
    groups = [Fields(block) for block in re.split(rb"\r?\n[ \t]*\r?\n", report.data()) if block.strip()]
    for group in groups:
        action = group.first("action").strip().lower().partition(" ")[0]
        if action not in {"failed", "delayed"}:
            continue
        status = _STATUS.search(group.first("status"))
        recipient = _typed(group.first("original-recipient")) or _typed(group.first("final-recipient"))
        words = decode_words(_value(group.first("diagnostic-code"))) or _sentence(text)
        code = status["status"] if status else ""
        if code in {"", "5.0.0", "4.0.0"}:
            # the server's own answer knows more
            found = _STATUS.search(words)
            code = found["status"] if found else code
        # what failed after days of trying has a status of 4 still, and is for good all the same
        return Bounce(recipient or original.recipient, code, words[:500], action == "failed", original.message_id)
    return None


def _typed(value: str) -> str:
    """An address of a report: ``rfc822; somebody@example.com``."""
    address = _value(value).strip().strip("<>")
    return address if "@" in address else ""


def _value(value: str) -> str:
    kind, separator, rest = value.partition(";")
    return rest.strip() if separator and " " not in kind.strip() else value.strip()


# ------------------------------------------------------------------ in their own words


def _is_from_server(fields: Fields) -> bool:
    addresses = [address.lower() for _name, address in read_addresses(fields.first("from"))]
    if any(address.startswith(("mailer-daemon@", "postmaster@", "mail-daemon@", "mdaemon@")) for address in addresses):
        return True
    if "x-failed-recipients" in fields:
        return True
    if any(address.startswith("microsoftexchange") for address in addresses):
        return True
    empty = any(value.strip() in {"<>", ""} for value in fields.raw("return-path"))
    return empty and bool(_FAILURE_WORDS.search(fields.words("subject")))


def _by_words(fields: Fields, original: _Original, text: str) -> Bounce | None:
    returned = _RETURNED.search(text)
    said = text[: returned.start()] if returned else text
    subject = fields.words("subject")
    qmail = _QMAIL.search(said)
    failed = bool(_FAILURE_WORDS.search(f"{subject}\n{said}")) or qmail is not None or "x-failed-recipients" in fields
    delayed = bool(_DELAY_WORDS.search(subject)) or (
        bool(_DELAY_WORDS.search(said[:2000])) and not _PERMANENT_REPLIES.search(said)
    )
    if not failed and not delayed:
        return None
    status, reply = _STATUS.search(said), _REPLY.search(said)
    code = status["status"] if status else ""
    first = code[:1] or (reply["reply"][:1] if reply else "")
    recipient = _recipient(fields, said, original)
    permanent = first != "4" and not (delayed and first != "5")
    return Bounce(recipient, code, _sentence(said, recipient)[:500], permanent, original.message_id)


def _recipient(fields: Fields, said: str, original: _Original) -> str:
    named = fields.first("x-failed-recipients").partition(",")[0].strip()
    if "@" in named:
        return named
    if original.recipient:
        return original.recipient
    found = _QMAIL_RECIPIENT.search(said)
    if found:
        return found["address"]
    servers = {address.lower() for name in ("from", "to") for _n, address in read_addresses(fields.first(name))}
    for match in _ADDRESS.finditer(said):
        if match[0].lower() not in servers and not match[0].lower().startswith(("mailer-daemon@", "postmaster@")):
            return match[0]
    return ""


def _sentence(text: str, recipient: str = "") -> str:
    """What the server says, in a line or two: where the status stands, else how the text begins."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        if _STATUS.search(line) or _REPLY.search(line):
            before = lines[number - 1] if number and len(line) < 40 and recipient not in lines[number - 1] else ""
            return plain_line(f"{before} {line}")
    return plain_line(" ".join(lines[:3]))


# ------------------------------------------------------------------ the mail that came back


def _original(root: Part, text: str) -> _Original:
    for part in _every(root)[1:]:
        if part.media_type in {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
                               "message/rfc822-headers"}:  # fmt: skip
            fields = Fields(split_head(part.data().lstrip(b"\r\n"))[0])
            found = _of(fields)
            if found.message_id or found.recipient:
                return found
    returned = _RETURNED.search(text[:LONGEST])
    tail = text[returned.end() : LONGEST] if returned else text[:LONGEST]
    match = _MESSAGE_ID.search(tail)
    if match is None:
        # in an answer of its own words the ids that it refers to are all there is
        ids = [*read_ids(root.fields.raw("in-reply-to")), *reversed(read_ids(root.fields.raw("references")))]
        return _Original(ids[0] if ids else "")
    to = re.search(r"^[ >]{0,8}to:\s*(?P<to>[^\n]{3,500})", tail, re.MULTILINE | re.IGNORECASE)
    mailboxes = read_addresses(to["to"]) if to else []
    return _Original(match["id"], mailboxes[0][1] if mailboxes else "")


def _of(fields: Fields) -> _Original:
    ids = read_ids(fields.raw("message-id"))
    to = [address for _name, address in read_addresses(fields.first("to"))]
    return _Original(ids[0] if ids else "", to[0] if len(to) == 1 else "")
