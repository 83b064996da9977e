"""What is said to the gateway, and what its answers mean."""

import json
import urllib.error
import urllib.request

from novantic_core.plugin import PermanentFailure

SECONDS = 10
"""How long a worker waits for an answer: it delivers nothing else meanwhile."""
TRY_AGAIN = {408, 425, 429}
"""Answers about the moment, not about the message: too slow, too early, too many."""


class Gateway:
    """A gateway that takes JSON with a token; what is in ``settings`` is read at each use."""

    def __init__(self, settings):
        self.settings = settings

    def send(self, parcel):
        """Hand one text over.

        :raises PermanentFailure: if the gateway will never take it
        :raises OSError: if it may later
        """
        text = {"to": parcel.notice.to.address, "text": parcel.render(f"sms/{parcel.notice.kind}.txt.pt").strip()}
        try:
            # the same key at each attempt: a gateway that took the text and couldn't say so sends it once
            self._ask("/messages", text, {"Idempotency-Key": parcel.message_id})
        except urllib.error.HTTPError as error:
            with error:
                if error.code in TRY_AGAIN or error.code >= 500:
                    raise
                raise PermanentFailure(f"the gateway answers {error.code} {error.reason}") from error

    def check(self):
        """Return if it can be reached and knows us; ``novantic doctor`` asks."""
        self._ask("/account")

    def _ask(self, path, content=None, headers=None):
        headers = {**(headers or {}), "Authorization": f"Bearer {self.settings['token']}"}
        body = None
        if content is not None:
            body, headers["Content-Type"] = json.dumps(content).encode(), "application/json"
        request = urllib.request.Request(self.settings["url"] + path, body, headers)  # noqa: S310 - see parse_url
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            answer.read()
