"""Technicians, and browsers in which they sign in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from novantic_core.models import Action, Technician
from novantic_core.seal import seal
from novantic_core.services import second_factor
from novantic_core.testing import PASSWORD

OTHER = "quite another one"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def desk(back_office: Any) -> Any:
    """The back office in English, seen by its administrator, Ada."""
    back_office.set_cookie("lang", "en")
    return back_office


@pytest.fixture
def browser(novantic_app: Any) -> Callable[[], Any]:
    """Another browser, in English, in which nobody has signed in yet."""

    def open_one() -> Any:
        client = novantic_app.client()
        client.set_cookie("lang", "en")
        return client

    return open_one


@pytest.fixture
def enter(browser: Callable[[], Any]) -> Callable[..., Any]:
    """Give address and password: the browser, and the answer in ``browser.answer``."""

    def sign_in(login: str, password: str = PASSWORD, client: Any = None) -> Any:
        client = client or browser()
        form = client.get("/admin/login").forms["sign-in"]
        form["login"], form["password"] = login, password
        client.answer = form.submit(status="*")
        return client

    return sign_in


@pytest.fixture
def protect(novantic_app: Any) -> Callable[[str], list[str]]:
    """Set a second factor up for somebody: their recovery codes."""

    def set_up(email: str) -> list[str]:
        with novantic_app.transaction() as session:
            technician = session.scalars(select(Technician).where(Technician.email_key == email)).one()
            technician.totp_secret = seal(novantic_app.site, second_factor.PURPOSE, SECRET)
            return second_factor.make_recovery_codes(session, technician)

    return set_up


@pytest.fixture
def code() -> Callable[[], str]:
    """What the app shows now."""
    return lambda: pyotp.TOTP(SECRET).now()


@pytest.fixture
def person(novantic_app: Any) -> Callable[[str], Technician]:
    """The row of a technician, by address."""

    def find(email: str) -> Technician:
        with novantic_app.site.database.session(write=False) as session:
            return session.scalars(select(Technician).where(Technician.email_key == email)).one()

    return find


@pytest.fixture
def actions(novantic_app: Any) -> Callable[[], list[str]]:
    """The kinds of what was done to the desk, in order."""

    def kinds() -> list[str]:
        with novantic_app.site.database.session(write=False) as session:
            return list(session.scalars(select(Action.kind).order_by(Action.id)))

    return kinds


@pytest.fixture
def link(mailbox: Any) -> Callable[[str], str]:
    """The path of the link to choose a password in the last mail to somebody."""

    def find(address: str) -> str:
        found = re.search(r"http://support.example.com(/admin/password/\S+)", mailbox.text(mailbox.to(address)[-1]))
        assert found is not None
        return found[1]

    return find


@pytest.fixture
def choose() -> Callable[..., Any]:
    """Choose a password by a link: the answer."""

    def fill_in(client: Any, path: str, password: str = OTHER, again: str | None = None) -> Any:
        form = client.get(path).forms["new-password"]
        form["password"], form["again"] = password, again or password
        return form.submit(status="*")

    return fill_in
