"""What plugins offer at start, asked for and checked: what is wrong stops it with the plugin's name and the mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from novantic_core.i18n import _
from novantic_core.plugins import Plugin, PluginFault, Plugins, PluginStartError, check_given
from novantic_core.search.engine import DATABASE
from novantic_core.search.tickets import ticket_index
from novantic_core.settings import SettingsError
from novantic_core.values import (
    Brand,
    FieldKind,
    FormContext,
    IntakeChannel,
    PeriodicJob,
    SearchBackend,
    SearchIndex,
    Section,
    WorkerTask,
)

LONGEST_INDEX = 40
"""Letters of an index's name: its tables are named after it."""


PHONE = IntakeChannel("phone", _("by phone"))
"""The core's own channel: a technician opens a ticket for a client who rings."""

OWN_FIELDS = frozenset({
    "topic", "company", "department", "email", "name", "phone", "subject", "priority", "message", "attachments",
    "csrf_token", "submission", "kept_files",
})  # fmt: skip
"""Names on the form of a ticket that no plugin's field may have."""


def ask(plugins: Plugins, hook: str, **given: Any) -> list[tuple[Plugin, Iterable[Any]]]:
    """Each plugin's answer as a list.

    :raises SettingsError: if one fails
    """
    answers: list[tuple[Plugin, Iterable[Any]]] = []
    try:
        for plugin, items in plugins.each(hook, **given):
            answers.append((plugin, _items(plugins, plugin, hook, items)))
    except PluginFault as fault:
        raise PluginStartError(fault.plugin.name, str(fault)) from fault
    return answers


def _items(plugins: Plugins, plugin: Plugin, hook: str, given: Any) -> list[Any]:
    """A plugin's answer as a list of what the hook's spec asks for."""
    try:
        items: list[Any] = check_given(hook, [] if given is None else list(given))
    except SettingsError:
        raise
    except Exception as error:
        # a generator raises here; one value that stands in no list too
        plugins.note_fault(plugin, hook, error)
        raise PluginFault(plugin, hook, error) from error
    return items


def unique(items: Iterable[tuple[Plugin, Any]], hook: str, attribute: str) -> dict[str, tuple[Plugin, Any]]:
    """What plugins gave by a name that must be its own.

    :raises SettingsError: for two of one name
    """
    found: dict[str, tuple[Plugin, Any]] = {}
    for plugin, item in items:
        name = getattr(item, attribute)
        if name in found:
            other = found[name][0]
            if other is plugin:
                raise SettingsError(f"plugin {plugin.name} gives {hook} {name!r} twice: give one of them another name")
            raise SettingsError(
                f"plugins {other.name} and {plugin.name} both give {hook} {name!r}; "
                "take one of them off novantic.plugins"
            )
        found[name] = (plugin, item)
    return found


def named(plugins: Plugins, hook: str, attribute: str, **given: Any) -> dict[str, tuple[Plugin, Any]]:
    """What plugins give by a hook, by its name."""
    items = [(plugin, item) for plugin, items in ask(plugins, hook, **given) for item in items]
    return unique(items, hook, attribute)


def search_engines(plugins: Plugins) -> dict[str, tuple[Plugin | None, SearchBackend]]:
    """Search engines by name, the core's own among them."""
    found = named(plugins, "novantic_search_engines", "name")
    if DATABASE.name in found:
        raise SettingsError(
            f"plugin {found[DATABASE.name][0].name}: the search engine {DATABASE.name!r} is the core's own: "
            "give it another name"
        )
    return {**found, DATABASE.name: (None, DATABASE)}


def search_indexes(plugins: Plugins) -> dict[str, tuple[Plugin | None, SearchIndex]]:
    """What can be found, by the index's name: tickets, and what plugins have."""
    own = ticket_index(_("Tickets"))
    found: dict[str, tuple[Plugin | None, SearchIndex]] = {own.name: (None, own)}
    for name, (plugin, index) in named(plugins, "novantic_search_indexes", "name").items():
        fits = re.fullmatch(rf"{re.escape(plugin.name)}(_[a-z0-9_]+)?", name) and len(name) <= LONGEST_INDEX
        if not fits or name in found:
            raise SettingsError(
                f"plugin {plugin.name}: the index {name!r} takes a name of small letters and underscores, "
                f"{LONGEST_INDEX} at most, that begins with {plugin.name!r}"
            )
        found[name] = (plugin, index)
    return found


def check_fields(plugins: Plugins) -> None:
    """Look at the fields that plugins add to a ticket's form.

    :raises SettingsError: for one whose name is taken, or that stands nowhere
    """
    fields = [(p, f) for p, items in ask(plugins, "novantic_ticket_fields", context=FormContext()) for f in items]
    unique(fields, "novantic_ticket_fields", "name")
    for plugin, added in fields:
        if added.name in OWN_FIELDS:
            raise SettingsError(
                f"plugin {plugin.name}: the field {added.name!r} is the form's own: give it another name"
            )
        for what, value, choices in (("section", added.section, Section), ("kind", added.kind, FieldKind)):
            if value not in get_args(choices):
                raise SettingsError(
                    f"plugin {plugin.name}: the field {added.name!r} has the {what} {value!r}; "
                    f"it takes one of {', '.join(get_args(choices))}"
                )


def intake_channels(plugins: Plugins) -> dict[str, IntakeChannel]:
    """The ways in which requests come, by name.

    :raises SettingsError: for a name that is taken
    """
    found = named(plugins, "novantic_intake_channels", "name")
    if PHONE.name in found:
        raise SettingsError(
            f"plugin {found[PHONE.name][0].name}: the intake channel {PHONE.name!r} is the core's own: "
            "give it another name"
        )
    return {**{name: channel for name, (_by, channel) in found.items()}, PHONE.name: PHONE}


def periodic_jobs(plugins: Plugins) -> list[tuple[Plugin, PeriodicJob]]:
    """What plugins have workers do now and again.

    :raises SettingsError: for a name that a plugin uses twice
    """
    jobs: list[tuple[Plugin, PeriodicJob]] = []
    for plugin, items in ask(plugins, "novantic_periodic_jobs"):
        jobs += unique([(plugin, job) for job in items], "novantic_periodic_jobs", "name").values()
    return jobs


def worker_tasks(plugins: Plugins, brands: Mapping[str, Brand]) -> list[tuple[Plugin, WorkerTask]]:
    """What goes on in workers for plugins.

    :raises SettingsError: for a name that a plugin uses twice
    """
    tasks: list[tuple[Plugin, WorkerTask]] = []
    for plugin, items in ask(plugins, "novantic_worker_tasks", brands=brands):
        tasks += unique([(plugin, task) for task in items], "novantic_worker_tasks", "name").values()
    return tasks
