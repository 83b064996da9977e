"""Whom the site hands its mails to: a server whose certificate is good, unless somebody said otherwise."""

from __future__ import annotations

import datetime
import ipaddress
import re
import ssl

import pytest
from made_parcel import parcel

from novantic_core.plugin import SettingsError
from novantic_email import novantic_settings_schema
from novantic_email.channel import EmailChannel


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of one's own making, for 127.0.0.1, and its key."""
    cryptography = pytest.importorskip("cryptography", reason="makes the certificate")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    assert cryptography
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.fixture
def settings(server, certificate):
    from novantic_core.testing.smtp import server_context

    server.stop()
    server._options = {"tls_context": server_context(*certificate), "require_starttls": True}
    server.start()
    return {"mail.host": "127.0.0.1", "mail.port": str(server.port), "mail.tls": "true"}


def test_an_unknown_certificate_is_not_trusted_and_it_is_said_how_to(settings, server):
    with pytest.raises(OSError, match=r"self.signed certificate; novantic\.email\.ca_file"):
        EmailChannel(settings).send(parcel())
    with pytest.raises(OSError, match="certificate is not trusted"):
        EmailChannel(settings).check()
    assert server.received == []


def test_one_that_was_named_is_trusted(settings, server, certificate):
    channel = EmailChannel(settings, {"ca_file": certificate[0]})
    channel.check()
    channel.send(parcel())
    channel.send(parcel())
    assert len(server.received) == 2


def test_one_of_another_name_is_not(settings, server, certificate):
    with pytest.raises(OSError, match="certificate is not trusted"):
        EmailChannel({**settings, "mail.host": "localhost"}, {"ca_file": certificate[0]}).send(parcel())


def test_any_is_where_somebody_said_so(settings, server):
    EmailChannel(settings, {"verify": False}).send(parcel())
    assert len(server.received) == 1


def test_a_file_that_went_away_is_named(settings):
    with pytest.raises(OSError, match=r"ca_file = /nowhere\.pem: there is no such file"):
        EmailChannel(settings, {"ca_file": "/nowhere.pem"}).send(parcel())


def test_one_of_our_own_is_shown(settings, server, certificate):
    own = {"mail.certfile": certificate[0], "mail.keyfile": certificate[1]}
    channel = EmailChannel({**settings, **own}, {"verify": False})
    assert isinstance(channel.trust(), ssl.SSLContext)
    channel.send(parcel())
    assert len(server.received) == 1


def test_a_port_that_is_none():
    with pytest.raises(SettingsError, match=r"mail\.port = x: it takes the number of a port"):
        EmailChannel({"mail.port": "x"})


@pytest.mark.parametrize("sender", ["the desk", "Desk <desk@example.org>", "desk@example..org"])
def test_a_sender_that_is_no_address_alone(sender):
    with pytest.raises(SettingsError, match=f"mail.default_sender = {re.escape(sender)}: it takes an e-mail address"):
        EmailChannel({"mail.default_sender": sender})


def test_a_switch_that_is_neither_on_nor_off():
    with pytest.raises(SettingsError, match=r"mail\.tls = starttls: it takes true or false"):
        EmailChannel({"mail.tls": "starttls"})


def test_what_the_settings_take(certificate, tmp_path):
    parse = {one.name: one.parse for one in novantic_settings_schema()}
    assert (parse["per_hour"]("200"), parse["verify"]("false")) == (200, False)
    assert parse["ca_file"](certificate[0]) == certificate[0]
    assert parse["ca_file"](" ") == ""
    (tmp_path / "empty.pem").write_text("nothing")
    for name, text in (
        ("per_hour", "-1"), ("per_hour", "x"), ("verify", "perhaps"), ("ca_file", "/nowhere.pem"),
        ("ca_file", str(tmp_path / "empty.pem")),
    ):  # fmt: skip
        with pytest.raises(ValueError):  # noqa: PT011 - that is all that is asked of it
            parse[name](text)


def test_how_many_mails_an_hour_is_read_when_it_is_asked(settings):
    own = {"per_hour": 5}
    channel = EmailChannel(settings, own)
    assert channel.per_hour() == 5
    own["per_hour"] = 0
    assert channel.per_hour() == 0
