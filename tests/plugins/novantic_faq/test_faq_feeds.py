"""What programs read: the feed, the map of the site, and what crawlers may ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import update

from novantic_faq.models import ArticleText

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
SITE = "http://support.example.com"
LATER = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)


def feed(client, query="", **options):
    answer = client.get(f"/kb/feed.xml{query}", **options)
    assert answer.content_type == "application/atom+xml"
    return ET.fromstring(answer.body)  # noqa: S314 - our own


def titles(root):
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_the_feed_has_the_public_articles_the_newest_first(portal, write, novantic_app):
    write(fr={"slug": "wifi", "title": "Le Wi-Fi <lent> & capricieux", "body": "<p>Un & un.</p>", "summary": "Bref."})
    with novantic_app.transaction() as session:
        session.execute(update(ArticleText).where(ArticleText.slug == "wifi").values(updated_at=LATER))
    root = feed(portal)
    assert titles(root)[0] == "Le Wi-Fi <lent> & capricieux"
    assert len(titles(root)) == 6
    assert root.findtext(f"{ATOM}updated") == "2027-01-02T03:04:05+00:00"
    entry = root.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href") == f"{SITE}/kb/wifi"
    assert entry.findtext(f"{ATOM}content") == "<p>Un & un.</p>"
    assert entry.findtext(f"{ATOM}summary") == "Bref."
    assert entry.findtext(f"{ATOM}published") == "2026-03-14T23:30:00+00:00"


def test_an_entry_is_the_same_one_under_a_new_title(portal, novantic_app):
    ids = {entry.findtext(f"{ATOM}id") for entry in feed(portal).iter(f"{ATOM}entry")}
    with novantic_app.transaction() as session:
        session.execute(update(ArticleText).values(title="Autre"))
    assert {entry.findtext(f"{ATOM}id") for entry in feed(portal).iter(f"{ATOM}entry")} == ids
    assert len(ids) == 5


def test_the_feed_is_in_the_language_asked_for_or_the_readers(portal):
    for query, options, locale in (
        ("", {}, "fr"),
        ("", {"headers": {"Accept-Language": "en"}}, "en"),
        ("?lang=en", {}, "en"),
        ("?lang=fr", {"headers": {"Accept-Language": "en"}}, "fr"),
        ("?lang=klingon", {}, "fr"),
    ):
        root = feed(portal, query, **options)
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == locale
        assert ("Printer offline: the first checks" in titles(root)) == (locale == "en")
        assert root.findtext(f"{ATOM}title").startswith({"fr": "Base de connaissances", "en": "Knowledge base"}[locale])


def test_an_empty_feed_is_a_feed(portal, empty):
    assert titles(feed(portal)) == []


def test_signs_that_xml_doesnt_know_are_left_out(portal, write):
    write(fr={"slug": "wifi", "title": "Le\x0bWi-Fi\uffff"})
    assert "LeWi-Fi" in titles(feed(portal))


def test_a_reader_that_has_it_already_gets_nothing_again(portal):
    tag = portal.get("/kb/feed.xml").headers["ETag"]
    portal.get("/kb/feed.xml", headers={"If-None-Match": tag}, status=304)


def test_addresses_are_built_on_the_sites_own_whatever_host_is_asked(portal):
    for address in ("/kb/feed.xml", "/sitemap.xml", "/robots.txt", "/kb/imprimante-hors-connexion", "/kb"):
        assert "evil" not in portal.get(address, extra_environ={"HTTP_HOST": "evil.example"})


def sitemap(client):
    root = ET.fromstring(client.get("/sitemap.xml").body)  # noqa: S314 - our own
    return {url.findtext(f"{MAP}loc"): url for url in root.iter(f"{MAP}url")}


def test_the_map_names_the_way_in_and_each_article_in_each_language(portal):
    found = sitemap(portal)
    assert {f"{SITE}/", f"{SITE}/kb", f"{SITE}/tickets/new"} < set(found)
    assert len(found) == 13
    for address in (f"{SITE}/kb/printer-offline", f"{SITE}/kb/imprimante-hors-connexion"):
        url = found[address]
        assert url.findtext(f"{MAP}lastmod") == "2026-11-24T00:00:00+00:00"
        assert {(link.get("hreflang"), link.get("href")) for link in url.iter(LINK)} == {
            ("fr", f"{SITE}/kb/imprimante-hors-connexion"),
            ("en", f"{SITE}/kb/printer-offline"),
        }


def test_an_article_in_one_language_has_no_other(portal, write):
    write(fr={"slug": "wifi", "title": "Le Wi-Fi"})
    assert list(sitemap(portal)[f"{SITE}/kb/wifi"].iter(LINK)) == []


@pytest.mark.novantic(plugins=["faq"])
def test_the_map_names_what_is_there(portal, empty):
    assert set(sitemap(portal)) == {f"{SITE}/", f"{SITE}/kb"}


def test_all_addresses_of_the_map_answer_crawlers_themselves(portal):
    for address in sitemap(portal):
        page = portal.get(address.removeprefix(SITE), status=200)
        if "/kb/" in address:
            assert page.html.find("link", rel="canonical")["href"] == address


def test_robots_are_told_of_the_map_and_kept_from_tickets(portal):
    answer = portal.get("/robots.txt")
    assert answer.content_type == "text/plain"
    lines = answer.text.splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert {"Disallow: /admin", "Disallow: /tickets/", "Disallow: /access/", "Allow: /tickets/new"} <= set(lines)
