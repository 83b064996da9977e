"""What goes wrong with a mail sets it aside; what goes wrong with anything else makes it wait. The next ones go on."""

from datetime import timedelta

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, write
from pyramid_retry import RetryableException
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from novantic_core.plugin import FieldError, Setting, hookimpl
from novantic_core.testing.tables import HeldFile, Ticket
from novantic_mail_intake import decide as decisions
from novantic_mail_intake import work
from novantic_mail_intake.decide import accept_held, discard, open_as_ticket, try_again
from novantic_mail_intake.models import IncomingMail

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)


class Strict:
    """Refuses what it doesn't like, or can't say."""

    @staticmethod
    @hookimpl
    def novantic_settings_schema() -> list[Setting]:
        return []

    @staticmethod
    @hookimpl
    def novantic_check_draft(draft: object) -> None:
        if "gratuit" in draft.message:  # type: ignore[attr-defined]
            raise FieldError("This is advertising.")
        if "panne" in draft.message:  # type: ignore[attr-defined]
            raise OSError("the list is away")


def test_no_mail_at_all_is_set_aside_and_the_next_goes_on(post, count):
    bad = post.bring(b"\x00\x01\x02 no mail\r\n\r\n")
    assert (bad.state, bad.tries) == ("faulty", 1)
    assert bad.fault == "This is no mail: it has no header."
    assert post.bring(write()).state == "kept"
    # tried again it is the same
    post.decide(try_again, bad.id)
    assert (post.row(bad.id).state, post.row(bad.id).fault) == ("new", "")
    post.take_up()
    assert post.row(bad.id).state == "faulty"
    for what in (open_as_ticket, accept_held):
        with pytest.raises(FieldError, match="no mail"):
            post.decide(what, bad.id)
    post.decide(discard, bad.id)
    assert post.row(bad.id).state == "discarded"
    assert count(Ticket) == 1


@pytest.mark.parametrize("sender", ["", "nobody", "a b@c.example", f"{'x' * 300}@example.com"])
def test_without_an_address_there_is_no_ticket(post, count, sender):
    mail = write()
    del mail["From"]
    raw = (f"From: {sender}\r\n" if sender else "").encode() + mail.as_bytes()
    row = post.bring(raw)
    if row.state == "kept":
        assert "@" in row.sender
        return
    assert row.state == "faulty"
    assert "no address" in row.fault
    with pytest.raises(FieldError, match="no sender"):
        post.decide(open_as_ticket, row.id)
    assert count(Ticket) == 0


@pytest.mark.novantic(
    plugins=[*PLUGINS, "strict"], extra_plugins={"strict": Strict}, settings={**MAILBOX, "novantic.debug": "false"}
)
def test_what_a_plugin_refuses_is_set_aside_and_what_it_cannot_judge_waits(post, count):
    refused = post.bring(write("C'est gratuit !"))
    assert (refused.state, refused.fault, refused.subject) == ("faulty", "This is advertising.", "Imprimante")
    waits = post.bring(write("Tout est en panne."))
    assert (waits.state, waits.tries) == ("new", 1)
    assert "can't be checked" in waits.fault
    assert count(Ticket) == 0


def test_a_fault_of_ours_is_noted_and_undone(novantic_app, post, count, monkeypatch):
    def fail(*_given):
        raise RuntimeError("no\0 good")

    with monkeypatch.context() as patch:
        patch.setattr(decisions, "_link", fail, raising=False)
        patch.setattr(decisions.loops, "may_acknowledge", fail)
        row = post.bring(write())
    assert (row.state, row.fault, row.sender) == ("faulty", "RuntimeError: no good", CLAIRE)
    assert count(Ticket) == 0
    post.decide(try_again, row.id)
    post.take_up()
    assert post.row(row.id).state == "kept"


@pytest.mark.parametrize(
    "error", [OSError("no space left"), OperationalError("SELECT", {}, Exception("gone away")), RetryableException()]
)
def test_what_passes_is_waited_for(post, count, monkeypatch, error):
    def fail(*_given):
        raise error

    monkeypatch.setattr(decisions.loops, "may_acknowledge", fail)
    row = post.bring(write())
    assert (row.state, row.tries) == ("new", 1)
    assert row.next_try_at > row.received_at
    post.take_up()  # not due yet
    assert post.row(row.id).tries == 1
    post.later = timedelta(hours=2)
    post.take_up()
    assert post.row(row.id).tries == 2
    # for two days
    post.later = timedelta(days=3)
    post.take_up()
    assert post.row(row.id).state == "faulty"
    assert count(Ticket) == 0


def test_where_looking_for_the_ticket_is_what_fails_it_is_set_aside_all_the_same(post, monkeypatch):
    def fail(*_given):
        raise LookupError("no such ticket")

    monkeypatch.setattr(decisions, "find_thread", fail)
    row = post.bring(write())
    assert (row.state, row.fault, row.ticket_id) == ("faulty", "LookupError: no such ticket", None)


def test_who_gets_in_the_way_once_is_no_reason_to_wait(post, monkeypatch):
    plain, times = decisions.loops.may_acknowledge, []

    def fail_once(*given):
        times.append(1)
        if len(times) == 1:
            raise RetryableException
        return plain(*given)

    monkeypatch.setattr(decisions.loops, "may_acknowledge", fail_once)
    assert post.bring(write()).state == "kept"


def test_bytes_that_are_gone_are_said(novantic_app, post):
    row = post.bring(write(sender="nobody"))
    novantic_app.site.storage.delete(row.key)
    post.decide(try_again, row.id)
    post.take_up()
    assert post.row(row.id).state == "faulty"
    assert "KeyError" in post.row(row.id).fault
    with pytest.raises(FieldError, match="original of this mail was removed"):
        post.decide(open_as_ticket, row.id)


def test_a_held_mail_whose_ticket_is_gone_joins_nothing(novantic_app, post):
    number = novantic_app.open_ticket().number
    row = post.bring(write(sender="marc@petit.example.com", subject=f"[#{number}]"))
    with novantic_app.transaction() as session:
        session.execute(update(IncomingMail).values(ticket_id=None))
    with pytest.raises(FieldError, match="about no ticket"):
        post.decide(accept_held, row.id)
    post.decide(open_as_ticket, row.id)
    assert post.row(row.id).state == "kept"


def test_what_was_kept_and_not_worked_off_is_taken_up(post, count):
    """A process may end between the two."""
    ids = [post.keep(write(sender=f"{turn}@example.com")) for turn in range(work.BATCH + 2)]
    post.take_up()
    assert {post.row(id_).state for id_ in ids} == {"kept"}
    assert post.answers == 3
    assert count(Ticket) == len(ids)
    # done is done
    assert work.work_off(post.open_desk, ids[0]) == "kept"
    assert work.work_off(post.open_desk, 999_999) == ""


def test_a_worker_that_is_to_stop_stops(post):
    post.keep(write())
    post.keep(write())
    post.stopping.set()
    post.take_up()
    assert post.answers == 0


def test_another_worker_that_is_at_it_is_left_alone(novantic_app, post, monkeypatch):
    id_ = post.keep(write())

    def take_it(raw, _words):
        with novantic_app.transaction() as session:
            session.execute(update(IncomingMail).values(state="discarded"))
        raise OSError("too late")

    monkeypatch.setattr(work, "read_mail", take_it)
    assert work.work_off(post.open_desk, id_) == "new"
    assert post.row(id_).state == "discarded"

    def take_and_fail(raw, _words):
        with novantic_app.transaction() as session:
            session.execute(update(IncomingMail).values(state="discarded"))
        raise ValueError("too late")

    with novantic_app.transaction() as session:
        session.execute(update(IncomingMail).values(state="new"))
    monkeypatch.setattr(work, "read_mail", take_and_fail)
    assert work.work_off(post.open_desk, id_) == "new"
    assert post.row(id_).state == "discarded"


def test_the_bytes_are_held(novantic_app, post):
    row = post.bring(write())
    with novantic_app.transaction() as session:
        assert session.scalars(select(HeldFile.key)).all() == [row.key]


@pytest.mark.parametrize(
    "header",
    [
        b"Message-ID: <a\x00b\xff\xfe@x>", b"Message-ID: <" + b"\xc3\xa9" * 3000 + b"@x>", b"References: <a\x00\xff@x>",
        b"In-Reply-To: <" + "日本".encode() * 900 + b"@x>", b"Subject: \x00\xff\xed\xa0\x80 [#1234\x00567]",
        b"From: \xe9\x00 <claire@lefevre.example.com>", b"Delivered-To: a\x00b@\xff", b"Reply-To: \xff",
    ],
)  # fmt: skip
def test_odd_bytes_in_a_header_cost_nothing(post, header):
    name = header.partition(b":")[0].decode()
    mail = write()
    del mail[name]
    assert post.bring(header + b"\r\n" + mail.as_bytes()).state == "kept"


class Ended(BaseException):
    """What ends the process while a mail is read."""


def test_a_mail_that_ends_its_reader_is_not_read_for_ever(post, count, monkeypatch):
    def end(_raw, _words):
        raise Ended

    key = post.keep(write())
    monkeypatch.setattr(work, "read_mail", end)
    waits = []
    for _time in range(work.MOST_BEGUN):
        with pytest.raises(Ended):
            work.work_off(post.open_desk, key)
        row = post.row(key)
        waits.append(round((row.next_try_at - row.received_at).total_seconds(), -1))
    assert row.state == "new"
    # the second try comes at once: whatever ends a process may end one while it reads
    assert waits == [0, 30, 60, 120, 240]
    assert work.work_off(post.open_desk, key) == "faulty"
    assert post.row(key).fault == work.NEVER_ENDS
    # a technician may have it tried again
    monkeypatch.undo()
    post.decide(try_again, key)
    post.take_up()
    assert post.row(key).state == "kept"
    assert count(Ticket) == 1


def test_what_went_wrong_before_does_not_hide_that_it_ends_its_reader(post, monkeypatch):
    def away(_raw, _words):
        raise OSError("the storage is away")

    def end(_raw, _words):
        raise Ended

    key = post.keep(write())
    monkeypatch.setattr(work, "read_mail", away)
    for _time in range(work.MOST_BEGUN + 1):
        assert work.work_off(post.open_desk, key) == "new"
    # a fault that was there, and times at which it ended in order, count for nothing
    assert (post.row(key).tries, post.row(key).begun) == (work.MOST_BEGUN + 1, 0)
    monkeypatch.setattr(work, "read_mail", end)
    for _time in range(work.MOST_BEGUN):
        with pytest.raises(Ended):
            work.work_off(post.open_desk, key)
    assert work.work_off(post.open_desk, key) == "faulty"
    assert post.row(key).fault == work.NEVER_ENDS
