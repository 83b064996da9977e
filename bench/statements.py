"""How many SQL statements a request takes, counted in this process on one request of each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyramid.paster import get_app
from pyramid.request import Request
from sqlalchemy import event

from bench.load import Plan, newcomer, ticket_body
from bench.site import Asked, Visit

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True)
class Count:
    """Statements of a request; transaction control (BEGIN, savepoints) apart."""

    statements: int
    control: int

    def __str__(self) -> str:
        return f"{self.statements}+{self.control}"


def count(ini: Path, visit: Visit, asked: list[Asked]) -> dict[str, Count]:
    """By the name of what is asked; each second of two requests, so that nothing is counted that is kept afterwards."""
    app = get_app(str(ini))
    heard: list[str] = []
    engine = app.registry.site.database.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, words, *_rest: heard.append(words))
    first = _ask(app, "GET", "/tickets/new")
    token = re.search(r'name="csrf_token" value="([^"]+)"', first.text)
    assert token is not None
    seen = "; ".join(line.split(";")[0] for line in first.headers.getall("Set-Cookie"))
    entered = _ask(app, "GET", visit.link)
    visitor = "; ".join(line.split(";")[0] for line in entered.headers.getall("Set-Cookie"))
    counts = {}
    for one in asked:
        for attempt in range(2):
            heard.clear()
            if one.journey == "get":
                _ask(app, "GET", one.path, visitor if one.visitor else seen)
            elif one.journey == "post":
                _ask(app, "POST", one.path, seen, ticket_body(token[1], f"count-{attempt}"))
            else:
                _whole(app, one, attempt)
            control = sum(words.startswith(CONTROL) for words in heard)
            counts[one.name] = Count(len(heard) - control, control)
    engine.dispose()
    return counts


def _ask(app: Any, method: str, path: str, cookie: str = "", body: str = "") -> Any:
    given: dict[str, Any] = {"headers": {"Cookie": cookie}} if cookie else {}
    if method == "POST":
        given |= {"method": "POST", "body": body.encode(), "content_type": "application/x-www-form-urlencoded"}
    return Request.blank(path, **given).get_response(app)


def _whole(app: Any, one: Asked, attempt: int) -> None:
    """A journey of several requests, each line read as the load would send it."""
    journey = newcomer(Plan(0, one.journey, 1, 0, one.path), lambda: f"count-new-{attempt}")()
    words = next(journey)
    while True:
        head, _blank, body = words.decode().partition("\r\n\r\n")
        method, path, _version = head.splitlines()[0].split(" ")
        cookie = re.search(r"(?m)^Cookie: (.*?)\r?$", head)
        answer = _ask(app, method, path, cookie[1] if cookie else "", body)
        lines = "".join(f"\r\n{key}: {value}" for key, value in answer.headers.items())
        try:
            words = journey.send(f"HTTP/1.1 {answer.status}{lines}\r\n\r\n{answer.text}".encode())
        except StopIteration as end:
            assert end.value, "the newcomer's ticket was not taken"
            return
