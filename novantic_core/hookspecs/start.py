"""What a plugin brings at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import click
from pyramid.config import Configurator

from novantic_core import values as v
from novantic_core.hookspecs.marks import hookspec

# ------------------------------------------------------------------------------------------- start-up


@hookspec
def novantic_configure(config: Configurator, own_settings: v.OwnSettings) -> None:
    """Add routes, views, subscribers: called once at start, as Pyramid's ``includeme`` would be.

    Transaction: none; the database may not be there.

    :param config: the application's configurator; views that change something must keep CSRF checks on
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: nothing
    :raises: any exception stops the start. A route name or pattern that another plugin has stops it too.
    :since: 1.0
    """


@hookspec
def novantic_settings_schema() -> Iterable[v.Setting]:  # type: ignore[empty-body]
    """The plugin's own settings, read from ``novantic.PLUGIN.NAME`` in the .ini file.

    Called once, before all other hooks, each of which hands the values to who takes ``own_settings``; views have them
    as ``request.desk.plugin_settings(PLUGIN)``. Ask for them at each use: what the file doesn't say a page may set.
    Transaction: none.

    :return: :class:`~novantic_core.plugin.Setting` values
    :raises: any exception stops the start. So does a value that ``Setting.parse`` refuses, with its name.
    :since: 1.0
    """


@hookspec
def novantic_action_kinds(own_settings: v.OwnSettings) -> Iterable[v.ActionKind]:  # type: ignore[empty-body]
    """What is done to the desk on the plugin's pages, for the audit trail: a sentence for each kind.

    Called once at start. ``request.desk.note_action(KIND, ...)`` writes one down. Transaction: none.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.ActionKind` values
    :raises: any exception stops the start.
    :since: 1.1
    """


@hookspec
def novantic_commands(
    cli: click.Group, open_desk: Callable[[], AbstractContextManager[Any]], own_settings: v.OwnSettings
) -> None:
    """Add sub-commands to the ``novantic`` command.

    Called when a sub-command that isn't the core's is read with ``-c FILE.ini``, before it runs; the core reads that
    option itself. Transaction: none; a command opens its own.

    :param cli: the group to add to
    :param open_desk: ``with open_desk() as desk:`` is a transaction of the site's, committed at the end, for a command
        to work in; ``desk.session`` is its database session; since 1.2
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: nothing
    :raises: guarded: the command line works without this plugin's commands.
    :since: 1.0
    """


@hookspec
def novantic_periodic_jobs(own_settings: v.OwnSettings) -> Iterable[v.PeriodicJob]:  # type: ignore[empty-body]
    """Work that a worker does now and again, once however many workers there are.

    Called once at start. A job itself runs in a transaction of its own, committed when it returns.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.PeriodicJob` values; names are unique within the plugin
    :raises: any exception stops the start. A job that raises is guarded and runs again at its next time.
    :since: 1.0
    """


@hookspec
def novantic_worker_tasks(  # type: ignore[empty-body]
    own_settings: v.OwnSettings, brands: Mapping[str, v.Brand]
) -> Iterable[v.WorkerTask]:
    """What goes on as long as a worker works: a mailbox that is watched, a port that is listened on.

    Called once at start. A worker runs each in a thread of its own, outside any transaction: what waits for a network
    belongs here and not into a periodic job, which holds the database meanwhile.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :param brands: the site's brands by key, for settings that name one
    :return: :class:`~novantic_core.plugin.WorkerTask` values; names are unique within the plugin
    :raises: any exception stops the start. A task that raises is guarded and run again later.
    :since: 1.3
    """
