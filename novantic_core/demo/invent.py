"""Making up people and tickets: the same seed gives the same ones. Nothing in here knows a database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from random import Random

from novantic_core.demo import words
from novantic_core.models.message import MESSAGE, NOTE, REPLY
from novantic_core.models.ticket import CLOSED, OPEN, WAITING

YEARS = 2
"""Tickets are spread over so many years before the day they are told to end on."""

LONGEST = timedelta(days=4)
"""No ticket takes longer from its opening to its end."""

PEOPLE_PER_COMPANY = 5
TICKETS_PER_PERSON = 6


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of an invented company."""

    name: str
    email: str
    phone: str
    company: str
    department: str

    @property
    def domain(self) -> str:
        """Where their mail is."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Said:
    """One message: ``by`` is "" for the requester, else a technician's name."""

    kind: str
    by: str
    text: str
    at: datetime
    status: str
    """The ticket's status after it."""

    @property
    def html(self) -> str:
        """The text as a paragraph."""
        return f"<p>{escape(self.text, quote=False)}</p>"


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket, from its opening to where it stands now."""

    person: Person
    topic: str
    subject: str
    critical: bool
    priority: int
    """0 low, 1 normal, 2 high, 3 urgent."""
    teamviewer: str
    status: str
    said: list[Said]
    technician: int
    closed_at: datetime | None

    @property
    def updated_at(self) -> datetime:
        """When something last happened to it."""
        return max([self.said[-1].at, *([self.closed_at] if self.closed_at else [])])


def slug(name: str) -> str:
    """A name as it stands in an address: ``Étude Lefèvre`` is ``etude-lefevre``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def people(chance: Random, count: int) -> list[Person]:
    """So many people, a handful to a company, no address twice."""
    found: dict[str, Person] = {}
    while len(found) < count:
        company = chance.choice(words.TRADES).format(name=chance.choice(words.FAMILY_NAMES))
        company = f"{company} {chance.choice(words.TOWNS)}"
        domain = f"{slug(company)}.example"
        for _one in range(chance.randint(1, 2 * PEOPLE_PER_COMPANY - 1)):
            given, family = chance.choice(words.GIVEN_NAMES), chance.choice(words.FAMILY_NAMES)
            email = f"{slug(given)}.{slug(family)}@{domain}"
            found.setdefault(
                email, Person(f"{given} {family}", email, _phone(chance), company, chance.choice(words.DEPARTMENTS))
            )
    return list(found.values())[:count]


def _phone(chance: Random) -> str:
    digits = chance.randrange(10_000)
    return f"{chance.choice(words.PHONE_RANGES)} {digits // 100:02d} {digits % 100:02d}"


def numbers(chance: Random, taken: set[str], count: int) -> Iterator[str]:
    """Free ticket numbers: six random digits, one more while more than half of those would be taken."""
    length = 6
    while 2 * (count + sum(len(number) == length for number in taken)) > 9 * 10 ** (length - 1):
        length += 1
    while count:
        number = str(chance.randrange(10 ** (length - 1), 10**length))
        if number not in taken:
            taken.add(number)
            count -= 1
            yield number


def stories(
    chance: Random, everybody: Sequence[Person], topics: Sequence[str], technicians: Sequence[str], until: date,
    count: int,
) -> Iterator[Story]:  # fmt: skip
    """So many tickets, oldest first, all that is said on them said before the end of the day ``until``."""
    end = datetime.combine(until, time(23, 59), UTC)
    span = YEARS * 365 * 24 * 3600
    for position in range(count):
        opened = end - timedelta(seconds=span - int(span * (position + chance.random()) / count))
        yield _story(chance, everybody, topics, technicians, opened, end)


def _story(
    chance: Random, everybody: Sequence[Person], topics: Sequence[str], technicians: Sequence[str], opened: datetime,
    end: datetime,
) -> Story:  # fmt: skip
    roll = chance.random
    person, colleague = chance.choice(everybody), chance.choice(words.GIVEN_NAMES)
    topic = chance.choice(topics)
    critical = roll() < 0.04
    trouble = words.CRITICAL if critical else chance.choice(words.TROUBLES.get(topic, words.TROUBLES["other"]))
    fill = _blanks(chance, colleague)
    who = int(roll() * len(technicians))
    technician = technicians[who]
    opened = _office_hour(opened, roll())
    # nothing happens after the end: what is young goes faster
    pace = min((end - opened) / LONGEST, 1.0)
    answered = opened + pace * timedelta(minutes=5 + int(roll() * (30 if critical else 600)))
    again = answered + pace * timedelta(minutes=3 + int(roll() * 1200))
    status, closed_at = _end(chance, again, end, pace)
    asked = WAITING if roll() < 0.5 else OPEN
    said = [
        Said(MESSAGE, "", f"{chance.choice(words.GREETINGS)} {trouble.message.format_map(fill)} "
             f"{chance.choice(words.THANKS)}", opened, OPEN),
        Said(REPLY, technician, f"Bonjour, {trouble.reply.format_map(fill)} {chance.choice(words.REPLY_ENDS)}",
             answered, asked),
        Said(MESSAGE, "", trouble.answer.format_map(fill), again, OPEN),
    ]  # fmt: skip
    if roll() < 0.15:
        note = chance.choice(words.NOTES).format(time=f"{9 + int(roll() * 8)} h {int(roll() * 6)}0")
        said.insert(2, Said(NOTE, technician, note, answered, asked))
    level = roll()
    return Story(
        person=person, topic=topic, subject=trouble.subject.format_map(fill)[:200], critical=critical,
        priority=3 if critical else 0 if level < 0.1 else 2 if level > 0.85 else 1,
        teamviewer=str(chance.randrange(10**8, 10**10)) if roll() < 0.4 else "",
        status=status, said=said, technician=who, closed_at=closed_at,
    )  # fmt: skip


def _blanks(chance: Random, colleague: str) -> dict[str, str]:
    machine = chance.choice(words.MACHINES).format(n=chance.randint(1, 24), person=colleague)
    since = chance.choice(words.SINCE)
    return {
        "person": colleague, "machine": machine, "machine_": machine[0].upper() + machine[1:], "since": since,
        "since_": since[0].upper() + since[1:], "place": chance.choice(words.PLACES),
        "printer": chance.choice(words.PRINTERS), "program": chance.choice(words.PROGRAMS),
    }  # fmt: skip


def _office_hour(day: datetime, part: float) -> datetime:
    """A time of that day at which people work, in UTC."""
    return day.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(seconds=int(part * 11 * 3600))


def _end(chance: Random, last: datetime, end: datetime, pace: float) -> tuple[str, datetime | None]:
    """What is older than three weeks is closed but for a few; of what is new, some."""
    age = end - last
    if chance.random() < (0.98 if age > timedelta(days=21) else 0.35 if age > timedelta(days=1) else 0.0):
        return CLOSED, last + pace * timedelta(minutes=10 + int(chance.random() * 2000))
    return (WAITING if chance.random() < 0.3 else OPEN), None
