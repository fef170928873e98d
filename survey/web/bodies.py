"""No answer in the middle of a request: what was sent is read to its end before.

Whoever still sends may take an early answer for a fault. Caddy says then that the server is down,
or waits until it gives up; a browser shows a broken connection in place of the page.
"""

import asyncio
from contextlib import suppress

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

MOST_UNREAD = 512 * 1024  # bytes: more than any page takes
UNREAD_AT_MOST = 5.0  # seconds for what is still on the way


class WholeRequests:
    """In front of everything: holds an answer back until its request was read, within limits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and read what nobody has read of it when the answer begins."""
        if scope["type"] != ScopeType.HTTP or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        is_read = False

        async def reading() -> ReceiveMessage:
            nonlocal is_read
            message = await receive()
            is_read = message["type"] != "http.request" or not message.get("more_body")
            return message

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_read:
                await rest()
            await send(message)

        async def rest() -> None:
            left = MOST_UNREAD
            with suppress(TimeoutError):
                async with asyncio.timeout(UNREAD_AT_MOST):
                    while not is_read and left > 0:
                        message = await reading()
                        left -= len(message["body"]) if message["type"] == "http.request" else 0

        await self._app(scope, reading, answering)


def _has_body(scope: HTTPScope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
