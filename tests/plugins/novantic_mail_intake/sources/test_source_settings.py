"""What the .ini file may say of mailboxes: what can't be stops the start with one line that names it."""

from __future__ import annotations

import pytest
from certificates import make_certificate

from novantic_core.plugin import SettingsError
from novantic_mail_intake.sources.settings import Listen

P = "novantic.mail_intake."
GOOD = {"address": "support@example.com", "host": "imap.example.com", "user": "support", "password": "sesame"}
BY_TOKEN = {
    "password": None, "oauth2_token_url": "https://login.example.com/token", "oauth2_client_id": "desk",
    "oauth2_refresh_token": "refresh",
}  # fmt: skip


@pytest.fixture
def given():
    """What the .ini file says."""
    return {}


@pytest.fixture
def novantic_database_url(tmp_path):
    # what the file says is read before there is a database
    return f"sqlite:///{tmp_path}/novantic.db"


@pytest.fixture
def novantic_settings(novantic_settings, given):
    own = {name: text for name, text in novantic_settings.items() if not name.startswith(P)}
    return {**own, **given}


@pytest.fixture
def tasks(request, given):
    """The tasks of a site with these mailboxes, once in a test; a setting that is None isn't there."""

    def make(more=(), **mailboxes):
        given.clear()
        given.update(more)
        for name, settings in mailboxes.items():
            given.update({f"{P}mailbox.{name}.{key}": text for key, text in settings.items() if text is not None})
        site = request.getfixturevalue("novantic_app").site
        return {task.name: task for plugin, task in site.tasks if plugin.name == "mail_intake"}

    return make


@pytest.fixture
def access(tasks):
    return lambda **more: tasks(support={**GOOD, **more})["imap support"].run.__self__.access


def test_what_is_not_said_is_usual(access):
    found = access()
    assert (found.port, found.security, found.folder, found.after, found.every) == (993, "ssl", "INBOX", "seen", 60)
    assert (found.ca_file, found.target, found.oauth2) == ("", "", None)


def test_all_of_it_can_be_said(access, tmp_path):
    certificate = make_certificate(tmp_path)
    found = access(
        port="1143", security="starttls", folder="Clients", after="move Traités", every="5", ca_file=str(certificate)
    )
    assert (found.port, found.security, found.folder, found.after, found.target, found.every, found.ca_file) == (
        1143, "starttls", "Clients", "move", "Traités", 5, str(certificate),
    )  # fmt: skip


@pytest.mark.parametrize("more", [{"security": "starttls"}, {"security": "none", "host": "127.0.0.1"}])
def test_the_usual_port_is_that_of_the_protection(access, more):
    assert access(**more).port == 143


@pytest.mark.parametrize("more", [{}, {**BY_TOKEN, "oauth2_client_secret": "sesame"}])
def test_secrets_are_in_no_repr(access, more):
    shown = repr(access(**more))
    assert "sesame" not in shown
    assert "'refresh'" not in shown


def test_each_mailbox_has_a_task_and_one_without_server_has_none(tasks):
    sales = {**GOOD, "address": "sales@example.com", "user": "sales"}
    found = tasks(support=GOOD, sales=sales, lost={"address": "lost@example.com"})
    assert {"imap support", "imap sales"} <= found.keys()
    assert "imap lost" not in found
    assert "lmtp" not in found


BOX = f"{P}mailbox.support."
BAD = [
    ({"address": None}, f"{BOX}address is missing: it takes the address that clients write to"),
    ({"address": "support"}, f"{BOX}address = support: it takes "),
    ({"brand": "acme"}, f"{BOX}brand = acme: there is no such brand"),
    ({"host": None}, f"{BOX}host is missing: it takes the name of the server that has the mailbox"),
    ({"host": ""}, f"{BOX}host = : it takes the name of the server"),
    ({"user": None}, f"{BOX}user is missing: it takes by which name the mailbox is opened"),
    ({"password": None}, f"{BOX}password is missing: it takes its password; or oauth2_token_url says where"),
    ({"password": "one\ntwo"}, f"{BOX}password = …: it takes "),
    ({"port": "0"}, f"{BOX}port = 0: it takes the number of a port"),
    ({"port": "imap"}, f"{BOX}port = imap: it takes the number of a port"),
    ({"security": "tls"}, f"{BOX}security = tls: it takes ssl, starttls or none"),
    ({"security": "none"}, f"{BOX}security = none: the password would go over the network as it is"),
    (
        {"security": "starttls", "port": "993"},
        f"{BOX}port = 993: a line begins encrypted there; it takes security = ssl",
    ),
    ({"after": "archive"}, f"{BOX}after = archive: it takes seen, delete, or move and the name of a folder"),
    ({"after": "move"}, f"{BOX}after = move: it takes seen, delete, or move and the name of a folder"),
    ({"after": "delete now"}, f"{BOX}after = delete now: it takes seen, delete, or move and the name of a folder"),
    ({"after": "move INBOX"}, f"{BOX}after = move INBOX: it takes another folder than the mailbox's own"),
    ({"every": "0"}, f"{BOX}every = 0: it takes a number of seconds from 1 to 86400"),
    ({"ca_file": "/nowhere"}, f"{BOX}ca_file = /nowhere: it takes a file of certificates, in PEM"),
    ({"hots": "x"}, f"{BOX}hots = x: there is no such setting"),
    ({**BY_TOKEN, "password": "sesame"}, f"{BOX}password: it takes none where oauth2_token_url is given"),
    ({**BY_TOKEN, "oauth2_token_url": None}, f"{BOX}oauth2_token_url is missing"),
    (
        {**BY_TOKEN, "oauth2_token_url": "http://login.example.com"},
        f"{BOX}oauth2_token_url = http://login.example.com: it",
    ),
    ({**BY_TOKEN, "oauth2_token_url": "file:///x"}, f"{BOX}oauth2_token_url = file:///x: it takes a web address"),
    ({**BY_TOKEN, "oauth2_client_id": None}, f"{BOX}oauth2_client_id is missing: it takes what identifies the"),
    ({**BY_TOKEN, "oauth2_refresh_token": None}, f"{BOX}oauth2_client_secret is missing: it takes the application's"),
    ({**BY_TOKEN, "oauth2_refresh_token": " "}, f"{BOX}oauth2_refresh_token = …: it takes "),
]


@pytest.mark.parametrize("given, words", BAD, ids=[" ".join(given) for given, _words in BAD])
def test_what_cannot_be_is_named(tasks, given, words):
    with pytest.raises(SettingsError) as told:
        tasks(support={**GOOD, **given})
    assert str(told.value).startswith(words)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["Support", "-x", "é", "a" * 41])
def test_the_name_of_a_mailbox_has_few_letters(tasks, name):
    with pytest.raises(SettingsError, match=r"mailbox\..*: the name of a mailbox takes small letters"):
        tasks(**{name: GOOD})


def test_two_mailboxes_of_one_address(tasks):
    with pytest.raises(SettingsError) as told:
        tasks(support=GOOD, sales={**GOOD, "address": "SUPPORT@example.com"})
    assert str(told.value) == (
        f"{P}mailbox.sales.address = SUPPORT@example.com: it is the mailbox support's; each takes its own"
    )


def test_two_mailboxes_of_one_folder(tasks):
    with pytest.raises(SettingsError) as told:
        tasks(support=GOOD, sales={**GOOD, "address": "sales@example.com"})
    assert str(told.value) == f"{P}mailbox.sales.folder = INBOX: the mailbox support empties it already"


def test_a_brand_of_the_site_is_none_to_be_named(tasks):
    more = {"novantic.brands": "acme", "novantic.brand.acme.site_url": "http://acme.example.com",
            "novantic.brand.acme.theme": "novantic"}  # fmt: skip
    assert "imap support" in tasks(more, support={**GOOD, "brand": "acme"})


@pytest.mark.parametrize("text, where", [
    ("127.0.0.1:2424", Listen("127.0.0.1", 2424)), ("localhost:24", Listen("localhost", 24)),
    ("[::1]:2424", Listen("::1", 2424)), ("/run/novantic/lmtp", Listen(path="/run/novantic/lmtp")),
])  # fmt: skip
def test_where_lmtp_is_spoken(tasks, text, where):
    task = tasks({f"{P}lmtp": text})["lmtp"]
    assert task.run.__self__.where == where
    assert str(where) == text
    assert task.alone is False
    assert task.label.interpolate() == f"Mail by LMTP at {text}"


@pytest.mark.parametrize(
    "text", ["0.0.0.0:2424", "192.0.2.1:2424", "mx.example.com:24", "127.0.0.1", "2424", "127.0.0.1:x"]
)
def test_nowhere_else_than_on_this_machine(tasks, text):
    with pytest.raises(SettingsError) as told:
        tasks({f"{P}lmtp": text})
    assert str(told.value) == (
        f"{P}lmtp = {text}: it takes a port of this machine, as 127.0.0.1:2424, or the absolute path of a socket"
    )
