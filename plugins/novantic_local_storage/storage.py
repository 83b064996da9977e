"""Files in a folder, on stable storage before they are said to be kept."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

_KEY = re.compile(r"[0-9a-f]{64}")


class LocalStorage:
    """A folder. Several machines may share it by a network file system that renames atomically."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise KeyError(key)
        return self.folder / key[:2] / key

    def put(self, key: str, source: IO[bytes]) -> None:
        """Write beside, flush to the disk, then rename: a crash leaves the whole file or none."""
        path = self._path(key)
        with contextlib.suppress(FileNotFoundError):
            # the same content is there: it counts as put now
            os.utime(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as target:
            try:
                shutil.copyfileobj(source, target, 64 * 1024)
                target.flush()
                os.fsync(target.fileno())
                Path(target.name).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(target.name).unlink()
                raise
        _sync_folder(path.parent)
        _sync_folder(self.folder)

    def open(self, key: str) -> IO[bytes]:
        """The file's bytes."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise KeyError(key) from None

    def delete(self, key: str) -> None:
        """Remove the file if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self._path(key).unlink()

    def stale(self, before: datetime) -> Iterator[str]:
        """Keys of the files last put before then; what a crash left half-written is removed on the way."""
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime >= before.timestamp():
                    continue
                if path.name.startswith(".new-"):
                    path.unlink()
                elif _KEY.fullmatch(path.name):
                    yield path.name

    def check(self) -> None:
        """Whether a file can be written now."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder) as probe:
                probe.write(b"ok")
        except OSError as error:
            raise OSError(f"{self.folder}: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
