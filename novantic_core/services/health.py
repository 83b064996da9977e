"""Whether what a site needs is as it should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.models import SearchPending
from novantic_core.site import Site

LATE = timedelta(minutes=10)
"""So long a document may wait to be indexed before it is said."""


def problems(site: Site) -> list[tuple[str, str]]:
    """What keeps the site from serving: (what, why) pairs, none if all is well."""
    # Alembic is large, and a process that serves needs it for this question only
    from novantic_core.migrate import pending

    found: list[tuple[str, str]] = []
    try:
        behind = pending(site)
    except SQLAlchemyError as error:
        found.append(("database", str(getattr(error, "orig", error)).strip()))
    else:
        if behind:
            found.append(("migrations", f"{', '.join(behind)} not up to date: run novantic init"))
        else:
            found += _search(site)
    try:
        site.storage.check()
    except OSError as error:
        found.append(("storage", str(error)))
    return found


def _search(site: Site) -> list[tuple[str, str]]:
    try:
        with site.database.engine.connect() as connection:
            missing = site.search_engine.missing(connection, list(site.search_indexes))
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is said
        return [("search", f"the engine {site.settings.search} fails: {type(error).__name__}: {error}")]
    return [("search", f"no index of {', '.join(missing)}: run novantic init")] if missing else []


def search_is_late(site: Site) -> str | None:
    """What to say of documents that have waited too long to be indexed; None if none has. The site serves all the same.

    :raises SQLAlchemyError: if the database can't be asked
    """
    with site.database.session(write=False) as session:
        waiting = select(func.min(SearchPending.since), func.count()).select_from(SearchPending)
        row = session.execute(waiting).one()
    oldest: datetime | None = row[0]
    waited = datetime.now(UTC) - oldest if oldest is not None else timedelta()
    if waited < LATE:
        return None
    minutes = waited.total_seconds() / 60
    return f"{row[1]} documents are not indexed, the first for {minutes:.0f} minutes: is a worker alive?"
