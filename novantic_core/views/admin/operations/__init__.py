"""What administrators watch: deliveries, workers, the audit trail, plugins, brands, themes, mails."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import ADMINISTRATOR, TECHNICIAN
from novantic_core.services.tell_brands import has_brands
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (
    ("admin_deliveries", "/admin/deliveries", ADMINISTRATOR),
    ("admin_deliveries_retry", "/admin/deliveries/retry", ADMINISTRATOR),
    ("admin_deliveries_cancel", "/admin/deliveries/cancel", ADMINISTRATOR),
    ("admin_delivery_retry", r"/admin/deliveries/{id:\d+}/retry", ADMINISTRATOR),
    ("admin_delivery_cancel", r"/admin/deliveries/{id:\d+}/cancel", ADMINISTRATOR),
    # one is seen by whoever may see its ticket
    ("admin_delivery", r"/admin/deliveries/{id:\d+}", TECHNICIAN),
    ("admin_delivery_html", r"/admin/deliveries/{id:\d+}/html", TECHNICIAN),
    ("admin_delivery_file", r"/admin/deliveries/{id:\d+}/mail.eml", TECHNICIAN),
    ("admin_mail_templates", "/admin/mail-templates", ADMINISTRATOR),
    ("admin_mail_template", "/admin/mail-templates/{mail}", ADMINISTRATOR),
    ("admin_mail_template_html", "/admin/mail-templates/{mail}/html", ADMINISTRATOR),
    ("admin_mail_template_test", "/admin/mail-templates/{mail}/test", ADMINISTRATOR),
    ("admin_workers", "/admin/workers", ADMINISTRATOR),
    ("admin_audit", "/admin/audit", ADMINISTRATOR),
    ("admin_audit_csv", "/admin/audit.csv", ADMINISTRATOR),
    ("admin_plugins", "/admin/plugins", ADMINISTRATOR),
    ("admin_plugin_back", "/admin/plugins/{plugin}/bring-back", ADMINISTRATOR),
    ("admin_brands", "/admin/brands", ADMINISTRATOR),
    ("admin_themes", "/admin/themes", ADMINISTRATOR),
    ("admin_theme_preview", "/admin/themes/{theme}/preview", ADMINISTRATOR),
    ("admin_theme_again", "/admin/themes/{theme}/again", ADMINISTRATOR),
    ("admin_preview_end", "/admin/themes/end-preview", ADMINISTRATOR),
)
MENU: tuple[Entry, ...] = (
    ("admin_deliveries", _("Deliveries"), 60, "settings"),
    ("admin_workers", _("Workers"), 65, "settings"),
    ("admin_audit", _("Audit trail"), 70, "settings"),
    ("admin_plugins", _("Plugins"), 80, "settings"),
    ("admin_themes", _("Themes"), 90, "settings"),
    ("admin_mail_templates", _("Mail templates"), 95, "settings"),
)


def includeme(config: Configurator) -> None:
    """Its pages, and its entries in the menu; that of the brands where there are several."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
    if has_brands(config.registry.site):
        add_entries(config, [("admin_brands", _("Brands"), 85, "settings")])
