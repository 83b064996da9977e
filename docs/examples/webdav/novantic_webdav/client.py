"""The few requests of WebDAV (RFC 4918) that a storage needs."""

import base64
import email.utils
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from dataclasses import dataclass

SECONDS = 30
ASK_FOR_TIMES = b'<propfind xmlns="DAV:"><prop><getlastmodified/><resourcetype/></prop></propfind>'
DAV = "{DAV:}"


@dataclass(frozen=True)
class Entry:
    """What a folder has: its name, whether it is a folder itself, and when it was last put (UTC)."""

    name: str
    is_folder: bool
    changed_at: object


class Client:
    """Requests below one address. What a server refuses is an ``urllib.error.HTTPError``, which is an ``OSError``."""

    def __init__(self, url, user, password):
        self.url = url
        self.headers = {}
        if user:
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {token}"

    def ask(self, method, path, body=None, **headers):
        """One request; the answer is open, and closed by whoever asked.

        :raises FileNotFoundError: if there is nothing at that path
        """
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, {**self.headers, **headers}, method=method)  # noqa: S310
        try:
            return urllib.request.urlopen(request, timeout=SECONDS)  # noqa: S310 - parse_url lets only http(s) through
        except urllib.error.HTTPError as error:
            if error.code == 404:
                error.close()
                raise FileNotFoundError(path) from None
            raise

    def do(self, method, path, body=None, **headers):
        """The same where the answer's words don't matter."""
        with self.ask(method, path, body, **headers) as answer:
            answer.read()

    def make_folder(self, path):
        """Make a folder; 405 is the answer where it is there already."""
        try:
            self.do("MKCOL", path)
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 405:
                    raise

    def entries(self, path=""):
        """What a folder has, itself left out."""
        with self.ask("PROPFIND", path, ASK_FOR_TIMES, Depth="1", Content_Type="application/xml") as answer:
            tree = ET.parse(answer)  # noqa: S314 - of the server that keeps our files
        here = urllib.parse.urlsplit(self.url + path).path.rstrip("/")
        for one in tree.iter(f"{DAV}response"):
            place = urllib.parse.unquote(urllib.parse.urlsplit(one.findtext(f"{DAV}href", "")).path).rstrip("/")
            if place != urllib.parse.unquote(here):
                text = one.findtext(f".//{DAV}getlastmodified")
                changed_at = email.utils.parsedate_to_datetime(text) if text else None
                yield Entry(place.rpartition("/")[2], one.find(f".//{DAV}collection") is not None, changed_at)
