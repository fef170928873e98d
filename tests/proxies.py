"""Real proxies in front of a real server, started with the files of docs/proxy.

Names, certificates, ports and folders are those of the test; everything else is as shipped.
"""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs" / "proxy"
RESPONDENTS, STAFF = "umfrage.musterheim.example", "pegel.intern.musterheim.example"
PATIENCE = 60.0  # seconds, before something that must happen counts as failed
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # nginx makes a folder for each
LOOK_EVERY = 0.05  # seconds between two looks whether a program listens yet

# nginx as it comes: what somebody gets who only writes where to pass requests on to.
USUAL_NGINX = f"""
pid /run/nginx.pid;
events {{ }}
http {{
    access_log logs/access.log;
    error_log logs/error.log;
    client_body_temp_path /run/nginx-body;
    proxy_temp_path /run/nginx-proxy;
    server {{
        listen 443 ssl;
        server_name {RESPONDENTS};
        ssl_certificate /etc/ssl/pegel/fullchain.pem;
        ssl_certificate_key /etc/ssl/pegel/privkey.pem;
        location / {{ proxy_pass http://127.0.0.1:8000; proxy_set_header Host $host; }}
    }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running proxy: everything it writes lies in `folder`."""

    port: int
    folder: Path
    temporary: tuple[Path, ...] = ()

    def writes(self) -> list[int]:
        """A number for each folder of temporary files, which changes whenever a file is made."""
        return [path.stat().st_mtime_ns for path in self.temporary]


def trusting() -> ssl.SSLContext:
    """A client that takes the test's own certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def nginx(
    folder: Path, upstream: int, config: str | None = None, *, patience: int = 1
) -> Iterator[Proxy]:
    """nginx with docs/proxy/nginx.conf (or `config`) in front of the server at a port.

    Whoever sends nothing for `patience` seconds is cut off.
    """
    program = _program("nginx")
    (folder / "logs").mkdir(parents=True)
    certificate, key = _certificate(folder)
    port = free_port()
    text = (DOCS / "nginx.conf").read_text(encoding="utf-8") if config is None else config
    elsewhere = (kind for kind in TEMPORARY if f"{kind}_temp_path" not in text)
    folders = "".join(f"\n    {kind}_temp_path /run/nginx-{kind};" for kind in elsewhere)
    changes = {
        r"http {": f"http {{{folders}",
        r"listen \[::\].*;": "",
        r"listen 443": f"listen 127.0.0.1:{port}",
        r"listen 80": f"listen 127.0.0.1:{free_port()}",
        r"worker_processes auto": "worker_processes 2",
        r"(client_(?:header|body)_timeout) 10s": rf"\1 {patience}s",
        r"/run/": f"{folder}/",
        r"/etc/ssl/pegel/fullchain.pem": str(certificate),
        r"/etc/ssl/pegel/privkey.pem": str(key),
        r"127\.0\.0\.1:8000": f"127.0.0.1:{upstream}",
    }
    for pattern, new in changes.items():
        text = re.sub(pattern, new, text)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    # As root nginx would give its workers to a user who may not read the folder of a test.
    directives = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    command = [program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", directives]
    with _running(folder, command, port):
        yield Proxy(port, folder, (folder / "nginx-body", folder / "nginx-proxy"))


@contextmanager
def caddy(folder: Path, upstream: int) -> Iterator[Proxy]:
    """Caddy with docs/proxy/Caddyfile in front of the server at a port."""
    program = _program("caddy")
    folder.mkdir(parents=True)
    certificate, key = _certificate(folder)
    port = free_port()
    text = (DOCS / "Caddyfile").read_text(encoding="utf-8")
    changes = {
        rf"(?m)^({re.escape(RESPONDENTS)}|{re.escape(STAFF)}) {{": (
            rf"https://\1:{port} {{\n\ttls {certificate} {key}"
        ),
        r"admin off": f"admin off\n\tauto_https disable_redirects\n\tstorage file_system {folder}",
        r"read_(header|body) \d+s": r"read_\1 1s",
        r"127\.0\.0\.1:8000": f"127.0.0.1:{upstream}",
    }
    for pattern, new in changes.items():
        text = re.sub(pattern, new, text)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    command = [program, "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    with _running(folder, command, port):
        yield Proxy(port, folder)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"no {name} is installed (apt install {name})")
    return found


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody has signed but the test."""
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    names = f"subjectAltName=DNS:{RESPONDENTS},DNS:{STAFF}"
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = [_program("openssl"), "req", "-x509", *options, *files, "-days", "2"]
    subprocess.run([*command, "-subj", "/", "-addext", names], check=True, capture_output=True)
    return certificate, key


@contextmanager
def _running(folder: Path, command: list[str], port: int) -> Iterator[None]:
    """A program with everything it says in `folder`, until it is told to end."""
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (
        (folder / "said.log").open("wb") as said,
        subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "TMPDIR": str(folder)} | home,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            _wait(process, port, folder / "said.log")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def _wait(process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
    """Return when somebody listens; fail when the program ends before."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_EVERY)
            raise AssertionError(said.read_text())
