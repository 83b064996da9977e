"""Drawing all pages and mails of a site in one theme: a copy of the site, with invented tickets, in this process."""

from __future__ import annotations

import logging
import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from novantic_core.delivery.examples import Choice, example, kind_of, mail_kinds
from novantic_core.demo.fill import fill
from novantic_core.migrate import upgrade
from novantic_core.models import Ticket
from novantic_core.services.grant_access import grant_access
from novantic_core.services.sign_in import add_technician
from novantic_core.settings import LOCALES, parse_words
from novantic_core.site import Site
from novantic_core.theme_check.finding import Finding
from novantic_core.theme_check.visitor import Visitor
from novantic_core.themes import PLAIN
from novantic_core.themes.broken import one_line
from novantic_core.values import MAIN, Parcel

URL = "http://support.example.com"
TICKETS = 8
ALIKE = 3
"""How many pages that differ by a number or a word only are looked at."""
MOST_PAGES = 250
NEVER = "1000000 per hour"


@dataclass
class Drawn:
    """What came of it."""

    findings: list[Finding] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)
    """All templates that were drawn."""
    pages: int = 0
    mails: int = 0


def draw_all(settings: Mapping[str, str], theme: str, extra_plugins: Mapping[str, Any] | None = None) -> Drawn:
    """Draw what can be drawn, as a site for clients would: each broken file is noted, and its parent's taken."""
    from novantic_core import make_app

    with tempfile.TemporaryDirectory(prefix="novantic-theme-") as folder:
        app = make_app(_scratch(settings, theme, Path(folder)), extra_plugins)
        site: Site = app.registry.site
        logging.disable(logging.CRITICAL)  # what fails is a line of the report
        try:
            upgrade(site)
            fill(site, TICKETS, 1, datetime.now(UTC).date())
            drawn = Drawn()
            for locale in LOCALES:
                _walk(site, app, locale, drawn)
                _mails(site, theme, locale, drawn)
        finally:
            logging.disable(logging.NOTSET)
            site.database.engine.dispose()
        drawn.findings += [Finding(fault.file, fault.line, fault.words) for fault in site.themes.broken.noted.values()]
        drawn.files = site.themes.compiled()
        drawn.findings = list(dict.fromkeys(drawn.findings))
        return drawn


def _scratch(settings: Mapping[str, str], theme: str, folder: Path) -> dict[str, str]:
    """The settings of a site with the same plugins, whose database, files and mails are in a folder of their own."""
    left_out = ("novantic.brand.", "novantic.search", "novantic.secret", "novantic.debug", "novantic.template_cache")
    kept = {key: value for key, value in settings.items() if not key.startswith(left_out)}
    # a plugin's setting may name a brand, as that of a mailbox; whoever is looked at, each has the one theme
    others = [key for key in parse_words(kept.get("novantic.brands", "")) if key != MAIN]
    brands = {f"novantic.brand.{key}.site_url": f"http://{key}.example.com" for key in others} | {
        f"novantic.brand.{key}.theme": theme for key in others
    }
    limits = ("tickets", "tickets_by_client", "access", "login", "login_by_client", "kept_files")
    files = (
        {"novantic.storage.local.path": str(folder / "files")}
        if kept.get("novantic.storage", "local") == "local"
        else {}
    )
    return {
        **kept, **files, **brands, "sqlalchemy.url": f"sqlite:///{folder / 'check.db'}", "novantic.theme": theme,
        "novantic.site_url": URL, "novantic.worker": "external", "novantic.mailer": "files",
        "mail.top_level_directory": str(folder / "mail"), "novantic.environment": "development",
        "novantic.secret": secrets.token_hex(32), **{f"novantic.limit_{name}": NEVER for name in limits},
    }  # fmt: skip


# ---------------------------------------------------------------------- pages


def _walk(site: Site, app: Any, locale: str, drawn: Drawn) -> None:
    client, technician = Visitor(app, URL, locale), Visitor(app, URL, locale)
    number, tokens = _ticket(site, locale)
    _follow(client, ["/", "/tickets/new", "/tickets/status", "/search?q=imprimante", "/nowhere", "/access/nothing"])
    _forms(site, client, locale)
    for token in tokens:
        client.get(f"/access/{token}")
    client.get(f"/tickets/{number}")
    client.post(f"/tickets/{number}/replies", {"message": ""})
    _follow(client, ["/"])
    technician.get("/admin/login")
    technician.post("/admin/login", {"login": "nobody@example.com", "password": ""})
    if _redraws_back_office(site):
        _sign_in(site, technician, f"check-{locale}@example.com")
        _follow(technician, ["/admin", "/admin/tickets/new", f"/admin/tickets/{number}", "/admin/nowhere"])
    for visitor in (client, technician):
        drawn.pages += len(visitor.answers)
        for method, path, status in visitor.answers:
            if status >= 500:
                what = f"{method} {path} answers {status} in {locale}, and no file of the theme is to blame"
                drawn.findings.append(Finding(site.themes.themes[site.settings.theme].folder, None, what))


def _redraws_back_office(site: Site) -> bool:
    """Whether anything of the theme or its parents is drawn there; the walk takes three times as long with it."""
    links = site.themes.chain(site.settings.theme)
    return any(
        (link.folder / "templates" / part).is_dir()
        for link in links
        if link.name != PLAIN
        for part in ("admin", "forms")
    )


def _sign_in(site: Site, technician: Visitor, address: str) -> None:
    password = secrets.token_urlsafe(24)
    with site.database.transaction() as session:
        add_technician(session, site.settings, address, "Ada Morel", "administrator", password, datetime.now(UTC))
    technician.get("/admin/login")
    technician.post("/admin/login", {"login": address, "password": password})


def _follow(visitor: Visitor, starts: Iterable[str]) -> None:
    """Look at pages and at those they link to, a few of each kind."""
    waiting, seen, kinds = list(starts), set(starts), dict[str, int]()
    begun = len(visitor.answers)
    while waiting and len(visitor.answers) - begun < MOST_PAGES:
        path = waiting.pop(0)
        visitor.get(path)
        for link in visitor.links:
            kind = re.sub(r"\d+|(?<=/kb/)[\w-]+", "#", link.partition("?")[0])
            if link not in seen and kinds.get(kind, 0) < ALIKE:
                seen.add(link)
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(link)


def _forms(site: Site, client: Visitor, locale: str) -> None:
    """Forms with all fields wrong, then a good one."""
    client.get("/tickets/new")
    client.post("/tickets/new", {"email": "nobody", "subject": ""})
    client.get("/tickets/new")
    client.post("/tickets/new", {
        "topic": next(iter(site.categories), ""), "company": "Boulangerie Lefèvre", "department": "Fournil",
        "email": f"claire-{locale}@example.com", "name": "Claire Lefèvre", "phone": "01 44 55 66 77",
        "critical": "true", "subject": "Imprimante hors connexion", "message": "<p>Bonjour, rien ne sort.</p>",
        "priority": site.default_priority.key,
    })  # fmt: skip
    client.get("/tickets/status")
    client.post("/tickets/status", {"email": "nobody", "number": "x"})
    client.post("/tickets/status", {"email": "claire@example.com", "number": "123456"})


def _ticket(site: Site, locale: str) -> tuple[str, list[str]]:
    """A ticket's number, and links to it: one that has expired, one that works."""
    now = datetime.now(UTC)
    with site.database.transaction() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        if ticket is None:
            return "", []
        # the visitor asks at the main brand's address; a link to another's ticket leads away
        ticket.locale, ticket.critical, ticket.brand = locale, True, MAIN
        links = [grant_access(session, ticket.id, ticket.email, now, timedelta(hours=hours)) for hours in (-1, 1)]
        return ticket.number, links


# ---------------------------------------------------------------------- mails


def _mails(site: Site, theme: str, locale: str, drawn: Drawn) -> None:
    """Each kind in all that it may say, with the values that its preview has."""
    for kind in mail_kinds(site.themes, theme):
        for variant in ("", *(one.key for one in kind_of(kind).variants)):
            parcel = example(site, Choice(kind, MAIN, theme, locale, variant)).parcel(site)
            for ending in ("txt", "html"):
                name = f"mail/{kind}.{ending}.pt"
                if site.themes.find(theme, "templates", name) is not None:
                    _draw(site, theme, locale, name, parcel, drawn)


def _draw(site: Site, theme: str, locale: str, name: str, parcel: Parcel, drawn: Drawn) -> None:
    try:
        parcel.render(name)
    except Exception as error:  # noqa: BLE001 - whatever a plugin's mail raises is a line of the report
        file = site.themes.find(theme, "templates", name) or Path(name)
        what = f"it can't be drawn in {locale} with invented values: {one_line(error)}"
        drawn.findings.append(Finding(file, None, what, is_fault=False))
    drawn.mails += 1
