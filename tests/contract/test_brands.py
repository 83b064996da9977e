"""Two brands served by one process: no page and no mail of the one has a word, a colour or an address of the other."""

from __future__ import annotations

import html
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import two_brands
from pyramid.response import Response
from sqlalchemy import select
from two_brands import HOSTS, OTHER, SENDER

from novantic_core.models import Delivery
from novantic_core.plugin import Actor, hookimpl
from novantic_core.services.change_status import change_status
from novantic_core.settings import LOCALES
from novantic_core.testing import BUILT_IN
from novantic_core.testing.desk import MARC, SmallDesk, find
from novantic_mail_intake.refused import telling

_NOWHERE = Path(__file__)
CLIENTS = {"fr": "claire@lefevre.example.com", "en": "kate@harbour.example.com"}


@hookimpl
def novantic_configure(config):
    """A page that fails."""

    def fail(_request) -> Response:
        raise RuntimeError("broken")

    config.add_route("broken", "/broken")
    config.allow("broken", "everybody")
    config.add_view(fail, route_name="broken")


def both(theme: str):
    """A site of the project's own theme and another brand's beside it."""
    lines = two_brands.settings(theme, **{"novantic.debug": "false"})
    broken = SimpleNamespace(novantic_configure=novantic_configure)
    return pytest.param(
        theme, id=theme, marks=pytest.mark.novantic(
            plugins=[*BUILT_IN, "broken"], extra_plugins={"broken": broken}, settings=lines
        ),
    )  # fmt: skip


THEMES = [both("prairie"), both("boreal")]
"""Every theme that is a brand's own face: a line for each."""
each_theme = pytest.mark.parametrize("theme", THEMES)
each_brand = pytest.mark.parametrize("key, other", [("main", OTHER), (OTHER, "main")])


class Walker:
    """Somebody who goes through a brand's portal and keeps all that they are shown."""

    def __init__(self, app, mailbox, key, language):
        self.app, self.mailbox, self.key, self.language = app, mailbox, key, language
        self.browser = two_brands.browser(app, key, language)
        self.desk = SmallDesk(app)
        self.shown: dict[str, str] = {}

    def keep(self, response):
        """Keep an answer: where it leads, what it says, and every file that it names."""
        request = response.request
        name = f"{request.method} {request.path_qs} {response.status_int}"
        self.shown[name] = f"{response.headers}\n{html.unescape(response.text)}"
        if response.content_type == "text/html":
            for address in re.findall(r'(?:href|src)="(/(?:static|favicon)[^"]*)"', response.text):
                if address not in self.shown and address.endswith((".css", ".svg", ".js")):
                    file = self.browser.get(address).text
                    # what all themes have is no brand's: its colours are those of who says none
                    plain = self.browser.get(f"/static/plain/0/{address.split('/', 4)[-1]}", status="*").text
                    self.shown[address] = "" if file == plain else file
        return response

    def get(self, path, status=None):
        """A page."""
        return self.keep(self.browser.get(path, status=status))

    def ticket(self, language):
        """Open a ticket through the form; its number, and the page that thanks for it."""
        form = self.get("/tickets/new").forms["ticket"]
        self.keep(form.submit(status=422))
        values = {"company": "Harbour", "email": CLIENTS[language], "name": "Kate", "phone": "0144556677",
                  "subject": "Panne", "message": "Bonjour", "topic": "printer"}  # fmt: skip
        for name, value in values.items():
            form[name] = value
        page = self.keep(self.keep(form.submit(status=303)).follow())
        return str(page.html.find(class_="num").text)

    def links(self, address):
        """The paths of the links in the mails to an address, the latest last; each is of this brand's own address."""
        found = []
        for mail in self.mailbox.to(address):
            found += re.findall(rf"http://{re.escape(HOSTS[self.key])}(/access/\S+)", self.mailbox.text(mail))
        return found

    def walk(self):
        """Every page of the portal."""
        language = self.language
        self.get("/")
        number = self.ticket(language)
        link = self.links(CLIENTS[language])[-1]
        page = self.keep(self.keep(self.browser.get(link)).follow())
        self.keep(page.forms["reply"].submit(status=422))
        self.desk.say(number, "Voici.")
        page = self.get(f"/tickets/{number}")
        page.forms["reply"]["message"] = "Merci."
        self.keep(self.keep(page.forms["reply"].submit(status=303)).follow())
        token = page.html.find("input", {"name": "csrf_token"})["value"]
        self.keep(self.keep(self.browser.post(f"/tickets/{number}/close", {"csrf_token": token})).follow())
        self.keep(self.browser.post("/tickets/status", {"csrf_token": "old"}, status="*"))
        for path in ("/kb", "/kb?q=imprimante", "/kb?q=imprimant", "/kb?q=zzzz", "/search?q=imprimante", "/search",
                     "/kb/feed.xml", "/sitemap.xml", "/robots.txt", "/favicon.ico", "/kb/suggest?q=imprimante",
                     "/tickets/status", "/admin/login", "/admin/forgotten"):  # fmt: skip
            self.get(path, status="*")
        for slug in sorted(set(re.findall(r"/kb/([a-z0-9-]+)<", self.browser.get("/sitemap.xml").text))):
            article = self.get(f"/kb/{slug}", status="*")
            self.keep(article if article.status_int == 200 else article.follow())
        self.keep(self.browser.post("/language", {"csrf_token": token, "lang": language, "back": "/kb"}).follow())
        self.keep(self.browser.post("/logout", {"csrf_token": token}).follow())
        self.get(f"/tickets/{number}", status=303)
        status = self.get("/tickets/status").forms["status"]
        self.keep(status.submit(status=422))
        status["email"], status["number"] = CLIENTS[language], number
        self.keep(status.submit(status=200))
        self.get("/access/" + "x" * 43, status=404)
        self.get("/nowhere", status=404)
        self.keep(self.browser.post("/admin/tickets/bulk", {"csrf_token": token}, status=403))
        self.keep(self.browser.post("/language", {"csrf_token": "old"}, status=400))
        self.get("/broken", status=500)
        return self.shown


@each_theme
@each_brand
@pytest.mark.parametrize("language", LOCALES)
def test_no_page_of_a_brand_shows_another(novantic_app, mailbox, theme, key, other, language):
    shown = Walker(novantic_app, mailbox, key, language).walk()
    foreign = two_brands.only(novantic_app, other, key)
    assert len(foreign) > 30  # else it would be no brand of its own
    assert [(name, mark) for name, text in shown.items() for mark in foreign if mark in text.casefold()] == []


@each_theme
@each_brand
def test_a_brand_shows_itself(novantic_app, mailbox, theme, key, other):
    pages = Walker(novantic_app, mailbox, key, "fr").walk()
    name = novantic_app.site.brand_words(novantic_app.site.brand(key), "fr")["name"]
    drawn = [text for text in pages.values() if "<!doctype html>" in text.casefold()]
    assert len(drawn) > 20
    assert all(name in text for text in drawn)


def _write_everything(app, desk, brand, locale):
    """Do all of which clients are written to."""
    email, now = CLIENTS[locale], {"brand": brand, "locale": locale}
    number, second = desk.open(email, **now), desk.open(MARC, **now)
    desk.follow(number, "ines@roux.example.com", locale=locale)
    client = Actor("requester", "Kate", email)
    desk.say(number, "Voici.", wait=True)
    desk.say(number, "Merci.", client)
    desk.say(number, "De rien.", close=True)
    desk.say(number, "Encore.", client)
    with telling(email, ("« plan.dwg » est trop grand.",)):
        desk.say(number, "Voilà, par e-mail.", client)
    desk.say(number, "Aussi.", Actor("requester", "Inès", "ines@roux.example.com"))
    desk.merge(second, into=number)
    desk.unmerge(second)
    with app.transaction() as session:
        ticket = find(session, number)
        clerk = Actor("technician", "Hugo", "hugo@novantic.example")
        for status in ("waiting", "open", "closed"):
            change_status(app.site, session, ticket, status, clerk, ticket.created_at)
    # asked for at the other brand's address: the answer is the ticket's own
    page = two_brands.browser(app, "main" if brand == OTHER else OTHER, locale).get("/tickets/status")
    form = page.forms["status"]
    form["email"], form["number"] = email, number
    form.submit(status=200)


@each_theme
@each_brand
@pytest.mark.parametrize("locale", LOCALES)
def test_no_mail_to_a_client_of_a_brand_names_another(novantic_app, mailbox, theme, key, other, locale):
    novantic_app.add_technician()
    _write_everything(novantic_app, SmallDesk(novantic_app), key, locale)
    mails = [mail for address in (CLIENTS[locale], MARC, "ines@roux.example.com") for mail in mailbox.to(address)]
    foreign = two_brands.only(novantic_app, other, key)
    for mail in mails:
        whole = "\n".join([*map(str, mail.values()), mailbox.text(mail), html.unescape(mailbox.html(mail))])
        assert [mark for mark in foreign if mark in whole.casefold()] == []
        assert mail["Message-ID"].endswith(f"@{HOSTS[key]}>")
        assert (SENDER if key == OTHER else "noreply@novantic.fr") in mail["From"]
    with novantic_app.transaction() as session:
        rows = session.scalars(select(Delivery).where(Delivery.role == "requester")).all()
        told = {row.kind for row in rows}
        assert {row.state for row in rows} == {"sent"}
        assert len(mails) == len(rows)
    # whatever a client can be told is among them
    assert told == {path.name.removesuffix(".txt.pt") for plugin in novantic_app.site.plugins
                    for path in ((plugin.folder("templates") or _NOWHERE) / "mail").glob("*.txt.pt")
                    if not path.name.startswith(("technician_", "desk_", "facts", "quote"))}  # fmt: skip


@each_theme
def test_technicians_are_written_to_as_the_desk_and_told_whose_ticket_it_is(novantic_app, mailbox, theme):
    novantic_app.add_technician()
    SmallDesk(novantic_app).open(brand=OTHER)
    (mail,) = mailbox.to("hugo@novantic.example")
    name = novantic_app.site.brand_words(novantic_app.site.brand(OTHER), "fr")["name"]
    assert "noreply@novantic.fr" in mail["From"]
    assert mail["Message-ID"].endswith(f"@{HOSTS['main']}>")
    for body in (mailbox.text(mail), mailbox.html(mail)):
        assert name in body
        assert "http://support.example.com/admin/tickets/" in body
