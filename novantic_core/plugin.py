"""All that a plugin may import: the marker of its hooks, the values it gives and gets, and the desk.

Nothing else of ``novantic_core`` is public (but ``novantic_core.testing``, in a plugin's tests).
What the hooks are is said in the specs: see ``docs/reference/hooks.md``.
"""

from __future__ import annotations

from novantic_core.db import insert_or
from novantic_core.desk import Desk
from novantic_core.downloads import bytes_response, csv_response, file_response
from novantic_core.forms.base import node as form_node
from novantic_core.forms.base import one_line
from novantic_core.forms.desk import DeskForm, EditForm
from novantic_core.forms.message import MessageForm
from novantic_core.forms.status import StatusForm
from novantic_core.forms.ticket import TicketForm
from novantic_core.hookspecs import API_VERSION, hookimpl
from novantic_core.html import clean_html, html_to_text, name_folded, without_folded
from novantic_core.i18n import _, plural
from novantic_core.models.base import NAMING_CONVENTION, UTCDateTime, core_key
from novantic_core.page import draw_page, render_page
from novantic_core.period import read_period
from novantic_core.search.excerpt import Piece as SearchPiece
from novantic_core.search.excerpt import excerpt as search_excerpt
from novantic_core.search.excerpt import mark as search_mark
from novantic_core.search.query import read_query
from novantic_core.search.stems import is_stop_word
from novantic_core.search.stems import stem as word_stem
from novantic_core.security import actor, visible_ticket
from novantic_core.services.scrub import Scrubber
from novantic_core.services.sight import Sight
from novantic_core.services.tally_tickets import Period
from novantic_core.settings import (
    SettingsError,
    parse_bool,
    parse_certificates,
    parse_count,
    parse_rate,
    parse_size,
)
from novantic_core.values import (
    AccountEvent,
    ActionKind,
    Actor,
    Brand,
    Category,
    Channel,
    ContactInfo,
    DeliveryInfo,
    DeskAlarm,
    FieldError,
    FormContext,
    IntakeChannel,
    MaskWords,
    MessageInfo,
    MessageLink,
    MessagePart,
    NavigationItem,
    Notice,
    OrganisationInfo,
    OwnSettings,
    PagePart,
    Parcel,
    PeriodicJob,
    PermanentFailure,
    Priority,
    PriorityProposal,
    Recipient,
    ReturnAddresses,
    Route,
    SearchBackend,
    SearchDocument,
    SearchEngine,
    SearchHit,
    SearchHits,
    SearchIndex,
    SearchQuery,
    SearchSource,
    SearchTerm,
    SearchText,
    Setting,
    Storage,
    StorageBackend,
    StoredFile,
    TaskTools,
    Text,
    TicketDraft,
    TicketEvent,
    TicketField,
    TicketInfo,
    Trouble,
    WorkerTask,
)

__all__ = [
    "API_VERSION",
    "NAMING_CONVENTION",
    "AccountEvent",
    "ActionKind",
    "Actor",
    "Brand",
    "Category",
    "Channel",
    "ContactInfo",
    "DeliveryInfo",
    "Desk",
    "DeskAlarm",
    "DeskForm",
    "EditForm",
    "FieldError",
    "FormContext",
    "IntakeChannel",
    "MaskWords",
    "MessageForm",
    "MessageInfo",
    "MessageLink",
    "MessagePart",
    "NavigationItem",
    "Notice",
    "OrganisationInfo",
    "OwnSettings",
    "PagePart",
    "Parcel",
    "Period",
    "PeriodicJob",
    "PermanentFailure",
    "Priority",
    "PriorityProposal",
    "Recipient",
    "ReturnAddresses",
    "Route",
    "Scrubber",
    "SearchBackend",
    "SearchDocument",
    "SearchEngine",
    "SearchHit",
    "SearchHits",
    "SearchIndex",
    "SearchPiece",
    "SearchQuery",
    "SearchSource",
    "SearchTerm",
    "SearchText",
    "Setting",
    "SettingsError",
    "Sight",
    "StatusForm",
    "Storage",
    "StorageBackend",
    "StoredFile",
    "TaskTools",
    "Text",
    "TicketDraft",
    "TicketEvent",
    "TicketField",
    "TicketForm",
    "TicketInfo",
    "Trouble",
    "UTCDateTime",
    "WorkerTask",
    "_",
    "actor",
    "bytes_response",
    "clean_html",
    "core_key",
    "csv_response",
    "draw_page",
    "file_response",
    "form_node",
    "hookimpl",
    "html_to_text",
    "insert_or",
    "is_stop_word",
    "name_folded",
    "one_line",
    "parse_bool",
    "parse_certificates",
    "parse_count",
    "parse_rate",
    "parse_size",
    "plural",
    "read_period",
    "read_query",
    "render_page",
    "search_excerpt",
    "search_mark",
    "visible_ticket",
    "without_folded",
    "word_stem",
]
