"""Who sends an alert: somebody who knows the secret, and says it now."""

import hashlib
import hmac

SECONDS = 300
"""How old a request may be: whoever overheard one can't send it again tomorrow."""


def sign(secret, timestamp, body):
    """The signature of a body sent at a time (whole seconds since 1970, as text)."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret, headers, body, now):
    """Whether a request is signed, and was so a short while ago."""
    timestamp, signature = headers.get("X-Timestamp", ""), headers.get("X-Signature", "")
    if not secret or not timestamp.isascii() or not timestamp.isdecimal() or abs(now - int(timestamp)) > SECONDS:
        return False
    # a comparison that takes the same time however many characters are right
    return hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode())
