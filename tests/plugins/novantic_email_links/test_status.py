"""Asking for a link to one's ticket: the answer tells nothing, the link goes to the mailbox alone."""

from __future__ import annotations

import re

import pytest

from novantic_core.testing.tables import AccessGrant, AccessRequest

pytestmark = pytest.mark.usefixtures("portal_theme")

ADDRESS = "claire@lefevre.example.com"


def ask(portal, email, number, status=200):
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = email, number
    return form.submit(status=status)


def without_tokens(page):
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.text)


def links(mailbox, address=ADDRESS):
    return [mail for mail in mailbox.to(address) if "Access link" in mail["Subject"]]


@pytest.fixture
def ticket(english, open_ticket, mailbox):
    number = open_ticket()
    assert mailbox.messages
    return number


def test_the_answer_and_the_statements_are_the_same_whatever_was_typed(english, ticket, statements):
    other = str(int(ticket) - 1 if ticket != "100000" else 999999)
    answers = []
    for email, number in (
        (ADDRESS, ticket),
        (ADDRESS, other),
        ("nobody@example.com", ticket),
        ("nobody@example.com", other),
    ):
        with statements() as sent:
            answers.append((without_tokens(ask(english, email, number)), sent))
    pages, sent = zip(*answers, strict=True)
    assert len(set(pages)) == 1
    assert sent[0] == sent[1] == sent[2] == sent[3]


def test_the_answer_names_neither_address_nor_number(english, ticket):
    page = ask(english, ADDRESS, ticket)
    assert ADDRESS not in page
    assert ticket not in page


def test_a_link_is_mailed_if_both_match(english, ticket, mailbox):
    ask(english, ADDRESS, ticket)
    (mail,) = links(mailbox)
    assert f"[#{ticket}]" in mail["Subject"]
    assert ticket in english.get(mailbox.link(mail)).follow()


@pytest.mark.parametrize("shape", ["#{}", "# {} ", "n° {}", "{0:.3} {0}"])
def test_a_number_may_be_typed_as_it_is_written(english, ticket, mailbox, shape):
    typed = f"#{ticket[:3]} {ticket[3:]}" if "0:.3" in shape else shape.format(ticket)
    ask(english, ADDRESS, typed)
    assert len(links(mailbox)) == 1


@pytest.mark.parametrize("typed", ["CLAIRE@lefevre.example.com", " claire@LEFEVRE.example.com "])
def test_an_address_may_be_typed_in_any_case(english, ticket, mailbox, typed):
    ask(english, typed, ticket)
    assert len(links(mailbox)) == 1


def test_the_link_goes_to_the_address_of_the_ticket_and_not_to_the_one_typed(english, ticket, mailbox):
    ask(english, "CLAIRE@lefevre.example.com", ticket)
    (mail,) = [mail for mail in mailbox.messages if "Access link" in mail["Subject"]]
    assert mail["To"].addresses[0].addr_spec == ADDRESS


@pytest.mark.parametrize(
    "typed", ["nobody@example.com", "laire@lefevre.example.com", "claire@lefevre.example.com.evil.example"]
)
def test_another_address_gets_nothing(english, ticket, mailbox, count, typed):
    before = len(mailbox.messages)
    ask(english, typed, ticket)
    assert len(mailbox.messages) == before
    assert count(AccessRequest) == 0


@pytest.mark.parametrize(
    "email, number, field",
    [("claire", "983177", "email"), (ADDRESS, "abc", "number"), (ADDRESS, "", "number"), ("", "983177", "email"),
     (ADDRESS, "9" * 41, "number"), (ADDRESS, "12", "number"), (ADDRESS, "١٢٣٤٥٦", "number")],
)  # fmt: skip
def test_what_can_not_be_an_address_or_a_number_is_said_beside_the_field(english, email, number, field):
    page = ask(english, email, number, status=422)
    assert page.html.find(id=f"status-{field}-error")
    assert page.html.find(id="errors").find("a")["href"] == f"#status-{field}"
    assert page.forms["status"]["email"].value == email


def test_what_was_typed_comes_back_from_an_old_page(english):
    form = english.get("/tickets/status").forms["status"]
    form["email"], form["number"], form["csrf_token"] = ADDRESS, "983177", "old"
    page = form.submit(status=400)
    assert page.forms["status"]["number"].value == "983177"


@pytest.mark.novantic(settings={"novantic.limit_access": "3 per hour"})
def test_guesses_at_the_numbers_of_an_address_are_limited(english, count):
    for number in range(100000, 100003):
        ask(english, ADDRESS, str(number))
    assert "Too many attempts" in ask(english, ADDRESS, "100003", status=429)
    assert count(AccessRequest) == 3


@pytest.mark.novantic(settings={"novantic.limit_access": "3 per hour"})
def test_guesses_at_the_address_of_a_number_are_limited(english):
    for n in range(3):
        ask(english, f"guess{n}@example.com", "983177")
    ask(english, "guess4@example.com", "983177", status=429)


def test_no_grant_is_made_before_the_mail_is(english, ticket, count):
    before = count(AccessGrant)
    ask(english, ADDRESS, ticket)
    assert count(AccessGrant) == before


def test_several_requests_at_once_are_answered_by_one_mail(english, ticket, mailbox):
    for _time in range(3):
        ask(english, ADDRESS, ticket)
    assert len(links(mailbox)) == 1
