"""All mails of one ticket to one reader are one conversation, also where subjects decide that, as in Gmail."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from novantic_core.delivery.conversation import LONGEST, conversation_subject
from novantic_core.delivery.examples import KINDS, NUMBER, Choice, kind_of
from novantic_core.delivery.trial import draw
from novantic_core.plugin import Actor
from novantic_core.testing.desk import CLAIRE, HUGO, MARC
from novantic_core.testing.tables import Technician

ABOUT_A_TICKET = [kind for kind in KINDS if kind_of(kind).about == "ticket"]
OWN_SUBJECT = {"access_link"}
"""A mail with a secret that was asked for: it is looked for by its subject, and deleted."""
CLIENT, FOLLOWER = Actor("requester", "Claire Lefèvre", CLAIRE), Actor("requester", "Marc Petit", MARC)


def as_gmail_does(subject):
    """What Gmail compares of a subject."""
    return re.sub(r"^((re|fwd?)\s*(\[\d+\])?:\s*)+", "", " ".join(subject.split()), flags=re.IGNORECASE).casefold()


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("theme", ["novantic", "boreal", "plain"])
def test_each_kind_has_the_tickets_subject_and_says_first_what_happened(novantic_app, theme, locale):
    subjects, first = set(), {}
    for kind in ABOUT_A_TICKET:
        for variant in ("", *(one.key for one in kind_of(kind).variants)):
            mail = draw(novantic_app.site, Choice(kind, "main", theme, locale, variant))
            assert f"[#{NUMBER}]" in mail.subject
            if kind in OWN_SUBJECT:
                assert mail.subject.partition(" [#")[0] not in {one.partition(" [#")[0] for one in subjects}
                continue
            subjects.add(as_gmail_does(mail.subject))
            said = mail.text.splitlines()[0]
            assert said, f"{kind} {variant}"
            shown = re.sub(r"<[^>]*>", "", mail.html.partition('<div style="display:none')[2].partition("</div>")[0])
            assert shown.partition(">")[2].startswith(said), f"{kind} {variant}"
            assert (said in first) == (variant in {"by_client", "by_requester", "shared", "opened"}), (
                f"{kind} {variant}: {said}"
            )
            first[said] = kind
    assert len(subjects) == 1


def test_a_ticket_from_its_opening_to_its_end(smtp, novantic_app, small_desk):
    """Each kind, as it is really sent, to three readers in two languages; what changes meanwhile splits nothing."""
    novantic_app.add_technician(HUGO.email, "Hugo")
    ada = novantic_app.add_technician("ada@novantic.example", "Ada")
    with novantic_app.transaction() as session:
        session.execute(update(Technician).where(Technician.id == ada).values(locale="en"))
    number = small_desk.open(subject="Imprimante HP - Hors connexion", locale="fr", critical=True)
    small_desk.follow(number, MARC, "Marc Petit", "en")
    small_desk.follow_inside(number, ada)
    novantic_app.deliver()
    small_desk.say(number, "Bonjour")
    small_desk.change(number, critical=False)
    small_desk.say(number, "Toujours rien", CLIENT)
    novantic_app.deliver()
    small_desk.say(number, "Et maintenant ?", wait=True)
    small_desk.say(number, "Chez moi aussi", FOLLOWER)
    novantic_app.deliver()
    for status, actor in (("waiting", HUGO), ("open", HUGO), ("closed", CLIENT), ("open", HUGO)):
        small_desk.set_status(number, status, actor)
        novantic_app.deliver()
    other = small_desk.open("zoe@ailleurs.example")
    novantic_app.deliver()
    small_desk.merge(number, other)
    novantic_app.deliver()
    small_desk.unmerge(number)
    small_desk.say(number, "Voilà.", close=True)
    novantic_app.deliver()
    kinds = set()
    for reader in (CLAIRE, MARC, HUGO.email, "ada@novantic.example"):
        mails = [mail for mail in smtp.to(reader) if number in mail["Subject"]]
        opening, *rest = (str(mail["Subject"]) for mail in mails)
        assert opening == f"Imprimante HP - Hors connexion [#{number}]"
        assert set(rest) == {f"Re: {opening}"}
        assert {as_gmail_does(subject) for subject in (opening, *rest)} == {opening.casefold()}
        kinds |= {str(mail["X-Novantic-Notice"]) for mail in mails}
        # it refers to what its reader has
        had = {str(mail["Message-ID"]) for mail in mails}
        assert all(str(mail["In-Reply-To"]) in had for mail in mails[1:])
    assert kinds == set(ABOUT_A_TICKET) - OWN_SUBJECT - {
        "mail_files_refused",
        "technician_assigned",
    }


@pytest.mark.parametrize("typed, said", [
    ("Re: Panne", "Panne"),
    ("RE : TR : Fwd: Panne", "Panne"),
    ("Re[2]: Panne", "Panne"),
    ("Re:", ""),
    ("Reprise : Panne", "Reprise : Panne"),
    ("Panne\r\nBcc: eve@example.com", "Panne Bcc: eve@example.com"),
    ("Re: Panne [#111111]", "Panne #111111"),
    ("[#\u200b111111 ] Panne", "#111111 Panne"),
    ("é" * 300, "é" * (LONGEST - 1) + "…"),
])  # fmt: skip
def test_whatever_was_typed(small_desk, typed, said):
    ticket = replace(small_desk.info(small_desk.open()), subject=typed, number="983177")
    plain = f"{said} [#983177]".strip()
    assert conversation_subject(ticket, again=False) == plain
    assert conversation_subject(ticket, again=True) == f"Re: {plain}"
