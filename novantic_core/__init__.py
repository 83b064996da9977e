"""Novantic: an open, plugin-based helpdesk framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

__version__ = "0.1.0"


def main(global_config: Mapping[str, str] | None, **settings: Any) -> Any:
    """PasteDeploy's application factory: the app for the settings of an .ini file.

    :param global_config: what the server's command line says too, as ``novantic.safe_mode=true``
    """
    import sys

    from novantic_core.settings import SAFE_MODE, SettingsError

    if global_config and SAFE_MODE in global_config:
        settings[SAFE_MODE] = global_config[SAFE_MODE]
    try:
        return make_app(settings)
    except SettingsError as error:
        # one line on the terminal, not a traceback: it is for who wrote the .ini file
        sys.stderr.write(f"novantic: {error}\n")
        raise SystemExit(2) from error


def make_app(settings: Mapping[str, Any], extra_plugins: Mapping[str, Any] | None = None) -> Any:
    """The WSGI application.

    :param settings: as in the .ini file, all text
    :param extra_plugins: plugins by name that aren't installed, for tests
    :raises SettingsError: for anything that stops the start
    """
    return assemble(settings, extra_plugins, configure)


def assemble(
    settings: Mapping[str, Any],
    extra_plugins: Mapping[str, Any] | None,
    make_router: Callable[[Mapping[str, Any], Any], Any],
) -> Any:
    """The WSGI application on a router of one's own making: what ``make_app`` does with :func:`configure`."""
    from novantic_core.absent import start_without

    return start_without(settings, lambda left_out: _assemble(settings, extra_plugins, left_out, make_router))


def _assemble(
    settings: Mapping[str, Any],
    extra_plugins: Mapping[str, Any] | None,
    left_out: Mapping[str, Any],
    make_router: Callable[[Mapping[str, Any], Any], Any],
) -> Any:
    from novantic_core import site as site_module
    from novantic_core.assembly import note_start, start_worker

    site = site_module.build(settings, extra_plugins, left_out)
    with ExitStack() as refused:
        # it may be tried again without one of the plugins
        refused.callback(site.database.engine.dispose)
        app = make_router(settings, site)
        refused.pop_all()
    note_start(site)
    start_worker(app, site)
    return app


def configure(settings: Mapping[str, Any], site: Any) -> Any:
    """Pyramid's router with the routes and views of the core and of a site's plugins.

    It knows the site as ``registry.site`` alone: the tests of a plugin start many sites on one router.
    """
    from pyramid.config import Configurator

    from novantic_core.assembly import check_brands, configure_plugins
    from novantic_core.request import Request

    config = Configurator(
        settings={"tm.manager_hook": "pyramid_tm.explicit_manager", **settings}, request_factory=Request
    )
    config.registry.site = site
    # each request in a transaction, committed before its answer is sent; a lost race is run again
    config.include("pyramid_tm")
    # what the rest stands on: the session, the reader's language and theme, who may do what
    config.include("novantic_core.db")
    config.include("novantic_core.i18n")
    config.include("novantic_core.page")
    config.include("novantic_core.security")
    config.include("novantic_core.forms.base")
    config.include("novantic_core.assembly")
    # the core's own pages
    config.include("novantic_core.views.assets")
    config.include("novantic_core.views.uploads")
    config.include("novantic_core.views.errors")
    config.include("novantic_core.views.health")
    config.include("novantic_core.views.portal")
    config.include("novantic_core.views.admin")
    config.include("novantic_core.views.dev_mailbox")
    # the plugins' pages, in the order of the settings; then nothing more can be added
    configure_plugins(config, site)
    check_brands(site)
    return config.make_wsgi_app()
