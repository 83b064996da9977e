"""Files that nothing refers to any more are removed, and no other, whatever happens at the same time."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.models import StoredFile, Upload
from novantic_core.services.keep_file import keep_file, keep_uploads, sweep

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=26)
CONTENT = b"a log file" * 100
KEY = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def put(novantic_app):
    """Keep the content in a transaction of its own, for a form that comes again if asked."""

    def put_content(*, for_later=False, now=NOW, content=CONTENT):
        with novantic_app.transaction() as session:
            file = keep_file(novantic_app.site, session, io.BytesIO(content), "a.log", "text/plain", now)
            if for_later:
                keep_uploads(session, (file,), now)
        return file

    return put_content


@pytest.fixture
def run_sweep(novantic_app):
    def run(now=LATER):
        with novantic_app.transaction() as session:
            return sweep(novantic_app.site, session, now)

    return run


@pytest.fixture
def content(novantic_app):
    """What the storage has: None if it hasn't it."""

    def read():
        try:
            with novantic_app.site.storage.open(KEY) as source:
                return source.read()
        except KeyError:
            return None

    return read


def leave_stray(app, path_of=KEY, age_hours=30):
    """What a crash leaves: the bytes, put long ago, and no row."""
    app.site.storage.put(path_of, io.BytesIO(CONTENT))
    path = app.site.storage.folder / path_of[:2] / path_of
    long_ago = (LATER - timedelta(hours=age_hours)).timestamp()
    os.utime(path, (long_ago, long_ago))


def test_a_file_that_nothing_refers_to_goes_after_a_day(put, run_sweep, content, novantic_app):
    put()
    assert run_sweep(NOW + timedelta(hours=23)) == 0
    assert content() == CONTENT
    assert run_sweep() == 1
    assert content() is None


def test_a_ticket_keeps_its_files(visit, run_sweep, novantic_app, portal):
    from webtest import Upload as FilePart

    page = visit(attachments=[FilePart("a.log", CONTENT, "text/plain")])
    run_sweep()
    assert portal.get(page.html.find(class_="attached").find("a")["href"]).body == CONTENT


def test_a_file_kept_for_a_form_goes_with_it(put, run_sweep, content, novantic_app):
    put(for_later=True)
    assert run_sweep(NOW + timedelta(hours=24, minutes=30)) == 0  # its last second may still be under way
    assert run_sweep() == 1
    with novantic_app.transaction() as session:
        assert session.scalar(select(Upload)) is None


def test_the_same_content_again_is_as_good_as_new(put, run_sweep, content):
    put()
    put(now=LATER)
    assert run_sweep() == 0
    assert content() == CONTENT


def test_bytes_that_a_crash_left_go(run_sweep, content, novantic_app):
    leave_stray(novantic_app)
    assert run_sweep() == 1
    assert content() is None


def test_bytes_that_have_just_been_put_stay(run_sweep, content, novantic_app):
    leave_stray(novantic_app, age_hours=1)
    assert run_sweep() == 0
    assert content() == CONTENT


@pytest.fixture
def old_row(put, novantic_app):
    put()
    with novantic_app.transaction() as session:
        session.execute(update(StoredFile).values(touched_at=NOW - timedelta(days=9)))


@pytest.fixture
def stray(novantic_app):
    leave_stray(novantic_app)


@pytest.mark.parametrize("state", ["old_row", "stray"])
def test_an_upload_that_begins_while_the_sweep_removes_the_same_content_stores_it_again(
    state, request, put, content, novantic_app, monkeypatch
):  # fmt: skip
    request.getfixturevalue(state)
    upload = threading.Thread(target=put, kwargs={"now": LATER})
    remove = novantic_app.site.storage.delete

    def remove_slowly(key):
        remove(key)
        upload.start()
        upload.join(0.3)
        assert upload.is_alive()  # it waits for the row

    monkeypatch.setattr(type(novantic_app.site.storage), "delete", lambda _storage, key: remove_slowly(key))
    with novantic_app.transaction() as session:
        assert sweep(novantic_app.site, session, LATER) == 1
    upload.join(20)
    assert content() == CONTENT


@pytest.mark.parametrize("state", ["old_row", "stray"])
def test_a_sweep_that_begins_while_the_same_content_comes_in_leaves_it_alone(
    state, request, content, novantic_app, run_sweep
):  # fmt: skip
    request.getfixturevalue(state)
    removed = []
    with novantic_app.transaction() as session:
        keep_file(novantic_app.site, session, io.BytesIO(CONTENT), "a.log", "text/plain", LATER)
        sweeping = threading.Thread(target=lambda: removed.append(run_sweep()))
        sweeping.start()
        sweeping.join(0.3)
    sweeping.join(20)
    assert removed == [0]
    assert content() == CONTENT


# ---------------------------------------------------------------- in pieces


class Pieces(io.BytesIO):
    """A file that notes how much is asked of it at a time."""

    def __init__(self, content):
        super().__init__(content)
        self.asked = []

    def read(self, size=-1):
        self.asked.append(size)
        return super().read(size)


def test_a_file_is_read_and_stored_in_pieces(novantic_app):
    source = Pieces(os.urandom(2 * 1024**2))
    with novantic_app.transaction() as session:
        file = keep_file(novantic_app.site, session, source, "big.bin", "application/octet-stream", NOW)
    assert 0 < min(source.asked) <= max(source.asked) <= 64 * 1024
    with novantic_app.site.storage.open(file.key) as kept:
        assert kept.read() == source.getvalue()
