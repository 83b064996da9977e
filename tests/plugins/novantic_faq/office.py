"""What a French office asks its support for: articles that answer, tickets that were opened, and what people type.

Written before anything was tuned by it: as somebody at a desk would write, in a hurry and with whatever keys they hit.
"""

from __future__ import annotations

from dataclasses import dataclass

ARTICLES: dict[str, tuple[str, str, str]] = {
    "mot-de-passe-oublie": (
        "Mot de passe oublié ou expiré",
        "Changer votre mot de passe de session, et quoi faire quand votre compte est verrouillé.",
        "Après cinq essais, le compte se verrouille pendant quinze minutes. Le nouveau doit avoir douze caractères.",
    ),
    "boite-pleine": (
        "Votre boîte mail est pleine",
        "Faire de la place quand vous ne pouvez plus envoyer ni recevoir de courriels.",
        "Videz la corbeille et les courriers indésirables. Archivez les vieux messages et leurs pièces jointes.",
    ),
    "courriels-telephone": (
        "Recevoir vos courriels sur votre téléphone",
        "Ajouter votre messagerie professionnelle à un iPhone ou à un appareil Android.",
        "Installez Outlook, saisissez votre adresse, puis confirmez avec le code reçu par SMS.",
    ),
    "wifi-lent": (
        "Le Wi-Fi est lent ou se coupe",
        "Les vérifications à faire quand la connexion sans fil décroche.",
        "Rapprochez-vous de la borne. Choisissez le réseau de l’entreprise et non celui des invités.",
    ),
    "vpn": (
        "Travailler de chez vous avec le VPN",
        "Se connecter au réseau de l’entreprise en télétravail.",
        "Ouvrez FortiClient, saisissez votre identifiant, puis le code reçu. Vos lecteurs réseau apparaissent.",
    ),
    "ecran-noir": (
        "L’écran reste noir au démarrage",
        "Moniteur sans image : câbles, alimentation, station d’accueil.",
        "Vérifiez que le moniteur est allumé et que le câble HDMI est bien enfoncé.",
    ),
    "fichier-supprime": (
        "Récupérer un fichier supprimé",
        "Retrouver un document effacé par erreur, ou une version d’avant.",
        "Clic droit sur le dossier, « Restaurer les versions précédentes ». La sauvegarde est gardée un mois.",
    ),
    "signature": (
        "Mettre une signature au bas de vos e-mails",
        "Votre nom, votre fonction et le logo sous chaque message.",
        "Dans Outlook, ouvrez Fichier, Options, Courrier, Signatures. Collez le modèle du service communication.",
    ),
    "renvoi-appels": (
        "Renvoyer les appels de votre poste fixe",
        "Transférer vos communications vers un collègue ou un portable.",
        "Composez le 21, le numéro de destination, puis dièse. Pour annuler le renvoi, composez le 22.",
    ),
    "hameconnage": (
        "Reconnaître un e-mail frauduleux",
        "Hameçonnage, fausses factures, arnaques : les signes qui trahissent un message suspect.",
        "Ne cliquez sur aucun lien, n’ouvrez pas la pièce jointe, et signalez-le-nous.",
    ),
    "ordinateur-lent": (
        "Mon ordinateur est lent",
        "Gagner du temps au démarrage et quand tout rame.",
        "Redémarrez une fois par semaine. Fermez les onglets du navigateur. Laissez les mises à jour s’installer.",
    ),
    "numeriser": (
        "Numériser un document vers votre adresse mail",
        "Se servir du scanner du photocopieur.",
        "Posez la feuille, choisissez « Envoi », puis votre nom dans le carnet.",
    ),
    "excel-fige": (
        "Excel ne répond plus",
        "Récupérer votre classeur quand le tableur est figé.",
        "Attendez une minute avant de forcer l’arrêt. À la réouverture, Excel propose les classeurs récupérés.",
    ),
    "reponse-automatique": (
        "Prévenir de votre absence",
        "La réponse automatique de la messagerie pendant vos congés.",
        "Dans Outlook, Fichier, Réponses automatiques. Indiquez les dates et qui joindre à votre place.",
    ),
    "visio": (
        "On ne vous entend pas en visioconférence",
        "Micro, casque et caméra dans Teams.",
        "Dans Teams, ouvrez Paramètres, Appareils, et choisissez votre casque.",
    ),
}  # fmt: skip
"""By slug: title, summary, text. They come beside the five articles of the knowledge base itself."""

PRINTER, TEAMVIEWER = "imprimante-hors-connexion", "trouver-votre-id-teamviewer"
FOLLOW, DESCRIBE, CRITICAL = "ouvrir-et-suivre-un-ticket", "decrire-un-probleme", "situation-critique"

TICKETS: dict[str, tuple[str, ...]] = {
    "bourrage": (
        "Bourrage papier à la compta",
        "Bonjour, l’imprimante Brother du service se bloque toutes les deux pages. J’ai retiré les feuilles froissées.",
    ),
    "imprimantes": (
        "Imprimantes introuvables depuis la mise à jour",
        "Depuis hier, plus aucune imprimante n’apparaît quand je veux imprimer une facture.",
        "Bonjour, les pilotes ont été réinstallés sur votre poste. Pouvez-vous réessayer ?",
    ),
    "verrouille": (
        "Compte verrouillé",
        "Je rentre de congés et mon mot de passe ne passe plus. Ma session est verrouillée.",
    ),
    "serveur": (
        "Serveur de fichiers inaccessible",
        "Le lecteur S: a disparu ce matin pour tout l’étage, on ne peut plus ouvrir les dossiers partagés.",
    ),
    "telephone": (
        "Téléphone de l’accueil muet",
        "Le poste de la réception ne sonne plus, les clients tombent directement sur la messagerie vocale.",
    ),
    "vpn-coupe": (
        "VPN qui coupe en télétravail",
        "Je suis déconnectée du VPN toutes les dix minutes quand je travaille à la maison.",
    ),
    "outlook": (
        "Outlook ne s’ouvre plus",
        "Au lancement, Outlook demande de réparer le fichier de données puis se ferme.",
        "Pourriez-vous démarrer Outlook en mode sans échec et nous dire ce qui s’affiche ?",
    ),
    "ecrans": (
        "Deuxième écran non détecté",
        "Depuis le déménagement du bureau, mes deux écrans affichent la même chose.",
    ),
    "sauvegarde": (
        "Échec de la sauvegarde de nuit",
        "Le rapport indique que les sauvegardes ont échoué trois nuits de suite sur le NAS.",
    ),
    "arnaque": (
        "Mail bizarre de la banque",
        "J’ai reçu un message qui me réclame de cliquer pour débloquer un virement. J’ai peur d’avoir été piratée.",
    ),
    "scanner": (
        "Scanner vers mail en panne",
        "Les numérisations du photocopieur n’arrivent plus dans ma boîte aux lettres électronique.",
    ),
    "ram": (
        "Poste très lent",
        "L’ordinateur de Sébastien met dix minutes à démarrer, les logiciels plantent.",
    ),
}  # fmt: skip
"""By a name of their own: subject, then messages, the client's and the technician's."""


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types, and what of it must be found.

    ``offered``: articles that must be offered beside the form, the first of them first. ``found``: articles that the
    knowledge base's search must find. ``tickets``: those that a technician's search must find. ``nothing``: that
    nothing may be offered; ``unknown``: nor found. Misspelt words are for the suggestions alone.
    """

    typed: str
    offered: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    nothing: bool = False
    unknown: bool = False
    why: str = ""


def _same(typed: str, *slugs: str, tickets: tuple[str, ...] = (), why: str = "") -> Query:
    return Query(typed, slugs, slugs, tickets, why=why)


QUERIES = (
    # the thing's name
    _same("imprimante", PRINTER, tickets=("bourrage", "imprimantes")),
    _same("imprimantes", PRINTER, tickets=("bourrage", "imprimantes"), why="plural"),
    _same("IMPRIMANTE HORS LIGNE", PRINTER, why="capitals, the other word for it"),
    Query("imprimante ne marche pas", (PRINTER,)),
    Query("l'imprimante n'imprime plus", (PRINTER,), why="straight apostrophes, elisions"),
    Query("Impossible d’imprimer depuis ce matin", (PRINTER,), why="conjugated, typographic apostrophe"),
    Query("nos imprimantes n'impriment plus rien", (PRINTER,), why="plural and conjugated"),
    # without accents, or with
    _same("ecran noir", "ecran-noir", why="no accent"),
    _same("écrans noirs", "ecran-noir", why="plural, accent"),
    Query("mon ecran ne s'allume plus", ("ecran-noir",)),
    Query("ecrans", ("ecran-noir",), ("ecran-noir",), ("ecrans",), why="no accent, plural"),
    _same("mot de passe oublie", "mot-de-passe-oublie", why="no accent"),
    Query("mots de passe", ("mot-de-passe-oublie",), ("mot-de-passe-oublie",), ("verrouille",), why="plural"),
    Query("j'ai oublié mon mot de passe", ("mot-de-passe-oublie",), why="conjugated"),
    Query("compte verrouillé", ("mot-de-passe-oublie",), ("mot-de-passe-oublie",), ("verrouille",)),
    Query("ma session est verrouillee", ("mot-de-passe-oublie",), tickets=("verrouille",), why="feminine, no accent"),
    # mail, e-mail, courriel
    _same("boite mail pleine", "boite-pleine"),
    Query("boîtes pleines", ("boite-pleine",), ("boite-pleine",), why="plurals"),
    Query("recevoir mes mails sur mon iphone", ("courriels-telephone",)),
    _same("signature email", "signature", why="e-mail without its hyphen"),
    Query("modifier ma signature", ("signature",), ("signature",)),
    Query("mail suspect", ("hameconnage",), ("hameconnage",)),
    _same("phishing hameçonnage", "hameconnage"),
    _same("hameconnages", "hameconnage", why="plural, no cedilla"),
    Query("réponse d'absence pendant les congés", ("reponse-automatique",)),
    # networks
    _same("wifi", "wifi-lent", why="Wi-Fi without its hyphen"),
    _same("wi-fi lent", "wifi-lent"),
    Query("le wifi coupe tout le temps", ("wifi-lent",)),
    _same("vpn", "vpn", tickets=("vpn-coupe",)),
    Query("connexion vpn télétravail", ("vpn",), ("vpn",)),
    Query("je n’arrive pas à me connecter au VPN", ("vpn",), why="elision"),
    # work at the desk
    Query("récupérer des fichiers supprimés", ("fichier-supprime",), ("fichier-supprime",), why="plural"),
    Query("j'ai supprimé un fichier", ("fichier-supprime",), ("fichier-supprime",)),
    Query("fichiers effacés", ("fichier-supprime",), ("fichier-supprime",), why="the other word for it"),
    Query("ordinateur très lent", ("ordinateur-lent",), ("ordinateur-lent",)),
    Query("mon pc rame", ("ordinateur-lent",), why="how one says it"),
    Query("excel figé", ("excel-fige",), ("excel-fige",)),
    Query("scanner un document", ("numeriser",), ("numeriser",)),
    Query("numérisation", ("numeriser",), ("numeriser",), ("scanner",), why="noun for a verb"),
    Query("renvoi d’appels", ("renvoi-appels",), ("renvoi-appels",)),
    Query("transférer mes appels", ("renvoi-appels",), ("renvoi-appels",)),
    Query("micro teams", ("visio",), ("visio",)),
    # with what only the office knows: where, whose
    Query("Imprimante Brother du secrétariat de la mairie", (PRINTER,)),
    Query("Wifi salle de réunion du deuxième étage", ("wifi-lent",)),
    Query("VPN de Sandrine Lemoine depuis son déménagement", ("vpn",)),
    Query("bourrage papier", (PRINTER,), tickets=("bourrage",), why="all of it stands in the text only"),
    # the desk itself
    _same("id teamviewer", TEAMVIEWER),
    Query("comment suivre mon ticket", (FOLLOW,), (FOLLOW,)),
    _same("situation critique", CRITICAL),
    # an English word
    Query("printer offline", (PRINTER,), (PRINTER,), why="English: the article has an English version"),
    Query("password", nothing=True, why="English: no article is about it in English"),
    # one letter wrong
    Query("impriamnte", (PRINTER,), why="two letters turned round"),
    Query("imprimente bloquée", (PRINTER,), why="a wrong letter"),
    Query("teamvieuwer", (TEAMVIEWER,), why="a letter too many"),
    Query("mot de pase", ("mot-de-passe-oublie",), why="a letter missing"),
    Query("signiature outlook", ("signature",), why="a letter too many"),
    Query("hamecnonage", ("hameconnage",), why="two letters turned round, no cedilla"),
    Query("ordinatuer lent", ("ordinateur-lent",), why="two letters turned round"),
    # only tickets
    Query("sauvegardes", tickets=("sauvegarde",), why="plural"),
    Query("bourrages", tickets=("bourrage",), why="plural"),
    Query("sebastien", tickets=("ram",), why="a name, no accent"),
    Query("serveur inaccessible", tickets=("serveur",)),
    Query("téléphones muets", tickets=("telephone",), why="plurals"),
    Query("pirater", tickets=("arnaque",), why="infinitive for a participle"),
    Query("reparer outlook", tickets=("outlook",), why="no accent"),
    # sentences about something else, which share a word with an article at most
    Query("Demande d’installation d’Adobe Acrobat sur mon poste", nothing=True),
    Query("Nouvel arrivant lundi : créer un compte", nothing=True),
    Query("Commande de deux souris sans fil", nothing=True),
    Query("Le logiciel de paie plante", nothing=True),
    Query("Mise à jour Windows bloquée", nothing=True),
    Query("Ma souris ne marche plus", nothing=True),
    Query("Code erreur 0x80070035", nothing=True),
    Query("Badgeuse en panne", nothing=True),
    # nothing
    Query("bonjour", nothing=True),
    Query("ça ne marche pas", nothing=True, why="says nothing"),
    Query("problème urgent merci", nothing=True, why="says nothing of what"),
    Query("xyzzy", nothing=True, unknown=True),
    Query("!!! ???", nothing=True, unknown=True),
    Query("badge de parking", nothing=True, unknown=True, why="nobody ever wrote of it"),
)
