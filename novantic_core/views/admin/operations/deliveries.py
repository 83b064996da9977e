"""The outbox: what was told to whom, what waits, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.delivery.brake import braked
from novantic_core.i18n import _, plural
from novantic_core.models import Delivery
from novantic_core.models.delivery import CANCELLED, FAILED, PENDING, SENT
from novantic_core.services.find_deliveries import (
    BOUNCED,
    DeliveryFilter,
    count_open,
    find_deliveries,
    find_delivery,
    state_of,
)
from novantic_core.services.redeliver import cancel_delivery, retry_delivery, retry_failed
from novantic_core.services.say_fault import say_fault
from novantic_core.services.tell_brands import brand_labels, has_brands
from novantic_core.values import Text
from novantic_core.views.admin.base import actor, draw
from novantic_core.views.admin.operations.days import read_days
from novantic_core.views.admin.operations.kinds import KINDS, kind_words

STATES: Mapping[str, Text] = {
    PENDING: _("Waiting"), SENT: _("Sent"), BOUNCED: _("Came back"), FAILED: _("Given up"), CANCELLED: _("Cancelled"),
}  # fmt: skip
TAGS = {PENDING: "waiting", SENT: "open", BOUNCED: "alarm", FAILED: "alarm", CANCELLED: ""}
FILTERS = ("state", "kind", "address", "ticket", "channel", "brand", "since", "until")
"""What an address of the page may ask for."""

TRIED = plural("${n} delivery will be tried again at once.", "${n} deliveries will be tried again at once.")


@dataclass(frozen=True, slots=True)
class Query:
    """What an address or a form asks for, and what is wrong with it."""

    wanted: DeliveryFilter
    typed: Mapping[str, str]
    errors: Mapping[str, Text]

    def as_query(self, **other: Any) -> dict[str, Any]:
        """The same as the values of an address, but for what is otherwise."""
        return {name: value for name, value in {**self.typed, **other}.items() if value}


def read_query(request: Request, values: Any) -> Query:
    """Read an address or a form. What can't be read is told, and doesn't count."""
    # PostgreSQL takes no NUL
    typed = {name: str(values.get(name, "")).replace("\0", "").strip()[:254] for name in FILTERS}
    typed["state"] = typed["state"] if typed["state"] in STATES else ""
    days, errors = read_days(request, typed)
    wanted = DeliveryFilter(
        state=typed["state"], kind=typed["kind"][:64], address=typed["address"],
        number=typed["ticket"].lstrip("#")[:20], channel=typed["channel"][:64], brand=typed["brand"][:40],
        since=days["since"], until=days["until"],
    )  # fmt: skip
    return Query(wanted, typed, errors)


@view_config(route_name="admin_deliveries", request_method="GET")
def deliveries(request: Request) -> Response:
    """A page of them, the newest first."""
    site, session, technician = request.registry.site, request.dbsession, request.technician
    query = read_query(request, request.GET)
    wanted = query.wanted
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 10 else None
    rows, following = find_deliveries(site, session, technician, wanted, before)
    counts = count_open(site, session, technician)
    brands = brand_labels(site, request.locale_name) if has_brands(site) else {}

    def address(**other: Any) -> str:
        return str(request.route_path("admin_deliveries", _query=query.as_query(**other)))

    chips = [
        (address(state=""), _("All"), not wanted.state, None),
        *[(address(state=state), words, wanted.state == state, counts.get(state)) for state, words in STATES.items()],
    ]
    channels = {name: channel.label for name, (_by, channel) in site.channels.items()}
    return draw(
        request, "admin/operations/deliveries.pt",
        rows=[describe(delivery, number, request.desk.now) for delivery, number in rows],
        chips=chips, kinds=_with(KINDS, wanted.kind), wanted=wanted, typed=query.typed, errors=query.errors,
        failed=counts[FAILED] and wanted.state in {"", FAILED},
        channels=_with(channels, wanted.channel) if len(channels) > 1 or wanted.channel else {},
        brands=_with(brands, wanted.brand) if brands or wanted.brand else {}, brand_names=brands,
        newest=address() if before is not None else None,
        older=address(before=following) if following is not None else None, query=query.as_query(),
        by_kind=lambda kind: address(kind=kind), filtered=bool(query.as_query()), now=request.desk.now,
        brakes=brake_words(request),
    )  # fmt: skip


def brake_words(request: Request) -> list[tuple[str, Text]]:
    """The channels that carry no more for now, each with why what is due waits all the same."""
    site = request.registry.site
    return [
        (one.channel, _(
            "${channel} carries ${most} an hour, and has carried them: what is due waits until ${time}. Links that "
            "somebody asked for go first.",
            mapping={
                "channel": request.page.words(site.channels[one.channel][1].label), "most": one.per_hour,
                "time": request.page.date(one.until, "time"),
            },
        ))
        for one in braked(site, request.dbsession, request.desk.now)
    ]  # fmt: skip


def _with(known: Mapping[str, Text], asked: str) -> dict[str, Text]:
    """What can be chosen, with what is chosen already."""
    return {**known, **({} if asked in known or not asked else {asked: asked})}


def describe(delivery: Delivery, number: str | None, now: datetime) -> dict[str, Any]:
    """A delivery as pages show it: its state in words, and what can be done."""
    state = state_of(delivery)
    sending = state == PENDING and delivery.claimed_by is not None
    return {
        "delivery": delivery, "number": number, "tag": TAGS.get(state, ""), "is": state,
        "state": _("Being sent") if sending else STATES.get(state, state),
        "fault": say_fault(delivery.last_error), "kind": kind_words(delivery.kind), "can_cancel": state == PENDING,
        "can_retry": state in {FAILED, CANCELLED, BOUNCED} or (state == PENDING and not sending),
    }  # fmt: skip


def _back(request: Request) -> Response:
    """To where the button was, with its filter."""
    query = read_query(request, request.POST).as_query()
    if request.POST.get("from") == "delivery":
        return HTTPSeeOther(request.route_path("admin_delivery", id=request.matchdict["id"]))
    return HTTPSeeOther(request.route_path("admin_deliveries", _query=query))


def find(request: Request, *, held: bool) -> Delivery:
    """The delivery of the address.

    :raises HTTPNotFound: if there is none that this technician may see; which of the two is not told
    """
    site, session = request.registry.site, request.dbsession
    key = request.matchdict["id"]
    found = find_delivery(site, session, request.technician, int(key), held=held) if len(key) < 10 else None
    if found is None:
        raise HTTPNotFound
    return found


@view_config(route_name="admin_delivery_retry", request_method="POST")
def retry(request: Request) -> Response:
    """Try one at once."""
    done = retry_delivery(request.dbsession, find(request, held=True), actor(request), request.desk.now)
    request.page.tell(_("It will be tried at once.") if done else _("It has been sent meanwhile."))
    return _back(request)


@view_config(route_name="admin_delivery_cancel", request_method="POST")
def cancel(request: Request) -> Response:
    """Never send one."""
    done = cancel_delivery(request.dbsession, find(request, held=True), actor(request), request.desk.now)
    request.page.tell(_("It will not be sent.") if done else _("It wasn't waiting any more: nothing was changed."))
    return _back(request)


@view_config(route_name="admin_deliveries_retry", request_method="POST")
def retry_all(request: Request) -> Response:
    """Try all again that were given up, among those that the page shows."""
    wanted, who = read_query(request, request.POST).wanted, actor(request)
    count = retry_failed(
        request.registry.site, request.dbsession, request.technician, wanted, who, request.desk.now
    )  # fmt: skip
    request.page.tell(request.localizer.plural(TRIED, count))
    return _back(request)
