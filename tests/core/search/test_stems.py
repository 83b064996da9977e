"""Forms of one word have one stem, and words that only look alike have not."""

import pytest

from novantic_core.search.stems import STEM, is_stop_word, votes


@pytest.mark.parametrize(
    "forms",
    [
        "imprimante imprimantes", "imprimer imprime imprimee imprimees impriment imprimez imprimait",
        "bloque bloquee bloquees bloques bloquent bloquer bloquait", "connexion connexions",
        "connecter connecte connectee connectent", "envoyer envoie envoi envois envoye envoyee envoient",
        "reseau reseaux", "journal journaux", "recu recue recus recues", "fichier fichiers",
        "oublier oublie oubliee oubliez", "modifier modifie modifiee modifient", "planter plante plantee plantent",
        "urgent urgente urgents urgentes", "client clients cliente", "demarrer demarre demarrent", "acces",
        "partager partage partagee partagent", "incident incidents", "ouvrir ouvre ouvrent",
    ],
)  # fmt: skip
def test_french_forms_meet(forms):
    assert len({STEM["fr"](form) for form in forms.split()}) == 1


@pytest.mark.parametrize("forms", ["printer printers", "print printing printed prints", "connection connections"])
def test_english_forms_meet(forms):
    assert len({STEM["en"](form) for form in forms.split()}) == 1


@pytest.mark.parametrize("pair", ["fichier fiche", "client clientele", "imprimante impression", "document documenter"])
def test_other_words_do_not(pair):
    one, other = pair.split()
    assert STEM["fr"](one) != STEM["fr"](other)


@pytest.mark.parametrize("word", ["kb5034441", "0144556677", "a"])
def test_what_is_no_word_stays(word):
    assert {stem(word) for stem in STEM.values()} == {word}


def test_a_language_is_told_by_its_small_words():
    assert votes(["bonjour", "je", "ne", "peux", "plus", "imprimer"]) > 0
    assert votes(["hello", "i", "can", "not", "print", "any", "more"]) < 0
    assert votes(["imprimante", "printer"]) == 0


def test_words_that_are_in_every_text():
    assert is_stop_word("pas")
    assert is_stop_word("the")
    assert not is_stop_word("imprimante")
