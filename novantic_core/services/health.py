"""Whether what a site needs is as it should be."""

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
    try:
        site.storage.check()
    except OSError as error:
        found.append(("storage", str(error)))
    return found
