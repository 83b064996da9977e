"""Where files lie, what happens to a ticket, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from novantic_core import values as v
from novantic_core.hookspecs.marks import Deprecated, hookspec

# -------------------------------------------------------------------------------------------- storage


@hookspec
def novantic_storage_backends(own_settings: v.OwnSettings) -> Iterable[v.StorageBackend]:  # type: ignore[empty-body]
    """Places where attachments can lie; ``novantic.storage`` chooses one by name.

    Called once at start. Transaction: none.

    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.StorageBackend` values
    :raises: any exception stops the start; so does a name that two plugins use.
    :since: 1.0
    """


@hookspec
def novantic_scan_attachment(file: v.StoredFile, source: Any, own_settings: v.OwnSettings) -> None:
    """Look at a file before it is kept; raise :class:`~novantic_core.plugin.FieldError` to refuse it.

    Called for each file received, before it reaches the storage. Transaction: the request's, nothing written yet.

    :param file: its name, type, size and address
    :param source: its bytes, a binary file at its start
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: nothing
    :raises: ``FieldError`` refuses the file, said beside the field. Any other exception is guarded: the file is kept.
    :since: 1.0
    """


# ----------------------------------------------------------------------------------------- life cycle


@hookspec
def novantic_ticket_event(event: v.TicketEvent, session: Session, own_settings: v.OwnSettings) -> None:
    """Something happened to a ticket: write down what the plugin keeps of it.

    Called in the transaction of the change itself, after the core has written it, each plugin in a savepoint of its
    own. Nothing is committed yet: do nothing here that can't be undone (no mail, no HTTP); return a notice from
    ``novantic_notifications`` for that.

    :param event: what happened, to which ticket, by whom
    :param session: to read and write the plugin's own tables
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: nothing
    :raises: guarded: the plugin's own writes are undone, the change stands.
    :since: 1.0
    """


# --------------------------------------------------------------------------------------- notification


@hookspec
def novantic_notifications(  # type: ignore[empty-body]
    event: v.TicketEvent, session: Session, own_settings: v.OwnSettings
) -> Iterable[v.Notice]:
    """Who should be told what about an event. Each notice becomes a row of the outbox in the same transaction.

    Called right after ``novantic_ticket_event``.

    :param event: what happened; ``event.technicians`` are those concerned
    :param session: since 1.3: to look into the plugin's own tables, for who is to be told
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.Notice` values
    :raises: guarded: nobody is told by this plugin.
    :since: 1.0
    """


@hookspec
def novantic_account_notices(  # type: ignore[empty-body]
    event: v.AccountEvent, session: Session, own_settings: v.OwnSettings
) -> Iterable[v.Notice]:
    """How a technician is told of an invitation, or of the link to choose another password.

    Called when an administrator invites somebody, in that request's transaction, and by a worker when somebody has
    forgotten their password; each notice becomes a row of the outbox there. Its parcel has no ticket: ``parcel.link``
    is the link that works once, made anew at each attempt.

    :param event: what happened, and to whom
    :param session: since 1.3: to look into the plugin's own tables
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.Notice` values, to ``event.technician`` only: the link is theirs
    :raises: guarded: nobody is told by this plugin.
    :since: 1.0
    """


@hookspec
def novantic_alarm_notices(  # type: ignore[empty-body]
    alarm: v.DeskAlarm, session: Session, own_settings: v.OwnSettings
) -> Iterable[v.Notice]:
    """How an administrator is told that something about the desk itself needs them, or is well again.

    Called by a worker for each administrator at work, when a trouble has lasted a while and when it is over, in the
    transaction in which that is noted; each notice becomes a row of the outbox there. Its parcel has no ticket and no
    link. The notices' own fate is never told of.

    :param alarm: what began, what is over, what still lasts, in words of the administrator's language
    :param session: to look into the plugin's own tables
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.Notice` values, to ``alarm.to``, of the kind ``desk_alarm``
    :raises: guarded: nobody is told by this plugin.
    :since: 1.3
    """


@hookspec(
    warn_on_impl_args={
        "settings": Deprecated(
            "1.2", "2.0", "take own_settings for what your plugin sets, outgoing for how the site sends its mail"
        )
    }
)
def novantic_notification_channels(  # type: ignore[empty-body]
    settings: Mapping[str, Any], own_settings: v.OwnSettings, outgoing: Mapping[str, str]
) -> Iterable[v.Channel]:
    """Ways to reach people. The first one enabled carries the notices that name none.

    Called once at start. A channel's ``send`` is called by a worker, outside any transaction; what it raises is kept
    with the delivery and tried again later, but :class:`~novantic_core.plugin.PermanentFailure` ends it.

    :param settings: all settings of the .ini file, as text, other plugins' secrets among them
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :param outgoing: since 1.2: how the site sends mail, as ``mail.*`` and ``novantic.mailer`` of the .ini file say it
    :return: :class:`~novantic_core.plugin.Channel` values
    :raises: any exception stops the start; so does a name that two plugins use.
    :since: 1.0
    """


@hookspec(firstresult=True)
def novantic_access_link(
    desk: Any, ticket: v.TicketInfo, recipient: v.Recipient, kind: str, own_settings: v.OwnSettings
) -> str | None:
    """The address at which a requester opens their ticket, for a mail. Stops at the first answer that isn't None.

    Called by a worker just before each attempt to deliver, in a transaction that is committed before the channel
    sends.

    :param desk: the desk, whose ``grant_access(ticket, address)`` gives a fresh token
    :param ticket: the ticket
    :param recipient: who will read it
    :param kind: the notice's kind, as ``ticket_opened`` or ``access_link``
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: a whole URL, built on ``novantic.site_url``, or None
    :raises: guarded: the mail goes out without a link.
    :since: 1.0
    """


@hookspec(firstresult=True)
def novantic_return_addresses(
    desk: Any, delivery: v.DeliveryInfo, own_settings: v.OwnSettings
) -> v.ReturnAddresses | None:
    """Where what comes back of a notice is to go. Stops at the first answer that isn't None.

    Called by a worker just before each attempt to deliver, in the transaction in which the link is made. Also
    when an administrator looks at how a mail is: of a delivery and a ticket that don't exist, with the id 0.

    :param desk: the desk, under the brand of the notice; ``desk.secret(…)`` signs what must not be made up
    :param delivery: what is told, to whom, about which ticket
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: :class:`~novantic_core.plugin.ReturnAddresses`, or None
    :raises: guarded: the notice goes out without them.
    :since: 1.3
    """
