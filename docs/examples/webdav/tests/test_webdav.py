import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from webtest import Upload

from novantic_core.testing import BUILT_IN

pytestmark = pytest.mark.novantic(plugins=[*BUILT_IN, "webdav"])

WORDS = b"Journal\n" * 300_000
KEY = hashlib.sha256(WORDS).hexdigest()


def test_a_clients_file_lies_there_and_comes_back(dav, visit):
    page = visit(attachments=[Upload("journal.txt", b"Bonjour", "text/plain")])
    ((path, (data, _at)),) = dav.files.items()
    assert path == f"/dav/{path[5:7]}/{hashlib.sha256(b'Bonjour').hexdigest()}"
    assert data == b"Bonjour"
    assert page.click("journal.txt").body == b"Bonjour"


def test_a_large_file_comes_back_whole(storage):
    storage.put(KEY, io.BytesIO(WORDS))
    with storage.open(KEY) as source:
        assert source.read() == WORDS


def test_putting_it_twice_is_one_file_last_put_now(dav, storage):
    storage.put(KEY, io.BytesIO(WORDS))
    dav.age(days=3)
    storage.put(KEY, io.BytesIO(WORDS))
    assert len(dav.files) == 1
    assert list(storage.stale(datetime.now(UTC) - timedelta(days=1))) == []


@pytest.mark.parametrize("key", ["0" * 64, "../../etc/passwd"])
def test_what_is_not_there_is_a_key_error(storage, key):
    with pytest.raises(KeyError):
        storage.open(key)


def test_what_was_changed_on_the_server_is_not_given_out(dav, storage):
    storage.put(KEY, io.BytesIO(WORDS))
    dav.files[f"/dav/{KEY[:2]}/{KEY}"] = (b"something else", datetime.now(UTC))
    with pytest.raises(OSError, match="isn't what was put there"):
        storage.open(KEY)


def test_a_file_is_forgotten_and_again(dav, storage):
    storage.put(KEY, io.BytesIO(WORDS))
    storage.delete(KEY)
    storage.delete(KEY)
    assert dav.files == {}


def test_what_nobody_put_for_a_day_is_stale_and_what_a_crash_left_is_removed(dav, storage):
    storage.put(KEY, io.BytesIO(WORDS))
    dav.files[f"/dav/{KEY[:2]}/.new-1234"] = (b"Jour", datetime.now(UTC))
    dav.age(days=2)
    young = hashlib.sha256(b"young").hexdigest()
    storage.put(young, io.BytesIO(b"young"))
    assert list(storage.stale(datetime.now(UTC) - timedelta(days=1))) == [KEY]
    assert sorted(path.rpartition("/")[2] for path in dav.files) == sorted([KEY, young])


def test_the_check_says_why_nothing_can_be_kept(dav, storage, portal):
    storage.check()
    assert dav.files == {}
    dav.down = 507
    with pytest.raises(OSError, match="507") as failure:
        storage.check()
    failure.value.close()
    assert portal.get("/readyz", status=503)


@pytest.mark.novantic(plugins=[*BUILT_IN, "webdav"], settings={"novantic.debug": "false"})
def test_while_it_is_down_a_client_loses_no_word(dav, portal):
    dav.down = 503
    form = portal.get("/tickets/new").forms["ticket"]
    form["subject"] = "Imprimante"
    form["attachments"] = [Upload("journal.txt", b"Bonjour")]
    page = form.submit(status=422)
    assert page.forms["ticket"]["subject"].value == "Imprimante"
