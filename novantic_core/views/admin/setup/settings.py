"""The page that leads to all that can be set up, and the settings of plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.setup import PluginSettingsForm
from novantic_core.i18n import _
from novantic_core.plugins import Plugin
from novantic_core.security import is_allowed
from novantic_core.services.set_up_plugin import SettingState, as_text, set_up_plugin, setting_states
from novantic_core.services.tell_brands import has_brands
from novantic_core.settings import Settings
from novantic_core.values import FieldError, Text
from novantic_core.views.admin.base import actor, draw
from novantic_core.views.admin.setup.base import fresh_site

WAYS: tuple[tuple[Text, tuple[tuple[str, Text, Text], ...]], ...] = (
    (_("Tickets"), (
        ("admin_categories", _("Categories"), _("What a ticket can be about: words, order, your own ones.")),
        ("admin_priorities", _("Priorities"), _("What each level of urgency is called.")),
        ("admin_canned_replies", _("Canned replies"), _("Texts for a reply, filled in with the ticket's own words.")),
    )),
    (_("People"), (
        ("admin_teams", _("Teams"), _("Who takes care of which tickets, and who may see them.")),
        ("admin_technicians", _("Technicians"), _("Who works here, in which role, and how they sign in: the second "
                                                  "factor is required here.")),
        ("admin_account", _("Your account"), _("Your name, password, signature and signed-in browsers.")),
    )),
    (_("Clients"), (
        ("admin_organisations", _("Organisations"), _("Who has a contract, and whose mail domains are whose.")),
        ("admin_contacts", _("Contacts"), _("The people who ask for help.")),
        ("admin_faq", _("Knowledge base"), _("Articles that answer before anybody has to ask.")),
    )),
    (_("The site"), (
        ("admin_plugins", _("Plugins"), _("What is installed, what is enabled, how it fares, and its settings.")),
        ("admin_themes", _("Themes"), _("How the site looks, and how it would look in another theme.")),
        ("admin_brands", _("Brands"), _("The names that clients know the desk by, each with its address and sender.")),
        ("admin_mail_templates", _("Mail templates"), _("How each mail looks; it can be sent to you as a test.")),
        ("admin_deliveries", _("Deliveries"), _("Which mails went out, which wait, which failed, and why.")),
        ("admin_workers", _("Workers"), _("Who sends and fetches, and when what is watched last answered.")),
        ("admin_audit", _("Audit trail"), _("Who did what and when, to tickets and to the desk.")),
    )),
)  # fmt: skip
"""Groups of cards: the route of each, its name, and a sentence."""


@view_config(route_name="admin_settings", request_method="GET")
def settings(request: Request) -> Response:
    """Cards that lead to everything."""
    site = fresh_site(request)
    groups = []
    for title, ways in WAYS:
        cards = [
            {"path": path, "label": label, "text": text}
            for route, label, text in ways
            if (path := request.page.route(route)) is not None
            and is_allowed(request, route)
            # as in the menu
            and (route != "admin_brands" or has_brands(site))
        ]
        groups.append((title, cards))
    plugins = [
        {"name": plugin.name, "path": request.route_path("admin_plugin_settings", plugin=plugin.name),
         "labels": [state.label for state in setting_states(site, plugin)]}
        for plugin in site.plugins
        if site.plugin_schemas.get(plugin.name)
    ]  # fmt: skip
    return draw(request, "admin/setup/settings.pt", groups=groups, plugins=plugins, file=_file(site.settings))


def _file(settings: Settings) -> list[tuple[str, str, Text, bool]]:
    """What the .ini file says, or would have to: name, value, what it takes, whether it is said; secrets left out."""
    found = []
    for option in fields(Settings):
        name = option.metadata.get("name", option.name)
        # the secret's own place isn't told either
        if option.metadata.get("internal") or "secret" in name:
            continue
        key = f"novantic.{name}"
        found.append((
            key, settings.raw.get(key) or as_text(getattr(settings, option.name)), option.metadata["takes"],
            key in settings.raw,
        ))  # fmt: skip
    return found


def _plugin(request: Request) -> Plugin:
    site = fresh_site(request)
    plugin = site.plugins.get(request.matchdict["plugin"])
    if plugin is None or not site.plugin_schemas.get(plugin.name):
        raise HTTPNotFound
    return plugin


@view_config(route_name="admin_plugin_settings", request_method="GET")
def plugin_settings(request: Request) -> Response:
    """The settings of one plugin."""
    plugin = _plugin(request)
    states = setting_states(request.registry.site, plugin)
    return _draw(request, PluginSettingsForm(request, plugin, states), states)


@view_config(route_name="admin_plugin_settings", request_method="POST", require_csrf=False)
def set_up(request: Request) -> Response:
    """Save what its own checks let pass."""
    plugin, site = _plugin(request), request.registry.site
    states = setting_states(site, plugin)
    form = PluginSettingsForm(request, plugin, states)
    texts = form.texts()
    if form.good:
        try:
            changed = set_up_plugin(
                site, request.dbsession, plugin, texts, actor(request), request.desk.now, form.forgotten()
            )  # fmt: skip
        except FieldError as error:
            form.refuse_setting(error)
        else:
            if changed:
                request.page.tell(_told(states, texts, form.forgotten()))
            else:
                request.page.tell(_("Nothing was changed."))
            return HTTPSeeOther(request.path)
    form.ask_again()
    return _draw(request, form, states)


def _told(states: Sequence[SettingState], texts: Mapping[str, str], forgotten: Sequence[str]) -> Text:
    late = any(_changes(state, texts.get(state.setting.name, ""), forgotten) for state in states
               if state.is_open and state.setting.at_start)  # fmt: skip
    return _("Saved. Restart the site for it to take effect.") if late else _("Saved. It holds from now on.")


def _changes(state: SettingState, text: str, forgotten: Sequence[str]) -> bool:
    if state.setting.secret:
        return bool(text) or state.setting.name in forgotten
    return text != (state.shown if state.source == "page" else "")


def _draw(request: Request, form: PluginSettingsForm, states: Sequence[SettingState]) -> Response:
    fixed = [state for state in states if not state.is_open]
    broken = [state for state in states if state.broken]
    drawn = form.draw_for(request.path, request.route_path("admin_settings")) if form.states else None
    return draw(
        request, "admin/setup/plugin.pt", form.status if form.states else 200, form=drawn, plugin=form.plugin,
        fixed=fixed, broken=broken,
    )  # fmt: skip
