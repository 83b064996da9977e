"""A real IMAP server on the loopback, Debian's Dovecot: with a certificate of its own, passwords and OAuth2."""

from __future__ import annotations

import contextlib
import getpass
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from certificates import make_certificate
from task_tools import eventually

USER, PASSWORD = "support@example.com", "pâté “en croûte”"

PLACES = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
auth_mechanisms = plain login xoauth2
first_valid_uid = 1
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""
OF_2_3 = """
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
mail_location = maildir:~/Maildir
"""
OF_2_4 = """
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
auth_allow_cleartext = yes
passdb passwd-file {{
  default_password_scheme = plain
  auth_username_format = %{{user}}
  passwd_file_path = {folder}/users
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2
}}
oauth2 {{
  introspection_mode = get
  introspection_url = {introspection}
  username_attribute = email
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user}}
  }}
}}
mail_driver = maildir
mail_path = ~/Maildir
"""
OAUTH2 = """
introspection_mode = get
introspection_url = {introspection}
username_attribute = email
"""


def find_dovecot() -> str | None:
    """Where Dovecot is, if it is installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Dovecot:
    """The server, with one mailbox."""

    def __init__(self, introspection: str = "http://127.0.0.1:9/?token=", more: str = "") -> None:
        """Write what it needs.

        :param introspection: where it asks whose a token is
        :param more: lines of its configuration
        """
        # not below pytest's own folder, which other users than root can't reach: the server works as another one
        self.folder = Path(tempfile.mkdtemp(prefix="novantic-dovecot-"))
        self.folder.chmod(0o755)
        self.port, self.tls_port = _free_port(), _free_port()
        self.certificate = make_certificate(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        program = find_dovecot()
        assert program is not None
        self._program = program
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
        is_root = os.geteuid() == 0
        me = getpass.getuser() if not is_root else "nobody"
        owner = pwd.getpwnam(me)
        values = {
            "folder": self.folder, "port": self.port, "tls_port": self.tls_port, "certificate": self.certificate,
            "key": self.certificate.with_suffix(".key"), "introspection": introspection,
            "uid": owner.pw_uid, "gid": owner.pw_gid,
            "login_user": "dovenull" if is_root else me, "internal_user": "dovecot" if is_root else me,
            "internal_group": "dovecot" if is_root else grp.getgrgid(owner.pw_gid).gr_name,
        }  # fmt: skip
        new = tuple(map(int, version.split(".")[:2])) >= (2, 4)
        first = f"dovecot_config_version = {version}\ndovecot_storage_version = {version}\n" if new else ""
        (self.folder / "dovecot.conf").write_text(
            (first + PLACES + (OF_2_4 if new else OF_2_3)).format(**values) + more
        )
        (self.folder / "oauth2").write_text(OAUTH2.format(**values))
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
        mails = self.folder / "mail"
        mails.mkdir()
        if is_root:
            os.chown(mails, owner.pw_uid, owner.pw_gid)

    def start(self) -> None:
        """Serve."""
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", self.folder / "dovecot.conf"], start_new_session=True
        )
        eventually(lambda: self._answers(self.port) and self._answers(self.tls_port))

    def stop(self) -> None:
        """Serve no more; what lies there stays."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                # those of its processes that serve a line wait for its end, else
                os.killpg(process.pid, signal.SIGKILL)
            eventually(lambda: not self._answers(self.port))

    @property
    def store(self) -> Path:
        """Where the mails lie, a file each."""
        return self.folder / "mail" / USER / "Maildir"

    def end(self) -> None:
        """Stop, and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self, port: int) -> bool:
        assert self._process is None or self._process.poll() is None, (self.folder / "log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as line:
                return port == self.tls_port or line.recv(4) == b"* OK"
        except OSError:
            return False

    @property
    def log(self) -> str:
        """What it wrote down."""
        return (self.folder / "log").read_text("utf-8")

    # ------------------------------------------------------------------ what a mail program would do

    def client(self, folder: str | None = "INBOX") -> imaplib.IMAP4:
        """A mail program that is logged in."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.authenticate("PLAIN", lambda _said: f"\0{USER}\0{PASSWORD}".encode())
        if folder is not None:
            status, said = client.select(folder)
            assert status == "OK", said
        return client

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Let mails arrive."""
        with self.client(None) as client:
            for mail in mails:
                status, said = client.append(folder, "", "", mail)
                assert status == "OK", said

    def flags(self, folder: str = "INBOX") -> list[str]:
        """The flags of each mail, by its place."""
        with self.client(folder) as client:
            _status, lines = client.uid("FETCH", "1:*", "(FLAGS)")
        return [" ".join(sorted(flags(line))) for line in lines if line]

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """What lies there."""
        with self.client(folder) as client:
            _status, lines = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
        return [line[1] for line in lines if isinstance(line, tuple)]

    def do(self, *command: Any, folder: str = "INBOX") -> Any:
        """Give a command as a mail program would."""
        with self.client(folder) as client:
            return getattr(client, command[0])(*command[1:])


def flags(line: bytes) -> list[str]:
    """The flags in a line, without the one that says that nobody saw it before."""
    return [one.decode() for one in imaplib.ParseFlags(line) if one != rb"\Recent"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
