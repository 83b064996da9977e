"""The form that asks for a link to one's ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform
from chameleon.utils import Markup

from novantic_core.forms import checks
from novantic_core.forms.base import Form, node, one_line
from novantic_core.i18n import _
from novantic_core.services.number_ticket import normalise_number
from novantic_core.values import FieldError

TOO_OFTEN = _("Too many attempts. Please wait a while and try again.")


class StatusForm(Form):
    """Address and number of a ticket."""

    template = "forms/status.pt"
    name = "status"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text, wide = colander.String, deform.widget.TextInputWidget
        yield node(text(), "email", _("Your e-mail"), preparer=one_line, max_length=254,
                   validator=checks.email_address, description=_("The one you gave when you opened the ticket."),
                   widget=wide(type="email", autocomplete="email"))  # fmt: skip
        yield node(text(), "number", _("Ticket number"), preparer=one_line, max_length=40, validator=_has_digits,
                   description=_("It is in the subject of each of our e-mails, for example 983177."),
                   widget=wide(attributes={"inputmode": "numeric", "autocomplete": "off"}))  # fmt: skip

    def submit(self) -> bool:
        """Note the request; False if the form is wrong or was sent too often. Whether it matches is never told."""
        values = self.validate()
        if not self.good:
            return False
        email, number = values["email"], normalise_number(values["number"])
        whom = [email, number, self.request.client_addr or ""]
        if not self.desk.within_limit(self.site.settings.limit_access, "access", *whom):
            self.refuse(FieldError(TOO_OFTEN), status=429)
            return False
        self.desk.request_access(email, number, self.request.locale_name)
        return True

    def untouched(self) -> Markup:
        """The form for somebody who just came."""
        return self.render_untouched()


def _has_digits(schema: Any, value: str) -> None:
    if not 4 <= len(normalise_number(value)) <= 20:
        raise colander.Invalid(schema, _("A ticket number is made of six digits or more, for example 983177."))
