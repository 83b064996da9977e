"""Versions of a text: what differs, and the way back."""

from __future__ import annotations

import pytest

from novantic_faq.desk.compare import MOST_WORDS, compare_html, compare_texts


def id_of(page):
    return int(page.request.path.split("/")[3])


def edit(client, article, *, do="draft", **values):
    form = client.get(f"/admin/faq/{article}/fr").forms["text"]
    for name, value in values.items():
        form[name] = value
    return form.submit("do", value=do, status=303)


@pytest.fixture
def article(back_office, add):
    """An article with three versions."""
    key = id_of(
        add(back_office, do="publish", message="<p>Ouvrez le capot avant.</p><p>Tirez.</p>", summary="L’encre.")
    )
    edit(back_office, key, message="<p>Ouvrez le grand capot.</p><p>Tirez.</p>")
    edit(back_office, key, title="Changer la cartouche", message="<p>Ouvrez le <b>grand</b> capot.</p><p>Tirez.</p>")
    return key


def test_each_version_says_who_saved_what_when(back_office, article):
    page = back_office.get(f"/admin/faq/{article}/fr/history")
    rows = [" ".join(row.text.split()) for row in page.html.select(".kb-history tbody tr")]
    assert len(rows) == 3
    assert "Saved as a draft Changer la cartouche" in rows[0]
    assert "Ada Published readers see it" in rows[2]


def test_two_versions_are_compared_by_words(back_office, article, versions):
    first, second, _third = versions(article)
    page = back_office.get(f"/admin/faq/{article}/fr/history?old={first.id}&new={second.id}")
    shown = page.html.find(id="difference")
    assert [one.text for one in shown.select(".kb-diff ins")] == ["grand "]
    assert [one.text for one in shown.select(".kb-diff del")] == [" avant"]
    other_way = back_office.get(f"/admin/faq/{article}/fr/history?old={second.id}&new={first.id}")
    assert other_way.html.find(id="difference").text == shown.text


def test_a_title_that_changed_and_a_text_that_only_looks_different(back_office, article, versions):
    _first, second, third = versions(article)
    shown = back_office.get(f"/admin/faq/{article}/fr/history?old={second.id}&new={third.id}").html.find(
        id="difference"
    )
    assert [one.text for one in shown.select("h3")] == ["Title", "Address"]
    assert "how it looks" in shown.text


def test_a_version_is_the_same_as_itself(back_office, article, versions):
    first = versions(article)[0].id
    page = back_office.get(f"/admin/faq/{article}/fr/history?old={first}&new={first}")
    assert "The two are the same." in page


def test_versions_of_another_text_are_not_there(back_office, article, add, versions):
    other = versions(id_of(add(back_office, title="Autre")))[0].id
    back_office.get(f"/admin/faq/{article}/fr/history?old={other}&new={other}", status=404)
    back_office.get(f"/admin/faq/{article}/fr/history?old=x&new=1", status=404)
    back_office.get(f"/admin/faq/{article}/fr/history/{other}", status=404)
    back_office.get(f"/admin/faq/{article}/en/history", status=404)


def test_an_older_version_becomes_a_draft_again(back_office, portal, article, versions):
    first = versions(article)[0]
    edit(back_office, article, do="publish", message="<p>Tout autre chose.</p>")
    page = back_office.get(f"/admin/faq/{article}/fr/history/{first.id}")
    assert "Ouvrez le capot avant." in page.html.find(class_="kb-old").text
    form = next(form for form in page.forms.values() if form.action.endswith("/restore"))
    page = form.submit(status=303).follow()
    assert page.forms["text"]["title"].value == "Changer l’encre"
    assert "Tout autre chose." in portal.get("/kb/changer-la-cartouche"), "readers see the published one still"
    page.forms["text"].submit("do", value="publish", status=303)
    assert "Ouvrez le capot avant." in portal.get("/kb/changer-l-encre")
    assert [one.kind for one in versions(article)][-2:] == ["restored", "published"]


def test_going_back_to_what_readers_see_ends_the_draft(back_office, article, versions):
    first = versions(article)[0]
    page = back_office.get(f"/admin/faq/{article}/fr/history/{first.id}")
    form = next(form for form in page.forms.values() if form.action.endswith("/restore"))
    page = form.submit(status=303).follow()
    assert "newer draft" not in page.html.find(class_="kb-tabs").text


def test_the_version_that_is_worked_on_can_not_be_brought_back(back_office, article, versions):
    page = back_office.get(f"/admin/faq/{article}/fr/history/{versions(article)[-1].id}")
    assert "This is the version that is worked on." in page
    assert not [form for form in page.forms.values() if form.action.endswith("/restore")]


def test_an_address_that_the_other_language_took_stays_its(back_office, add, article, versions):
    first = versions(article)[0]
    edit(back_office, article, do="publish")
    form = back_office.get(f"/admin/faq/{article}/en").forms["text"]
    form["title"], form["message"], form["slug"] = "Ink", "<p>x</p>", "changer-l-encre"
    form.submit("do", value="publish", status=303)
    page = back_office.get(f"/admin/faq/{article}/fr/history/{first.id}")
    form = next(form for form in page.forms.values() if form.action.endswith("/restore"))
    assert form.submit(status=303).follow().forms["text"]["slug"].value == "changer-l-encre-2"


# ------------------------------------------------------------------ comparing


def said(pieces):
    marks = {"same": "{}", "ins": "+{}+", "del": "-{}-"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("un deux", "un deux", "un deux"),
        ("", "un", "+un+"),
        ("un", "", "-un-"),
        ("un deux trois", "un 2 trois", "un -deux-+2+ trois"),
        ("a\nb\nc", "a\nc", "a\n-b\n-c"),
        ("l’été", "l’hiver", "l’-été-+hiver+"),
    ],
)
def test_words_are_compared(old, new, expected):
    assert said(compare_texts(old, new)) == expected


def test_tags_are_no_words():
    assert said(compare_html("<p>un <b>deux</b></p>", "<p>un deux</p><p>trois</p>")) == "un deux+\n\ntrois+"


def test_a_very_long_change_is_told_by_lines():
    old, new = "mot " * MOST_WORDS, "mots " * MOST_WORDS
    assert [piece.kind for piece in compare_texts(old, new)] == ["del", "ins"]
