"""Forms over a person and over an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform
from sqlalchemy import select

from novantic_core.forms.base import node, one_line
from novantic_core.forms.checks import email_address, phone_number
from novantic_core.forms.desk import DeskForm, EditForm
from novantic_core.i18n import _
from novantic_core.models import Contact, Organisation, Ticket
from novantic_core.services.change_contact import change_organisation
from novantic_core.services.keep_contact import save_contact
from novantic_core.services.keep_organisation import create_organisation, save_organisation
from novantic_core.values import Actor, FieldError, Text

NOTES_LENGTH = 5000
SUGGESTED = 1000
"""Names of organisations that are offered while one is typed; any other is taken too."""
NO_SUCH = _("No organisation has this name. Choose one from the list, or create it first.")


class OrganisationName(colander.String):
    """An organisation by its name; the value is its id."""

    def __init__(self, session: Any) -> None:
        self.session = session
        super().__init__()

    def serialize(self, schema: Any, appstruct: Any) -> Any:
        if isinstance(appstruct, int):
            appstruct = self.session.get_one(Organisation, appstruct).name
        if appstruct is None:
            appstruct = colander.null
        return super().serialize(schema, appstruct)

    def deserialize(self, schema: Any, cstruct: Any) -> Any:
        typed = super().deserialize(schema, cstruct)
        name = one_line(typed) if typed is not colander.null else typed
        if name is colander.null:
            return None
        found = self.session.scalar(select(Organisation.id).where(Organisation.name_key == name.casefold()))
        if found is None:
            raise colander.Invalid(schema, NO_SUCH)
        return found


def organisation_node(session: Any) -> colander.SchemaNode:
    """The field ``organisation_id``: a name with suggestions, as many as there may be."""
    return node(
        OrganisationName(session), "organisation_id", _("Organisation"), missing=None,
        description=_("Type its name; leave it empty for none."),
        widget=deform.widget.TextInputWidget(attributes={"list": "organisations", "autocomplete": "off"}),
    )  # fmt: skip


def organisation_names(session: Any) -> list[str]:
    """Names to offer with the field."""
    query = select(Organisation.name).order_by(Organisation.words, Organisation.id).limit(SUGGESTED)
    return list(session.scalars(query))


def notes_node(description: Text) -> colander.SchemaNode:
    """The field ``notes``."""
    return node(
        colander.String(), "notes", _("Notes"), missing="", max_length=NOTES_LENGTH, description=description,
        widget=deform.widget.TextAreaWidget(rows=5), preparer=_plain_lines,
    )  # fmt: skip


def _plain_lines(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\0", "").strip() if isinstance(value, str) else value


class ContactForm(EditForm):
    """What is known of a person."""

    name = "contact"
    row: Contact

    def nodes(self) -> Iterable[colander.SchemaNode]:
        def text(name: str, title: Text, length: int, kind: str = "text", **options: Any) -> colander.SchemaNode:
            return node(
                colander.String(), name, title, preparer=one_line, max_length=length,
                widget=deform.widget.TextInputWidget(type=kind, attributes={"autocomplete": "off"}), **options,
            )  # fmt: skip

        yield text("name", _("Name"), 120)
        address = _("Another one counts as not proved, until a link that is mailed there is opened.")
        yield text("email", _("E-mail address"), 254, "email", validator=email_address, description=address)
        country = self.site.settings.country
        yield text("phone", _("Telephone"), 40, "tel", validator=phone_number(country), missing="")
        yield text("company", _("Company"), 120, missing="", description=_("As they write it themselves."))
        yield organisation_node(self.desk.session)
        yield notes_node(
            _("For technicians, shown on each of their tickets. The person gets them with their data, if they ask.")
        )

    def shown(self, name: str, value: Any) -> Text:
        if name == "organisation_id" and value is not None:
            return self.desk.session.get_one(Organisation, value).name
        return super().shown(name, value)

    def submit(self, actor: Actor) -> bool:
        """Save it; False if something is wrong, which the form then shows."""
        facts = self.validate()
        if not self.good:
            return False
        try:
            save_contact(self.desk.site, self.desk.session, self.row, facts, actor, self.desk.now)
        except FieldError as error:
            self.refuse(error)
            return False
        return True


class OrganisationForm(EditForm):
    """An organisation, new or known."""

    name = "organisation"
    row: Organisation | None

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield node(
            colander.String(), "name", _("Name"), preparer=one_line, max_length=120,
            widget=deform.widget.TextInputWidget(attributes={"autocomplete": "off"}),
        )  # fmt: skip
        yield node(
            colander.String(), "contract", _("Contract"), validator=colander.OneOf(["yes", "no"]),
            description=_("It decides whether time that is noted is billed. What was noted before stays as it is."),
            widget=deform.widget.SelectWidget(values=[
                ("yes", _("Under contract")), ("no", _("Billed by the time spent")),
            ]),
        )  # fmt: skip
        yield notes_node(_("For technicians, shown on each of its tickets."))

    def initial(self) -> dict[str, Any]:
        return {"contract": "no"} if self.row is None else super().initial()

    def values_of(self, row: Organisation) -> dict[str, Any]:
        return {"name": row.name, "contract": "yes" if row.contract else "no", "notes": row.notes}

    def shown(self, name: str, value: Any) -> Text:
        if name == "contract":
            return _("Under contract") if value == "yes" else _("Billed by the time spent")
        return super().shown(name, value)

    def submit(self, actor: Actor) -> Organisation | None:
        """Save it; None if something is wrong, which the form then shows."""
        facts = self.validate()
        if not self.good:
            return None
        desk = self.desk
        facts["contract"] = facts["contract"] == "yes"
        try:
            if self.row is None:
                return create_organisation(desk.session, facts, actor, desk.now)
            save_organisation(desk.site, desk.session, self.row, facts, actor, desk.now)
        except FieldError as error:
            self.refuse(error)
            return None
        return self.row


class TicketOrganisationForm(DeskForm):
    """The organisation of one ticket."""

    name = "ticket-organisation"

    def __init__(self, request: Any, ticket: Ticket) -> None:
        self.ticket = ticket
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield organisation_node(self.desk.session)

    def initial(self) -> dict[str, Any]:
        return {"organisation_id": self.ticket.organisation_id}

    def submit(self, actor: Actor) -> bool:
        """Save it; False if something is wrong, which the form then shows."""
        values = self.validate()
        if not self.good:
            return False
        desk = self.desk
        change_organisation(self.site, desk.session, self.ticket, values["organisation_id"], actor, desk.now)
        return True
