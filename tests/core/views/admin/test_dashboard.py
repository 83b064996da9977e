"""The dashboard: figures that lead to their tickets, pictures with a table behind each, files, periods."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from novantic_core.models import Organisation, Team, Ticket
from novantic_core.plugin import Actor
from novantic_core.services.change_status import change_status
from novantic_core.views.admin.figures.pictures import scale, theme_rules

HUGO = Actor("technician", "Hugo", "hugo@novantic.example")


@pytest.fixture
def change(novantic_app):
    """``change(number, team="direction")``: set a ticket's columns."""

    def set_columns(number, **values):
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            for name, value in values.items():
                setattr(ticket, name, value)

    return set_columns


@pytest.fixture
def close(novantic_app):
    def end(number):
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            change_status(novantic_app.site, session, ticket, "closed", HUGO, datetime.now(UTC))

    return end


def tiles(page):
    return {
        " ".join(one.span.text.split()): (one.strong.text, one.get("href"))
        for one in page.html.select(".tiles a, .tiles p")
    }


def rows(page, name):
    table = page.html.select_one(f".figure.{name} table")
    return [[" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]


def picture(page, name):
    address = page.html.select_one(f".figure.{name} img")["src"]
    assert address.startswith("data:image/svg+xml;base64,")
    return ET.fromstring(base64.b64decode(address.partition(",")[2]))  # noqa: S314 - our own


def test_an_empty_site_says_so(back_office):
    page = back_office.get("/admin")
    assert tiles(page)["à nous de répondre"][0] == "0"
    assert len(page.html.select(".figure:not(.avoided) .empty")) == 7
    assert not page.html.find("img", src=lambda src: src.startswith("data:"))


def test_each_figure_of_today_leads_to_its_tickets(back_office, open_ticket, close):
    number = open_ticket(critical=True)
    close(open_ticket(email="b@example.com"))
    found = tiles(back_office.get("/admin"))
    assert found["à nous de répondre"] == ("1", "/admin/tickets?status=open")
    assert found["à prendre en compte, sur 1 critique"] == ("1", "/admin/tickets?critical=1")
    assert found["ouverts aujourd’hui"] == ("2", "/admin/tickets?status=all&sort=-created")
    assert found["fermés aujourd’hui"][0] == "1"
    assert found[f"la plus longue attente d’une réponse : #{number}"][1] == f"/admin/tickets/{number}"


def test_behind_each_picture_is_its_table(back_office, open_ticket, close, say):
    number = open_ticket()
    say(number, "<p>Bonjour</p>")
    close(number)
    open_ticket(email="b@example.com", topic="internet")
    page = back_office.get("/admin")
    assert rows(page, "days")[-1][1:] == ["2", "1"]
    assert rows(page, "ages")[0] == ["moins d’un jour", "1", "0"]
    assert rows(page, "categories") == [["Imprimante", "1", "1"], ["Internet", "1", "0"]]
    assert rows(page, "technicians") == [["Personne", "2", "1"]]
    assert rows(page, "organisations") == [["Sans organisation", "2", "1"]]
    assert rows(page, "answers")[-1][1] == "1"
    assert page.html.select_one(".figure.solutions dd").text == "0\u00a0min"
    for image in page.html.select(".figure img"):
        assert image["alt"].endswith("Les chiffres sont dans le tableau qui suit.")


def test_what_sums_up_others_is_drawn_where_there_is_nothing_else(back_office, open_ticket):
    open_ticket()
    drawn = picture(back_office.get("/admin"), "organisations")
    assert "Sans organisation" in "".join(drawn.itertext())


def test_a_picture_holds_no_script_and_the_colours_of_day_and_night(back_office, open_ticket):
    open_ticket()
    drawn = picture(back_office.get("/admin"), "days")
    tags = {element.tag.rpartition("}")[2] for element in drawn.iter()}
    assert "script" not in tags
    text = "".join(drawn.itertext())
    assert "prefers-color-scheme:dark" in text
    assert "--accent:#0b63c5" in text
    assert "Ouverts" in text
    assert drawn.find("{http://www.w3.org/2000/svg}title").text == "Ouverts et fermés par jour"


def test_a_themes_colour_of_the_day_holds_at_night_where_it_has_no_other():
    day, night = theme_rules(":root{--accent:#123456;}@media x{:root{--warn:#abcdef;}}").split("@media")
    assert "--accent:#123456" in day
    assert "--accent:#123456" in night
    assert "--warn:#abcdef" in night
    assert "--warn:#abcdef" not in day


@pytest.mark.parametrize(
    "highest, lines",
    [(0, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (1341, [0, 500, 1000, 1500])],
)  # fmt: skip
def test_a_scale_has_round_numbers(highest, lines):
    assert scale(highest, False) == lines


def test_a_scale_of_time_has_round_hours():
    assert scale(500, True) == [0, 120, 240, 360, 480, 600]


def test_the_ten_organisations_with_most_tickets_are_named(back_office, open_ticket, novantic_app):
    numbers = [open_ticket(email=f"a{place}@example.com") for place in range(3)]
    with novantic_app.transaction() as session:
        for place in range(12):
            session.add(
                Organisation(id=place + 1, name=f"O{place}", name_key=f"o{place}", created_at=datetime.now(UTC))
            )
        session.flush()
        for place, ticket in enumerate(session.scalars(select(Ticket).where(Ticket.number.in_(numbers)))):
            ticket.organisation_id = place + 1
        first = session.scalars(select(Ticket)).first()
        for place in range(3, 12):
            values = {
                c.key: getattr(first, c.key)
                for c in Ticket.__mapper__.column_attrs
                if c.key not in {"id", "submission"}
            }
            session.add(Ticket(**{**values, "number": f"1{place:05}", "organisation_id": place + 1}))
    page = back_office.get("/admin")
    found = rows(page, "organisations")
    assert len(found) == 11
    assert found[-1] == ["Autres organisations", "2", "0"]
    assert page.html.select_one(".figure.organisations tbody a")["href"] == "/admin/tickets?status=all&organisation=1"


def test_a_ticket_without_a_category_is_counted(back_office, open_ticket, change):
    change(open_ticket(), category_key=None)
    assert rows(back_office.get("/admin"), "categories") == [["Sans rubrique", "1", "0"]]


@pytest.mark.parametrize("days, lines", [("7", 7), ("30", 30), ("90", 90), ("365", 365), ("8", 30), ("x", 30)])
def test_a_period_is_chosen(back_office, open_ticket, days, lines):
    open_ticket()
    page = back_office.get(f"/admin?days={days}")
    assert len(rows(page, "days")) == lines


def test_a_period_of_ones_own(back_office, open_ticket, change):
    change(open_ticket(), created_at=datetime(2025, 5, 2, 10, tzinfo=UTC))
    page = back_office.get("/admin?from=2025-05-01&to=2025-05-03")
    assert [row[1:] for row in rows(page, "days")] == [["0", "0"], ["1", "0"], ["0", "0"]]
    assert not page.html.select(".chips [aria-current]")
    link = page.html.select_one(".figure.days details p a")["href"]
    assert back_office.get(link).body.decode("utf-8-sig").splitlines()[2] == "2025-05-02;1;0"


def test_a_period_that_goes_on_ends_today(back_office, open_ticket):
    open_ticket()
    today = datetime.now(UTC).date()
    page = back_office.get(f"/admin?from={today - timedelta(days=3)}&to={today + timedelta(days=300)}")
    assert len(rows(page, "days")) in {3, 4, 5}


@pytest.mark.parametrize(
    "query, field",
    [("from=2025-05-03&to=2025-05-01", "to"), ("from=demain&to=2025-05-01", "from"), ("from=2025-05-01&to=", "to"),
     ("from=2999-01-01&to=2999-01-02", "from"), ("from=2001-01-01&to=2025-05-01", "from"),
     ("from=1999-01-01&to=2025-05-01", "from")],
)  # fmt: skip
def test_a_wrong_day_gets_its_sentence(back_office, query, field):
    page = back_office.get(f"/admin?{query}", status=422)
    assert page.html.find(id=f"{field}-error")
    assert page.html.find(id="from")["value"] == query.split("&")[0].partition("=")[2]


@pytest.mark.parametrize("name", ["days", "ages", "answers", "solutions", "categories", "organisations", "technicians"])
def test_each_table_is_a_file(back_office, open_ticket, name):
    open_ticket()
    answer = back_office.get(f"/admin/figures/{name}.csv?days=7")
    assert answer.content_type == "text/csv"
    assert len(answer.body.decode("utf-8-sig").splitlines()) > 1


def test_waits_are_minutes_in_a_file(back_office, open_ticket, say, change):
    number = open_ticket()
    change(number, created_at=datetime.now(UTC) - timedelta(hours=25, minutes=1))
    say(number, "<p>Bonjour</p>")
    page = back_office.get("/admin?days=7")
    assert rows(page, "answers")[-1][1:] == ["1", "1\u00a0j 1\u00a0h".replace("\u00a0", " "), "1 j 1 h"]
    last = back_office.get("/admin/figures/answers.csv?days=7").body.decode("utf-8-sig").splitlines()[-1]
    assert last == "Toute la période;1;1501;1501"


def test_nobody_counts_what_they_may_not_see(novantic_app, open_ticket, change):
    from novantic_core.testing import PASSWORD

    with novantic_app.transaction() as session:
        session.add(Team(key="direction", label="Direction", private=True))
    novantic_app.site.preferences_cache.forget()
    change(open_ticket(), team="direction")
    novantic_app.add_technician("lea@novantic.example", "Léa")
    client = novantic_app.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "lea@novantic.example", PASSWORD
    form.submit()
    page = client.get("/admin")
    assert tiles(page)["à nous de répondre"][0] == "0"
    assert "équipes privées" in page
    assert not page.html.select(".figure table")
    assert "direction" not in client.get("/admin/figures/technicians.csv")


def test_the_page_takes_as_many_statements_for_one_ticket_as_for_five(back_office, open_ticket, statements):
    open_ticket()
    with statements() as few:
        back_office.get("/admin")
    for place in range(4):
        open_ticket(email=f"a{place}@example.com")
    with statements() as many:
        back_office.get("/admin")
    assert len(many) == len(few)
