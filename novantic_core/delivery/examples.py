"""Each kind of mail with values that are nobody's: to be looked at, and to be sent to who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from novantic_core.delivery.letter import Letter
from novantic_core.i18n import _
from novantic_core.site import Site
from novantic_core.themes import Themes
from novantic_core.values import (
    MAIN,
    MessageInfo,
    Notice,
    Recipient,
    ReturnAddresses,
    StoredFile,
    Text,
    TicketInfo,
)

NUMBER, OTHER = "123456", "654321"
EXAMPLE = "example"
"""What stands in a link in the place of its secret: it opens nothing."""
WHEN = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
WHO, FOLLOWER, TECHNICIAN = "Claire Lefèvre", "Paul Girard", "Ada Morel"
ADDRESSES = {WHO: "claire@example.com", FOLLOWER: "paul@example.com", TECHNICIAN: "ada@example.com"}
# of numbers that are given to nobody
PHONE = "01 99 00 12 34"
COMPANY = "Boulangerie Lefèvre"
SUBJECT = _("The printer at reception is offline")
ASKED = _("Good morning, since this morning nothing has come out of the printer at reception. Two people are waiting.")
ANSWERED = _("Good morning, we have started the print queue again. Could you try to print a page, and tell us?")
ALARM = _("The mailbox “support” has not answered for a quarter of an hour.")
REFUSED = _("“plan.dwg” is larger than what is taken with a message.")


class _Invented(dict[str, Any]):
    """What a notice of a plugin's own says: whatever its mail asks for, it has some words."""

    def __missing__(self, key: str) -> str:
        return key


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the things that a mail may say."""

    key: str
    label: Text
    data: Mapping[str, Any] = field(default_factory=dict)
    ticket: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the ticket that are otherwise."""


@dataclass(frozen=True, slots=True)
class MailKind:
    """A kind of mail: to whom, about what."""

    role: Literal["requester", "technician"] = "requester"
    said: Literal["message", "reply", ""] = ""
    """Whose words it quotes."""
    about: Literal["ticket", "account", "desk"] = "ticket"
    data: Mapping[str, Any] = field(default_factory=dict)
    """What its notice says; sentences in it are put into the reader's language."""
    variants: tuple[Variant, ...] = ()
    """The usual one is none of them."""
    first: bool = False
    """Whether it is the first that its reader gets of a ticket."""


_CRITICAL = Variant("critical", _("critical, with a call-back"), ticket={"critical": True, "call_back": True})
_BY = {"by": TECHNICIAN}

KINDS: Mapping[str, MailKind] = {
    "ticket_opened": MailKind(
        said="message", first=True,
        variants=(Variant("on_behalf", _("opened by a technician"), {"on_behalf": True}), _CRITICAL),
    ),
    "ticket_replied": MailKind(
        said="reply",
        variants=(
            Variant("waiting", _("and we wait for an answer"), {"waiting": True}),
            Variant("closed", _("and the ticket is closed"), {"closed": True}),
        ),
    ),
    "ticket_answered": MailKind(
        said="message", data={"by": WHO},
        variants=(Variant("opened", _("and the ticket is open again"), {"opened": True}),),
    ),
    "ticket_waiting": MailKind(),
    "ticket_closed": MailKind(
        variants=(Variant("by_requester", _("closed by the client"), {"by_requester": True}),)
    ),
    "ticket_reopened": MailKind(),
    "ticket_resumed": MailKind(),
    "ticket_merged": MailKind(
        data={"into": OTHER},
        variants=(Variant("shared", _("with somebody else’s ticket"), {"shared": True}),),
    ),
    "ticket_unmerged": MailKind(data={"from": OTHER}),
    "follower_added": MailKind(
        data=_BY, first=True,
        variants=(Variant("by_client", _("in copy of a client's mail"), {"by": WHO, "by_client": True}),),
    ),
    "access_link": MailKind(),
    "mail_files_refused": MailKind(data={"sentences": REFUSED}),
    "technician_opened": MailKind("technician", "message", variants=(_CRITICAL,), first=True),
    "technician_replied": MailKind("technician", "message", variants=(_CRITICAL,)),
    "technician_status": MailKind("technician", data={"status": "closed"}),
    "technician_assigned": MailKind("technician", data=_BY, variants=(_CRITICAL,)),
    "technician_invitation": MailKind("technician", about="account", data={**_BY, "hours": 168}),
    "technician_reset": MailKind("technician", about="account", data={"hours": 1}),
    "desk_alarm": MailKind(
        "technician", about="desk", data={"began": [[ALARM, "/admin/workers"]], "over": [], "still": []},
        variants=(Variant("over", _("all is well again"), {"began": [], "over": [[ALARM, ""]]}),),
    ),
}  # fmt: skip
"""Those that the house itself sends; a plugin's or a theme's own are drawn with whatever words they ask for."""


def kind_of(name: str) -> MailKind:
    """What is known of a kind; of a plugin's own, what its name says."""
    known = KINDS.get(name)
    if known is not None:
        return known
    return MailKind("technician" if name.startswith("technician_") else "requester", "message", data=_Invented())


def mail_kinds(themes: Themes, theme: str) -> list[str]:
    """The kinds that have a mail on a theme's path: the house's own in their order, then the others'."""
    names = {
        path.name.partition(".")[0]
        for folder in themes.path(theme, "templates")
        for path in folder.glob("mail/*.pt")
        if not is_piece(path.name) and not _is_macro(path)
    }
    return [*(name for name in KINDS if name in names), *sorted(names - set(KINDS))]


PIECES = frozenset({"layout", "quote", "facts"})
"""Mail templates that are parts of others."""


def is_piece(name: str) -> bool:
    """Whether a template of mails is a part of others, by its name as ``quote.html.pt``."""
    return name.partition(".")[0] in PIECES


def _is_macro(path: Any) -> bool:
    try:
        return "metal:define-macro" in path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False  # a mail that can't be read is one that is broken


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be looked at."""

    kind: str
    brand: str
    theme: str
    locale: str
    variant: str = ""
    reply_to: bool = False
    """As where answers by mail are taken."""
    follower: bool = False
    """To somebody who follows the ticket of somebody else."""


def example(
    site: Site, choice: Choice, *, to: Recipient | None = None, channel: str | None = None,
    message_id: str = f"{NUMBER}.1.0@example", back: ReturnAddresses | None = None,
) -> Letter:  # fmt: skip
    """A mail's letter, with example values.

    :param to: who is really sent it; else somebody invented, to whom it would go
    :param back: where its answers and bounces go
    """
    kind, face = kind_of(choice.kind), site.brand(choice.brand)
    variant = next((one for one in kind.variants if one.key == choice.variant), Variant("", ""))
    name = TECHNICIAN if kind.role == "technician" else FOLLOWER if choice.follower else WHO
    invented = Recipient(ADDRESSES[name], name, choice.locale, kind.role)
    if to is not None:
        invented = replace(invented, address=to.address, name=to.name)
    ticket = _ticket(site, choice, variant, invented) if kind.about == "ticket" else None
    translate = site.themes.catalogue(choice.theme, choice.locale).translate
    data = {name: _told(value, translate) for name, value in {**kind.data, **variant.data}.items()}
    return Letter(
        notice=Notice(choice.kind, invented, channel, _Invented(data) if isinstance(kind.data, _Invented) else data),
        brand=MAIN if kind.role == "technician" else choice.brand,
        theme=choice.theme,
        message_id=message_id,
        ticket=ticket,
        again=not kind.first,
        message=_message(site, choice, kind) if kind.said else None,
        link=_link(site, kind, face.site_url),
        back=back or ReturnAddresses(f"reply@{_host(face.site_url)}" if choice.reply_to else ""),
    )


def _told(value: Any, translate: Callable[[Text], Any]) -> Any:
    """What a notice says as JSON would have it, its sentences in a language."""
    if isinstance(value, list):
        return [_told(one, translate) for one in value]
    # a plain text is nobody's message: a word of the database that happens to be one must stay what it is
    return str(translate(value)) if isinstance(value, str) and type(value) is not str else value


def _ticket(site: Site, choice: Choice, variant: Variant, to: Recipient) -> TicketInfo:
    translate = site.themes.catalogue(choice.theme, choice.locale).translate
    own = to.role == "requester" and not choice.follower
    requester, address = (to.name, to.address) if own else (WHO, ADDRESSES[WHO])
    ticket = TicketInfo(
        id=0, number=NUMBER, subject=translate(SUBJECT), status="open", priority=site.default_priority.key,
        critical=False, call_back=False, category=next(iter(site.categories), None), channel="web",
        team=site.settings.default_team, assignee=None, name=requester, email=address, phone=PHONE, company=COMPANY,
        department="", locale=choice.locale, theme=choice.theme, created_at=WHEN, brand=choice.brand,
    )  # fmt: skip
    return replace(ticket, **variant.ticket)


def _message(site: Site, choice: Choice, kind: MailKind) -> MessageInfo:
    asked = kind.said == "message"
    words = site.themes.catalogue(choice.theme, choice.locale).translate(ASKED if asked else ANSWERED)
    author = WHO if asked else TECHNICIAN
    files = (StoredFile("", "IMG_2041.jpg", "image/jpeg", 184_320),) if asked else ()
    return MessageInfo(0, kind.said or "message", author, f"<p>{words}</p>", words, WHEN, files)


def _link(site: Site, kind: MailKind, site_url: str) -> str | None:
    desk = site.brand(MAIN).site_url
    if kind.about == "desk":
        return None
    if kind.about == "account":
        return f"{desk}/admin/password/{EXAMPLE}"
    return f"{desk}/admin/tickets/{NUMBER}" if kind.role == "technician" else f"{site_url}/access/{EXAMPLE}"


def _host(site_url: str) -> str:
    return site_url.partition("://")[2].partition("/")[0].partition(":")[0]
