"""The outbox: what was told to whom, what waits, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    MOST_COUNTED,
    DeliveryFilter,
    Total,
    count_found,
    count_open,
    find_deliveries,
    find_delivery,
    state_of,
)
from novantic_core.services.redeliver import MOST_AT_ONCE, cancel_delivery, cancel_many, retry_delivery, retry_many
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
FILTERS = ("state", "kind", "address", "ticket", "channel", "brand", "error", "since", "until")
"""What an address of the page may ask for."""

PLACES = ("before", "after")
"""Where one of its pages begins."""

TRIED = plural("${n} delivery will be tried again at once.", "${n} deliveries will be tried again at once.")
CANCELLED_WORDS = plural("${n} delivery will not be sent.", "${n} deliveries will not be sent.")
FOUND = plural("${n} delivery is like this.", "${n} deliveries are like this.")
MORE = _("More than ${n} deliveries are like this.", mapping={"n": MOST_COUNTED})
NONE_LEFT = _("There was none any more: nothing was changed.")
AT_ONCE = _("No more than ${n} are taken at once: do it again for the others.", mapping={"n": MOST_AT_ONCE})


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
        error=typed["error"], since=days["since"], until=days["until"],
    )  # fmt: skip
    return Query(wanted, typed, errors)


@view_config(route_name="admin_deliveries", request_method="GET")
def deliveries(request: Request) -> Response:
    """A page of them, the newest first."""
    site, session, technician = request.registry.site, request.dbsession, request.technician
    query = read_query(request, request.GET)
    wanted = query.wanted
    places = {name: read_id(request.GET.get(name, "")) for name in PLACES}
    page = find_deliveries(site, session, technician, wanted, **places)
    total = count_found(site, session, technician, wanted) if query.as_query() else None
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
        rows=[describe(delivery, number, request.desk.now) for delivery, number in page.rows],
        chips=chips, kinds=_with(KINDS, wanted.kind), wanted=wanted, typed=query.typed, errors=query.errors,
        failed=counts[FAILED] and wanted.state in {"", FAILED}, total=total, total_words=_total(request, total),
        many=wanted.state if total and total.count else "",
        channels=_with(channels, wanted.channel) if len(channels) > 1 or wanted.channel else {},
        brands=_with(brands, wanted.brand) if brands or wanted.brand else {}, brand_names=brands,
        newest=address() if page.newer is not None or any(places.values()) else None,
        newer=address(after=page.newer) if page.newer is not None else None,
        older=address(before=page.older) if page.older is not None else None, query=query.as_query(),
        place={name: key for name, key in places.items() if key is not None},
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


def read_id(typed: Any) -> int | None:
    """A delivery's id as an address or a form says it; None for none, or nonsense."""
    return int(typed) if isinstance(typed, str) and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def _total(request: Request, total: Total | None) -> Text:
    if total is None or not total.count:
        return ""
    return MORE if total.count > MOST_COUNTED else request.localizer.plural(FOUND, total.count)


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
    places = {name: read_id(request.POST.get(name)) for name in PLACES}
    query = read_query(request, request.POST).as_query(**places)
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
    """Try all again that were given up, or are as the filter says, among those that the page shows."""
    return _change_many(request, retry_many, TRIED)


@view_config(route_name="admin_deliveries_cancel", request_method="POST")
def cancel_all(request: Request) -> Response:
    """Never send what waits, among those that the page shows: nothing that came after it was drawn."""
    return _change_many(request, cancel_many, CANCELLED_WORDS)


def _change_many(request: Request, change: Any, words: Any) -> Response:
    query = read_query(request, request.POST)
    if query.errors:
        # what can't be read doesn't count: more would be meant than was asked for
        return HTTPSeeOther(request.route_path("admin_deliveries", _query=query.as_query()))
    wanted = replace(query.wanted, upto=read_id(request.POST.get("upto")))
    count = change(
        request.registry.site, request.dbsession, request.technician, wanted, actor(request), request.desk.now
    )  # fmt: skip
    request.page.tell(request.localizer.plural(words, count) if count else NONE_LEFT)
    if count == MOST_AT_ONCE:
        request.page.tell(AT_ONCE)
    return _back(request)
