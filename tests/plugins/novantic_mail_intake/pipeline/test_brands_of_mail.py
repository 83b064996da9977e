"""Mailboxes of several brands: each writes from its own address, and no client hears of another one."""

import pytest
import two_brands
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, write

from novantic_core.testing.tables import Ticket

MARC = "marc@petit.example.com"
OTHER = {
    "novantic.mail_intake.mailbox.elsewhere.address": "help@elsewhere.example",
    "novantic.mail_intake.mailbox.elsewhere.brand": two_brands.OTHER,
    "novantic.mail_intake.mailbox.elsewhere.plus": "true",
}


@pytest.mark.novantic(plugins=PLUGINS, settings=two_brands.settings("prairie", **MAILBOX, **OTHER))
def test_each_brand_has_its_mailbox(novantic_app, post, mailbox):
    novantic_app.add_technician()
    row = post.bring(write(sender=MARC, to="help@elsewhere.example"), "elsewhere")
    with novantic_app.transaction() as session:
        assert session.get_one(Ticket, row.ticket_id).brand == two_brands.OTHER
    assert post.parcel(MARC).reply_to.startswith("help+r.")
    assert post.parcel(MARC).return_path.endswith("@elsewhere.example")
    # technicians are written to by the desk, and answer the client's brand
    assert post.parcel(HUGO).reply_to.startswith("help+r.")
    assert mailbox.to(MARC)[-1]["From"].endswith(f"<{two_brands.SENDER}>")
    # the other brand's sender is one of our own too
    assert post.bring(write(sender=two_brands.SENDER)).state == "automatic"
    # a ticket of the form, of either
    novantic_app.open_ticket()
    assert post.parcel(CLAIRE).reply_to.startswith("support+r.")
    novantic_app.open_ticket(email="zoe@example.com", brand=two_brands.OTHER)
    assert post.parcel("zoe@example.com").reply_to.startswith("help+r.")


@pytest.mark.novantic(plugins=PLUGINS, settings=two_brands.settings("prairie", **MAILBOX))
def test_a_brand_without_a_mailbox_has_no_other_ones(novantic_app, post):
    novantic_app.add_technician()
    novantic_app.open_ticket(email=MARC, brand=two_brands.OTHER)
    assert (post.parcel(MARC).reply_to, post.parcel(MARC).return_path) == ("", "")
    assert post.parcel(HUGO).reply_to.startswith("support+r.")


@pytest.mark.novantic(plugins=PLUGINS, settings=two_brands.settings("prairie", **MAILBOX))
def test_a_mails_preview_is_as_each_brand_sends_it(back_office):
    page = "/admin/mail-templates/ticket_replied"
    for query, taken in (
        ("", True), (f"?brand={two_brands.OTHER}", False),
        # and what was chosen there
        ("?language=fr", False), (f"?language=fr&brand={two_brands.OTHER}&reply_to=1", True),
    ):  # fmt: skip
        seen = back_office.get(page + query)
        assert ("checked" in seen.html.select_one("[type=checkbox][name=reply_to]").attrs) is taken
        inner = back_office.get(seen.html.find("iframe")["src"]).text
        assert ("simplement répondre à cet e-mail" in inner or "simply answer this" in inner) is taken


@pytest.mark.novantic(
    plugins=PLUGINS, settings={"novantic.mail_intake.mailbox.support.address": "support@novantic.example"}
)
def test_without_plus_addresses_technicians_are_not_asked_for_an_answer(novantic_app, post):
    novantic_app.add_technician()
    novantic_app.open_ticket()
    assert (post.parcel(CLAIRE).reply_to, post.parcel(CLAIRE).return_path) == ("support@novantic.example", "")
    assert (post.parcel(HUGO).reply_to, post.parcel(HUGO).return_path) == ("", "")
