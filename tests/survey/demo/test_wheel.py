"""What people install is whole: the demo starts from the wheel, far from the repository."""

from http.client import HTTPConnection
from typing import Any
from zipfile import ZipFile


def test_no_data_under_another_licence_is_in_it(wheel: ZipFile) -> None:
    names = wheel.namelist()
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".csv")]
    assert "questionnaires/definitions/change-climate/1.0.0.yaml" in names


def test_the_demo_answers_from_the_wheel(facts: dict[str, Any]) -> None:
    (slips, link) = facts["respond"]
    assert (slips["access"], link["access"]) == ("slips", "open")
    assert len(set(slips["codes"])) >= 50
    for address in (slips["url"], link["url"], facts["staff"]["url"]):
        assert _status(address) == 200


def test_its_style_and_its_fonts_are_there(facts: dict[str, Any]) -> None:
    page = _body(facts["respond"][1]["url"])
    linked = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/static")]
    assert linked
    host = facts["respond"][1]["url"].split("/b/")[0]
    assert all(_status(host + path) == 200 for path in linked)


def _status(address: str) -> int:
    return _ask(address)[0]


def _body(address: str) -> str:
    return _ask(address)[1]


def _ask(address: str) -> tuple[int, str]:
    host, _, path = address.removeprefix("http://").partition("/")
    connection = HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()
