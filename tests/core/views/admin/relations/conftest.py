"""Steps of a technician that are a plain button."""

from __future__ import annotations

import pytest


@pytest.fixture
def press(back_office):
    """``press("/admin/tickets/983177/follow")``: a button's form, with its token."""

    def send(path, status=303, client=None, **fields):
        client = client or back_office
        token = client.get("/admin").html.find("input", {"name": "csrf_token"})["value"]
        return client.post(path, {"csrf_token": token, **fields}, status=status)

    return send


@pytest.fixture
def hugo(novantic_app):
    """A technician, with a browser of their own."""
    from novantic_core.testing import PASSWORD

    novantic_app.add_technician()
    client = novantic_app.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "hugo@novantic.example", PASSWORD
    form.submit().follow()
    return client


@pytest.fixture
def hide(novantic_app, small_desk):
    """Give a ticket to a private team, which Hugo isn't in."""
    from novantic_core.models import Team

    def send(number):
        with novantic_app.transaction() as session:
            if session.get(Team, "rh") is None:
                session.add(Team(key="rh", label="RH", private=True))
        small_desk.change(number, team="rh")
        novantic_app.site.preferences_cache.forget()

    return send
