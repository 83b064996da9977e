"""A day at the desk: the second factor, a critical call, a reply with a file, a merge, an erasure."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import expect
from visitor import CLAIRE, PICTURE

pytestmark = pytest.mark.slow


@pytest.fixture
def ada(visitor):
    """Ada, who administers the desk, signed in."""
    visitor.sign_in()
    return visitor


def write(ada, kind, words):
    """Type into the sheet of a reply or of a note."""
    page = ada.page
    page.click(f"[data-key={kind}]")
    sheet = page.locator(f"#sheet-{kind}")
    text = sheet.frame_locator(".tox-edit-area iframe").locator("body")
    expect(text).to_be_editable()
    text.click()
    page.keyboard.type(words)
    return sheet


def shown_number(page):
    return re.search(r"/admin/tickets/(\d+)", page.url)[1]


def phone_in(ada, **answers):
    """Open a ticket for somebody who rings: its number."""
    page = ada.page
    ada.go("/admin/tickets/new")
    expect(ada.text).to_be_editable()
    critical = answers.pop("critical", False)
    for name, value in answers.items():
        page.fill(f"[name={name}]", value)
    page.keyboard.press("Escape")
    page.select_option("[name=topic]", "server")
    if critical:
        page.check("[name=critical]")
    ada.write("Plus aucun poste n’accède au serveur.")
    ada.send()
    page.wait_for_url(re.compile(r"/admin/tickets/\d+"))
    return shown_number(page)


MARC = {
    "email": "marc@garage-petit.example", "name": "Marc Petit", "company": "Garage Petit", "phone": "06 12 34 56 78",
    "subject": "Serveur injoignable",
}  # fmt: skip


def test_the_second_factor_is_set_up_and_asked_for(ada):
    page = ada.page
    ada.go("/admin/account/second-factor")
    page.click("details summary:visible >> nth=-1")
    secret = "".join(page.locator(".key code").all_inner_texts()).replace(" ", "")
    totp = pyotp.TOTP(secret)
    page.fill("[name=code]", totp.now())
    page.click("form.desk-form [type=submit]")
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes code").first.inner_text()

    page.click(".side form.leave button")
    page.wait_for_url("**/admin/login")
    ada.enter_password()
    page.wait_for_url("**/admin/login/code*")
    page.fill("[name=code]", "000000")
    ada.send()
    expect(page.locator(".summary")).to_be_focused()

    # the code that set it up is used up: a recovery code lets in instead
    page.goto(page.url.split("?")[0] + "?recovery")
    page.fill("[name=code]", recovery)
    ada.send()
    page.wait_for_url("**/admin")


def test_a_critical_call_is_taken_note_of_and_called_back(ada):
    page = ada.page
    number = phone_in(ada, critical=True, **MARC)
    ada.go("/admin/tickets")
    alarm = page.locator(f".alarm-card[data-number='{number}']")
    expect(alarm).to_contain_text("06 12 34 56 78")
    alarm.locator("form[action$=acknowledge] button").click()
    expect(page.locator(".alarm-card")).to_have_count(0)

    ada.go(f"/admin/tickets/{number}")
    # who takes the call has the ticket
    expect(page.locator("[name=assignee] option:checked")).to_contain_text("Ada")
    expect(page.locator(".tag.alarm")).to_have_count(2)
    page.locator("form[action*=called-back] button").last.click()
    expect(page.locator(".tag.alarm")).to_have_count(1)


def test_a_reply_with_a_file_reaches_the_client_and_a_note_does_not(ada):
    page = ada.page
    number = ada.open_ticket()
    ada.go(f"/admin/tickets/{number}")
    sheet = write(ada, "note", "Cliente fidèle, voir avec Hugo.")
    sheet.locator(".acts [type=submit]").first.click()
    expect(page.locator(".msg.note .body")).to_contain_text("voir avec Hugo")

    sheet = write(ada, "reply", "Voici la notice de votre imprimante.")
    sheet.locator("[name=attachments]").set_input_files(
        [{"name": "notice.png", "mimeType": "image/png", "buffer": PICTURE}]
    )
    sheet.locator("[name=close]").click()
    expect(page.locator(".msg.us .attached")).to_contain_text("notice.png")
    expect(page.locator("h1 ~ .tags .tag.closed, .tags .tag.closed")).to_have_count(1)

    mail = ada.mailbox.to(CLAIRE)[-1]
    assert "notice de votre imprimante" in ada.mailbox.text(mail)
    ada.go(ada.mailbox.link(mail))
    expect(page.locator("main")).to_contain_text("notice.png")
    expect(page.locator("main")).not_to_contain_text("voir avec Hugo")


def test_a_draft_survives_a_closed_tab(ada):
    page = ada.page
    number = ada.open_ticket()
    ada.go(f"/admin/tickets/{number}")
    sheet = write(ada, "reply", "Je commence une phrase")
    with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        pass
    page.close()
    again = ada.page = ada.page.context.new_page()
    ada.go(f"/admin/tickets/{number}")
    text = again.locator("#sheet-reply").frame_locator(".tox-edit-area iframe").locator("body")
    expect(text).to_contain_text("Je commence une phrase")
    assert sheet


def test_two_tickets_of_one_client_are_merged_and_parted_again(ada):
    page = ada.page
    first = phone_in(ada, **MARC)
    second = phone_in(ada, **{**MARC, "subject": "Toujours injoignable"})
    ada.go(f"/admin/tickets/{second}/merge?into={first}")
    page.locator("form.acts [type=submit]").click()
    page.wait_for_url(f"**/admin/tickets/{first}*")
    expect(page.locator(".msg")).to_have_count(2)

    page.locator("form[action*=unmerge] button").first.click()
    page.wait_for_url(re.compile(r"/admin/tickets/\d+"))
    ada.go(f"/admin/tickets/{first}")
    expect(page.locator(".msg")).to_have_count(1)


def test_a_person_is_erased_and_the_number_stays(ada):
    page = ada.page
    number = phone_in(ada, **MARC)
    ada.go("/admin/contacts?q=marc")
    page.locator("main .rows a").first.click()
    page.locator("a[href$='/erase']").click()
    page.fill("[name=address]", "somebody@else.example")
    page.click("main form [type=submit]")
    expect(page.locator("#address")).to_have_attribute("aria-invalid", "true")
    page.fill("[name=address]", MARC["email"])
    page.click("main form [type=submit]")
    expect(page.locator(".done")).to_have_count(1)

    ada.go(f"/admin/tickets/{number}")
    expect(page.locator("main")).to_contain_text(number)
    for kept in ("Marc", "Petit", "06 12 34 56 78", "Serveur injoignable", "Plus aucun poste"):
        expect(page.locator("main")).not_to_contain_text(kept)


def test_the_keys_do_what_the_list_says(ada):
    page = ada.page
    number = ada.open_ticket()
    ada.go("/admin/tickets")
    page.keyboard.press("j")
    expect(page.locator("[data-row]:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/tickets/{number}*")
    page.keyboard.press("n")
    expect(page.locator("#sheet-note")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#seek")).to_be_focused()
    # what is typed there is no shortcut
    page.keyboard.type("q")
    assert page.url.endswith(number) or number in page.url
