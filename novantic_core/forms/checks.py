"""Checks of what people type, each with its own sentence."""

from __future__ import annotations

from typing import Any

import colander
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from novantic_core.html import clean_html, is_blank
from novantic_core.i18n import _
from novantic_core.services.keep_file import take_pictures_out

BAD_EMAIL = _("This e-mail address is not complete. It should look like name@example.com.")
BAD_PHONE = _("This phone number is not complete. It should look like 01 23 45 67 89 or +33 1 23 45 67 89.")
BLANK_MESSAGE = _("Please describe the problem: the text is empty.")


def email_address(schema: Any, value: str) -> None:
    """An address that mail can be sent to, by its form (nothing is looked up)."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        raise colander.Invalid(schema, BAD_EMAIL) from None


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


def phone_link(value: str, country: str) -> str:
    """The ``tel:`` address of a number as it was typed."""
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return ""
    return "tel:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def not_blank(schema: Any, value: str) -> None:
    """A message that shows something: markup around nothing but space is nothing."""
    if is_blank(clean_html(take_pictures_out(value))):
        raise colander.Invalid(schema, BLANK_MESSAGE)
