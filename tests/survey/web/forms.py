"""Filling in forms without a browser: what a page has in it, and what it sends."""

from html.parser import HTMLParser
from typing import Any

from httpx import Response
from litestar.testing import TestClient

from tests.survey.web.factories import Asked, every_kind

ANSWERS = {"tru_01": "4", "tru_02": "-8", "lea_00": "1", "lea_01": "5", "years": "12"}
ANSWERS |= {"wish_1": "1", "steer": "2", "steer_target": "3", "tenure": "2"}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, dict[str, str]] = {}
        self._form = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = given.get("id") or given.get("action") or ""
            self.sent[self._form] = {}
        kind = given.get("type")
        chosen = kind not in ("radio", "checkbox") or "checked" in given
        if tag == "input" and chosen and given.get("name"):
            into = self.sent.setdefault(given.get("form") or self._form, {})
            into[str(given["name"])] = given.get("value") or ""


def forms_of(page: Response) -> dict[str, dict[str, str]]:
    """Form id -> the fields that the browser would send as the page stands."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.sent


def begin(client: TestClient[Any], asked: Asked, code: str = "", **fields: str) -> Response:
    return client.post(f"/b/{asked.slug}/form", data={"_code": code, "_language": "de"} | fields)


def review(
    client: TestClient[Any], asked: Asked, code: str = "", answers: dict[str, str] | None = None
) -> Response:
    given = ANSWERS if answers is None else answers
    control = {"_fingerprint": every_kind().fingerprint, "_language": "de"}
    if code:
        control["_code"] = code
    return client.post(f"/b/{asked.slug}/review", data=given | control)


def send(client: TestClient[Any], asked: Asked, fields: dict[str, str]) -> Response:
    return client.post(f"/b/{asked.slug}/submit", data=fields)
