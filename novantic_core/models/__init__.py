"""The core's tables, one noun a file."""

from novantic_core.models.access import AccessGrant, AccessRequest
from novantic_core.models.base import Base, UTCDateTime
from novantic_core.models.category import Category
from novantic_core.models.contact import Contact
from novantic_core.models.delivery import Alarm, Delivery, DeliveryArchive, JobRun, Worker, WorkerTaskRow
from novantic_core.models.desk import Action, CannedReply, Preference, SavedView, Team
from novantic_core.models.event import Event
from novantic_core.models.hook_trace import HookTrace
from novantic_core.models.message import Attachment, Message
from novantic_core.models.organisation import Organisation, OrganisationDomain
from novantic_core.models.plugin_state import PluginState
from novantic_core.models.rate import Rate
from novantic_core.models.search import SearchPending
from novantic_core.models.stored_file import HeldFile, StoredFile, Upload
from novantic_core.models.teamwork import Draft, Follower, MergedMessage, Presence, TicketLink, TicketMerge, TimeEntry
from novantic_core.models.technician import (
    PasswordRequest,
    PersonalLink,
    RecoveryCode,
    SetupLink,
    Technician,
    TechnicianSession,
)
from novantic_core.models.theme_fault import ThemeFault
from novantic_core.models.ticket import Ticket

__all__ = [
    "AccessGrant", "AccessRequest", "Action", "Alarm", "Attachment", "Base", "CannedReply", "Category", "Contact",
    "Delivery", "DeliveryArchive", "Draft", "Event", "Follower", "HeldFile", "HookTrace", "JobRun", "MergedMessage",
    "Message", "Organisation", "OrganisationDomain", "PasswordRequest", "PersonalLink", "PluginState", "Preference",
    "Presence", "Rate", "RecoveryCode", "SavedView", "SearchPending", "SetupLink", "StoredFile", "Team", "Technician",
    "TechnicianSession", "ThemeFault", "Ticket", "TicketLink", "TicketMerge", "TimeEntry", "UTCDateTime", "Upload",
    "Worker", "WorkerTaskRow",
]  # fmt: skip
