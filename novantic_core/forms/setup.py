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
    """The settings of a plugin that a page may set, each with the plugin's own check."""

    name = "plugin"

    def __init__(self, request: Any, plugin: Plugin, states: Sequence[SettingState]) -> None:
        self.plugin = plugin
        self.states = [state for state in states if state.is_open]
        kept = {s.setting.name: s.broken or (s.shown if s.source == "page" else "") for s in self.states}
        super().__init__(request, Saved(**{f"s{place}": text for place, text in enumerate(kept.values())}))
        self._names = {name: f"s{place}" for place, name in enumerate(kept)}

    def nodes(self) -> Iterable[colander.SchemaNode]:
        # names of plugins' own choosing could be those of the form itself
        for place, state in enumerate(self.states):
            yield node(
                colander.String(), f"s{place}", state.label, preparer=one_line, max_length=1000, missing="",
                description=self._help(state),
                widget=deform.widget.TextInputWidget(attributes={"placeholder": state.default}),
            )  # fmt: skip

    def _help(self, state: SettingState) -> Text:
        say = self.request.page.words
        sentences = [say(state.setting.help)] if state.setting.help else []
        sentences.append(say(_("It takes: ${takes}.", mapping={"takes": state.setting.takes})))
        if state.default:
            sentences.append(say(_("Empty: ${default}.", mapping={"default": state.default})))
        if state.setting.at_start:
            sentences.append(say(_("It is read when the site starts: a change needs a restart.")))
        return " ".join(sentences)

    def texts(self) -> dict[str, str]:
        """What was typed, by the settings' names; what is wrong with a field is shown beside it."""
        values = self.validate()
        return {name: values[place] for name, place in self._names.items() if place in values}

    def refuse_setting(self, error: FieldError) -> None:
        """Show what a setting's own check said, beside its field."""
        self.refuse(FieldError(error.message, self._names.get(error.field or "")))
