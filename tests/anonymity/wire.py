"""A person's connection, byte by byte: from an address of its own, whole, slow or broken off."""

import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.proxies import PATIENCE

FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when the connection was closed without a word."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none."""
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


@dataclass(frozen=True)
class Line:
    """A way to a server: its port, the host that is asked for, TLS or not, and one's address."""

    port: int
    host: str
    address: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None

    def connect(self) -> socket.socket:
        """A fresh connection."""
        plain = socket.create_connection(
            ("127.0.0.1", self.port), PATIENCE, source_address=(self.address, 0)
        )
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(plain, server_hostname=self.host) if self.tls else plain

    def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request with its whole body."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return self.send([self.head(method, path, len(body), headers), body])

    def send(self, parts: Iterable[bytes], *, then_hang_up: bool = False) -> Answer:
        """Send parts one after the other, each as a packet of its own; what the server says.

        With `then_hang_up` nothing more is sent after them, so that the server sees the end of a
        body that it was promised more of.
        """
        with self.connect() as line:
            try:
                for part in parts:
                    line.sendall(part)
                if then_hang_up:
                    line.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server has said enough already
            return _answer(_everything(line))

    def head(
        self, method: str, path: str, length: int, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The beginning of a request, as a browser on the same site sends it."""
        sent = {"Host": self.host, "Connection": "close", "Sec-Fetch-Site": "same-origin"}
        sent |= {"Content-Type": FORM_TYPE, "Content-Length": str(length)} if length else {}
        sent |= headers or {}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        return "\r\n".join([*lines, "", ""]).encode()


def _everything(line: socket.socket) -> bytes:
    received = b""
    try:
        while part := line.recv(65_536):
            received += part
    except (ConnectionResetError, ssl.SSLEOFError):
        pass  # closed without ceremony, as for somebody who is too slow
    return received


def _answer(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/"):
        return Answer(0, "", b"")
    return Answer(int(head.split(b" ", 2)[1]), head.decode("latin-1"), body)
