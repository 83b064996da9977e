"""Checks of what people type, each with its own sentence."""

from __future__ import annotations

from typing import Any

import colander
import phonenumbers

from novantic_core.html import clean_html, is_blank
from novantic_core.i18n import _
from novantic_core.services.check_email import check_email
from novantic_core.values import FieldError, Text

BAD_PHONE = _("This phone number is not complete. It should look like 01 23 45 67 89 or +33 1 23 45 67 89.")
BLANK_MESSAGE = _("Please describe the problem: the text is empty.")


def email_address(schema: Any, value: str) -> None:
    """An address that mail can be sent to, by its form."""
    try:
        check_email(value)
    except FieldError as error:
        raise colander.Invalid(schema, error.message) from None


def phone_number(country: str) -> Any:
    """A number that could be rung, national in ``country`` or with its +."""

    def check(schema: Any, value: str) -> None:
        try:
            number = phonenumbers.parse(value, country)
        except phonenumbers.NumberParseException:
            raise colander.Invalid(schema, BAD_PHONE) from None
        if not phonenumbers.is_possible_number(number):
            raise colander.Invalid(schema, BAD_PHONE)

    return check


def not_blank(schema: Any, value: str, words: Text = BLANK_MESSAGE) -> None:
    """A message that shows something: markup around nothing but space is nothing. Its pasted pictures are taken out."""
    if is_blank(clean_html(value)):
        raise colander.Invalid(schema, words)
