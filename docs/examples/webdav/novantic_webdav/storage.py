"""Files by their key, the SHA-256 of their content: ``FOLDER/ab/abcdef…``."""

import contextlib
import hashlib
import re
import secrets
import shutil
import tempfile

from novantic_webdav.client import Client

KEY = re.compile(r"[0-9a-f]{64}")
IN_MEMORY = 1024 * 1024
"""Bytes of a file that are held in memory on the way; of a larger one, a temporary file."""


class WebDAV:
    """The five methods of a storage."""

    def __init__(self, settings):
        self.client = Client(settings["url"], settings["user"], settings["password"])

    def put(self, key, source):
        """Keep a file. Under its own name there is the whole file or none, whatever happens meanwhile."""
        path = self._path(key)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as content:
            # many servers want to know beforehand how much is coming
            shutil.copyfileobj(source, content)
            size = content.tell()
            content.seek(0)
            self.client.make_folder(f"{key[:2]}/")
            beside = f"{key[:2]}/.new-{secrets.token_hex(8)}"
            self.client.do("PUT", beside, content, Content_Length=str(size))
        self.client.do("MOVE", beside, Destination=self.client.url + path, Overwrite="T")

    def open(self, key):
        """The file's bytes, all of them there before the first is read.

        :raises KeyError: if there is none
        :raises OSError: if it isn't what was put
        """
        content = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
        try:
            with self.client.ask("GET", self._path(key)) as answer:
                shutil.copyfileobj(answer, content)
            content.seek(0)
            if hashlib.file_digest(content, "sha256").hexdigest() != key:
                raise OSError(f"{self.client.url}{self._path(key)} isn't what was put there")
        except FileNotFoundError:
            content.close()
            raise KeyError(key) from None
        except BaseException:
            content.close()
            raise
        content.seek(0)
        return content

    def delete(self, key):
        """Forget a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self.client.do("DELETE", self._path(key))

    def stale(self, before):
        """Keys last put before then; what a broken connection left half-written is removed on the way."""
        for folder in self.client.entries():
            if not folder.is_folder:
                continue
            for entry in self.client.entries(f"{folder.name}/"):
                if entry.changed_at is None or entry.changed_at >= before:
                    continue
                if KEY.fullmatch(entry.name):
                    yield entry.name
                elif entry.name.startswith(".new-"):
                    with contextlib.suppress(FileNotFoundError):
                        self.client.do("DELETE", f"{folder.name}/{entry.name}")

    def check(self):
        """Return if a file can be kept now; an ``OSError`` says why not."""
        probe = f".check-{secrets.token_hex(8)}"
        self.client.do("PUT", probe, b"ok")
        self.client.do("DELETE", probe)

    @staticmethod
    def _path(key):
        if not KEY.fullmatch(key):
            raise KeyError(key)
        return f"{key[:2]}/{key}"
