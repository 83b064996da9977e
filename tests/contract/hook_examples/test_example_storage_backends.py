import io
from datetime import UTC, datetime, timedelta

import example_storage_backends
import pytest

PLUGINS = {"plugins": ["webform", "packed"], "extra_plugins": {"packed": example_storage_backends}}


@pytest.mark.novantic(**PLUGINS, settings={"novantic.storage": "packed"})
def test_files_are_kept_packed_and_come_back_whole(novantic_app, tmp_path, monkeypatch):
    monkeypatch.setattr(novantic_app.site.storage, "folder", tmp_path / "packed")
    with novantic_app.desk() as desk:
        file = desk.keep_file(io.BytesIO(b"ligne\n" * 10_000), "journal.txt", "text/plain")
    storage = novantic_app.site.storage
    with storage.open(file.key) as source:
        assert source.read() == b"ligne\n" * 10_000
    (path,) = (tmp_path / "packed").iterdir()
    assert path.stat().st_size < 1_000

    storage.check()
    now = datetime.now(UTC)
    assert not list(storage.stale(now - timedelta(hours=1)))
    assert list(storage.stale(now + timedelta(hours=1))) == [file.key]
    storage.delete(file.key)
    storage.delete(file.key)
    with pytest.raises(KeyError):
        storage.open(file.key)
