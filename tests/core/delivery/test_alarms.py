"""What lags: administrators are told once when it has lasted, and once when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from made import plugin
from sqlalchemy import select, update

from novantic_core.delivery import alarms
from novantic_core.delivery.worker import Worker
from novantic_core.i18n import _ as message
from novantic_core.models import Alarm, Delivery, PluginState, SearchPending, WorkerTaskRow
from novantic_core.models import Worker as WorkerRow
from novantic_core.plugin import WorkerTask

ADA = "ada@novantic.example"
SETTINGS = {"novantic.debug": "false", "novantic.environment": "development"}
pytestmark = pytest.mark.novantic(settings=SETTINGS)


@pytest.fixture
def minutes(novantic_app, clock):
    """Let minutes go by, in each of which a worker works."""
    novantic_app.add_technician(ADA, "Ada", "administrator")
    worker = Worker(novantic_app.site, clock)

    def go_by(count, work=True):
        for _ in range(count):
            clock.forward(minutes=1)
            while work and go_by.worker.run_once():
                pass

    go_by.worker = worker
    go_by(1)
    yield go_by
    go_by.worker.leave()


@pytest.fixture
def alarms_to(mailbox):
    """Subject and text of the alarms that were mailed."""

    # the mailbox would deliver by the real clock
    mailbox.app.deliver = lambda: None

    def read(address=ADA):
        plain = [(str(mail["Subject"]), mailbox.text(mail)) for mail in mailbox.to(address)]
        said = [(subject.replace("\xa0", " "), text.replace("\xa0", " ")) for subject, text in plain]
        return [(subject, text) for subject, text in said if subject.startswith("Le support")]

    return read


def set_aside(app, aside=True, name="faq", fault="page:\nKeyError"):
    with app.transaction() as session:
        state = session.get(PluginState, name)
        state.last_fault, state.last_fault_at = fault, state.last_fault_at
        state.set_aside = aside


@pytest.fixture
def known(novantic_app):
    """The plugins have their rows, as after a start."""
    from novantic_core.services.note_plugins import note_plugins

    def note(clock):
        note_plugins(novantic_app.site, clock())

    return note


def test_a_trouble_is_told_once_when_it_lasts_and_once_when_it_is_over(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    set_aside(novantic_app)
    minutes(2)
    assert alarms_to() == []
    minutes(20)
    ((subject, text),) = alarms_to()
    assert subject.startswith("Le support a besoin de vous : Le plugin faq a été mis de côté : page: KeyError")
    assert "http://support.example.com/admin/plugins#plugin-faq" in text
    set_aside(novantic_app, aside=False)
    minutes(20)
    (_first, (subject, text)) = alarms_to()
    assert subject == "Le support : tout va de nouveau bien"
    assert "Le plugin faq a été mis de côté : page: KeyError (du " in text


def test_a_long_one_is_cut_between_two_words_in_the_subject(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    set_aside(novantic_app, fault="page: " + "KeyError " * 30)
    minutes(20)
    ((subject, text),) = alarms_to()
    assert subject.endswith(" KeyError…")
    assert len(subject) < 150
    assert "KeyError " * 25 in text


def test_what_comes_and_goes_is_told_once(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    set_aside(novantic_app)
    minutes(5)
    for _ in range(5):
        set_aside(novantic_app, aside=False)
        minutes(1)
        set_aside(novantic_app)
        minutes(2)
    assert len(alarms_to()) == 1


def test_what_was_gone_before_it_was_told_leaves_nothing(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    set_aside(novantic_app)
    minutes(1)
    set_aside(novantic_app, aside=False)
    minutes(10)
    assert alarms_to() == []


def test_what_still_lasts_is_said_beside_what_is_new(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    set_aside(novantic_app)
    minutes(5)
    set_aside(novantic_app, name="critical")
    minutes(5)
    text = alarms_to()[-1][1]
    assert text.index("critical") < text.index("Déjà signalé, et cela dure :") < text.index("faq")
    set_aside(novantic_app, aside=False)
    minutes(5)
    assert alarms_to()[-1][0] == "Le support : un souci est passé, un autre dure"


def test_administrators_are_told_and_nobody_else(minutes, novantic_app, alarms_to, known, clock):
    novantic_app.add_technician("hugo@novantic.example", "Hugo")
    novantic_app.add_technician("eve@novantic.example", "Eve", "administrator")
    known(clock)
    set_aside(novantic_app)
    minutes(5)
    assert len(alarms_to("eve@novantic.example")) == 1
    assert alarms_to("hugo@novantic.example") == []


def test_that_no_worker_was_alive_is_told_by_the_next_one(minutes, novantic_app, alarms_to, clock):
    minutes.worker.leave()
    minutes(30, work=False)
    minutes.worker = Worker(novantic_app.site, clock)
    minutes(1)
    ((subject, text),) = alarms_to()
    assert subject.startswith("Le support a besoin de vous : Aucun worker n’était en vie du ")
    minutes(30)
    assert len(alarms_to()) == 1
    assert "/admin/workers" in text


def test_who_has_workers_come_now_and_again_is_not_told_of_it_each_time(minutes, novantic_app, alarms_to, clock):
    with novantic_app.transaction() as session:
        alarms.expect_no_worker(session, clock())
    minutes(30, work=False)
    minutes(2)
    assert alarms_to() == []


def test_a_worker_that_was_busy_was_alive(minutes, novantic_app, alarms_to, clock):
    for _ in range(30):
        clock.forward(minutes=1)
        minutes.worker.heartbeat()
    minutes(1)
    assert alarms_to() == []


def test_deliveries_that_were_given_up_are_told_together(minutes, novantic_app, open_ticket, alarms_to, clock):
    def give_up(count):
        for _ in range(count):
            open_ticket()
        with novantic_app.transaction() as session:
            session.execute(
                update(Delivery)
                .where(Delivery.state == "pending")
                .values(state="failed", given_up_at=clock.now + timedelta(seconds=30))
            )

    give_up(3)
    minutes(1)
    assert [subject for subject, _text in alarms_to()] == [
        "Le support a besoin de vous : Des envois ont été abandonnés : 6."
    ]
    give_up(1)
    minutes(10)
    give_up(1)
    minutes(40)
    assert len(alarms_to()) == 1
    minutes(20)
    assert alarms_to()[-1][0].endswith("abandonnés : 4.")
    minutes(120)
    assert len(alarms_to()) == 2


def test_alarms_that_were_given_up_are_no_alarm(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    set_aside(novantic_app)
    minutes(5)
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(state="failed", given_up_at=clock.now + timedelta(seconds=30)))
    minutes(120)
    assert len(alarms_to()) == 1


def test_a_mail_server_that_is_away_is_told_when_it_is_back(smtp, minutes, open_ticket, novantic_app, clock):
    open_ticket()
    smtp.answers["MAIL"] = "451 come back later"
    minutes(20)
    with novantic_app.transaction() as session:
        queued = session.scalars(select(Delivery).where(Delivery.kind == "desk_alarm")).all()
        assert [one.state for one in queued] == ["pending"]
    del smtp.answers["MAIL"]
    minutes(90)
    subjects = [str(mail["Subject"]) for mail in smtp.to(ADA) if mail["Subject"].startswith("Le support")]
    assert len(subjects) == 2
    assert any("Rien ne part par « E-mail »" in subject for subject in subjects)
    assert "Le support : tout va de nouveau bien" in subjects


def test_one_recipient_that_is_refused_is_no_trouble_where_others_are_sent_to(
    smtp, minutes, open_ticket, novantic_app, clock
):  # fmt: skip
    smtp.answers["RCPT"] = "452 mailbox full"
    open_ticket()
    minutes(1)
    del smtp.answers["RCPT"]
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(next_attempt_at=clock.now + timedelta(hours=1)))
    open_ticket(email="paul@example.com")
    minutes(30)
    assert not any(mail["Subject"].startswith("Le support") for mail in smtp.to(ADA))


def test_documents_that_wait_to_be_indexed_are_told(minutes, novantic_app, alarms_to, clock):
    with novantic_app.transaction() as session:
        later = clock.now + timedelta(hours=3)
        session.add(SearchPending(index_name="ticket", document_id=1, since=clock.now, due_at=later))
    minutes(15)
    assert "attendent d’être trouvés par la recherche : 1." in alarms_to()[0][0]


silent = pytest.mark.novantic(
    plugins=["webform", "email", "post"], settings=SETTINGS,
    extra_plugins={"post": plugin(worker_tasks=lambda: [WorkerTask("box", print, "Boîte", late=300)])},
)  # fmt: skip


@silent
def test_a_task_that_does_not_answer_is_told(minutes, novantic_app, alarms_to, clock):
    minutes(6)
    assert alarms_to() == []
    minutes(4)
    assert alarms_to()[0][0].startswith("Le support a besoin de vous : Boîte ne répond pas. (depuis le ")


BOX = message("The mailbox ${address} at ${host}", mapping={"address": "support@x.fr", "host": "imap.x.fr"})


@pytest.mark.novantic(
    plugins=["webform", "email", "post"], settings=SETTINGS,
    extra_plugins={"post": plugin(worker_tasks=lambda: [WorkerTask("box", print, BOX, late=300)])},
)  # fmt: skip
def test_why_is_said_in_the_readers_language_and_again_when_it_is_over(minutes, novantic_app, alarms_to, clock):
    def answers(at, fault=""):
        with novantic_app.transaction() as session:
            session.merge(WorkerTaskRow(name="post.box", answered_at=at, fault=fault))

    answers(clock.now, "imap.x.fr:993 can't be reached: [Errno 111] Connection refused")
    minutes(10)
    why = "The mailbox support@x.fr at imap.x.fr ne répond pas : imap.x.fr:993 refuse la connexion"
    ((_subject, text),) = alarms_to()
    assert why in text
    answers(clock.now)
    minutes(4)
    over = next(text for _subject, text in alarms_to() if "C’est passé" in text)
    assert f"{why} (du " in over


def test_a_clock_that_was_ahead_keeps_nothing_silent(minutes, novantic_app, alarms_to, known, clock):
    known(clock)
    clock.forward(days=30)
    set_aside(novantic_app)
    minutes(5)
    sent = len(alarms_to())
    clock.forward(days=-30)
    set_aside(novantic_app, aside=False)
    minutes(15)
    assert len(alarms_to()) == sent + 1


def test_where_nobody_can_be_told_nothing_is_queued(novantic_app, clock):
    with novantic_app.transaction() as session:
        session.add(WorkerRow(id="a", host="h", pid=1, started_at=clock.now, heartbeat_at=clock.now))
        alarms.look_for_alarms(novantic_app.site, session, clock.now)
        assert {row.name for row in session.scalars(select(Alarm))} == {"worker", "given_up"}
