"""A month's time by organisation, ticket and technician: as a page, as a sheet to print, as files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from novantic_core.models import Team

NOVEMBER = datetime(2025, 11, 12, 10, tzinfo=UTC)
MIDNIGHT = datetime(2025, 10, 31, 23, 30, tzinfo=UTC)
"""Half past midnight on the first of November in Paris."""


def cells(row):
    return [" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])]


def lines(answer):
    return answer.body.decode("utf-8-sig").splitlines()


def test_a_month_is_summed_by_organisation_and_technician(back_office, spend):
    spend(45, on=NOVEMBER, company="Lefèvre", contract=True)
    number = spend(90, on=NOVEMBER, company="Petit")
    spend(30, on=NOVEMBER, number=number)
    page = back_office.get("/admin/time?month=2025-11").html
    companies, technicians = page.find_all("table")
    assert [cells(row) for row in companies.tbody.find_all("tr")] == [
        ["Petit", "au temps passé", "1", "2 h", "2 h", "0 min"],
        ["Lefèvre", "sous contrat", "1", "45 min", "0 min", "45 min"],
    ]
    assert cells(companies.tfoot.tr)[1:] == ["2 h 45", "2 h", "45 min"]
    assert cells(technicians.tbody.tr) == ["Ada", "2", "2 h 45", "2 h", "45 min"]


def test_a_month_begins_at_midnight_in_the_sites_zone(back_office, spend):
    spend(45, on=MIDNIGHT, company="Lefèvre")
    assert "Lefèvre" in back_office.get("/admin/time?month=2025-11")
    assert "Lefèvre" not in back_office.get("/admin/time?month=2025-10")


def test_an_empty_month_says_so(back_office):
    page = back_office.get("/admin/time?month=2025-11").html
    assert page.find(class_="empty")
    assert not page.find("table")


def test_what_is_no_month_gets_its_sentence(back_office):
    answer = back_office.get("/admin/time?month=demain", status=422)
    assert answer.html.find(id="month-error")
    assert answer.html.find(id="month")["value"] == "demain"


def test_the_sheet_lists_each_tickets_work(back_office, spend):
    number = spend(45, on=NOVEMBER, company="Lefèvre", contract=True, note="Pilote réinstallé")
    spend(15, on=NOVEMBER, number=number, billable=True, reason="hors contrat")
    link = back_office.get("/admin/time?month=2025-11").html.find("a", string="Lefèvre")["href"]
    page = back_office.get(link).html
    rows = [cells(row) for row in page.find("table").tbody.find_all("tr")]
    assert [row[2:] for row in rows] == [
        ["Pilote réinstallé", "45 min", "Non facturécouvert par le contrat"],
        ["–", "15 min", "Facturéhors contrat"],
    ]
    assert [dd.text for dd in page.find(class_="sums").find_all("dd")] == [
        "1",
        "1\u00a0h",
        "15\u00a0min",
        "45\u00a0min",
    ]


def test_time_without_an_organisation_has_its_sheet(back_office, spend):
    number = spend(45, on=NOVEMBER)
    assert number in back_office.get("/admin/time/none?month=2025-11")
    assert back_office.get("/admin/time/none.csv?month=2025-11").body.count(b"\n") == 2


def test_there_is_no_sheet_of_nobody(back_office):
    back_office.get("/admin/time/999", status=404)
    back_office.get("/admin/time/99999999999999999999", status=404)


def test_files_hold_whole_numbers_and_french_decimals(back_office, spend):
    number = spend(105, on=NOVEMBER, company="Lefèvre")
    files = {what: lines(back_office.get(f"/admin/time/by-{what}.csv?month=2025-11"))
             for what in ("organisation", "technician", "ticket", "entry")}  # fmt: skip
    assert files["organisation"][1] == "Lefèvre;non;1;105;105;0;1,75"
    assert files["technician"][1] == "Ada;1;105;105;0;1,75"
    assert files["ticket"][1] == f"{number};Imprimante HP – hors connexion;Lefèvre;105;105;0;1,75"
    assert files["entry"][1].startswith(f"2025-11-12;Lefèvre;{number};")


def test_an_english_file_has_commas(back_office, spend):
    spend(105, on=NOVEMBER, company="Lefèvre")
    back_office.set_cookie("lang", "en")
    assert lines(back_office.get("/admin/time/by-organisation.csv?month=2025-11"))[1] == "Lefèvre,no,1,105,105,0,1.75"


@pytest.mark.parametrize("cell", ["=1+1", " =1+1", "\t=1+1", "\u200b=1+1", "＝1+1", "＠SUM(1)", "-1+1", "@SUM(1)"])
def test_no_cell_is_a_formula(back_office, spend, cell):
    spend(10, on=NOVEMBER, company=cell)
    assert lines(back_office.get("/admin/time/by-organisation.csv?month=2025-11"))[1].lstrip('"').startswith("'")


def test_a_private_teams_time_is_not_told_to_others(novantic_app, spend, sign_in):
    with novantic_app.transaction() as session:
        session.add(Team(key="direction", label="Direction", private=True))
    novantic_app.site.preferences_cache.forget()
    spend(45, on=NOVEMBER, company="Secret", team="direction")
    spend(45, on=NOVEMBER, company="Lefèvre")
    other = sign_in("lea@novantic.example", "Léa")
    for path in ("", "/by-entry.csv", "/by-ticket.csv", "/by-organisation.csv", "/by-technician.csv"):
        page = other.get(f"/admin/time{path}?month=2025-11")
        assert "Secret" not in page
    assert "équipes privées" in other.get("/admin/time?month=2025-11")


def test_the_sums_take_as_many_statements_for_one_entry_as_for_ten(back_office, spend, statements):
    number = spend(10, on=NOVEMBER, company="Lefèvre")
    back_office.get("/admin/time?month=2025-11")  # the menu counts its entries once in a while
    with statements() as few:
        back_office.get("/admin/time?month=2025-11")
    for _each in range(9):
        spend(10, on=NOVEMBER, number=number)
    with statements() as many:
        back_office.get("/admin/time?month=2025-11")
    assert len(many) == len(few)
