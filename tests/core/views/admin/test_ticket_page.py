from __future__ import annotations


def test_page(back_office, open_ticket, say):
    number = open_ticket(critical=True, teamviewer_id="123456789")
    say(number, "<p>Bonjour</p>")
    say(number, "<p>Note</p>", note=True)
    page = back_office.get(f"/admin/tickets/{number}")
    print(page.html.find("main").text)
    assert 0
