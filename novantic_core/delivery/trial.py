"""A mail with example values, drawn to be looked at, or sent to who looks at it: by the road of all mails."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.delivery.examples import Choice, example, is_piece
from novantic_core.desk import Desk
from novantic_core.i18n import _
from novantic_core.models import Delivery, Technician
from novantic_core.models.delivery import PENDING
from novantic_core.services.limit import within_limit
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.themes.broken import one_line, places
from novantic_core.values import Actor, DeliveryInfo, Parcel, Recipient, ReturnAddresses

TEST = "mail_test"
"""The kind of a delivery that carries a mail with example values."""
RATE = "30 per hour"
MAIL = "email"
"""The channel that carries mails, where there are several."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What can't be drawn, and where."""

    file: str
    line: int | None
    words: str
    replaced: bool = False
    """Whether the parent's file is drawn in its place."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mail as its reader sees it; a part that can't be drawn is empty."""

    sender: tuple[str, str]
    """Name and address; the address is empty where the theme and the settings name none."""
    subject: str
    text: str
    html: str
    problems: tuple[Problem, ...] = ()


def draw(site: Site, choice: Choice) -> Drawn:
    """Draw a mail with example values. What is broken is said, not raised."""
    parcel = example(site, choice).parcel(site)
    problems: list[Problem] = []

    def part(ending: str) -> str:
        name = f"mail/{choice.kind}.{ending}.pt"
        try:
            return parcel.render(name)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a template raises is told to who looks at it
            problems.append(_problem(name, error))
            return ""

    subject, _line, text = part("txt").partition("\n")
    html = part("html")
    brand = parcel.brand
    address = brand.get("noreply") or site.settings.raw.get("mail.default_sender", "")
    sender = (str(brand.get("name", "")), str(address))
    return Drawn(sender, subject, text.strip(), html, tuple(dict.fromkeys([*problems, *_left_out(site, choice)])))


def _problem(name: str, error: Exception) -> Problem:
    file, line = next(iter(places(error)), (None, None))
    return Problem(str(file or name), line, one_line(error))


def _left_out(site: Site, choice: Choice) -> list[Problem]:
    """Files that are passed over because they are broken: of this mail, and those that it is made of."""
    broken = site.themes.broken
    return [
        Problem(str(fault.file), fault.line, fault.words, replaced=True)
        for fault in broken.noted.values()
        if fault.theme == choice.theme and broken.has(fault.theme, fault.file) and _is_part(fault.name, choice.kind)
    ]


def _is_part(name: str, kind: str) -> bool:
    folder, _slash, file = name.partition("/")
    return folder == "mail" and (is_piece(file) or file.partition(".")[0] == kind)


def takes_answers(site: Site, session: Session, choice: Choice, now: datetime) -> bool:
    """Whether a mail like this one asks for an answer by mail, as the desk is set up."""
    letter = example(site, choice, channel=mail_channel(site))
    delivery = DeliveryInfo(
        0, letter.message_id, choice.kind, letter.notice.channel or "", letter.notice.to, PENDING, letter.ticket,
        letter.brand,
    )  # fmt: skip
    desk = Desk(site, session, now, letter.brand)
    answer = site.plugins.first("novantic_return_addresses", session=session, desk=desk, delivery=delivery)
    return answer is not None and bool(answer[1].reply_to)


# ---------------------------------------------------------------------- sent as a test


def mail_channel(site: Site) -> str | None:
    """The channel by which a mail goes to somebody's address; None where nothing carries mails."""
    return MAIL if MAIL in site.channels else next(iter(site.channels), None)


def may_test(session: Session, technician: Technician, now: datetime) -> bool:
    """Count one more test; False if there were too many."""
    return within_limit(session, RATE, now, "mail test", technician.email)


def queue_test(
    site: Site, session: Session, choice: Choice, technician: Technician, channel: str, now: datetime
) -> Delivery:  # fmt: skip
    """Put a mail with example values into the outbox, to a technician's own address."""
    plugin, _channel = site.channels[channel]
    host = urlsplit(site.brand(choice.brand).site_url).hostname or "localhost"
    # what stands in the row's own columns isn't said twice
    data = {key: value for key, value in asdict(choice).items() if key not in {"brand", "theme", "locale"}}
    delivery = Delivery(
        plugin=plugin.name, channel=channel, kind=TEST, address=technician.email, name=technician.name,
        role="technician", locale=choice.locale, theme=choice.theme, brand=choice.brand, data=data,
        message_id=f"test.{secrets.token_hex(16)}@{host}", state=PENDING, attempts=0, next_attempt_at=now,
        last_error="", created_at=now,
    )  # fmt: skip
    session.add(delivery)
    session.flush()
    actor = Actor("technician", technician.name, technician.email)
    record_action(session, "mail_tested", actor, now, choice.kind)
    return delivery


def trial_parcel(site: Site, delivery: Delivery, return_path: str = "") -> Parcel:
    """What a channel gets of a test: the mail as it would be, marked in its subject. An answer goes to its reader."""
    choice = Choice(brand=delivery.brand, theme=delivery.theme, locale=delivery.locale, **delivery.data)
    to = Recipient(delivery.address, delivery.name, delivery.locale, "technician")
    back = ReturnAddresses(delivery.address if choice.reply_to else "", return_path)
    parcel = example(
        site, choice, to=to, channel=delivery.channel, message_id=delivery.message_id, back=back
    ).parcel(site)  # fmt: skip
    return replace(parcel, render=_marked(parcel.render, str(parcel.translate(_("[Test]")))))


def _marked(render: Callable[[str], str], mark: str) -> Callable[[str], str]:
    def draw_marked(name: str) -> str:
        drawn = render(name)
        return f"{mark} {drawn}" if name.endswith(".txt.pt") else drawn

    return draw_marked
