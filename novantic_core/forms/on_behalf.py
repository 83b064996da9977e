"""The form of a ticket that a technician opens for a client who rings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import colander
import deform
from chameleon.utils import Markup

from novantic_core.forms.base import node
from novantic_core.forms.ticket import CheckboxWidget, TicketForm
from novantic_core.html import clean_html, is_blank
from novantic_core.i18n import _
from novantic_core.offers import PHONE
from novantic_core.page import LANGUAGES
from novantic_core.services.describe import ticket_info
from novantic_core.services.keep_file import room_for_uploads
from novantic_core.services.open_for_client import open_for_client
from novantic_core.services.suggest_contacts import KnownContact
from novantic_core.services.tell_brands import brand_labels, has_brands
from novantic_core.settings import LOCALES
from novantic_core.values import Brand, Category, TicketDraft, TicketInfo

MAX_NOTE = 20_000


class OnBehalfForm(TicketForm):
    """The client's form, with what only a technician decides. Nothing but a way to reach the client is asked for."""

    template = "forms/on_behalf.pt"
    name = "on-behalf"
    place = "admin"
    placeholder = _("What the client tells you.")
    optional = frozenset({"company", "phone"})

    def __init__(self, request: Any, known: KnownContact | None = None) -> None:
        self.known = known
        super().__init__(request, PHONE.name)

    @property
    def topics(self) -> Mapping[str, Category]:
        """All of the desk's: what a client says by phone is sorted by who hears it."""
        offered: Mapping[str, Category] = self.site.categories
        return offered

    def nodes(self) -> Iterable[colander.SchemaNode]:
        for one in super().nodes():
            if one.name in self.optional:
                one.missing = ""
            if one.name in {"email", "priority"}:
                # what is said there is said to clients
                one.description = ""
            yield one
        if has_brands(self.site):
            brands = brand_labels(self.site, self.request.locale_name)
            yield node(
                colander.String(), "brand", _("Brand"), section="contact",
                description=_("Under whose name the client knows you: mails go out under it."),
                widget=deform.widget.SelectWidget(values=list(brands.items())),
                validator=colander.OneOf(list(brands)), missing=self.request.brand.key,
            )  # fmt: skip
        yield node(
            colander.String(), "locale", _("Client's language"), section="contact",
            widget=deform.widget.SelectWidget(values=[(code, LANGUAGES[code]) for code in LOCALES]),
            validator=colander.OneOf(list(LOCALES)), missing=self.site.settings.default_locale,
        )  # fmt: skip
        yield node(colander.String(), "note", _("Internal note"), section="desk", missing="", max_length=MAX_NOTE,
                   description=_("Only technicians read it."), widget=deform.widget.TextAreaWidget(rows=3))  # fmt: skip
        yield _box("assign_to_me", _("Assign to me"))
        yield _box("tell_client", _("Send the client the usual mail"))

    def initial(self) -> dict[str, Any]:
        brand = self._usual_brand()
        values: dict[str, Any] = {
            "assign_to_me": True, "tell_client": True, "locale": brand.locale,
            **({"brand": brand.key} if has_brands(self.site) else {}),
        }  # fmt: skip
        return values if self.known is None else {**values, **self._of_known(self.known)}

    def _usual_brand(self) -> Brand:
        """Under which name the client was last written to; for who is new, that of the address one works at."""
        last = self.known.last if self.known is not None else None
        usual: Brand = self.site.brand(last.brand) if last is not None else self.request.brand
        return usual

    def _of_known(self, known: KnownContact) -> dict[str, Any]:
        contact, last = known.contact, known.last
        values = {
            "email": contact.email, "name": contact.name, "phone": contact.phone,
            "company": contact.company or (known.organisation.name if known.organisation else ""),
        }  # fmt: skip
        if last is None:
            return values
        # what they gave last time and what stays the same from one problem to the next
        kept = {
            field.name: last.fields[field.name]
            for _plugin, field in self.plugin_fields
            if field.section == "contact" and field.kind == "text" and last.fields.get(field.name) not in (None, "")
        }
        return {
            **values, "department": last.department, "locale": last.locale if last.locale in LOCALES else LOCALES[0],
            **{name: str(value) for name, value in kept.items()},
        }  # fmt: skip

    def _allowed(self, email: str) -> bool:
        # limits are for strangers
        return True

    def _may_keep(self) -> bool:
        return room_for_uploads(self.site, self.desk.session)

    def _draft(self, values: dict[str, Any], message: str, files: Any) -> TicketDraft:
        brand = self.site.brand(values.get("brand", self.request.brand.key))
        draft = super()._draft(values, message, files)
        # a plugin's theme is for the pages of this browser, which is the technician's
        theme = draft.theme if brand is self.request.brand else brand.theme
        return draft.with_(locale=values["locale"], brand=brand.key, theme=theme)

    def open(self, draft: TicketDraft, values: dict[str, Any]) -> TicketInfo:
        """Open it in the technician's name, with their note."""
        note = clean_html(values["note"]) if values["note"] else ""
        ticket = open_for_client(
            self.site, self.desk.session, draft, self.request.technician, self.desk.now,
            assign=values["assign_to_me"], note="" if is_blank(note) else note, tell_client=values["tell_client"],
        )  # fmt: skip
        return ticket_info(ticket)

    def draw_for(self, action: str, cancel: str) -> Markup:
        """The form, as it is now."""
        draft = f"{action}?contact={self.known.contact.id}" if self.known is not None else action
        return self.render(action=action, cancel=cancel, draft=draft)


def _box(name: str, title: Any) -> colander.SchemaNode:
    widget = CheckboxWidget(true_val="true", false_val="false")
    return node(colander.Boolean(), name, title, section="desk", missing=False, widget=widget)
