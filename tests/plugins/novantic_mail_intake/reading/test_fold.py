"""What is folded: history and signatures, and nothing that somebody wrote just now."""

from __future__ import annotations

import pytest
from programs import ANSWER, EARLIER, OUTLOOK_FR, PAGES, TEXTS
from write_mail import mail as new_mail
from write_mail import page as new_page

from novantic_core.plugin import html_to_text, without_folded
from novantic_mail_intake.reading import read_mail


def mail(body: str, Subject: str = "RE: Imprimante") -> bytes:  # noqa: N803 - a field
    """An answer."""
    return new_mail(body, Subject=Subject)


def page(body: str, Subject: str = "RE: Imprimante") -> bytes:  # noqa: N803 - a field
    """An answer in HTML."""
    return new_page(body, Subject=Subject)


def seen(raw: bytes) -> str:
    """The words that are in sight."""
    return html_to_text(read_mail(raw).html)


@pytest.mark.parametrize("program", PAGES)
def test_html_of_a_program_shows_the_answer_and_folds_the_rest(program: str) -> None:
    html = read_mail(page(PAGES[program])).html
    assert html_to_text(html) == ANSWER
    assert "l'imprimante ?" in html
    assert html.count("<details") >= 1


@pytest.mark.parametrize("program", TEXTS)
def test_plain_text_of_a_program_shows_the_answer_and_folds_the_rest(program: str) -> None:
    html = read_mail(mail(TEXTS[program])).html
    assert html_to_text(html) == ANSWER
    assert EARLIER in html


@pytest.mark.parametrize("program", PAGES)
def test_the_line_that_says_who_wrote_is_folded_with_what_they_wrote(program: str) -> None:
    shown = without_folded(read_mail(page(PAGES[program])).html)
    assert "support@desk.example" not in shown
    assert "a écrit" not in shown


def test_a_folded_part_waits_for_the_words_of_its_reader() -> None:
    html = read_mail(mail(TEXTS["Thunderbird"])).html
    assert html.startswith(f"<p>{ANSWER}</p><details><summary></summary><p>Le 29/11/2026")
    assert html.endswith("</blockquote></details>")


def test_an_answer_below_what_is_quoted_stays_in_sight() -> None:
    raw = mail(f"Le 29/11/2026 à 09:12, Support a écrit :\n> {EARLIER}\n> Merci\n\n{ANSWER}\n")
    assert seen(raw) == ANSWER
    assert EARLIER in read_mail(raw).html


def test_an_answer_below_in_html_stays_in_sight() -> None:
    raw = page(f'<div class="moz-cite-prefix">Le 29/11/2026 à 09:12, X a écrit :</div>'
               f'<blockquote type="cite"><p>{EARLIER}</p></blockquote><p>{ANSWER}</p>')  # fmt: skip
    assert seen(raw) == ANSWER


def test_answers_between_quoted_lines_leave_them_all_in_sight() -> None:
    raw = mail("Le 29/11/2026 à 09:12, X a écrit :\n> Quel modèle ?\n\nUn 4200.\n\n> Quelle salle ?\n\nLa 12.\n")
    html = read_mail(raw).html
    assert "<details" not in html
    assert "<blockquote><p>Quelle salle ?</p></blockquote><p>La 12.</p>" in html


def test_answers_between_lines_in_gmail_stay_in_sight() -> None:
    raw = page('<div class="gmail_quote"><div class="gmail_attr">On Sun, Nov 29, 2026 at 9:12 AM X wrote:</div>'
               '<blockquote class="gmail_quote">Quel modèle ?</blockquote><div>Un 4200.</div>'
               '<blockquote class="gmail_quote">Quelle salle ?</blockquote><div>La 12.</div></div>')  # fmt: skip
    assert "<details" not in read_mail(raw).html


def test_a_quotation_in_the_middle_stays_in_sight() -> None:
    raw = mail(f"Bonjour,\n\n> {EARLIER}\n\nOui, deux fois.\n")
    assert "<details" not in read_mail(raw).html


def test_where_nothing_would_be_left_nothing_is_folded() -> None:
    assert "<details" not in read_mail(mail(f"> {EARLIER}\n")).html
    assert "<details" not in read_mail(mail("-- \nCamille Perrin\n")).html


def test_a_signature_alone_above_the_history_stays_in_sight() -> None:
    raw = mail(f"-- \nCamille Perrin\n\nLe 29/11/2026 à 09:12, Support a écrit :\n> {EARLIER}\n")
    assert seen(raw) == "--\nCamille Perrin"


@pytest.mark.parametrize("subject", ["TR: Imprimante", "FW: Imprimante", "Fwd: Imprimante", "Tr : Imprimante"])
def test_what_somebody_passes_on_is_the_content(subject: str) -> None:
    html = read_mail(page(OUTLOOK_FR.replace(ANSWER, "Pour vous"), Subject=subject)).html
    assert "<details" not in html
    assert "l'imprimante ?" in html


def test_an_answer_to_what_was_passed_on_folds_its_history() -> None:
    assert seen(page(OUTLOOK_FR, Subject="RE: TR: Imprimante")) == ANSWER


@pytest.mark.parametrize("line", [
    "---------- Forwarded message ---------", "-------- Message transféré --------", "Début du message réexpédié :",
    "Begin forwarded message:",
])  # fmt: skip
def test_a_forwarded_mail_told_by_its_line_is_shown(line: str) -> None:
    raw = mail(f"{line}\nDe : X <x@y.example>\nDate : 29/11/2026\nObjet : Panne\nÀ : moi\n\nEn panne.\n")
    html = read_mail(raw).html
    assert "<details" not in html
    assert "En panne." in html


@pytest.mark.parametrize("line", [
    "Envoyé de mon iPhone", "Envoyé depuis mon mobile Orange", "Sent from my iPhone", "Get Outlook for Android",
    "Obtenir Outlook pour iOS", "Provenance : Courrier pour Windows", "Envoyé à partir de Outlook pour Android",
    "Envoyé de Yahoo Mail pour iPhone", "Garanti sans virus. www.avast.com",
])  # fmt: skip
def test_the_line_of_a_telephone_is_a_signature(line: str) -> None:
    html = read_mail(mail(f"{ANSWER}\n\n{line}\n")).html
    assert html == f'<p>{ANSWER}</p><details class="signature"><summary></summary><p>{line}</p></details>'


def test_a_signature_behind_two_dashes_is_folded() -> None:
    html = read_mail(mail(f"{ANSWER}\n\n-- \nCamille Perrin\n01 02 03 04 05\n")).html
    assert html_to_text(html) == ANSWER
    assert '<details class="signature">' in html
    assert "01 02 03 04 05" in html


def test_a_long_text_behind_two_dashes_is_no_signature() -> None:
    raw = mail("Deux points :\n--\n" + "\n".join(f"Ligne {n}" for n in range(40)))
    assert "<details" not in read_mail(raw).html


def test_a_signature_below_the_quotation_is_not_an_answer() -> None:
    raw = mail(f"{ANSWER}\n\n> {EARLIER}\n\n-- \nCamille Perrin\n")
    assert seen(raw) == ANSWER


def test_the_footer_of_a_mailing_list_below_the_quotation_is_not_an_answer() -> None:
    raw = mail(f"{ANSWER}\n\n> {EARLIER}\n\n{'_' * 47}\nListe de diffusion\n")
    assert seen(raw) == ANSWER


def test_the_marks_of_programs_are_gone() -> None:
    html = read_mail(page(OUTLOOK_FR)).html
    assert "class=" not in html
    assert "id=" not in html


def test_words_that_look_like_a_header_are_left_where_there_is_only_one() -> None:
    raw = mail("Bonjour,\n\nDe : Paris\nvers Lyon, le train a écrit : rien.\n")
    assert "<details" not in read_mail(raw).html


def test_a_client_who_says_what_another_one_wrote_is_not_folded() -> None:
    raw = mail("Bonjour,\n\nLe client nous a écrit :\n\nVotre lien ne marche pas.\n")
    assert "<details" not in read_mail(raw).html


def test_a_header_in_one_line_begins_the_history() -> None:
    raw = mail(f"{ANSWER}\n\nDe : Support Envoyé : dimanche 29 novembre 2026 09:12 Objet : Imprimante\n{EARLIER}\n")
    assert seen(raw) == ANSWER


def test_details_of_the_sender_hide_nothing() -> None:
    html = read_mail(page(f"<p>{ANSWER}</p><details><summary>x</summary><p>secret</p></details>")).html
    assert "<details" not in html
    assert "secret" in html_to_text(html)


def test_a_history_cut_out_of_a_table_leaves_both_halves_whole() -> None:
    raw = page(f"<table><tbody><tr><td><p>{ANSWER}</p><p>-----Message d'origine-----</p><p>{EARLIER}</p></td></tr>"
               "</tbody></table>")  # fmt: skip
    html = read_mail(raw).html
    assert html_to_text(html) == ANSWER
    assert html.count("<table>") == html.count("</table>") == 2


def test_what_was_passed_on_once_is_history_of_an_answer() -> None:
    raw = page(OUTLOOK_FR + "<p>---------- Forwarded message ---------</p><p>Plus ancien</p>")
    assert seen(raw) == ANSWER


def test_a_mail_that_answers_nothing_has_no_history() -> None:
    raw = new_mail(f"Voici ce que j'ai reçu :\n\n{TEXTS['Outlook']}\n-- \nCamille\n", Subject="Imprimante")
    assert "<details><summary>" not in read_mail(raw).html
    assert '<details class="signature">' in read_mail(raw).html


def test_an_answer_is_told_by_what_it_answers_too() -> None:
    raw = new_mail(TEXTS["Outlook"], Subject="Imprimante", In_Reply_To="<1@desk.example>")
    assert seen(raw) == ANSWER


@pytest.mark.parametrize("pointing", [
    "Voir mes réponses ci-dessous.", "Je vous ai répondu en rouge.", "Mes commentaires dans le texte.", "cf. ci-après",
    "J'ai noté mes réponses sous chaque question.", "See my answers below.", "Replied in-line, thanks!",
])  # fmt: skip
def test_answers_among_what_outlook_quotes_stay_in_sight(pointing: str) -> None:
    raw = page(OUTLOOK_FR.replace(ANSWER, pointing) + "<p style='color:red'>Oui, deux fois.</p>")
    assert "Oui, deux fois." in seen(raw)
    assert "<details" not in read_mail(raw).html


@pytest.mark.parametrize(
    "words", ["Le voyant est en rouge.", "L'écran est plus bas que le bureau.", "I see a red light."]
)
def test_words_that_point_nowhere_keep_the_history_folded(words: str) -> None:
    assert seen(page(OUTLOOK_FR.replace(ANSWER, words))) == words


def test_a_header_that_begins_with_the_date_is_history() -> None:
    """Orange's webmail of today."""
    raw = page(f"<p>{ANSWER}</p><blockquote><p>envoyé : 29 novembre 2026 à 09:12<br>"
               "de : Support &lt;support@desk.example&gt;<br>à : camille@client.example<br>objet : Imprimante</p>"
               f"<p>{EARLIER}</p></blockquote>")  # fmt: skip
    assert seen(raw) == ANSWER


def test_a_date_and_an_address_above_a_quotation_are_history() -> None:
    """FairEmail's."""
    raw = page(f"<p>{ANSWER}</p><p>Envoyé avec FairEmail</p><p>29 nov. 2026 09:12:00 Support &lt;s@d.example&gt;:</p>"
               f'<blockquote type="cite">{EARLIER}</blockquote>')  # fmt: skip
    assert seen(raw) == ANSWER


def test_what_an_error_says_of_a_message_is_no_header() -> None:
    raw = mail("Le serveur dit :\n\nDe : serveur\nDate : 12/12/2026\nObjet : échec\n\nQue dois-je faire ?\n")
    assert "Que dois-je faire ?" in seen(raw)


@pytest.mark.parametrize("words", [
    "Deux soucis :\n--\nL'imprimante.\nL'écran.\n", "L'imprimante.\n--\nEt quand venez-vous ?\n",
    "L'imprimante.\n--\nL'écran.\n--\nLa souris.\n",
])  # fmt: skip
def test_dashes_between_parts_of_a_text_fold_none_of_them(words: str) -> None:
    assert "<details" not in read_mail(mail(words)).html


def test_dashes_below_a_salutation_begin_a_signature() -> None:
    assert seen(mail(f"{ANSWER}\n\nCordialement,\n-- \nCamille Perrin\nComptable\n")) == f"{ANSWER}\n\nCordialement,"


@pytest.mark.parametrize("words", [
    "Bonjour,\n\nLe 12/11 à 10:00, le technicien a écrit :\nC'est réparé.\n\nCe n'est pas le cas.\n",
    "J'ai tapé :\n> ping 10.0.0.1\n> échec\n",
    "Voici ma demande.\n\nDe : Paris\nÀ : Lyon\nDate : 12/12/2026\nObjet : formation\n\nMerci.\n",
    f"{ANSWER}\n\n-- \nCamille Perrin\n\nPS : c'est un 4200.\n",
])  # fmt: skip
def test_words_of_an_answer_that_look_like_a_programs_are_not_folded(words: str) -> None:
    assert "<details" not in read_mail(mail(words)).html


PRINT = """Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention
exclusive de leurs destinataires. Si vous l'avez reçu par erreur, merci de le détruire."""


@pytest.mark.parametrize("small", [
    PRINT, f"Confidentialité : {PRINT}", f"Envoyé de mon iPhone\n\n{PRINT}",
    "This e-mail is confidential and intended solely for the addressee. If you received it in error, delete it.",
])  # fmt: skip
def test_the_small_print_of_a_company_is_a_signature(small: str) -> None:
    assert seen(mail(f"{ANSWER}\n\nCamille\n\n{small}\n")) == f"{ANSWER}\n\nCamille"


@pytest.mark.parametrize("words", [
    "Ce message et ses pièces jointes sont arrivés vides.", "Ce mail est confidentiel, merci.",
    f"{PRINT}\nPourquoi ai-je reçu cela ?", f"Voici ce que je reçois :\n{PRINT}",
    f"Un client m'écrit.\n{PRINT}\nPS : il attend.",
])  # fmt: skip
def test_words_about_a_mail_are_no_small_print(words: str) -> None:
    assert "<details" not in read_mail(mail(f"{ANSWER}\n\n{words}\n")).html
