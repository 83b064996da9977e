"""Forms of the way into the back office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform

from novantic_core.forms.base import Form, node, one_line
from novantic_core.i18n import _
from novantic_core.models import Technician, TechnicianSession
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.services import personal_link, second_factor
from novantic_core.services import sign_in as service
from novantic_core.services.limit import network_of, within_limits
from novantic_core.services.record_action import record_action
from novantic_core.values import Actor, FieldError

REFUSED = _("This address and this password don't go together.")
TOO_OFTEN = _("Too many attempts. Please wait a while and try again.")
WRONG_CODE = _("This code is not right, or was used already. Wait for the next one and try again.")
WRONG_RECOVERY_CODE = _("This is none of your recovery codes, or it was used already.")
UNLIKE = _("The two passwords differ.")


def browser_of(request: Any) -> service.Browser:
    """Where a request comes from."""
    return service.Browser(request.client_addr or "", request.user_agent or "")


def new_password(name: str = "password") -> colander.SchemaNode:
    """The field of a password to choose."""
    return node(
        colander.String(), name, _("New password"), description=_("At least 12 characters."),
        widget=deform.widget.PasswordWidget(autocomplete="new-password", strip=False),
    )  # fmt: skip


def repeated_password() -> colander.SchemaNode:
    """The same once more: nobody sees what they type there."""
    return node(
        colander.String(), "again", _("New password, once more"),
        widget=deform.widget.PasswordWidget(autocomplete="new-password", strip=False),
    )  # fmt: skip


class SignInForm(Form):
    """Address and password."""

    template = "forms/sign_in.pt"
    name = "sign-in"
    technician: Technician | None = None
    """Who has signed in."""

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text = colander.String
        yield node(text(), "login", _("E-mail address"), preparer=one_line,
                   widget=deform.widget.TextInputWidget(type="email", autocomplete="username"))  # fmt: skip
        yield node(text(), "password", _("Password"),
                   widget=deform.widget.PasswordWidget(autocomplete="current-password", strip=False))  # fmt: skip

    def submit(self) -> service.SignedIn | None:
        """The session; None if the form was not good for one."""
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
        session, browser = self.desk.session, browser_of(self.request)
        self.technician = session.get_one(Technician, technician_id)
        return service.sign_in(session, self.technician, values["password"], self.desk.now, browser)

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


class CodeForm(Form):
    """The second step: the code that the app shows, or one of the recovery codes."""

    template = "forms/sign_in.pt"
    name = "code"

    def __init__(self, request: Any, *, recovery: bool = False) -> None:
        self.recovery = recovery
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text = colander.String
        if self.recovery:
            yield node(text(), "code", _("Recovery code"), preparer=one_line, max_length=64,
                       widget=deform.widget.TextInputWidget(autocomplete="off"))  # fmt: skip
            return
        yield node(
            text(), "code", _("Six-digit code"), preparer=one_line, max_length=64,
            description=_("It is shown by the app with which you set up the second factor."),
            widget=deform.widget.TextInputWidget(autocomplete="one-time-code", attributes={"inputmode": "numeric"}),
        )  # fmt: skip

    def submit(self, row: TechnicianSession, technician: Technician) -> str | None:
        """The session's new token; None if the code was no good."""
        values = self.validate()
        if not self.good:
            return None
        settings, client = self.site.settings, self.request.client_addr or ""
        # by technician *and* client. A limit by technician alone would be a way to lock them out for whoever has got
        # hold of the password; a client that guesses needs ten thousands of these windows
        tries = (
            (settings.limit_login, "login-code", f"{technician.id} {client}"),
            (settings.limit_login_by_client, "login-client", client),
        )
        if not self.desk.within_limits(*tries):
            self.refuse(FieldError(TOO_OFTEN), status=429)
            return None
        session, now = self.desk.session, self.desk.now
        how = second_factor.accept_code(self.site, session, technician, values["code"], now)
        if how is None:
            self.refuse(FieldError(WRONG_RECOVERY_CODE if self.recovery else WRONG_CODE, "code"))
            return None
        if how == "recovery":
            actor = Actor("technician", technician.name, technician.email)
            record_action(session, "recovery_code_used", actor, now, technician.name)
        return service.complete(row, technician, now)


class ForgottenForm(Form):
    """The address of somebody who has forgotten their password."""

    template = "forms/sign_in.pt"
    name = "forgotten"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield node(
            colander.String(), "login", _("E-mail address"), preparer=one_line, max_length=254,
            widget=deform.widget.TextInputWidget(type="email", autocomplete="username"),
        )  # fmt: skip

    def submit(self) -> bool:
        """Note the request; a worker looks whose address it is. False if the form was not good for that."""
        values = self.validate()
        if not self.good:
            return False
        settings, client = self.site.settings, self.request.client_addr or ""
        tries = (
            (settings.limit_login, "forgotten", f"{values['login']} {client}"),
            (settings.limit_login_by_client, "forgotten-client", client),
        )
        if not self.desk.within_limits(*tries):
            self.refuse(FieldError(TOO_OFTEN), status=429)
            return False
        personal_link.request_password(self.desk.session, values["login"], self.request.live_theme, self.desk.now)
        return True


class NewPasswordForm(Form):
    """The password that a mailed link lets its owner choose."""

    template = "forms/sign_in.pt"
    name = "new-password"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield new_password()
        yield repeated_password()

    def submit(self, link: Any, technician: Technician) -> service.SignedIn | None:
        """Keep the password and let its owner in, as far as the second factor where they have one."""
        values = self.validate()
        if self.good and values["password"] != values["again"]:
            self.refuse(FieldError(UNLIKE, "again"))
        if not self.good:
            return None
        session, now = self.desk.session, self.desk.now
        try:
            personal_link.use_link(session, link, technician, values["password"], now)
        except FieldError as error:
            self.refuse(error)
            return None
        return service.start_session(session, technician, now, browser_of(self.request))


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

    def submit(self, link: Any) -> service.SignedIn | None:
        """Make the administrator and sign them in."""
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
        return service.start_session(session, administrator, now, browser_of(self.request))
