"""What clients see."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import EVERYBODY, REQUESTER
from novantic_core.values import NavigationItem


def includeme(config: Configurator) -> None:
    """The core's own pages of the portal; the form, the links and the knowledge base are plugins'."""
    for name, pattern, role in (
        ("home", "/", EVERYBODY),
        ("search", "/search", EVERYBODY),
        ("ticket", r"/tickets/{number:\d+}", REQUESTER),
        ("ticket_replies", r"/tickets/{number:\d+}/replies", REQUESTER),
        ("ticket_close", r"/tickets/{number:\d+}/close", REQUESTER),
        ("attachment", r"/attachments/{id:\d{1,18}}/{filename}", EVERYBODY),
        ("logout", "/logout", EVERYBODY),
        ("language", "/language", EVERYBODY),
    ):
        config.add_route(name, pattern)
        config.allow(name, role)
    config.registry.own_navigation.append(NavigationItem("home", _("Home"), order=10))
    config.scan("novantic_core.views.portal")
