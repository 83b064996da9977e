"""Every route, asked by everybody, for their own ticket and others': made from the table of permissions.

A route that somebody adds is asked here as soon as it has its line. Who may do what is decided before any engine is
asked, so one engine is enough; which tickets are seen is tested on both (``test_visibility.py``).
"""

from __future__ import annotations

import re

import pytest
from permission_table import TABLE
from permission_world import (
    ADMINISTRATOR,
    HIDDEN,
    NOBODY,
    OWN,
    PENDING,
    PEOPLE,
    TECHNICIAN,
    VISITOR,
    WHOSE,
    UnknownPartError,
    world,
)

from novantic_core.models import Preference
from novantic_core.services.second_factor import REQUIRED

IN, SIGN_IN, STATUS, REFUSED, NOT_FOUND, UP = (
    "let in", "led to sign in", "led to the status page", "refused", "not found", "led to the page above",
)  # fmt: skip
ROLES = {
    "everybody": set(PEOPLE),
    "requester": {VISITOR},
    "technician": {TECHNICIAN, ADMINISTRATOR},
    "administrator": {ADMINISTRATOR},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with world(tmp_path_factory.mktemp("permissions")) as made:
        yield made


def expected(role, person, method, whose):
    """What the table means for one request."""
    if person not in ROLES[role]:
        if role == "requester":
            return STATUS
        if person in {TECHNICIAN, ADMINISTRATOR}:
            return REFUSED
        return SIGN_IN if method == "GET" else REFUSED
    if whose is not None and role == "requester" and whose != OWN:
        return STATUS
    if whose == HIDDEN and role in {"technician", "administrator"} and person != ADMINISTRATOR:
        return NOT_FOUND
    return IN


def seen(answer, route):
    """What an answer was."""
    if answer.status_int == 303:
        path = answer.location.removeprefix("http://support.example.com")
        if path.startswith("/admin/login?") and route != "admin_login":
            return SIGN_IN
        if answer.request.method == "GET" and answer.request.path.startswith(path.partition("#")[0].rstrip("/") + "/"):
            return UP
        if path == "/tickets/status" and not route.startswith("access"):
            return STATUS
    return {403: REFUSED, 404: NOT_FOUND}.get(answer.status_int, IN)


def tickets_of(site, route):
    """Whose tickets a route can be asked for; None for a route that is about no ticket."""
    return WHOSE if "{number" in site.pattern(route) else (None,)


def acceptable(site, route, wanted, method):
    """What an answer may be where the table means this one."""
    found = {wanted}
    if wanted == IN and re.search(r"\{(?!number)", site.pattern(route)):
        # the sample in the address may name nothing
        found.add(NOT_FOUND)
    if method == "GET" and "POST" in site.methods(route):
        # who types the address of a form's target is led to its page, whatever is there
        found.add(UP)
    return found


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("route", list(TABLE))
def test_the_table_holds(site, route, person):
    for method in sorted(site.methods(route)):
        for whose in tickets_of(site, route):
            site.restore()
            answer = site.ask(site.browser(person), method, site.path(route, whose or OWN))
            wanted, was = expected(TABLE[route], person, method, whose), seen(answer, route)
            where = f"{person}, {method} {answer.request.path}: {was} ({answer.status})"
            assert was in acceptable(site, route, wanted, method), f"{where} instead of {wanted}"
            if wanted != IN or (method == "GET" and not site.writes_by_get(route)):
                # who is kept out changes nothing, and neither does any GET
                assert not site.has_changed, f"{where}, and rows changed"


@pytest.mark.parametrize("route", [route for route, role in TABLE.items() if role in {"technician", "administrator"}])
def test_who_has_to_set_up_a_second_factor_does_that_and_nothing_else(site, route):
    site.restore()
    with site.app.transaction() as session:
        session.add(Preference(key=REQUIRED, value=True))
    site.app.site.preferences_cache.forget()
    client = site.browser(ADMINISTRATOR)
    for method in sorted(site.methods(route)):
        if route in {"admin_second_factor", "admin_logout"}:
            continue
        answer = site.ask(client, method, site.path(route))
        assert answer.status_int == 303, f"{method} {answer.request.path}: {answer.status}"
        assert answer.location.endswith("/admin/account/second-factor")


@pytest.mark.parametrize(
    "person, own, other, hidden",
    [
        (NOBODY, 404, 404, 404), (PENDING, 404, 404, 404), (VISITOR, 200, 404, 404), (TECHNICIAN, 200, 200, 404),
        (ADMINISTRATOR, 200, 200, 200),
    ],
)  # fmt: skip
def test_a_file_is_for_who_sees_its_ticket(site, person, own, other, hidden):
    site.restore()
    client = site.browser(person)
    found = tuple(client.get(f"/attachments/{key}/plan.txt", status="*").status_int for key in (1, 2, 3))
    assert found == (own, other, hidden)


def test_a_part_that_nobody_knows_is_named(site, monkeypatch):
    monkeypatch.setattr(site, "pattern", lambda route: "/admin/bees/{hive}")
    with pytest.raises(UnknownPartError, match=r"route admin \(/admin/bees/\{hive\}\): nobody knows what to put for"):
        site.path("admin")


def test_every_route_is_asked(site):
    assert set(site.app.wsgi.registry.permissions) == set(TABLE)
    for route in TABLE:
        assert site.path(route).startswith("/")
        assert site.methods(route), f"route {route} has no view"


def test_what_is_sent_would_have_its_effect(site):
    """Or else everybody would be kept out, and the table not be asked."""
    site.restore()
    assert site.ask(site.browser(ADMINISTRATOR), "POST", "/admin/technicians/1/active").status_int == 303
    assert site.has_changed
