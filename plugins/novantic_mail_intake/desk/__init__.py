"""The back office of incoming mails: what came in, what was made of it, and what waits for a technician's decision."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.plugin import ActionKind, _
from novantic_mail_intake.desk.find import COUNTS

_MAIL = r"/admin/mail/{id:\d{1,9}}"
ROUTES = (
    # the views themselves ask whether its ticket or its mailbox is a private team's
    ("admin_mail", "/admin/mail", "technician"),
    ("admin_mail_one", _MAIL, "technician"),
    ("admin_mail_original", _MAIL + "/original", "technician"),
    ("admin_mail_file", _MAIL + r"/files/{file:\d{1,9}}", "technician"),
    ("admin_mail_decision", _MAIL + "/decision", "technician"),
    ("admin_mail_copied", r"/admin/tickets/{number:\d{1,18}}/copied", "technician"),
)
ACTIONS = (
    ActionKind("mail_intake_accepted", _("Held mail added to its ticket: ${what}")),
    ActionKind("mail_intake_opened", _("Ticket opened of a mail: ${what}")),
    ActionKind("mail_intake_discarded", _("Mail discarded: ${what}")),
    ActionKind("mail_intake_tried", _("Mail tried again: ${what}")),
)
VIEWS = ("list_views", "mail_views", "decide_views", "copied_views")


def set_up(config: Configurator) -> None:
    """Its routes, with who may open each, and their views."""
    config.registry[COUNTS] = {}
    for name, pattern, role in ROUTES:
        config.add_route(name, pattern)
        config.allow(name, role)
    for module in VIEWS:
        config.scan(f"novantic_mail_intake.desk.{module}")
