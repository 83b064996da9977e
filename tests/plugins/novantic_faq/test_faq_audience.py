"""Whom an article is for: what somebody may not read isn't there for them."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import update

from novantic_core.plugin import Desk
from novantic_core.testing.tables import Contact
from novantic_faq.models import Article, ArticleFile, ArticleText, Category

SERVER = {"slug": "serveur-lefevre", "title": "Le serveur de la boulangerie", "body": "<p>Il est sous l’escalier.</p>"}
SECRET = {"slug": "mot-de-passe", "title": "Le coffre des mots de passe", "body": "<p>Il est au bureau.</p>"}
EMAIL = "claire@lefevre.example.com"


@pytest.fixture
def bakery(write, organisation):
    """An article for one organisation; the organisation's id."""
    one, other = organisation("Boulangerie Lefèvre"), organisation("Garage Petit")
    write(audience="organisations", readers=(one,), fr=SERVER)
    assert one != other
    return one, other


@pytest.fixture
def reader(visit, join, portal, bakery):
    """A visitor who came by a ticket's link and whose contact is of the bakery."""
    visit()
    join(EMAIL, bakery[0])
    return portal


def sees(client, title=SERVER["title"], slug=SERVER["slug"], words="serveur boulangerie"):
    """Where an article is shown: its page, the list, the search, the home page's search, the home page."""
    return {
        "page": client.get(f"/kb/{slug}", status="*").status_int == 200,
        "list": title in client.get("/kb"),
        "search": title in client.get("/kb", {"q": words}).html.get_text(),
        "home search": title in client.get("/search", {"q": words}),
    }


EVERYWHERE = {"page": True, "list": True, "search": True, "home search": True}
NOWHERE = dict.fromkeys(EVERYWHERE, False)


def test_an_article_for_an_organisation_is_there_for_its_people_only(portal, reader, novantic_app):
    assert sees(reader) == EVERYWHERE
    assert reader.get("/kb").html.select_one(".tag").text == "Pour votre organisation"
    assert sees(novantic_app.client()) == NOWHERE


def test_who_is_of_another_organisation_or_of_none_sees_nothing_of_it(reader, join, bakery):
    for organisation in (bakery[1], None):
        join(EMAIL, organisation)
        assert sees(reader) == NOWHERE


def test_who_came_by_another_address_of_theirs_reads_as_the_person(reader, join, novantic_app, organisation, bakery):
    with novantic_app.transaction() as session:
        main = Contact(
            email_key="c@lefevre.example", email="c@lefevre.example", name="Claire", organisation_id=bakery[0],
            created_at=Desk(novantic_app.site, session).now,
        )  # fmt: skip
        session.add(main)
        session.flush()
        session.execute(
            update(Contact).where(Contact.email == EMAIL).values(organisation_id=bakery[1], merged_into_id=main.id)
        )
    assert sees(reader) == EVERYWHERE


def test_a_visit_that_is_over_reads_as_anybody(reader):
    reader.post("/logout", {"csrf_token": reader.get("/").forms[0]["csrf_token"].value})
    assert sees(reader) == NOWHERE


def test_technicians_read_all(back_office, bakery, write):
    write(audience="technicians", fr=SECRET)
    assert sees(back_office) == EVERYWHERE
    assert sees(back_office, SECRET["title"], SECRET["slug"], "coffre") == EVERYWHERE
    page = back_office.get("/kb")
    assert [tag.text for tag in page.html.select(".tag")] == ["Pour certaines organisations", "Pour les techniciens"]


def test_nobody_else_reads_what_is_for_technicians(portal, reader, write):
    write(audience="technicians", fr=SECRET)
    assert sees(reader, SECRET["title"], SECRET["slug"], "coffre") == NOWHERE


def test_an_audience_that_nobody_knows_is_nobodys(portal, write):
    write(audience="friends", fr=SECRET)
    assert sees(portal, SECRET["title"], SECRET["slug"], "coffre") == NOWHERE


def test_a_draft_is_nobodys_but_the_technicians_who_write_it(back_office, write):
    write(audience="technicians", fr={**SECRET, "published": False})
    assert sees(back_office, SECRET["title"], SECRET["slug"], "coffre") == NOWHERE


@pytest.mark.parametrize("name", ["kb/feed.xml", "sitemap.xml"])
def test_programs_are_told_of_public_articles_only_whoever_asks(name, back_office, reader, write):
    write(audience="technicians", fr=SECRET)
    for client in (back_office, reader):
        page = client.get(f"/{name}").text
        assert "imprimante-hors-connexion" in page
        assert SECRET["slug"] not in page
        assert SERVER["slug"] not in page


def test_the_home_page_shows_what_its_reader_may_read(reader, novantic_app):
    with novantic_app.transaction() as session:
        session.execute(update(Category).where(Category.key == "network").values(position=-1))
    assert SERVER["title"] in reader.get("/")
    assert SERVER["title"] not in novantic_app.client().get("/")


def test_search_engines_are_asked_to_leave_alone_what_isnt_for_all(reader):
    page = reader.get("/kb/serveur-lefevre").html
    assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert page.find("link", rel="canonical") is None


# ---------------------------------------------------------------- files


@pytest.fixture
def attach(novantic_app):
    """A file of an article: its address."""

    def add(article, name="plan.txt", **more):
        with novantic_app.transaction() as session:
            kept = Desk(novantic_app.site, session).keep_file(io.BytesIO(b"un plan"), name, "text/plain")
            row = ArticleFile(
                article_id=article, key=kept.key, filename=kept.filename, media_type=kept.media_type, size=kept.size,
                **more,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return f"/kb/files/{row.id}/{name}"

    return add


@pytest.fixture
def show(novantic_app):
    """Put a picture into the text of an article: its address."""

    def put(article, address):
        with novantic_app.transaction() as session:
            body = f'<p><img src="{address}" alt=""></p>'
            session.execute(update(ArticleText).where(ArticleText.article_id == article).values(body=body))
        return address

    return put


def ask(client, address):
    return client.get(address, status="*").status_int


def test_a_file_of_a_public_article_is_offered_and_downloaded(portal, write, attach):
    article = write(fr=SERVER)
    address = attach(article, "plan détaillé.txt")
    page = portal.get("/kb/serveur-lefevre")
    link = page.html.select_one(".kb-files a")
    assert (link.text, page.html.select_one(".kb-files .muted").text) == ("plan détaillé.txt", "7\u00a0octets")
    answer = portal.get(link["href"])
    assert answer.body == b"un plan"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"].startswith("public")
    assert address.split("/")[3] == link["href"].split("/")[3]


def test_a_file_is_for_whom_its_article_is(reader, novantic_app, back_office, bakery, write, attach):
    with novantic_app.transaction() as session:
        article = session.query(Article).filter_by(audience="organisations").one().id
    address = attach(article)
    assert [ask(client, address) for client in (reader, back_office, novantic_app.client())] == [200, 200, 404]
    assert reader.get(address).headers["Cache-Control"].startswith("private")
    with novantic_app.transaction() as session:
        session.execute(update(Article).where(Article.id == article).values(audience="technicians"))
    assert [ask(client, address) for client in (reader, back_office)] == [404, 200]


def test_a_file_of_a_draft_is_for_technicians(portal, back_office, write, attach):
    address = attach(write(fr={**SERVER, "published": False}))
    assert [ask(client, address) for client in (portal, back_office)] == [404, 200]


def test_a_picture_in_the_text_is_no_file_to_download(portal, write, attach, show):
    article = write(fr=SERVER)
    address = show(article, attach(article, inline=True))
    assert ask(portal, address) == 200
    assert portal.get("/kb/serveur-lefevre").html.select(".kb-files") == []


def test_a_picture_that_only_a_draft_shows_is_for_technicians(portal, back_office, write, attach):
    address = attach(write(fr=SERVER), inline=True)
    assert [ask(client, address) for client in (portal, back_office)] == [404, 200]


def test_a_removed_file_is_for_readers_only_while_the_text_shows_it(portal, back_office, write, attach, show):
    article = write(fr=SERVER)
    address = attach(article, removed=True, inline=True)
    assert [ask(client, address) for client in (portal, back_office)] == [404, 200]
    assert ask(portal, show(article, address)) == 200


@pytest.mark.parametrize("key", ["1", "99999999999999999", "0"])
def test_a_file_that_isnt_there_isnt_found(portal, key):
    assert ask(portal, f"/kb/files/{key}/plan.txt") == 404
