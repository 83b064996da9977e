"""A browser of the least kind: it asks one app in this process, keeps cookies, follows links, fills in forms."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin

from novantic_core.request import Request

_LINK = re.compile(r"""<a\b[^>]*\bhref="(/[^"#]*)""")
_TOKEN = re.compile(r"""name="csrf_token" value="([^"]+)""")


class Visitor:
    """Somebody with a browser that nobody has used yet."""

    def __init__(self, app: Any, url: str, locale: str) -> None:
        self.app, self.url = app, url
        self.cookies: dict[str, str] = {"lang": locale}
        self.answers: list[tuple[str, str, int]] = []
        """Method, path and status of all that was asked."""
        self.text = ""
        self.links: list[str] = []

    def get(self, path: str) -> str:
        """Ask for a page, and follow where it sends; the page's text."""
        return self._ask(path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form of the page that was asked for last."""
        token = _TOKEN.search(self.text)
        return self._ask(path, {"csrf_token": html.unescape(token[1]) if token else "", **fields})

    def _ask(self, path: str, fields: Mapping[str, str] | None) -> str:
        for _step in range(5):
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            request = Request.blank(path, base_url=self.url, POST=fields, headers={"Cookie": cookies})
            request.remote_addr = "192.0.2.1"
            response = request.get_response(self.app)
            self.answers.append((request.method, path, response.status_int))
            for line in response.headers.getall("Set-Cookie"):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            if response.location is None:
                break
            target = urljoin(request.url, response.location)
            if not target.startswith(f"{self.url}/"):
                break
            path, fields = target.removeprefix(self.url), None
        is_page = response.content_type == "text/html"
        self.text = response.text if is_page else ""
        self.links = [html.unescape(link) for link in _LINK.findall(self.text)]
        return self.text
