"""Time is noted on a ticket; its author and administrators correct it and take it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import TimeEntry


@pytest.fixture
def entry(novantic_app):
    def read():
        with novantic_app.site.database.session(write=False) as session:
            return session.scalar(select(TimeEntry))

    return read


@pytest.fixture
def form(back_office, open_ticket):
    number = open_ticket()
    return number, back_office.get(f"/admin/tickets/{number}/time").forms["time"]


def test_time_is_noted(form, entry):
    number, page = form
    page["minutes"], page["note"] = "1h30", "Pilote réinstallé"
    answer = page.submit(status=303)
    assert answer.location.endswith(f"/admin/tickets/{number}#time")
    assert (entry().minutes, entry().note, entry().billable) == (90, "Pilote réinstallé", True)


def test_what_is_no_time_gets_its_sentence(form, entry):
    page = form[1]
    page["minutes"] = "bientôt"
    answer = page.submit(status=422)
    assert "45, 1:30 ou 1h30" in answer.html.find(id="time-minutes-error").text
    assert answer.forms["time"]["minutes"].value == "bientôt"
    assert entry() is None


def test_who_decides_otherwise_is_asked_why(form, entry):
    page = form[1]
    page["minutes"] = "10"
    page["billable"] = "no"
    answer = page.submit(status=422)
    assert answer.html.find(id="time-billable_reason-error")
    assert entry() is None
    page = answer.forms["time"]
    page["billable_reason"] = "geste commercial"
    page.submit(status=303)
    assert (entry().billable, entry().reason) == (False, "geste commercial")


def test_a_choice_that_isnt_offered_is_refused(form):
    page = form[1]
    page["minutes"] = "10"
    page["billable"].force_value("perhaps")
    assert page.submit(status=422).html.find(id="time-billable-error")


@pytest.mark.parametrize("day", ["demain", "0001-01-01", "2999-01-01", ""])
def test_a_wrong_day_gets_its_sentence(form, day):
    page = form[1]
    page["minutes"], page["spent_on"] = "10", day
    assert page.submit(status=422).html.find(id="time-spent_on-error")


def test_an_earlier_day_is_kept(form, entry, novantic_app):
    page = form[1]
    page["minutes"], page["spent_on"] = "10", "2026-01-15"
    page.submit(status=303)
    assert entry().spent_on.astimezone(novantic_app.site.settings.timezone).isoformat() == "2026-01-15T12:00:00+01:00"


def test_the_same_form_twice_notes_once(form, count):
    page = form[1]
    page["minutes"] = "10"
    page.submit(status=303)
    page.submit(status=303)
    assert count(TimeEntry) == 1


def test_who_goes_back_to_a_sent_form_can_note_something_else(form, count):
    page = form[1]
    page["minutes"] = "10"
    page.submit(status=303)
    page["minutes"] = "15"
    page.submit(status=303)
    assert count(TimeEntry) == 2


def test_an_expired_page_keeps_the_words(form, entry):
    page = form[1]
    page["minutes"], page["csrf_token"] = "10", "old"
    answer = page.submit(status=400)
    assert answer.forms["time"]["minutes"].value == "10"
    assert entry() is None


def test_an_entry_is_corrected(back_office, spend, entry):
    number = spend(45)
    page = back_office.get(f"/admin/tickets/{number}/time/{entry().id}").forms["time-entry"]
    assert page["minutes"].value == "45\u00a0min"
    page["minutes"] = "1:00"
    page.submit(status=303)
    assert entry().minutes == 60


def test_who_saves_later_is_told_what_changed(back_office, spend, entry):
    number = spend(45)
    mine, other = (back_office.get(f"/admin/tickets/{number}/time/{entry().id}").forms["time-entry"] for _ in "12")
    other["minutes"], other["billable"], other["billable_reason"] = "60", "no", "geste"
    other.submit(status=303)
    mine["minutes"] = "50"
    answer = mine.submit(status=409)
    assert "1\u00a0h" in answer.html.find(id="time-entry-minutes-error").text
    assert "Non facturé" in answer.html.find(id="time-entry-billable-error").text
    assert answer.forms["time-entry"]["minutes"].value == "50"
    answer.forms["time-entry"].submit(status=303)
    assert entry().minutes == 50


def test_a_correction_is_checked_too(back_office, spend, entry):
    number = spend(45)
    page = back_office.get(f"/admin/tickets/{number}/time/{entry().id}").forms["time-entry"]
    page["billable"] = "no"
    assert page.submit(status=422).html.find(id="time-entry-billable_reason-error")
    assert entry().billable


def test_an_entry_is_removed(back_office, spend, count, entry):
    number = spend(45)
    page = back_office.get(f"/admin/tickets/{number}/time/{entry().id}")
    form = next(one for one in page.forms.values() if one.action.endswith("/remove"))
    form.submit(status=303)
    assert count(TimeEntry) == 0


def test_nobody_changes_the_time_of_somebody_else(spend, sign_in, entry, count):
    number = spend(45)
    other = sign_in("lea@novantic.example", "Léa")
    other.get(f"/admin/tickets/{number}/time/{entry().id}", status=403)
    token = other.get(f"/admin/tickets/{number}/time").forms["time"]["csrf_token"].value
    other.post(f"/admin/tickets/{number}/time/{entry().id}/remove", {"csrf_token": token}, status=403)
    assert count(TimeEntry) == 1


def test_an_entry_belongs_to_its_ticket(back_office, spend, entry, open_ticket):
    spend(45)
    other = open_ticket(email="other@example.com")
    back_office.get(f"/admin/tickets/{other}/time/{entry().id}", status=404)


def test_what_was_noted_before_a_merge_can_be_corrected_after_it(back_office, spend, small_desk, entry):
    number = small_desk.merge(spend(45), small_desk.open())
    page = back_office.get(f"/admin/tickets/{number}").click(href=f"/admin/tickets/{number}/time/").forms["time-entry"]
    page["minutes"] = "30"
    page.submit(status=303)
    assert entry().minutes == 30


def test_what_decides_the_billing_is_said_in_the_readers_language(form):
    words = [label for _value, _chosen, label in form[1]["billable"].options]
    assert words[0] == "Facturé\N{NO-BREAK SPACE}: sans contrat"
