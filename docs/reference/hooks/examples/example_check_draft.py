"""A slip in the address, caught while it can still be mended: nobody could answer this client."""

from novantic_core.plugin import FieldError, hookimpl

SLIPS = {"gmial.com": "gmail.com", "gmail.fr": "gmail.com", "orange.com.fr": "orange.fr", "hotmial.fr": "hotmail.fr"}


@hookimpl
def novantic_check_draft(draft):
    """The sentence stands beside the field ``email``; nothing is written."""
    name, _at, domain = draft.email.rpartition("@")
    if domain.lower() in SLIPS:
        raise FieldError(f"Vouliez-vous écrire {name}@{SLIPS[domain.lower()]} ?", field="email")
