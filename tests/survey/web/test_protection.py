"""What an attacker or a curious operator finds: headers, logs, other sites' posts, floods."""

import gzip
import logging
from typing import Any

import pytest
from litestar.testing import RequestFactory, TestClient

from survey.app import create_app
from survey.web import protection
from survey.web.protection import BURST, MOST_ADDRESSES, PER_SECOND, FloodLimit, address_of
from tests.survey.web.factories import Town
from tests.survey.web.forms import begin, forms_of, review, send

Client = TestClient[Any]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = ("/", "/healthz", "/b/befragung", "/b/befragung/trial", "/b/befragung/thanks", "/nothing")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_protected_and_sets_no_cookie(client: Client, town: Town, page: str) -> None:
    town.ask("befragung")
    headers = client.get(page).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "noindex" in headers["x-robots-tag"]
    assert "set-cookie" not in headers


def test_answers_to_posts_are_protected_too(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    shown = review(client, asked, asked.codes[0])
    sent = send(client, asked, forms_of(shown)["send"])
    for response in (begin(client, asked, "x"), shown, sent):
        assert response.headers["cache-control"] == "no-store"
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("path", ["form", "review", "submit"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://pegel.example.elsewhere.example"},
        {"Origin": "http://pegel.example:8080"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_posts_that_other_sites_set_off_are_refused(
    client: Client, town: Town, path: str, headers: dict[str, str]
) -> None:
    asked = town.ask("befragung")
    page = client.post(f"/b/befragung/{path}", data={"_code": asked.codes[0]}, headers=headers)
    assert page.status_code == 403
    assert "fremden Seite" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://pegel.example"},
        {},
    ],
)
def test_posts_of_our_own_pages_pass(client: Client, town: Town, headers: dict[str, str]) -> None:
    asked = town.ask("befragung")
    fields = {"_code": asked.codes[0]}
    assert client.post("/b/befragung/form", data=fields, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["form", "review", "submit", "trial/review"])
def test_a_form_of_more_than_64_kb_is_refused(client: Client, town: Town, path: str) -> None:
    town.ask("befragung")
    body = b"tru_01=4&x=" + b"a" * 65_536
    page = client.post(f"/b/befragung/{path}", content=body, headers=FORM)
    assert page.status_code == 413
    assert "Dieses Formular ist zu groß" in page.text


def test_a_form_of_unknown_length_is_refused_as_well(client: Client, town: Town) -> None:
    town.ask("befragung")
    parts = (b"a" * 8192 for _ in range(20))
    page = client.post("/b/befragung/review", content=parts, headers=FORM)
    assert page.status_code == 413


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"{}", "application/json", 415),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"tru_01=4", "", 415),
        (b"tru_01=%ff%fe", FORM["Content-Type"], 400),
        ("tru_01=ä".encode(), FORM["Content-Type"], 400),
        (b"&".join(b"a=1" for _ in range(3000)), FORM["Content-Type"], 400),
    ],
)
def test_what_is_no_form_is_refused(
    client: Client, town: Town, content: bytes, kind: str, code: int
) -> None:
    town.ask("befragung")
    page = client.post("/b/befragung/review", content=content, headers={"Content-Type": kind})
    assert page.status_code == code
    assert "nichts gespeichert" in page.text


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/b/befragung/submit", 405),
        ("GET", "/b/befragung/review", 405),
        ("GET", "/b/unbekannt", 404),
        ("POST", "/b/unbekannt/submit", 404),
        ("GET", "/b/", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("GET", "/static//etc/passwd", 404),
        ("GET", "/static/vendor/kern/LICENSE.md", 404),
        ("GET", "/schema", 404),
    ],
)
def test_wrong_addresses_get_a_page_for_people(
    client: Client, town: Town, method: str, path: str, code: int
) -> None:
    town.ask("befragung")
    page = client.request(method, path, headers=FORM)
    assert page.status_code == code
    assert '<html lang="de">' in page.text


def test_failures_speak_english_too(client: Client) -> None:
    page = client.get("/nothing", headers={"Accept-Language": "en"})
    assert "There is nothing at this address" in page.text


def test_logs_hold_nothing_of_the_person(
    client: Client, town: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever happens: answers, code, address and path are in no line."""
    caplog.set_level(logging.DEBUG)
    asked = town.ask("befragung")
    client.headers["User-Agent"] = "canary-agent"
    client.headers["X-Forwarded-For"] = "198.51.100.77"
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    send(client, asked, fields | {"tru_01": "canary9"})
    send(client, asked, fields | {"canary_field": "1"})
    begin(client, asked, "CANARY-CODE")
    client.get("/b/canary-slug?canary=1")
    client.app.state.announcements = None
    assert client.get("/b/befragung?canary=2").status_code == 500
    assert send(client, asked, fields).status_code == 500
    ours = [
        record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    ]
    said = "\n".join(record.getMessage() + str(record.exc_info) for record in ours)
    said += "".join(capfd.readouterr())
    for canary in ("canary", "CANARY", asked.codes[0], "198.51.100", "/b/", fields["_submission"]):
        assert canary not in said, canary
    assert "AttributeError in visits.py" in said


def test_pages_come_compressed_and_are_the_same_pages(client: Client, town: Town) -> None:
    """The form is put together from parts that were compressed at different times."""
    asked = town.ask("befragung")
    fields = {"_code": asked.codes[0], "_language": "en", "_submission": "x" * 24}
    plain = client.post("/b/befragung/form", data=fields, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream(
        "POST", "/b/befragung/form", data=fields, headers={"Accept-Encoding": "gzip"}
    ) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) * 4 < len(plain.content)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_five_hundred_people_behind_one_address_get_through() -> None:
    limit = FloodLimit(Clock())
    assert all(limit.admits("198.51.100.1") for _ in range(500 * 8))


def test_a_flood_is_stopped_and_let_in_again_later() -> None:
    clock = Clock()
    limit = FloodLimit(clock)
    while limit.admits("198.51.100.1"):
        pass
    assert limit.admits("198.51.100.2")
    clock.now += 10
    admitted = sum(limit.admits("198.51.100.1") for _ in range(BURST))
    assert admitted == int(10 * PER_SECOND)


def test_the_limit_keeps_no_address_and_forgets_every_day() -> None:
    clock = Clock()
    limit = FloodLimit(clock)
    limit.admits("198.51.100.1")
    before = dict(limit._buckets)
    assert b"198.51.100.1" not in b"".join(before)
    clock.now += 86_401
    limit.admits("198.51.100.1")
    assert not set(before) & set(limit._buckets)


def test_the_limit_has_bounded_memory() -> None:
    limit = FloodLimit(Clock())
    for number in range(MOST_ADDRESSES + 50):
        limit.admits(str(number))
    assert len(limit._buckets) == MOST_ADDRESSES


def test_who_floods_reads_why(client: Client, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "BURST", 3)
    monkeypatch.setattr(protection, "PER_SECOND", 0.0)
    town.ask("befragung")
    pages = [client.get("/b/befragung") for _ in range(4)]
    assert [page.status_code for page in pages] == [200, 200, 200, 429]
    assert pages[-1].headers["retry-after"] == "60"
    assert "Zu viele Anfragen" in pages[-1].text


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.9", "", "198.51.100.9"),
        ("198.51.100.9", "203.0.113.1", "198.51.100.9"),  # a stranger's word counts for nothing
        ("127.0.0.1", "203.0.113.1, 198.51.100.9", "198.51.100.9"),
        ("::1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "", None),  # a proxy that says nothing: one limit would hit everybody
    ],
)
def test_behind_a_proxy_the_address_is_the_one_that_it_has_seen(
    peer: str, forwarded: str, address: str | None
) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    request.scope["client"] = (peer, 1234)
    assert address_of(request) == address


@pytest.mark.parametrize(("forwarded", "address"), [("", None), ("203.0.113.7", "203.0.113.7")])
def test_behind_a_proxy_elsewhere_its_own_address_stands_for_nobody(
    town: Town, forwarded: str, address: str | None
) -> None:
    """Otherwise all who come through it would share one limit, and one could shut out all."""
    app = create_app(town.settings.model_copy(update={"behind_proxy": True}))
    request = RequestFactory(app=app).get("/", headers={"X-Forwarded-For": forwarded})
    request.scope["client"] = ("192.0.2.10", 1234)
    assert address_of(request) == address
