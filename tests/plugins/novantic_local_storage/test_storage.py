"""Files in a folder: the whole file or none, by its content, nowhere else."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from novantic_local_storage.storage import LocalStorage

KEY = "ab" * 32
NOW = datetime.now(UTC)


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(str(tmp_path / "files"))


def test_what_was_put_comes_back(storage):
    storage.put(KEY, io.BytesIO(b"bonjour"))
    with storage.open(KEY) as file:
        assert file.read() == b"bonjour"
    storage.put(KEY, io.BytesIO(b"bonjour"))


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "AB" * 32, "a" * 63, "ab/" + "a" * 61, KEY + "\n"])
def test_what_is_no_key_is_no_file(storage, key):
    with pytest.raises(KeyError):
        storage.open(key)
    with pytest.raises(KeyError):
        storage.put(key, io.BytesIO(b"x"))


def test_what_was_never_put_or_was_deleted_is_a_key_error(storage):
    with pytest.raises(KeyError):
        storage.open(KEY)
    storage.put(KEY, io.BytesIO(b"x"))
    storage.delete(KEY)
    storage.delete(KEY)
    with pytest.raises(KeyError):
        storage.open(KEY)


def test_a_source_that_breaks_off_leaves_nothing(storage, tmp_path):
    class Broken(io.BytesIO):
        def read(self, *_sizes):
            raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        storage.put(KEY, Broken())
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_the_sweep_sees_what_is_old_and_removes_what_is_half_written(storage, tmp_path):
    storage.put(KEY, io.BytesIO(b"x"))
    storage.put("cd" * 32, io.BytesIO(b"y"))
    half = tmp_path / "files" / "ab" / ".new-1"
    half.write_bytes(b"x")
    old = (NOW - timedelta(days=3)).timestamp()
    for path in (half, tmp_path / "files" / "ab" / KEY):
        os.utime(path, (old, old))
    assert list(storage.stale(NOW - timedelta(days=1))) == [KEY]
    assert not half.exists()


def test_putting_again_makes_it_young_again(storage, tmp_path):
    storage.put(KEY, io.BytesIO(b"x"))
    os.utime(tmp_path / "files" / "ab" / KEY, (1, 1))
    storage.put(KEY, io.BytesIO(b"x"))
    assert list(storage.stale(NOW - timedelta(days=1))) == []


def test_a_folder_that_can_not_be_written_is_named():
    with pytest.raises(OSError, match="/proc/nowhere"):
        LocalStorage("/proc/nowhere").check()
