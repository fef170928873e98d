"""Two audiences at two addresses: which path is served where, decided before it is looked up.

Where respondents and staff have host names of their own, a path of the one does not exist on the
other: the router is asked for a path that it does not have, so that nothing tells "not here" from
"nowhere". A host name that is nobody's is sent away without being repeated.
"""

from typing import Literal
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from survey.settings import LOCAL, Settings

Side = Literal["respond", "staff"]
Sides = frozenset[Side]

BOTH: Sides = frozenset({"respond", "staff"})
HEALTH = "/healthz"
NOWHERE = "/-"  # no route has this path
_PATHS: dict[Side, tuple[str, ...]] = {"respond": ("/b",), "staff": ("/staff",)}
_SHARED = "/static"
_USUAL_PORTS = (None, 80, 443)


class Hosts:
    """In front of the router: lets a request see only the paths of the host that it names.

    With one address for both (the default) every path is served there; while that address is this
    machine's own, the name of the host is not looked at.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._served: Sides = BOTH if settings.serves == "all" else frozenset({settings.serves})
        respondents, staff = _host(settings.base_url), _host(settings.staff_address)
        self._by_port = respondents[0] == staff[0]
        self._is_one = respondents == staff
        self._is_local = self._is_one and respondents[0] in LOCAL
        self._known: dict[object, Sides] = {}
        for side, host in (("respond", respondents), ("staff", staff)):
            known = self._known.get(self._key(host), frozenset())
            self._known[self._key(host)] = known | {_side(side)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as one for nothing where its host does not have that path."""
        if scope["type"] == ScopeType.HTTP and scope["path"] != HEALTH:
            sides = self.sides(_host_header(scope))
            if not sides:
                await _send_away(send)
                return
            scope["path"] = seen(scope["path"], sides)
        await self._app(scope, receive, send)

    def sides(self, host: str) -> Sides:
        """Whose pages a host name has here; none where it is nobody's."""
        named = _host(f"//{host}")
        if self._is_local or (self._is_one and named[0] in LOCAL):
            return self._served
        return self._known.get(self._key(named), frozenset()) & self._served

    def _key(self, host: tuple[str, int | None]) -> object:
        """What tells the two apart: the name, or name and port where they share the name."""
        return host if self._by_port else host[0]


def seen(path: str, sides: Sides) -> str:
    """`path` as the router may see it from a host with the pages of `sides`."""
    if sides == BOTH:
        return path
    (side,) = sides
    if path == "/":
        return "/staff" if side == "staff" else path
    ours = (*_PATHS[side], _SHARED)
    return path if any(path == own or path.startswith(f"{own}/") for own in ours) else NOWHERE


def _side(name: str) -> Side:
    return "staff" if name == "staff" else "respond"


def _host_header(scope: HTTPScope) -> str:
    named = [value for name, value in scope["headers"] if name == b"host"]
    return named[0].decode("latin-1") if len(named) == 1 else ""


def _host(address: str) -> tuple[str, int | None]:
    """Name and port of an address; ("", None) when it is none, which nobody's host is."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "", None
    return (parts.hostname or "").rstrip("."), None if port in _USUAL_PORTS else port


async def _send_away(send: Send) -> None:
    """421: this server has no pages under that name."""
    body = b"There are no pages under this name.\n"
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
