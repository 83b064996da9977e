"""What plugins keep about a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from novantic_core import values as v
from novantic_core.hookspecs.marks import hookspec

# --------------------------------------------------------------------------------------------- people


@hookspec
def novantic_contact_export(
    contact: v.ContactInfo, session: Session, own_settings: v.OwnSettings
) -> Mapping[str, Any] | None:
    """All that the plugin keeps about a person, for the copy that the law lets them ask for.

    Called before the first piece of the copy is sent, in one transaction with it: for the person, and again for each
    address that was merged into them.

    :param contact: the person, by one of their addresses
    :param session: to look things up
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: a JSON-able mapping (times are taken too); None for nothing
    :raises: **stops the export**: a copy that silently lacks a part would be a lie. A ``FieldError`` says why.
    :since: 1.0
    """


@hookspec
def novantic_organisation_merged(
    kept: v.OrganisationInfo, gone: v.OrganisationInfo, session: Session, own_settings: v.OwnSettings
) -> None:
    """Let what the plugin says of an organisation follow it into another one.

    Called in the merge's transaction, when the core's own rows have moved and before ``gone`` is deleted, with all that
    refers to it. There is no undoing a merge.

    :param kept: the organisation that stays
    :param gone: the one that is merged into it
    :param session: to do it with
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: nothing
    :raises: guarded: the merge stands, and what the plugin says of ``gone`` goes with it.
    :since: 1.1
    """


@hookspec
def novantic_contact_erase(
    contact: v.ContactInfo, session: Session, own_settings: v.OwnSettings
) -> Mapping[str, Iterable[int]] | None:
    """Forget a person: erase or anonymise what the plugin keeps about them.

    Called in the erasure's transaction, before the core erases: for the person and each address merged into them.
    Values of fields on tickets are the core's, and erased by it.

    :param contact: the person, by one of their addresses
    :param session: to do it with
    :param own_settings: the plugin's own settings, as they are whenever one is read
    :return: what has to be found another way from now on: the name of a search index to ids of its documents; None for
        nothing
    :raises: **stops the erasure**, which is undone as a whole. The sentence of a ``FieldError`` is shown.
    :since: 1.0
    """
