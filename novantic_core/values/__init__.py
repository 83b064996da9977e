"""The values that plugins give and get. All are frozen: describe a change, don't make it.

Plugins import them from :mod:`novantic_core.plugin`; the core imports them from here.
"""

from __future__ import annotations

from novantic_core.values.brand import MAIN, Brand
from novantic_core.values.intake import (
    Category,
    FieldKind,
    IntakeChannel,
    Priority,
    PriorityProposal,
    Route,
    Section,
    StoredFile,
    TicketDraft,
    TicketField,
)
from novantic_core.values.life import (
    AccountEvent,
    Actor,
    Channel,
    EventKind,
    MaskWords,
    MessageInfo,
    Notice,
    Parcel,
    PermanentFailure,
    Recipient,
    TicketEvent,
    TicketInfo,
)
from novantic_core.values.pages import (
    ActionKind,
    ContactInfo,
    FormContext,
    NavigationItem,
    OrganisationInfo,
    PagePart,
    PeriodicJob,
    SearchSource,
)
from novantic_core.values.search import (
    SearchBackend,
    SearchDocument,
    SearchEngine,
    SearchHit,
    SearchHits,
    SearchIndex,
    SearchQuery,
    SearchTerm,
    SearchText,
)
from novantic_core.values.storage import OwnSettings, Setting, Storage, StorageBackend
from novantic_core.values.text import FieldError, Text

__all__ = [
    "MAIN",
    "AccountEvent",
    "ActionKind",
    "Actor",
    "Brand",
    "Category",
    "Channel",
    "ContactInfo",
    "EventKind",
    "FieldError",
    "FieldKind",
    "FormContext",
    "IntakeChannel",
    "MaskWords",
    "MessageInfo",
    "NavigationItem",
    "Notice",
    "OrganisationInfo",
    "OwnSettings",
    "PagePart",
    "Parcel",
    "PeriodicJob",
    "PermanentFailure",
    "Priority",
    "PriorityProposal",
    "Recipient",
    "Route",
    "SearchBackend",
    "SearchDocument",
    "SearchEngine",
    "SearchHit",
    "SearchHits",
    "SearchIndex",
    "SearchQuery",
    "SearchSource",
    "SearchTerm",
    "SearchText",
    "Section",
    "Setting",
    "Storage",
    "StorageBackend",
    "StoredFile",
    "Text",
    "TicketDraft",
    "TicketEvent",
    "TicketField",
    "TicketInfo",
]
