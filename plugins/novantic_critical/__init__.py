"""Critical situation: a box on the form, the highest priority with its reason, and a call-back."""

from __future__ import annotations

from collections.abc import Iterable

from novantic_core.plugin import FormContext, Priority, PriorityProposal, TicketDraft, TicketField, _, hookimpl

novantic_api = ">=1.2,<2"


@hookimpl
def novantic_ticket_fields(context: FormContext) -> Iterable[TicketField]:
    """The box, above the subject."""
    return [
        TicketField(
            name="critical",
            label=_("Critical situation"),
            section="detail",
            after="",
            kind="checkbox",
            help=_(
                "Tick this if the problem blocks your whole production. "
                "A technician will call you back as soon as possible."
            ),
            show=lambda value: _("Yes") if value else _("No"),
            show_empty=_("No"),
        )
    ]


@hookimpl
def novantic_propose_priority(draft: TicketDraft, priorities: Iterable[Priority]) -> PriorityProposal | None:
    """The most urgent level there is, whatever levels this site has."""
    if not draft.critical:
        return None
    highest = max(priorities, key=lambda level: level.rank)
    return PriorityProposal(highest.key, _("critical situation: the whole production is blocked"), call_back=True)
