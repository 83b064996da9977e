"""Writing an article: drafts, publishing, addresses, pictures."""

from __future__ import annotations

import base64
import io

import pytest
from pyramid_retry import RetryableException
from webtest import Upload

from novantic_faq import offer
from novantic_faq.desk import addresses
from novantic_faq.desk.addresses import keep, make_slug

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 20).decode()


def id_of(page):
    return int(page.request.path.split("/")[3])


def edit(client, article, *, do="draft", locale="fr", status=303, **values):
    form = client.get(f"/admin/faq/{article}/{locale}").forms["text"]
    for name, value in values.items():
        form[name] = value
    return form.submit("do", value=do, status=status)


def test_a_draft_is_seen_by_technicians_only(back_office, portal, add):
    page = add(back_office, title="Changer l’encre")
    assert "The draft is kept" in page
    assert portal.get("/kb/changer-l-encre", status=404)
    assert "Changer l’encre" not in portal.get("/kb")
    preview = back_office.get(f"/admin/faq/{id_of(page)}/fr/preview")
    assert "Ouvrez le capot." in preview.html.find("article").text
    assert "Preview of the draft" in preview.html.find(class_="preview-bar").text


def test_a_published_article_is_read_by_everybody(back_office, portal, add):
    page = add(back_office, do="publish", summary="En trois gestes.")
    assert "readers see it now" in page
    assert "En trois gestes." in portal.get("/kb/changer-l-encre").html.find("article").text


def test_a_summary_that_nobody_wrote_is_how_the_text_begins(back_office, add, text_of):
    page = add(back_office, do="publish", message="<p>Ouvrez le capot.</p><p>Puis tirez.</p>")
    assert text_of(id_of(page)).summary == "Ouvrez le capot. Puis tirez."
    edit(back_office, id_of(page), do="publish", message="<p>Tirez.</p>")
    assert text_of(id_of(page)).summary == "Tirez."
    edit(back_office, id_of(page), do="publish", summary="En un geste.")
    edit(back_office, id_of(page), do="publish", message=f"<p>{'mot ' * 100}</p>")
    assert text_of(id_of(page)).summary == "En un geste."
    edit(back_office, id_of(page), do="publish", summary="")
    assert text_of(id_of(page)).summary == f"{'mot ' * 49}mot…"


def test_what_is_wrong_comes_back_with_the_words(back_office, shelf):
    form = back_office.get("/admin/faq/new").forms["article"]
    form["title"], form["message"] = "", "<p>Ouvrez le capot.</p>"
    page = form.submit("do", value="publish", status=422)
    assert "Please fill in this field." in page.html.find(id="article-title-error").text
    assert page.forms["article"]["message"].value == "<p>Ouvrez le capot.</p>"


def test_a_draft_changes_nothing_for_readers_until_it_is_published(back_office, portal, add):
    article = id_of(add(back_office, do="publish"))
    edit(back_office, article, message="<p>Fermez le capot.</p>", title="Fermer")
    assert "Ouvrez le capot." in portal.get("/kb/changer-l-encre")
    page = back_office.get(f"/admin/faq/{article}/fr")
    assert "readers still see the version that was published before" in page
    assert "Published, with a newer draft" in back_office.get("/admin/faq")
    page.forms["text"].submit("do", value="publish", status=303)
    assert "Fermez le capot." in portal.get("/kb/fermer")


def test_a_new_title_makes_a_new_address_and_the_old_one_leads_there(back_office, portal, add):
    article = id_of(add(back_office, do="publish"))
    edit(back_office, article, do="publish", title="Remplacer la cartouche")
    assert portal.get("/kb/changer-l-encre", status=302).location.endswith("/kb/remplacer-la-cartouche")


def test_an_address_that_was_typed_stays_what_it_is(back_office, portal, add):
    article = id_of(add(back_office, do="publish", slug="Encre & toner"))
    assert portal.get("/kb/encre-toner")
    edit(back_office, article, do="publish", slug="toner")
    assert portal.get("/kb/encre-toner", status=302).location.endswith("/kb/toner")
    edit(back_office, article, do="publish", message="<p>Autre.</p>")
    assert portal.get("/kb/toner")


def test_no_address_is_ever_another_articles(back_office, add, shelf, text_of):
    article = id_of(add(back_office, do="publish"))
    edit(back_office, article, do="publish", title="Autre titre")
    second = id_of(add(back_office, do="publish", title="Changer l’encre"))
    assert text_of(second).slug == "changer-l-encre-2"
    page = edit(back_office, second, do="publish", slug="changer-l-encre", status=422)
    assert "Another article has or had this address." in page.html.find(id="text-slug-error").text
    page = edit(back_office, second, locale="en", title="Ink", message="<p>x</p>", slug="changer-l-encre-2", status=422)
    assert "in its other language" in page.html.find(id="text-slug-error").text


def test_no_article_takes_the_address_of_a_page_of_the_knowledge_base(back_office, add, text_of):
    own = {pattern.split("/")[2] for _name, pattern, _role in offer.ROUTES if pattern.startswith("/kb/")}
    assert own == addresses.OWN_PAGES
    article = id_of(add(back_office, do="publish", title="Solved"))
    assert text_of(article).slug == "solved-2"
    page = edit(back_office, article, do="publish", slug="suggest", status=422)
    assert "a page of its own" in page.html.find(id="text-slug-error").text


def test_an_address_that_was_given_away_this_moment_is_asked_for_again(novantic_app):
    with novantic_app.transaction() as session, pytest.raises(RetryableException):
        keep(session, 2, "open-and-follow-a-ticket")


def test_an_address_waits_for_the_draft_that_wants_it(back_office, add, text_of):
    article = id_of(add(back_office, do="publish"))
    edit(back_office, article, title="Titre à venir")
    other = id_of(add(back_office, do="publish", title="Titre à venir"))
    assert text_of(other).slug == "titre-a-venir-2"
    edit(back_office, article, do="publish")
    assert text_of(article).slug == "titre-a-venir"


def test_a_draft_that_was_never_published_leaves_no_address(back_office, portal, add):
    article = id_of(add(back_office))
    edit(back_office, article, do="publish", title="Mieux dit")
    portal.get("/kb/changer-l-encre", status=404)
    portal.get("/kb/mieux-dit")


@pytest.mark.parametrize(
    "title, slug",
    [("Œuvre d’été : l’imprimante !", "oeuvre-d-ete-l-imprimante"), ("打印机", "article"), ("a" * 300, "a" * 80),
     (" ".join(["mot"] * 60), "-".join(["mot"] * 20))],
)  # fmt: skip
def test_a_title_becomes_an_address(title, slug):
    assert make_slug(title) == slug


def test_each_language_is_written_for_itself(back_office, portal, english, add):
    article = id_of(add(back_office, do="publish"))
    page = back_office.get(f"/admin/faq/{article}/en")
    assert page.forms["text"]["title"].value == ""
    edit(back_office, article, locale="en", do="publish", title="Change the ink", message="<p>Open it.</p>")
    assert "Open it." in english.get("/kb/change-the-ink")
    assert english.get("/kb/changer-l-encre", status=302).location.endswith("/kb/change-the-ink")


def test_a_withdrawn_text_is_gone_until_it_is_published_again(back_office, portal, add, versions):
    article = id_of(add(back_office, do="publish"))
    page = back_office.get(f"/admin/faq/{article}/fr")
    form = next(form for form in page.forms.values() if form.action.endswith("/withdraw"))
    page = form.submit(status=303).follow()
    assert "Withdrawn" in page.html.find(class_="kb-tabs").text
    portal.get("/kb/changer-l-encre", status=404)
    back_office.post(form.action, {"csrf_token": form["csrf_token"].value}, status=303)
    assert [one.kind for one in versions(article)] == ["published", "withdrawn"]
    edit(back_office, article, do="publish")
    portal.get("/kb/changer-l-encre")
    trail = back_office.get("/admin/audit?of=desk")
    assert "Article withdrawn: Changer l’encre" in trail


def test_saving_what_is_saved_makes_no_version(back_office, add, versions):
    article = id_of(add(back_office, do="publish"))
    edit(back_office, article)
    edit(back_office, article, do="publish")
    assert len(versions(article)) == 1


def test_a_draft_that_says_what_readers_see_is_none(back_office, add):
    article = id_of(add(back_office, do="publish"))
    edit(back_office, article, summary="Autre.")
    assert "newer draft" in back_office.get(f"/admin/faq/{article}/fr").html.find(class_="kb-tabs").text
    edit(back_office, article, summary="Ouvrez le capot.")
    assert "newer draft" not in back_office.get(f"/admin/faq/{article}/fr").html.find(class_="kb-tabs").text


def test_two_who_write_at_once_both_keep_their_words(back_office, hugo, add):
    article = id_of(add(back_office))
    mine = back_office.get(f"/admin/faq/{article}/fr").forms["text"]
    edit(hugo, article, message="<p>Tirez fort.</p>")
    mine["message"] = "<p>Poussez.</p>"
    page = mine.submit("do", value="draft", status=409)
    assert "Somebody else has saved this meanwhile" in page
    assert "Tirez fort." in page.html.find(id="text-message-error").text
    assert page.forms["text"]["message"].value == "<p>Poussez.</p>"
    page.forms["text"].submit("do", value="draft", status=303)
    assert "Poussez." in back_office.get(f"/admin/faq/{article}/fr").forms["text"]["message"].value


def test_two_who_begin_one_text_at_once_both_keep_their_words(back_office, hugo, add):
    article = id_of(add(back_office))
    mine = back_office.get(f"/admin/faq/{article}/en").forms["text"]
    edit(hugo, article, locale="en", title="Ink", message="<p>Pull.</p>")
    mine["title"], mine["message"] = "Ink", "<p>Push.</p>"
    assert "Somebody else has saved this meanwhile" in mine.submit("do", value="draft", status=409)


def test_a_language_that_the_site_has_not_is_not_there(back_office, add):
    article = id_of(add(back_office))
    back_office.get(f"/admin/faq/{article}/de", status=404)
    back_office.get(f"/admin/faq/{article}/en/preview", status=404)
    back_office.get("/admin/faq/99999/fr", status=404)


# ------------------------------------------------------------------ pictures and files


def test_a_pasted_picture_stays_with_the_article(back_office, portal, add, text_of):
    article = id_of(
        add(back_office, do="publish", message=f'<p>Ici :</p><img src="data:image/png;base64,{PNG}" alt="x">')
    )
    body = text_of(article).body
    assert 'src="/kb/files/' in body
    path = body.split('src="')[1].split('"')[0]
    assert portal.get(path).body == base64.b64decode(PNG)
    # saved again by the editor, it is the same picture
    edit(back_office, article, do="publish", title="Encore")
    assert text_of(article).body == body


def test_a_picture_of_a_draft_is_for_technicians(back_office, portal, add, text_of):
    article = id_of(add(back_office, message=f'<p>Ici :</p><img src="data:image/png;base64,{PNG}" alt="x">'))
    path = text_of(article).body.split('src="')[1].split('"')[0]
    portal.get(path, status=404)
    back_office.get(path)


def test_a_picture_that_is_copied_out_of_another_article_is_kept_for_both(back_office, add, text_of):
    first = text_of(id_of(add(back_office, do="publish", message=f'<img src="data:image/png;base64,{PNG}">'))).body
    second = text_of(id_of(add(back_office, do="publish", title="Deux", message=f"<p>Voir :</p>{first}"))).body
    assert 'src="/kb/files/' in second
    assert first.split('src="')[1] != second.split('src="')[1]


@pytest.mark.parametrize("src", ["/attachments/1/secret.png", "https://example.com/x.png", "/kb/files/999/x.png"])
def test_a_picture_from_elsewhere_is_left_out(back_office, add, text_of, src):
    article = id_of(add(back_office, do="publish", message=f'<p>Ici :</p><img src="{src}">'))
    assert "<img" not in text_of(article).body


def test_files_come_with_a_new_article(back_office, portal, add):
    add(back_office, do="publish", attachments=[Upload("notice.pdf", b"%PDF-1.4")])
    page = portal.get("/kb/changer-l-encre")
    assert portal.get(page.html.find(string="notice.pdf").parent["href"]).body == b"%PDF-1.4"


def test_files_of_a_wrong_form_are_kept(back_office):
    form = back_office.get("/admin/faq/new").forms["article"]
    form["attachments"] = [Upload("notice.pdf", b"%PDF-1.4")]
    page = form.submit("do", value="draft", status=422)
    form = page.forms["article"]
    form["title"], form["message"] = "Notice", "<p>Voir la notice.</p>"
    page = form.submit("do", value="publish", status=303).follow()
    assert "notice.pdf" in back_office.get(f"/admin/faq/{id_of(page)}/files")


def test_files_are_added_and_taken_away(back_office, portal, add):
    article = id_of(add(back_office, do="publish"))
    form = back_office.get(f"/admin/faq/{article}/files").forms["files"]
    assert "Please choose a file." in form.submit(status=422)
    form["attachments"] = [Upload("a.txt", b"un"), Upload("b.txt", b"deux")]
    page = form.submit(status=303).follow()
    assert "a.txt" in portal.get("/kb/changer-l-encre")
    gone = next(form for form in page.forms.values() if form.action.endswith("/remove"))
    page = gone.submit(status=303).follow()
    assert "“a.txt” is no longer offered." in page
    assert "a.txt" not in portal.get("/kb/changer-l-encre")
    assert "b.txt" in portal.get("/kb/changer-l-encre")


def test_an_article_has_no_more_files_than_the_site_allows(back_office, add):
    article = id_of(add(back_office, attachments=[Upload(f"{n}.txt", b"x%d" % n) for n in range(4)]))
    form = back_office.get(f"/admin/faq/{article}/files").forms["files"]
    form["attachments"] = [Upload("a.txt", b"un"), Upload("b.txt", b"deux")]
    assert "An article has at most 5 files" in form.submit(status=422)


@pytest.mark.novantic(plugins=["faq"])
def test_a_desk_without_a_storage_says_so(back_office, add):
    article = id_of(add(back_office))
    assert "This desk keeps no files" in back_office.get(f"/admin/faq/{article}/files")


def test_a_file_of_another_article_is_not_there(back_office, add):
    article = id_of(add(back_office, attachments=[Upload("a.txt", io.BytesIO(b"un").read())]))
    other = id_of(add(back_office, title="Deux"))
    page = back_office.get(f"/admin/faq/{article}/files")
    form = next(form for form in page.forms.values() if form.action.endswith("/remove"))
    token = {"csrf_token": form["csrf_token"].value}
    back_office.post(form.action.replace(f"/{article}/", f"/{other}/"), token, status=404)
