"""Six files, and pictures in the text: nothing that was sent is silently left out."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import func, select
from webtest import Upload

from novantic_core.models import Attachment, Ticket

pytestmark = pytest.mark.usefixtures("portal_theme")

FIELDS = {
    "topic": "printer", "company": "Lefèvre", "email": "claire@lefevre.example.com", "name": "Claire",
    "phone": "01 44 55 66 77", "subject": "Panne", "message": "Bonjour",
}  # fmt: skip


def fill(portal, **values):
    form = portal.get("/tickets/new").forms["ticket"]
    for name, value in {**FIELDS, **values}.items():
        form[name] = value
    return form


def test_a_file_too_many_comes_back_with_the_others_to_choose_among(portal, count):
    files = [Upload(f"photo-{n}.png", bytes([n + 1]), "image/png") for n in range(6)]
    page = fill(portal, attachments=files).submit(status=422)
    assert all(f"photo-{n}.png" in page for n in range(6))
    form = page.forms["ticket"]
    form.fields["kept_files"][0].checked = False
    form.submit(status=303)
    assert (count(Ticket), count(Attachment)) == (1, 5)


def test_a_large_picture_pasted_into_the_text_is_a_file_of_the_ticket(portal, novantic_app):
    picture = base64.b64encode(b"\x89PNG" + bytes(1_900_000)).decode()
    fill(portal, message=f'<p>Voici <img src="data:image/png;base64,{picture}"></p>').submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.max(Attachment.size))) == 1_900_004
