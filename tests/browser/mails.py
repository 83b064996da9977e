"""Mails that came in, for the pages of the back office that show them."""

from __future__ import annotations

from email.message import EmailMessage

from visitor import PICTURE

from novantic_core.testing import App
from novantic_core.testing.tables import Ticket
from novantic_mail_intake.keep import Arrival, keep_mail
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.work import work_off

BODY = """<p>Bonjour,</p><p>Je me permets de vous écrire au sujet du ticket de mon collègue&nbsp;: <b>le serveur ne
répond plus</b> chez nous non plus depuis ce matin.</p><p><img src="cid:ecran" width="180" alt="Écran"></p><p>Merci,<br>
Zoé Martin</p><div class="gmail_quote"><div class="gmail_attr">Le lun. 16 mars 2026 à 08:40, Marc Petit a écrit :</div>
<blockquote class="gmail_quote"><p>Tu as le même problème ?</p></blockquote></div>"""


def deliver(app: App, number: str) -> dict[str, int]:
    """One that is held, one that can't be read, one that opened a ticket: their ids, and that ticket's number."""
    held = _mail("Zoé Martin <zoe@ailleurs.example>", f"Re: [#{number}] Plus aucun poste n’accède au serveur", "un")
    held["Authentication-Results"] = "mx.novantic.example; spf=pass smtp.mailfrom=zoe@ailleurs.example; dkim=none"
    held.set_content("Bonjour, le serveur ne répond plus.\n")
    held.add_alternative(BODY, subtype="html")
    held.get_payload()[1].add_related(PICTURE, "image", "png", cid="<ecran>", filename="écran.png")  # type: ignore[union-attr, index]
    held.add_attachment(PICTURE * 900, maintype="application", subtype="pdf", filename="Relevé des pannes.pdf")
    kept = _mail("Claire Lefèvre <claire@ailleurs.example>", "Imprimante de l’accueil", "deux")
    kept["Cc"] = ", ".join(f"Personne {turn} <p{turn}@autre.example>" for turn in range(9))
    kept.set_content("Bonjour,\n\nElle ne sort plus rien.\n")
    robot = _mail("Veille <veille@ailleurs.example>", "Réponse automatique : absence", "trois")
    robot["Auto-Submitted"] = "auto-replied"
    robot.set_content("Je suis absente.\n")
    found = {
        "held": bytes(held),
        "faulty": b"\x16\x03\x01 ce n'est pas un mail",
        "kept": bytes(kept),
        "robot": bytes(robot),
    }
    ids = {}
    for name, raw in found.items():
        arrival = Arrival("default", "lmtp", raw, "zoe@ailleurs.example", "support@novantic.example")
        ids[name], _new = keep_mail(app.desk, arrival)
        work_off(app.desk, ids[name])
    with app.transaction() as session:
        states = {name: session.get_one(IncomingMail, key).state for name, key in ids.items()}
        opened = session.get_one(Ticket, session.get_one(IncomingMail, ids["kept"]).ticket_id)
        by_mail = int(opened.number)
    assert states == {"held": "held", "faulty": "faulty", "kept": "kept", "robot": "automatic"}
    return {**ids, "by_mail": by_mail}


def _mail(sender: str, subject: str, message_id: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "Support <support@novantic.example>", subject
    mail["Date"] = "Mon, 16 Mar 2026 08:42:00 +0100"
    mail["Message-ID"] = f"<{message_id}@ailleurs.example>"
    return mail
