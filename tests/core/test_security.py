"""What every answer carries, which cookies travel how, and whom X-Forwarded-* is believed from."""

from __future__ import annotations

import re

import pytest
from pyramid.events import NewRequest
from webob import Request

from novantic_core.models import Rate

HTTPS = pytest.mark.novantic(settings={"novantic.site_url": "https://support.example.com"})
PRODUCTION = pytest.mark.novantic(settings={"novantic.debug": "false"})

PAGES = [
    "/", "/tickets/new", "/tickets/status", "/kb", "/search?q=x", "/admin/login", "/nowhere", "/access/x", "/healthz",
         "/tickets/123456", "/attachments/1/x", "/static/novantic/x/nothing.css", "/favicon.ico"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_keeps_others_out(portal, path):
    headers = portal.get(path, status="*").headers
    csp = headers["Content-Security-Policy"]
    assert "default-src 'none'" in csp
    assert "unsafe" not in csp
    assert "frame-ancestors 'none'" in csp
    assert not re.search(r"https?://|\*", csp)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_what_the_policy_forbids(portal, path):
    page = portal.get(path, status="*")
    if page.content_type != "text/html" or not page.body:
        return
    for one in page.html.find_all(True):
        assert not one.get("style"), one
        assert not [name for name in one.attrs if name.startswith("on")], one
        assert not str(one.get("src") or "").startswith(("http", "//")), one
        assert one.name != "style"
        assert one.name != "script" or one.get("src")
        # what a browser fetches by itself; other addresses are for search engines and feed readers
        fetched = one.name == "link" and not {"canonical", "alternate"} & set(one["rel"])
        assert not fetched or str(one["href"]).startswith("/")


@pytest.mark.parametrize("path", ["/", "/tickets/new", "/admin/login", "/nowhere"])
def test_pages_are_not_kept_by_browsers(portal, path):
    assert portal.get(path, status="*").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/nowhere", 404),
        ("POST", "/", 404),
        ("GET", "/tickets/new/", 404),
        ("GET", "/%2e%2e/etc/passwd", 404),
        ("GET", "/%FF", 400),
        ("GET", "/?q=%FF", 200),
        ("POST", "/logout", 400),
        ("POST", "/language", 400),
        ("POST", "/admin/logout", 400),
        ("POST", "/tickets/123456/replies", 303),
    ],
)
def test_what_can_not_be_answered_has_a_page_or_a_way(novantic_app, method, path, status):
    request = Request.blank("/", method=method, environ={"REMOTE_ADDR": "192.0.2.1"})
    path, _mark, query = path.partition("?")
    request.environ["PATH_INFO"] = path.replace("%FF", "\xff").replace("%2e", ".")
    request.environ["QUERY_STRING"] = query
    answer = request.get_response(novantic_app.wsgi)
    assert answer.status_int == status
    assert "Content-Security-Policy" in answer.headers
    if status >= 400:
        assert "<h1>" in answer.text


def test_an_error_page_is_in_the_readers_language(english):
    page = english.get("/nowhere", status=404)
    assert "This page doesn't exist" in page
    assert page.html.html["lang"] == "en"
    assert english.get("/nowhere", headers={"Accept-Language": "fr"}, status=404).html.html["lang"] == "fr"


@pytest.mark.novantic(settings={"novantic.attachments.max_size": "1 kB", "novantic.attachments.max_count": "1"})
def test_a_body_over_the_limit_has_its_page(english, count):
    limit = english.app.registry.site.settings.max_body
    page = english.post("/tickets/new", b"x" * (limit + 1), status=413)
    assert page.html.find("h1").text == "What you sent is too large"
    assert "remove or shrink some files" in page
    english.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert (
        english.post("/tickets/new", b"x" * (limit + 1), status=413).html.find("h1").text != page.html.find("h1").text
    )


def test_a_body_of_unknown_length_is_refused(english):
    page = english.request(
        "/tickets/new", method="POST", environ={"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, status="*"
    )
    assert page.status_int in {400, 411, 422}
    assert "<h1>" in page


@PRODUCTION
def test_what_nobody_expected_is_a_page_without_its_details(english, monkeypatch, caplog):
    def fail(_self, _place):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("novantic_core.page.Page.parts", fail)
    page = english.get("/", status=500)
    assert "Something went wrong on our side" in page
    assert "secret detail" not in page
    assert "ZeroDivisionError" in caplog.text


@PRODUCTION
def test_an_error_page_that_can_not_be_drawn_is_plain_words(english, monkeypatch):
    def fail(*_given, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr("novantic_core.themes.Themes.render", fail)
    answer = english.get("/", status=500)
    assert answer.content_type == "text/plain"
    assert "Content-Security-Policy" in answer.headers


@PRODUCTION
def test_mails_are_not_shown_in_production(portal):
    portal.get("/dev/mailbox", status=404)


# ------------------------------------------------------------------ cookies


def cookies(answer):
    return {line.split("=")[0]: line for line in answer.headers.getall("Set-Cookie")}


@pytest.mark.parametrize("secure", [pytest.param(True, marks=HTTPS), pytest.param(False)], ids=["https", "http"])
def test_cookies_are_for_the_server_alone(novantic_app, visit, portal, secure, mailbox):
    if secure:
        portal.extra_environ["wsgi.url_scheme"] = "https"
    found = cookies(portal.get("/tickets/new"))
    form = portal.get("/tickets/new").forms["ticket"]
    portal.reset()
    answer = portal.post("/language", {"csrf_token": form["csrf_token"].value, "lang": "en"}, headers={
        "Cookie": f"csrf_token={form['csrf_token'].value}", "Referer": "https://support.example.com/"
    })  # fmt: skip
    found |= cookies(answer)
    assert {"csrf_token", "lang"} <= set(found)
    for line in found.values():
        assert "HttpOnly" in line
        assert re.search("SameSite=Lax", line, re.IGNORECASE)
        assert ("secure" in line.lower().split("; ")) is secure


def test_the_visitors_session_is_for_the_server_alone(portal, open_ticket, mailbox):
    open_ticket()
    answer = portal.get(mailbox.link(mailbox.to("claire@lefevre.example.com")[-1]))
    line = cookies(answer)["session"]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line


@HTTPS
def test_https_is_asked_for_where_the_site_has_it(portal):
    assert "max-age=31536000" in portal.get("/").headers["Strict-Transport-Security"]


def test_http_alone_promises_nothing(portal):
    assert "Strict-Transport-Security" not in portal.get("/").headers


# ------------------------------------------------------------------ proxies


def client_seen(app, remote, forwarded):
    seen = []

    def note(event):
        seen.append((event.request.client_addr, event.request.scheme))

    app.wsgi.registry.registerHandler(note, (NewRequest,))
    client = app.client()
    client.extra_environ["REMOTE_ADDR"] = remote
    client.get("/healthz", headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"})
    # the next test may start on the same router
    app.wsgi.registry.unregisterHandler(note, (NewRequest,))
    return seen[-1]


BEHIND = pytest.mark.novantic(settings={"novantic.trusted_proxies": "10.0.0.1 10.0.0.2"})


@BEHIND
@pytest.mark.parametrize(
    "remote, forwarded, client",
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("192.0.2.66", "203.0.113.7", "192.0.2.66"),
    ],
)
def test_a_forwarded_address_is_believed_from_trusted_proxies_only(novantic_app, remote, forwarded, client):
    seen, scheme = client_seen(novantic_app, remote, forwarded)
    assert seen == client
    assert scheme == ("https" if remote == "10.0.0.1" else "http")


@pytest.mark.novantic(settings={"novantic.limit_access": "3 per hour"})
def test_a_made_up_forwarded_address_gets_nobody_around_a_limit(portal, count):
    for n in range(3):
        portal.get(f"/access/guess{n}", headers={"X-Forwarded-For": f"203.0.113.{n}"}, status=404)
    portal.get("/access/guess4", headers={"X-Forwarded-For": "203.0.113.99"}, status=429)
    assert count(Rate) >= 1
