"""A form that is sent twice."""

from __future__ import annotations

from sqlalchemy import func, select

from novantic_core.models import Message, Ticket


def count(novantic_app, table):
    with novantic_app.transaction() as session:
        return session.scalar(select(func.count()).select_from(table))


def fill(form):
    form["topic"], form["company"], form["email"] = "printer", "Lefèvre", "claire@lefevre.example.com"
    form["name"], form["phone"], form["subject"], form["message"] = "Claire", "01 44 55 66 77", "Panne", "Bonjour"
    return form


def test_the_same_form_twice_is_one_ticket_and_one_number(portal, novantic_app):
    form = fill(portal.get("/tickets/new").forms["ticket"])
    numbers = [form.submit().follow().html.find(class_="num").text for _time in range(2)]
    assert numbers[0] == numbers[1]
    assert count(novantic_app, Ticket) == 1


def test_going_back_to_write_about_another_problem_is_another_ticket(portal, novantic_app):
    form = fill(portal.get("/tickets/new").forms["ticket"])
    form.submit()
    form["subject"] = "Une autre panne"
    form.submit()
    assert count(novantic_app, Ticket) == 2


def test_the_same_answer_twice_is_one_message(visit, novantic_app):
    form = visit().forms["reply"]
    form["message"] = "Une précision"
    form.submit()
    form.submit()
    assert count(novantic_app, Message) == 2
