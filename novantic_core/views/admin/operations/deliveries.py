"""The outbox: what was told to whom, what waits, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.i18n import _, plural
from novantic_core.models import Delivery
from novantic_core.models.delivery import CANCELLED, FAILED, PENDING, SENT
from novantic_core.services.find_deliveries import DeliveryFilter, count_open, find_deliveries, find_delivery
from novantic_core.services.redeliver import cancel_delivery, retry_delivery, retry_failed
from novantic_core.values import Text
from novantic_core.views.admin.base import actor, draw

STATES: Mapping[str, Text] = {
    PENDING: _("Waiting"), SENT: _("Sent"), FAILED: _("Given up"), CANCELLED: _("Cancelled"),
}  # fmt: skip
TAGS = {PENDING: "waiting", SENT: "open", FAILED: "alarm", CANCELLED: ""}
KINDS: Mapping[str, Text] = {
    "ticket_opened": _("To the client: ticket opened"),
    "ticket_replied": _("To the client: reply"),
    "ticket_answered": _("To a follower: the client's answer"),
    "ticket_waiting": _("To the client: we wait for an answer"),
    "ticket_closed": _("To the client: ticket closed"),
    "ticket_reopened": _("To the client: ticket opened again"),
    "ticket_resumed": _("To the client: we go on"),
    "ticket_merged": _("To the client: tickets merged"),
    "ticket_unmerged": _("To the client: merge undone"),
    "follower_added": _("To a follower: added to a ticket"),
    "access_link": _("To the client: access link"),
    "technician_opened": _("To a technician: new ticket"),
    "technician_replied": _("To a technician: the client's answer"),
    "technician_status": _("To a technician: change by the client"),
    "technician_assigned": _("To a technician: ticket assigned"),
    "technician_invitation": _("To a technician: invitation"),
    "technician_reset": _("To a technician: new password"),
}
"""What a delivery is, by the kind of its notice; a plugin's own kind is shown as it is."""

TRIED = plural("${n} delivery will be tried again at once.", "${n} deliveries will be tried again at once.")


def read_filter(values: Any) -> DeliveryFilter:
    """Which deliveries a query or a form asks for."""
    # PostgreSQL takes no NUL
    names = ("state", "kind", "address", "ticket")
    state, kind, address, number = (str(values.get(name, "")).replace("\0", "").strip() for name in names)
    return DeliveryFilter(
        state=state if state in STATES else "", kind=kind[:64], address=address[:254], number=number.lstrip("#")[:20]
    )  # fmt: skip


def _query(wanted: DeliveryFilter, **more: Any) -> dict[str, Any]:
    asked = {"state": wanted.state, "kind": wanted.kind, "address": wanted.address, "ticket": wanted.number, **more}
    return {name: value for name, value in asked.items() if value}


@view_config(route_name="admin_deliveries", request_method="GET")
def deliveries(request: Request) -> Response:
    """A page of them, the newest first."""
    site, session, technician = request.registry.site, request.dbsession, request.technician
    wanted = read_filter(request.GET)
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 10 else None
    rows, following = find_deliveries(site, session, technician, wanted, before)
    counts = count_open(site, session, technician)

    def address(**other: Any) -> str:
        return str(request.route_path("admin_deliveries", _query={**_query(wanted), **other}))

    chips = [
        (address(state=""), _("All"), not wanted.state, None),
        *[(address(state=state), words, wanted.state == state, counts.get(state)) for state, words in STATES.items()],
    ]
    kinds = dict(KINDS)
    if wanted.kind and wanted.kind not in kinds:
        kinds[wanted.kind] = wanted.kind
    return draw(
        request, "admin/operations/deliveries.pt", rows=[_row(delivery, number) for delivery, number in rows],
        chips=chips, kinds=kinds, wanted=wanted, failed=counts[FAILED] and wanted.state in {"", FAILED},
        newest=address() if before is not None else None,
        older=address(before=following) if following is not None else None, query=_query(wanted),
        by_kind=lambda kind: address(kind=kind), filtered=bool(_query(wanted)), now=request.desk.now,
    )  # fmt: skip


def _row(delivery: Delivery, number: str | None) -> dict[str, Any]:
    sending = delivery.state == PENDING and delivery.claimed_by is not None
    return {
        "delivery": delivery, "number": number, "tag": TAGS.get(delivery.state, ""),
        "state": _("Being sent") if sending else STATES.get(delivery.state, delivery.state),
        "kind": KINDS.get(delivery.kind, delivery.kind), "can_cancel": delivery.state == PENDING,
        "can_retry": delivery.state in {FAILED, CANCELLED} or (delivery.state == PENDING and not sending),
    }  # fmt: skip


def _back(request: Request) -> Response:
    """To where the button was, with its filter."""
    return HTTPSeeOther(request.route_path("admin_deliveries", _query=_query(read_filter(request.POST))))


def _find(request: Request) -> Delivery:
    site, session = request.registry.site, request.dbsession
    key = request.matchdict["id"]
    found = find_delivery(site, session, request.technician, int(key)) if len(key) < 10 else None
    if found is None:
        raise HTTPNotFound
    return found


@view_config(route_name="admin_delivery_retry", request_method="POST")
def retry(request: Request) -> Response:
    """Try one at once."""
    done = retry_delivery(request.dbsession, _find(request), actor(request), request.desk.now)
    request.page.tell(_("It will be tried at once.") if done else _("It has been sent meanwhile."))
    return _back(request)


@view_config(route_name="admin_delivery_cancel", request_method="POST")
def cancel(request: Request) -> Response:
    """Never send one."""
    done = cancel_delivery(request.dbsession, _find(request), actor(request), request.desk.now)
    request.page.tell(_("It will not be sent.") if done else _("It wasn't waiting any more: nothing was changed."))
    return _back(request)


@view_config(route_name="admin_deliveries_retry", request_method="POST")
def retry_all(request: Request) -> Response:
    """Try all again that were given up, among those that the page shows."""
    wanted, who = read_filter(request.POST), actor(request)
    count = retry_failed(
        request.registry.site, request.dbsession, request.technician, wanted, who, request.desk.now
    )  # fmt: skip
    request.page.tell(request.localizer.plural(TRIED, count))
    return _back(request)
