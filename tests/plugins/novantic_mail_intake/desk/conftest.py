"""Mails that come in, and what the back office shows of them."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from novantic_core.testing.desk import CLAIRE
from novantic_core.testing.tables import Team
from novantic_mail_intake.keep import Arrival, keep_mail
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.work import work_off

STRANGER = "zoe@ailleurs.example"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "789c63f8cfc0f01f0005050200b1d4e3ab0000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def in_english(request: pytest.FixtureRequest) -> None:
    """The back office in English where a test signs in."""
    if "back_office" in request.fixturenames:
        request.getfixturevalue("back_office").set_cookie("lang", "en")


@pytest.fixture
def hugo(novantic_app: Any) -> Any:
    """A client in which a technician is signed in who administers nothing."""
    client = novantic_app.sign_in()
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def write() -> Callable[..., bytes]:
    """The bytes of a mail: ``write(sender, subject="…", body="…", headers={}, files={name: data})``."""

    def make(sender: str = STRANGER, **given: Any) -> bytes:
        mail = EmailMessage()
        mail["From"] = f"{given.get('name', 'Zoé Martin')} <{sender}>"
        mail["To"] = "Support <support@novantic.example>"
        mail["Subject"] = given.get("subject", "Imprimante en panne")
        mail["Date"] = "Mon, 16 Mar 2026 08:42:00 +0100"
        mail["Message-ID"] = f"<{given.get('message_id', 'un@ailleurs.example')}>"
        for name, value in given.get("headers", {}).items():
            mail[name] = value
        mail.set_content(given.get("body", "Bonjour, rien ne sort.\n"))
        if "html" in given:
            mail.add_alternative(given["html"], subtype="html")
            mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<logo>", filename="logo.png")
        for name, data in given.get("files", {}).items():
            mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
        return bytes(mail)

    return make


@pytest.fixture
def receive(novantic_app: Any, write: Callable[..., bytes]) -> Callable[..., int]:
    """A mail that came in and was taken up: its id. Given bytes, those; else as ``write``."""

    def take(raw: bytes | None = None, mailbox: str = "default", work: bool = True, **given: Any) -> int:
        source = write(**given) if raw is None else raw
        sender = given.get("envelope_from", given.get("sender", STRANGER))
        arrival = Arrival(mailbox, "command", source, sender, "support@novantic.example")
        key, _new = keep_mail(novantic_app.desk, arrival)
        if work:
            work_off(novantic_app.desk, key)
        return key

    return take


@pytest.fixture
def held(small_desk: Any, receive: Callable[..., int]) -> tuple[int, str]:
    """A mail of a stranger's that names a ticket of Claire's: its id, and the ticket's number."""
    number = small_desk.open(CLAIRE)
    return receive(subject=f"Re: Panne [#{number}]"), number


@pytest.fixture
def row(novantic_app: Any) -> Callable[[int], IncomingMail]:
    """What is noted of a mail now."""

    def look(key: int) -> IncomingMail:
        with novantic_app.transaction() as session:
            found: IncomingMail = session.get_one(IncomingMail, key)
            session.expunge(found)
            return found

    return look


@pytest.fixture
def board(novantic_app: Any) -> str:
    """A private team: its key."""
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
    novantic_app.site.preferences_cache.forget()
    return "board"
