"""Files are shown to ClamAV's daemon before they are kept."""

import socket

from novantic_core.plugin import FieldError, Setting, hookimpl


@hookimpl
def novantic_settings_schema():
    """``novantic.clamav.port``: where ``clamd`` listens on this machine."""
    return [Setting("port", "the number of a port", int, 3310, label="Port of clamd")]


@hookimpl
def novantic_scan_attachment(file, source, own_settings):
    """A FieldError refuses the file. If clamd doesn't answer, the file is kept, and the plugin's fault is shown."""
    with socket.create_connection(("127.0.0.1", own_settings["port"]), timeout=10) as clamd:
        clamd.sendall(b"zINSTREAM\0")
        while piece := source.read(64 * 1024):
            clamd.sendall(len(piece).to_bytes(4) + piece)
        clamd.sendall(bytes(4))
        verdict = clamd.makefile("rb").read().rstrip(b"\0").decode()
    if verdict.endswith("FOUND"):
        raise FieldError(f"{file.filename} contient un virus : il n’a pas été conservé.")
    if not verdict.endswith("OK"):
        raise OSError(f"clamd says: {verdict}")
