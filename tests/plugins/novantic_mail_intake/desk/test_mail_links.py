"""Beside each message that came by mail: the way to its original."""

from __future__ import annotations

from novantic_core.testing.desk import CLAIRE
from novantic_mail_intake.desk.beside import links


class Asked:
    """What the hook needs of a request."""

    def __init__(self, desk):
        self.desk, self.dbsession = desk, desk.session

    @staticmethod
    def route_path(_name, id):  # noqa: A002 - a route's part
        return f"/admin/mail/{id}"


def told(novantic_app, number):
    with novantic_app.desk() as desk:
        ticket = desk.ticket(number)
        return [(link.label.interpolate(), link.url) for link in links(Asked(desk), ticket, desk.discussion(ticket))]


def test_of_what_came_by_the_form_there_is_none(novantic_app, small_desk, statements):
    number = small_desk.open()
    assert told(novantic_app, number) == []


def test_of_each_that_came_by_mail_there_is_one_and_who_else_sent_it_is_said(novantic_app, small_desk, receive, row):
    first = receive(sender=CLAIRE, message_id="un@claire.example")
    number = next(iter(numbers(novantic_app, row(first).ticket_id)))
    small_desk.follow(number, "zoe@ailleurs.example")
    second = receive(subject=f"Re: [#{number}]", message_id="deux@zoe.example", body="Moi aussi\n")
    assert told(novantic_app, number) == [
        ("Original mail", f"/admin/mail/{first}"),
        ("Original mail, from zoe@ailleurs.example", f"/admin/mail/{second}"),
    ]


def test_a_mail_without_an_id_of_its_own_has_its_original_too(novantic_app, write, receive, row):
    raw = write(sender=CLAIRE).replace(b"Message-ID: <un@ailleurs.example>\n", b"")
    key = receive(raw, sender=CLAIRE)
    number = next(iter(numbers(novantic_app, row(key).ticket_id)))
    assert row(key).message_id == ""
    assert told(novantic_app, number) == [("Original mail", f"/admin/mail/{key}")]


def numbers(novantic_app, ticket_id):
    from novantic_core.testing.tables import Ticket

    with novantic_app.transaction() as session:
        yield session.get_one(Ticket, ticket_id).number
