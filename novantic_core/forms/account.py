"""Forms of a technician's own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform
import segno

from novantic_core.cached import cached_property
from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import DeskForm, EditForm
from novantic_core.forms.message import RichTextWidget
from novantic_core.forms.sign_in import TOO_OFTEN, UNLIKE, WRONG_CODE, new_password, repeated_password
from novantic_core.html import html_to_text
from novantic_core.i18n import _
from novantic_core.page import LANGUAGES
from novantic_core.seal import BrokenSealError, seal, unseal
from novantic_core.services import own_account, second_factor
from novantic_core.services import sign_in as service
from novantic_core.values import FieldError, Text

MAX_SIGNATURE = 5_000
"""Characters, markup included."""
SETUP_SECONDS = 3600
"""For how long the picture of a second factor can be set up with."""
SETUP = "totp-setup"
WRONG_PASSWORD = _("This is not your password.")
NEW_PICTURE = _("This page had been open for too long. Please scan the new picture.")


def languages() -> deform.widget.SelectWidget:
    """A choice of the languages there are, each in its own word."""
    return deform.widget.SelectWidget(values=list(LANGUAGES.items()))


class ProfileForm(EditForm):
    """Name, language and signature."""

    name = "profile"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text = colander.String
        yield node(text(), "name", _("Full name"), preparer=one_line, max_length=120,
                   description=_("Clients read it above your replies."),
                   widget=deform.widget.TextInputWidget(autocomplete="name"))  # fmt: skip
        yield node(
            text(), "locale", _("Language"), widget=languages(), validator=colander.OneOf(list(LANGUAGES)),
            description=_("Of the back office, and of the e-mails that you get."),
        )  # fmt: skip
        signature = node(text(), "signature", _("Signature"), missing="", validator=colander.Length(max=MAX_SIGNATURE))
        signature.description = _("It stands under your replies. Pictures are not kept.")
        signature.widget = RichTextWidget(tools="few", height=160)
        yield signature

    def shown(self, name: str, value: Any) -> Text:
        """A signature is said without its markup, a language by its name."""
        if name == "locale":
            return LANGUAGES.get(value, value)
        return super().shown(name, html_to_text(value) if name == "signature" else value)

    def submit(self) -> bool:
        """Keep what was typed."""
        values = self.validate()
        if not self.good:
            return False
        own_account.change(self.desk.session, self.row, values, self.desk.now)
        return True


class OwnPasswordForm(DeskForm):
    """A form that asks who is signed in for their password: an unlocked screen is not enough for what it does."""

    always = False
    """Whether it asks even those who have just signed in."""

    def nodes(self) -> Iterable[colander.SchemaNode]:
        if not self.is_fresh:
            yield node(
                colander.String(), "present", _("Your present password"),
                widget=deform.widget.PasswordWidget(autocomplete="current-password", strip=False),
            )  # fmt: skip

    @cached_property
    def is_fresh(self) -> bool:
        """Whether they have just signed in and needn't say it again."""
        row, _technician = self.request.signed_in
        return not self.always and bool(row.created_at > self.desk.now - service.FRESH)

    def check_present(self, values: dict[str, Any]) -> None:
        """Refuse another password than one's own."""
        if not self.good or "present" not in self.form:
            return
        technician, settings = self.request.technician, self.site.settings
        # whoever sits at an unlocked screen must not guess for ever; the owner can still sign in
        client = self.request.client_addr or ""
        if not self.desk.within_limits((settings.limit_login, "present-password", f"{technician.id} {client}")):
            self.refuse(FieldError(TOO_OFTEN), status=429)
        elif not service.is_own_password(technician, values["present"]):
            self.refuse(FieldError(WRONG_PASSWORD, "present"))

    def confirmed(self) -> bool:
        """Whether the form is good and the password right."""
        self.check_present(self.validate())
        return self.good


class ChangePasswordForm(OwnPasswordForm):
    """Another password for oneself."""

    name = "password"
    button = _("Change the password")
    always = True

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield from super().nodes()
        yield new_password()
        yield repeated_password()

    def submit(self) -> bool:
        """Keep the new password; the other sessions end."""
        values = self.validate()
        if self.good and values["password"] != values["again"]:
            self.refuse(FieldError(UNLIKE, "again"))
        self.check_present(values)
        if not self.good:
            return False
        row, technician = self.request.signed_in
        try:
            own_account.change_password(self.desk.session, technician, values["password"], row, self.desk.now)
        except FieldError as error:
            self.refuse(error)
        return self.good


class SecondFactorForm(OwnPasswordForm):
    """Setting the second factor up: the picture for the app, and the code that the app then shows.

    The secret travels in the form, sealed: nothing is written before the code proves that the app has it.
    """

    name = "second-factor"
    template = "forms/second_factor.pt"
    button = _("Turn the second factor on")

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        self.secret = second_factor.new_secret()

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield node(
            colander.String(), "code", _("Six-digit code"), preparer=one_line, max_length=16,
            description=_("The app shows it as soon as it has the picture."),
            widget=deform.widget.TextInputWidget(autocomplete="one-time-code", attributes={"inputmode": "numeric"}),
        )  # fmt: skip
        yield from super().nodes()

    def submit(self) -> list[str] | None:
        """Turn it on: the recovery codes, to be shown once; None if the form was not good for that."""
        self._take_up_secret()
        values = self.validate()
        self.check_present(values)
        if not self.good:
            return None
        row, technician = self.request.signed_in
        codes = own_account.turn_second_factor_on(
            self.site, self.desk.session, technician, self.secret, values["code"], row, self.desk.now
        )
        if codes is None:
            self.refuse(FieldError(WRONG_CODE, "code"))
        return codes

    def _take_up_secret(self) -> None:
        typed = self.request.typed("sealed")
        try:
            whose, _colon, secret = unseal(self.site, SETUP, str(typed), SETUP_SECONDS).partition(":")
        except BrokenSealError:
            whose = ""
        if whose != str(self.request.technician.id):
            self.refuse(FieldError(NEW_PICTURE))
        else:
            self.secret = secret

    # ------------------------------------------------------------------ what the template shows

    @property
    def sealed(self) -> str:
        """The secret as the form carries it."""
        return seal(self.site, SETUP, f"{self.request.technician.id}:{self.secret}")

    @property
    def secret_words(self) -> list[str]:
        """The secret in groups of four, for who types it."""
        return [self.secret[place : place + 4] for place in range(0, len(self.secret), 4)]

    @property
    def picture(self) -> str:
        """The QR code, as a ``data:`` address."""
        name = str(self.request.page.brand["name"])
        address = second_factor.app_address(self.secret, self.request.technician.email, name)
        # white around and behind it in dark windows too: cameras read nothing else
        return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"))


class TurnOffForm(OwnPasswordForm):
    """Taking the second factor away."""

    name = "turn-off"
    button = _("Turn the second factor off")


class NewCodesForm(OwnPasswordForm):
    """Ten other recovery codes."""

    name = "new-codes"
    button = _("Make new codes")
