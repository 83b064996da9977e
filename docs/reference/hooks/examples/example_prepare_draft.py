"""Subjects without the "TR: Re: Fwd:" that mail programs pile up in front of them."""

import re

from novantic_core.plugin import hookimpl

PREFIXES = re.compile(r"^(\s*(re|tr|fw|fwd|réf)\s*:)+\s*", re.IGNORECASE)


@hookimpl
def novantic_prepare_draft(draft):
    """A draft is frozen: give another one; None leaves it as it is."""
    subject = PREFIXES.sub("", draft.subject)
    return draft.with_(subject=subject) if subject and subject != draft.subject else None
