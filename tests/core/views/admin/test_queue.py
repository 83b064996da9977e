"""The queue: its filters, its order, its pages, and what stands above them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.demo.fill import fill
from novantic_core.models import Organisation, Team, Technician, Ticket

NOW = datetime.now(UTC)
CRITICAL = {"critical": "true", "topic": "server"}


def shown(page):
    """The numbers of the page's rows, in order."""
    return [row["data-number"] for row in page.html.select("table tbody tr")]


def above(page):
    """The numbers of what stands above the rows."""
    return [card["data-number"] for card in page.html.select(".alarm-card")]


# ---------------------------------------------------------------- what is shown


def test_a_new_ticket_stands_in_the_queue_with_what_one_scans_for(desk, open_ticket):
    number = open_ticket()
    row = desk.get("/admin/tickets").html.find("tr", {"data-number": number})
    words = " ".join(row.text.split())
    for expected in (f"#{number}", "Imprimante HP", "Boulangerie Lefèvre", "Claire Lefèvre", "Normal", "nobody",
                     "client, now", "Open"):  # fmt: skip
        assert expected in words
    assert row.find("time")["title"]


def test_what_is_closed_stands_in_a_list_of_its_own(desk, make_tickets):
    closed, waiting, open_ = make_tickets({"status": "closed"}, {"status": "waiting"}, {})
    assert shown(desk.get("/admin/tickets")) == [open_, waiting]
    assert shown(desk.get("/admin/tickets?status=closed")) == [closed]
    assert shown(desk.get("/admin/tickets?status=open")) == [open_]
    assert shown(desk.get("/admin/tickets?status=waiting")) == [waiting]
    assert shown(desk.get("/admin/tickets?status=all")) == [open_, waiting, closed]


def test_tickets_are_found_by_who_has_them(desk, novantic_app, make_tickets, hire):
    hugo = hire()
    with novantic_app.transaction() as session:
        ada = session.scalars(select(Technician.id).where(Technician.name == "Ada")).one()
    nobodys, hugos, adas = make_tickets({}, {"assignee_id": hugo}, {"assignee_id": ada})
    assert shown(desk.get("/admin/tickets?assignee=none")) == [nobodys]
    assert shown(desk.get("/admin/tickets?assignee=me")) == [adas]
    assert shown(desk.get(f"/admin/tickets?assignee={hugo}")) == [hugos]


@pytest.mark.parametrize("name, value, other",
    [("category_key", "printer", None), ("priority", "urgent", "normal"), ("team", "network", "support"),
     ("critical", True, False)],
)  # fmt: skip
def test_tickets_are_found_by_what_they_are(desk, make_tickets, name, value, other):
    wanted, _other = make_tickets({name: value, "acknowledged_at": NOW}, {name: other})
    query = {"category_key": "category", "critical": "critical"}.get(name, name)
    page = desk.get(f"/admin/tickets?{query}={1 if value is True else value}")
    assert shown(page) == [wanted]


def test_filters_add_up_and_come_off_one_by_one(desk, make_tickets):
    make_tickets({"priority": "urgent"}, {"priority": "urgent", "category_key": None}, {})
    page = desk.get("/admin/tickets?priority=urgent&category=printer&assignee=none&sort=subject")
    assert shown(page) == ["700000"]
    page = page.click(href=r"\?priority=urgent&assignee=none&sort=subject$")
    assert sorted(shown(page)) == ["700000", "700001"]
    chips = [" ".join(chip.text.split()) for chip in page.html.select(".chips.set a")]
    assert chips[0].startswith("Priority: Urgent")
    assert chips[-1] == "Take all off"


def test_an_organisation_is_filtered_by_from_its_ticket(desk, novantic_app, make_tickets):
    with novantic_app.transaction() as session:
        garage = Organisation(name="Garage Petit", name_key="garage petit", created_at=NOW)
        session.add(garage)
        session.flush()
        key = garage.id
    make_tickets({"organisation_id": key}, {})
    page = desk.get("/admin/tickets").click("Garage Petit")
    assert shown(page) == ["700000"]
    assert "Garage Petit" in page.html.select_one(".chips.set").text


def test_an_organisation_is_found_by_the_beginning_of_its_name(desk, novantic_app, make_tickets):
    with novantic_app.transaction() as session:
        for name in ("Garage Petit", "Garage Morel", "Cabinet Roux"):
            session.add(Organisation(name=name, name_key=name.casefold(), created_at=NOW))
    make_tickets({})
    form = desk.get("/admin/tickets").html.select_one("[data-filters]")
    assert form.find("input", {"name": "organisation"})
    page = desk.get("/admin/tickets?organisation=garage")
    assert [link.text for link in page.html.select(".offered a")] == ["Garage Morel", "Garage Petit"]
    assert "organisation=" in desk.get("/admin/tickets?organisation=Cab", status=303).location
    assert "No organisation" in desk.get("/admin/tickets?organisation=Zz%00%25")


def test_an_empty_list_says_so(desk):
    assert "No ticket is like that." in desk.get("/admin/tickets")


def test_a_merged_ticket_says_so(desk, novantic_app, make_tickets):
    make_tickets({}, {"status": "closed"})
    with novantic_app.transaction() as session:
        kept = session.scalars(select(Ticket.id).where(Ticket.number == "700000")).one()
        session.execute(update(Ticket).where(Ticket.number == "700001").values(merged_into_id=kept))
    assert "merged" in desk.get("/admin/tickets?status=closed").html.find("tr", {"data-number": "700001"}).text


def test_tickets_of_a_private_team_are_its_members_alone(novantic_app, back_office, make_tickets, hire, sign_in):
    hire()
    hire("lea@novantic.example", name="Léa", team="board")
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
    novantic_app.site.preferences_cache.forget()
    secret, common = make_tickets({"team": "board", "critical": True}, {"critical": True})
    client = sign_in()
    page = client.get("/admin/tickets")
    assert above(page) == [common]
    assert page.html.find(attrs={"data-count": "critical"}).text == "1"
    assert page.html.find(id="filter-team") is None
    assert shown(client.get(f"/admin/tickets?q={secret}&status=all")) == []
    assert above(sign_in("lea@novantic.example").get("/admin/tickets")) == [secret, common]


# ---------------------------------------------------------------- in which order


def test_each_column_sorts_and_turns_round(desk, make_tickets):
    make_tickets({"subject": "b", "priority_rank": 10}, {"subject": "A", "priority_rank": 40}, {"subject": "c"})
    page = desk.get("/admin/tickets")
    assert page.html.find("th", {"aria-sort": "descending"}).text.strip().startswith("Last word")
    page = page.click(href=r"\?sort=subject$")
    assert shown(page) == ["700001", "700000", "700002"]
    assert page.html.find("th", class_="at-subject")["aria-sort"] == "ascending"
    page = page.click(href=r"\?sort=-subject$")
    assert shown(page) == ["700002", "700000", "700001"]
    # the most urgent first, the oldest first: what one asks for by the first click
    assert shown(page.click(href=r"\?sort=-priority$")) == ["700001", "700002", "700000"]


@pytest.mark.parametrize("sort, first",
    [("client", "700001"), ("category", "700000"), ("assignee", "700000"), ("status", "700000"), ("created", "700000"),
     ("updated", "700000"), ("nonsense", "700001")],
)  # fmt: skip
def test_every_order_has_its_first(desk, novantic_app, make_tickets, sort, first, hire):
    hugo = hire()
    make_tickets({"company": "Zoo", "category_key": None}, {"company": "abc", "assignee_id": hugo, "status": "waiting"})
    assert shown(desk.get(f"/admin/tickets?sort={sort}"))[0] == first


def test_the_last_word_is_not_the_last_change(desk, make_tickets):
    said = {"last_kind": "reply", "last_author": "Hugo", "last_word_at": NOW - timedelta(hours=5)}
    make_tickets({"created_at": NOW - timedelta(days=3), "updated_at": NOW - timedelta(hours=1), **said})
    cell = desk.get("/admin/tickets").html.find("td", class_="at-updated")
    assert " ".join(cell.text.split()) == "Hugo, 5 h"


# ---------------------------------------------------------------- page by page


def test_pages_follow_one_another_without_gap_or_repetition(desk, make_tickets):
    # many of one value: only the id tells them apart
    numbers = make_tickets(*[{"subject": "same", "updated_at": NOW} for _one in range(120)])
    page, seen = desk.get("/admin/tickets?sort=subject"), []
    for _page in range(3):
        seen.append(shown(page))
        page = page.click("Next") if page.html.find("a", rel="next") else page
    assert [len(one) for one in seen] == [50, 50, 20]
    assert [number for one in seen for number in one] == numbers
    page = page.click("Previous")
    assert shown(page) == seen[1]
    page = page.click("Previous")
    assert shown(page) == seen[0]
    assert not page.html.find("a", rel="prev")


def test_a_ticket_that_comes_meanwhile_shifts_nothing(desk, make_tickets):
    numbers = make_tickets(*[{} for _one in range(60)])
    page = desk.get("/admin/tickets")
    make_tickets({"number": "800000", "updated_at": NOW + timedelta(minutes=1)})
    page = page.click("Next")
    assert shown(page) == numbers[9::-1]
    page = page.click("Previous")
    assert shown(page) == numbers[:9:-1]
    assert shown(page.click("Previous"))[0] == "800000"


def test_the_pages_before_may_have_gone(desk, novantic_app, make_tickets):
    make_tickets(*[{} for _one in range(60)])
    page = desk.get("/admin/tickets").click("Next")
    with novantic_app.transaction() as session:
        session.execute(update(Ticket).where(Ticket.number >= "700020").values(status="closed"))
    assert len(shown(page.click("Previous"))) == 20


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=W10", "after=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgMV0",
     "after=WyJ4Iiwx", "before=%F0%9F%98%80", "after=WyIyMDI2LTAxLTAxIiwxXQ",
     "after=WzEsOTk5OTk5OTk5OTk5OTldCg", "after=e30", "status=zz&sort=--updated", "assignee=99999999999",
     "assignee=%D9%A3", "organisation=-1", "category=%00", "critical=perhaps", "q=%00%25_%5C",
     "q=" + "long+" * 300, "after=WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ", "team='%22%3Cscript%3E", "q=%23", "assignee=77"],
)  # fmt: skip
def test_odd_addresses_show_a_page(desk, make_tickets, query):
    make_tickets({})
    desk.get(f"/admin/tickets?{query}", status=200)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("typed", ["{}", "%23{}", "+%23+{}+"])
def test_a_number_leads_straight_to_its_ticket(desk, make_tickets, typed):
    (number,) = make_tickets({})
    assert desk.get(f"/admin/tickets?q={typed.format(number)}").location.endswith(f"/admin/tickets/{number}")


@pytest.mark.parametrize("typed", ["petit", "GARAGE", "marc+garage", "@garage-petit", "0612345678", "serv", "12"])
def test_words_find_what_one_remembers(desk, make_tickets, typed):
    found, _other = make_tickets(
        {"subject": "Plus de serveur", "name": "Marc Petit", "company": "Garage Petit", "phone": "06 12 34 56 78",
         "email": "marc@garage-petit.example"},
        {"subject": "100 %", "email": "x@example.com"},
    )  # fmt: skip
    assert shown(desk.get(f"/admin/tickets?q={typed}")) == [found]


def test_a_whole_address_finds_all_that_is_its_persons(desk, open_ticket):
    number = open_ticket()
    assert shown(desk.get("/admin/tickets?q=Claire@Lefevre.example.com")) == [number]
    assert shown(desk.get("/admin/tickets?q=clara@lefevre.example.com")) == []


def test_words_find_closed_tickets_too_unless_told(desk, make_tickets):
    closed, open_ = make_tickets({"status": "closed"}, {})
    assert shown(desk.get("/admin/tickets?q=subject")) == [open_, closed]
    assert shown(desk.get("/admin/tickets?q=subject&status=open")) == [open_]


def test_signs_of_a_pattern_find_nothing(desk, make_tickets):
    make_tickets({"subject": "100 % done"}, {"subject": "100 done"})
    assert shown(desk.get("/admin/tickets?q=%25")) == []
    assert shown(desk.get("/admin/tickets?q=_")) == []


# ---------------------------------------------------------------- counts, and what a page costs


def test_the_menu_counts_what_stands_behind_each_filter(desk, make_tickets):
    make_tickets({}, {"status": "waiting"}, {"status": "closed"}, {"critical": True})
    page = desk.get("/admin/tickets")
    counts = {one["data-count"]: one.text for one in page.html.select("[data-count]")}
    assert counts == {"all": "3", "mine": "0", "unassigned": "3", "critical": "1", "open": "2", "waiting": "1"}
    current = page.html.find("a", {"aria-current": "page"})
    assert "All open tickets" in current.text


def test_counts_end_where_nobody_counts_any_more(desk, novantic_app, make_tickets, monkeypatch):
    monkeypatch.setattr("novantic_core.services.count_tickets.MOST", 3)
    monkeypatch.setattr("novantic_core.views.admin.queue.menu.MOST", 3)
    make_tickets({}, {}, {}, {})
    assert desk.get("/admin/tickets").html.find(attrs={"data-count": "all"}).text == "2+"


def test_other_pages_leave_the_counts_to_a_script(desk, make_tickets):
    make_tickets({})
    assert desk.get("/admin/shortcuts").html.find(attrs={"data-count": "all"}).text == ""
    assert desk.get("/admin/tickets/counts").json["counts"]["all"] == "1"


def test_the_first_page_takes_the_same_few_statements_however_much_there_is(desk, novantic_app, statements):
    taken = []
    for tickets in (40, 1500):
        fill(novantic_app.site, tickets, tickets, NOW.date())
        desk.get("/admin/tickets")
        with statements() as sent:
            desk.get("/admin/tickets")
        taken.append(len(sent))
    # who asks, their views, the counts, the critical ones, the page, and who can be given a ticket
    assert taken == [6, 6]


def test_how_many_rows_are_wanted_stands_in_the_statements(desk, statements):
    desk.get("/admin/tickets")
    with statements() as sent:
        desk.get("/admin/tickets")
    wanted = re.findall(r"LIMIT\s+([^\s)]+)", " ".join(sent))
    # with a parameter there, PostgreSQL would plan each time anew
    assert set(wanted) == {"51", "50", "500"}


def test_a_page_of_another_part_pays_one_statement_for_the_menu(desk, statements):
    # the first page that is drawn reads what a process keeps for a while
    desk.get("/admin/shortcuts")
    with statements() as sent:
        desk.get("/admin/shortcuts")
    assert len(sent) == 2


def test_the_page_is_complete_without_a_script(desk, make_tickets):
    make_tickets({})
    page = desk.get("/admin/tickets")
    assert page.html.find(attrs={"data-news-show": True}).has_attr("hidden")
    assert re.search(r'<button class="btn"[^>]*>Filter', page.text)


def test_an_address_that_is_no_text_is_refused_in_words(desk):
    assert "can't be read" in desk.get("/admin/tickets?q=%ED%A0%80", status=400)
