"""Somebody who uses the site with a browser: what they do, by the names of the fields rather than by words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Locator, Page, expect

from novantic_core.testing import PASSWORD, App, Mailbox

CLAIRE = "claire@lefevre.example.com"
ANSWERS = {
    "company": "Boulangerie Lefèvre",
    "email": CLAIRE,
    "name": "Claire Lefèvre",
    "phone": "01 44 55 66 77",
    "teamviewer_id": "123 456 789",
    "subject": "Imprimante HP – hors connexion",
}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ff56c7720d0000000049454e44ae426082"
)
"""A PNG of one dot."""


@dataclass
class Visitor:
    """A browser's page on a running site, and what a test may know behind it."""

    page: Page
    url: str
    app: App
    mailbox: Mailbox

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.url + path)

    # ------------------------------------------------------------------ the form

    @property
    def text(self) -> Locator:
        """The editor's text, once it is there."""
        return self.page.frame_locator(".tox-edit-area iframe").locator("body")

    def open_form(self) -> None:
        """The empty form, its editor ready."""
        self.go("/tickets/new")
        expect(self.text).to_be_editable()

    def fill_in(self, message: str = "Bonjour, elle est branchée et redémarrée.", **answers: str) -> None:
        """Fill in all that is required."""
        self.page.select_option("[name=topic]", "printer")
        for name, value in {**ANSWERS, **answers}.items():
            self.page.fill(f"[name={name}]", value)
        self.write(message)

    def write(self, message: str) -> None:
        """Type into the editor, as with a keyboard: it listens to keys."""
        self.text.click()
        self.page.keyboard.type(message)

    def choose_files(self, *files: tuple[str, bytes]) -> None:
        """Choose files as with the browser's own dialog."""
        parts: Any = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]
        self.page.set_input_files("[name=attachments]", parts)

    @property
    def main_button(self) -> Locator:
        """The form's button that sends it."""
        return self.page.locator("form[data-form] [type=submit]")

    def send(self) -> None:
        """Press it."""
        self.main_button.click()

    def open_ticket(self, **answers: str) -> str:
        """Open a ticket by the form: its number."""
        self.open_form()
        self.fill_in(**answers)
        self.send()
        self.page.wait_for_url("**/tickets/opened")
        return self.page.locator(".number .num").inner_text()

    def follow_link(self, to: str = CLAIRE) -> None:
        """Open the link of the latest mail."""
        self.go(self.mailbox.link(self.mailbox.to(to)[-1]))
        expect(self.text).to_be_editable()

    # ------------------------------------------------------------------ behind the pages

    def answer_as_technician(self, number: str, message: str, *, close: bool = False) -> None:
        """What Hugo of the support team does meanwhile."""
        from sqlalchemy import select

        from novantic_core.models import Ticket
        from novantic_core.services.change_status import change_status
        from novantic_core.services.discuss import add_message
        from novantic_core.values import Actor

        hugo, now = Actor("technician", "Hugo Mouret", "hugo@novantic.example"), datetime.now(UTC)
        with self.app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            add_message(self.app.site, session, ticket, hugo, message, now)
            if close:
                change_status(self.app.site, session, ticket, "closed", hugo, now)

    def setup_link(self) -> str:
        """The path of the first administrator's link."""
        from novantic_core.services.sign_in import make_setup_link

        with self.app.transaction() as session:
            token = make_setup_link(session, datetime.now(UTC))
        return f"/admin/setup/{token}"

    def sign_in(self) -> None:
        """Enter the back office as an administrator."""
        self.app.add_technician("ada@novantic.example", "Ada", "administrator")
        self.go("/admin/login")
        self.enter_password()
        self.page.wait_for_url("**/admin")

    def enter_password(self) -> None:
        """Fill in the page that asks for it, and send it."""
        self.page.fill("[name=login]", "ada@novantic.example")
        self.page.fill("[name=password]", PASSWORD)
        self.send()
