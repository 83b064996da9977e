"""A server that gives OAuth2 tokens, and tells the mail server whose one is."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dovecot import USER


class TokenServer:
    """It takes ``refresh`` as a refresh token, and whoever has the application's secret."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        """What was asked for, in order."""
        self.refresh = {"first refresh token"}
        """Refresh tokens that are good."""
        self.next_refresh = ""
        """The one that is given with each answer."""
        self.tokens: set[str] = set()
        self.lasts: Any = 3600
        self.fault: tuple[int, str] | None = None
        """What is answered instead: status and body."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def token_url(self) -> str:
        """Where a token is asked for."""
        return f"{self.url}/token"

    @property
    def introspection(self) -> str:
        """Where a mail server asks whose one is."""
        return f"{self.url}/whose?token="

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What is answered to who asks for a token."""
        self.asked.append(fields)
        good = fields.get("client_secret") == "application’s secret"
        if fields["grant_type"] == "refresh_token":
            good = fields["refresh_token"] in self.refresh
        if not good:
            return 400, {"error": "invalid_grant", "error_description": "It was called back."}
        token = f"token {len(self.asked)}"
        self.tokens.add(token)
        return 200, {
            "access_token": token, "token_type": "Bearer", "expires_in": self.lasts,
            **({"refresh_token": self.next_refresh} if self.next_refresh else {}),
        }  # fmt: skip

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - two selves
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if server.fault is not None:
                    self._say(server.fault[0], server.fault[1].encode())
                    return
                status, said = server.answer({name: values[0] for name, values in parse_qs(body).items()})
                self._say(status, json.dumps(said).encode())

            def do_GET(self) -> None:
                (token,) = parse_qs(urlsplit(self.path).query)["token"]
                good = token in server.tokens
                said = {"active": True, "email": USER} if good else {"active": False}
                self._say(200 if good else 401, json.dumps(said).encode())

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_what: Any) -> None:
                """Say nothing."""

        return Handler
