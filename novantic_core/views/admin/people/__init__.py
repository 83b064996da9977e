"""Contacts and organisations."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import ADMINISTRATOR, TECHNICIAN
from novantic_core.views.admin.people.missed import MissedMails
from novantic_core.views.admin.people.ticket_contact import person_card
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

_CONTACT, _ORGANISATION = r"/admin/contacts/{id:\d+}", r"/admin/organisations/{id:\d+}"
ROUTES: tuple[Route, ...] = (
    ("admin_organisations", "/admin/organisations", TECHNICIAN),
    ("admin_organisation_new", "/admin/organisations/new", TECHNICIAN),
    ("admin_organisation", _ORGANISATION, TECHNICIAN),
    ("admin_organisation_edit", _ORGANISATION + "/edit", TECHNICIAN),
    ("admin_organisation_domains", _ORGANISATION + "/domains", TECHNICIAN),
    ("admin_organisation_domain_remove", _ORGANISATION + "/domains/remove", TECHNICIAN),
    ("admin_organisation_merge", _ORGANISATION + "/merge", TECHNICIAN),
    ("admin_organisation_delete", _ORGANISATION + "/delete", TECHNICIAN),
    ("admin_contacts", "/admin/contacts", TECHNICIAN),
    ("admin_contact", _CONTACT, TECHNICIAN),
    ("admin_contact_edit", _CONTACT + "/edit", TECHNICIAN),
    ("admin_contact_merge", _CONTACT + "/merge", TECHNICIAN),
    ("admin_contact_unmerge", _CONTACT + "/unmerge", TECHNICIAN),
    ("admin_contact_export", _CONTACT + "/export", ADMINISTRATOR),
    ("admin_contact_erase", _CONTACT + "/erase", ADMINISTRATOR),
    ("admin_ticket_contact", r"/admin/tickets/{number:\d+}/contact", TECHNICIAN),
    ("admin_ticket_organisation", r"/admin/tickets/{number:\d+}/organisation", TECHNICIAN),
)
MENU: tuple[Entry, ...] = (
    ("admin_organisations", _("Organisations"), 10, "clients"),
    ("admin_contacts", _("Contacts"), 20, "clients"),
)


def includeme(config: Configurator) -> None:
    """Its pages, its entries in the menu, and its card on the ticket."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
    config.add_ticket_card(20, person_card)
    config.add_request_method(MissedMails, "missed_mails", reify=True)
