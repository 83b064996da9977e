"""``novantic doctor``: is everything as it should be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.cli.config import config_option, load_site, read_settings
from novantic_core.delivery.outbox import SILENCE
from novantic_core.models import Delivery, Worker
from novantic_core.models.delivery import FAILED, PENDING
from novantic_core.services.health import problems, search_is_late
from novantic_core.services.note_faults import plugin_states
from novantic_core.services.note_theme_faults import theme_faults
from novantic_core.services.set_up_plugin import unreadable_secrets
from novantic_core.services.tell_brands import brand_faults, has_brands
from novantic_core.site import Site
from novantic_core.themes import PLAIN

LATE_SECONDS = 600


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
            faults += _try(f"channel {name}", channel.check)
    if not wrong & {"database", "migrations"}:
        faults += _try("worker", lambda: _workers(site))
        faults += _try("deliveries", lambda: _deliveries(site))
        faults += _try("indexing", lambda: _indexing(site))
        faults += _try("plugins", lambda: _plugins(site))
        faults += _try("themes", lambda: _themes(site))
        faults += _brands(site, read_settings(config).get("mail.default_sender", ""))
        faults += _try("secrets of plugins", lambda: _secrets(site))
    sys.exit(1 if faults else 0)


def _try(name: str, check: Callable[[], None]) -> int:
    try:
        check()
    except (OSError, SQLAlchemyError) as error:
        click.echo(f"FAULT  {name}: {error}")
        return 1
    click.echo(f"ok     {name}")
    return 0


def _workers(site: Site) -> None:
    with site.database.session(write=False) as session:
        alive = session.scalar(
            select(func.count()).select_from(Worker).where(Worker.heartbeat_at > datetime.now(UTC) - SILENCE)
        )
    if not alive:
        raise OSError("none is alive: start `novantic worker`, or the site with novantic.worker = embedded")


def _deliveries(site: Site) -> None:
    with site.database.session(write=False) as session:
        oldest = session.scalar(select(func.min(Delivery.created_at)).where(Delivery.state == PENDING))
        given_up = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == FAILED))
    waits = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0
    if waits > LATE_SECONDS:
        raise OSError(f"the oldest has waited for {waits / 60:.0f} minutes")
    if given_up:
        raise OSError(f"{given_up} given up")


def _indexing(site: Site) -> None:
    late = search_is_late(site)
    if late:
        raise OSError(late)


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
