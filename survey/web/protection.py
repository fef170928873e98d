"""What protects people on the way: headers, the same site only, and a limit against floods.

Nothing here is written down. Addresses live in memory only, and only as HMAC values under a key
that is random, never leaves the process, and is forgotten with all values after a day.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.exceptions import PermissionDeniedException, TooManyRequestsException
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from survey.web.pages import AnyConnection

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; "  # KERN keeps its icons in data addresses
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
}
_ENCODED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
MOST_BODY = 64 * 1024

A_DAY = 86_400.0
BURST = 4_000  # a staff meeting: 500 people behind one address, eight requests each
PER_SECOND = 20.0
MOST_ADDRESSES = 10_000
LOOPBACK = ("127.0.0.1", "::1")


async def add_headers(message: Message, scope: Scope) -> None:
    """Give every response the headers above, unless its route has set its own."""
    if message["type"] == "http.response.start" and scope["type"] == ScopeType.HTTP:
        given = [(name.lower(), value) for name, value in message["headers"]]
        names = {name for name, _ in given}
        message["headers"] = given + [pair for pair in _ENCODED if pair[0] not in names]


# The guards are coroutines because Litestar sends plain functions to a thread, twice per request.


async def refuse_other_sites(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse a post that another site has set off.

    Our own pages send no referrer, which makes browsers write "Origin: null" on their posts, so
    that null alone proves nothing; Sec-Fetch-Site then decides.

    Raises:
        PermissionDeniedException: the post comes from elsewhere.
    """
    if connection.scope.get("method") in ("GET", "HEAD"):
        return
    if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise PermissionDeniedException("cross-site")
    origin = connection.headers.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc != connection.headers.get("host", ""):
        raise PermissionDeniedException("cross-origin")


async def refuse_floods(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse a request from an address that the application's `FloodLimit` no longer admits.

    Raises:
        TooManyRequestsException: this address has sent too much.
    """
    limit: FloodLimit = connection.app.state.flood_limit
    address = address_of(connection)
    if address and not limit.admits(address):
        raise TooManyRequestsException(headers={"Retry-After": "60"})


class FloodLimit:
    """A bucket of requests per address, refilled all the time; the address itself is not kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._key = b""
        self._key_until = float("-inf")

    def admits(self, address: str) -> bool:
        """Whether `address` may send one more request now; counts it."""
        now = self._clock()
        if now >= self._key_until:
            self._buckets.clear()
            self._key, self._key_until = secrets.token_bytes(32), now + A_DAY
        mark = hmac.digest(self._key, address.encode(), hashlib.sha256)[:16]
        left, since = self._buckets.pop(mark, (float(BURST), now))
        left = min(BURST, left + (now - since) * PER_SECOND)
        self._buckets[mark] = (max(left - 1, 0), now)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return left >= 1


def address_of(connection: AnyConnection) -> str | None:
    """Where a request comes from; None when only the proxy is known.

    Behind a proxy (on this machine, or anywhere with `behind_proxy`) the last entry counts, which
    the proxy has added. Where it passes none on there is no address to tell people apart, and a
    limit would hit all of them: the proxy then limits, which has the address anyway.
    """
    client = connection.client
    if client is None:
        return None
    settings = connection.app.state.get("settings")
    if client.host not in LOOPBACK and not (settings and settings.behind_proxy):
        return client.host
    forwarded = connection.headers.get("x-forwarded-for", "")
    return forwarded.rpartition(",")[2].strip() or None
