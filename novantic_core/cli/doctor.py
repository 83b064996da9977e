"""``novantic doctor``: is everything as it should be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.cli.config import config_option, load_site, read_settings
from novantic_core.delivery.troubles import PARTS, given_up, part_of, still_waiting, troubles
from novantic_core.services.health import problems
from novantic_core.services.note_faults import plugin_states
from novantic_core.services.note_theme_faults import theme_faults
from novantic_core.services.say_fault import say_fault
from novantic_core.services.set_up_plugin import unreadable_secrets
from novantic_core.services.tell_brands import brand_faults, has_brands
from novantic_core.site import Site
from novantic_core.themes import PLAIN

_NAMES = {"search": "indexing"}


@click.command("doctor")
@config_option
def command(config: str) -> None:
    """Check configuration, database, storage, mail, workers and plugins; exit status 1 on a fault."""
    site = load_site(config)
    click.echo(f"ok     configuration: {config}")
    found = problems(site)
    wrong = {name for name, _words in found}
    for name, words in found:
        click.echo(f"FAULT  {name}: {words}")
    for name in ("database", "migrations", "storage", "search"):
        if name not in wrong and not (name in {"migrations", "search"} and wrong & {"database", "migrations"}):
            click.echo(f"ok     {name}")
    faults = len(found)
    for name, (_plugin, channel) in site.channels.items():
        if channel.check is not None:
            faults += _try(site, f"channel {name}", channel.check)
    if not wrong & {"database", "migrations"}:
        faults += _lagging(site)
        faults += _try(site, "plugins", lambda: _plugins(site))
        faults += _try(site, "themes", lambda: _themes(site))
        faults += _brands(site, read_settings(config).get("mail.default_sender", ""))
        faults += _try(site, "secrets of plugins", lambda: _secrets(site))
    sys.exit(1 if faults else 0)


def _try(site: Site, name: str, check: Callable[[], None]) -> int:
    try:
        check()
    except (OSError, SQLAlchemyError) as error:
        said, words = str(error), site.themes.catalogue(PLAIN, "en").translate(say_fault(str(error)))
        click.echo(f"FAULT  {name}: {said if words == said else f'{words} ({said})'}")
        return 1
    click.echo(f"ok     {name}")
    return 0


def _lagging(site: Site) -> int:
    """Say what lags while the site serves; how much."""
    now, catalogue = datetime.now(UTC), site.themes.catalogue(PLAIN, "en")
    try:
        with site.database.session(write=False) as session:
            found, lost = troubles(site, session, now), given_up(session)
            waiting = still_waiting(site, session, now)
    except SQLAlchemyError as error:
        click.echo(f"FAULT  worker: {error}")
        return 1
    said = [(part_of(one), f"{catalogue.translate(one.words)}{_since(one.since, now)}") for one in found]
    said = [one for one in said if one[0] != "plugins"]
    if lost:
        said.append(("deliveries", f"{lost} given up"))
    for part in PARTS[:-1]:
        words = [text for of, text in said if of == part]
        click.echo(
            f"FAULT  {_NAMES.get(part, part)}: {'; '.join(words)}" if words else f"ok     {_NAMES.get(part, part)}"
        )
    for waits in waiting:
        click.echo(f"look   deliveries: {catalogue.translate(waits)}")
    return len(said)


def _since(since: datetime | None, now: datetime) -> str:
    if since is None or since > now:
        return ""
    return f" (for {(now - since).total_seconds() / 60:.0f} minutes, since {since:%Y-%m-%d %H:%M} UTC)"


def _brands(site: Site, default_sender: str) -> int:
    """Say how each of several brands stands: how many don't work."""
    wrong = 0
    for brand in site.brands.values() if has_brands(site) else ():
        found = brand_faults(site, brand, default_sender)
        for fault in found:
            words = site.themes.catalogue(PLAIN, "en").translate(fault.words)
            click.echo(f"{'FAULT ' if fault.stops else 'look  '} brand {brand.key}: {words}")
        wrong += any(fault.stops for fault in found)
        if not found:
            click.echo(f"ok     brand {brand.key}: {brand.site_url}")
    return wrong


def _plugins(site: Site) -> None:
    with site.database.session(write=False) as session:
        aside = [state.plugin for state in plugin_states(session).values() if state.set_aside]
    missing = [name for name, one in site.plugins.left_out.items() if not one.safe_mode]
    words = [f"missing: {', '.join(missing)}"] if missing else []
    if aside:
        words.append(f"set aside after faults: {', '.join(aside)}")
    if words:
        raise OSError("; ".join(words))


def _themes(site: Site) -> None:
    with site.database.session(write=False) as session:
        broken = [f"{row.file}{f', line {row.line}' if row.line else ''}: {row.fault}" for row in theme_faults(session)]
    if broken:
        raise OSError(f"files that are left out because they are broken: {'; '.join(broken)}")


def _secrets(site: Site) -> None:
    lost = unreadable_secrets(site)
    if lost:
        raise OSError(
            f"{', '.join(lost)}: set on a page under another novantic.secret and not readable any more; "
            "set them again under /admin/settings"
        )
