"""What a proxy passes on: of respondents nothing that tells who they are, of staff the address."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.anonymity.test_proxies import ADDRESS, CLAIMED, HEADERS
from tests.anonymity.wire import Line
from tests.proxies import RESPONDENTS, STAFF, Proxy, caddy, nginx, trusting

SHOWN = {"host", "sec-fetch-site", "accept-encoding", "connection", "x-kanarienkopf"}
BY_CADDY = {"user-agent": "Go-http-client/1.1"}  # its own


@contextmanager
def listening() -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A server in Pegel's place that remembers the headers of each request."""
    heard: list[dict[str, str]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in its class
            del format, args

    with HTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, heard
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_proxy_passes_on_nothing_that_tells_who_asks(
    proxy: Callable[[Path, int], AbstractContextManager[Proxy]], tmp_path: Path
) -> None:
    with listening() as (port, heard), proxy(tmp_path / "proxy", port) as front:
        for host in (RESPONDENTS, STAFF):
            line = Line(front.port, host, ADDRESS, trusting())
            assert line.ask("GET", "/", headers=HEADERS).status == 200
    of_respondents, of_staff = (dict(one.items() - BY_CADDY.items()) for one in heard)
    assert set(of_respondents) <= SHOWN
    assert of_respondents["host"].partition(":")[0] == RESPONDENTS
    assert of_respondents["sec-fetch-site"] == "same-origin"
    assert set(of_staff) <= SHOWN | {"x-forwarded-for", "cookie"}
    assert of_staff["x-forwarded-for"] == ADDRESS, "what the browser claims counts for nothing"
    assert of_staff["cookie"] == HEADERS["Cookie"]
    assert CLAIMED not in str(heard)


def test_nginx_answers_to_its_own_names_only(tmp_path: Path) -> None:
    with listening() as (port, heard), nginx(tmp_path / "proxy", port) as front:
        with pytest.raises(ssl.SSLError):
            Line(front.port, "fremd.example", ADDRESS, trusting()).ask("GET", "/")
        inside = Line(front.port, RESPONDENTS, ADDRESS, trusting())
        assert inside.ask("GET", "/", headers={"Host": "fremd.example"}).status in (0, 421)
    assert heard == []
