"""One mail out of one parcel: its words, its headers, and who it goes to."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from email.header import Header
from email.message import Message as Mail
from email.utils import formatdate, quote

from pyramid_mailer.message import Message, best_charset, transfer_encode
from repoze.sendmail.encoding import encode_message

from novantic_core.plugin import Parcel, PermanentFailure

LONGEST_WORD = 200
"""Letters of a header's word. A longer one is encoded, in pieces: no line of a header may have more than 998 octets."""
LONGEST_HEADER = 1000
"""Letters of a name or a subject. What has more was not written to be read."""
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_KIND = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_LOCAL = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f.:IPv]+\]")


@dataclass(frozen=True)
class Letter:
    """A mail ready to go."""

    sender: str
    """The envelope's, which gets what servers farther on say of it."""
    recipient: str
    data: bytes
    """In lines that end with CRLF; of ASCII but where the recipient's address isn't."""
    archived: bytes
    """The same without what opens something."""

    @property
    def utf8(self) -> bool:
        """Whether a server has to know SMTPUTF8 (RFC 6531) to take it."""
        return not (self.recipient + self.sender).isascii()


def write(parcel: Parcel, default_sender: str) -> Letter:
    """The mail of a parcel, and its likeness for the archive: the same to the letter but for what opens something.

    :raises PermanentFailure: if it can't be addressed
    :raises LookupError: if there is no sender: somebody will put the settings right, the mail can wait for it
    """
    message = make(parcel, default_sender)
    recipient = ascii_domain(parcel.notice.to.address)
    sender = plain_address(parcel.return_path) or ascii_domain(_sender(parcel, default_sender))
    # random: who could guess it could put a part of their own into the mail
    boundary = f"=_{secrets.token_hex(16)}"
    data = _encode(message, recipient, boundary)
    return Letter(sender, recipient, data, _hidden(parcel, message, data, boundary))


def make(parcel: Parcel, default_sender: str) -> Message:
    """The mail as pyramid_mailer has it: text and HTML, from the brand's address.

    The first line of ``mail/KIND.txt.pt`` is the subject: one for all mails of a ticket, unless the template says
    another.
    """
    kind = parcel.notice.kind
    subject, _line, text = parcel.render(f"mail/{kind}.txt.pt").partition("\n")
    name = str(parcel.brand.get("name", ""))
    return Message(
        subject=header_text(subject),
        sender=named_address(name, _sender(parcel, default_sender)),
        recipients=[named_address(parcel.notice.to.name, parcel.notice.to.address)],
        body=text.strip() + "\n",
        html=parcel.render(f"mail/{kind}.html.pt"),
        extra_headers=_headers(parcel, name),
    )


def _sender(parcel: Parcel, default_sender: str) -> str:
    sender = str(parcel.brand.get("noreply") or default_sender)
    if not sender:
        raise LookupError("no sender: the theme's brand has no noreply address and mail.default_sender is empty")
    return sender


def _headers(parcel: Parcel, brand: str) -> dict[str, str]:
    headers = {"Message-ID": parcel.message_id, "Date": formatdate(localtime=True), **_automatic(parcel)}
    if _KIND.fullmatch(parcel.notice.kind):
        # what the subject doesn't say: rules of mail programs can go by it
        headers["X-Novantic-Notice"] = parcel.notice.kind
    known = [one for one in parcel.references or (parcel.reference or "",) if _ID.fullmatch(one)]
    if known:
        headers["References"], headers["In-Reply-To"] = " ".join(known), known[-1]
    back = plain_address(parcel.reply_to)
    if back:
        headers["Reply-To"] = named_address(brand, back)
    if parcel.ticket is not None:
        # a name for the conversations of a brand, by which mail programs sort them into a folder
        host = parcel.message_id.rpartition("@")[2].strip("<>")
        if _DOMAIN.fullmatch(host):
            headers["List-Id"] = f"{_encoded(_phrase(brand))} <tickets.{host}>".strip()
        if parcel.ticket.critical:
            headers |= {"X-Priority": "1", "Importance": "high"}
    return headers


def _automatic(parcel: Parcel) -> dict[str, str]:
    """What keeps robots from answering (RFC 3834, and what Exchange and older programs look at).

    ``Precedence: bulk`` stands on what a program wrote. A mail that carries what a person wrote to another is none
    that many get: some servers put such ones off, or among advertisements.
    """
    message = parcel.message
    answers_mail = message is not None and message.kind == "message" and bool(message.mail_id)
    acknowledges = answers_mail and parcel.notice.kind == "ticket_opened"
    headers = {
        "Auto-Submitted": "auto-replied" if acknowledges else "auto-generated", "X-Auto-Response-Suppress": "All",
    }  # fmt: skip
    if message is None or parcel.notice.kind == "ticket_opened":
        headers["Precedence"] = "bulk"
    return headers


# ------------------------------------------------------------------ headers


def header_text(text: str) -> str:
    """One line, which nothing that somebody typed can turn into two headers, or into what they didn't type."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_HEADER]
    if "=?" in line or max(map(len, line.split()), default=0) > LONGEST_WORD:
        # as it stands it would be read as what it encodes, or be a line that is too long
        return _words(line)
    return line


def _words(text: str) -> str:
    """Encoded words (RFC 2047)."""
    return " ".join(Header(text, "utf-8", maxlinelen=70).encode(linesep="\n").split())


def _encoded(phrase: str) -> str:
    """A name in a header that is not one of addresses: only it is encoded, not what stands behind it."""
    return phrase if phrase.isascii() else _words(phrase.strip('"'))


def _phrase(name: str) -> str:
    text = header_text(name)
    return f'"{quote(text)}"' if text and not text.startswith("=?") else text


def named_address(name: str, address: str) -> str:
    """A name and an address, as a header has them."""
    address, phrase = ascii_domain(address), _phrase(name)
    # encoded when the mail is, in pieces as long as a header's encoded words may be
    return f"{phrase} <{address}>" if phrase else address


def ascii_domain(address: str) -> str:
    """An address whose domain is in its ASCII form, as headers and servers want it.

    :raises PermanentFailure: if it is no address
    """
    local, _at, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise PermanentFailure(f"no mail can be sent to the address {_shown(address)}: {error}") from error
    if not (_LOCAL.fullmatch(local) and local.isprintable() and _DOMAIN.fullmatch(domain)):
        raise PermanentFailure(f"no mail can be sent to the address {_shown(address)}")
    return f"{local}@{domain}"


def plain_address(address: str) -> str:
    """An address that a plugin gave, or nothing where it is none: the mail goes without."""
    try:
        found = ascii_domain(address)
    except PermanentFailure:
        return ""
    return found if found.isascii() else ""


def _shown(address: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in address)


# ------------------------------------------------------------------ encoding


def _encode(message: Message, recipient: str, boundary: str) -> bytes:
    stand_in = ""
    if not recipient.isascii():
        # an address is never encoded: it stands in the header in UTF-8 (RFC 6532), which repoze.sendmail can't write
        stand_in = f"{secrets.token_hex(8)}@{recipient.rpartition('@')[2]}"
        message.recipients = [one.replace(recipient, stand_in) for one in message.recipients]
    mail: Mail = message.to_message()
    mail.set_boundary(boundary)
    data = _crlf(encode_message(mail))
    # a long id would begin on a line of its own, which some programs don't look for
    head, blank, body = data.partition(b"\r\n\r\n")
    data = re.sub(rb"(?m)^([A-Za-z-]+): ?\r\n[ \t]+<", rb"\1: <", head) + blank + body
    return data.replace(stand_in.encode(), recipient.encode()) if stand_in else data


def _crlf(data: bytes) -> bytes:
    # servers that guard against smuggled mail refuse a bare LF
    return re.sub(rb"\r\n|\r|\n", b"\r\n", data)


def _hidden(parcel: Parcel, message: Message, data: bytes, boundary: str) -> bytes:
    """A mail without what opens something, put in the place of its parts: made anew it would take as long again."""
    hide = parcel.without_secrets
    head, blank, body = data.partition(b"\r\n\r\n")
    for words in (message.body, message.html):
        hidden = hide(words)
        if hidden == words:
            continue
        before, after = _part(words), _part(hidden)
        if before not in body:
            message.body, message.html = hide(message.body), hide(message.html)
            body = _encode(message, "", boundary).partition(b"\r\n\r\n")[2]
            break
        body = body.replace(before, after, 1)
    return hide(head.decode("utf-8")).encode() + blank + body


def _part(words: str) -> bytes:
    """A part as pyramid_mailer writes it."""
    return _crlf(transfer_encode("quoted-printable", words.encode(best_charset(words)[0])))
