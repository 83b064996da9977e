"""A file goes to whom may see its ticket, technicians too."""

from __future__ import annotations

import re

import pytest
from webtest import Upload

from novantic_core.models import Team
from novantic_core.testing import PASSWORD

pytestmark = pytest.mark.usefixtures("portal_theme")


def test_not_to_technicians_outside_a_private_team(novantic_app, open_ticket, small_desk, back_office, portal, mailbox):
    number = open_ticket(attachments=[Upload("salaires.txt", b"x", "text/plain")])
    mail = next(mail for mail in mailbox.to("claire@lefevre.example.com"))
    path = re.search(r"/attachments/\d+/salaires\.txt", portal.get(mailbox.link(mail)).follow().text)[0]
    with novantic_app.transaction() as session:
        session.add(Team(key="rh", label="RH", private=True))
    small_desk.change(number, team="rh")
    novantic_app.site.preferences_cache.forget()
    novantic_app.add_technician()
    hugo = novantic_app.client()
    form = hugo.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "hugo@novantic.example", PASSWORD
    form.submit().follow()
    hugo.get(path, status=404)
    assert back_office.get(path).body == b"x"
    # who came by the requester's own link sees it, signed in or not
    hugo.get(mailbox.link(mail))
    assert hugo.get(path).body == b"x"
