"""Files of forms that come back: what anybody may send without opening a ticket has an end."""

from __future__ import annotations

import pytest
from webtest import Upload as File

from novantic_core.models import StoredFile, Upload

RIGHT = {
    "topic": "printer", "company": "Lefèvre", "email": "claire@lefevre.example.com", "name": "Claire Lefèvre",
    "phone": "01 44 55 66 77", "subject": "Imprimante", "message": "Bonjour.",
}  # fmt: skip


def send(client, number=None, status=422, **values):
    form = client.get("/tickets/new").forms["ticket"]
    for name, value in {**RIGHT, **values}.items():
        form[name] = value
    if number is not None:
        form["attachments"] = [File("a.txt", b"content %d" % number, "text/plain")]
    return form.submit(status=status)


@pytest.mark.novantic(settings={"novantic.limit_kept_files": "2 per hour"})
def test_the_files_of_wrong_forms_are_not_kept_without_end(english, count):
    for number in range(2):
        send(english, number, email="x")
    assert "choose them again" in send(english, 3, email="x")
    assert count(Upload) == count(StoredFile) == 2


@pytest.mark.novantic(settings={"novantic.attachments.max_kept": "1"})
def test_the_files_of_wrong_forms_have_no_more_room_than_the_settings_say(english, count):
    send(english, 1, email="x")
    send(english, 2, email="x")
    assert count(Upload) == count(StoredFile) == 1


@pytest.mark.novantic(settings={"novantic.limit_kept_files": "1 per hour"})
def test_the_files_of_a_right_form_are_taken_however_many_wrong_ones_there_were(english, count):
    for number in range(3):
        send(english, number, email="x")
    send(english, 4, status=303)
    assert count(StoredFile) == 2


def test_a_wrong_forms_pasted_pictures_stay_in_its_text_and_are_not_stored(english, count):
    picture = '<p>a<img src="data:image/png;base64,iVBORw0KGgo="></p>'
    page = send(english, email="x", message=picture)
    assert "data:image/png" in page.forms["ticket"]["message"].value
    assert count(StoredFile) == 0
