"""Writing down which files of themes are broken, so that another process can show it, and hearing when to try again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Preference, ThemeFault
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import set_preference
from novantic_core.site import Site
from novantic_core.values import Actor

TRIED_AGAIN = "themes_tried_again"
"""Key of the preference: how often an administrator asked for what is left out to be tried again."""


def write_theme_faults(site: Site) -> None:
    """Add the faults of this process that aren't in the database yet, in a transaction of their own.

    And try again what an administrator asked for since it was left out here.
    """
    broken = site.themes.broken
    if broken and broken.heard is not None and site.preferences.values.get(TRIED_AGAIN, 0) > broken.heard:
        try_again_here(site)
    # a fault in between is news again next time
    news = list(broken.news)
    if not news:
        return
    with site.database.transaction() as session:
        broken.heard = _times_tried(session)
        for fault in news:
            latest = {
                "file": str(fault.file), "line": fault.line, "fault": fault.words.replace("\0", ""), "at": fault.at,
            }  # fmt: skip
            row = insert_or(session, ThemeFault).values(theme=fault.theme, template=fault.name, times=1, **latest)
            session.execute(row.on_conflict_do_update(
                index_elements=["theme", "template"], set_={"times": ThemeFault.times + 1, **latest}
            ))  # fmt: skip
    broken.told(news)


def try_again_here(site: Site) -> None:
    """Draw with all files again that this process leaves out."""
    for theme, file in site.themes.broken.changed():
        site.themes.use_again(theme, file)
    site.themes.broken.heard = None


def try_again(site: Site, session: Session, theme: str, template: str, actor: Actor, now: datetime) -> bool:
    """Forget a fault, and draw with the file again in all processes; what is still broken is written down anew.

    :return: whether there was one
    """
    row = session.get(ThemeFault, (theme, template))
    if row is None:
        return False
    session.delete(row)
    set_preference(site, session, TRIED_AGAIN, _times_tried(session) + 1)
    record_action(session, "theme_file_tried_again", actor, now, f"{theme}: {template}")
    try_again_here(site)
    return True


def theme_faults(session: Session) -> list[ThemeFault]:
    """The files that are left out, by theme; what was mended since, or is gone, is no fault any more."""
    rows = session.scalars(select(ThemeFault).order_by(ThemeFault.theme, ThemeFault.template))
    return [row for row in rows if not _was_mended(row)]


def _was_mended(row: ThemeFault) -> bool:
    try:
        return Path(row.file).stat().st_mtime > row.at.timestamp()
    except OSError:
        return True


def _times_tried(session: Session) -> int:
    return session.scalar(select(Preference.value).where(Preference.key == TRIED_AGAIN)) or 0
