"""Words as they are compared and put in order: without accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_SIGNS = re.compile(r"[^\w@.]+|_+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"})
LONGEST = 500
"""Characters of what is kept for searching: PostgreSQL takes no longer entries into an index."""


def fold(text: str) -> str:
    """``Lefèvre-Œuvrard`` is ``lefevre oeuvrard``; the signs of addresses stay, so that they are found whole."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _SIGNS.sub(" ", plain).strip()


def digits(phone: str) -> str:
    """What two ways to write one number share: its last nine digits, without the zero or the country before them."""
    return re.sub(r"\D", "", phone).lstrip("0")[-9:]


def contact_words(row: Any) -> str:
    """What a contact is found and put in order by: the name, then address, company and phone.

    :param row: a mapping with ``name``, ``email``, ``company`` and ``phone``
    """
    parts = (fold(row["name"]), fold(row["email"]), fold(row.get("company") or ""), digits(row.get("phone") or ""))
    return "  ".join(parts)[:LONGEST]
