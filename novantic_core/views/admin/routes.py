"""How a part of the back office says its routes, with who may open each, and its entries in the menu."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pyramid.config import Configurator

from novantic_core.values import NavigationItem, Text

Route = tuple[str, str, str]
"""Name, pattern, role."""
Entry = tuple[str, Text, int, Literal["tickets", "clients", "steering", "settings"]]
"""Route, words, order, group."""


def add_routes(config: Configurator, routes: Iterable[Route]) -> None:
    """Add routes, each with its line in the table of permissions."""
    for name, pattern, role in routes:
        config.add_route(name, pattern)
        config.allow(name, role)


def add_entries(config: Configurator, entries: Iterable[Entry]) -> None:
    """Add entries to the menu; who may not open one doesn't see it."""
    for route, label, order, group in entries:
        config.registry.own_navigation.append(NavigationItem(route, label, order, "admin", group))
