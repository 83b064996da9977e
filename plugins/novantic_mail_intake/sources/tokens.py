"""OAuth2 tokens to log in with: asked for when needed, kept until they expire."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.plugin import Desk, insert_or
from novantic_mail_intake.keep import OpenDesk
from novantic_mail_intake.models import RefreshToken
from novantic_mail_intake.sources.connection import LoginRefusedError
from novantic_mail_intake.sources.settings import OAuth2

log = logging.getLogger(__name__)

SECONDS = 30
EARLY = 60
"""So many seconds before it expires a token is no longer used."""
USUAL = 300
"""How long one is good whose server doesn't say."""


class Tokens:
    """The token of one mailbox.

    Some servers give another refresh token each time (Microsoft's lives 90 days from when it was made): it is kept,
    sealed with the site's secret, and used in the place of the file's. Another one in the file begins anew.
    """

    def __init__(self, mailbox: str, oauth2: OAuth2) -> None:
        self.mailbox = mailbox
        self.oauth2 = oauth2
        self._token = ""
        self._until = 0.0

    def get(self, open_desk: OpenDesk) -> str:
        """A token that is good now.

        :raises LoginRefusedError: if the server gives none to us
        :raises OSError: if it can't be asked
        """
        if time.monotonic() >= self._until:
            self._renew(open_desk)
        return self._token

    def forget(self) -> None:
        """Ask for another one next time: this one was not taken."""
        self._until = 0.0

    def _renew(self, open_desk: OpenDesk) -> None:
        if not self.oauth2.refresh_token:
            self._take(self._ask({"grant_type": "client_credentials"}))
            return
        kept = self._kept(open_desk)
        for refresh in filter(None, (kept, self.oauth2.refresh_token)):
            try:
                answer = self._ask({"grant_type": "refresh_token", "refresh_token": refresh})
            except LoginRefusedError:
                if refresh == self.oauth2.refresh_token:
                    raise
                continue  # a kept one may have been called back, while the file's is still good
            self._take(answer)
            followed_by = answer.get("refresh_token")
            if isinstance(followed_by, str) and followed_by not in {"", refresh}:
                self._keep(open_desk, followed_by)
            return

    def _take(self, answer: Mapping[str, Any]) -> None:
        try:
            lasts = float(answer.get("expires_in") or USUAL)
        except (TypeError, ValueError):
            lasts = USUAL
        self._token = str(answer["access_token"])
        self._until = time.monotonic() + lasts - min(EARLY, lasts / 2)

    def _ask(self, what: Mapping[str, str]) -> Mapping[str, Any]:
        oauth2 = self.oauth2
        fields = {
            **what, "client_id": oauth2.client_id, "client_secret": oauth2.client_secret, "scope": oauth2.scope,
        }  # fmt: skip
        body = urllib.parse.urlencode({name: text for name, text in fields.items() if text}).encode()
        request = urllib.request.Request(  # noqa: S310 - parse_token_url lets only https through
            oauth2.token_url, body, {"Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                said = _read(answer)
        except urllib.error.HTTPError as error:
            with error:
                words = _words(_read(error)) or f"HTTP {error.code}"
            if error.code >= 500 or error.code == 429:
                raise OSError(f"{oauth2.token_url} gives nobody a token now: {words}") from None
            raise LoginRefusedError(f"{oauth2.token_url} refuses a token for {self.mailbox}: {words}") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise OSError(f"{oauth2.token_url} can't be reached: {reason}") from None
        if not isinstance(said.get("access_token"), str) or not said["access_token"]:
            raise LoginRefusedError(f"{oauth2.token_url} answers without a token for {self.mailbox}: {_words(said)}")
        return said

    # ------------------------------------------------------------------ refresh tokens that follow one another

    def _kept(self, open_desk: OpenDesk) -> str:
        with open_desk() as desk:
            row = desk.session.get(RefreshToken, self.mailbox)
            if row is None or row.instead != _mark(self.oauth2.refresh_token):
                return ""
            try:
                return _safe(desk).decrypt(row.sealed.encode()).decode()
            except InvalidToken:
                return ""  # the site has another secret than then: the file's is begun with again

    def _keep(self, open_desk: OpenDesk, refresh_token: str) -> None:
        try:
            with open_desk() as desk:
                values = {
                    "instead": _mark(self.oauth2.refresh_token),
                    "sealed": _safe(desk).encrypt(refresh_token.encode()).decode("ascii"),
                }
                statement = insert_or(desk.session, RefreshToken).values(mailbox=self.mailbox, **values)
                desk.session.execute(statement.on_conflict_do_update(index_elements=["mailbox"], set_=values))
        except SQLAlchemyError as error:
            # the one before is good for a while yet
            log.warning("the new refresh token of the mailbox %s could not be kept: %s", self.mailbox, error)


def _mark(refresh_token: str) -> str:
    return hashlib.sha256(refresh_token.encode()).hexdigest()


def _safe(desk: Desk) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(desk.secret("mail_intake refresh tokens"))))


def _read(answer: Any) -> Mapping[str, Any]:
    """What an answer says, as far as it is JSON."""
    try:
        said = json.loads(answer.read(2**16))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _words(said: Mapping[str, Any]) -> str:
    words = (said.get("error"), said.get("error_description"))
    return " ".join(": ".join(word for word in words if isinstance(word, str)).split())[:300]
