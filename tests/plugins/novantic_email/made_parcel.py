"""What a channel is handed, made by hand."""

from __future__ import annotations

from novantic_core.plugin import Notice, Parcel, Recipient

WORDS = {
    "mail/hello.txt.pt": "Ticket n° 123 – où en est-on ?\n\nBonjour Zoé,\n" + "mot " * 400 + "\n.\nFrom ici\n",
    "mail/hello.html.pt": "<p>Bonjour <b>Zoé</b></p>" + "<p>ligne</p>" * 500,
}


def parcel(name="Zoé", address="zoe@example.com", **changes):
    values = {
        "notice": Notice("hello", Recipient(address, name)), "message_id": "<123456.7.0@support.example.com>",
        "reference": "<123456@support.example.com>", "ticket": None, "message": None, "link": None,
        "brand": {"name": "Novantic, l’assistance", "noreply": "noreply@example.com"},
        "render": WORDS.__getitem__, "translate": str,
    }  # fmt: skip
    return Parcel(**{**values, **changes})
