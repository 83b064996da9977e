"""What a request passes through before it is a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from novantic_core import values as v
from novantic_core.hookspecs.marks import hookspec

# --------------------------------------------------------------------------------------------- intake


@hookspec
def novantic_intake_channels(own_settings: v.OwnSettings) -> Iterable[v.IntakeChannel]:  # type: ignore[empty-body]
    """The ways by which this plugin lets requests in. A draft must name one of them.

    Called once at start. Transaction: none.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.IntakeChannel` values
    :raises: any exception stops the start; so does a name that two plugins use, or ``phone``, which is the core's own.
    :since: 1.0
    """


@hookspec
def novantic_ticket_fields(context: v.FormContext, own_settings: v.OwnSettings) -> Iterable[v.TicketField]:  # type: ignore[empty-body]
    """Fields to add to the form of a ticket; their values are kept on the ticket and shown there.

    Called when a form is drawn or read and when a ticket is shown. Transaction: the request's; no session is handed
    over, so the same answer for the same context is expected.

    :param context: where the form stands (portal or back office) and the reader's language
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.TicketField` values
    :raises: guarded: the form stands without these fields. Two plugins with one field name stop the start.
    :since: 1.0
    """


@hookspec
def novantic_check_draft(draft: v.TicketDraft, own_settings: v.OwnSettings) -> None:
    """Refuse a draft, naming the field: raise :class:`~novantic_core.plugin.FieldError`.

    Called first of all in ``open_ticket``, before anything is written, in its transaction.

    :param draft: the whole draft, each field already well-formed
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: nothing
    :raises: ``FieldError`` refuses the draft and is shown beside its field. **Any other exception refuses it too**,
        with a general sentence: what guards the door must not fail open.
    :since: 1.0
    """


@hookspec
def novantic_prepare_draft(draft: v.TicketDraft, session: Session, own_settings: v.OwnSettings) -> v.TicketDraft | None:
    """Complete a draft: an organisation by mail domain, a spam score, a better subject.

    Called after ``novantic_check_draft``, in the same transaction, each in a savepoint; each plugin gets what the one
    before it returned.

    :param draft: the draft so far
    :param session: to look things up
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: another draft (``draft.with_(…)``), or None to leave it
    :raises: guarded: the draft stays as it was.
    :since: 1.0
    """


# --------------------------------------------------------------------- categories, priority, routing


@hookspec
def novantic_categories(own_settings: v.OwnSettings) -> Iterable[v.Category]:  # type: ignore[empty-body]
    """What tickets can be about. Without any, the form asks for no topic.

    Called once at start. Transaction: none.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.Category` values, shown by ``order``, then as given
    :raises: any exception stops the start; so does a key that two plugins use.
    :since: 1.0
    """


@hookspec
def novantic_priorities(own_settings: v.OwnSettings) -> Iterable[v.Priority]:  # type: ignore[empty-body]
    """The levels of urgency. The core's own four (low, normal, high, urgent) hold while no plugin gives any.

    Called once at start. Transaction: none.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.Priority` values
    :raises: any exception stops the start; so does a key that two plugins use.
    :since: 1.0
    """


@hookspec
def novantic_propose_priority(
    draft: v.TicketDraft, priorities: Iterable[v.Priority], organisation: v.OrganisationInfo | None, session: Session,
    own_settings: v.OwnSettings,
) -> v.PriorityProposal | None:  # fmt: skip
    """A rule's opinion on how urgent a draft is. The most urgent proposal wins; all reasons are kept on the ticket.

    Called in ``open_ticket`` after the draft is prepared, in its transaction, each in a savepoint. The requester's own
    choice is one proposal among them.

    :param draft: the prepared draft
    :param priorities: the levels of this site, least urgent first
    :param organisation: the one that the requester belongs to, as far as the desk knows; since 1.2
    :param session: to look things up; since 1.2
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: a :class:`~novantic_core.plugin.PriorityProposal`, or None for no opinion. An unknown priority key is a
        fault of the plugin.
    :raises: guarded: the rule has no opinion.
    :since: 1.0
    """


@hookspec(firstresult=True)
def novantic_route(
    draft: v.TicketDraft, organisation: v.OrganisationInfo | None, session: Session, own_settings: v.OwnSettings
) -> v.Route | None:
    """Who gets a new ticket first: a team, a technician. Stops at the first answer that isn't None.

    Called in ``open_ticket`` before the ticket is written, in its transaction, each in a savepoint.

    :param draft: the prepared draft
    :param organisation: the one that the requester belongs to, as far as the desk knows; since 1.2
    :param session: to look things up
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: a :class:`~novantic_core.plugin.Route`, or None to leave it to the next plugin
    :raises: guarded: the next plugin is asked; with no answer the ticket goes to the default team.
    :since: 1.0
    """
