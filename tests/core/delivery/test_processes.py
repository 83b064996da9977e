"""``novantic worker`` as the processes that somebody starts and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from waiting import eventually

from novantic_core.models import Delivery, Worker

LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = INFO
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
"""


@pytest.fixture
def ini(smtp, novantic_app, novantic_settings, tmp_path):
    lines = [f"{name} = {value}".replace("%", "%%") for name, value in novantic_settings.items()]
    path = tmp_path / "site.ini"
    path.write_text("\n".join(["[app:main]", "use = egg:novantic", *lines, LOGGING]), "utf-8")
    return str(path)


@pytest.fixture
def log(tmp_path):
    """What the workers write on their terminal."""
    return tmp_path / "workers.log"


@pytest.fixture
def start(ini, log):
    """Start a worker as the command does; none outlives the test."""
    processes = []

    def start_one(*options):
        command = [str(Path(sys.executable).with_name("novantic")), "worker", "-c", ini, *options]
        with log.open("a") as stderr:
            processes.append(subprocess.Popen(command, stderr=stderr))
        return processes[-1]

    yield start_one
    for process in processes:
        process.kill()
        process.wait()


def test_a_worker_delivers_until_it_is_told_to_stop(smtp, start, fill, read):
    worker = start()
    eventually(lambda: read(select(Worker.pid)) == [worker.pid], seconds=60)
    fill()
    eventually(lambda: len(smtp.received) == 1, seconds=60)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert read(select(Worker.id)) == []


def test_once_does_what_is_due_and_ends_and_has_nothing_to_say(smtp, start, fill, log):
    fill(2)
    assert start("--once").wait(60) == 0
    assert len(smtp.received) == 2
    assert "novantic_core" not in log.read_text()


def test_once_says_what_failed(smtp, start, fill, log):
    fill(1)
    smtp.answers["RCPT"] = "450 Try again later"
    assert start("--once").wait(60) == 1
    assert "was not accepted" in log.read_text()
    assert start("--at-most", "5").wait(60) == 2


def test_two_processes_send_each_delivery_once(smtp, start, fill, novantic_app, read):
    novantic_app.add_technician("hugo@novantic.example")
    fill(50)
    workers = [start(), start()]
    eventually(lambda: not read(select(Delivery.id).where(Delivery.state != "sent")), seconds=60)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(20) for worker in workers] == [0, 0]
    assert len(smtp.message_ids) == len(set(smtp.message_ids)) == 100


def test_a_worker_that_waits_for_a_slow_server_finishes_that_mail_before_it_stops(smtp, start, fill, read, log):
    fill(3)
    with smtp.slow():
        worker = start()
        assert smtp.waiting.wait(30)
        worker.send_signal(signal.SIGTERM)
        # until then it doesn't know
        eventually(lambda: "was told to stop" in log.read_text())
    assert worker.wait(20) == 0
    assert len(smtp.received) == 1
    assert sorted(read(select(Delivery.state))) == ["pending", "pending", "sent"]
    assert read(select(Delivery.claimed_by)) == [None, None, None]


def test_what_a_killed_process_had_claimed_can_be_told(smtp, start, fill, read):
    fill(3)
    with smtp.slow():
        worker = start()
        assert smtp.waiting.wait(30)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(20)
    (known,) = read(select(Worker))
    assert known.pid == worker.pid
    assert read(select(Delivery.claimed_by)) == [known.id] * 3
