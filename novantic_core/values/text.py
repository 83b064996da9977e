"""Words, and what is wrong with them."""

from __future__ import annotations

from typing import TypeAlias

from pyramid.i18n import TranslationString

Text: TypeAlias = str | TranslationString
"""Words for a reader: a plain string, or one made with ``_`` that is translated when it is shown."""


class FieldError(Exception):
    """What was given can't be taken.

    :param message: a sentence for the person who typed it, shown beside the field
    :param field: the name of the field, where the raiser knows better than the caller
    """

    def __init__(self, message: Text, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
