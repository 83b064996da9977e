"""Mail domains: one form for each, and those of which anybody may have an address."""

from __future__ import annotations

import idna
from email_validator import EmailNotValidError, validate_email

from novantic_core.i18n import _
from novantic_core.values import FieldError

BAD_DOMAIN = _("This mail domain is not complete. It should look like example.com.")

PUBLIC = frozenset(
    """
    aliceadsl.fr aol.com aol.fr bbox.fr caramail.com cegetel.net club-internet.fr duck.com fastmail.com fastmail.fm
    free.fr freesbee.fr gmail.com gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hey.com hotmail.be hotmail.ch
    hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com ik.me infonie.fr
    laposte.net libero.it libertysurf.fr live.be live.ca live.com live.fr mac.com mail.com mail.ru mailbox.org
    mailo.com me.com msn.com nerim.net netcourrier.com neuf.fr noos.fr numericable.fr online.fr orange.fr orange.net
    outlook.be outlook.com outlook.de outlook.es outlook.fr outlook.it pm.me posteo.de posteo.net proton.me
    protonmail.ch protonmail.com qq.com rocketmail.com sfr.fr sfr.net skynet.be t-online.de tele2.fr telenet.be
    tiscali.fr tuta.com tuta.io tutanota.com videotron.ca voila.fr wanadoo.fr web.de worldonline.fr yahoo.ca
    yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com zohomail.com
    """.split()  # noqa: SIM905 - a wall of quotes is no better to read
)
"""Where anybody has an address: who writes from there says nothing of the company."""


def domain_of(address: str) -> str:
    """The domain of an address as it is compared: ASCII and lower case, an international one in its ``xn--`` form."""
    return _plain(address.rpartition("@")[2])


def _plain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError:
        return domain.casefold()


def read_domain(typed: str) -> str:
    """A mail domain that somebody typed, maybe as ``@example.com`` or with an address before it.

    :raises FieldError: if it is none, or one of which anybody may have an address
    """
    domain = _plain("".join(typed.split()).rpartition("@")[2].rstrip("."))
    try:
        # what mail can be sent to is a domain
        found = validate_email(f"a@{domain}", check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise FieldError(BAD_DOMAIN, "domain") from None
    domain = found.ascii_domain.lower()
    if "." not in domain or len(domain) > 253:
        raise FieldError(BAD_DOMAIN, "domain")
    if domain in PUBLIC:
        words = _(
            "Anybody can have an address at ${domain}: it says nothing of the company. Put such contacts into the "
            "organisation by hand.", mapping={"domain": domain},
        )  # fmt: skip
        raise FieldError(words, "domain")
    return domain


def spellings(domain: str) -> tuple[str, ...]:
    """The ways in which a domain may stand in an address: as it is compared, and in its own letters."""
    if "xn--" not in domain:
        return (domain,)
    try:
        return domain, idna.decode(domain).casefold()
    except idna.IDNAError:
        return (domain,)
