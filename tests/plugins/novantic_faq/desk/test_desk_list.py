"""The list of articles, shelves, places and readers, and the end of an article."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.plugin import OrganisationInfo
from novantic_core.testing.tables import HeldFile
from novantic_faq.models import Article, Reader


def id_of(page):
    return int(page.request.path.split("/")[3])


def titles(page):
    return [link.text for link in page.html.select(".kb-rows th a")]


def shelves(page):
    return [head.text.strip() for head in page.html.select(".shelf h2")]


def press(page, ending, button="direction", value="up", number=0):
    """Press a button of one of the small forms."""
    form = [form for form in page.forms.values() if form.action.endswith(ending)][number]
    return form.submit(button, value=value, status=303).follow()


@pytest.fixture
def organisation(novantic_app):
    return novantic_app.add_organisation


@pytest.fixture
def column(novantic_app):
    def find(article, name):
        with novantic_app.transaction() as session:
            return getattr(session.get(Article, article), name)

    return find


def test_the_list_has_all_articles_in_order_with_their_state(back_office, add):
    article = id_of(add(back_office, title="Changer l’encre", lang="fr"))
    page = back_office.get("/admin/faq")
    assert shelves(page) == ["How support works", "Remote help", "Printers"]
    row = page.html.find(id=f"article-{article}")
    assert "Draft" in row.text
    assert "not written" in row.text
    assert "Everybody" in row.text
    assert "Ada" in row.text


def test_the_menu_leads_to_it(back_office, hugo):
    assert back_office.get("/admin").html.find("a", href="/admin/faq")
    assert hugo.get("/admin/faq")


@pytest.mark.parametrize(
    "query, found",
    [("state=draft", ["Changer l’encre"]), ("audience=technicians", []), ("q=tirez", ["Changer l’encre"]),
     ("q=tirez&state=draft", ["Changer l’encre"]), ("q=tirez&state=published", []), ("q=zzz", [])],
)  # fmt: skip
def test_it_is_filtered(back_office, add, query, found):
    add(back_office, message="<p>Tirez le levier.</p>")
    page = back_office.get(f"/admin/faq?{query}")
    assert titles(page) == found
    assert ("No article is like this." in page) is (not found)


def test_a_draft_is_found_by_its_new_title(back_office, add):
    article = id_of(add(back_office, do="publish"))
    form = back_office.get(f"/admin/faq/{article}/fr").forms["text"]
    form["title"] = "Cartouche"
    form.submit("do", value="draft")
    assert titles(back_office.get("/admin/faq?q=cartouches")) == ["Cartouche"]


def test_an_odd_filter_asks_for_everything(back_office):
    page = back_office.get("/admin/faq?state=x&audience=y&q=%00%25")
    assert len(titles(page)) == 5


def test_an_article_moves_on_its_shelf(back_office):
    page = back_office.get("/admin/faq")
    before = titles(page)
    page = press(page, "/move", value="down", number=1)
    assert titles(page)[:2] == [before[1], before[0]]
    assert titles(press(page, "/move", value="up", number=1))[:2] == [before[1], before[0]], "the first stays the first"


def test_a_shelf_moves(back_office):
    page = back_office.get("/admin/faq")
    form = next(form for form in page.forms.values() if "/shelves/" in form.action)
    page = form.submit("direction", value="down", status=303).follow()
    assert shelves(page) == ["Remote help", "How support works", "Printers"]
    form = next(form for form in page.forms.values() if "/shelves/" in form.action)
    page = form.submit("direction", value="up", status=303).follow()
    assert shelves(page)[0] == "Remote help", "the first stays the first"
    back_office.post(form.action, {"csrf_token": form["csrf_token"].value, "direction": "left"}, status=400)


def test_a_shelf_is_added_renamed_and_removed(back_office, portal):
    form = back_office.get("/admin/faq/shelves/new").forms["shelf"]
    assert "Please fill in this field." in form.submit(status=422)
    form["fr"] = "Téléphonie"
    page = form.submit(status=303).follow()
    assert shelves(page)[-1] == "Téléphonie"
    form = back_office.get(page.html.select(".shelf .buttons a")[-2]["href"]).forms["shelf"]
    form["en"] = "Phones"
    page = form.submit(status=303).follow()
    assert shelves(page)[-1] == "Phones"
    form = back_office.get(page.html.select(".shelf .buttons a")[-1]["href"])
    page = next(one for one in form.forms.values() if one.action.endswith("/remove")).submit(status=303).follow()
    assert "Phones" not in shelves(page)
    assert "Shelf of articles removed: Téléphonie" in back_office.get("/admin/audit?of=desk")


def test_two_shelves_may_have_one_name(back_office):
    for _number in range(2):
        form = back_office.get("/admin/faq/shelves/new").forms["shelf"]
        form["fr"] = "Réseau"
        page = form.submit(status=303).follow()
    assert shelves(page)[-2:] == ["Réseau", "Réseau"]


def test_a_shelf_with_articles_is_not_removed(back_office, shelf):
    page = back_office.get(f"/admin/faq/shelves/{shelf()}/remove")
    assert "Articles stand on it: 1." in page.html.find("main").text
    token = back_office.get("/admin/faq").forms[1]["csrf_token"].value
    page = back_office.post(f"/admin/faq/shelves/{shelf()}/remove", {"csrf_token": token}, status=422)
    assert "Articles stand on this shelf" in page
    back_office.get("/admin/faq/shelves/999", status=404)


def test_a_technician_removes_no_shelf(hugo, shelf):
    assert "/remove" not in hugo.get("/admin/faq")
    hugo.get(f"/admin/faq/shelves/{shelf()}/remove", status=403)


# ------------------------------------------------------------------ place and readers


def facts(client, article):
    return client.get(f"/admin/faq/{article}/settings").forms["facts"]


def test_an_article_goes_to_another_shelf(back_office, portal, add, shelf):
    article = id_of(add(back_office, do="publish"))
    form = facts(back_office, article)
    form["shelf"] = shelf("remote")
    form.submit(status=303)
    assert "Changer l’encre" in portal.get("/kb").html.find(id="category-remote").parent.text


def test_an_article_is_for_technicians_only(back_office, portal, add):
    article = id_of(add(back_office, do="publish"))
    form = facts(back_office, article)
    form["audience"] = "technicians"
    form.submit(status=303)
    portal.get("/kb/changer-l-encre", status=404)
    back_office.get("/kb/changer-l-encre")
    assert "Article for technicians only now: Changer l’encre" in back_office.get("/admin/audit?of=desk")


def test_organisations_are_looked_for_and_chosen(back_office, add, organisation, novantic_app):
    lefevre = organisation("Boulangerie Lefèvre")
    organisation("Garage Petit")
    article = id_of(add(back_office, do="publish"))
    form = facts(back_office, article)
    form["audience"] = "organisations"
    assert "Please choose one organisation at least." in form.submit(status=422)
    form["find_organisations"] = "lefevre"
    page = form.submit("find", value="organisations", status=200)
    assert "Please choose" not in page
    found = page.html.select(".kb-found label")
    assert [one.text.strip() for one in found] == ["Boulangerie Lefèvre"]
    form = page.forms["facts"]
    assert form["audience"].value == "organisations"
    form["organisations"] = True
    form.submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Reader.organisation_id)).all() == [lefevre]
    assert "What changed: Boulangerie Lefèvre" in back_office.get("/admin/audit?of=desk")


def test_nothing_found_is_said(back_office, add):
    form = facts(back_office, id_of(add(back_office)))
    form["find_related"] = "zzz"
    assert (
        "Nothing is found for these words."
        in form.submit("find", value="related").html.find(class_="kb-picks").parent.parent.text
    )


def test_a_new_article_for_organisations_asks_which(back_office, add):
    page = add(back_office, do="publish", audience="organisations")
    assert page.request.path.endswith("/settings")
    assert "until then, technicians only read it" in page
    assert "Some organisations" in page.html.find(class_="kb-whom").text


def test_topics_and_related_articles_are_chosen(back_office, portal, add, column):
    other = id_of(add(back_office, title="Zinzolin", do="publish"))
    article = id_of(add(back_office, do="publish"))
    form = facts(back_office, article)
    form["find_related"] = "zinzolins"
    form = form.submit("find", value="related").forms["facts"]
    form["related"] = True
    for box in form.fields["topics"]:
        box.checked = box._value == "printer"
    form.submit(status=303)
    assert column(article, "topics") == ["printer"]
    assert "Zinzolin" in portal.get("/kb/changer-l-encre").html.find(class_="kb-related").text
    assert "Zinzolin" in back_office.get(f"/admin/faq/{other}/settings").html.find("h1").text
    form = facts(back_office, article)
    assert form["related"].checked
    form["related"] = False
    form.submit(status=303)
    related = portal.get("/kb/changer-l-encre").html.find(class_="kb-related")
    assert related is None or "Zinzolin" not in related.text


def test_a_script_is_given_what_can_be_chosen(back_office, add, organisation):
    key = organisation("Boulangerie Lefèvre")
    article = id_of(add(back_office, message="<p>Tirez le levier.</p>"))
    answer = back_office.get("/admin/faq/pick/organisations?q=LEFEVRE&without=0")
    assert answer.json == [{"id": key, "label": "Boulangerie Lefèvre"}]
    assert back_office.get(f"/admin/faq/pick/related?q=tirez&without={article}").json == []
    assert back_office.get("/admin/faq/pick/related?q=tirez&without=0").json == [
        {"id": article, "label": "Changer l’encre"}
    ]
    assert back_office.get("/admin/faq/pick/related?q=&without=0").json == []
    back_office.get("/admin/faq/pick/related?q=encre&without=x", status=404)


def test_two_who_set_it_at_once_are_told(back_office, hugo, add, organisation):
    organisation("Lefèvre")
    article = id_of(add(back_office))
    mine, theirs = facts(back_office, article), facts(hugo, article)
    theirs["audience"] = "technicians"
    for box in theirs.fields["topics"]:
        box.checked = box._value == "printer"
    theirs.submit(status=303)
    page = mine.submit(status=409)
    assert "Now saved here: technicians" in page
    page.forms["facts"].submit(status=303)


def test_what_an_organisation_may_read_goes_where_it_is_merged(novantic_app, back_office, add, small_desk):
    kept, gone = novantic_app.add_organisation("Lefèvre"), novantic_app.add_organisation("Lefevre SARL")
    articles = [id_of(add(back_office, title=f"Article {n}")) for n in range(2)]
    with novantic_app.transaction() as session:
        session.add_all([Reader(article_id=articles[0], organisation_id=kept)])
        session.add_all([Reader(article_id=one, organisation_id=gone) for one in articles])
    small_desk.merge_organisations(gone, kept)
    with novantic_app.transaction() as session:
        readers = session.execute(select(Reader.article_id, Reader.organisation_id).order_by(Reader.article_id)).all()
        assert readers == [(one, kept) for one in articles]
    assert OrganisationInfo(kept, "Lefèvre").name == "Lefèvre"


# ------------------------------------------------------------------ the end


def test_an_article_is_removed_with_its_files(back_office, portal, add, count):
    article = id_of(add(back_office, do="publish", attachments=[Upload("a.txt", b"un")]))
    assert count(HeldFile) == 1
    page = back_office.get(f"/admin/faq/{article}/settings").click("Remove…")
    form = next(form for form in page.forms.values() if form.action.endswith("/remove"))
    page = form.submit(status=303).follow()
    assert "The article is removed." in page
    portal.get("/kb/changer-l-encre", status=404)
    back_office.get(f"/admin/faq/{article}", status=404)
    assert count(HeldFile) == 0
    trail = back_office.get("/admin/audit?of=desk")
    assert "Article removed: Changer l’encre" in trail
    assert "/kb/changer-l-encre" in trail


def test_a_technician_removes_what_nobody_else_wrote_in(back_office, hugo, add, shelf):
    own, others = id_of(add(hugo, title="À moi")), id_of(add(back_office, title="À elle"))
    page = hugo.get(f"/admin/faq/{others}/remove", status=303).follow().follow()
    assert "an administrator has to remove it" in page
    assert "Remove…" not in hugo.get(f"/admin/faq/{others}/settings")
    form = next(one for one in hugo.get(f"/admin/faq/{own}/remove").forms.values() if one.action.endswith("/remove"))
    hugo.post(form.action.replace(f"/{own}/", f"/{others}/"), {"csrf_token": form["csrf_token"].value}, status=303)
    assert hugo.get(f"/admin/faq/{others}/settings")
    form.submit(status=303)


def test_the_address_of_an_article_leads_to_its_text(back_office, add):
    article = id_of(add(back_office, lang="fr"))
    assert back_office.get(f"/admin/faq/{article}", status=303).location.endswith(f"/{article}/fr")
    article = id_of(add(back_office, lang="en"))
    assert back_office.get(f"/admin/faq/{article}", status=303).location.endswith(f"/{article}/en")
