"""The inventory number on the sticker of each machine, as PC-0042."""

import re

from novantic_core.plugin import FieldError, TicketField, hookimpl


def parse(typed):
    """What is kept; however it was typed, it is kept the same way, so that it can be searched for."""
    found = re.fullmatch(r"PC[ -]?(\d{1,4})", typed, re.IGNORECASE)
    if found is None:
        raise FieldError("Le numéro se trouve sur l’autocollant, par exemple PC-0042.")
    return f"PC-{int(found[1]):04}"


@hookimpl
def novantic_ticket_fields(context):
    """After the phone number, on the portal and in the back office; an empty field never reaches ``parse``."""
    label = "Numéro d’inventaire" if context.locale == "fr" else "Inventory number"
    return [TicketField("inventory", label, after="phone", parse=parse, max_length=10)]
