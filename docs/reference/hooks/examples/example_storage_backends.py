"""Files compressed by gzip, for a disk that fills with log files: ``novantic.storage = packed``."""

import gzip
import os
import shutil
import tempfile
from pathlib import Path

from novantic_core.plugin import Setting, StorageBackend, hookimpl


class Packed:
    """``FOLDER/KEY.gz``; a key is the SHA-256 of the content."""

    def __init__(self, settings):
        self.folder = Path(settings["path"])

    def _path(self, key):
        return self.folder / f"{key}.gz"

    def put(self, key, source):
        """Whole and on the disk, or not at all: written beside, flushed, then renamed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as target:
            with gzip.GzipFile(fileobj=target, mode="wb") as packer:
                shutil.copyfileobj(source, packer)
            target.flush()
            os.fsync(target.fileno())
        Path(target.name).replace(self._path(key))

    def open(self, key):
        """``gzip.open`` gives the bytes as they were; no such file is a KeyError."""
        try:
            return gzip.open(self._path(key))
        except FileNotFoundError:
            raise KeyError(key) from None

    def delete(self, key):
        """No error when it is gone already."""
        self._path(key).unlink(missing_ok=True)

    def stale(self, before):
        """What was last put before then."""
        paths = self.folder.glob("*.gz")
        return [path.stem for path in paths if path.stat().st_mtime < before.timestamp()]

    def check(self):
        """An OSError says why nothing can be kept."""
        with tempfile.TemporaryFile(dir=self.folder):
            return


@hookimpl
def novantic_storage_backends():
    """Its settings are ``novantic.storage.packed.*``."""
    return [StorageBackend("packed", Packed, (Setting("path", "a folder", str.strip, "var/packed"),))]
