"""No answer in the middle of a request, which a proxy would take for a server that is down."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from typing import Any

import pytest
from litestar.types import ASGIApp, Receive, Scope, Send

from survey.web import bodies
from survey.web.bodies import MOST_UNREAD, WholeRequests

BODY = [(b"content-length", b"12")]
PART = {"type": "http.request", "body": b"part", "more_body": True}
LAST = {"type": "http.request", "body": b"last", "more_body": False}
GONE = {"type": "http.disconnect"}


async def refusing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer at once, whatever is sent."""
    await send({"type": "http.response.start", "status": 415, "headers": []})
    await send({"type": "http.response.body", "body": b"no", "more_body": False})


async def reading_first(scope: Scope, receive: Receive, send: Send) -> None:
    """Read what is sent, then answer."""
    while (await receive()).get("more_body"):
        pass
    await refusing(scope, receive, send)


def conversation(
    app: ASGIApp, parts: Iterator[dict[str, Any]], headers: list[tuple[bytes, bytes]]
) -> list[str]:
    """What is read and answered, in its order; a part that does not come is waited for."""
    happened: list[str] = []

    async def receive() -> Any:  # noqa: ANN401 # as the server gives it
        part = next(parts, None)
        if part is None:
            await asyncio.Event().wait()
        happened.append("read")
        return part

    async def send(message: Any) -> None:  # noqa: ANN401 # as the server takes it
        happened.append(message["type"].rpartition(".")[2])

    scope: Any = {"type": "http", "headers": headers}
    # In a thread of its own: a browser may have left a running loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(WholeRequests(app)(scope, receive, send))).result()
    return happened


@pytest.mark.parametrize("app", [refusing, reading_first])
def test_what_was_sent_is_read_once_before_the_answer(app: ASGIApp) -> None:
    found = conversation(app, iter([PART, PART, LAST]), BODY)
    assert found == ["read", "read", "read", "start", "body"]


def test_who_sends_nothing_is_not_waited_for() -> None:
    assert conversation(refusing, iter([]), []) == ["start", "body"]


def test_who_hangs_up_is_answered_for_the_form() -> None:
    assert conversation(refusing, iter([PART, GONE]), BODY) == ["read", "read", "start", "body"]


def test_who_sends_for_ever_is_answered_in_between() -> None:
    large = PART | {"body": bytes(64 * 1024)}
    found = conversation(refusing, chain(repeat(large)), BODY)
    assert found == ["read"] * (MOST_UNREAD // (64 * 1024)) + ["start", "body"]


def test_who_stops_in_the_middle_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "UNREAD_AT_MOST", 0.0)
    assert conversation(refusing, iter([PART]), BODY)[-2:] == ["start", "body"]
