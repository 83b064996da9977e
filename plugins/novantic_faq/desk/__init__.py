"""The knowledge base's back office: writing, ordering, publishing, and articles made of tickets."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.plugin import ActionKind, NavigationItem, _

_ARTICLE = r"/admin/faq/{id:\d{1,9}}"
_TEXT = _ARTICLE + "/{locale:[a-z]{2}}"
_TICKET = r"/admin/tickets/{number:\d+}"
ROUTES = (
    ("admin_faq", "/admin/faq", "technician"),
    ("admin_faq_new", "/admin/faq/new", "technician"),
    ("admin_faq_pick", "/admin/faq/pick/{kind:organisations|related}", "technician"),
    ("admin_faq_shelf_new", "/admin/faq/shelves/new", "technician"),
    ("admin_faq_shelf", r"/admin/faq/shelves/{id:\d{1,9}}", "technician"),
    ("admin_faq_shelf_move", r"/admin/faq/shelves/{id:\d{1,9}}/move", "technician"),
    ("admin_faq_shelf_remove", r"/admin/faq/shelves/{id:\d{1,9}}/remove", "administrator"),
    ("admin_faq_article", _ARTICLE, "technician"),
    ("admin_faq_facts", _ARTICLE + "/settings", "technician"),
    ("admin_faq_files", _ARTICLE + "/files", "technician"),
    ("admin_faq_file_remove", _ARTICLE + r"/files/{file:\d{1,9}}/remove", "technician"),
    ("admin_faq_move", _ARTICLE + "/move", "technician"),
    # the view asks whether somebody else wrote in it: then an administrator has to
    ("admin_faq_remove", _ARTICLE + "/remove", "technician"),
    ("admin_faq_text", _TEXT, "technician"),
    ("admin_faq_preview", _TEXT + "/preview", "technician"),
    ("admin_faq_withdraw", _TEXT + "/withdraw", "technician"),
    ("admin_faq_history", _TEXT + "/history", "technician"),
    ("admin_faq_version", _TEXT + r"/history/{version:\d{1,9}}", "technician"),
    ("admin_faq_restore", _TEXT + r"/history/{version:\d{1,9}}/restore", "technician"),
    # beside a ticket
    ("admin_faq_of_ticket", _TICKET + "/article", "technician"),
    ("admin_faq_for_reply", _TICKET + "/articles", "technician"),
    ("admin_faq_in_reply", _TICKET + r"/articles/{id:\d{1,9}}", "technician"),
)
MENU = NavigationItem("admin_faq", _("Knowledge base"), 40, "admin", "steering")
ACTIONS = (
    ActionKind("faq_published", _("Article published: ${what}")),
    ActionKind("faq_withdrawn", _("Article withdrawn: ${what}")),
    ActionKind("faq_removed", _("Article removed: ${what}")),
    ActionKind("faq_for_everybody", _("Article for everybody now: ${what}")),
    ActionKind("faq_for_organisations", _("Article for some organisations now: ${what}")),
    ActionKind("faq_for_technicians", _("Article for technicians only now: ${what}")),
    ActionKind("faq_of_ticket", _("Article made of a ticket: ${what}")),
    ActionKind("faq_shelf_added", _("Shelf of articles added: ${what}")),
    ActionKind("faq_shelf_shown", _("Shelf of articles shown under other brands: ${what}")),
    ActionKind("faq_shelf_renamed", _("Shelf of articles renamed: ${what}")),
    ActionKind("faq_shelf_removed", _("Shelf of articles removed: ${what}")),
)
VIEWS = ("list_views", "text_views", "facts_views", "history_views", "shelf_views", "ticket_views", "reply_views")


def set_up(config: Configurator) -> None:
    """Its routes, with who may open each, and their views."""
    for name, pattern, role in ROUTES:
        config.add_route(name, pattern)
        config.allow(name, role)
    for module in VIEWS:
        config.scan(f"novantic_faq.desk.{module}")
