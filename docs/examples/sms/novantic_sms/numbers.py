"""Which numbers a text message can be sent to."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType


def mobile(typed, country):
    """``06 12 34 56 78`` as ``+33612345678``; None for what is no mobile number.

    :param country: the code, as ``FR``, of numbers that are written without one
    """
    try:
        number = phonenumbers.parse(typed, country)
    except NumberParseException:
        return None
    kinds = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in kinds:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
