"""A technician's own ways to look at the queue, kept under names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import SavedView
from novantic_core.values import FieldError

MOST = 20
"""Views of one technician: each is counted on each page."""
LONGEST_NAME = 60


def saved_views(session: Session, technician_id: int) -> Sequence[SavedView]:
    """Somebody's views, in their order."""
    return session.scalars(
        select(SavedView)
        .where(SavedView.technician_id == technician_id)
        .order_by(SavedView.position, SavedView.id)
    ).all()  # fmt: skip


def save_view(session: Session, technician_id: int, name: str, query: str) -> SavedView:
    """Keep a view. A name that is taken gets the new query: who saves under it again means that.

    :param query: the query of the queue's address
    :raises FieldError: for no name, one that is too long, or one view too many
    """
    name = _checked(name)
    if len(query) > 500:
        raise FieldError(_("These filters are too long to be saved."), "name")
    own = saved_views(session, technician_id)
    view = next((view for view in own if view.name.casefold() == name.casefold()), None)
    if view is None:
        if len(own) >= MOST:
            raise FieldError(_("You have ${n} views already: remove one first.", mapping={"n": MOST}), "name")
        view = SavedView(technician_id=technician_id, name=name, position=_last_position(session, technician_id) + 1)
        session.add(view)
    view.name, view.query = name, query
    session.flush()
    return view


def rename_view(session: Session, view: SavedView, name: str) -> None:
    """Give a view another name.

    :raises FieldError: for no name, one that is too long, or that of another view
    """
    name = _checked(name)
    others = [other for other in saved_views(session, view.technician_id) if other.id != view.id]
    if any(other.name.casefold() == name.casefold() for other in others):
        raise FieldError(_("Another of your views has this name."), "name")
    view.name = name


def remove_view(session: Session, view: SavedView) -> None:
    """Remove a view; the tickets it showed are not touched."""
    session.delete(view)


def move_view(session: Session, view: SavedView, where: Literal["up", "down"]) -> None:
    """Change places with the view before or after; the first stays first, the last last."""
    own = list(saved_views(session, view.technician_id))
    place = own.index(view)
    other = place + (-1 if where == "up" else 1)
    if 0 <= other < len(own):
        own[place], own[other] = own[other], own[place]
    for position, one in enumerate(own):
        one.position = position


def _checked(name: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name:
        raise FieldError(_("Please give the view a name."), "name")
    if len(name) > LONGEST_NAME:
        raise FieldError(_("At most ${max} characters, please.", mapping={"max": LONGEST_NAME}), "name")
    return name


def _last_position(session: Session, technician_id: int) -> int:
    last = session.scalar(select(func.max(SavedView.position)).where(SavedView.technician_id == technician_id))
    return last if last is not None else -1
