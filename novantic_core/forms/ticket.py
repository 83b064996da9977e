"""The form of a new ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Literal

import colander
import deform
from chameleon.utils import Markup

from novantic_core.forms import checks
from novantic_core.forms.base import node, one_line
from novantic_core.forms.message import MessageForm
from novantic_core.i18n import _
from novantic_core.plugins import Plugin
from novantic_core.services.tell_brands import topics_of
from novantic_core.values import Category, FieldError, FormContext, TicketDraft, TicketField, TicketInfo

TOO_OFTEN = _("You have opened many tickets in a short time. Please wait a while, or call us if it is urgent.")
BAD_TOPIC = _("Please choose a topic from the list.")


class CheckboxWidget(deform.widget.CheckboxWidget):
    """A box: any value but an explicit no is a yes, as browsers and scripts send ``on``, ``1`` or ``true``."""

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        typed = str(pstruct or "").strip().lower()
        return "false" if typed in {"", "false", "0", "no", "off", "<colander.null>"} else "true"


class TicketForm(MessageForm):
    """What a client fills in to open a ticket; plugins add fields to it."""

    template = "forms/ticket.pt"
    name = "ticket"
    place: Literal["portal", "admin"] = "portal"

    def __init__(self, request: Any, channel: str = "web") -> None:
        self.channel = channel
        self.begun: dict[str, Any] = {}
        context = FormContext(self.place, request.locale_name)
        self.plugin_fields: list[tuple[Plugin, TicketField]] = request.registry.site.ticket_fields(context)
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        own = list(self._own_nodes())
        for plugin, field in self.plugin_fields:
            own.insert(_place(field, own), plugin_node(field, partial(self.site.read_field, plugin, field)))
        return own

    @property
    def topics(self) -> Mapping[str, Category]:
        """The categories that can be chosen: those of the brand under which the client asks."""
        return topics_of(self.site, self.request.brand)

    def _own_nodes(self) -> Iterable[colander.SchemaNode]:
        text, site = colander.String, self.site
        wide = deform.widget.TextInputWidget

        offered = self.topics
        if offered:
            topics = [("", _("— Choose a topic —")), *[(key, c.label) for key, c in offered.items()]]
            yield node(
                text(), "topic", _("Help topic"), section="top", widget=deform.widget.SelectWidget(values=topics),
                validator=_one_of(list(offered), BAD_TOPIC), missing_msg=BAD_TOPIC,
            )  # fmt: skip
        yield node(text(), "company", _("Company"), section="contact", preparer=one_line, max_length=120,
                   widget=wide(autocomplete="organization"))  # fmt: skip
        yield node(text(), "department", _("Department"), section="contact", preparer=one_line, max_length=120,
                   missing="", widget=wide(autocomplete="organization-title"))  # fmt: skip
        yield node(
            text(), "email", _("E-mail address"), section="contact", preparer=one_line, max_length=254,
            validator=checks.email_address, description=_("You will need it to follow your ticket."),
            widget=wide(type="email", autocomplete="email"),
        )  # fmt: skip
        yield node(text(), "name", _("Full name"), section="contact", preparer=one_line, max_length=120,
                   widget=wide(autocomplete="name"))  # fmt: skip
        yield node(text(), "phone", _("Phone"), section="contact", preparer=one_line, max_length=40,
                   validator=checks.phone_number(site.settings.country),
                   widget=wide(type="tel", autocomplete="tel"))  # fmt: skip
        yield node(text(), "subject", _("Subject"), section="detail", preparer=one_line, max_length=200, widget=wide())
        levels = [(level.key, level.label) for level in site.priorities.values()]
        yield node(
            text(), "priority", _("Priority level"), section="detail", missing=None, default=site.default_priority.key,
            description=_("Leave it on normal unless the problem blocks you."),
            widget=deform.widget.SelectWidget(values=levels),
            validator=_one_of(list(site.priorities), _("Please choose a priority from the list.")),
        )  # fmt: skip
        yield from super().nodes()

    # ------------------------------------------------------------------ reading

    def submit(self) -> TicketInfo | None:
        """Open a ticket of what was posted; None if something is wrong with it, which the form then shows."""
        values = self.validate()
        # before any file is put into the storage
        if self.good and not self._allowed(values["email"]):
            self.refuse(FieldError(TOO_OFTEN), status=429)
        files = self.read_files()
        message, pictures = self.read_message(values["message"]) if "message" in values else ("", ())
        if self.good:
            try:
                return self.open(self._draft(values, message, files + pictures), values)
            except FieldError as error:
                self.refuse(error)
        self.keep(files)
        return None

    def open(self, draft: TicketDraft, values: dict[str, Any]) -> TicketInfo:
        """Open the ticket of a good form.

        :raises FieldError: if it is refused
        """
        return self.desk.open_ticket(draft)

    def _allowed(self, email: str) -> bool:
        settings, client = self.site.settings, self.request.client_addr or ""
        # a whole company may sit behind one client address: its limit is a wider one
        return self.desk.within_limits(
            (settings.limit_tickets, "tickets", email),
            (settings.limit_tickets_by_client, "tickets-client", client),
        )

    def _draft(self, values: dict[str, Any], message: str, files: Any) -> TicketDraft:
        added = {field.name: values.get(field.name) for _by, field in self.plugin_fields}
        critical = bool(added.pop("critical", False))
        return TicketDraft(
            channel=self.channel, category=values.get("topic"), company=values["company"],
            department=values["department"], email=values["email"], name=values["name"], phone=values["phone"],
            critical=critical, subject=values["subject"], priority=values["priority"], message=message,
            fields={name: value for name, value in added.items() if value not in (None, "")}, files=files,
            locale=self.request.locale_name, theme=self.request.live_theme,
            brand=self.request.brand.key, submission=self.key(values, files),
        )  # fmt: skip

    # ------------------------------------------------------------------ drawing

    def initial(self) -> dict[str, Any]:
        return self.begun

    def begin(self, given: Mapping[str, Any]) -> Markup:
        """The form for somebody who came by a link that may say what it is about: a ``topic``, a ``subject``."""
        known = {"topic": given.get("topic"), "subject": str(one_line(given.get("subject", "")) or "")[:200]}
        if known["topic"] not in self.topics:
            del known["topic"]
        self.begun = {name: value for name, value in known.items() if value}
        return self.render() if self.begun else self.untouched()

    def untouched(self) -> Markup:
        """The form for somebody who just came."""
        fields = tuple((field.name, str(field.label)) for _by, field in self.plugin_fields)
        return self.render_untouched((self.site.preferences.revision, self.request.brand.key, *fields))


def _place(field: TicketField, nodes: list[colander.SchemaNode]) -> int:
    """Where a plugin's field goes: after the one it names, first in its section for "", else last in it."""
    section = [i for i, one in enumerate(nodes) if one.section == field.section] or [len(nodes)]
    if field.after == "":
        return section[0]
    named = [i for i in section if i < len(nodes) and nodes[i].name == field.after]
    return (named or section[-1:])[0] + 1


def plugin_node(field: TicketField, parse: Callable[[str], Any]) -> colander.SchemaNode:
    """A plugin's field as one of a form; ``parse`` makes its value of what was typed."""
    common = {"section": field.section, "description": field.help}
    if field.kind == "checkbox":
        widget = CheckboxWidget(true_val="true", false_val="false")
        return node(colander.Boolean(), field.name, field.label, missing=False, widget=widget, **common)
    widget = deform.widget.TextInputWidget(attributes={"inputmode": field.inputmode} if field.inputmode else {})
    options: dict[str, Any] = {} if field.required else {"missing": None}
    return node(
        _Parsed(field.max_length, parse),
        field.name,
        field.label,
        preparer=None,
        widget=widget,
        max_length=None,
        **options,
        **common,
    )


class _Parsed(colander.String):
    """A text that a plugin reads: its value is what the plugin keeps, its error what the plugin says."""

    def __init__(self, max_length: int, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self.max_length = max_length
        self.parse = parse

    def deserialize(self, schema: Any, cstruct: Any) -> Any:
        typed = super().deserialize(schema, cstruct)
        if typed is colander.null:
            return typed
        typed = one_line(typed)
        if not typed:
            return colander.null
        if len(typed) > self.max_length:
            raise colander.Invalid(schema, _("At most ${max} characters, please.", mapping={"max": self.max_length}))
        try:
            return self.parse(typed)
        except FieldError as error:
            raise colander.Invalid(schema, error.message) from None


def _one_of(choices: list[str], message: Any) -> Any:
    def check(schema: Any, value: str) -> None:
        if value not in choices:
            raise colander.Invalid(schema, message)

    return check
