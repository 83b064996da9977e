"""The pages that a person can come to, and how."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from playwright.sync_api import expect
from visitor import PICTURE, Visitor


def home(visitor: Visitor) -> None:
    visitor.go("/")


def form(visitor: Visitor) -> None:
    visitor.open_form()


def form_filled(visitor: Visitor) -> None:
    visitor.open_form()
    visitor.fill_in()
    visitor.choose_files(("capture d’écran.png", PICTURE * 4000), ("journal.txt", b"erreur 0x61\n" * 90))


def form_refused(visitor: Visitor) -> None:
    visitor.open_form()
    visitor.fill_in(email="claire@", phone="12", teamviewer_id="123")
    visitor.choose_files(("capture d’écran.png", PICTURE))
    visitor.send()
    expect(visitor.page.locator(".summary")).to_be_focused()
    expect(visitor.text).to_be_editable()


def form_empty_refused(visitor: Visitor) -> None:
    visitor.open_form()
    visitor.send()
    expect(visitor.page.locator(".summary")).to_be_focused()
    expect(visitor.text).to_be_editable()


def opened(visitor: Visitor) -> None:
    visitor.open_ticket()


def status(visitor: Visitor) -> None:
    visitor.go("/tickets/status")


def status_refused(visitor: Visitor) -> None:
    visitor.go("/tickets/status")
    visitor.send()
    expect(visitor.page.locator(".summary")).to_be_focused()


def status_requested(visitor: Visitor) -> None:
    visitor.go("/tickets/status")
    visitor.page.fill("[name=email]", "claire@lefevre.example.com")
    visitor.page.fill("[name=number]", "983177")
    # that the form is gone says nothing: between two pages there is none either
    with visitor.page.expect_navigation():
        visitor.send()
    expect(visitor.page.locator("form#status")).to_have_count(0)


def dead_link(visitor: Visitor) -> None:
    visitor.go("/access/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")


def withdrawn_link(visitor: Visitor) -> None:
    from sqlalchemy import update

    from novantic_core.models import AccessGrant

    visitor.open_ticket()
    link = visitor.mailbox.link(visitor.mailbox.messages[-1])
    with visitor.app.transaction() as session:
        session.execute(update(AccessGrant).values(expires_at=AccessGrant.created_at))
    visitor.go(link)


def ticket(visitor: Visitor) -> None:
    visitor.open_form()
    visitor.page.check("[name=critical]")
    visitor.fill_in()
    visitor.choose_files(("capture d’écran.png", PICTURE))
    visitor.send()
    visitor.page.wait_for_url("**/tickets/opened")
    number = visitor.page.locator(".number .num").inner_text()
    visitor.answer_as_technician(
        number,
        "<p>Bonjour Claire,</p><p>Pouvez-vous vérifier&nbsp;:</p><ol><li>que le câble est branché,</li>"
        "<li>que le voyant est vert&nbsp;?</li></ol><table><tr><th>Voyant</th><th>Sens</th></tr>"
        "<tr><td>vert</td><td>prête</td></tr><tr><td>orange</td><td>papier</td></tr></table>"
        '<p>Le <a href="https://example.com/pilote">pilote</a> est à jour.</p>',
    )
    visitor.follow_link()


def closed_ticket(visitor: Visitor) -> None:
    number = visitor.open_ticket()
    visitor.answer_as_technician(number, "C’est réparé&nbsp;: le pilote avait disparu.", close=True)
    visitor.follow_link()


def reply_refused(visitor: Visitor) -> None:
    visitor.open_ticket()
    visitor.follow_link()
    visitor.send()
    expect(visitor.page.locator(".summary")).to_be_focused()
    expect(visitor.text).to_be_editable()


def not_found(visitor: Visitor) -> None:
    visitor.go("/no/such/page")


def kb(visitor: Visitor) -> None:
    visitor.go("/kb")


def kb_article(visitor: Visitor) -> None:
    visitor.go("/kb")
    visitor.page.locator("main .list a").first.click()


def kb_full(visitor: Visitor) -> None:
    """An article with all that one can have."""
    from sqlalchemy import select

    from novantic_core.plugin import Desk
    from novantic_faq.models import ArticleFile, ArticleText

    with visitor.app.transaction() as session:
        of_printer = select(ArticleText.article_id).where(ArticleText.slug == "imprimante-hors-connexion")
        article = session.scalars(of_printer).one()
        for name in ("Guide de l’imprimante de l’accueil.pdf", "pilote.zip"):
            kept = Desk(visitor.app.site, session).keep_file(BytesIO(PICTURE * 900), name, "application/pdf")
            session.add(
                ArticleFile(
                    article_id=article, key=kept.key, filename=kept.filename, media_type=kept.media_type,
                    size=kept.size,
                )
            )  # fmt: skip
    visitor.go("/kb/imprimante-hors-connexion")
    visitor.page.locator("#useful button[value=no]").click()
    expect(visitor.page.locator("#useful [role=status] a")).to_be_visible()


def kb_found(visitor: Visitor) -> None:
    visitor.go("/kb?q=imprimante")


def kb_nothing_found(visitor: Visitor) -> None:
    visitor.go("/kb?q=xyzzy")


def search(visitor: Visitor) -> None:
    visitor.go("/search?q=imprimante")


def mailbox(visitor: Visitor) -> None:
    visitor.open_ticket()
    assert visitor.mailbox.messages
    visitor.go("/dev/mailbox")


def mail(visitor: Visitor) -> None:
    mailbox(visitor)
    visitor.page.locator(".list a").first.click()


def admin_login(visitor: Visitor) -> None:
    visitor.go("/admin/login")


def admin_login_refused(visitor: Visitor) -> None:
    visitor.go("/admin/login")
    visitor.page.fill("[name=login]", "ada@novantic.example")
    visitor.page.fill("[name=password]", "not this one")
    visitor.send()
    expect(visitor.page.locator(".summary")).to_be_focused()


def admin_setup(visitor: Visitor) -> None:
    visitor.go(visitor.setup_link())


def dashboard(visitor: Visitor) -> None:
    visitor.sign_in()


ALL: dict[str, Callable[[Visitor], None]] = {
    page.__name__: page
    for page in (
        home, form, form_filled, form_refused, form_empty_refused, opened, status, status_refused, status_requested,
        dead_link, withdrawn_link, ticket, closed_ticket, reply_refused, not_found, kb, kb_article, kb_full, kb_found,
        kb_nothing_found, search, mailbox, mail, admin_login,
        admin_login_refused, admin_setup, dashboard,
    )
}  # fmt: skip
WRITTEN = {"form_filled", "form_refused", "form_empty_refused", "reply_refused"}
"""Those that say what somebody typed, or what was wrong with it: loaded again they would say nothing of it."""


def again(visitor: Visitor, name: str) -> None:
    """Come once more to a page with an editor, in which one is."""
    if name in WRITTEN:
        ALL[name](visitor)
    else:
        visitor.page.reload()
        expect(visitor.text).to_be_editable()


PORTAL = [name for name in ALL if not name.startswith(("admin_", "mail", "dashboard"))]
"""Those that clients see, in the face of their brand."""
