"""What a technician's answer by mail shows of the notice that it answers, in the shapes that mail programs give it."""

import re

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, write
from sqlalchemy import text

from novantic_core.plugin import html_to_text
from novantic_core.testing.tables import Message
from novantic_mail_intake.decide import accept_held

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)
ASKED = "Mon imprimante ne répond plus depuis ce matin."
HEADER = (
    "<div><b>De :</b> Support &lt;noreply@novantic.example&gt;<br><b>Envoyé :</b> lundi 16 mars 2026 09:12<br>"
    "<b>À :</b> Hugo<br><b>Objet :</b> Nouveau ticket</div>"
)
INSIDE = ("Bonjour Hugo", "a ouvert un ticket", "Niveau de priorité", "/admin/", "destiné aux techniciens", "noreply@")


class Notice:
    """The notice that Hugo got, and his answers to it."""

    def __init__(self, app, post, mailbox):
        app.add_technician()
        self.post, self.app = post, app
        self.number = app.open_ticket(message=ASKED).number
        self.mail = mailbox.to(HUGO)[-1]
        self.lines = mailbox.text(self.mail).splitlines()
        self.page = re.search("<body[^>]*>(.*)</body>", mailbox.html(self.mail), re.DOTALL)[1]
        self.reply_to = post.parcel(HUGO).reply_to

    def answer(self, words="", page="", **headers):
        """An answer to it is brought: its row."""
        given = {"In_Reply_To": str(self.mail["Message-ID"]), "subject": f"RE: {self.mail['Subject']}", **headers}
        mail = write(words, sender=f"Hugo <{HUGO}>", to=self.reply_to, **given)
        if page:
            mail.set_content(f"<html><body>{page}</body></html>", subtype="html")
        return self.post.bring(mail)

    def said(self, row):
        """The words that go out, and those that are folded too."""
        assert row.state == "kept"
        with self.app.transaction() as session:
            html = session.get_one(Message, row.message_row_id).html
        for words in INSIDE:
            assert words not in html
        return html_to_text(html.replace("<details>", "<div>").replace("</details>", "</div>"))

    def quoted(self, first=0, end=None):
        """Some of its lines as a plain text quotes them."""
        return "".join(f"> {line}\n" for line in self.lines[first:end])


@pytest.fixture
def notice(novantic_app, post, mailbox):
    """The notice of a new ticket."""
    return Notice(novantic_app, post, mailbox)


def test_quoted_in_one_piece_it_goes_altogether(notice):
    quotation = f"Le 16 mars 2026 à 09:12, Support a écrit :\n{notice.quoted()}"
    assert notice.said(notice.answer(f"Redémarrez-la.\n\n{quotation}")) == "Redémarrez-la."
    assert notice.said(notice.answer(f"{quotation}\nEt la prise ?\n")) == "Et la prise ?"
    page = f"<p>Une heure.</p>{HEADER}{notice.page}<p>Ce courriel est confidentiel.</p>"
    assert notice.said(notice.answer(page=page)) == "Une heure."


def test_of_answers_between_its_lines_the_clients_words_stay(notice):
    half = next(number for number, line in enumerate(notice.lines) if ASKED in line)
    words = (
        f"Le 16 mars 2026 à 09:12, Support a écrit :\n{notice.quoted(0, half + 1)}\nRedémarrez-la.\n\n"
        f"{notice.quoted(half + 1)}\nBonne journée.\n"
    )
    said = notice.said(notice.answer(words))
    assert [line for line in said.splitlines() if line] == [ASKED, "Redémarrez-la.", "Bonne journée."]


@pytest.mark.parametrize("above", ["Bonjour,", "Voir mes réponses ci-dessous."])
def test_answers_below_outlooks_header_go_out(notice, above):
    """It quotes by a header alone, and its people write below what they answer, in red."""
    place = notice.page.index("</blockquote>") + len("</blockquote>")
    page = f"{notice.page[:place]}<p style='color:red'>Redémarrez-la.</p>{notice.page[place:]}"
    said = notice.said(notice.answer(page=f"<p>{above}</p>{HEADER}{page}"))
    assert [line for line in said.splitlines() if line.strip()] == [above, ASKED, "Redémarrez-la."]


def test_a_program_that_marks_nothing_shows_nothing_of_it(notice):
    said = notice.said(notice.answer(page=f"<p>Redémarrez-la.</p>{notice.page}"))
    assert [line for line in said.splitlines() if line.strip()] == ["Redémarrez-la.", ASKED]


@pytest.mark.parametrize("known", ["archive", "id"])
def test_where_it_is_known_no_more_the_answer_waits(novantic_app, notice, post, known):
    """Nothing tells the words of the notice from the answer then: a technician decides."""
    headers = {"In_Reply_To": "<1@elsewhere.example.com>"} if known == "id" else {}
    if known == "archive":
        with novantic_app.transaction() as session:
            session.execute(text("DELETE FROM delivery_archive"))
    row = notice.answer(page=f"<p>Redémarrez-la.</p>{notice.page}", **headers)
    assert row.state == "held"
    assert "written for technicians" in row.fault
    assert len(post.said(notice.number)) == 1
    # what stands in one piece is told by its marks alone
    quotation = f"Le 16 mars 2026 à 09:12, Support a écrit :\n{notice.quoted()}"
    assert notice.said(notice.answer(f"Une heure.\n\n{quotation}", **headers)) == "Une heure."
    # who decides has the last word
    post.decide(accept_held, row.id)
    assert post.said(notice.number)[-1][:2] == ("reply", "Hugo")


def test_a_clients_answer_is_left_as_it_is(notice, post):
    row = post.bring(write(f"Oui.\n\n{notice.quoted()}", subject=f"[#{notice.number}]"))
    assert "Niveau de priorité" in post.said(notice.number)[-1][2]
    assert row.sender == CLAIRE
