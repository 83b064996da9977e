"""Shelves that are shown under some of the desk's brands only."""

from __future__ import annotations

import pytest
import two_brands
from sqlalchemy import delete, select
from two_brands import OTHER

from novantic_core.plugin import Desk
from novantic_faq.desk.reply import find_for, text_for
from novantic_faq.models import Category, ShelfBrand

pytestmark = pytest.mark.novantic(settings=two_brands.settings("prairie"))
BARN = {"slug": "la-grange", "title": "Le routeur de la grange", "body": "<p>Il clignote derrière le foin.</p>",
        "summary": "Le redémarrer au tracteur."}  # fmt: skip
ADDRESS = "http://help.elsewhere.example/kb/la-grange"


@pytest.fixture
def meadow(novantic_app):
    """A browser at the other brand's address."""
    return two_brands.browser(novantic_app, OTHER)


@pytest.fixture
def shelf(write, novantic_app):
    """A shelf that is the other brand's alone, with an article: its id."""
    write(shelf="barn", fr=BARN)
    with novantic_app.transaction() as session:
        found = session.scalars(select(Category.id).where(Category.key == "barn")).one()
        session.add(ShelfBrand(category_id=found, brand=OTHER))
        return found


@pytest.fixture
def article(novantic_app, shelf):
    """The article's id."""
    from novantic_faq.models import ArticleText

    with novantic_app.transaction() as session:
        return session.scalars(select(ArticleText.article_id).where(ArticleText.slug == BARN["slug"])).one()


def sees(client):
    """Where the article is shown."""
    title, words = BARN["title"], "routeur grange"
    return {
        "page": client.get("/kb/la-grange", status="*").status_int == 200,
        "list": title in client.get("/kb"),
        "search": title in client.get("/kb", {"q": words}).html.get_text(),
        "home search": title in client.get("/search", {"q": words}),
        "beside the form": title in client.get("/kb/suggest", {"q": words}, status="*").text,
        "read beside the form": client.get("/kb/suggest/la-grange", status="*").status_int == 200,
        "feed": title in client.get("/kb/feed.xml").text,
        "site map": "la-grange" in client.get("/sitemap.xml").text,
    }


def test_it_is_shown_under_its_brand_and_no_other(shelf, meadow, portal):
    assert set(sees(meadow).values()) == {True}
    assert set(sees(portal).values()) == {False}


def test_a_shelf_that_names_none_is_shown_under_all(write, meadow, portal):
    write(shelf="barn", fr=BARN)
    assert set(sees(meadow).values()) == set(sees(portal).values()) == {True}


def test_a_misspelt_word_is_not_guessed_by_what_is_another_brands(shelf, meadow, portal):
    assert "tracteur" in meadow.get("/kb", {"q": "tractuer"}).html.find("main").text
    assert "tracteur" not in portal.get("/kb", {"q": "tractuer"}).html.find("main").text


def test_feed_and_site_map_have_the_brands_addresses(shelf, meadow):
    for path in ("/kb/feed.xml", "/sitemap.xml"):
        assert ADDRESS in meadow.get(path).text
    assert f'<link rel="canonical" href="{ADDRESS}"' in meadow.get("/kb/la-grange").text


def test_a_technician_finds_on_each_portal_what_its_clients_do_and_opens_all(shelf, back_office):
    assert BARN["title"] not in back_office.get("/kb")
    back_office.get("/kb/la-grange", status=200)
    assert BARN["title"] in back_office.get("/admin/faq")


def test_the_desk_chooses_the_brands_of_a_shelf(write, back_office, meadow, portal):
    write(shelf="barn", fr=BARN)
    page = back_office.get("/admin/faq")
    (section,) = [one for one in page.html.select("section.shelf") if BARN["title"] in one.text]
    address = f"/admin/faq/shelves/{section['id'].removeprefix('shelf-')}"
    form = back_office.get(address).forms["shelf"]
    form.get("brands", index=1).checked = True
    page = form.submit(status=303).follow()
    assert "seulement sous Prairie Dépannage" in page.html.get_text()
    assert sees(meadow)["list"]
    assert not sees(portal)["list"]
    form = back_office.get(address).forms["shelf"]
    assert [box.checked for box in form.fields["brands"]] == [False, True]
    form.get("brands", index=1).checked = False
    form.submit(status=303)
    assert sees(portal)["list"]
    assert "montré sous d’autres marques" in back_office.get("/admin/audit?of=desk")


def test_what_was_for_a_brand_that_is_gone_stays_hidden_and_is_said_so(
    shelf, back_office, meadow, portal, novantic_app
):
    with novantic_app.transaction() as session:
        session.execute(delete(ShelfBrand))
        session.add(ShelfBrand(category_id=shelf, brand="gone"))
    assert not sees(meadow)["list"]
    assert not sees(portal)["list"]
    form = back_office.get(f"/admin/faq/shelves/{shelf}").forms["shelf"]
    form["fr"] = "Grange"
    form.submit(status=303)
    assert not sees(portal)["list"]


def in_reply(app, number, small_desk, article):
    """Of a reply: whether the client can open the article, and the link that is put in."""
    ticket = small_desk.info(number)
    with app.transaction() as session:
        desk = Desk(app.site, session)
        (found,) = find_for(desk, ticket, "routeur grange")
        return found.readable, text_for(desk, ticket, article, "link")


def test_a_reply_links_to_the_portal_of_the_tickets_brand(shelf, article, small_desk, novantic_app):
    readable, link = in_reply(novantic_app, small_desk.open(brand=OTHER), small_desk, article)
    assert readable
    assert f'href="{ADDRESS}"' in link


def test_a_client_of_another_brand_is_given_no_link_to_it(shelf, article, small_desk, novantic_app):
    assert in_reply(novantic_app, small_desk.open(), small_desk, article) == (False, "")
