"""The ``novantic`` command: what each sub-command does, and one line with status 2 for what it can't work with."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import two_brands
from sqlalchemy import func, select, text, update

from novantic_core import main
from novantic_core.desk import Desk
from novantic_core.models import Delivery, SearchPending, SetupLink, Technician
from novantic_core.services.sign_in import check_password
from novantic_core.site import build

PASSWORD = "correct horse battery"


@pytest.fixture
def session(novantic_settings):
    site = build(novantic_settings)
    with site.database.session(write=True) as opened:
        yield opened
    site.database.engine.dispose()


def one_line(answer, *words):
    status, out, err = answer
    assert status == 2
    assert out == ""
    assert err.startswith("novantic: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in words:
        assert word in err


# ------------------------------------------------------------------ init


def test_init_makes_the_database_and_prints_a_link_for_the_first_administrator(ini, run, session):
    status, out, _err = run("init", "-c", ini())
    assert status == 0
    assert "http://support.example.com/admin/setup/" in out
    assert session.scalar(select(func.count()).select_from(SetupLink)) == 1


def test_init_again_is_safe_and_offers_a_link_as_long_as_there_is_no_administrator(ready, run):
    status, out, _err = run("init", "-c", ready)
    assert status == 0
    assert "up to date" in out
    assert "/admin/setup/" in out
    add(run, ready, role="administrator")
    assert "/admin/setup/" not in run("init", "-c", ready)[1]


def test_init_writes_a_secret_that_only_its_owner_reads(ini, run, tmp_path):
    path = tmp_path / "deep" / "secret"
    assert run("init", "-c", ini(**{"novantic.secret": "", "novantic.secret_file": str(path)}))[0] == 0
    kept = path.read_text("utf-8")
    assert len(kept.strip()) == 64
    assert path.stat().st_mode & 0o077 == 0
    run("init", "-c", ini(**{"novantic.secret": "", "novantic.secret_file": str(path)}))
    assert path.read_text("utf-8") == kept


# ------------------------------------------------------------------ technician


def add(run, path, email="hugo@novantic.example", name="Hugo", role="technician", stdin=PASSWORD + "\n"):
    return run("technician", "add", email, "--name", name, "--role", role, "--password-stdin", "-c", path, stdin=stdin)


def test_a_technician_added_can_sign_in(ready, run, session):
    status, out, _err = add(run, ready)
    assert status == 0
    assert "Hugo <hugo@novantic.example>" in out
    assert check_password(session, "hugo@novantic.example", PASSWORD)


@pytest.mark.parametrize(
    "changes, word",
    [
        ({"email": "hugo"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "boss"}, "boss"),
        ({"stdin": "short\n"}, "password"),
        ({"stdin": ""}, "password"),
        ({"email": "HUGO@novantic.example"}, "email"),
    ],
)
def test_what_is_wrong_with_a_technician_is_one_line(ready, run, session, changes, word):
    if changes.get("email", "").isupper() or "HUGO" in changes.get("email", ""):
        add(run, ready)
    before = session.scalar(select(func.count()).select_from(Technician))
    session.rollback()
    one_line(add(run, ready, **changes), word)
    assert session.scalar(select(func.count()).select_from(Technician)) == before


# ------------------------------------------------------------------ plugins, doctor, worker


def test_plugins_has_a_row_for_each_found(ready, run):
    status, out, _err = run("plugins", "-c", ready)
    assert status == 0
    rows = {line.split()[0]: line for line in out.splitlines()}
    assert {"NAME", "webform", "email", "faq"} <= set(rows)
    assert "intake_channels" in rows["webform"]
    assert rows["webform"].rstrip().endswith("works  -")


def test_plugins_tells_those_that_are_installed_and_not_enabled(ini, run):
    path = ini(**{"novantic.plugins": "webform"})
    run("init", "-c", path)
    out = run("plugins", "-c", path)[1]
    (row,) = [line for line in out.splitlines() if line.startswith("email ")]
    assert "no" in row.split()


def test_plugins_works_without_a_database(ini, run):
    status, out, err = run("plugins", "-c", ini())
    assert status == 0
    assert "webform" in out
    assert "can't be read" in err


def test_doctor_finds_that_no_worker_is_alive(ready, run):
    status, out, _err = run("doctor", "-c", ready)
    assert status == 1
    assert "ok     database" in out
    assert "FAULT  worker" in out


def test_doctor_finds_a_database_that_was_never_made(ini, run):
    status, out, _err = run("doctor", "-c", ini())
    assert status == 1
    assert "FAULT  migrations" in out or "FAULT  database" in out


def test_doctor_looks_at_each_of_several_brands(ini, run):
    path = ini(**two_brands.settings("prairie", **{"novantic.brand.other.topics": "printer fax"}))
    run("init", "-c", path)
    status, out, _err = run("doctor", "-c", path)
    assert status == 1
    assert "ok     brand main: http://support.example.com" in out
    assert "FAULT  brand other: There is no such topic: fax." in out


def test_doctor_says_of_a_brand_that_nothing_can_be_sent_under_it(ini, run):
    lines = {name: text for name, text in two_brands.settings("plain").items() if not name.endswith(".sender")}
    path = ini(**lines)
    run("init", "-c", path)
    assert "FAULT  brand other: It has no sender: no mail goes out under it." in run("doctor", "-c", path)[1]
    path = ini(**lines, **{"mail.default_sender": "desk@example.com"})
    assert "look   brand other: It has no sender: its mails come from desk@example.com." in run("doctor", "-c", path)[1]


def test_doctor_says_nothing_of_brands_where_there_is_one(ready, run):
    assert "brand" not in run("doctor", "-c", ready)[1]


def test_doctor_finds_a_storage_that_can_not_be_written(ini, run, tmp_path):
    path = ini(**{"novantic.storage.local.path": "/proc/nowhere"})
    run("init", "-c", path)
    out = run("doctor", "-c", path)[1]
    assert "FAULT  storage: /proc/nowhere" in out


@pytest.mark.novantic
def test_worker_once_delivers_what_is_due_and_ends(ini, run, open_ticket, novantic_app, count, tmp_path):
    open_ticket()
    status, _out, _err = run("worker", "--once", "-c", ini())
    assert status == 0
    with novantic_app.transaction() as session:
        assert session.scalars(select(Delivery.state)).all() == ["sent"]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_doctor_finds_mails_that_were_given_up(ini, run, open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(state="failed"))
    out = run("doctor", "-c", ini())[1]
    assert "FAULT  deliveries: 1 given up" in out


@pytest.mark.novantic
def test_search_rebuild_indexes_all_anew(ini, run, open_ticket, novantic_app):
    open_ticket()
    status, out, _err = run("search", "rebuild", "ticket", "-c", ini())
    assert (status, out.startswith("ticket: 1 documents in ")) == (0, True)
    assert run("search", "rebuild", "--anew", "-c", ini())[0] == 0
    status, _out, err = run("search", "rebuild", "attic", "-c", ini())
    assert (status, "there is no index 'attic'; there are: ticket" in err) == (2, True)


@pytest.mark.novantic
def test_init_indexes_what_a_new_index_has_to_know_of(ini, run, open_ticket, novantic_app, monkeypatch, count):
    # more than is indexed with the migrations
    monkeypatch.setattr("novantic_core.migrate.AT_ONCE", 1)
    for subject in ("un", "deux", "trois"):
        open_ticket(subject=subject)
    with novantic_app.transaction() as session:
        session.execute(text("DROP TABLE search_ticket"))
    assert "FAULT  search: no index of ticket: run novantic init" in run("doctor", "-c", ini())[1]

    assert run("init", "-c", ini())[0] == 0
    assert (count(SearchPending), count_of(novantic_app, "deux")) == (0, 1)


def count_of(app, words):
    with app.site.database.session(write=False) as session:
        return len(Desk(app.site, session).find("ticket", words))


@pytest.mark.novantic
def test_doctor_names_a_secret_of_a_plugin_that_can_not_be_opened(ready, run, monkeypatch):
    monkeypatch.setattr("novantic_core.cli.doctor.unreadable_secrets", lambda _site: ["sms.token"])
    assert "FAULT  secrets of plugins: sms.token: set on a page under another" in run("doctor", "-c", ready)[1]


def test_doctor_finds_documents_that_wait_for_a_worker(ini, run, novantic_app):
    with novantic_app.transaction() as session:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        session.add(SearchPending(index_name="ticket", document_id=1, since=long_ago, due_at=long_ago, tries=0))
    out = run("doctor", "-c", ini())[1]
    assert "FAULT  indexing: Documents wait to be found by the search: 1. (for 60 minutes, since " in out


# ------------------------------------------------------------------ what can't be worked with


COMMANDS = [["init"], ["worker", "--once"], ["plugins"], ["doctor"], ["demo", "--tickets", "1"]]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_file_that_is_not_there_is_one_line(run, words):
    one_line(run(*words, "-c", "/nowhere/site.ini"), "/nowhere/site.ini")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[app:main",
        "[app:main]\nuse = egg:novantic\na = %(gone)s",
        "[app:other]\nx = 1",
        "\0\xff",
        "[app:main]\nx = 1",
    ],
)
def test_a_file_that_can_not_be_read_is_one_line(run, tmp_path, text):
    path = tmp_path / "bad.ini"
    path.write_text(text, "latin-1")
    one_line(run("doctor", "-c", str(path)))


@pytest.mark.parametrize(
    "changes, word",
    [
        ({"novantic.theme": "gone"}, "gone"),
        ({"novantic.plugins": "gone"}, "gone"),
        ({"novantic.colour": "red"}, "novantic.colour"),
        ({"novantic.site_url": ""}, "novantic.site_url"),
        ({"novantic.secret": "change-me"}, "novantic.secret"),
        ({"sqlalchemy.url": "mysql://x"}, "mysql"),
        ({"sqlalchemy.url": "sqlite:////proc/nowhere/x.db"}, "sqlalchemy.url"),
        ({"mail.port": "many", "novantic.mailer": "smtp"}, "mail.port"),
        ({"mail.tls": "perhaps", "novantic.mailer": "smtp"}, "mail.tls"),
        ({"novantic.themes_path": "/gone"}, "novantic.themes_path"),
    ],
)
def test_a_bad_setting_is_one_line(ini, run, changes, word):
    one_line(run("init", "-c", ini(**changes)), word)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["init"],
        ["init", "-c"],
        ["init", "--wrong"],
        ["technician", "add"],
        ["demo", "-c", "x", "--tickets", "many"],
    ],
)
def test_a_bad_argument_is_one_line(run, words):
    one_line(run(*words))


def test_a_command_before_init_says_so(ini, run):
    one_line(add(run, ini()), "novantic init")


def test_pserve_is_told_in_one_line_what_is_wrong(capsys):
    with pytest.raises(SystemExit) as end:
        main({}, **{"sqlalchemy.url": "sqlite:///x.db", "novantic.plugins": "gone"})
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("novantic: novantic.plugins: no plugin named 'gone'")
    assert said.count("\n") == 1


def test_help_is_help(run):
    status, out, _err = run("--help")
    assert status == 0
    for name in ("init", "worker", "technician", "plugins", "doctor", "demo"):
        assert name in out


def test_the_command_is_installed(tmp_path):
    command = Path(sys.executable).with_name("novantic")
    ran = subprocess.run(
        [str(command), "doctor", "-c", "nowhere.ini"], capture_output=True, text=True, cwd=tmp_path, check=False,
        env={**os.environ},
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr == "novantic: nowhere.ini: there is no such file\n"
