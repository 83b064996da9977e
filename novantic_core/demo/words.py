"""The words of the invented data. What stands in braces is filled in by :mod:`novantic_core.demo.invent`."""

from __future__ import annotations

from dataclasses import dataclass

GIVEN_NAMES = (
    "Alain", "Amélie", "Anaïs", "Antoine", "Aurélie", "Bastien", "Béatrice", "Benoît", "Camille", "Caroline", "Cédric",
    "Chantal", "Claire", "Clément", "Corinne", "Damien", "David", "Delphine", "Didier", "Élise", "Élodie", "Émilie",
    "Éric", "Fabien", "Farid", "Florence", "François", "Gaëlle", "Gérard", "Guillaume", "Hélène", "Hugo", "Inès",
    "Isabelle", "Jérôme", "Joëlle", "Julien", "Karim", "Laure", "Laurent", "Léa", "Loïc", "Lucie", "Malik", "Manon",
    "Marc", "Marie", "Mathieu", "Maud", "Michel", "Mounir", "Nadia", "Nathalie", "Nicolas", "Océane", "Olivier",
    "Pascal", "Patricia", "Philippe", "Pierre", "Quentin", "Rachid", "Raphaël", "Romain", "Sabrina", "Samia",
    "Sandrine",
    "Sébastien", "Sophie", "Stéphane", "Sylvie", "Thierry", "Thomas", "Valérie", "Vincent", "Virginie", "Xavier",
    "Yann",
    "Yasmine", "Zoé",
)  # fmt: skip

FAMILY_NAMES = (
    "Adam", "André", "Arnaud", "Aubert", "Barbier", "Benali", "Bertrand", "Besson", "Blanchard", "Bonnet", "Boucher",
    "Bouvier", "Boyer", "Brun", "Caron", "Chevalier", "Clément", "Collet", "Colin", "Cousin", "Da Silva", "David",
    "Delattre", "Denis", "Deschamps", "Diallo", "Dubois", "Dufour", "Dumas", "Dupuis", "Fabre", "Faure", "Fernandez",
    "Fontaine", "Garnier", "Gauthier", "Gautier", "Germain", "Gérard", "Giraud", "Guérin", "Guillot", "Haddad", "Henry",
    "Hubert", "Humbert", "Jacquet", "Joly", "Lacroix", "Lambert", "Le Gall", "Le Goff", "Leclerc", "Lefèvre", "Legrand",
    "Lemoine", "Leroux", "Lopez", "Mallet", "Marchand", "Martinez", "Masson", "Mathieu", "Mercier", "Meunier", "Millet",
    "Monnier", "Morel", "Moreau", "Nguyen", "Noël", "Olivier", "Paris", "Perrin", "Philippe", "Picard", "Prévost",
    "Renard",
    "Renaud", "Rivière", "Robin", "Roche", "Rolland", "Roussel", "Roy", "Sanchez", "Schmitt", "Traoré", "Vasseur",
    "Vidal", "Weber",
)  # fmt: skip

TRADES = (
    "Garage {name}", "Menuiserie {name}", "Boulangerie {name}", "Cabinet {name}", "Pharmacie {name}",
    "Transports {name}",
    "Imprimerie {name}", "Plomberie {name}", "Ambulances {name}", "Étude {name}", "{name} & Fils", "{name} Immobilier",
    "{name} Paysages", "{name} Électricité", "{name} Conseil", "Vignobles {name}", "Clinique {name}", "Hôtel {name}",
    "Fromagerie {name}", "Opticien {name}", "Atelier {name}", "Groupe {name}", "{name} BTP", "{name} Assurances",
)  # fmt: skip

TOWNS = (
    "Annecy", "Angers", "Auch", "Beaune", "Brest", "Caen", "Cahors", "Chartres", "Dijon", "Gap", "Laval", "Lille",
    "Lorient",
    "Mâcon", "Metz", "Nantes", "Niort", "Orléans", "Pau", "Quimper", "Reims", "Rennes", "Rouen", "Sète", "Tours",
    "Troyes",
    "Valence", "Vannes", "Vichy", "Vienne",
)  # fmt: skip

DEPARTMENTS = (
    "", "", "Comptabilité", "Accueil", "Direction", "Atelier", "Commercial", "Ressources humaines", "Achats",
    "Logistique",
    "Secrétariat", "Bureau d'études",
)  # fmt: skip

PHONE_RANGES = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98")
"""The beginnings of French numbers that are kept for works of fiction (ARCEP's numbering plan)."""

TECHNICIANS = (
    ("Nadège Lemaire", "nadege.lemaire@support.example"),
    ("Julien Carpentier", "julien.carpentier@support.example"),
    ("Amina Cherif", "amina.cherif@support.example"),
    ("Thibault Renaudin", "thibault.renaudin@support.example"),
)

PLACES = (
    "à l'accueil",
    "en salle de réunion",
    "à l'atelier",
    "au premier étage",
    "dans le bureau du fond",
    "au magasin",
)
MACHINES = ("PC-{n:02d}", "le portable {n:02d}", "le poste de {person}", "mon poste", "le poste n° {n}")
PRINTERS = ("Canon", "Brother", "HP", "Epson", "Kyocera", "Ricoh")
PROGRAMS = (
    "la comptabilité",
    "Excel",
    "le logiciel de paie",
    "Outlook",
    "la gestion commerciale",
    "le logiciel de caisse",
)
SINCE = (
    "depuis ce matin",
    "depuis hier soir",
    "depuis lundi",
    "depuis la mise à jour",
    "depuis une heure",
    "depuis l'orage",
)
GREETINGS = ("Bonjour,", "Bonjour à tous,", "Bonjour Madame, bonjour Monsieur,", "Bonsoir,")
THANKS = ("Merci d'avance.", "Merci de votre aide.", "Cordialement,", "Bonne journée.", "Pouvez-vous intervenir ?")
REPLY_ENDS = (
    "Tenez-nous au courant.", "Bien cordialement,", "Nous restons à votre disposition.", "Dites-nous si cela suffit.",
)  # fmt: skip
NOTES = (
    "Rappelé à {time}, pas de réponse ; je réessaie demain.",
    "Même panne que le mois dernier sur ce site. À surveiller.",
    "Garantie vérifiée : le matériel est couvert jusqu'à la fin de l'année.",
    "Vu avec le fournisseur, une pièce est commandée.",
    "Le client préfère une intervention avant 9 h.",
    "Mot de passe administrateur changé, noté dans le coffre.",
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of trouble: what the client writes, what the technician answers, what the client writes then."""

    subject: str
    message: str
    reply: str
    answer: str


TROUBLES: dict[str, tuple[Trouble, ...]] = {
    "mailbox": (
        Trouble(
            "Impossible d'envoyer des e-mails {since}",
            "{since_}, je reçois bien mes messages mais rien ne part de {machine} : ils restent dans la boîte d'envoi.",
            "Le mot de passe enregistré sur le poste n'était plus le bon. Nous l'avons remis à distance ; pouvez-vous "
            "envoyer un message d'essai ?",
            "L'essai est bien parti, et ceux de ce matin aussi.",
        ),
        Trouble(
            "Boîte mail pleine",
            "Outlook m'indique que ma boîte est pleine et je ne reçois plus rien {since}. Je ne voudrais rien perdre.",
            "Nous avons agrandi votre boîte à 50 Go et archivé les messages de plus de trois ans. Rien n'a été "
            "supprimé.",
            "Les messages arrivent de nouveau. Où se trouvent les archives ?",
        ),
        Trouble(
            "Message suspect reçu par {person}",
            "{person} a reçu un message qui semble venir de notre banque, avec une pièce jointe. Personne n'a cliqué, "
            "je crois. Que faut-il en faire ?",
            "Vous avez bien fait de demander : c'est un hameçonnage. Supprimez-le sans l'ouvrir ; nous avons bloqué "
            "l'expéditeur pour toute l'entreprise.",
            "C'est supprimé. {person} confirme n'avoir rien ouvert.",
        ),
        Trouble(
            "Créer une adresse pour {person}",
            "{person} nous rejoint lundi. Il lui faudrait une adresse et l'accès à la boîte commune.",
            "L'adresse est créée et la boîte commune est partagée. Le mot de passe provisoire vous sera donné "
            "par téléphone.",
            "Parfait, tout fonctionne sur {machine}.",
        ),
    ),
    "printer": (
        Trouble(
            "Imprimante {printer} hors connexion",
            "Mon imprimante {printer} {place} apparaît hors connexion {since}. Elle est bien branchée et je l'ai "
            "redémarrée plusieurs fois.",
            "Son adresse avait changé sur le réseau. Nous l'avons fixée et réinstallé le pilote sur votre poste. "
            "Pouvez-vous imprimer une page ?",
            "La page d'essai est sortie, merci. Un collègue a le même souci sur {machine}.",
        ),
        Trouble(
            "Bourrage papier à répétition",
            "La {printer} {place} se bloque une page sur deux {since}. J'ai retiré tout le papier que je voyais.",
            "Le rouleau d'entraînement est usé : nous passons le changer demain entre 9 h et 11 h. D'ici là, utilisez "
            "le bac manuel.",
            "Entendu pour demain matin, quelqu'un sera là.",
        ),
        Trouble(
            "Scanner vers dossier ne fonctionne plus",
            "Quand je numérise sur la {printer}, le fichier n'arrive plus dans le dossier partagé {since}.",
            "Le compte de numérisation était bloqué après le changement de mot de passe. C'est corrigé, faites "
            "un essai.",
            "Les trois documents sont arrivés.",
        ),
        Trouble(
            "Toner à commander pour la {printer}",
            "La {printer} {place} annonce un toner noir presque vide. Faut-il le commander nous-mêmes ?",
            "Il est compris dans votre contrat : la cartouche part aujourd'hui, vous la recevrez sous 48 heures.",
            "Bien reçue et installée, le message a disparu.",
        ),
    ),
    "internet": (
        Trouble(
            "Plus d'accès à Internet {place}",
            "{since_}, aucun site ne s'ouvre {place}. Le téléphone fonctionne, et la box a tous ses voyants verts.",
            "Le commutateur de cet étage était bloqué, nous l'avons relancé à distance. La connexion est-elle "
            "revenue ?",
            "Oui, tout le monde est reconnecté.",
        ),
        Trouble(
            "Connexion très lente",
            "La connexion est très lente {since} : les visioconférences coupent et {program} met une minute à "
            "s'ouvrir.",
            "Une sauvegarde tournait en pleine journée et prenait toute la ligne. Nous l'avons déplacée à 2 h "
            "du matin.",
            "C'est nettement mieux depuis midi.",
        ),
        Trouble(
            "Wi-Fi visiteurs",
            "Nous recevons des clients {place} jeudi. Peut-on leur donner un accès Wi-Fi sans ouvrir notre réseau ?",
            "Le réseau « Invités » est prêt, séparé du vôtre. Le code change chaque semaine, il est affiché sur "
            "la borne.",
            "Essayé avec mon téléphone, impeccable.",
        ),
    ),
    "workstation": (
        Trouble(
            "{machine_} très lent au démarrage",
            "{machine_} met plus de dix minutes à démarrer {since}, et {program} se fige souvent.",
            "Le disque dur donne des signes de fatigue. Nous proposons de le remplacer par un SSD, données comprises : "
            "comptez une demi-journée.",
            "D'accord pour vendredi matin, {person} travaillera sur un autre poste.",
        ),
        Trouble(
            "Écran noir sur {machine}",
            "L'écran reste noir {since}. L'unité centrale fait du bruit et les voyants s'allument.",
            "Pouvez-vous vérifier que le câble est bien enfoncé des deux côtés, puis brancher l'écran sur "
            "l'autre sortie ?",
            "Le câble était bien la cause : avec un autre, l'image revient.",
        ),
        Trouble(
            "Mot de passe oublié",
            "{person} revient de congé et ne peut plus ouvrir sa session sur {machine}. Le compte semble verrouillé.",
            "Le compte est déverrouillé et un mot de passe provisoire vient d'être donné par téléphone. Il faudra le "
            "changer à la première connexion.",
            "C'est bon, la session s'ouvre.",
        ),
        Trouble(
            "Installer {program} sur {machine}",
            "Pouvez-vous installer {program} sur {machine} ? La licence est dans le dossier Informatique.",
            "C'est installé et activé. Un raccourci se trouve sur le bureau.",
            "Merci, cela s'ouvre bien. Pourrait-on avoir la même chose sur le poste de {person} ?",
        ),
    ),
    "server": (
        Trouble(
            "Dossier partagé inaccessible",
            "Le lecteur S: a disparu {since} sur tous les postes. Nous ne pouvons plus ouvrir aucun dossier client.",
            "Le service de fichiers s'était arrêté faute de place. Nous avons libéré 80 Go et ajouté une alerte.",
            "Les dossiers sont revenus, merci pour la rapidité.",
        ),
        Trouble(
            "Restaurer un fichier effacé",
            "{person} a effacé par erreur le classeur des tarifs. La dernière version datait d'hier après-midi.",
            "Le classeur d'hier 18 h est restauré à côté de l'original, sous le nom « tarifs (restauré) ».",
            "C'est exactement le bon, nous avons eu peur.",
        ),
        Trouble(
            "Sauvegarde en échec",
            "J'ai reçu un message indiquant que la sauvegarde de cette nuit a échoué. Faut-il s'inquiéter ?",
            "Le disque externe n'avait pas été remplacé. La sauvegarde en ligne, elle, est complète. Nous relançons "
            "l'autre ce soir.",
            "Le disque est changé. Merci de confirmer demain que tout s'est bien passé.",
        ),
        Trouble(
            "Accès à distance au serveur pour {person}",
            "{person} sera en télétravail deux jours par semaine et aurait besoin de {program} depuis chez elle "
            "ou lui.",
            "L'accès est ouvert avec une double authentification ; la marche à suivre est jointe à votre contrat.",
            "Connexion réussie depuis la maison.",
        ),
    ),
    "telephony": (
        Trouble(
            "Grésillements sur la ligne",
            "On nous entend mal {since} : ça grésille {place}, surtout quand plusieurs personnes téléphonent.",
            "La voix n'avait plus la priorité sur le réseau. C'est corrigé dans le routeur, rappelez-nous pour "
            "l'essai.",
            "Plus de grésillement depuis deux jours.",
        ),
        Trouble(
            "Renvoi d'appel pendant les congés",
            "Nous fermons une semaine. Comment renvoyer les appels vers le portable de {person} ?",
            "Le renvoi est programmé du lundi 8 h au dimanche minuit, avec l'annonce que vous aviez enregistrée.",
            "J'ai appelé de l'extérieur : le portable sonne bien.",
        ),
        Trouble(
            "Le standard ne sonne plus",
            "Le poste {place} ne sonne plus {since} alors que les appels arrivent sur les autres.",
            "Le poste était passé en « Ne pas déranger ». Touche du bas à droite, un appui long le retire.",
            "C'était bien cela, désolé pour le dérangement.",
        ),
    ),
    "other": (
        Trouble(
            "Devis pour deux postes",
            "Nous recrutons deux personnes. Pouvez-vous nous proposer deux postes complets avec {program} ?",
            "Le devis part ce soir à votre adresse : deux portables, deux écrans, installation comprise.",
            "Bien reçu, nous le signons cette semaine.",
        ),
        Trouble(
            "Départ de {person}",
            "{person} quitte l'entreprise vendredi. Quels accès faut-il fermer, et qui garde sa boîte mail ?",
            "Nous fermerons ses accès vendredi à 18 h. Sa boîte peut être confiée à un collègue pendant six "
            "mois : à qui ?",
            "À moi, s'il vous plaît. Le matériel vous attend {place}.",
        ),
        Trouble(
            "Question sur le contrat",
            "Le contrat couvre-t-il aussi le téléphone personnel que {person} utilise pour ses messages ?",
            "Oui pour la messagerie professionnelle, non pour l'appareil lui-même. Nous pouvons chiffrer la "
            "partie pro.",
            "Très bien, faisons cela.",
        ),
    ),
}
"""By the keys of the seven topics; other topics get the troubles of ``other``."""

CRITICAL = Trouble(
    "URGENT : toute l'activité est à l'arrêt",
    "Plus aucun poste ne fonctionne {since}, {program} est inaccessible et nous ne pouvons plus facturer. "
    "Merci de nous rappeler tout de suite.",
    "Nous vous avons eu au téléphone : l'onduleur avait coupé le serveur. Il est relancé, les postes se reconnectent.",
    "Tout est revenu, l'équipe a repris le travail.",
)
