"""Forms of the way into the back office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform

from novantic_core.forms.base import Form, node, one_line
from novantic_core.i18n import _
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.services import sign_in as service
from novantic_core.services.limit import network_of, within_limits
from novantic_core.values import FieldError

REFUSED = _("This address and this password don't go together.")
TOO_OFTEN = _("Too many attempts. Please wait a while and try again.")


class SignInForm(Form):
    """Address and password."""

    template = "forms/sign_in.pt"
    name = "sign-in"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text = colander.String
        yield node(text(), "login", _("E-mail address"), preparer=one_line,
                   widget=deform.widget.TextInputWidget(type="email", autocomplete="username"))  # fmt: skip
        yield node(text(), "password", _("Password"),
                   widget=deform.widget.PasswordWidget(autocomplete="current-password", strip=False))  # fmt: skip

    def submit(self) -> str | None:
        """The session's token; None if the form was not good for one."""
        values = self.validate()
        if not self.good:
            return None
        if not self._allowed(values["login"]):
            self.refuse(FieldError(TOO_OFTEN), status=429)
            return None
        # checking a password takes long: SQLite's only writer must not wait for it
        with self.site.database.session(write=False) as reading:
            technician_id = service.check_password(reading, values["login"], values["password"])
        if technician_id is None:
            self.refuse(FieldError(REFUSED))
            return None
        return service.sign_in(
            self.desk.session, technician_id, values["password"], self.desk.now, service.Browser()
        ).token

    def _allowed(self, login: str) -> bool:
        settings, client = self.site.settings, network_of(self.request.client_addr or "")
        # by address *and* client: somebody else's guesses don't lock the owner out; by client: one who tries address
        # after address has the processors busy. In a transaction of its own, ended before the password is read
        tries = [
            (settings.limit_login, "login", f"{login} {client}"),
            (settings.limit_login_by_client, "login-client", client),
        ]
        with self.site.database.transaction() as session:
            return within_limits(session, self.desk.now, tries)


class FirstAdministratorForm(Form):
    """Who administers the site."""

    template = "forms/sign_in.pt"
    name = "setup"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text = colander.String
        yield node(text(), "name", _("Full name"), preparer=one_line, max_length=120,
                   widget=deform.widget.TextInputWidget(autocomplete="name"))  # fmt: skip
        yield node(text(), "email", _("E-mail address"), preparer=one_line, max_length=254,
                   widget=deform.widget.TextInputWidget(type="email", autocomplete="username"))  # fmt: skip
        yield node(text(), "password", _("Password"), description=_("At least 12 characters."),
                   widget=deform.widget.PasswordWidget(autocomplete="new-password", strip=False))  # fmt: skip

    def submit(self, link: Any) -> str | None:
        """Make the administrator and sign them in: the session's token."""
        values = self.validate()
        if not self.good:
            return None
        session, now = self.desk.session, self.desk.now
        try:
            administrator = service.add_technician(
                session, self.site.settings, values["email"], values["name"], ADMINISTRATOR, values["password"], now
            )
        except FieldError as error:
            self.refuse(error)
            return None
        link.used_at = now
        return service.start_session(session, administrator, now, service.Browser()).token
