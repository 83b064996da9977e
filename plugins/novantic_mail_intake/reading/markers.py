"""By what quoted history, signatures and forwarded mails are told, in the words of the mail programs."""

from __future__ import annotations

import re

FORWARD_SUBJECT = re.compile(r"\s*(?:\[[^\]]{0,60}\]\s*)?(?:tr|fw|fwd|wg|i|rv|enc|tr_|trans|transf)\s*:", re.IGNORECASE)
"""How a subject begins when somebody passes a mail on: what it quotes is what they want to show."""

ANSWER_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{0,60}\]\s*)?(?:re|ré|rép|réf|aw|antw|sv|vs|rif|odp)(?:\[\d{1,3}\])?\s?:", re.IGNORECASE
)

_LINES_OF = r"[-_—–*=]{2,}"
FORWARD = re.compile(
    rf"^(?:{_LINES_OF} ?)?(?:"
    r"Forwarded message|Forwarded Message|Message transféré|Message transmis|Message réexpédié|"
    r"Début du message (?:transféré|réexpédié)|Begin forwarded message|Courriel transféré|"
    r"Original Message Forwarded|Weitergeleitete Nachricht|Mensaje reenviado"
    rf")\s?:?(?: ?{_LINES_OF})?$",
    re.IGNORECASE,
)

SEPARATOR = re.compile(
    rf"^{_LINES_OF} ?(?:"
    r"Message d['’]origine|Message original|Message initial|Original Message|Original message|Courriel d['’]origine|"
    r"Mail original|E-mail d['’]origine|Message d['’]origine|Original Appointment|Rendez-vous d['’]origine|"
    r"Ursprüngliche Nachricht|Mensaje original|Messaggio originale|Reply message|Message précédent"
    rf") ?{_LINES_OF}$",
    re.IGNORECASE,
)
"""All that follows is history."""

ATTRIBUTION = re.compile(
    r"^(?:Le|On|Am|El|Il giorno|Op|W dniu)\b.{4,400}"
    r"(?:a écrit|a ecrit|à écrit|wrote|schrieb|escribió|ha scritto|schreef|napisał\(a\))\b.{0,60}$",
    re.IGNORECASE,
)
_ANY_ATTRIBUTION = re.compile(
    r"^.{2,300}\b(?:a écrit|a ecrit|wrote|writes|schrieb)(?: le .{4,60})?\s?:$", re.IGNORECASE
)
_MESSAGE_OF = re.compile(r"^(?:> ?)?Message du \d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b", re.IGNORECASE)
"""Orange, Wanadoo and La Poste."""
_DATED_SENDER = re.compile(
    r"^\d{1,2}(?:[/.-]\d{1,2}[/.-]| [^\d\s]{3,10} )\d{2,4},? .{0,5}\d{1,2}:\d{2}.{1,200}<[^<>\s]+@[^<>\s]+>\s?:$"
)
"""FairEmail."""
_TIME = re.compile(r"\d{1,2}\s?(?:[:h]|heures)\s?\d{2}")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2}\b")

_FROM = re.compile(r"^(?:De|From|Von|Expéditeur)\s?:", re.IGNORECASE)
_SENT = re.compile(r"^(?:Envoyé(?: le)?|Sent|Date|Gesendet|Date d['’]envoi)\s?:", re.IGNORECASE)
_SENT_WORD = re.compile(r"^(?:Envoyé|Sent|Gesendet)\b", re.IGNORECASE)
_TO = re.compile(r"^(?:À|A|To|Pour|An|Cc|Destinataire|Copie à)\s?:", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:Objet|Sujet|Subject|Betreff)\s?:", re.IGNORECASE)
_IN_ONE = re.compile(
    r"^(?:De|From)\s?:.{2,300}\b(?:Envoyé|Sent|Date)\s?:.{4,300}\b(?:Objet|Sujet|Subject)\s?:", re.IGNORECASE
)

HISTORY_MARKS = frozenset({
    "divRplyFwdMsg", "appendonsend", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message", "isReplyContent", "zwchr", "__HR_SEPARATOR__", "reply-intro",
})  # fmt: skip
"""Where Outlook (desktop, on the web, on telephones), Zimbra and Roundcube begin what they quote."""
ATTRIBUTION_MARKS = frozenset({"gmail_attr", "moz-cite-prefix", "reply-intro"})
_MOVED = re.compile(r"^(?:x_)+")

SIGNATURE_MARKS = frozenset({
    "gmail_signature", "moz-signature", "Signature", "signature", "ms-outlook-mobile-signature", "AppleMailSignature",
    "ymail_android_signature", "protonmail_signature_block", "signature-block", "__SIG_PRE__", "__SIG_POST__",
    "ms-outlook-ios-signature", "ymail_signature", "yahoo_signature",
})  # fmt: skip
SMALL_PRINT = re.compile(
    r"^(?:(?:avis de )?confidentialit[ée]|disclaimer|confidentiality notice)\s?:|"
    r"^(?:ce|cet|le présent|this|the (?:information|content)s? .{0,30}\bthis) "
    r"(?:message|mail|courriel|courrier|e-?mail)\b",
    re.IGNORECASE,
)
"""How what a company has put below each mail begins, as mails do that are about a mail."""
_LEGAL = tuple(re.compile(words, re.IGNORECASE) for words in (
    r"confidenti", r"destinataires?\b|recipients?\b|addressees?\b", r"exclusi|solely|intended",
    r"par erreur|in error|by mistake", r"détrui|supprim|delete|destroy",
    r"interdit|prohibited|unauthori[sz]ed|non autorisé", r"virus|altér|intégrité|integrity", r"responsab|liab",
))  # fmt: skip
FEWEST_LEGAL = 3
LONGEST_SMALL_PRINT = 15
"""Lines."""


def is_legal(text: str) -> bool:
    """Whether a text says what lawyers have companies say, and that in several respects."""
    return sum(1 for pattern in _LEGAL if pattern.search(text)) >= FEWEST_LEGAL


AFTERTHOUGHT = re.compile(r"^(?:p\.? ?-?s|n\.?b|post-scriptum)\b\.?", re.IGNORECASE)
FOOTER = re.compile(r"^_{30,}$")
"""Above what a mailing list says of itself."""
POINTS_BELOW = re.compile(
    r"\bci[- ]?(?:dessous|après)\b|"
    r"\b(?:répon|réagi|comment|remarq|annot|complét|précis|écri|not(?:e|é)|voir|voyez|regard)\w*\b.{0,60}\b(?:"
    r"en (?:rouge|bleu|vert|orange|violet|gras|couleur|majuscules)|plus bas|en[- ]dessous|"
    r"dans (?:le|votre|ton) (?:texte|corps|fil|mail|e-mail|courriel|message)|"
    r"entre (?:les|vos|tes) lignes|à la suite|(?:sous|après) (?:chaque|chacune?|vos|tes))\b|"
    r"\b(?:see|find|answer|repl|comment|respon|remark|note)\w*\b.{0,40}\b(?:"
    r"below|in (?:red|blue|green|bold|colou?r|capitals)|in[- ]?line)\b",
    re.IGNORECASE,
)
"""That somebody's words go on among what they quote, or are about it: it must be read with them."""
LONGEST_SIGNATURE = 25
"""Lines. What is longer is rather a text in which somebody wrote two dashes."""
MOBILE = re.compile(
    r"^(?:[-_—–]{2,} ?)?(?:"
    r"Envoyé (?:de|depuis|à partir de|avec|par|via) "
    r"(?:mon|ma|mes|l['’]application|l['’]appli|Outlook|Yahoo|Courrier|Orange|un|"
    r"Proton|Mail|la messagerie|Samsung|Gmail|iPhone|iPad|SFR|Bouygues|Free|myMail|BlueMail|TypeApp|FairEmail|"
    r"K-9|Thunderbird|Spark|Canary|Airmail|Infomaniak)\b.{0,100}"
    r"|(?:Télécharge[rz]|Obtene[rz]|Obtenir) (?:\S+ ){0,3}(?:Outlook|Yahoo|BlueMail)\b.{0,100}"
    r"|Provenance ?: ?Courrier pour Windows.{0,20}"
    r"|Sent (?:from|with|via) (?:my|Outlook|Mail|Yahoo|Proton|Samsung|the|an?|BlueMail|Gmail|iPhone|iPad)\b.{0,100}"
    r"|Get (?:\S+ ){0,3}Outlook for (?:iOS|Android|Mac).{0,60}"
    r"|(?:Sans virus|Garanti sans virus|Virus-free|L['’]absence de virus dans ce courrier)\b.{0,120}"
    r")$",
    re.IGNORECASE,
)


def bare(text: str) -> str:
    """A line without the stars and underlines by which a plain text shows what was bold."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("*", "").strip(" _\u200b\u200e\u200f\ufeff")


def is_history_mark(mark: str) -> bool:
    """Whether an id or a class begins quoted history. Outlook puts ``x_`` before those in mails that it quotes."""
    return _MOVED.sub("", mark) in HISTORY_MARKS


def attribution_at(texts: list[str], number: int) -> int:
    """How many lines from that one on say who wrote what is quoted next; 0 for none. Gmail breaks them."""
    whole = ""
    for count in range(1, 5):
        if number + count > len(texts):
            return 0
        whole = f"{whole} {bare(texts[number + count - 1])}".strip()
        if len(whole) > 500:
            return 0
        if ATTRIBUTION.match(whole) and whole.rstrip().endswith((":", "»", ">", "écrit", "wrote")):
            return count
        if count == 1 and any(one.match(whole) for one in (_ANY_ATTRIBUTION, _MESSAGE_OF, _DATED_SENDER)):
            return 1
        if count == 1 and not re.match(r"(?:Le|On|Am|El|Il giorno|Op|W dniu)\b", whole):
            return 0
    return 0


def is_dated(text: str) -> bool:
    """Whether a line has a year in it, and a time or an address, as one that a program wrote does."""
    return bool(_YEAR.search(text) and (_TIME.search(text) or "@" in text))


def header_block_at(texts: list[str], number: int) -> int:
    """How many lines from that one on are the header of a quoted mail, as Outlook writes it; 0 for none."""
    first = bare(texts[number])
    if _IN_ONE.match(first):
        return 1
    kinds, last, who = set(), number, first
    if _SENT.match(first) and number + 1 < len(texts):
        # Orange's webmail says when before it says who
        kinds, last, who = {"sent"}, number + 1, bare(texts[number + 1])
    if not _FROM.match(who):
        return 0
    for at in range(last + 1, min(number + 9, len(texts))):
        line = bare(texts[at])
        for kind, pattern in (("sent", _SENT), ("to", _TO), ("subject", _SUBJECT)):
            if pattern.match(line):
                kinds.add(kind)
                last = at
    # a journey has a from, a to, a date and a subject, too: what mail programs write names an address, or says "sent"
    block = [bare(line) for line in texts[number : last + 1]]
    is_header = len(kinds) >= 2 and (
        any("@" in line for line in block) or ("to" in kinds and any(_SENT_WORD.match(line) for line in block))
    )
    return last - number + 1 if is_header else 0
