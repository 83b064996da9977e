"""The queue: its filters, its order, its pages, and what stands above them."""

from __future__ import annotations


def test_an_open_ticket_stands_in_the_queue(back_office, open_ticket):
    number = open_ticket()
    page = back_office.get("/admin/tickets")
    assert f"#{number}" in page
