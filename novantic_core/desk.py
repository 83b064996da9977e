"""The desk: the services of one site in one transaction. What pages and plugins hold as ``request.desk``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, Message, Organisation, Technician, Ticket
from novantic_core.services import grant_access, keep_file, keep_index
from novantic_core.services.describe import delivery_info, message_info, organisation_info, ticket_info
from novantic_core.services.discuss import add_message
from novantic_core.services.family import family, root_of
from novantic_core.services.find import find
from novantic_core.services.find_contacts import find_organisations
from novantic_core.services.find_deliveries import sent_words
from novantic_core.services.find_writer import (
    are_colleagues,
    client_who_writes,
    contact_of,
    latest_ticket_of,
    roles_of,
    technician_who_writes,
)
from novantic_core.services.follow import follow_from_outside
from novantic_core.services.limit import within_limit, within_limits
from novantic_core.services.link_tickets import link_tickets
from novantic_core.services.mask import Masker, masker_for
from novantic_core.services.note_bounce import note_bounce
from novantic_core.services.open_ticket import Opening, open_ticket
from novantic_core.services.record_action import record_action
from novantic_core.services.sight import Sight
from novantic_core.services.tell_brands import brand_labels
from novantic_core.site import Site
from novantic_core.values import (
    MAIN,
    Actor,
    ContactInfo,
    DeliveryInfo,
    MaskWords,
    MessageInfo,
    OrganisationInfo,
    Priority,
    SearchHits,
    SearchQuery,
    StoredFile,
    TicketDraft,
    TicketInfo,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of opening a link: whether it was ever one, whether it is good now, and what it opens.

    ``number`` is that of the ticket whose discussion is shown: another than the link was made for, where it was merged.
    """

    known: bool
    alive: bool
    grant_id: int = 0
    number: str = ""
    elsewhere: str = ""
    """Where it is opened instead: the address of another of the desk's brands, whose client the ticket's is."""


class Desk:
    """What a plugin may ask of the core. Everything happens in the caller's transaction."""

    def __init__(self, site: Site, session: Session, now: datetime | None = None, brand: str = MAIN) -> None:
        self.site = site
        self.session = session
        """The database session of the transaction: in a view it is ``request.dbsession``. Never commit it."""
        self.now = now or datetime.now(UTC)
        """The moment in which all of this happens, in UTC."""
        self.brand = site.brand(brand)
        """Under whose name this is done: the brand of the request's host, or of the ticket that a mail is about."""

    def under(self, brand: str) -> Desk:
        """The same under another brand's name: what is written to a ticket's client has addresses of their own brand.

        :param brand: its key, as of ``TicketInfo.brand``
        """
        return Desk(self.site, self.session, self.now, brand)

    def brands(self, locale: str) -> Mapping[str, str]:
        """Key and name of each of the desk's brands, ``main`` first. Where there is one only, say nothing of brands."""
        return brand_labels(self.site, locale)

    def plugin_settings(self, plugin: str) -> Mapping[str, Any]:
        """The settings that a plugin asked for with ``novantic_settings_schema``, as they are now.

        Ask at each use, don't keep them: an administrator may change what the .ini file doesn't say at any time.
        """
        return self.site.settings_of(plugin)

    def url(self, path: str) -> str:
        """A whole address of the site, for mails.

        It is built on the brand's ``site_url`` only, never on a request's Host header, which whoever sends the request
        chooses.
        """
        return self.brand.site_url + path

    def secret(self, purpose: str) -> str:
        """A secret of the site's for one purpose, the same at each start: for keyed hashes.

        :param purpose: beginning with the plugin's name, so that what one use gives away is of no use to another
        """
        return self.site.key(purpose)

    def keep_file(self, source: IO[bytes], filename: str, media_type: str = "application/octet-stream") -> StoredFile:
        """Check a file and put it into the storage, for a draft's ``files``.

        :raises FieldError: if it is empty, too large, or refused
        """
        return keep_file.keep_file(self.site, self.session, source, filename, media_type, self.now)

    def keep_raw(self, source: IO[bytes], filename: str, media_type: str) -> StoredFile:
        """Put what files are taken out of, as a whole mail, into the storage: without limits, and unseen by plugins.

        It stays as long as something holds it (``hold_files``); a day, where nothing does. Since 1.3.

        :raises OSError: if it can't be kept
        """
        return keep_file.keep_raw(self.site, self.session, source, filename, media_type, self.now)

    def open_file(self, key: str) -> IO[bytes]:
        """The bytes of a kept file from the start. Since 1.3.

        :raises KeyError: when there is none
        :raises OSError: when the storage is away
        """
        return self.site.storage.open(key)

    def take_pictures(self, html: str) -> tuple[str, tuple[StoredFile, ...]]:
        """Put the pictures that were pasted into a text into the storage.

        :return: the text, each picture's ``src`` being ``cid:KEY`` now, and the files
        :raises FieldError: for a picture that can't be read or is too large, or too many of them
        """
        return keep_file.take_pictures(self.site, self.session, html, self.now)

    def hold_files(self, holder: str, keys: Iterable[str]) -> None:
        """Say which kept files something of a plugin's needs: they stay, those that it no longer names may go.

        :param holder: what needs them, at most 120 characters, beginning with the plugin's name: ``faq.article.12``
        """
        keep_file.hold_files(self.session, holder, keys)

    def discussion(self, ticket: TicketInfo) -> list[MessageInfo]:
        """All that was said on a ticket, notes too, the oldest first; without files."""
        statement = select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id)
        return [message_info(message, ()) for message in self.session.scalars(statement)]

    def organisations(self, words: str = "", ids: Iterable[int] | None = None) -> list[OrganisationInfo]:
        """Organisations by name, at most fifty: those whose name or mail domain has all the words.

        :param ids: those of these ids instead
        """
        if ids is None:
            return [organisation_info(row) for row in find_organisations(self.session, words).rows]
        statement = select(Organisation).where(Organisation.id.in_(list(ids))).order_by(Organisation.words)
        return [organisation_info(row) for row in self.session.scalars(statement)]

    @property
    def priorities(self) -> tuple[Priority, ...]:
        """The levels of this site in the desk's words, least urgent first."""
        return tuple(self.site.priorities.values())

    def masker(self, ticket: TicketInfo, words: MaskWords) -> Masker:
        """What puts ``words`` in the place of all that names somebody who has to do with a ticket."""
        return masker_for(self.session, ticket, words)

    def note_action(
        self, kind: str, actor: Actor, subject: str = "", changes: Mapping[str, tuple[Any, Any]] | None = None
    ) -> None:
        """Write into the audit trail what somebody did to the desk.

        :param kind: one that the plugin's ``novantic_action_kinds`` brings
        :param subject: what it was done to, in words that stay true when it is gone
        :param changes: attribute to (before, after), JSON-able; nothing secret
        :raises KeyError: for a kind that no plugin brings
        """
        if kind not in self.site.action_kinds:
            raise KeyError(kind)
        record_action(self.session, kind, actor, self.now, subject, changes)

    def open_ticket(self, draft: TicketDraft, *, tell_client: bool = True) -> TicketInfo:
        """Open a ticket.

        :param tell_client: False to send its requester nothing, where no person would read it; since 1.3
        :raises FieldError: if it is refused; nothing is written then
        """
        opening = None if tell_client else Opening(tell_client=False)
        return ticket_info(open_ticket(self.site, self.session, draft, self.now, opening))

    def contact(self, address: str) -> ContactInfo | None:
        """The person whose address it is, or another of whose addresses it is; None for a stranger. Since 1.3."""
        return contact_of(self.session, address)

    def latest_ticket(self, contact: ContactInfo) -> TicketInfo | None:
        """The ticket that somebody opened last, for what is known of them by it, as their language. Since 1.3."""
        found = latest_ticket_of(self.session, contact.id)
        return ticket_info(found) if found is not None else None

    def ticket(self, number: str) -> TicketInfo | None:
        """The ticket of that number; the one in which it goes on, where it was merged. Since 1.3."""
        found = self.session.scalar(select(Ticket).where(Ticket.number == number))
        return ticket_info(root_of(self.session, found)) if found is not None else None

    def visible_to(self, technician: Technician) -> Sight:
        """What of the tickets a technician may see: ``request.technician`` is who is signed in. Since 1.3."""
        return Sight(self.site, self.session, technician)

    def delivery(self, *, message_id: str = "", id: int | None = None) -> DeliveryInfo | None:  # noqa: A002 - its name
        """A notice that was told to somebody, by its Message-ID (without brackets) or its id. Since 1.3."""
        which = Delivery.message_id == message_id if id is None else Delivery.id == id
        row = self.session.scalar(select(Delivery).where(which))
        if row is None:
            return None
        ticket = self.session.get(Ticket, row.ticket_id) if row.ticket_id is not None else None
        return delivery_info(row, ticket_info(root_of(self.session, ticket)) if ticket is not None else None)

    def sent(self, delivery: DeliveryInfo) -> bytes | None:
        """A notice as it was sent, without what opens something in it; None where it isn't kept. Since 1.3."""
        return sent_words(self.session, self.session.get_one(Delivery, delivery.id))

    def ticket_of_mail(self, message_id: str) -> TicketInfo | None:
        """The ticket of the message that came by the mail of that Message-ID (without brackets). Since 1.3."""
        of_mail = select(Ticket).join(Message, Message.ticket_id == Ticket.id).where(Message.mail_id == message_id)
        found = self.session.scalar(of_mail.order_by(Message.id.desc()).limit(1)) if message_id else None
        return ticket_info(root_of(self.session, found)) if found is not None else None

    def client_who_writes(self, ticket: TicketInfo, address: str) -> Actor | None:
        """Whose address that is among the ticket's requester and who follows it from outside. Since 1.3."""
        return client_who_writes(self.session, ticket.id, address)

    def technician_who_writes(self, ticket: TicketInfo, address: str) -> Actor | None:
        """The technician at work whose address that is, if they may see the ticket. Since 1.3.

        Anybody can write an address into a mail: ask for more before you believe it.
        """
        return technician_who_writes(self.site, self.session, ticket.id, address)

    def roles_of(self, ticket: TicketInfo, addresses: Iterable[str]) -> Mapping[str, str]:
        """What the owners of some addresses are to a ticket, by the address in small letters. Since 1.3.

        ``requester`` of it or of one that goes on in it, ``technician`` of this desk, at work or not, or ``follower``
        from outside; who is none of these isn't named. It takes as many statements for one address as for fifty.
        """
        return roles_of(self.session, ticket.id, addresses)

    def are_colleagues(self, one: str, other: str) -> bool:
        """Whether two addresses are of the same house. Since 1.3.

        Of one organisation, or of one mail domain, if not anybody may have an address there, as at gmail.com.
        """
        return are_colleagues(self.session, one, other)

    def ticket_ids(self, ticket: TicketInfo) -> Select[int]:
        """The ids of a ticket and of all that were merged into it, as part of a query of the plugin's. Since 1.3."""
        return family(ticket)

    def let_follow(self, ticket: TicketInfo, email: str, name: str, actor: Actor, locale: str = "") -> None:
        """Let somebody outside follow a ticket: they are told as its requester is, and may answer. Since 1.3.

        :param locale: the language they are written to in, that of the ticket unless told
        :raises FieldError: if the address isn't one, or follows it already
        """
        row = self.session.get_one(Ticket, ticket.id)
        follow_from_outside(self.site, self.session, row, email, name, locale or ticket.locale, actor, self.now)

    def add_message(
        self, ticket: TicketInfo, actor: Actor, html: str, files: tuple[StoredFile, ...] = (), *,
        submission: str | None = None, mail_id: str = "",
    ) -> MessageInfo:  # fmt: skip
        """Say something on a ticket: a client's words open it again, a technician's answer them. Since 1.3.

        :param html: cleaned
        :param submission: a key of at most 64 characters; the same one twice adds one message
        """
        row = self.session.get_one(Ticket, ticket.id)
        message = add_message(
            self.site, self.session, row, actor, html, self.now, files=files, submission=submission, mail_id=mail_id
        )  # fmt: skip
        return message_info(message, files)

    def link_tickets(self, ticket: TicketInfo, other: TicketInfo, actor: Actor) -> None:
        """Tie two tickets together that have to do with one another. Since 1.3."""
        one, two = self.session.get_one(Ticket, ticket.id), self.session.get_one(Ticket, other.id)
        link_tickets(self.site, self.session, one, two, actor, self.now)

    def note_bounce(self, delivery: DeliveryInfo, words: str) -> None:
        """Note that a notice which had been accepted came back. It shows beside its message. Since 1.3."""
        note_bounce(self.session, delivery.id, words, self.now)

    def grant_access(self, ticket: TicketInfo, address: str, lifetime: timedelta | None = None) -> str:
        """A fresh token by which the owner of an address opens a ticket.

        :param lifetime: how long it is good; ``novantic.notice_link_days`` unless told
        """
        lifetime = lifetime or timedelta(days=self.site.settings.notice_link_days)
        return grant_access.grant_access(self.session, ticket.id, address, self.now, lifetime)

    def enter(self, token: str) -> Entry:
        """Open a link, and note that it was used; not under another brand's name than the ticket's."""
        grant = grant_access.find_grant(self.session, token)
        if grant is not None and len(self.site.brands) > 1:
            own = self.site.brand(self.session.get_one(Ticket, grant.ticket_id).brand)
            if own is not self.brand:
                return Entry(True, grant_access.is_alive(grant, self.now), elsewhere=own.site_url)
        if grant is None or not grant_access.is_alive(grant, self.now):
            return Entry(known=grant is not None, alive=False)
        ticket = grant_access.use_grant(self.session, grant, self.now)
        return Entry(True, True, grant.id, root_of(self.session, ticket).number)

    def renew(self, token: str, locale: str) -> None:
        """Ask for a new link in the place of one that was; nothing happens for what never was one."""
        grant_access.renew(self.session, token, locale, self.now)

    def request_access(self, email: str, number: str, locale: str) -> None:
        """Note that somebody asks for the link of a ticket: it is mailed if address and number belong together.

        Takes the same time and writes the same whether they do or not.
        """
        grant_access.request_access(self.session, email, number, locale, self.now)

    def changed(self, index: str, *ids: int) -> None:
        """Say that documents of an index changed, came or went.

        They are read and indexed once, at the end of this transaction, whatever is said here before.

        :raises LookupError: for an index that nobody has
        """
        keep_index.changed(self.site, self.session, index, *ids)

    def find(
        self, index: str, words: str | SearchQuery, *, within: Any = None, newest: bool = False, limit: int = 20,
        offset: int = 0,
    ) -> SearchHits:  # fmt: skip
        """What is found in an index, the best first. What fails is guarded: nothing is found then, not ``complete``.

        :param words: as somebody typed them, with ``"phrases in quotes"``, ``-excluded`` and ``begin*``; or a query
        :param within: an SQLAlchemy select of ids, what is found being among them; without it, of all documents
        :param newest: the newest first, rather than the best
        :raises LookupError: for an index that nobody has
        """
        return find(self.site, self.session, index, words, within=within, newest=newest, limit=limit, offset=offset)

    def within_limit(self, rate: str, what: str, *whom: str) -> bool:
        """Count a try by each of ``whom``; False if one of them tried too often."""
        return within_limit(self.session, rate, self.now, what, *whom)

    def within_limits(self, *tries: tuple[str, str, str]) -> bool:
        """The same for several at different rates, as (rate, what, who): each is counted whatever the others say."""
        return within_limits(self.session, self.now, tries)
