"""Taking out of a ticket's texts what would tell whom they are about, for who shows them to others.

More thorough than :mod:`novantic_core.services.scrub`, which takes one person out of the desk's own archive: here every
mail address, phone number and number of a computer goes, whoever's it is, and names in any spelling. What is a little
too much can be put right by who reads the text before anybody else does; what was left in can't.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from novantic_core.html import Spans, rewrite_text
from novantic_core.models import Contact, Follower, Message, Organisation, OrganisationDomain, Technician, Ticket
from novantic_core.services.mail_domain import PUBLIC, domain_of
from novantic_core.services.scrub import figures_of, parts_of, spaced
from novantic_core.values import MaskWords, TicketInfo

_WORDS_THAT_ARE_NAMES = frozenset(
    """
    alain ange aube aurore avril baron bas beau belle benoit berger bis blanc blanche blond boulanger bois bon bonne
    bonnet boucher bourgeois brun brune camille cerise chef chevalier clair claire clef clement constant court cousin
    dent dimanche dore doux droit droite ete faure fer ferme fidele fille fin fleur fort four franc france fruit gai
    garde garnier gentil grand grande gras gris gros hiver homme image jardin jaune jeune joli jolie juillet juin juste
    lac large leger legrand libre lilas lion long lourd lundi maire maitre mardi marchand marguerite marin martin mars
    masse matin meunier mignon mine moine moulin mur neuf noel noir noire olive ours pain paris parent paul pascal
    patient perle petit petite pierre pin plat poste pont port premier prince prune prudent rapide reine riche roc roi
    rose rouge rousseau roux sage samedi saint sauvage serein serveur seul simple soir soleil tison tour tous tout
    vallee vendredi verge vert vif victoire vieux ville violette vigne voisin
    best bill black bright brown frank grace grant gray green hall hope joy king light long mark may more page price
    rich rock rose strong summer swift west white will wise wood young
    """.split()  # noqa: SIM905 - a wall of quotes is no better to read
)
"""Names that are words of the language too: they are taken for names where they have a capital."""
_WORDS_OF_COMPANIES = frozenset(
    """
    agence alimentation and assurance assurances atelier ateliers auto automobile automobiles banque bar bureau
    boucherie boulangerie cabinet cafe carrosserie centre clinique coiffure college commune compagnie conseil
    construction eglise ecole entreprise entreprises etablissements ets eurl expertise fils france freres garage gmbh
    groupe holding hotel immobilier imprimerie inc industrie informatique lycee ltd mairie maison menuiserie mutuelle
    notaire notaires office optique patisserie pharmacie plomberie restaurant sarl sas sasu sci scop selarl service
    services snc societe startup studio syndicat transport transports travaux union ville
    """.split()  # noqa: SIM905 - the same
)
_MAILBOXES = frozenset(
    "accueil admin bonjour compta contact direction facturation info mail rh secretariat support".split()  # noqa: SIM905
)
"""What stands before the @ of a company's mailbox, and names nobody."""

_SPACE = r"[\s.·_\-/()\u2010-\u2015]{0,3}"
_MAIL = r"[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}\w{2,63}"
_PHONE = (
    rf"(?<!\w)(?<!\d\.)(?:(?:\+|00){_SPACE}\d{{1,3}}{_SPACE}(?:\(0\){_SPACE})?|\(0\){_SPACE}|\(0(?=\d\))|0{_SPACE})[1-9](?:{_SPACE}\d){{8}}(?!\w)"
    rf"|(?<!\w)\+\d{{1,3}}(?:{_SPACE}\d){{6,12}}(?!\w)"
)
_IPV4 = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\w]|\.\d)"
_IPV6 = r"(?<![\w:.])[0-9a-f:]{3,39}(?:%\w{1,20})?(?:/\d{1,3})?(?![\w:])"
_MAC = r"(?<![\w:\-])(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}(?![\w:\-])"
# what TeamViewer, AnyDesk and their like show: nine or ten figures, in threes
_REMOTE_ID = r"(?<![\w.])(?:\d[\s\-])?\d{3}[\s\-]?\d{3}[\s\-]?\d{3,4}(?![\w]|[.\-]\d)"


@dataclass
class People:
    """Those who have to do with a ticket, by all that they are called."""

    names: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    """What plugins' fields of the ticket hold, such as the TeamViewer ID."""


class Masker:
    """Puts other words in the place of what names somebody. Accents and case count for nothing."""

    def __init__(self, people: People, words: MaskWords) -> None:
        self.words = words
        wholes = {tuple(_name_words(name)) for name in people.names | people.companies}
        wholes |= {tuple(_name_words(box)) for box in map(_mailbox, people.emails) if len(box) > 4}
        wholes |= {tuple(_name_words(one)) for name in people.names for one in _name_parts(name)}
        words_too = {one for one in wholes if len(one) == 1 and one[0] in _WORDS_THAT_ARE_NAMES}
        wholes -= words_too
        capital = {one for (one,) in words_too}
        capital |= {one for name in people.companies for one in _name_parts(name)} - _WORDS_OF_COMPANIES
        figures = [found for phone in people.phones if (found := figures_of(phone))]
        self._patterns: list[tuple[re.Pattern[str], str, Callable[[str, str], bool]]] = [
            (pattern, word, check)
            for pattern, word, check in (
                (_any(_MAIL), words.address, _always),
                (_any(*(re.escape(_fold(one)[0]) for one in _longest(people.domains))), words.name, _always),
                (_any(_MAC, _IPV4, _IPV6), words.number, _is_address),
                (_any(_PHONE), words.phone, _always),
                (_any(*(rf"(?<!\w){spaced(one)}(?!\w)" for one in figures)), words.phone, _always),
                (_any(*(rf"(?<!\w){_apart(one)}(?!\w)" for one in _longest(people.numbers))), words.number, _always),
                (_any(_REMOTE_ID), words.number, _always),
                (_any(*map(_called, sorted(wholes, key=lambda one: -len("".join(one))))), words.name, _always),
                (_any(*map(_called, ((one,) for one in _longest(capital)))), words.name, _is_capital),
            )
            if pattern is not None
        ]

    def text(self, text: str) -> str:
        """Plain words without them."""
        pieces, here = [], 0
        for start, stop, words in self.spans(text):
            pieces += [text[here:start], words]
            here = stop
        return "".join([*pieces, text[here:]])

    def html(self, source: str) -> str:
        """Clean HTML without them; pictures, which may show anything, become their name."""
        return rewrite_text(source, self.spans, self.words.picture)

    def spans(self, text: str) -> Spans:
        """The stretches of a text that name somebody."""
        folded, places = _fold(text)
        taken: Spans = []
        # a sign for each of the text's, as a log may have a name in each line
        gone = bytearray(len(text))
        for pattern, words, check in self._patterns:
            for match in pattern.finditer(folded):
                start, stop = places[match.start()], places[match.end()]
                if check(match[0], text[start:stop]) and not any(gone[start:stop]):
                    taken.append((start, stop, words))
                    gone[start:stop] = b"\1" * (stop - start)
        return list(_joined(sorted(taken), text))


def _joined(spans: Spans, text: str) -> Iterator[tuple[int, int, str]]:
    """First name and name, one after the other, are one name."""
    before: tuple[int, int, str] | None = None
    for one in spans:
        if before is not None and before[2] == one[2] and not text[before[1] : one[0]].strip(" \u00a0-'’"):
            before = (before[0], one[1], one[2])
            continue
        if before is not None:
            yield before
        before = one
    if before is not None:
        yield before


def _fold(text: str) -> tuple[str, list[int]]:
    """A text without accents and case, and for each of its signs, and its end, the place in the text it comes from."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        plain = "".join(c for c in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(c))
        plain = _SPELLED.get(plain, plain).casefold()
        signs.append(plain)
        places += [place] * len(plain)
    return "".join(signs), [*places, len(text)]


_SPELLED = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "’": "'", "\u00ad": "",
    # what stands unseen in words that were copied out of a chat
    "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
}  # fmt: skip


def _any(*patterns: str) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{one})" for one in patterns)) if patterns else None


def _longest(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _name_words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s._\-]+", _fold(name)[0]) if word]


def _name_parts(name: str) -> list[str]:
    """What somebody may be called by: the parts of the name, and of those the parts between hyphens."""
    found = [_fold(part)[0].strip(".-'") for part in parts_of(name)]
    return [*found, *(piece for part in found if "-" in part for piece in part.split("-") if len(piece) > 3)]


def _called(words: tuple[str, ...]) -> str:
    # however its words are held together: Jean-Pierre, jean pierre, jean.pierre; computers have a number behind it
    return r"(?<![^\W_])" + r"[\s._\-]{0,3}".join(map(re.escape, words)) + r"(?![^\W\d_])" if words else r"(?!)"


def _apart(figures: str) -> str:
    return r"[\s.\-]{0,2}".join(figures)


def _mailbox(email: str) -> str:
    box = email.partition("@")[0]
    return "" if _fold(box)[0] in _MAILBOXES else box


def _always(_found: str, _written: str) -> bool:
    return True


def _is_capital(_found: str, written: str) -> bool:
    return written[:1].isupper()


def _is_address(found: str, _written: str) -> bool:
    if re.fullmatch(_MAC, found):
        return True
    try:
        ipaddress.ip_interface(found.partition("%")[0])
    except ValueError:
        return False
    return True


# ------------------------------------------------------------------ who they are


def masker_for(session: Session, ticket: TicketInfo, words: MaskWords) -> Masker:
    """A masker for all who have to do with a ticket: requester, contact, followers, who wrote, technicians, company."""
    people = People()
    same = or_(Ticket.id == ticket.id, Ticket.merged_into_id == ticket.id)
    for row in session.scalars(select(Ticket).where(same)):
        _add(people, row.name, row.email, row.phone, row.company)
        known = or_(Contact.id == row.contact_id, Contact.merged_into_id == row.contact_id)
        for contact in session.scalars(select(Contact).where(known)):
            _add(people, contact.name, contact.email, contact.phone, contact.company)
        for value in row.fields.values():
            figures = re.sub(r"\D", "", str(value))
            people.numbers |= {figures} if len(figures) > 5 else set()
    for follower in session.scalars(select(Follower).where(Follower.ticket_id == ticket.id)):
        _add(people, follower.name, follower.email)
    people.names |= set(session.scalars(select(Message.author).where(Message.ticket_id == ticket.id)))
    # a colleague who wrote nothing is named in a note all the same
    for name, email in session.execute(select(Technician.name, Technician.email)):
        _add(people, name, email)
    if ticket.organisation_id is not None:
        _add_organisation(people, session, ticket.organisation_id)
    return Masker(people, words)


def _add(people: People, name: str, email: str, phone: str = "", company: str = "") -> None:
    people.names |= {name} - {""}
    people.emails |= {email} - {""}
    people.phones |= {phone} - {""}
    people.companies |= {company} - {""}
    domain = domain_of(email)
    people.domains |= {domain} if domain and domain not in PUBLIC else set()


def _add_organisation(people: People, session: Session, key: Any) -> None:
    people.companies |= set(session.scalars(select(Organisation.name).where(Organisation.id == key)))
    domains = select(OrganisationDomain.domain).where(OrganisationDomain.organisation_id == key)
    people.domains |= set(session.scalars(domains)) - PUBLIC
