"""What a ticket is about, and the fields that plugins add, as a technician puts them right."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import colander
import deform

from novantic_core.forms.base import node
from novantic_core.forms.desk import DeskForm
from novantic_core.forms.ticket import BAD_TOPIC, plugin_node
from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.plugins import Plugin
from novantic_core.services.change_category import change_category
from novantic_core.values import Actor, FieldError, FormContext, TicketField

NO_CATEGORY = ""


class TicketFactsForm(DeskForm):
    """The category and the plugins' fields in one form.

    What isn't posted stays as it is: a form drawn for one category doesn't have the fields that another one asks for,
    and a script may send the category alone.
    """

    name = "facts"
    template = "forms/ticket_facts.pt"
    button = _("Save")

    def __init__(self, request: Any, ticket: Ticket, *, posted: bool = False) -> None:
        self.ticket = ticket
        category = (request.typed("category") or None) if posted else ticket.category_key
        self.plugin_fields = fields_for(request, category)
        self.posted = posted
        super().__init__(request)

    @property
    def asked(self) -> set[str]:
        """The fields that the posted form had: a box that isn't ticked isn't sent."""
        return set(self.request.typed("asked").split()) | set(self.request.POST)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        choices = category_choices(self.site, self.ticket)
        if len(choices) > 1 and (not self.posted or "category" in self.request.POST):
            yield node(
                colander.String(), "category", _("Category"), missing=NO_CATEGORY,
                validator=self._known, widget=deform.widget.SelectWidget(values=choices),
            )  # fmt: skip
        for plugin, field in self.plugin_fields:
            if not self.posted or field.name in self.asked:
                added = plugin_node(field, partial(self._read, plugin, field))
                yield added

    def _known(self, schema: Any, value: str) -> None:
        if value not in self.site.all_categories and value != self.ticket.category_key:
            raise colander.Invalid(schema, BAD_TOPIC)

    def _read(self, plugin: Plugin, field: TicketField, typed: str) -> Any:
        kept = self.ticket.fields.get(field.name)
        # what was shown comes back as it was kept, even where a plugin can't read its own words
        if kept is not None and typed == self._shown(plugin, field, kept):
            return kept
        return self.site.read_field(plugin, field, typed)

    def _shown(self, plugin: Plugin, field: TicketField, value: Any) -> str:
        return str(self.request.page.words(self.site.show_field(plugin, field, value)))

    def initial(self) -> dict[str, Any]:
        values: dict[str, Any] = {"category": self.ticket.category_key or NO_CATEGORY}
        for plugin, field in self.plugin_fields:
            kept = self.ticket.critical if field.name == "critical" else self.ticket.fields.get(field.name)
            if field.kind == "checkbox":
                values[field.name] = bool(kept)
            elif kept is not None:
                values[field.name] = self._shown(plugin, field, kept)
        return {name: value for name, value in values.items() if name in {one.name for one in self.nodes()}}

    def submit(self, actor: Actor) -> bool | None:
        """Change what was changed: whether anything was; None if something is wrong, which the form then shows."""
        values = self.validate()
        if not self.good:
            return None
        key = values.pop("category", self.ticket.category_key) or None
        return change_category(
            self.site, self.desk.session, self.ticket, key, actor, self.desk.now,
            {name: value for name, value in values.items() if name in self.asked},
        )  # fmt: skip

    def say_wrong(self, words: Any) -> None:
        """Show what is wrong with the category."""
        self.refuse(FieldError(words, "category"))


def fields_for(request: Any, category: Any) -> list[tuple[Plugin, TicketField]]:
    """The plugins' fields of a ticket of this category, as a technician sees them."""
    context = FormContext("admin", request.locale_name, {"category": category or None})
    found: list[tuple[Plugin, TicketField]] = request.registry.site.ticket_fields(context)
    return found


def empty_fields(request: Any, ticket: Ticket) -> list[TicketField]:
    """Fields that must be filled in on a ticket of its category, and aren't."""
    return [
        field
        for _by, field in fields_for(request, ticket.category_key)
        if field.required and field.kind != "checkbox" and ticket.fields.get(field.name) in (None, "")
    ]


def category_choices(site: Any, ticket: Ticket) -> list[tuple[str, Any]]:
    """The categories that are offered and the ticket's own, which may not be any more; none of them first."""
    offered = {key: category.label for key, category in site.categories.items()}
    if ticket.category_key is not None:
        offered.setdefault(ticket.category_key, site.category_label(ticket.category_key))
    return [(NO_CATEGORY, _("None")), *offered.items()]
