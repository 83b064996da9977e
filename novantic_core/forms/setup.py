"""Forms of what is set up without a file: words of categories and priorities, teams, plugins' settings."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import colander
import deform

from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import EditForm
from novantic_core.forms.ticket import CheckboxWidget
from novantic_core.i18n import _
from novantic_core.plugins import Plugin
from novantic_core.services.set_up_plugin import SettingState
from novantic_core.values import FieldError, Text

LANGUAGES: Mapping[str, Text] = {"fr": _("In French"), "en": _("In English")}


class Saved:
    """What is saved of something that has no row of its own, as a row: its values, and a version made of them."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)
        self.version = zlib.crc32(json.dumps(values, sort_keys=True).encode()) or 1


class CategoryForm(EditForm):
    """The words of a category: of a plugin's, or of one of the desk's own."""

    name = "category"

    def __init__(self, request: Any, row: Saved | None = None, offered: Text = "") -> None:
        self.offered = offered
        """What the plugin calls it; empty for the desk's own."""
        super().__init__(request, row)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        for locale, label in LANGUAGES.items():
            help_: Text = ""
            if self.offered:
                words = self.site.themes.catalogue(self.request.theme, locale).translate(self.offered)
                help_ = _("Empty: the plugin's words, “${words}”.", mapping={"words": words})
            yield node(
                colander.String(), locale, label, preparer=one_line, max_length=120, missing="", description=help_,
                widget=deform.widget.TextInputWidget(),
            )  # fmt: skip

    def submit(self) -> dict[str, str] | None:
        """The words by language; None if something is wrong, which the form then shows."""
        values = self.validate()
        if self.good and not self.offered and not any(values.values()):
            self.refuse(FieldError(_("Please give it a name in one language at least."), "fr"))
        return values if self.good else None


class PrioritiesForm(EditForm):
    """The words of all priorities, in both languages."""

    name = "priorities"
    template = "forms/priorities.pt"

    def __init__(self, request: Any) -> None:
        site = request.registry.site
        self.levels = list(reversed(site.plugin_priorities.values()))
        kept = site.preferences
        values = {
            f"{locale}{place}": kept.words(f"priority.{level.key}.label").get(locale, "")
            for place, level in enumerate(self.levels)
            for locale in LANGUAGES
        }
        super().__init__(request, Saved(**values))

    def nodes(self) -> Iterable[colander.SchemaNode]:
        for place, level in enumerate(self.levels):
            for locale, label in LANGUAGES.items():
                words = self.site.themes.catalogue(self.request.theme, locale).translate(level.label)
                yield node(
                    colander.String(), f"{locale}{place}", label, preparer=one_line, max_length=60, missing="",
                    widget=deform.widget.TextInputWidget(attributes={"placeholder": words}),
                )  # fmt: skip

    def submit(self) -> dict[str, dict[str, str]] | None:
        """The words by priority and language; None if something is wrong."""
        values = self.validate()
        if not self.good:
            return None
        return {
            level.key: {locale: values[f"{locale}{place}"] for locale in LANGUAGES}
            for place, level in enumerate(self.levels)
        }


class TeamForm(EditForm):
    """A team's name, and who sees its tickets."""

    name = "team"

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield node(
            colander.String(), "label", _("Name"), preparer=one_line, max_length=80,
            description=_("Clients see it on the page of their ticket."), widget=deform.widget.TextInputWidget(),
        )  # fmt: skip
        yield node(
            colander.Boolean(), "private", _("Private"), missing=False,
            description=_("Its tickets are seen by its members, by whom they are assigned to, and by administrators."),
            widget=CheckboxWidget(true_val="true", false_val="false"),
        )  # fmt: skip


class PluginSettingsForm(EditForm):
    """The settings of a plugin that a page may set, each with its own check. A secret is typed and never shown."""

    name = "plugin"

    def __init__(self, request: Any, plugin: Plugin, states: Sequence[SettingState]) -> None:
        self.plugin = plugin
        self.states = [state for state in states if state.is_open]
        # names of plugins' own choosing could be those of the form itself
        self._places = {state.setting.name: f"s{place}" for place, state in enumerate(self.states)}
        kept = {self._places[s.setting.name]: s.shown if s.is_kept else "" for s in self.states}
        stamps = [str(state.set_at) for state in self.states]
        super().__init__(request, Saved(**kept, stamps=stamps))

    def nodes(self) -> Iterable[colander.SchemaNode]:
        for state in self.states:
            place = self._places[state.setting.name]
            if state.setting.secret:
                yield from self._secret_nodes(state, place)
                continue
            yield node(
                colander.String(), place, state.label, preparer=one_line, max_length=1000, missing="",
                description=self._help(state),
                widget=deform.widget.TextInputWidget(attributes={"placeholder": state.default}),
            )  # fmt: skip

    def _secret_nodes(self, state: SettingState, place: str) -> Iterable[colander.SchemaNode]:
        # no browser offers somebody's own password for it, nor keeps it as one
        yield node(
            colander.String(), place, state.label, preparer=_stripped, max_length=1000, missing="",
            description=self._help(state), widget=deform.widget.PasswordWidget(autocomplete="new-password"),
        )  # fmt: skip
        if state.is_kept:
            yield node(
                colander.Boolean(), f"{place}-forget", _("Forget “${label}”", mapping={"label": state.label}),
                missing=False, widget=CheckboxWidget(true_val="true", false_val="false"),
            )  # fmt: skip

    def _help(self, state: SettingState) -> Text:
        say = self.request.page.words
        sentences = [self._secret_help(state)] if state.setting.secret else []
        sentences += [say(state.setting.help)] if state.setting.help else []
        sentences.append(say(_("It takes: ${takes}.", mapping={"takes": state.setting.takes})))
        if state.default:
            sentences.append(say(_("Empty: ${default}.", mapping={"default": state.default})))
        if state.setting.at_start:
            sentences.append(say(_("It is read when the site starts: a change needs a restart.")))
        return " ".join(sentences)

    def _secret_help(self, state: SettingState) -> str:
        page = self.request.page
        if state.broken:
            return str(page.words(_("Not set: what was set here can't be used any more.")))
        if state.source != "page" or state.set_at is None:
            return str(page.words(_("Not set.")))
        given = {"date": page.date(state.set_at), "name": state.set_by}
        return str(page.words(_("Set on ${date} by ${name}. Leave it empty to keep it.", mapping=given)))

    def texts(self) -> dict[str, str]:
        """What was typed, by the settings' names; what is wrong with a field is shown beside it."""
        self._values = self.validate()
        return {name: self._values[place] for name, place in self._places.items() if place in self._values}

    def forgotten(self) -> list[str]:
        """Names of the secrets that are to go; after :meth:`texts`."""
        return [name for name, place in self._places.items() if self._values.get(f"{place}-forget")]

    def refuse_setting(self, error: FieldError) -> None:
        """Show what a setting's own check said, beside its field."""
        self.refuse(FieldError(error.message, self._places.get(error.field or "")))

    def ask_again(self) -> None:
        """Say beside each secret that was typed that it has to be typed again: it isn't sent back to a browser."""
        for state in self.states:
            place = self._places[state.setting.name]
            if state.setting.secret and self._values.get(place) and self.form[place].error is None:
                self.refuse(FieldError(_("Please type it again: for safety it isn't sent back to you."), place))

    def shown(self, name: str, value: Any) -> Text:
        """A value of the row in words; of a secret only that it is one."""
        secret = any(s.setting.secret and self._places[s.setting.name] == name for s in self.states)
        return _("a secret, which isn't shown") if secret else super().shown(name, value)


def _stripped(value: Any) -> Any:
    return (value.strip() or colander.null) if isinstance(value, str) else value
