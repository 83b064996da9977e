"""What would tell whom a ticket is about is masked, in any way of writing it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Follower, Ticket
from novantic_core.plugin import Desk, MaskWords
from novantic_core.services.describe import ticket_info
from novantic_core.services.mask import Masker, People

WORDS = MaskWords("[nom]", "[adresse]", "[téléphone]", "[numéro]", "[image]")
PEOPLE = People(
    names={"Claire Lefèvre", "Hugo", "Marc PETIT", "Jean-Pierre Œuvrard", "Strong Li", "Rose"},
    companies={"Boulangerie Lefèvre", "Garage Bleu Azur"},
    emails={"claire.lefevre@lefevre.example.com", "contact@azur.example.org"},
    phones={"01 44 55 66 77"},
    domains={"lefevre.example.com"},
    numbers={"123456789"},
)


@pytest.fixture(scope="module")
def masker():
    return Masker(PEOPLE, WORDS)


@pytest.mark.parametrize(
    "text, masked",
    [
        # names, whatever their case, accents and order
        ("Bonjour Claire Lefèvre,", "Bonjour [nom],"),
        ("claire lefevre", "[nom]"),
        ("LEFÈVRE Claire", "[nom]"),
        ("Lefe\u0300vre !", "[nom] !"),
        ("Mme Lefèvre a rappelé hugo.", "Mme [nom] a rappelé [nom]."),
        ("jean pierre, Jean-Pierre, OEUVRARD", "[nom], [nom], [nom]"),
        ("compte claire.lefevre sur le serveur", "compte [nom] sur le serveur"),
        # words of the language that are names too
        ("une lumière claire, un petit souci", "une lumière claire, un petit souci"),
        ("M. Petit et Rose", "M. [nom] et [nom]"),
        ("Une rose", "Une rose"),
        ("clairement, hugolien", "clairement, hugolien"),
        ("PC-LEFEVRE01", "PC-[nom]01"),
        ("Lefe\u200bvre", "[nom]"),
        # companies
        ("La boulangerie Lefèvre est fermée", "La [nom] est fermée"),
        ("une boulangerie bleue", "une boulangerie bleue"),
        ("chez Azur, un ciel d’azur", "chez [nom], un ciel d’azur"),
        # addresses
        ("écrire à X.Y+z@Autre.example.fr.", "écrire à [adresse]."),
        ("http://intranet.lefevre.example.com/x", "http://intranet.[nom]/x"),
        # phone numbers
        ("01 44 55 66 77", "[téléphone]"),
        ("01.44.55.66.77", "[téléphone]"),
        ("01-44-55-66-77", "[téléphone]"),
        ("0144556677", "[téléphone]"),
        ("0 144 556 677", "[téléphone]"),
        ("+33 1 44 55 66 77", "[téléphone]"),
        ("+33 (0)1 44 55 66 77", "[téléphone]"),
        ("0033 1 44 55 66 77", "[téléphone]"),
        ("(0)6 12 34 56 78", "[téléphone]"),
        ("(06 12 34 56 78)", "([téléphone])"),
        ("(06) 12 34 56 78", "[téléphone]"),
        ("06\u00a012\u00a034\u00a056\u00a078", "[téléphone]"),
        ("tél.06/12/34/56/78 ou 07 98 76 54 32", "tél.[téléphone] ou [téléphone]"),
        ("+44 20 7946 0958", "[téléphone]"),
        ("01\u200b44\u200b55\u200b66\u200b77, 06·12·34·56·78, 06_12_34_56_78", "[téléphone], [téléphone], [téléphone]"),
        # numbers of computers
        ("192.168.1.12, 10.0.0.1/24 et fe80::1%eth0", "[numéro], [numéro] et [numéro]"),
        ("00:1a:2b:3c:4d:5e", "[numéro]"),
        ("TeamViewer 123 456 789, 1 234 567 890, 987-654-321", "TeamViewer [numéro], [numéro], [numéro]"),
        # what names nobody
        ("à 10:30:15 le 24/11/2026, ticket #483920", "à 10:30:15 le 24/11/2026, ticket #483920"),
        ("Windows 10.0.19045.3930, KB5034441, 0x80070005", "Windows 10.0.19045.3930, KB5034441, 0x80070005"),
        ("999.1.1.1 et 20261124", "999.1.1.1 et 20261124"),
        ("", ""),
    ],
)
def test_a_text_is_masked(masker, text, masked):
    assert masker.text(text) == masked


@pytest.mark.parametrize(
    "html, masked",
    [
        ("<p><strong>Strong</strong> Li a appelé</p>", "<p><strong>[nom]</strong> a appelé</p>"),
        ("<p><b>Cla</b>ire <i>Lefèvre</i>.</p>", "<p><b>[nom]</b>.</p>"),
        ("<p>01 44 <b>55 66</b> 77</p>", "<p>[téléphone]</p>"),
        ("<p>Claire</p><p>Lefèvre</p>", "<p>[nom]</p><p>[nom]</p>"),
        ('<a href="mailto:claire.lefevre@lefevre.example.com">écrire</a>', "écrire"),
        ('<a href="https://ok.example/?a=1&amp;b=2" rel="nofollow">ok</a>',
         '<a href="https://ok.example/?a=1&amp;b=2" rel="nofollow">ok</a>'),
        ('<a href="https://x.example/Claire%20Lef%C3%A8vre">dossier</a>', "dossier"),
        ('<p>a<img src="/attachments/1/claire.png" alt="Claire">b</p>', "<p>a[image]b</p>"),
        ("<blockquote><p>De : Hugo &lt;hugo@x.fr&gt; &amp; cie</p></blockquote>",
         "<blockquote><p>De : [nom] &lt;[adresse]&gt; &amp; cie</p></blockquote>"),
        ("<pre>1 &lt; 2\nHugo</pre><br><hr>", "<pre>1 &lt; 2\n[nom]</pre><br><hr>"),
        ("<h2>Li</h2><ul><li>un</li></ul>", "<h2>Li</h2><ul><li>un</li></ul>"),
    ],
)  # fmt: skip
def test_html_is_masked_by_its_words(masker, html, masked):
    assert masker.html(html) == masked


def test_nobody_to_mask():
    assert Masker(People(), WORDS).text("Claire, 06 12 34 56 78") == "Claire, [téléphone]"


def test_it_takes_no_long_time(masker):
    for text in ("0" * 50_000, "a.b-" * 20_000, "1 " * 40_000, "::" * 20_000, "claire " * 10_000, "a@" * 20_000):
        masker.text(text)


def test_all_who_have_to_do_with_a_ticket_are_masked(novantic_app, open_ticket, say):
    novantic_app.add_technician("lea@novantic.example", "Léa Dubois")
    number = open_ticket(message="Bonjour")
    say(number, "<p>Oui.</p>")
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.fields = {"teamviewer_id": "555666777"}
        facts = {"email": "f@autre.example", "email_key": "f@autre.example", "name": "Noé Marchal", "locale": "fr"}
        session.add(Follower(ticket_id=ticket.id, created_at=ticket.created_at, **facts))
        session.flush()
        masked = Desk(novantic_app.site, session).masker(ticket_info(ticket), WORDS)
        assert masked.text("Claire, Hugo, Léa, Noé Marchal, Boulangerie Lefèvre, 5 5566 6777, autre.example") == (
            "[nom], [nom], [nom], [nom], [nom], [numéro], [nom]"
        )
