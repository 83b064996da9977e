"""A line between a mail program and its server that breaks when it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Proxy:
    """It passes on what is said to a port of this machine, and what is answered."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cut_at: Callable[[bytes], bool] = lambda _line: False
        """Asked at each line of the program's: whether the line breaks there, so that the server doesn't hear it."""
        self.cut_after: Callable[[bytes], int] = lambda _line: -1
        """Asked too: after how many octets of the answer it breaks; -1 for never."""
        self.change: Callable[[bytes], bytes] = lambda line: line
        """What the server hears in the place of what the program says."""
        self.said: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _where = self._listening.accept()
                threading.Thread(target=_Pair(self, client, self._target).pass_on, daemon=True).start()


class _Pair:
    def __init__(self, proxy: Proxy, client: socket.socket, port: int) -> None:
        self._proxy, self._client = proxy, client
        self._server = socket.create_connection(("127.0.0.1", port))
        self._left = -1

    def pass_on(self) -> None:
        answering = threading.Thread(target=self._answer, daemon=True)
        answering.start()
        with contextlib.suppress(OSError), self._client.makefile("rb") as lines:
            for line in lines:
                self._proxy.said.append(line)
                if self._proxy.cut_at(line):
                    break
                self._left = self._proxy.cut_after(line)
                self._server.sendall(self._proxy.change(line))
        self._break()
        answering.join(10)
        self._client.close()
        self._server.close()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while piece := self._server.recv(4096):
                if 0 <= self._left < len(piece):
                    self._client.sendall(piece[: self._left])
                    break
                if self._left >= 0:
                    # before it goes: the answer to it may set another limit
                    self._left -= len(piece)
                self._client.sendall(piece)
        self._break()

    def _break(self) -> None:
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
