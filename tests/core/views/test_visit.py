"""Language, static files, health, search and the developer's mailbox."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from novantic_core.security import HEADERS
from novantic_core.views.portal.visit import local_path

pytestmark = pytest.mark.usefixtures("portal_theme")


def switch(page, lang):
    form = next(form for form in page.forms.values() if form.action == "/language")
    return form.submit("lang", value=lang)


# ------------------------------------------------------------------ language


@pytest.mark.parametrize(
    "asked, got",
    [
        ("fr", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de,fr;q=0.5", "fr"),
        ("de", "fr"),
        ("", "fr"),
        ("*", "fr"),
    ],
)
def test_the_language_is_what_the_browser_asks_for_or_the_sites(portal, asked, got):
    headers = {"Accept-Language": asked} if asked else {}
    assert portal.get("/", headers=headers).html.html["lang"] == got


@pytest.mark.novantic(settings={"novantic.default_locale": "en"})
def test_the_sites_own_language_may_be_english(portal):
    assert portal.get("/").html.html["lang"] == "en"


@pytest.mark.parametrize("path", ["/tickets/new", "/tickets/status", "/search?q=encre+noire", "/kb"])
def test_switching_the_language_keeps_the_page_and_is_remembered(portal, path):
    answer = switch(portal.get(path), "en")
    assert answer.location == path
    assert answer.follow().html.html["lang"] == "en"
    assert portal.get("/", headers={"Accept-Language": "fr"}).html.html["lang"] == "en"


def test_switching_on_a_form_that_was_refused_leads_to_the_form(portal):
    page = portal.get("/tickets/new").forms["ticket"].submit(status=422)
    assert switch(page, "en").follow(status=200).html.html["lang"] == "en"


def test_an_unknown_language_changes_nothing(portal):
    form = portal.get("/tickets/new").forms["ticket"]
    portal.post("/language", {"lang": "xx", "back": "/", "csrf_token": form["csrf_token"].value}, status=303)
    assert "lang" not in portal.cookies
    portal.set_cookie("lang", "xx")
    assert portal.get("/").html.html["lang"] == "fr"


@pytest.mark.parametrize(
    "text, path",
    [
        ("/tickets/new?x=1", "/tickets/new?x=1"), ("/", "/"), ("", "/"), ("https://evil.example", "/"),
        ("//evil.example", "/"), ("/\\evil.example", "/"), ("/\t/evil.example", "/"), ("/a\r\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"), ("tickets", "/"),
    ],
)  # fmt: skip
def test_only_paths_of_this_site_are_gone_back_to(text, path):
    assert local_path(text) == path


# ------------------------------------------------------------------ static files


def test_every_file_that_a_page_names_is_there_and_may_be_kept_for_ever(portal):
    page = portal.get("/tickets/new").html
    names = [one.get("href") or one["src"] for one in page.find_all(["link", "script"])]
    assert len(names) >= 3
    for name in names:
        answer = portal.get(name, status=200)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == HEADERS["X-Content-Type-Options"]
        assert not answer.headers.getall("Set-Cookie")


def test_an_address_of_an_older_version_is_answered_and_not_kept_for_ever(portal):
    answer = portal.get("/static/novantic/older/tokens.css")
    assert "immutable" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    "path", ["/static/gone/x/tokens.css", "/static/novantic/x/gone.css", "/static/novantic/x/../theme.toml",
             "/static/novantic/x/..%2ftheme.toml", "/static/novantic/x/%2fetc/passwd", "/static/novantic/x/css%00"]
)  # fmt: skip
def test_what_is_no_static_file_is_not_found(portal, path):
    portal.get(path, status=404)


def test_browsers_find_an_icon(portal):
    assert portal.get("/favicon.ico").content_type == "image/svg+xml"


def test_the_editor_is_served_and_deforms_old_scripts_are_not(portal, novantic_app):
    editor = novantic_app.wsgi.registry.editor_url
    portal.get(f"{editor}/tinymce.min.js", status=200)
    portal.get(f"{editor}/../scripts/jquery-2.0.3.min.js", status=404)


# ------------------------------------------------------------------ health, search


def test_health(portal):
    assert portal.get("/healthz").text == "ok\n"
    assert portal.get("/readyz").text == "ready\nworker: none alive\n"


def test_a_site_whose_storage_is_away_is_not_ready(portal, novantic_app, monkeypatch):
    def fail():
        raise OSError("/secret/path: Read-only file system")

    monkeypatch.setattr(novantic_app.site.storage, "check", fail)
    answer = portal.get("/readyz", status=503)
    assert answer.text == "storage: not ready\n"
    portal.get("/healthz", status=200)


def test_a_site_whose_database_is_behind_is_not_ready(portal, novantic_app):
    with novantic_app.site.database.engine.execution_options(novantic_write=True).begin() as connection:
        connection.exec_driver_sql("DELETE FROM novantic_core_version")
    assert "migrations: not ready" in portal.get("/readyz", status=503)


@pytest.mark.parametrize(
    "words", ["", "encre", "<script>alert(1)</script>", "'; DROP TABLE ticket; --", "\0", "%", "é" * 5000, '"']
)
def test_whatever_is_searched_has_a_page(portal, words):
    page = portal.get("/search", {"q": words})
    assert "<script>alert" not in page


# ------------------------------------------------------------------ the developer's mailbox


def test_a_newcomer_follows_the_link_without_a_mail_server(portal, open_ticket, mailbox):
    number = open_ticket()
    assert mailbox.messages
    mail = portal.get("/dev/mailbox").click(href="/dev/mailbox/.*eml", index=0)
    assert number in mail
    link = mail.html.find("a", href=lambda target: target and "/access/" in target)["href"]
    assert number in portal.get(link).follow()
    html = mail.click(href="/html$")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "script-src" not in html.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["x.eml", "..%2f..%2fnovantic.db", "%2e%2e", "theme.toml"])
def test_no_other_file_is_a_mail(portal, name):
    portal.get(f"/dev/mailbox/{name}", status=404)
    portal.get(f"/dev/mailbox/{name}/html", status=404)


def test_the_mailbox_is_empty_at_first(english):
    assert "None yet" in english.get("/dev/mailbox")


@pytest.mark.parametrize(
    "back", ["//[", "//\u2100.example", "https://evil.example/", "/\\evil.example", "//evil.example"]
)
def test_a_way_back_that_leads_elsewhere_leads_home(portal, back):
    token = portal.get("/").html.find("input", {"name": "csrf_token"})["value"]
    answer = portal.post("/language", {"csrf_token": token, "lang": "en", "back": back}, status=303)
    assert urlsplit(answer.location).path == "/"
    assert "evil" not in answer.location


def test_a_way_back_that_is_a_file_leads_home(portal):
    token = portal.get("/").html.find("input", {"name": "csrf_token"})["value"]
    files = [("back", "a.txt", b"/kb")]
    answer = portal.post("/language", {"csrf_token": token, "lang": "en"}, upload_files=files, status=303)
    assert urlsplit(answer.location).path == "/"
    assert "evil" not in answer.location
