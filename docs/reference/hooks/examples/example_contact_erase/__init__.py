"""Birthdays of clients, for a card; they go when the person is erased."""

from sqlalchemy import text

from novantic_core.plugin import FieldError, hookimpl


@hookimpl
def novantic_contact_erase(contact, session):
    """In the transaction of the erasure: if anything stops it, this comes back too."""
    row = {"email": contact.email}
    if session.scalar(text("SELECT card_sent FROM birthday_person WHERE email = :email"), row) == "printing":
        raise FieldError("Une carte est en cours d’impression : réessayez demain.")
    session.execute(text("DELETE FROM birthday_person WHERE email = :email"), row)
