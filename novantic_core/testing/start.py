"""Starting the application under test: a fresh site each time, on pages that were configured once."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

MOST_KEPT = 8
"""Configured routers that are kept: tests of one module mostly start the same application."""
OF_THE_TEST = ("sqlalchemy.url", "mail.", "novantic.storage.local.path")
"""Settings of a test's own, by how they begin: the database, the mails, the files. No route or view depends on them."""


@dataclass
class Routers:
    """What Pyramid made of the core's and the plugins' routes and views, by far the dearest part of a start.

    All that an application knows while it runs is in its site (``registry.site``), which is always new. That a router
    holds on to no site is what ``tests/core/testing`` looks at.
    """

    _kept: dict[Any, Any] = field(default_factory=dict)

    def start(self, settings: Mapping[str, Any], extra_plugins: Mapping[str, Any] | None = None) -> Any:
        """The WSGI application, as ``novantic_core.make_app`` makes it.

        :raises SettingsError: for anything that stops the start
        """
        from novantic_core import assemble

        return assemble(settings, extra_plugins, self._configure)

    def _configure(self, settings: Mapping[str, Any], site: Any) -> Any:
        from novantic_core import configure

        if site.plugins.left_out:
            return configure(settings, site)
        # a test may have put another function in place of the one that configures
        modules = [one.module for one in site.plugins]
        key = (
            frozenset((name, value) for name, value in settings.items() if not name.startswith(OF_THE_TEST)),
            tuple((_Same(module), _Same(getattr(module, "novantic_configure", None))) for module in modules),
        )
        kept = self._kept.pop(key, None)
        if kept is None:
            router = configure(settings, site)
            kept = router, _containers(router.registry)
        else:
            router, containers = kept
            router.registry.settings.update(settings)
            router.registry.site = site
            # what a plugin put there to fill while it works is as empty as at a start
            for container, as_it_was in containers:
                _restore(container, as_it_was)
        self._kept[key] = kept
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return router


class _Same:
    """An object as itself: a plugin is whatever holds hook functions, and need be neither hashable nor a module."""

    def __init__(self, one: Any) -> None:
        self.one = one

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.one is self.one


def _containers(registry: Any) -> list[tuple[Any, Any]]:
    """What the registry holds as items and as attributes, and how that is now; not what is Pyramid's own."""
    own = [one for name, one in vars(registry).items() if not name.startswith("_") and name != "settings"]
    found = [one for one in (*registry.values(), *own) if type(one) in (dict, list, set)]
    return [(one, copy(one)) for one in found]


def _restore(container: Any, as_it_was: Any) -> None:
    # in place: a view may know it by itself
    container.clear()
    if isinstance(container, list):
        container.extend(as_it_was)
    else:
        container.update(as_it_was)
