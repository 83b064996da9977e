"""The main job without JavaScript: a client opens, follows, answers and sees the end of a ticket."""

from __future__ import annotations

import pytest
from webtest import Upload

pytestmark = pytest.mark.usefixtures("portal_theme")


def test_a_ticket_from_its_opening_to_its_end(portal, mailbox, novantic_app):
    novantic_app.add_technician("hugo@novantic.example")
    home = portal.get("/")
    form = home.click(href="/tickets/new", index=0).forms["ticket"]
    form["topic"] = "printer"
    form["company"] = "Boulangerie Lefèvre"
    form["email"] = "claire@lefevre.example.com"
    form["name"] = "Claire Lefèvre"
    form["phone"] = "01 44 55 66 77"
    form["teamviewer_id"] = "123 456 789"
    form["critical"] = True
    form["subject"] = "Imprimante hors connexion"
    form["message"] = "Bonjour,\nelle ne répond plus."
    form["attachments"] = [Upload("capture.png", b"\x89PNG", "image/png")]
    opened = form.submit(status=303).follow()
    number = opened.html.find(class_="num").text
    assert "Claire Lefèvre" in opened

    (to_client,) = mailbox.to("claire@lefevre.example.com")
    (to_hugo,) = mailbox.to("hugo@novantic.example")
    assert number in to_client["Subject"]
    assert "01 44 55 66 77" in mailbox.text(to_hugo)

    portal.post("/logout", {"csrf_token": form["csrf_token"].value})
    asked = portal.get("/tickets/status").forms["status"]
    asked["email"], asked["number"] = "Claire@Lefevre.example.com", f"#{number}"
    asked.submit()
    link = mailbox.link(mailbox.to("claire@lefevre.example.com")[-1])

    page = portal.get(link).follow()
    assert "elle ne répond plus" in page
    assert "123 456 789" in page
    file = page.html.find(class_="attached").find("a")["href"]
    assert portal.get(file).body == b"\x89PNG"

    reply = page.forms["reply"]
    reply["message"] = "Elle est aussi débranchée."
    page = reply.submit(status=303).follow()
    assert "Elle est aussi débranchée." in page
    assert "Elle est aussi débranchée." in mailbox.text(mailbox.to("hugo@novantic.example")[-1])

    page = next(form for form in page.forms.values() if form.action.endswith("/close")).submit().follow()
    assert page.html.find(class_="tag closed")
    assert "claire@lefevre.example.com" in mailbox.messages[-1]["To"] or mailbox.to("claire@lefevre.example.com")
