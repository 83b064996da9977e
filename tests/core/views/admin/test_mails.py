"""Mails as they look, and sent to who looks at them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.delivery import trial
from novantic_core.models import Action, Delivery

PATH = "/admin/mail-templates"
ADA = "admin@novantic.example"


@pytest.fixture
def rows(novantic_app):
    def all_rows():
        with novantic_app.transaction() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    return all_rows


def test_all_kinds_are_listed(desk):
    page = desk.get(PATH)
    links = [link["href"] for link in page.html.select(".ways a")]
    assert len(links) > 16
    assert "To the client: reply" in page
    assert desk.get(links[0]).html.find("iframe")


def test_of_another_theme(desk):
    page = desk.get(f"{PATH}?theme=boreal")
    assert page.html.select_one("#theme option[selected]")["value"] == "boreal"
    assert "theme=boreal" in page.html.select_one(".ways a")["href"]
    assert desk.get(f"{PATH}?theme=unheard-of").html.select_one("#theme option[selected]")["value"] != "unheard-of"


def test_one_as_text_and_in_frames(desk):
    page = desk.get(f"{PATH}/ticket_replied?language=en&variant=closed&theme=plain")
    assert "Re: The printer at reception is offline [#123456]" in page
    assert "Our answer, and your ticket is closed" in page.html.select_one(".mail-words").text
    assert "As your problem is solved" in page.html.select_one(".mail-words").text
    frames = page.html.select("iframe")
    assert len(frames) == 2
    assert [(frame["sandbox"], frame["title"]) for frame in frames] == [
        ([], "The mail on a desk"), ([], "The mail on a phone"),
    ]  # fmt: skip
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    inner = desk.get(frames[0]["src"])
    assert "As your problem is solved" in inner
    rules = inner.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "sandbox" in rules
    assert "script-src" not in rules
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_looking_writes_nothing(desk, rows):
    desk.get(f"{PATH}/ticket_opened?variant=critical&reply_to=1&follower=1")
    assert rows() == []


@pytest.mark.parametrize("kind", ["layout", "quote", "unheard_of", "..%2f"])
def test_what_is_no_mail_is_no_page(desk, kind):
    desk.get(f"{PATH}/{kind}", status=404)


def test_what_is_asked_for_in_vain_is_the_usual_one(desk):
    page = desk.get(f"{PATH}/ticket_replied?language=xx&variant=nonsense&brand=nobody&theme=none")
    assert page.html.select_one("#language option[selected]")["value"] == "en"


def test_it_is_sent_to_who_looks_at_it(desk, rows, mailbox, novantic_app):
    page = desk.get(f"{PATH}/ticket_replied?language=fr&variant=waiting&theme=boreal&reply_to=1")
    page = next(form for form in page.forms.values() if form.action.endswith("/test")).submit(status=303).follow()
    assert "The test is on its way" in page
    (row,) = rows()
    assert (row.address, row.kind, row.theme, row.locale) == (ADA, trial.TEST, "boreal", "fr")
    assert f"/{row.id}" in page.request.path
    (mail,) = mailbox.to(ADA)
    assert mail["Subject"].startswith("[Test] ")
    text = mail.get_body(("plain",)).get_content()
    assert "Ada" in text
    assert "[Test]" not in text
    assert "/access/example" in text
    assert "ajouté au ticket" in text
    with novantic_app.transaction() as session:
        action = session.scalars(select(Action).order_by(Action.id.desc())).first()
        assert (action.kind, action.subject) == ("mail_tested", "ticket_replied")


def test_what_is_sent_is_what_was_looked_at(desk, mailbox):
    page = desk.get(f"{PATH}/technician_opened?language=en&variant=critical")
    shown = desk.get(page.html.select_one("iframe")["src"]).text
    next(form for form in page.forms.values() if form.action.endswith("/test")).submit()
    (mail,) = mailbox.to(ADA)
    sent = mail.get_body(("html",)).get_content()
    assert sent.split() == shown.replace("Ada Morel", "Ada").split()


def test_not_a_hundred_times(desk, rows, monkeypatch):
    monkeypatch.setattr(trial, "RATE", "2 per hour")
    page = desk.get(f"{PATH}/ticket_opened")
    form = next(form for form in page.forms.values() if form.action.endswith("/test"))
    for _time in range(2):
        form.submit(status=303)
    assert "too many tests" in form.submit(status=303).follow()
    assert len(rows()) == 2


@pytest.mark.novantic(plugins=["webform", "email_links"])
def test_where_nothing_carries_mails(desk, rows):
    page = desk.get(f"{PATH}/access_link")
    assert not [form for form in page.forms.values() if form.action.endswith("/test")]
    token = page.forms[0]["csrf_token"].value if "csrf_token" in page.forms[0].fields else desk.cookies["csrf_token"]
    answer = desk.post(f"{PATH}/access_link/test", {"csrf_token": token}, status=303)
    assert "no plugin that sends mails" in answer.follow()
    assert rows() == []


# ---------------------------------------------------------------------- broken ones


@pytest.fixture
def theme(tmp_path):
    """A theme whose files a test writes."""

    def write(name, words):
        file = tmp_path / "themes" / "mine" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words, "utf-8")
        return file

    write("theme.toml", 'parent = "novantic"\n')
    return write


@pytest.fixture
def novantic_settings(novantic_settings, tmp_path, theme):
    return {**novantic_settings, "novantic.themes_path": str(tmp_path / "themes")}


def test_a_broken_file_is_named_with_its_line(desk, theme):
    file = theme("templates/mail/ticket_closed.html.pt", "<p>\n${ticket.colour}\n</p>")
    page = desk.get(f"{PATH}/ticket_closed?theme=mine")
    fault = page.html.select_one(".broken li").get_text(" ")
    assert str(file) in fault
    assert "line 2" in " ".join(fault.split())
    assert "colour" in fault
    assert page.html.select_one(".mail-words").text, "the text is there still"
    assert not page.html.find("iframe")


def test_so_is_one_that_cant_be_compiled(desk, theme):
    theme("templates/mail/ticket_closed.txt.pt", "<p>\n${((}</p>")
    page = desk.get(f"{PATH}/ticket_closed?theme=mine")
    assert "ticket_closed.txt.pt" in page.html.select_one(".broken li").text


def test_a_themes_own_kind(desk, theme):
    theme("templates/mail/birthday.txt.pt", "Many happy returns\nto you, ${data['whom']}")
    page = desk.get(f"{PATH}?theme=mine")
    assert "birthday" in page
    page = desk.get(f"{PATH}/birthday?theme=mine")
    assert "to you, whom" in page
    assert "birthday.html.pt" in page.html.select_one(".broken li").text, "it has no HTML"


class TestInProduction:
    @pytest.fixture
    def novantic_settings(self, novantic_settings):
        return {**novantic_settings, "novantic.debug": "false"}

    def test_the_parents_file_is_drawn_and_the_broken_one_named(self, desk, theme):
        theme("templates/mail/ticket_closed.html.pt", "<p>\n${ticket.colour}\n</p>")
        for _time in range(2):
            page = desk.get(f"{PATH}/ticket_closed?theme=mine")
            assert "The parent's file is drawn in its place" in page.html.select_one(".broken").text
            assert page.html.find("iframe")
        assert not desk.get(f"{PATH}/ticket_opened?theme=mine").html.select(".broken")
