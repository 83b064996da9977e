import io
import socketserver
import threading

import example_scan_attachment
import pytest

from novantic_core.plugin import FieldError

PLUGINS = {"plugins": ["webform", "local_storage", "clamav"], "extra_plugins": {"clamav": example_scan_attachment}}


class Clamd(socketserver.StreamRequestHandler):
    """As clamd answers."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0")


@pytest.fixture(scope="module")
def port():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.novantic(**PLUGINS)
def test_a_virus_is_refused_and_a_letter_kept(novantic_app, port):
    novantic_app.change_setting("clamav", "port", str(port))
    with novantic_app.desk() as desk:
        assert desk.keep_file(io.BytesIO(b"Bonjour"), "lettre.txt").size == 7
        with pytest.raises(FieldError, match=r"facture.exe contient un virus"):
            desk.keep_file(io.BytesIO(b"... EICAR ..."), "facture.exe")


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false", "novantic.clamav.port": "9"})
def test_without_clamd_the_file_is_kept_and_the_fault_shown(novantic_app, back_office):
    with novantic_app.desk() as desk:
        assert desk.keep_file(io.BytesIO(b"Bonjour"), "lettre.txt").size == 7
    assert "scan_attachment" in back_office.get("/admin/plugins")
