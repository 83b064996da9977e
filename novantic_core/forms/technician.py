"""Forms by which administrators look after technicians."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import colander
import deform

from novantic_core.forms import checks
from novantic_core.forms.account import languages
from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import DeskForm, EditForm
from novantic_core.forms.ticket import CheckboxWidget
from novantic_core.i18n import _
from novantic_core.models import Technician
from novantic_core.models.technician import ROLES
from novantic_core.page import LANGUAGES
from novantic_core.services import manage_technician, second_factor
from novantic_core.values import Actor, FieldError, Text

ROLE_WORDS = {"technician": _("Technician"), "administrator": _("Administrator")}


class TechnicianForm(EditForm):
    """Name, address, role, team, language: of somebody new, or of the row."""

    name = "technician"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text, wide = colander.String, deform.widget.TextInputWidget
        yield node(text(), "name", _("Full name"), preparer=one_line, max_length=120,
                   description=_("Clients read it above their replies."), widget=wide(autocomplete="off"))  # fmt: skip
        yield node(text(), "email", _("E-mail address"), preparer=one_line, max_length=254,
                   validator=checks.email_address, widget=wide(type="email", autocomplete="off"),
                   description=_("They sign in with it, and get their e-mails there."))  # fmt: skip
        yield node(
            text(), "role", _("Role"), validator=colander.OneOf(ROLES),
            widget=deform.widget.SelectWidget(values=list(ROLE_WORDS.items())),
            description=_("Administrators also set up the desk and look after its technicians."),
        )  # fmt: skip
        teams = self._teams()
        yield node(
            text(), "team", _("Team"), validator=colander.OneOf(list(teams)),
            widget=deform.widget.SelectWidget(values=list(teams.items())),
            description=_("They are told of its new tickets, and see them if the team is private."),
        )  # fmt: skip
        yield node(text(), "locale", _("Language"), widget=languages(), validator=colander.OneOf(list(LANGUAGES)))

    def _teams(self) -> dict[str, str]:
        """The teams there are; one that is hidden, or gone, only for who is in it."""
        own = self.row.team if self.row is not None else None
        teams = {team.key: team.label for team in self.site.teams.values() if not team.hidden or team.key == own}
        return teams if own is None else {own: own, **teams}

    def initial(self) -> dict[str, Any]:
        """Somebody new starts as a technician of the default team."""
        settings = self.site.settings
        new = {"role": "technician", "team": settings.default_team, "locale": settings.default_locale}
        return super().initial() or new

    def shown(self, name: str, value: Any) -> Text:
        """Roles, teams and languages by their words."""
        words: dict[str, Any] = {"role": ROLE_WORDS, "team": self._teams(), "locale": LANGUAGES}.get(name, {})
        return words.get(value) or super().shown(name, value)

    def invite(self, actor: Actor) -> tuple[Technician, int] | None:
        """Invite somebody: they, and by how many channels they are told."""
        values = self.validate()
        if not self.good:
            return None
        desk = self.desk
        try:
            return manage_technician.invite(self.site, desk.session, values, actor, desk.now, self.request.theme)
        except FieldError as error:
            self.refuse(error)
            return None

    def submit(self, actor: Actor) -> bool:
        """Keep what was changed."""
        values = self.validate()
        if self.good:
            try:
                manage_technician.change(self.desk.session, self.row, values, actor, self.desk.now)
            except FieldError as error:
                self.refuse(error)
        return self.good


class InviteForm(TechnicianForm):
    """Somebody new."""

    name = "invite"
    button = _("Send the invitation")


class RequireForm(DeskForm):
    """Whether everybody must have a second factor."""

    name = "require"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield node(
            colander.Boolean(), "required", _("Everybody needs a second factor"), missing=False,
            description=_("Whoever has none yet sets one up before anything else, from their next page on."),
            widget=CheckboxWidget(),
        )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """What holds now."""
        return {"required": second_factor.is_required(self.site)}

    def submit(self, actor: Actor) -> bool:
        """Keep it."""
        values = self.validate()
        if self.good:
            manage_technician.require_second_factor(
                self.site, self.desk.session, values["required"], actor, self.desk.now
            )
        return self.good
