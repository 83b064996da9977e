"""Attachments in a folder of a WebDAV server: ``novantic.storage = webdav``."""

from novantic_core.plugin import Setting, StorageBackend, hookimpl
from novantic_webdav.storage import WebDAV

novantic_api = ">=1.2,<2.0"


def parse_url(text):
    """The folder's address, with a slash at the end; ValueError for what is none."""
    url = text.strip().rstrip("/") + "/"
    if not url.startswith(("https://", "http://")):
        raise ValueError(text)
    return url


@hookimpl
def novantic_storage_backends():
    """Its settings are ``novantic.storage.webdav.*``; they are read at start and handed to ``WebDAV``."""
    settings = (
        Setting("url", "the address of a folder, beginning with https://", parse_url, "http://localhost/dav/"),
        Setting("user", "a name", str.strip, ""),
        Setting("password", "a password", str.strip, "", secret=True),
    )
    return [StorageBackend("webdav", WebDAV, settings)]
