"""One team for several brands: on each ticket its brand is said, and what is done to tickets keeps to it."""

from __future__ import annotations

import pytest
import two_brands
from sqlalchemy import select, text
from two_brands import OTHER

from novantic_core.models import Message, Technician, Ticket
from novantic_core.services.filter_tickets import conditions, read_filter
from novantic_core.services.merge_tickets import merge_tickets
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find
from novantic_core.values import FieldError

several = pytest.mark.novantic(settings=two_brands.settings("prairie"))
PRAIRIE = "Prairie Dépannage"


@pytest.fixture
def tickets(small_desk):
    """A ticket of each brand: the main one's, the other's."""
    return small_desk.open(MARC, subject="Chez nous"), small_desk.open(subject="Ailleurs", brand=OTHER)


def rows(page):
    return [row["data-number"] for row in page.html.select("table.tickets tr[data-number]")]


def test_with_one_brand_nothing_is_said_of_it(back_office, small_desk):
    number = small_desk.open()
    for path in ("/admin", "/admin/tickets", f"/admin/tickets/{number}", "/admin/tickets/new"):
        page = back_office.get(path)
        assert "Marque" not in page.text.replace("Marquer", "")
        assert not page.html.select('a[href="/admin/brands"]')


@several
def test_the_queue_says_each_tickets_brand(back_office, tickets):
    page = back_office.get("/admin/tickets")
    said = {row["data-number"]: row.select_one(".brand-of").text for row in page.html.select("tr[data-number]")}
    assert PRAIRIE in said[tickets[1]]
    assert "Novantic Support" in said[tickets[0]]


@several
def test_so_does_a_critical_one_above_it(back_office, small_desk):
    small_desk.open(brand=OTHER, critical=True)
    assert PRAIRIE in back_office.get("/admin/tickets").html.select_one(".alarm-card").text


@several
@pytest.mark.parametrize("key, place", [("main", 0), (OTHER, 1)])
def test_the_queue_is_filtered_by_brand(back_office, tickets, key, place):
    page = back_office.get("/admin/tickets")
    form = next(form for form in page.forms.values() if "brand" in form.fields)
    form["brand"] = key
    page = form.submit()
    assert rows(page) == [tickets[place]]
    assert page.html.h1.text == ("Novantic Support", PRAIRIE)[place]


@several
def test_the_menu_leads_to_each_brand_and_counts(back_office, tickets, small_desk):
    small_desk.open(brand=OTHER)
    menu = {item["href"]: item.text.split() for item in back_office.get("/admin/tickets").html.select("nav a[href]")}
    assert menu[f"/admin/tickets?brand={OTHER}"][-1] == "2"
    assert menu["/admin/tickets?brand=main"][-1] == "1"


@several
def test_a_saved_view_keeps_the_brand(back_office, tickets):
    page = back_office.get(f"/admin/tickets?brand={OTHER}&assignee=none")
    form = next(form for form in page.forms.values() if form.action == "/admin/tickets/views")
    form["name"] = "La Prairie"
    form.submit(status=303)
    assert PRAIRIE in back_office.get("/admin/tickets/views")


@several
@pytest.mark.parametrize("typed", ["marque:prairie", 'brand:"prairie dépannage"', "marque:other", "-marque:novantic"])
def test_a_search_takes_a_brand_as_a_condition(back_office, tickets, typed):
    page = back_office.get("/admin/tickets", {"q": f"secours {typed}"})
    assert rows(page) == [tickets[1]]


@several
def test_a_brand_that_is_none_is_said_so(back_office, tickets):
    page = back_office.get("/admin/tickets", {"q": "secours marque:boulangerie"})
    assert "Aucune marque" in page


@several
def test_the_ticket_says_its_brand(back_office, tickets):
    page = back_office.get(f"/admin/tickets/{tickets[1]}")
    assert PRAIRIE in page.html.select_one(".ticket-head").text
    assert PRAIRIE in page.html.select_one(".controls").text


@several
def test_a_brand_that_is_gone_is_said_by_its_key(back_office, small_desk):
    number = small_desk.open()
    small_desk.change(number, brand="gone")
    assert "gone" in back_office.get(f"/admin/tickets/{number}").html.select_one(".ticket-head").text
    assert "gone" in back_office.get("/admin/tickets?brand=gone").html.select_one(".chips").text


def on_behalf(back_office, **values):
    form = back_office.get("/admin/tickets/new").forms["on-behalf"]
    filled = {"topic": "server", "email": CLAIRE, "name": "Claire", "subject": "Panne", "message": "Rien ne va."}
    for name, value in {**filled, **values}.items():
        form[name] = value
    form.submit(status=303)


@several
def test_a_ticket_on_behalf_is_of_the_brand_that_is_chosen(back_office, novantic_app, mailbox):
    on_behalf(back_office, brand=OTHER)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.brand, ticket.theme) == (OTHER, "prairie")
    assert PRAIRIE in mailbox.to(CLAIRE)[-1]["From"]


@several
def test_it_is_begun_with_the_brand_of_the_contacts_last_ticket(back_office, tickets, novantic_app):
    with novantic_app.transaction() as session:
        contacts = [find(session, number).contact_id for number in tickets]
    begun = [
        back_office.get(f"/admin/tickets/new?contact={contact}").forms["on-behalf"]["brand"].value
        for contact in contacts
    ]
    assert begun == ["main", OTHER]


@several
def test_a_ticket_made_of_a_message_is_of_the_same_brand(back_office, tickets, novantic_app):
    with novantic_app.transaction() as session:
        message = session.scalars(select(Message.id).where(Message.ticket_id == find(session, tickets[1]).id)).one()
    form = back_office.get(f"/admin/tickets/{tickets[1]}/messages/{message}/split").forms["split"]
    form["topic"] = "printer"
    form.submit(status=303)
    with novantic_app.transaction() as session:
        newest = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        assert (newest.brand, newest.theme) == (OTHER, "prairie")


@several
def test_tickets_of_two_brands_are_not_merged(back_office, tickets, novantic_app):
    page = back_office.get(f"/admin/tickets/{tickets[0]}/merge", {"into": tickets[1]}, status=422)
    assert "celui d’une autre marque" in page
    with novantic_app.transaction() as session, pytest.raises(FieldError):
        one, other = (find(session, number) for number in tickets)
        merge_tickets(novantic_app.site, session, one, other, HUGO, one.created_at)


@several
def test_nor_is_one_offered_for_it(back_office, small_desk):
    here, there = small_desk.open(subject="Ici"), small_desk.open(subject="Là", brand=OTHER)
    assert there not in back_office.get(f"/admin/tickets/{here}/merge").html.find("main").text
    assert small_desk.merge(here, into=small_desk.open()) != here


@several
def test_the_dashboard_counts_by_brand(back_office, tickets):
    page = back_office.get("/admin")
    assert "Par marque" in page
    assert PRAIRIE in page
    assert f"{PRAIRIE},1,0" in back_office.get("/admin/figures/brands.csv").text.replace(";", ",")


@several
def test_the_brands_are_shown_as_they_are_set(back_office, tickets):
    page = back_office.get("/admin/brands")
    card = page.html.select_one(f"section[aria-labelledby=brand-{OTHER}]").text
    for said in (PRAIRIE, "http://help.elsewhere.example", "writes@elsewhere.example", "prairie", "Français", "toutes"):
        assert said in card
    assert page.html.select_one(f'main a[href="/admin/tickets?brand={OTHER}"]').text == "1"


@pytest.mark.novantic(settings={
    **two_brands.settings("prairie"), "novantic.brand.other.sender": "noreply@novantic.fr",
    "novantic.brand.other.topics": "printer internet",
})  # fmt: skip
def test_what_is_wrong_with_a_brand_is_said(back_office, novantic_app):
    page = back_office.get("/admin/categories")
    form = next(form for form in page.forms.values() if form.action == "/admin/categories/printer/hidden")
    form.submit("hidden", value="true", status=303)
    card = back_office.get("/admin/brands").html.select_one(f"section[aria-labelledby=brand-{OTHER}]").text
    assert "En commun avec la marque principale" in card
    assert "printer" in card


@pytest.mark.novantic(settings=two_brands.settings("prairie", **{"novantic.brand.other.theme": "novantic"}))
def test_two_brands_of_one_name_are_told_apart_by_their_keys(back_office, tickets):
    page = back_office.get("/admin/tickets")
    assert {one.text.split(": ")[-1] for one in page.html.select(".brand-of")} == {
        "Novantic Support (main)", "Novantic Support (other)",
    }  # fmt: skip


@several
def test_the_queue_takes_as_many_statements_as_with_one_brand(back_office, tickets, statements):
    back_office.get("/admin/tickets")
    with statements() as all_of_them:
        back_office.get("/admin/tickets")
    with statements() as of_one:
        back_office.get(f"/admin/tickets?brand={OTHER}")
    assert len(of_one) == len(all_of_them) == 6


def test_and_no_more_than_that_with_one(back_office, small_desk, statements):
    small_desk.open()
    back_office.get("/admin/tickets")
    with statements() as sent:
        back_office.get("/admin/tickets")
    assert len(sent) == 6


@several
def test_closed_tickets_of_a_brand_are_found_by_its_index(novantic_app, back_office):
    chosen = read_filter({"brand": OTHER, "status": "closed"})
    with novantic_app.transaction() as session:
        where = conditions(novantic_app.site, session.scalars(select(Technician)).one(), chosen)
        statement = select(Ticket.id).where(*where).order_by(Ticket.updated_at.desc())
        compiled = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        if session.get_bind().dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN"
        else:
            explain = "EXPLAIN"
            # an empty table is read whole unless it is forbidden
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {compiled}")))
    assert "ix_ticket_brand" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
