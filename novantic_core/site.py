"""One site: the settings, and all that its plugins gave at start. No HTTP, no module globals: tests make many."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from novantic_core import finding
from novantic_core import settings as settings_module
from novantic_core.absent import start_without
from novantic_core.backends import MISSING_ENGINE_PLUGIN, MissingStorage, NoStorage, choose_engine, choose_storage
from novantic_core.brands import host_name, read_brands
from novantic_core.db import Database
from novantic_core.i18n import Wording, _
from novantic_core.offers import (
    ask,
    check_fields,
    intake_channels,
    named,
    periodic_jobs,
    search_engines,
    search_indexes,
    worker_tasks,
)
from novantic_core.plugin_settings import PluginSettings
from novantic_core.plugins import LeftOut, Plugin, Plugins
from novantic_core.preferences import Preferences, PreferencesAtStart, PreferencesCache, TeamInfo
from novantic_core.seal import DerivedKeys
from novantic_core.settings import Settings, SettingsError
from novantic_core.themes import Themes
from novantic_core.values import (
    MAIN,
    ActionKind,
    Brand,
    Category,
    Channel,
    FieldError,
    FormContext,
    IntakeChannel,
    PeriodicJob,
    Priority,
    SearchEngine,
    SearchIndex,
    SearchSource,
    Setting,
    Storage,
    Text,
    TicketField,
    WorkerTask,
)

DEFAULT_PRIORITIES = (
    Priority("low", _("Low"), 10),
    Priority("normal", _("Normal"), 20, default=True),
    Priority("high", _("High"), 30),
    Priority("urgent", _("Urgent"), 40),
)


@dataclass(frozen=True)
class Site:
    """What the services and the pages work with."""

    settings: Settings
    database: Database
    plugins: Plugins
    plugin_settings: PluginSettings
    """How they are read; what they are now: ``settings_of``."""
    themes: Themes
    brands: Mapping[str, Brand]
    """By key, the main one first."""
    storage: Storage
    plugin_categories: Mapping[str, tuple[Plugin, Category]]
    """What plugins offer; what is offered now, in the desk's words and order, is ``categories``."""
    plugin_priorities: Mapping[str, Priority]
    intake_channels: Mapping[str, IntakeChannel]
    channels: Mapping[str, tuple[Plugin, Channel]]
    jobs: Sequence[tuple[Plugin, PeriodicJob]]
    tasks: Sequence[tuple[Plugin, WorkerTask]]
    search_sources: Sequence[tuple[Plugin, SearchSource]]
    action_kinds: Mapping[str, tuple[Plugin, ActionKind]]
    search_engine: SearchEngine
    search_plugin: Plugin | None
    """Whose engine that is; None for the core's."""
    search_indexes: Mapping[str, tuple[Plugin | None, SearchIndex]]
    """What can be found, and whose it is."""
    preferences_cache: PreferencesCache
    kept_categories: set[str] = field(default_factory=set)
    """Keys of categories seen in the database, whose rows are never removed: no need to look again."""

    @property
    def keeps_files(self) -> bool:
        """Whether there is a storage for attachments."""
        return not isinstance(self.storage, NoStorage)

    @property
    def keeps_no_files_now(self) -> bool:
        """Whether the plugin that keeps the files is missing: they are somewhere, and must be found again."""
        return isinstance(self.storage, MissingStorage)

    def facts_of_others(self, fields: Mapping[str, Any], shown: Iterable[str]) -> list[tuple[str, str]]:
        """Name and value of what a ticket keeps of plugins that are not at work just now.

        :param shown: names of the fields that are shown by those who know their words
        """
        if not self.plugins.left_out and not any(plugin.set_aside for plugin in self.plugins):
            return []
        known = set(shown)
        return [
            (name.replace("_", " "), str(value))
            for name, value in fields.items()
            if name not in known and value not in (None, "", False)
        ]

    @property
    def preferences(self) -> Preferences:
        """What was set up in the back office, as it is now."""
        return self.preferences_cache.get()

    @property
    def plugin_schemas(self) -> Mapping[str, Sequence[Setting]]:
        """The settings of each plugin that a page can set, by its name."""
        schemas = self.plugin_settings.schemas
        return {name: [one for one in schema if "*" not in one.name] for name, schema in schemas.items()}

    def settings_of(self, plugin: str) -> Mapping[str, Any]:
        """A plugin's settings as they are now: the .ini file's, then what was set in the back office, then defaults."""
        return self.preferences.once(
            f"settings of {plugin}", lambda kept: self.plugin_settings.read_all(plugin, kept)
        )  # fmt: skip

    def without_secrets(self, plugin: str, text: str) -> str:
        """A text of a plugin's, as a fault's, without the secrets that it was given."""
        try:
            kept = self.preferences
        except SQLAlchemyError:
            kept = Preferences()  # what the file says is known all the same
        return self.plugin_settings.without_secrets(plugin, text, kept)

    @property
    def all_categories(self) -> Mapping[str, Category]:
        """Every category that plugins offer or the desk added, hidden ones too, in the desk's words and order."""
        return self.preferences.once("all categories", self._all_categories)

    def _all_categories(self, kept: Preferences) -> Mapping[str, Category]:
        found = {key: category for key, (_plugin, category) in self.plugin_categories.items()}
        for key, row in kept.categories.items():
            if not row.plugin:
                found[key] = Category(key, row.label)
        for key, category in found.items():
            row_ = kept.categories.get(key)
            words = kept.words(f"category.{key}.label")
            found[key] = replace(
                category,
                label=Wording(words, category.label) if words else category.label,
                order=category.order if row_ is None or row_.position is None else row_.position,
            )
        return dict(sorted(found.items(), key=lambda pair: pair[1].order))

    @property
    def categories(self) -> Mapping[str, Category]:
        """The categories that somebody who opens a ticket can choose."""
        return self.preferences.once("categories", self._categories)

    def _categories(self, kept: Preferences) -> Mapping[str, Category]:
        hidden = {key for key, row in kept.categories.items() if row.hidden}
        return {key: category for key, category in self._all_categories(kept).items() if key not in hidden}

    def category_plugin(self, key: str) -> str:
        """The name of the plugin that offers a category; empty for one of the desk's own."""
        found = self.plugin_categories.get(key)
        return found[0].name if found else ""

    @property
    def priorities(self) -> Mapping[str, Priority]:
        """The levels of this site, least urgent first, in the desk's words."""
        return self.preferences.once("priorities", self._priorities)

    def _priorities(self, kept: Preferences) -> Mapping[str, Priority]:
        words = {key: kept.words(f"priority.{key}.label") for key in self.plugin_priorities}
        return {
            key: replace(level, label=Wording(words[key], level.label)) if words[key] else level
            for key, level in self.plugin_priorities.items()
        }

    @property
    def teams(self) -> Mapping[str, TeamInfo]:
        """The teams, hidden ones too; the default one is there before anybody set up any."""
        default, kept = self.settings.default_team, self.preferences.teams
        return kept if default in kept else {default: TeamInfo(default, default), **kept}

    def team_label(self, key: str) -> str:
        """The words of a team."""
        found = self.teams.get(key)
        return found.label if found else key

    def brand(self, key: str) -> Brand:
        """The brand of that key; the main one for a key that the settings name no more."""
        return self.brands.get(key) or self.brands[MAIN]

    def brand_words(self, brand: Brand, locale: str, theme: str | None = None) -> Mapping[str, Any]:
        """What a brand says of itself in a language: its theme's facts, and what the settings say otherwise.

        :param theme: another than the brand's own, that its page or mail is drawn in
        """
        facts = self.themes.brand(theme or brand.theme, locale)
        return {**facts, "noreply": brand.sender} if brand.sender else facts

    def brand_of_host(self, host: str) -> Brand:
        """The brand whose host name that is, with a port or without; the main one for any other."""
        name = host_name(host)
        return next((brand for brand in self.brands.values() if name in brand.hosts), self.brands[MAIN])

    @property
    def default_priority(self) -> Priority:
        """The priority of a form that nobody touched."""
        levels = list(self.priorities.values())
        return next((level for level in levels if level.default), levels[0])

    def key(self, purpose: str) -> str:
        """A secret derived from the site's, so that one use's leak isn't another's."""
        return DerivedKeys(self.settings.secret).key(purpose)

    def ticket_fields(self, context: FormContext) -> list[tuple[Plugin, TicketField]]:
        """The fields that plugins add to a ticket's form, in order."""
        return self.plugins.collect_items("novantic_ticket_fields", context=context)

    def read_field(self, plugin: Plugin, field: TicketField, typed: str) -> Any:
        """What a plugin makes of what was typed into its field; if it fails, what was typed.

        :raises FieldError: if the plugin refuses it
        """
        value: Any = typed
        if field.parse is not None:
            with self.plugins.guarded(plugin, f"reading {field.name}", stops=(FieldError,)):
                parsed = field.parse(typed)
                json.dumps(parsed)  # it is kept as JSON: what can't be is this plugin's fault, not the ticket's
                value = parsed
        return value

    def show_field(self, plugin: Plugin, field: TicketField, value: Any) -> Text:
        """A kept value in the words of the plugin whose field it is; if it fails, or is gone, the value itself."""
        words: Text = str(value)
        if field.show is not None:
            with self.plugins.guarded(plugin, f"showing {field.name}"):
                words = field.show(value)
        return words

    def category_label(self, key: str) -> Any:
        """The words of a category; those it once had, if no plugin offers it any more."""
        found = self.all_categories.get(key)
        if found is not None:
            return found.label
        row = self.preferences.categories.get(key)
        return row.label if row else key

    def priority_label(self, key: str) -> Any:
        """The words of a priority."""
        found = self.priorities.get(key)
        return found.label if found else key


def build(
    raw: Mapping[str, str], extra_plugins: Mapping[str, Any] | None = None,
    left_out: Mapping[str, LeftOut] | None = None,
) -> Site:  # fmt: skip
    """Make a site of an .ini file's settings.

    :param extra_plugins: plugins by name that aren't installed, for tests
    :param left_out: plugins that are known not to be usable; None to find that out
    :raises SettingsError: for anything that stops the start; nothing is served by halves
    """
    raw = {key: str(value) for key, value in raw.items()}
    if left_out is None:
        return start_without(raw, lambda left_out: _build(raw, extra_plugins, left_out))
    return _build(raw, extra_plugins, left_out)


def _build(raw: Mapping[str, str], extra_plugins: Mapping[str, Any] | None, left_out: Mapping[str, LeftOut]) -> Site:
    first_look, _none = settings_module.read(raw)
    plugins = finding.load(
        first_look.plugins, extra_plugins, raise_faults=first_look.debug, left_out=left_out,
        safe_mode=first_look.safe_mode,
    )  # fmt: skip
    schemas = {plugin.name: list(items) for plugin, items in ask(plugins, "novantic_settings_schema")}
    settings, plugin_settings = settings_module.read(
        raw, {plugin.name: schemas.get(plugin.name, ()) for plugin in plugins}, plugins.left_out
    )
    settings = settings_module.check_start(settings)
    plugins.seconds = settings.plugin_seconds
    database = Database(_database_url(raw), plugins.watch)
    preferences_cache = PreferencesCache(database, settings.preferences_seconds)
    own = PluginSettings(plugins, schemas, plugin_settings, raw, DerivedKeys(settings.secret))
    at_start = PreferencesAtStart(preferences_cache, database)
    plugins.settings_of = lambda name: own.read_all(name, at_start())

    def folders(kind: str) -> list[Path]:
        return [path for plugin in plugins if (path := plugin.folder(kind)) is not None]

    themes = Themes(
        [*packaged_themes(), *_theme_folders(settings)], folders,
        reload=settings.debug, cache=_template_cache(settings), marks=settings.debug_templates,
    )  # fmt: skip
    brands = read_brands(settings)
    for brand in brands.values():
        themes.chain(brand.theme)
    priorities = [item for _by, item in named(plugins, "novantic_priorities", "key").values()] or DEFAULT_PRIORITIES
    check_fields(plugins)
    categories = named(plugins, "novantic_categories", "key")
    engines = search_engines(plugins)
    site = Site(
        settings=settings,
        database=database,
        preferences_cache=preferences_cache,
        plugins=plugins,
        plugin_settings=own,
        themes=themes,
        brands=brands,
        storage=choose_storage(settings, named(plugins, "novantic_storage_backends", "name"), plugins.left_out),
        plugin_categories=dict(sorted(categories.items(), key=lambda pair: pair[1][1].order)),
        plugin_priorities={level.key: level for level in sorted(priorities, key=lambda level: level.rank)},
        intake_channels=intake_channels(plugins),
        channels=named(plugins, "novantic_notification_channels", "name", settings=raw, outgoing=settings.outgoing),
        jobs=periodic_jobs(plugins),
        tasks=worker_tasks(plugins, brands),
        action_kinds=named(plugins, "novantic_action_kinds", "name"),
        search_sources=[(p, source) for p, items in ask(plugins, "novantic_search_sources") for source in items],
        search_engine=choose_engine(settings, engines, plugins.left_out),
        search_plugin=engines[settings.search][0] if settings.search in engines else MISSING_ENGINE_PLUGIN,
        search_indexes=search_indexes(plugins),
    )
    plugins.settings_of, plugins.without_secrets = site.settings_of, site.without_secrets
    return site


def _database_url(raw: Mapping[str, str]) -> str:
    for key, text in raw.items():
        if key.startswith("sqlalchemy.") and key != "sqlalchemy.url":
            raise SettingsError(f"{key} = {text[:80]}: there is no such setting; sqlalchemy.url is all that is read")
    if "sqlalchemy.url" not in raw:
        raise SettingsError("sqlalchemy.url is missing: it takes a database URL, as sqlite:///var/novantic.db")
    return raw["sqlalchemy.url"]


def _theme_folders(settings: Settings) -> list[Path]:
    for name in settings.themes_path:
        if not Path(name).is_dir():
            raise SettingsError(f"novantic.themes_path = {name}: there is no such folder")
    return [Path(name) for name in settings.themes_path]


def _template_cache(settings: Settings) -> Path | None:
    if not settings.template_cache:
        return None
    folder = Path(settings.template_cache)
    try:
        # what lies there is run as code: nobody else may write to it
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        open_to_others = folder.stat().st_mode & 0o022
    except OSError as error:
        raise SettingsError(f"novantic.template_cache = {folder}: {error.strerror}") from error
    if open_to_others and os.name == "posix":
        raise SettingsError(
            f"novantic.template_cache = {folder}: others may write to it; it takes a folder of one's own (chmod 700)"
        )
    return folder


def packaged_themes() -> list[Path]:
    """The folder of the themes that come with the distribution."""
    import novantic_themes

    return [Path(folder) for folder in novantic_themes.__path__]
