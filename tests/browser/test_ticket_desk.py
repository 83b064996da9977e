"""A ticket's page in the back office with JavaScript: drafts, who else is there, quoting, canned replies, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from visitor import Visitor

from novantic_core.models import CannedReply, Draft, Message, Ticket
from novantic_core.services.open_ticket import open_ticket
from novantic_core.testing import PASSWORD
from novantic_core.values import TicketDraft

pytestmark = pytest.mark.slow


@pytest.fixture
def number(visitor: Visitor) -> str:
    """A ticket, and canned replies to answer it with."""
    visitor.app.add_technician("lea@novantic.example", "Léa")
    with visitor.app.transaction() as session:
        draft = TicketDraft(
            channel="web", email="claire@lefevre.example.com", name="Claire Lefèvre", phone="01", company="Lefèvre",
            subject="Panne", message="<p>Elle clignote.</p><p>En orange.</p>",
        )  # fmt: skip
        session.add_all(
            CannedReply(title=title, html=f"<p>{title}, {{{{requester.first_name}}}}</p>", position=place)
            for place, title in enumerate(("Bonjour", "Éteignez-la", "Au revoir"))
        )
        return open_ticket(visitor.app.site, session, draft, datetime.now(UTC)).number


@pytest.fixture
def enter(browser: Browser, visitor: Visitor, number: str) -> Iterator[Callable[[str], Page]]:
    """Open the ticket in a browser of one's own: ``enter("lea@…")``."""
    contexts = []

    def open_page(login: str) -> Page:
        context = browser.new_context(locale="fr-FR")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{visitor.url}/admin/login?next=/admin/tickets/{number}")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("main [type=submit]")
        expect(text(page)).to_be_editable()
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def ada(visitor: Visitor, number: str) -> Page:
    visitor.sign_in()
    visitor.go(f"/admin/tickets/{number}")
    expect(text(visitor.page)).to_be_editable()
    return visitor.page


def text(page: Page, sheet: str = "reply") -> Locator:
    """The text of a sheet's editor."""
    return page.frame_locator(f"#{sheet} .tox-edit-area iframe").locator("body")


def write(page: Page, words: str, sheet: str = "reply") -> None:
    text(page, sheet).click()
    page.keyboard.type(words)


def messages(visitor: Visitor) -> list[tuple[str, str]]:
    with visitor.app.transaction() as session:
        return [(one.kind, one.text) for one in session.scalars(select(Message).order_by(Message.id))]


def test_what_is_typed_is_kept_and_found_in_another_browser(ada: Page, enter, visitor: Visitor):
    write(ada, "Je regarde.")
    expect(ada.locator("#reply [data-draft-state]")).to_contain_text("Brouillon enregistré à")
    ada.locator("[data-key=note]").click()
    write(ada, "Pilote à remettre.", "note")
    # the tab is closed before a second is over
    ada.goto("about:blank")
    again = enter("ada@novantic.example")
    expect(text(again)).to_have_text("Je regarde.")
    again.locator("[data-key=note]").click()
    expect(text(again, "note")).to_have_text("Pilote à remettre.")
    again.locator("#note [type=submit]").click()
    expect(again.locator(".msg.note .body")).to_have_text("Pilote à remettre.")
    expect(text(again)).to_have_text("Je regarde.")
    again.locator("#reply [name=close]").click()
    expect(again.locator(".tag.closed")).to_be_visible()
    assert messages(visitor)[1:] == [("note", "Pilote à remettre."), ("reply", "Je regarde.")]
    with visitor.app.transaction() as session:
        assert session.scalars(select(Draft)).all() == []


def test_one_sees_who_writes_and_what_is_new(ada: Page, enter):
    lea = enter("lea@novantic.example")
    expect(lea.locator("[data-others]")).to_have_text("Ada regarde aussi ce ticket.")
    write(ada, "Je regarde.")
    expect(ada.locator("#reply [data-draft-state]")).to_contain_text("Brouillon enregistré à")
    lea.reload()
    expect(lea.locator("[data-others]")).to_have_text("Ada est en train d’écrire sur ce ticket.")
    ada.locator("#reply [name=wait]").click()
    expect(ada.locator(".ticket-head .tag.waiting")).to_be_visible()
    lea.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(lea.locator("[data-news] span")).to_have_text("Ada a répondu à l’instant et attend le client")
    lea.locator("[data-news] a").click()
    expect(lea.locator(".msg.us .body")).to_have_text("Je regarde.")


def test_a_message_or_what_is_marked_in_it_is_quoted(ada: Page, visitor: Visitor):
    ada.locator(".msg .body p").nth(1).select_text()
    ada.locator("[data-quote]").click()
    expect(text(ada).locator("blockquote")).to_have_text("En orange.")
    expect(text(ada)).to_contain_text("Claire Lefèvre a écrit")
    ada.keyboard.type("Alors c’est la tête.")
    ada.locator("#reply .btn.primary").click()
    expect(ada.locator(".msg.us blockquote")).to_have_text("En orange.")


def test_what_is_folded_of_a_mail_opens_by_the_keyboard_and_is_not_quoted(ada: Page, visitor: Visitor, number: str):
    with visitor.app.transaction() as session:
        message = session.scalars(select(Message)).one()
        message.html = f"{message.html}<details><summary></summary><blockquote><p>Avant</p></blockquote></details>"
    visitor.go(f"/admin/tickets/{number}")
    expect(text(ada)).to_be_editable()
    folded = ada.locator(".msg .body details")
    expect(folded.get_by_text("Avant")).to_be_hidden()
    folded.locator("summary").focus()
    ada.keyboard.press("Enter")
    expect(folded.get_by_text("Avant")).to_be_visible()
    expect(folded.locator("summary")).to_have_text("Messages précédents")
    ada.locator("[data-quote]").click()
    expect(text(ada).locator("blockquote")).to_contain_text("En orange.")
    expect(text(ada)).not_to_contain_text("Avant")
    expect(text(ada)).not_to_contain_text("précédents")


def test_a_canned_reply_is_found_by_its_letters_and_put_at_the_cursor(ada: Page):
    ada.fill("#canned", "eteig")
    expect(ada.locator(".canned [role=option]")).to_have_text(["Éteignez-la"])
    ada.keyboard.press("Enter")
    expect(text(ada)).to_contain_text("Éteignez-la, Claire")
    ada.locator("#canned").focus()
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("ArrowUp")
    expect(ada.locator("#canned")).to_have_attribute("aria-expanded", "true")
    ada.keyboard.press("Escape")
    expect(ada.locator(".canned ul")).to_be_hidden()
    ada.locator("#canned").click()
    ada.keyboard.press("ArrowDown")
    ada.locator(".canned [role=option]", has_text="Au revoir").click()
    expect(text(ada)).to_contain_text("Au revoir, Claire")


def test_a_choice_shows_its_button_when_there_is_something_to_apply(ada: Page, visitor: Visitor):
    apply = ada.locator("form[action$='/priority'] .apply")
    expect(apply).to_be_hidden()
    ada.select_option("#priority", "high")
    apply.click()
    expect(ada.locator(".done")).to_contain_text("Priorité")
    with visitor.app.transaction() as session:
        assert session.scalars(select(Ticket.priority)).one() == "high"


def test_the_key_that_closes_asks_for_a_second_press(ada: Page):
    ada.locator("h1").click()
    ada.keyboard.press("c")
    expect(ada.locator("[data-key=close]")).to_be_focused()
    expect(ada.locator(".tag.open")).to_be_visible()
    ada.keyboard.press("Enter")
    expect(ada.locator(".tag.closed")).to_be_visible()


def test_the_queue_leads_on_to_the_next_ticket(ada: Page, visitor: Visitor, number: str):
    with visitor.app.transaction() as session:
        draft = TicketDraft(channel="web", email="m@x.example", name="Marc", subject="Encore", message="<p>x</p>")
        other = open_ticket(visitor.app.site, session, draft, datetime.now(UTC)).number
    visitor.go("/admin/tickets?sort=subject")
    ada.locator(f"a[href='/admin/tickets/{other}']").first.click()
    expect(text(ada)).to_be_editable()
    expect(ada.locator("[data-key=previous]")).to_be_hidden()
    ada.locator("[data-key=next]").click()
    expect(ada).to_have_url(f"{visitor.url}/admin/tickets/{number}")
    expect(ada.locator("[data-key=next]")).to_be_hidden()
    ada.locator("[data-queue]").click()
    expect(ada).to_have_url(f"{visitor.url}/admin/tickets?sort=subject")
