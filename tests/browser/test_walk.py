"""What the guide shows a client, with JavaScript: points 1 to 7 of the main job, in one go and each by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from visitor import ANSWERS, CLAIRE, PICTURE, Visitor

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024


def test_a_ticket_from_its_opening_to_its_end(visitor: Visitor):
    page, hugo = visitor.page, "hugo@novantic.example"
    visitor.app.add_technician(hugo, "Hugo Mouret")

    visitor.go("/")
    page.locator("main a[href='/tickets/new']").click()
    expect(visitor.text).to_be_editable()
    visitor.fill_in("Elle est branchée.")
    page.check("[name=critical]")
    visitor.choose_files(("capture.png", PICTURE))
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    expect(page.locator("main")).to_contain_text("Claire Lefèvre")
    number = page.locator(".number .num").inner_text()
    assert number in visitor.mailbox.to(CLAIRE)[-1]["Subject"]
    assert "01 44 55 66 77" in visitor.mailbox.text(visitor.mailbox.to(hugo)[-1])

    visitor.go("/tickets/status")
    page.fill("[name=email]", CLAIRE)
    page.fill("[name=number]", number)
    with page.expect_navigation():
        visitor.send()
    expect(page.locator("form#status")).to_have_count(0)
    visitor.follow_link()
    expect(page).to_have_url(f"{visitor.url}/tickets/{number}")
    expect(page.locator(".tag.alarm")).to_be_visible()
    expect(page.locator(".msg")).to_contain_text("Elle est branchée.")
    with page.expect_download() as download:
        page.locator(".attached a").click()
    assert download.value.path().read_bytes() == PICTURE

    visitor.answer_as_technician(number, "<p>Quel voyant clignote&nbsp;?</p>")
    page.reload()
    expect(page.locator(".msg.us")).to_contain_text("Quel voyant")
    visitor.write("L’orange.")
    visitor.send()
    expect(page.locator(".done")).to_be_visible()
    expect(page.locator("#last .body")).to_have_text("L’orange.")
    assert "L’orange." in visitor.mailbox.text(visitor.mailbox.to(hugo)[-1])

    page.locator(".solved button").click()
    expect(page.locator(".tag.closed")).to_be_visible()
    expect(page.locator(".answer .notice")).to_be_visible()

    page.locator(".leave button").click()
    visitor.go(f"/tickets/{number}")
    expect(page).to_have_url(f"{visitor.url}/tickets/status")


def test_a_wrong_form_comes_back_as_it_was(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in("Le texte reste.", email="claire@")
    visitor.choose_files(("capture.png", PICTURE))
    visitor.send()
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=email]")).to_have_value("claire@")
    expect(visitor.text).to_contain_text("Le texte reste.")
    expect(page.locator(".kept li")).to_contain_text("capture.png")

    page.locator(".summary a").click()
    expect(page.locator("[name=email]")).to_be_focused()
    page.fill("[name=email]", CLAIRE)
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    expect(page.locator(".attached li")).to_have_count(1)


def test_the_summary_leads_into_the_editor(visitor: Visitor):
    visitor.open_form()
    visitor.send()
    expect(visitor.page.locator(".summary")).to_be_focused()
    expect(visitor.text).to_be_editable()
    visitor.page.locator(".summary a[href='#ticket-message']").click()
    expect(visitor.text).to_be_focused()


def test_a_double_click_makes_one_ticket(visitor: Visitor):
    visitor.open_form()
    visitor.fill_in()
    visitor.main_button.dblclick()
    visitor.page.wait_for_url("**/tickets/opened")
    assert len(visitor.mailbox.to(CLAIRE)) == 1


def test_going_back_and_sending_again_says_the_same_number(visitor: Visitor):
    number = visitor.open_ticket()
    visitor.page.reload()
    expect(visitor.page.locator(".number .num")).to_have_text(number)


def test_reset_clears_everything(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in()
    visitor.choose_files(("capture.png", PICTURE))
    page.locator("[type=reset]").click()
    expect(page.locator("[name=company]")).to_have_value("")
    expect(page.locator("[name=topic]")).to_have_value("")
    expect(page.locator(".chosen li")).to_have_count(0)
    expect(visitor.text).to_have_text("")


def test_reset_clears_a_refused_form_too(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in(email="claire@")
    visitor.send()
    expect(page.locator(".summary")).to_be_focused()
    page.locator("[type=reset]").click()
    expect(page.locator(".summary")).to_have_count(0)
    expect(page.locator("[name=company]")).to_have_value("")


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    "files, kept",
    [
        ([("empty.txt", b"")], 0),
        ([("large.bin", b"x" * (2 * MEGABYTE + 1))], 0),
        ([(f"{n}.txt", b"x") for n in range(6)], 5),
    ],
    ids=["empty", "too large", "too many"],
)
def test_limits_are_told_before_sending(visitor: Visitor, files, kept):
    visitor.open_form()
    visitor.choose_files(*files)
    expect(visitor.page.locator(".files .trouble")).not_to_be_empty()
    expect(visitor.page.locator(".chosen li")).to_have_count(kept)


def test_files_add_up_and_can_be_removed(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.choose_files(("a.txt", b"a"))
    visitor.choose_files(("b.txt", b"bb"))
    expect(page.locator(".chosen .name")).to_have_text(["a.txt", "b.txt"])
    page.locator(".chosen li").first.locator("button").click()
    visitor.fill_in()
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    expect(page.locator(".attached a")).to_have_text(["b.txt"])


def test_a_kept_file_can_be_removed(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in(email="claire@")
    visitor.choose_files(("a.txt", b"a"))
    visitor.send()
    expect(page.locator(".summary")).to_be_focused()
    page.locator(".kept button").click()
    page.fill("[name=email]", CLAIRE)
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    expect(page.locator(".attached")).to_have_count(0)


TRANSFER = """(name) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["words"], name, { type: "text/plain" }));
  return transfer;
}"""


def test_a_dropped_and_a_pasted_file(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    dropped = page.evaluate_handle(TRANSFER, "dropped.txt")
    page.locator(".drop").dispatch_event("dragover", {"dataTransfer": dropped})
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": dropped})
    page.locator("[name=company]").evaluate(
        f"""(field) => field.dispatchEvent(new ClipboardEvent("paste",
            {{ clipboardData: ({TRANSFER})("pasted.txt"), bubbles: true, cancelable: true }}))"""
    )
    expect(page.locator(".chosen .name")).to_have_text(["dropped.txt", "pasted.txt"])


def test_a_file_pasted_into_the_text_is_attached(visitor: Visitor):
    visitor.open_form()
    visitor.write("Voici le journal.")
    visitor.text.evaluate(
        f"""(body) => body.dispatchEvent(new ClipboardEvent("paste",
            {{ clipboardData: ({TRANSFER})("pasted.txt"), bubbles: true, cancelable: true }}))"""
    )
    expect(visitor.page.locator(".chosen .name")).to_have_text(["pasted.txt"])


# ---------------------------------------------------------------- the editor


def press(visitor: Visitor, *names: str) -> None:
    """Press buttons of the toolbar by their French names."""
    for name in names:
        visitor.page.get_by_role("button", name=name, exact=True).click()


def test_what_the_toolbar_makes_is_kept(visitor: Visitor):
    visitor.open_form()
    visitor.fill_in("")
    press(visitor, "Gras")
    visitor.page.keyboard.type("gras")
    press(visitor, "Gras", "Souligné")
    visitor.page.keyboard.type("souligné")
    press(visitor, "Souligné", "Barré")
    visitor.page.keyboard.type("barré")
    press(visitor, "Barré", "Centrer")
    visitor.page.keyboard.press("Enter")
    press(visitor, "Aligner à gauche", "Augmenter le retrait")
    visitor.page.keyboard.type("en retrait")
    visitor.send()
    visitor.page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    kept = visitor.page.locator(".msg .body").first.inner_html()
    assert re.search(r'<p class="align-center"><strong>gras</strong><u>souligné</u><s>barré</s></p>', kept)
    assert re.search(r"<blockquote>\s*<p[^>]*>en retrait</p>\s*</blockquote>", kept)


def test_a_picture_in_the_text_becomes_a_file_of_the_ticket(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in("Voici : ")
    press(visitor, "Insérer une image")
    dialog = page.get_by_role("dialog")
    picture = {"name": "écran.png", "mimeType": "image/png", "buffer": PICTURE}
    dialog.locator("input[type=file]").set_input_files(picture)
    dialog.get_by_label("Description alternative").fill("L’écran de l’imprimante")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(visitor.text.locator("img")).to_have_attribute("alt", "L’écran de l’imprimante")
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    picture = page.locator(".msg .body img")
    expect(picture).to_have_attribute("src", re.compile(r"^/attachments/\d+/"))
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1


def test_a_video_becomes_a_link(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in("Voyez ")
    press(visitor, "Insérer une vidéo")
    page.get_by_role("dialog").get_by_role("textbox").fill("videos.example/panne")
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer").click()
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    expect(page.locator(".msg .body a")).to_have_attribute("href", "https://videos.example/panne")


def test_a_table_and_the_source(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in("")
    press(visitor, "Code source")
    page.get_by_role("dialog").get_by_role("textbox").fill("<table><tbody><tr><td>a</td></tr></tbody></table>")
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer").click()
    visitor.send()
    page.wait_for_url("**/tickets/opened")
    visitor.follow_link()
    expect(page.locator(".msg .body td")).to_have_text("a")


# ---------------------------------------------------------------- when things go wrong


def test_a_lost_connection_loses_no_word(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in("Tout reste.")
    page.route("**/tickets/new", lambda route: route.abort())
    visitor.send()
    expect(page.locator(".progress span")).not_to_be_empty()
    expect(page.locator("[type=submit][aria-disabled=true]")).to_have_count(0)
    expect(visitor.text).to_contain_text("Tout reste.")
    page.unroute("**/tickets/new")
    visitor.send()
    page.wait_for_url("**/tickets/opened")


def test_a_page_that_is_no_form_takes_no_word_away(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    visitor.fill_in("Tout reste.")
    refusal = {
        "status": 413,
        "content_type": "text/html",
        "body": "<main><h1>Trop gros</h1><p>Rien n’est gardé.</p></main>",
    }
    page.route("**/tickets/new", lambda route: route.fulfill(**refusal))
    visitor.send()
    expect(page.locator(".progress span")).to_have_text("Trop gros. Rien n’est gardé.")
    expect(visitor.text).to_contain_text("Tout reste.")


def test_without_its_files_the_editor_is_a_text_area(visitor: Visitor):
    page = visitor.page
    page.route("**/tinymce.min.js", lambda route: route.abort())
    visitor.go("/tickets/new")
    page.select_option("[name=topic]", "printer")
    for name, value in ANSWERS.items():
        page.fill(f"[name={name}]", value)
    page.fill("textarea[name=message]", "Sans éditeur.")
    visitor.send()
    page.wait_for_url("**/tickets/opened")


def test_a_ticket_by_keyboard_alone(visitor: Visitor):
    page = visitor.page
    visitor.open_form()
    answers = {
        "topic": "i",
        "company": "Boulangerie",
        "email": CLAIRE,
        "name": "Claire Lefèvre",
        "phone": "01 44 55 66 77",
        "subject": "Hors connexion",
    }
    typed = set()
    for _stop in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate("(at => at.name || at.tagName + at.type)(document.activeElement)")
        if at in answers:
            page.keyboard.type(answers[at])
            typed.add(at)
        elif at.startswith("IFRAME"):
            page.keyboard.type("Elle est branchée.")
            typed.add("message")
        elif at == "BUTTONsubmit" and typed >= answers.keys():
            page.keyboard.press("Enter")
            break
    assert typed == {*answers, "message"}
    page.wait_for_url("**/tickets/opened")


# ---------------------------------------------------------------- what was typed


def test_another_language_loses_no_word(visitor: Visitor):
    visitor.open_form()
    visitor.fill_in(message="Bonjour, elle est branchée.")
    visitor.page.check("[name=critical]")
    visitor.page.click(".languages button[value=en]")
    expect(visitor.page.locator("html[lang=en]")).to_be_attached()
    expect(visitor.page.locator("[name=topic]")).to_have_value("printer")
    expect(visitor.page.locator("[name=company]")).to_have_value("Boulangerie Lefèvre")
    expect(visitor.page.locator("[name=critical]")).to_be_checked()
    expect(visitor.text).to_have_text("Bonjour, elle est branchée.")


@pytest.mark.parametrize("way", ["sent", "reset", "cancelled"])
def test_words_that_are_done_with_do_not_come_back(visitor: Visitor, way):
    visitor.open_form()
    visitor.fill_in()
    if way == "sent":
        visitor.send()
        visitor.page.wait_for_url("**/tickets/opened")
    else:
        visitor.page.click("[type=reset]" if way == "reset" else ".ticket-form .acts a")
    visitor.open_form()
    expect(visitor.page.locator("[name=company]")).to_have_value("")
    expect(visitor.text).to_have_text("")


def test_an_answer_is_not_lost_when_another_tab_has_left_the_ticket(visitor: Visitor):
    visitor.open_ticket()
    visitor.follow_link()
    visitor.write("Elle remarche depuis midi.")
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.click(".leave button")
    visitor.send()
    expect(visitor.page.locator(".progress.failed")).to_contain_text("Ce ticket n’est plus ouvert")
    expect(visitor.text).to_have_text("Elle remarche depuis midi.")
    other.goto(visitor.url + visitor.mailbox.link(visitor.mailbox.messages[-1]))
    visitor.send()
    expect(visitor.page.locator(".msg .body").last).to_have_text("Elle remarche depuis midi.")
