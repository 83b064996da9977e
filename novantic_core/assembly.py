"""Putting an application together: what ties the site to requests, and the plugins' own configuration."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationError
from pyramid.request import Request
from pyramid_retry import RetryableExecutionPolicy
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from novantic_core.absent import is_there
from novantic_core.delivery.worker import start_embedded
from novantic_core.desk import Desk
from novantic_core.patience import PatientPolicy, take_cookies_back
from novantic_core.plugins import PluginFault, PluginStartError
from novantic_core.security import check_permissions, retry_attempts
from novantic_core.services.note_faults import write_faults
from novantic_core.services.note_plugins import note_plugins
from novantic_core.services.note_theme_faults import write_theme_faults
from novantic_core.services.tell_brands import check_topics
from novantic_core.settings import SettingsError
from novantic_core.site import Site

ATTEMPTS = 5


def includeme(config: Configurator) -> None:
    """``request.desk``, what happens after a commit, how often a lost race is run again, and without whom."""
    config.add_request_method(_desk, "desk", reify=True)
    config.add_subscriber(_after_request, "pyramid.events.NewRequest")
    config.add_subscriber(take_cookies_back, "pyramid_retry.BeforeRetry")
    config.set_execution_policy(PatientPolicy(RetryableExecutionPolicy(ATTEMPTS, retry_attempts)))


def _desk(request: Request) -> Desk:
    return Desk(request.registry.site, request.dbsession, brand=request.brand.key)


def _after_request(event: Any) -> None:
    request: Request = event.request
    if request.method not in {"GET", "HEAD"}:
        request.add_finished_callback(_wake_worker)
    request.add_finished_callback(_tell_faults)


def _wake_worker(request: Request) -> None:
    # the embedded worker needn't wait for its next look: what was committed is due now
    worker = getattr(request.registry, "worker", None)
    if worker is not None:
        worker.wake.set()


def _tell_faults(request: Request) -> None:
    write_faults(request.registry.site)
    write_theme_faults(request.registry.site)


def start_worker(app: Any, site: Site) -> None:
    """With ``novantic.worker = embedded``, a worker in a thread of this process."""
    app.registry.worker = start_embedded(site) if site.settings.worker == "embedded" else None


def check_brands(site: Site) -> None:
    """Refuse to serve a brand whose topics nobody offers; before ``novantic init`` nobody can tell."""
    if site.plugins.left_out:
        return  # they may be those of a plugin that isn't there
    try:
        check_topics(site)
    except DBAPIError:
        pass
    except SettingsError:
        # it was asked, and nobody goes on with what was opened for that
        site.database.engine.dispose()
        raise


def note_start(site: Site) -> None:
    """Write down which plugins started, where there is a database yet."""
    with contextlib.suppress(SQLAlchemyError):
        if is_there(site.database):
            note_plugins(site, datetime.now(UTC))


def configure_plugins(config: Configurator, site: Site) -> None:
    """Let each plugin add its routes and views; two plugins with one route stop the start with both names."""
    names: dict[str, str] = {}
    patterns: dict[str, str] = {}
    _take_routes(config, "the core", names, patterns)
    config.commit()
    for plugin, _answer in _configured(config, site):
        _take_routes(config, f"plugin {plugin.name}", names, patterns)
        try:
            config.commit()
        except ConfigurationError as error:
            # two views for one request, a view for a route that isn't there; Pyramid says it on several lines
            words = f"plugin {plugin.name}: {' '.join(str(error).split())}"
            raise PluginStartError(plugin.name, words) from error
    check_permissions(config)


def _configured(config: Configurator, site: Site) -> Any:
    try:
        yield from site.plugins.each("novantic_configure", config=config)
    except PluginFault as fault:
        raise PluginStartError(fault.plugin.name, str(fault)) from fault


def _take_routes(config: Configurator, owner: str, names: dict[str, str], patterns: dict[str, str]) -> None:
    for action in config.action_state.actions:
        for introspectable in action["introspectables"]:
            if introspectable.category_name != "routes":
                continue
            name, pattern = introspectable["name"], introspectable["pattern"]
            for what, value, known in (("name", name, names), ("pattern", pattern, patterns)):
                if known.get(value, owner) != owner:
                    raise SettingsError(
                        f"{known[value]} and {owner} both have a route with the {what} {value!r}; "
                        "take one of the plugins off novantic.plugins"
                    )
                known[value] = owner
