"""What belongs to a plugin in the database, installed or not: told by names, and never what is another's.

Everything of a plugin's begins with its name. Of two plugins ``faq`` and ``faq_extra`` the table ``faq_extra_note`` is
the second one's: the longest name that is known decides. What the core has is nobody else's, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, inspect, select, table
from sqlalchemy.orm import Session

from novantic_core.finding import installed, read
from novantic_core.migrate import CORE, version_table
from novantic_core.models import Base, Delivery, HeldFile, JobRun, PluginState, Preference, SearchPending
from novantic_core.models.delivery import is_pending
from novantic_core.plugins import Plugin, Plugins
from novantic_core.search.engine import DatabaseSearch
from novantic_core.search.tickets import NAME as TICKET_INDEX
from novantic_core.settings import SettingsError
from novantic_core.site import Site
from novantic_core.values import FormContext


@dataclass(frozen=True)
class Said:
    """What a plugin says of itself when it is asked; nothing of one that isn't installed or doesn't work."""

    plugin: Plugin | None = None
    channels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    """Names of its settings that are secret."""


@dataclass(frozen=True)
class Belongings:
    """What a plugin has."""

    name: str
    said: Said
    tables: Mapping[str, int] = field(default_factory=dict)
    """Its tables and how many rows they have, its version table left out."""
    version_table: str | None = None
    views: Sequence[str] = ()
    preferences: Sequence[str] = ()
    """Keys of what was set up on its page, and of how often it was brought back."""
    indexes: Sequence[str] = ()
    """Its indexes in the site's own database."""
    jobs: Sequence[str] = ()
    held_files: int = 0
    holders: Sequence[str] = ()
    """Under which words it holds them."""
    channels: Sequence[str] = ()
    """Its channels that no enabled plugin has by the same name."""
    deliveries: int = 0
    """Those that wait."""
    state: bool = False
    others: Sequence[str] = ()
    """Tables whose names begin like its own, and are another plugin's."""

    @property
    def rows(self) -> int:
        """Rows of all its tables."""
        return sum(self.tables.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        counted = (self.tables, self.version_table, self.views, self.preferences, self.indexes, self.jobs,
                   self.held_files, self.deliveries, self.state)  # fmt: skip
        return not any(counted)


class Names:
    """The plugins that are known, to tell whose something is by what it is called."""

    def __init__(self, names: Iterable[str]) -> None:
        # a table of the plugin `my-faq` can only begin with `my_faq`
        self._known = {word: name for name in sorted(names) for word in (re.sub(r"\W", "_", name), name)}

    def owner(self, key: str, separator: str) -> str | None:
        """The plugin with the longest name that a key begins with."""
        fits = [word for word in self._known if key == word or key.startswith(word + separator)]
        return self._known[max(fits, key=len)] if fits else None


def ask_plugin(name: str) -> Said:
    """Ask an installed plugin what it brings. It isn't enabled, so what fails is only not known."""
    point = installed().get(name)
    if point is None:
        return Said()
    try:
        plugin = read(point)
        asked = Plugins([plugin])
    except SettingsError:
        return Said()
    settings = {one.name: one for _by, one in asked.collect_items("novantic_settings_schema")}
    asked.settings_of = lambda _name: {key: one.default for key, one in settings.items()}
    channels = asked.collect_items("novantic_notification_channels", settings={}, outgoing={})
    fields = asked.collect_items("novantic_ticket_fields", context=FormContext())
    indexes = asked.collect_items("novantic_search_indexes")
    return Said(
        plugin,
        channels=tuple(one.name for _by, one in channels),
        fields=tuple(one.name for _by, one in fields),
        indexes=tuple(one.name for _by, one in indexes),
        secrets=frozenset(key for key, one in settings.items() if one.secret),
    )


def find_belongings(site: Site, session: Session, name: str, said: Said) -> Belongings:
    """What a plugin has in the database, as it is in this transaction."""
    connection = session.connection()
    there = inspect(connection).get_table_names()
    versions = _version_tables(connection, there)
    states = set(session.scalars(select(PluginState.plugin)))
    names = Names({name, *installed(), *site.settings.plugins, *versions.values(), *states})
    indexes = DatabaseSearch.there(connection)
    candidates = _not_the_cores(there, indexes)
    own_version = version_table(name) if versions.get(version_table(name)) == name else None
    own = [one for one in candidates if one not in versions and names.owner(one, "_") == name]

    def mine(keys: Iterable[str], separator: str = ".") -> list[str]:
        return [key for key in keys if names.owner(key, separator) == name]

    channels = [one for one in said.channels if one not in site.channels]
    preferences = session.scalars(select(Preference.key).order_by(Preference.key)).all()
    holders = session.execute(select(HeldFile.holder, func.count()).group_by(HeldFile.holder)).all()
    return Belongings(
        name=name,
        said=said,
        tables={one: _count(session, one) for one in own},
        version_table=own_version,
        views=mine(inspect(connection).get_view_names(), "_"),
        preferences=[key for key in preferences if _set_up_for(key, names) == name],
        indexes=[one for one in mine(indexes, "_") if one != TICKET_INDEX],
        jobs=mine(session.scalars(select(JobRun.name))),
        held_files=sum(count for holder, count in holders if names.owner(holder, ".") == name),
        holders=mine(holder for holder, _count in holders),
        channels=channels,
        deliveries=session.scalar(select(func.count()).select_from(Delivery).where(*waiting(name, channels))) or 0,
        state=name in states,
        others=[one for one in candidates if one.startswith(f"{name}_") and one not in (*own, own_version)],
    )


def waiting(name: str, channels: Sequence[str]) -> tuple[Any, ...]:
    """Which deliveries can't be made without a plugin: those that it gave, and those that its channels carry."""
    return is_pending, (Delivery.plugin == name) | Delivery.channel.in_(channels)


def pending_documents(session: Session, found: Belongings) -> list[str]:
    """Names of a plugin's indexes for which a worker still has something to do."""
    names = session.scalars(select(SearchPending.index_name).distinct()).all()
    return [name for name in names if name in (*found.indexes, *found.said.indexes, found.name)]


def _set_up_for(key: str, names: Names) -> str | None:
    kind, _dot, rest = key.partition(".")
    return names.owner(rest, ".") if kind in {"plugin", "brought_back"} else None


def _version_tables(connection: Connection, there: Iterable[str]) -> dict[str, str]:
    """Version tables by name, and whose histories they belong to: Alembic gives them one column."""
    found = {}
    ending = version_table("")
    for one in there:
        if one.endswith(ending) and one not in Base.metadata.tables:
            columns = [each["name"] for each in inspect(connection).get_columns(one)]
            if columns == ["version_num"]:
                found[one] = one.removesuffix(ending)
    return found


def _not_the_cores(there: Iterable[str], indexes: Sequence[str]) -> list[str]:
    searches = [f"search_{index}" for index in indexes]
    # an index of SQLite's brings tables that are named after it
    return [
        one
        for one in sorted(there)
        if one not in Base.metadata.tables
        and one != version_table(CORE)
        and not any(one == search or one.startswith(f"{search}_") for search in searches)
    ]


def _count(session: Session, name: str) -> int:
    return session.scalar(select(func.count()).select_from(table(name))) or 0
