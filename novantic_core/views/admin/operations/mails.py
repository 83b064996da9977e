"""Each kind of mail, as it would be sent: in a theme, in a language, with values that are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.delivery.examples import KINDS as KNOWN
from novantic_core.delivery.examples import Choice, kind_of, mail_kinds
from novantic_core.delivery.trial import draw as draw_mail
from novantic_core.delivery.trial import mail_channel, may_test, queue_test, takes_answers
from novantic_core.i18n import _
from novantic_core.page import LANGUAGES
from novantic_core.services.tell_brands import brand_labels, has_brands
from novantic_core.settings import LOCALES
from novantic_core.values import MAIN, Text
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.operations.framed import framed, framing
from novantic_core.views.admin.operations.kinds import kind_words

GROUPS: tuple[tuple[str, Text], ...] = (
    ("requester", _("To clients and those who follow their tickets")),
    ("technician", _("To technicians")),
    ("other", _("Of plugins and themes")),
)


@view_config(route_name="admin_mail_templates", request_method="GET")
def mails(request: Request) -> Response:
    """All kinds, each with a link to how it looks."""
    site = request.registry.site
    theme = _theme(request, request.GET)
    kinds = mail_kinds(site.themes, theme)
    groups = [
        (words, [(_path(request, "admin_mail_template", kind, {"theme": theme}), kind_words(kind), kind)
                 for kind in kinds if _group(kind) == key])
        for key, words in GROUPS
    ]  # fmt: skip
    return draw(
        request, "admin/operations/mails.pt", groups=[group for group in groups if group[1]], theme=theme,
        themes=_themes(request),
    )  # fmt: skip


@view_config(route_name="admin_mail_template", request_method="GET")
def mail(request: Request) -> Response:
    """One of them, with what can be chosen."""
    site, choice = request.registry.site, _choice(request, request.GET)
    kind, asked = kind_of(choice.kind), _asked(request, choice)
    page = draw(
        request, "admin/operations/mail.pt", choice=choice, mail=draw_mail(site, choice), words=kind_words(choice.kind),
        variants=kind.variants, of_client=kind.role == "requester" and kind.about == "ticket", themes=_themes(request),
        brands=brand_labels(site, request.locale_name) if has_brands(site) else {}, languages=LANGUAGES,
        frame=_path(request, "admin_mail_template_html", choice.kind, asked), asked=asked,
        back=request.route_path("admin_mail_templates", _query={"theme": choice.theme}),
        channel=mail_channel(site), known=choice.kind in KNOWN,
    )  # fmt: skip
    return framing(page)


@view_config(route_name="admin_mail_template_html", request_method="GET")
def html(request: Request) -> Response:
    """What the frame shows."""
    return framed(draw_mail(request.registry.site, _choice(request, request.GET)).html)


@view_config(route_name="admin_mail_template_test", request_method="POST")
def test(request: Request) -> Response:
    """Send it to who looks at it, by the outbox."""
    site, session, now = request.registry.site, request.dbsession, request.desk.now
    choice, channel = _choice(request, request.POST), mail_channel(site)
    me = request.technician
    if channel is None:
        request.page.tell(_("Nothing was sent: no plugin that sends mails is in use."))
    elif not may_test(session, me, now):
        request.page.tell(_("Nothing was sent: that were too many tests for now. Please wait a while."))
    else:
        delivery = queue_test(site, session, choice, me, channel, now)
        request.page.tell(_("The test is on its way to ${address}.", mapping={"address": me.email}))
        return HTTPSeeOther(request.route_path("admin_delivery", id=delivery.id))
    return HTTPSeeOther(_path(request, "admin_mail_template", choice.kind, _asked(request, choice)))


# ---------------------------------------------------------------------- what is asked for


def _choice(request: Request, values: Mapping[str, Any]) -> Choice:
    """What an address or a form asks for. What isn't there is the usual one; a kind that isn't there, no page."""
    site = request.registry.site
    kind, theme = request.matchdict["mail"], _theme(request, values)
    if kind not in mail_kinds(site.themes, theme):
        raise HTTPNotFound
    brand, locale, variant = (str(values.get(name, "")) for name in ("brand", "language", "variant"))
    choice = Choice(
        kind=kind, brand=brand if brand in site.brands else MAIN, theme=theme,
        locale=locale if locale in LOCALES else request.locale_name,
        variant=variant if variant in {one.key for one in kind_of(kind).variants} else "",
        reply_to=bool(values.get("reply_to")), follower=bool(values.get("follower")),
    )  # fmt: skip
    if "language" in values or choice.reply_to:
        return choice
    # nobody chose yet: as it is sent here
    return replace(choice, reply_to=takes_answers(site, request.dbsession, choice, request.desk.now))


def _theme(request: Request, values: Mapping[str, Any]) -> str:
    """The theme asked for; else that of the brand asked for."""
    site = request.registry.site
    name, brand = str(values.get("theme", "")), str(values.get("brand", ""))
    usual = site.brand(brand if brand in site.brands else MAIN).theme
    return name if name in site.themes.themes else usual


def _asked(request: Request, choice: Choice) -> dict[str, str]:
    """The same choice as the values of an address."""
    own = request.registry.site.brand(choice.brand).theme
    said = {**asdict(choice), "language": choice.locale, "theme": "" if choice.theme == own else choice.theme}
    return {
        name: "1" if said[name] is True else said[name]
        for name in ("brand", "theme", "language", "variant", "reply_to", "follower")
        if said[name]
    }


def _path(request: Request, route: str, kind: str, query: Mapping[str, str]) -> str:
    return str(request.route_path(route, mail=kind, _query=query))


def _group(kind: str) -> str:
    return kind_of(kind).role if kind in KNOWN else "other"


def _themes(request: Request) -> dict[str, str]:
    return {name: theme.label or name for name, theme in request.registry.site.themes.themes.items()}
