"""What can be found, and what finds it."""

from __future__ import annotations

from collections.abc import Iterable

from novantic_core import values as v
from novantic_core.hookspecs.marks import hookspec

# --------------------------------------------------------------------------------------------- search


@hookspec
def novantic_search_engines(own_settings: v.OwnSettings) -> Iterable[v.SearchBackend]:  # type: ignore[empty-body]
    """Engines that keep the indexes and look through them; ``novantic.search`` chooses one by name.

    Called once at start. The core's own is ``database``: FTS5 in SQLite, ``tsvector`` in PostgreSQL. Transaction: none;
    the engine's methods are called in the transaction of what they are about.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.SearchBackend` values
    :raises: any exception stops the start. An engine that raises while something is kept does not undo it: what it
        missed is noted, and given to it again by a worker; a search that raises finds nothing, and the page says so.
    :since: 1.1
    """


@hookspec
def novantic_search_indexes(own_settings: v.OwnSettings) -> Iterable[v.SearchIndex]:  # type: ignore[empty-body]
    """What the plugin has that can be found: an index of its own for each kind.

    Called once at start. ``read`` is called before the commit of whatever said ``request.desk.changed(INDEX, *ids)``,
    in that transaction, and by ``novantic search rebuild``. Look through an index with ``request.desk.find``.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.SearchIndex` values
    :raises: any exception stops the start. A ``read`` that raises is guarded as an engine is.
    :since: 1.1
    """


@hookspec
def novantic_search_sources(own_settings: v.OwnSettings) -> Iterable[v.SearchSource]:  # type: ignore[empty-body]
    """What the search box of the home page looks through.

    Called once at start; ``find`` is called for each search, in the request's transaction, in a savepoint, and
    ``more``, where there is one, if it gave as many rows as the page shows.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.SearchSource` values
    :raises: any exception stops the start. A search that raises is guarded: the others' results are shown.
    :since: 1.0
    """
