"""Every hook of Novantic, in the order of a ticket's life. This text is the contract.

Each says when it is called, in which transaction, what it gets, what to return, and what happens if it raises.
"Guarded" means: at run time an exception costs the plugin this one call and its own savepoint, is logged under
``novantic.plugin.NAME``, counted, shown by ``novantic plugins``, and after repeated faults the plugin is set aside
until somebody brings it back or the next start; the ticket and the page go on. With ``novantic.debug`` it is raised.

Order: that of ``novantic.plugins`` in the .ini file; ``hookimpl(tryfirst=True)`` and ``trylast=True`` go before and
after. An implementation takes the parameters it wants, by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
import pluggy
from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy.orm import Session

from novantic_core import values as v

PROJECT = "novantic"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


# ------------------------------------------------------------------------------------------- start-up


@hookspec
def novantic_configure(config: Configurator) -> None:
    """Add routes, views, subscribers: called once at start, as Pyramid's ``includeme`` would be.

    Transaction: none; the database may not be there.

    :param config: the application's configurator; views that change something must keep CSRF checks on
    :return: nothing
    :raises: any exception stops the start. A route name or pattern that another plugin has stops it too.
    :since: 1.0
    """


@hookspec
def novantic_settings_schema() -> Iterable[v.Setting]:  # type: ignore[empty-body]
    """The plugin's own settings, read from ``novantic.PLUGIN.NAME`` in the .ini file.

    Called once, before ``novantic_configure``; the values are then in ``request.desk.plugin_settings(PLUGIN)``.
    Ask for them at each use: what the file doesn't say a page may set, but for a ``secret``. Transaction: none.

    :return: :class:`~novantic_core.plugin.Setting` values
    :raises: any exception stops the start. So does a value that ``Setting.parse`` refuses, with its name.
    :since: 1.0
    """


@hookspec
def novantic_commands(cli: click.Group) -> None:
    """Add sub-commands to the ``novantic`` command.

    Called when ``novantic -c FILE.ini`` or a sub-command with ``-c`` is read, before it runs. Transaction: none.

    :param cli: the group to add to
    :return: nothing
    :raises: guarded: the command line works without this plugin's commands.
    :since: 1.0
    """


@hookspec
def novantic_periodic_jobs() -> Iterable[v.PeriodicJob]:  # type: ignore[empty-body]
    """Work that a worker does now and again, once however many workers there are.

    Called once at start. A job itself runs in a transaction of its own, committed when it returns.

    :return: :class:`~novantic_core.plugin.PeriodicJob` values; names are unique within the plugin
    :raises: any exception stops the start. A job that raises is guarded and runs again at its next time.
    :since: 1.0
    """


# --------------------------------------------------------------------------------------------- intake


@hookspec
def novantic_intake_channels() -> Iterable[v.IntakeChannel]:  # type: ignore[empty-body]
    """The ways by which this plugin lets requests in. A draft must name one of them.

    Called once at start. Transaction: none.

    :return: :class:`~novantic_core.plugin.IntakeChannel` values
    :raises: any exception stops the start; so does a name that two plugins use, or ``phone``, which is the core's own.
    :since: 1.0
    """


@hookspec
def novantic_ticket_fields(context: v.FormContext) -> Iterable[v.TicketField]:  # type: ignore[empty-body]
    """Fields to add to the form of a ticket; their values are kept on the ticket and shown there.

    Called when a form is drawn or read and when a ticket is shown. Transaction: the request's; no session is handed
    over, so the same answer for the same context is expected.

    :param context: where the form stands (portal or back office) and the reader's language
    :return: :class:`~novantic_core.plugin.TicketField` values
    :raises: guarded: the form stands without these fields. Two plugins with one field name stop the start.
    :since: 1.0
    """


@hookspec
def novantic_check_draft(draft: v.TicketDraft) -> None:
    """Refuse a draft, naming the field: raise :class:`~novantic_core.plugin.FieldError`.

    Called first of all in ``open_ticket``, before anything is written, in its transaction.

    :param draft: the whole draft, each field already well-formed
    :return: nothing
    :raises: ``FieldError`` refuses the draft and is shown beside its field. **Any other exception refuses it too**,
        with a general sentence: what guards the door must not fail open.
    :since: 1.0
    """


@hookspec
def novantic_prepare_draft(draft: v.TicketDraft, session: Session) -> v.TicketDraft | None:
    """Complete a draft: an organisation by mail domain, a spam score, a better subject.

    Called after ``novantic_check_draft``, in the same transaction, each in a savepoint; each plugin gets what the one
    before it returned.

    :param draft: the draft so far
    :param session: to look things up
    :return: another draft (``draft.with_(…)``), or None to leave it
    :raises: guarded: the draft stays as it was.
    :since: 1.0
    """


# --------------------------------------------------------------------- categories, priority, routing


@hookspec
def novantic_categories() -> Iterable[v.Category]:  # type: ignore[empty-body]
    """What tickets can be about. Without any, the form asks for no topic.

    Called once at start. Transaction: none.

    :return: :class:`~novantic_core.plugin.Category` values, shown by ``order``, then as given
    :raises: any exception stops the start; so does a key that two plugins use.
    :since: 1.0
    """


@hookspec
def novantic_priorities() -> Iterable[v.Priority]:  # type: ignore[empty-body]
    """The levels of urgency. The core's own four (low, normal, high, urgent) hold while no plugin gives any.

    Called once at start. Transaction: none.

    :return: :class:`~novantic_core.plugin.Priority` values
    :raises: any exception stops the start; so does a key that two plugins use.
    :since: 1.0
    """


@hookspec
def novantic_propose_priority(draft: v.TicketDraft, priorities: Iterable[v.Priority]) -> v.PriorityProposal | None:
    """A rule's opinion on how urgent a draft is. The most urgent proposal wins; all reasons are kept on the ticket.

    Called in ``open_ticket`` after the draft is prepared, in its transaction; no session is handed over. The
    requester's own choice is one proposal among them.

    :param draft: the prepared draft
    :param priorities: the levels of this site, least urgent first
    :return: a :class:`~novantic_core.plugin.PriorityProposal`, or None for no opinion. An unknown priority key is a
        fault of the plugin.
    :raises: guarded: the rule has no opinion.
    :since: 1.0
    """


@hookspec(firstresult=True)
def novantic_route(draft: v.TicketDraft, session: Session) -> v.Route | None:
    """Who gets a new ticket first: a team, a technician. Stops at the first answer that isn't None.

    Called in ``open_ticket`` before anything is written, in its transaction, each in a savepoint.

    :param draft: the prepared draft
    :param session: to look things up
    :return: a :class:`~novantic_core.plugin.Route`, or None to leave it to the next plugin
    :raises: guarded: the next plugin is asked; with no answer the ticket goes to the default team.
    :since: 1.0
    """


# -------------------------------------------------------------------------------------------- storage


@hookspec
def novantic_storage_backends() -> Iterable[v.StorageBackend]:  # type: ignore[empty-body]
    """Places where attachments can lie; ``novantic.storage`` chooses one by name.

    Called once at start. Transaction: none.

    :return: :class:`~novantic_core.plugin.StorageBackend` values
    :raises: any exception stops the start; so does a name that two plugins use.
    :since: 1.0
    """


@hookspec
def novantic_scan_attachment(file: v.StoredFile, source: Any) -> None:
    """Look at a file before it is kept; raise :class:`~novantic_core.plugin.FieldError` to refuse it.

    Called for each file received, before it reaches the storage. Transaction: the request's, nothing written yet.

    :param file: its name, type, size and address
    :param source: its bytes, a binary file at its start
    :return: nothing
    :raises: ``FieldError`` refuses the file, said beside the field. Any other exception is guarded: the file is kept.
    :since: 1.0
    """


# ----------------------------------------------------------------------------------------- life cycle


@hookspec
def novantic_ticket_event(event: v.TicketEvent, session: Session) -> None:
    """Something happened to a ticket: write down what the plugin keeps of it.

    Called in the transaction of the change itself, after the core has written it, each plugin in a savepoint of its
    own. Nothing is committed yet: do nothing here that can't be undone (no mail, no HTTP); return a notice from
    ``novantic_notifications`` for that.

    :param event: what happened, to which ticket, by whom
    :param session: to read and write the plugin's own tables
    :return: nothing
    :raises: guarded: the plugin's own writes are undone, the change stands.
    :since: 1.0
    """


# --------------------------------------------------------------------------------------- notification


@hookspec
def novantic_notifications(event: v.TicketEvent) -> Iterable[v.Notice]:  # type: ignore[empty-body]
    """Who should be told what about an event. Each notice becomes a row of the outbox in the same transaction.

    Called right after ``novantic_ticket_event``.

    :param event: what happened; ``event.technicians`` are those concerned
    :return: :class:`~novantic_core.plugin.Notice` values
    :raises: guarded: nobody is told by this plugin.
    :since: 1.0
    """


@hookspec
def novantic_account_notices(event: v.AccountEvent) -> Iterable[v.Notice]:  # type: ignore[empty-body]
    """How a technician is told of an invitation, or of the link to choose another password.

    Called when an administrator invites somebody, in that request's transaction, and by a worker when somebody has
    forgotten their password; each notice becomes a row of the outbox there. Its parcel has no ticket: ``parcel.link``
    is the link that works once, made anew at each attempt.

    :param event: what happened, and to whom
    :return: :class:`~novantic_core.plugin.Notice` values, to ``event.technician`` only: the link is theirs
    :raises: guarded: nobody is told by this plugin.
    :since: 1.0
    """


@hookspec
def novantic_notification_channels(settings: Mapping[str, Any]) -> Iterable[v.Channel]:  # type: ignore[empty-body]
    """Ways to reach people. The first one enabled carries the notices that name none.

    Called once at start. A channel's ``send`` is called by a worker, outside any transaction; what it raises is kept
    with the delivery and tried again later, but :class:`~novantic_core.plugin.PermanentFailure` ends it.

    :param settings: all settings of the .ini file, as text
    :return: :class:`~novantic_core.plugin.Channel` values
    :raises: any exception stops the start; so does a name that two plugins use.
    :since: 1.0
    """


@hookspec(firstresult=True)
def novantic_access_link(desk: Any, ticket: v.TicketInfo, recipient: v.Recipient, kind: str) -> str | None:
    """The address at which a requester opens their ticket, for a mail. Stops at the first answer that isn't None.

    Called by a worker just before each attempt to deliver, in a transaction that is committed before the channel
    sends.

    :param desk: the desk, whose ``grant_access(ticket, address)`` gives a fresh token
    :param ticket: the ticket
    :param recipient: who will read it
    :param kind: the notice's kind, as ``ticket_opened`` or ``access_link``
    :return: a whole URL, built on ``novantic.site_url``, or None
    :raises: guarded: the mail goes out without a link.
    :since: 1.0
    """


# ---------------------------------------------------------------------------------------------- pages


@hookspec
def novantic_navigation(request: Request) -> Iterable[v.NavigationItem]:  # type: ignore[empty-body]
    """Tabs to add to the navigation of the portal or of the back office.

    Called for each page. Transaction: the request's.

    :param request: the request
    :return: :class:`~novantic_core.plugin.NavigationItem` values
    :raises: guarded: the page stands without these tabs.
    :since: 1.0
    """


@hookspec
def novantic_page_parts(request: Request, place: str, subject: Any) -> Iterable[v.PagePart]:  # type: ignore[empty-body]
    """Pieces to add to a page at a named place.

    Places: ``home`` (subject None), ``ticket_form`` (the form), ``ticket`` (a ``TicketInfo``, the client's page),
    ``admin_dashboard`` (None), ``admin_ticket`` (a ``TicketInfo``, the technicians' page, beside the discussion). There
    a link with ``data-starts-clock="NUMBER"`` notes when it was followed, and the form of the time spent is filled in
    with what has passed since. Called when the page is drawn, in the request's transaction, each plugin in a savepoint.

    :param request: the request
    :param place: the name of the place
    :param subject: what the page is about
    :return: :class:`~novantic_core.plugin.PagePart` values; templates are found on the theme's path
    :raises: guarded: the page stands without these pieces, also when drawing one of them fails.
    :since: 1.0
    """


@hookspec(firstresult=True)
def novantic_theme_for(request: Request) -> str | None:
    """The theme of a request, by host name for example. Stops at the first answer that isn't None.

    Called once for each request that draws a page. Transaction: the request's.

    :param request: the request
    :return: a theme's name, or None for ``novantic.theme``. An unknown name is a fault of the plugin.
    :raises: guarded: the next plugin is asked.
    :since: 1.0
    """


@hookspec
def novantic_search_sources() -> Iterable[v.SearchSource]:  # type: ignore[empty-body]
    """What the search box of the home page looks through.

    Called once at start; ``find`` is called for each search, in the request's transaction, in a savepoint.

    :return: :class:`~novantic_core.plugin.SearchSource` values
    :raises: any exception stops the start. A search that raises is guarded: the others' results are shown.
    :since: 1.0
    """


# --------------------------------------------------------------------------------------------- people


@hookspec
def novantic_contact_export(contact: v.ContactInfo, session: Session) -> Mapping[str, Any] | None:
    """All that the plugin keeps about a person, for the copy that the law lets them ask for.

    Called before the first piece of the copy is sent, in one transaction with it: for the person, and again for each
    address that was merged into them.

    :param contact: the person, by one of their addresses
    :param session: to look things up
    :return: a JSON-able mapping (times are taken too); None for nothing
    :raises: **stops the export**: a copy that silently lacks a part would be a lie. A ``FieldError`` says why.
    :since: 1.0
    """


@hookspec
def novantic_contact_erase(contact: v.ContactInfo, session: Session) -> None:
    """Forget a person: erase or anonymise what the plugin keeps about them.

    Called in the erasure's transaction, before the core erases: for the person and each address merged into them.
    Values of fields on tickets are the core's, and erased by it.

    :param contact: the person, by one of their addresses
    :param session: to do it with
    :return: nothing
    :raises: **stops the erasure**, which is undone as a whole. The sentence of a ``FieldError`` is shown.
    :since: 1.0
    """
