"""What a notice is drawn from, and drawing it: one road for what is sent and for what is only looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from novantic_core.colours import mail_tokens
from novantic_core.delivery.conversation import conversation_subject
from novantic_core.delivery.hiding import hiding
from novantic_core.html import without_folded, without_pictures
from novantic_core.i18n import _
from novantic_core.services.tell_brands import brand_label, has_brands
from novantic_core.site import Site
from novantic_core.values import (
    FormContext,
    MessageInfo,
    Notice,
    Parcel,
    Recipient,
    ReturnAddresses,
    Text,
    TicketInfo,
)

EXCERPT = 140
"""Letters of a message that lists of mails may show; none shows more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a notice is drawn from: gathered out of a row of the outbox, or invented to be looked at."""

    notice: Notice
    brand: str
    """The key of the brand whose face it has."""
    theme: str
    message_id: str
    """Without brackets."""
    ticket: TicketInfo | None = None
    message: MessageInfo | None = None
    link: str | None = None
    reference: str | None = None
    references: tuple[str, ...] = ()
    again: bool = False
    """Whether its reader was sent something about the ticket before."""
    back: ReturnAddresses = field(default_factory=ReturnAddresses)
    secrets: tuple[str, ...] = ()
    """What opens something, in its link or in the address that answers go to."""

    def parcel(self, site: Site) -> Parcel:
        """What a channel gets of it."""
        notice, theme = self.notice, theme_of(site, self.brand, self.theme)
        locale = notice.to.locale
        catalogue = site.themes.catalogue(theme, locale)
        values = self._values(site, theme)
        return Parcel(
            notice=notice,
            message_id=f"<{self.message_id}>",
            reference=self.reference,
            references=self.references,
            ticket=self.ticket,
            message=self.message,
            link=self.link,
            brand=values["brand"],
            render=lambda name: site.themes.render(theme, locale, name, values),
            translate=catalogue.translate,
            reply_to=self.back.reply_to,
            return_path=self.back.return_path,
            without_secrets=hiding(self.secrets),
        )

    def _values(self, site: Site, theme: str) -> Mapping[str, Any]:
        """What a template can name."""
        notice, ticket, message, face = self.notice, self.ticket, self.message, site.brand(self.brand)
        catalogue = site.themes.catalogue(theme, notice.to.locale)
        words = site.brand_words(face, notice.to.locale, theme)
        return {
            "subject": conversation_subject(ticket, self.again) if ticket else words["name"],
            "notice": notice, "data": notice.data, "ticket": ticket, "message": message, "link": self.link,
            "mail_html": without_pictures(without_folded(message.html)) if message else "",
            "excerpt": _excerpt(message), "brand": words, "recipient": notice.to,
            "site_url": face.site_url, "facts": _facts(site, ticket, catalogue.translate),
            "date": lambda when, form="medium": catalogue.date(when, site.settings.timezone, form),
            "size": catalogue.size, "tokens": mail_tokens(site.themes, theme),
            "team": site.team_label(ticket.team) if ticket else "",
            "ticket_brand": _ticket_brand(site, ticket, notice.to), "reply_to": self.back.reply_to,
        }  # fmt: skip


def _excerpt(message: MessageInfo | None) -> str:
    """How a message begins, for what lists of mails show of one."""
    return " ".join(message.text.split())[:EXCERPT] if message else ""


def theme_of(site: Site, brand: str, theme: str) -> str:
    """The theme that a notice is drawn in: its own; of a brand that the settings name no more, nothing is left."""
    return theme if theme in site.themes.themes and brand in site.brands else site.brand(brand).theme


def _ticket_brand(site: Site, ticket: TicketInfo | None, recipient: Recipient) -> str:
    """For technicians of a desk with several brands, who are all written to as the desk: whose ticket it is."""
    if ticket is None or recipient.role != "technician" or not has_brands(site):
        return ""
    return brand_label(site, ticket.brand, recipient.locale)


def _facts(site: Site, ticket: TicketInfo | None, translate: Callable[[Text], str]) -> list[tuple[str, str]]:
    """Label and value of what is known of a ticket, for mails."""
    if ticket is None:
        return []
    facts: list[tuple[Text, Any]] = []
    if ticket.category is not None:
        facts.append((_("Help topic"), site.category_label(ticket.category)))
    facts.append((_("Priority level"), site.priority_label(ticket.priority)))
    fields = site.ticket_fields(FormContext("admin", ticket.locale))
    for plugin, one in fields:
        value = ticket.critical if one.name == "critical" else ticket.fields.get(one.name)
        if value not in (None, "", False):
            facts.append((one.label, site.show_field(plugin, one, value)))
    facts += site.facts_of_others(ticket.fields, [one.name for _by, one in fields])
    return [(translate(label), translate(value)) for label, value in facts]
