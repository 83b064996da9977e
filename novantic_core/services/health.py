"""Whether what a site needs to serve is as it should be; what lags while it serves: delivery/troubles.py."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from novantic_core.site import Site


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
