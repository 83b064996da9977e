"""The load: so many clients on raw sockets, in a process of its own, each sending its next request after the answer.

Run as ``python -m bench.load`` with a :class:`Plan` as JSON on standard input; the latencies come out as JSON. One
thread and one selector, requests made beforehand where they can be: what it costs itself is measured with an
application that does nothing (see the "nothing" rows of the tables).
"""

from __future__ import annotations

import itertools
import json
import re
import secrets
import selectors
import socket
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, field
from random import randrange

SERVER = "127.0.0.1"
PATIENCE_SECONDS = 30
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_COOKIE = re.compile(rb"\r\nset-cookie: ([^;\r\n]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)

Journey = Generator[bytes, bytes, bool]
"""Yields a request, is sent its answer, and returns whether all was as it should be."""


@dataclass(frozen=True)
class Plan:
    """What is asked of the site."""

    port: int
    journey: str
    clients: int
    seconds: float
    path: str = "/"
    cookie: str = ""
    token: str = ""
    seed: int = 0
    """Keeps the addresses and subjects of one run apart from another's."""


@dataclass
class Outcome:
    """What came of it: a latency for each journey that went well, in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0


def request(method: str, path: str, cookie: str, body: str = "", *, close: bool = False) -> bytes:
    """The bytes of a request, as a proxy passes them on; each comes from an address of its own."""
    place = randrange(2**24)
    address = f"X-Forwarded-For: 10.{place >> 16}.{place >> 8 & 255}.{place & 255}"
    lines = [f"{method} {path} HTTP/1.1", f"Host: {SERVER}", address, "Accept-Language: fr", "Accept: text/html"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def ticket_body(token: str, place: str) -> str:
    """A filled-in form; one person in so many writes again."""
    return (
        f"csrf_token={token}&submission={secrets.token_urlsafe(18)}&topic=printer&company=Garage+Morel&department=Atelier"
        f"&email=client{hash(place) % 5000}%40garage-morel.example&name=Claire+Morel&phone=01+99+00+12+34"
        f"&teamviewer_id=123+456+789&subject=Imprimante+hors+connexion+{place}&priority=normal&message="
        "Bonjour%2C%0D%0Amon+imprimante+appara%C3%AEt+hors+connexion+depuis+ce+matin+%3A+elle+est+pourtant+bien+"
        "branch%C3%A9e+et+je+l%27ai+red%C3%A9marr%C3%A9e+plusieurs+fois.%0D%0A%0D%0APouvez-vous+intervenir+%3F"
    )


def get(plan: Plan, _place: Callable[[], str]) -> Callable[[], Journey]:
    """A page, by who has been here before."""
    ready = request("GET", plan.path, plan.cookie)

    def journey() -> Journey:
        answer = yield ready
        return answer.startswith(b"HTTP/1.1 200")

    return journey


def post(plan: Plan, place: Callable[[], str]) -> Callable[[], Journey]:
    """A ticket, by who has the form open."""

    def journey() -> Journey:
        answer = yield request("POST", plan.path, plan.cookie, ticket_body(plan.token, place()))
        return answer.startswith(b"HTTP/1.1 303")

    return journey


def newcomer(plan: Plan, place: Callable[[], str]) -> Callable[[], Journey]:
    """The form and then a ticket, by who has never been here: no cookie, a connection of their own."""

    def journey() -> Journey:
        answer = yield request("GET", plan.path, "")
        token, cookies = _TOKEN.search(answer), _COOKIE.findall(answer)
        if token is None or not cookies:
            return False
        cookie = b"; ".join(cookies).decode()
        answer = yield request("POST", plan.path, cookie, ticket_body(token[1].decode(), place()), close=True)
        return answer.startswith(b"HTTP/1.1 303")

    return journey


JOURNEYS = {"get": get, "post": post, "newcomer": newcomer}


class Client:
    """One connection, kept open as long as the server does."""

    def __init__(self, plan: Plan, start: Callable[[], Journey]) -> None:
        self.plan, self.start, self.fresh = plan, start, plan.journey == "newcomer"
        self.connection: socket.socket | None = None

    def begin(self, selector: selectors.BaseSelector) -> None:
        """Send the first request of a journey."""
        self.journey = self.start()
        self.began = time.perf_counter()
        if self.fresh:
            self.hang_up(selector)
        self.say(selector, next(self.journey))

    def say(self, selector: selectors.BaseSelector, words: bytes) -> None:
        """Send a request on the connection, or on a new one where the server closed it."""
        if self.connection is None:
            self.connection = socket.create_connection((SERVER, self.plan.port), PATIENCE_SECONDS)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self.connection, selectors.EVENT_READ, self)
        self.heard = b""
        self.connection.sendall(words)

    def hang_up(self, selector: selectors.BaseSelector) -> None:
        """Close the connection."""
        if self.connection is not None:
            selector.unregister(self.connection)
            self.connection.close()
            self.connection = None

    def listen(self, selector: selectors.BaseSelector) -> bool | None:
        """Read what is there: True or False when the journey is over, None while it goes on."""
        assert self.connection is not None
        piece = self.connection.recv(65536)
        self.heard += piece
        head = self.heard.find(b"\r\n\r\n")
        length = _LENGTH.search(self.heard, 0, head + 2) if head >= 0 else None
        if piece and (head < 0 or (length is not None and len(self.heard) < head + 4 + int(length[1]))):
            return None
        if not piece or b"\r\nconnection: close" in self.heard[:head].lower():
            self.hang_up(selector)
        if head < 0 or length is None:
            return False
        try:
            self.say(selector, self.journey.send(self.heard))
        except StopIteration as end:
            return bool(end.value)
        return None


def run(plan: Plan) -> Outcome:
    """Keep all clients busy for the plan's time; what is under way then is not counted."""
    count = itertools.count()
    start = JOURNEYS[plan.journey](plan, lambda: f"{plan.seed}-{next(count)}")
    outcome = Outcome()
    with selectors.DefaultSelector() as selector:
        clients = [Client(plan, start) for _one in range(plan.clients)]
        began = time.perf_counter()
        for client in clients:
            client.begin(selector)
        while (now := time.perf_counter()) - began < plan.seconds:
            events = selector.select(PATIENCE_SECONDS)
            if not events:
                raise TimeoutError(f"no answer within {PATIENCE_SECONDS} s")
            for key, _mask in events:
                good = key.data.listen(selector)
                if good is None:
                    continue
                if good:
                    outcome.latencies.append(time.perf_counter() - key.data.began)
                else:
                    outcome.failures += 1
                key.data.begin(selector)
        outcome.seconds = now - began
        for client in clients:
            client.hang_up(selector)
    return outcome


if __name__ == "__main__":
    json.dump(asdict(run(Plan(**json.load(sys.stdin)))), sys.stdout)
