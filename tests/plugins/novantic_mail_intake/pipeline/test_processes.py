"""The command as a mail server runs it: a process of its own, which is killed, finds the disk full, or no database."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, answer, write
from sqlalchemy import select

from novantic_core.testing.tables import Ticket
from novantic_mail_intake.models import IncomingMail

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)

RUN = "from novantic_core.cli import main; main()"
KILL = "import os, signal; kill = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL);"
BEFORE_COMMIT = f"{KILL} from novantic_mail_intake import keep; keep.insert_or = kill; {RUN}"
BETWEEN = f"{KILL} from novantic_mail_intake import command; command.work_off = kill; {RUN}"
AT_WORK = f"{KILL} from novantic_mail_intake import decide; decide.find_thread = kill; {RUN}"
AFTER_WRITING = f"{KILL} from novantic_mail_intake import decide; decide.telling = kill; {RUN}"


@pytest.fixture
def receive(novantic_app, tmp_path):
    """Pipe a mail into the command: its exit status and what it complained of."""

    def run(mail, code=RUN, largest_file=None, **changes):
        settings = {**novantic_app.settings, **changes}
        lines = [f"{key} = {value.replace('%', '%%')}" for key, value in settings.items()]
        ini = tmp_path / "site.ini"
        ini.write_text("\n".join(["[app:main]", "use = egg:novantic", *lines]), "utf-8")

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        done = subprocess.run(
            [sys.executable, "-c", code, "mail", "receive", "-c", str(ini)], input=mail.as_bytes(), check=False,
            capture_output=True, timeout=120, preexec_fn=limit if largest_file else None, cwd=tmp_path,
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode()

    return run


@pytest.fixture
def kept(novantic_app):
    def rows():
        with novantic_app.transaction() as session:
            return session.scalars(select(IncomingMail).order_by(IncomingMail.id)).all()

    return rows


def stored(novantic_app):
    folder = Path(novantic_app.settings["novantic.storage.local.path"])
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 1000]


def test_a_full_disk_is_said_and_nothing_is_half_written(novantic_app, receive, kept, count):
    # more than what measures the tests' coverage writes itself
    mail = write("mot " * 1_000_000)
    status, said = receive(mail, largest_file=3_000_000)
    assert (status, said.count("\n")) == (75, 1)
    assert said.startswith("novantic: the mail can't be kept now: ")
    assert kept() == []
    assert stored(novantic_app) == []
    # there is room again, and the mail server still has it
    assert receive(mail) == (0, "")
    assert [row.state for row in kept()] == ["kept"]
    assert count(Ticket) == 1


@pytest.mark.parametrize("moment", [BEFORE_COMMIT, BETWEEN, AT_WORK, AFTER_WRITING])
def test_a_kill_loses_nothing_and_doubles_nothing(post, receive, kept, count, moment):
    mail = write()
    assert receive(mail, moment)[0] == -9
    before = kept()
    assert [row.state for row in before] == ([] if moment is BEFORE_COMMIT else ["new"])
    assert count(Ticket) == 0
    if before:
        post.take_up()  # as a worker does
        assert count(Ticket) == 1
    # whoever handed it over got no answer, and does it again
    assert receive(mail) == (0, "")
    assert [row.state for row in kept()] == ["kept"]
    assert count(Ticket) == 1


def test_a_database_that_is_away_is_waited_for(receive, kept):
    status, said = receive(write(), **{"sqlalchemy.url": "postgresql://nobody@127.0.0.1:1/novantic"})
    assert (status, said.count("\n")) == (75, 1)
    assert "Traceback" not in said
    assert kept() == []


def test_a_database_that_is_not_made_yet_is_waited_for(receive, tmp_path):
    status, said = receive(write(), **{"sqlalchemy.url": f"sqlite:///{tmp_path}/empty.db"})
    assert (status, said.count("\n")) == (75, 1)
    assert "no such table" in said


def test_a_bad_setting_is_said_in_one_line(receive):
    status, said = receive(write(), **{"novantic.mail_intake.max_size": "much"})
    assert (status, said.count("\n")) == (2, 1)
    assert "novantic.mail_intake.max_size = much" in said


def test_a_colleague_in_copy_is_told_and_answers_by_mail(novantic_app, post, receive, kept, mailbox, small_desk):
    """The whole way: the client's mail, the notice that their colleague gets, and what the colleague answers to it."""
    paul = "paul@lefevre.example.com"
    assert receive(write(Cc=f"Paul Roux <{paul}>, Zoé <zoe@other.example.com>")) == (0, "")
    (row,) = kept()
    number = post.number(row)
    assert small_desk.followers(number) == [paul]
    assert mailbox.to("zoe@other.example.com") == []
    (notice,) = mailbox.to(paul)
    assert receive(answer(notice, "Chez moi aussi.", sender=f"Paul Roux <{paul}>")) == (0, "")
    assert post.said(number)[-1] == ("message", "Paul Roux", "Chez moi aussi.")
    # whose answer the client hears of
    assert "Chez moi aussi." in mailbox.text(mailbox.to(CLAIRE)[-1])
    # who was in copy and doesn't follow waits for a technician
    held = answer(notice, "Et moi ?", sender="Zoé <zoe@other.example.com>", to="support@novantic.example")
    assert receive(held) == (0, "")
    assert [row.state for row in kept()] == ["kept", "kept", "held"]
    assert "was in copy" in kept()[-1].fault
