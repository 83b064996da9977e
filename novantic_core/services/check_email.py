"""What counts as an e-mail address, for clients and technicians alike."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from novantic_core.i18n import _
from novantic_core.values import FieldError

BAD_EMAIL = _("This e-mail address is not complete. It should look like name@example.com.")


def check_email(address: str) -> None:
    """Whether mail could be sent there, by the address's form; nothing is looked up.

    The domains of small networks (``name@company.local``) are taken, one without a dot is not: that is a typing error.

    :raises FieldError: if it is no address
    """
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise FieldError(BAD_EMAIL, "email") from None
    if "." not in found.domain:
        raise FieldError(BAD_EMAIL, "email")
