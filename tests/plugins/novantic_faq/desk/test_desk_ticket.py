"""Articles made of tickets, and articles put into replies."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from novantic_core.plugin import Actor, Desk
from novantic_core.testing.desk import CLAIRE
from novantic_core.testing.tables import Team, Ticket
from novantic_faq.models import Article, Reader

ASKED = "<p>Bonjour, ici Claire Lefèvre (06 12 34 56 78).</p><p>Mon imprimante est hors connexion.</p>"


def id_of(page):
    return int(page.request.path.split("/")[3])


@pytest.fixture
def solved(open_ticket, say):
    """A solved ticket with a note: its number."""
    number = open_ticket(message=ASKED, subject="Imprimante de Claire hors connexion")
    say(number, "<p>Le <b>pilote</b> du poste 192.168.1.12 est à remettre.</p>", note=True)
    say(number, "<p>Bonjour Mme Lefèvre, redémarrez le spouleur.</p><p>Hugo</p>", close=True)
    return number


def make(client, number, **values):
    form = next(
        form for form in client.get(f"/admin/tickets/{number}/article").forms.values() if "shelf" in form.fields
    )
    for name, value in values.items():
        form[name] = value
    return form.submit(status=303).follow()


def test_a_solved_ticket_offers_it_and_then_leads_to_the_article(back_office, solved, open_ticket):
    other = open_ticket()
    assert "Make an article of it" not in back_office.get(f"/admin/tickets/{other}")
    page = back_office.get(f"/admin/tickets/{solved}").click("Make an article of it")
    assert "With the technicians' notes" in page
    assert page.html.find(id="shelf").find(selected=True).text == "Printers"
    article = id_of(make(back_office, solved))
    link = back_office.get(f"/admin/tickets/{solved}").html.find("a", href=f"/admin/faq/{article}")
    assert link.text == "Imprimante de [nom] hors connexion"
    assert "It was made into an article before" in back_office.get(f"/admin/tickets/{solved}/article")
    assert f"#{solved}" in back_office.get(f"/admin/faq/{article}/fr").html.find(class_="kb-made").text


def test_what_a_private_team_was_told_is_made_into_no_article(back_office, solved, novantic_app, count):
    open_form = back_office.get(f"/admin/tickets/{solved}/article").forms
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
        session.execute(update(Ticket).values(team="board"))
    novantic_app.site.preferences_cache.forget()
    before = count(Article)
    assert "Make an article of it" not in back_office.get(f"/admin/tickets/{solved}")
    assert "every technician could read it" in back_office.get(f"/admin/tickets/{solved}/article").follow()
    form = next(form for form in open_form.values() if "shelf" in form.fields)
    assert "every technician could read it" in form.submit(status=303).follow()
    assert count(Article) == before


def test_the_draft_has_problem_and_solution_and_names_nobody(back_office, portal, solved, text_of, novantic_app):
    page = make(back_office, solved)
    assert "please read it through before others may" in page
    article = id_of(page)
    text = text_of(article)
    assert text.title == "Imprimante de [nom] hors connexion"
    assert text.summary.startswith("Bonjour, ici [nom] ([téléphone]). Mon imprimante")
    assert text.body == (
        "<h2>Le problème</h2><p>Bonjour, ici [nom] ([téléphone]).</p><p>Mon imprimante est hors connexion.</p>"
        "<h2>La solution</h2><p>Bonjour Mme [nom], redémarrez le spouleur.</p><p>[nom]</p>"
    )
    with novantic_app.transaction() as session:
        row = session.get(Article, article)
        assert (row.audience, row.ticket, row.topics) == ("technicians", solved, ["printer"])
    portal.get(f"/kb/{text.slug}", status=404)
    assert f"Article made of a ticket: #{solved}" in back_office.get("/admin/audit?of=desk")


def test_notes_are_in_it_if_they_are_ticked(back_office, solved, text_of):
    body = text_of(id_of(make(back_office, solved, notes=True))).body
    assert "<blockquote><p><em>Note interne" in body
    assert "<p>Le <b>pilote</b> du poste [identifiant] est à remettre.</p></blockquote>" in body


def test_an_answer_of_the_client_stands_between_and_thanks_are_left_out(
    back_office, open_ticket, say, small_desk, text_of
):
    number = open_ticket(message="<p>En panne.</p>")

    def answer(words):
        small_desk.say(number, words, Actor("requester", "Claire Lefèvre", CLAIRE))

    say(number, "<p>Quel voyant ?</p>")
    answer("Le rouge.")
    say(number, "<p>Changez l’encre.</p>")
    answer("Merci !")
    body = text_of(id_of(make(back_office, number))).body
    assert "<p>Quel voyant ?</p><blockquote><p>Le rouge.</p></blockquote><p>Changez l’encre.</p>" in body
    assert "Merci" not in body


def test_a_shelf_that_is_not_there_is_asked_for_again(back_office, solved):
    form = next(
        one for one in back_office.get(f"/admin/tickets/{solved}/article").forms.values() if "shelf" in one.fields
    )
    token = form["csrf_token"].value
    back_office.post(f"/admin/tickets/{solved}/article", {"csrf_token": token, "shelf": "999"}, status=422)


def test_a_ticket_that_one_may_not_see_makes_no_article(back_office, hugo, solved, novantic_app):
    form = back_office.get("/admin/teams/new").forms["team"]
    form["label"], form["private"] = "Direction", True
    form.submit(status=303)
    key = next(team for team in novantic_app.site.teams.values() if team.label == "Direction").key
    with novantic_app.transaction() as session:
        session.execute(update(Ticket).values(team=key))
    for path in ("article", "articles?q=x", "articles/1?as=link"):
        hugo.get(f"/admin/tickets/{solved}/{path}", status=404)


# ------------------------------------------------------------------ in a reply


@pytest.fixture
def article(back_office, add):
    """An article in French and English, for everybody: its number."""
    key = id_of(add(back_office, do="publish", title="Vider le spouleur",
                    message='<p>Arrêtez le <a href="/kb/autre">service</a>.</p>'))  # fmt: skip
    form = back_office.get(f"/admin/faq/{key}/en").forms["text"]
    form["title"], form["message"] = "Empty the spooler", "<p>Stop the service.</p>"
    form.submit("do", value="publish", status=303)
    return key


def reply_with(client, number, button, words="spouleur", typed=""):
    form = client.get(f"/admin/tickets/{number}").forms["reply"]
    form["faq_words"], form["message"] = words, typed
    fields = [(name, value) for name, value in form.submit_fields() if name != "insert"]
    return client.post(form.action, [*fields, ("insert", button)])


def test_an_article_is_found_without_a_script(back_office, open_ticket, article):
    number = open_ticket()
    page = reply_with(back_office, number, "faq:find", typed="<p>Bonjour</p>")
    assert "Vider le spouleur" in page.html.find(class_="kb-reply-found").text
    assert page.forms["reply"]["message"].value == "<p>Bonjour</p>"
    page = reply_with(back_office, number, "faq:find", words="zzz")
    assert "No published article has these words." in page.html.find(class_="kb-reply-found").text


def test_its_link_is_put_into_the_reply(back_office, open_ticket, article):
    page = reply_with(back_office, open_ticket(), f"faq:link:{article}", typed="<p>Bonjour</p>")
    assert page.forms["reply"]["message"].value == (
        '<p>Bonjour</p><p><a href="http://support.example.com/kb/vider-le-spouleur">Vider le spouleur</a></p>'
    )


def test_link_and_text_are_in_the_clients_language(back_office, portal, open_ticket, article, novantic_app):
    number = open_ticket()
    with novantic_app.transaction() as session:
        session.execute(update(Ticket).values(locale="en"))
    answer = back_office.get(f"/admin/tickets/{number}/articles/{article}?as=link").json
    assert answer["html"] == '<p><a href="http://support.example.com/kb/empty-the-spooler">Empty the spooler</a></p>'
    assert (
        back_office.get(f"/admin/tickets/{number}/articles/{article}?as=text").json["html"]
        == "<p>Stop the service.</p>"
    )
    assert "Empty the spooler" in back_office.get(f"/admin/tickets/{number}/articles?q=spooler")


def test_its_text_is_put_in_with_whole_addresses_and_without_pictures(back_office, open_ticket, add, article):
    number = open_ticket()
    answer = back_office.get(f"/admin/tickets/{number}/articles/{article}?as=text").json["html"]
    assert answer == (
        '<p>Arrêtez le <a href="http://support.example.com/kb/autre" rel="noopener noreferrer nofollow">service</a>'
        ".</p>"
        '<p><a href="http://support.example.com/kb/vider-le-spouleur">Vider le spouleur</a></p>'
    )
    picture = "data:image/png;base64,iVBORw0KGgo="
    shown = id_of(add(back_office, do="publish", title="Image", message=f'<p>Là :</p><img src="{picture}">'))
    answer = back_office.get(f"/admin/tickets/{number}/articles/{shown}?as=text").json["html"]
    assert answer == '<p>Là :</p><p><a href="http://support.example.com/kb/image">Image</a></p>'


def test_what_the_client_can_not_read_gives_no_link_and_a_warning(
    back_office, open_ticket, article, novantic_app, small_desk
):
    number = open_ticket()

    def is_for(audience, *organisations):
        with novantic_app.transaction() as session:
            session.execute(update(Article).where(Article.id == article).values(audience=audience))
            session.add_all(Reader(article_id=article, organisation_id=one) for one in organisations)
        return back_office.get(f"/admin/tickets/{number}/articles?q=spouleur")

    page = is_for("technicians")
    assert "Technicians only" in page
    assert "The client can't open it" in page or "The client can&#x27;t open it" in page
    assert "Put in the link" not in page
    back_office.get(f"/admin/tickets/{number}/articles/{article}?as=link", status=404)
    assert back_office.get(f"/admin/tickets/{number}/articles/{article}?as=text").json["html"].startswith("<p>Arrêtez")
    assert "Not for this client" in is_for("organisations")
    theirs = novantic_app.add_organisation("Lefèvre")
    with novantic_app.transaction() as session:
        session.execute(update(Ticket).values(organisation_id=theirs))
    assert "Not for this client" in back_office.get(f"/admin/tickets/{number}/articles?q=spouleur")
    assert "Put in the link" in is_for("organisations", theirs)


def test_what_is_not_there_puts_nothing_in(back_office, open_ticket, add):
    draft = id_of(add(back_office))
    number = open_ticket()
    for button in (f"faq:link:{draft}", "faq:text:999", "faq:x:1", "faq:"):
        assert reply_with(back_office, number, button, typed="Bonjour").forms["reply"]["message"].value == "Bonjour"
    back_office.get(f"/admin/tickets/{number}/articles/{draft}?as=text", status=404)
    back_office.get(f"/admin/tickets/{number}/articles/1?as=song", status=404)
    assert back_office.get(f"/admin/tickets/{number}/articles?q=").text.strip() != ""


# ------------------------------------------------------------------ an erased person


def test_an_erased_person_is_in_no_version_of_an_article_of_their_ticket(
    back_office, portal, solved, versions, text_of, add, novantic_app
):
    article = id_of(make(back_office, solved))
    for title in ("Chez Claire", "Imprimante"):
        form = back_office.get(f"/admin/faq/{article}/fr").forms["text"]
        form["title"] = title
        form["message"] = (
            "<p>Mme <b>Lefèvre</b>, 01 44 55 66 77, <a href='mailto:claire@lefevre.example.com'>écrire</a></p>"
        )
        form.submit("do", value="publish", status=303)
    other = id_of(add(back_office, do="publish", message="<p>La rue Claire Lefèvre.</p>"))
    form = back_office.get("/admin/contacts/1/erase")
    form = next(form for form in form.forms.values() if "address" in form.fields)
    form["address"] = "claire@lefevre.example.com"
    form.submit(status=303)
    assert text_of(article).body == "<p>Mme <b>[…]</b>, […], écrire</p>"
    for version in versions(article):
        assert "Lefèvre" not in version.body
        assert "Claire" not in version.title
    assert text_of(other).body == "<p>La rue Claire Lefèvre.</p>"
    kept = text_of(other).id
    with novantic_app.transaction() as session:
        assert [hit.id for hit in Desk(novantic_app.site, session).find("faq", "lefevre")] == [kept]


def test_an_erased_person_is_known_by_what_their_tickets_call_them(
    back_office, portal, open_ticket, text_of, novantic_app, write
):
    number = open_ticket()
    with novantic_app.transaction() as session:
        session.execute(update(Ticket).values(name="Claire Dupond", phone="06 98 76 54 32"))
    article = write(
        more={"ticket": number},
        fr={"slug": "encre", "title": "Encre", "body": "<p>Mme Dupond, 06.98.76.54.32, est en panne.</p>"},
    )
    assert "dupond panne" in portal.get("/kb?q=dupont+panne")
    form = next(form for form in back_office.get("/admin/contacts/1/erase").forms.values() if "address" in form.fields)
    form["address"] = "claire@lefevre.example.com"
    form.submit(status=303)
    assert text_of(article).body == "<p>Mme […], […], est en panne.</p>"
    # nor is the word told to who types one like it
    assert "dupond" not in portal.get("/kb?q=dupont+panne")
