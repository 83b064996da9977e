"""Why a server doesn't answer, for people: in their language, without numbers, with its name where it is known."""

from __future__ import annotations

import smtplib
import socket
import ssl

import pytest

from novantic_core.services.say_fault import say_fault


@pytest.fixture
def french(novantic_app):
    catalogue = novantic_app.site.themes.catalogue("novantic", "fr")
    return lambda fault: str(catalogue.translate(say_fault(fault))).replace("\xa0", " ")


def test_the_usual_ones(french, subtests):
    for fault, said in {
        "imap.x.fr:993 can't be reached: [Errno 111] Connection refused": "imap.x.fr:993 refuse la connexion",
        "ConnectionRefusedError: [Errno 111] Connection refused": "le serveur refuse la connexion",
        "imap.x.fr:993 can't be reached: timed out": "imap.x.fr:993 n’a pas répondu à temps",
        "Refused: the server was not there a moment ago: timed out": "le serveur n’a pas répondu à temps",
        "https://login.x.fr/token can't be reached: [Errno -2] Name or service not known":
            "le nom de https://login.x.fr/token est inconnu : est-il bien écrit ?",
        "gaierror: [Errno -3] Temporary failure in name resolution":
            "le nom du serveur est inconnu : est-il bien écrit ?",
        "x.fr:993 can't be reached: [Errno 113] No route to host": "x.fr:993 n’est pas joignable par le réseau",
        "OSError: [Errno 101] Network is unreachable": "le serveur n’est pas joignable par le réseau",
        "x.fr:993 shows a certificate that isn't trusted: certificate has expired":
            "le certificat de x.fr:993 n’est pas reconnu",
        "Refused: the server's certificate is not trusted: self-signed; novantic.email.ca_file names a file":
            "le certificat du serveur n’est pas reconnu",
        "the line to x.fr:993 broke: [Errno 104] Connection reset by peer": "x.fr:993 a mis fin à la connexion",
        "SMTPServerDisconnected: Connection unexpectedly closed": "le serveur a mis fin à la connexion",
        "x.fr:993 refuses the login of support@x.fr: [AUTHENTICATIONFAILED] Invalid credentials":
            "x.fr:993 n’accepte pas le nom avec le mot de passe ou le jeton ; il répond "
            "« [AUTHENTICATIONFAILED] Invalid credentials »",
        "Refused: 535 5.7.8 Bad password (before any mail)":
            "le serveur n’accepte pas le nom avec le mot de passe ; il répond « 5.7.8 Bad password »",
    }.items():  # fmt: skip
        with subtests.test(fault):
            assert french(fault) == said


@pytest.mark.parametrize("fault", [
    "", "451 4.3.0 the policy server timed out", "Refused: 550 5.7.1 mx.x.fr: Connection refused", "KeyError: 'x'",
    "x.fr:993, the folder Post can't be opened: no such mailbox",
])  # fmt: skip
def test_any_other_stays_as_it_is(fault):
    assert say_fault(fault) is fault


def test_what_python_really_says_is_known():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ConnectionRefusedError) as refused:
            smtplib.SMTP("127.0.0.1", port)
        taken.listen()
        # connecting may take too long, or waiting for the greeting
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)) as silent:
            smtplib.SMTP("127.0.0.1", port, timeout=0.1)
    untrusted = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: expired")
    said = [say_fault(str(error)) for error in (refused.value, silent.value, untrusted)]
    assert said == [
        "the server refuses the connection", "no answer of the server came in time",
        "the server's certificate isn't trusted",
    ]  # fmt: skip
