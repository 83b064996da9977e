"""The seven topics of a small company's IT: what a ticket can be about."""

from __future__ import annotations

from collections.abc import Iterable

from novantic_core.plugin import Category, _, hookimpl

novantic_api = ">=1.2,<2"


@hookimpl
def novantic_categories() -> Iterable[Category]:
    """The topics of the guide, in its order."""
    return [
        Category("mailbox", _("Mailbox"), 10),
        Category("printer", _("Printer"), 20),
        Category("internet", _("Internet"), 30),
        Category("workstation", _("Workstation"), 40),
        Category("server", _("Server"), 50),
        Category("telephony", _("Telephony"), 60),
        Category("other", _("Other"), 70),
    ]
