"""A WebDAV server on this machine's loopback, with the habits of the real ones."""

import email.utils
import urllib.parse
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest


class Dav:
    """Files and folders by their path; ``down`` is a status that it answers everything with."""

    def __init__(self):
        self.files = {}
        self.folders = {"/dav"}
        self.down = None

    def __call__(self, asked):
        path = urllib.parse.unquote(asked.path).rstrip("/")
        if self.down or asked.headers.get("authorization") != "Basic c3VwcG9ydDpzMyBjcmV0":
            return self.down or 401, b""
        return getattr(self, asked.method)(path, asked)

    def age(self, **units):
        """Let all that is there have been put some time ago."""
        self.files = {path: (data, at - timedelta(**units)) for path, (data, at) in self.files.items()}

    def PUT(self, path, asked):  # noqa: N802 - as the request is called
        if path.rpartition("/")[0] not in self.folders:
            return 409, b""
        self.files[path] = (asked.body, datetime.now(UTC))
        return 201, b""

    def GET(self, path, asked):  # noqa: N802
        return (200, self.files[path][0]) if path in self.files else (404, b"")

    def DELETE(self, path, asked):  # noqa: N802
        return (204, b"") if self.files.pop(path, None) else (404, b"")

    def MKCOL(self, path, asked):  # noqa: N802
        if path in self.folders:
            return 405, b""
        self.folders.add(path)
        return 201, b""

    def MOVE(self, path, asked):  # noqa: N802
        target = urllib.parse.urlsplit(asked.headers["destination"]).path
        self.files[target] = self.files.pop(path)
        return 201, b""

    def PROPFIND(self, path, asked):  # noqa: N802
        found = [f"<response><href>{escape(path)}/</href></response>"]
        for folder in sorted(self.folders):
            if folder.rpartition("/")[0] == path:
                kind = "<prop><resourcetype><collection/></resourcetype></prop>"
                found.append(f"<response><href>{folder}/</href><propstat>{kind}</propstat></response>")
        for file, (_data, at) in sorted(self.files.items()):
            if file.rpartition("/")[0] == path:
                time = email.utils.format_datetime(at, usegmt=True)
                prop = f"<prop><getlastmodified>{time}</getlastmodified><resourcetype/></prop>"
                found.append(f"<response><href>{file}</href><propstat>{prop}</propstat></response>")
        return 207, f'<multistatus xmlns="DAV:">{"".join(found)}</multistatus>'.encode()


@pytest.fixture
def dav(web_server, novantic_settings):
    """The server; the desk's settings say where it is. Ask for it before the application."""
    web_server.answer = Dav()
    novantic_settings.update(
        {
            "novantic.storage": "webdav",
            "novantic.storage.webdav.url": f"{web_server.url}/dav",
            "novantic.storage.webdav.user": "support",
            "novantic.storage.webdav.password": "s3 cret",
        }
    )
    return web_server.answer


@pytest.fixture
def storage(dav, novantic_app):
    """The storage that the desk uses."""
    return novantic_app.site.storage
