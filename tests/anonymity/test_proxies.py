"""Attack 3 over the wire: what somebody sends is searched in every file, whatever goes wrong.

Real processes, with a real nginx and a real Caddy in front, started with the files of docs/proxy.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text

from survey.db.engine import reading, writing
from survey.db.tables import access_codes, inbox
from survey.domain.access_codes import normalise
from survey.domain.answering import Reader
from survey.domain.sealing import pack, pack_answers
from tests.anonymity.house import ACCESS_LOG, House, house
from tests.anonymity.needles import encodings, found, of_address, of_bytes, spellings
from tests.anonymity.wire import FORM_TYPE, Answer, Line
from tests.postgres import Cluster
from tests.proxies import RESPONDENTS, USUAL_NGINX, Proxy, caddy, nginx, trusting
from tests.survey.web.factories import every_kind
from tests.survey.web.forms import ANSWERS

ADDRESS = "127.83.219.147"  # every address 127.x.y.z is this machine's, so a real one can be told
CLAIMED = "198.51.100.77"
HEADERS = {
    "User-Agent": "Kanarienvogel/7.31 (Musterheim)",
    "Referer": "https://zuhause.kanarienvogel.example/von-hier",
    "Cookie": "kanarienkeks=q7Zt0pWx",
    "X-Forwarded-For": CLAIMED,
    "X-Real-IP": CLAIMED,
    "Forwarded": f"for={CLAIMED};by=kanarienproxy",
    "Via": "1.1 kanarienproxy",
    "X-Kanarienkopf": "Kanarienwert-8841",
}
SPOKEN = ("Kanarienvogel/7.31", "kanarienvogel.example", "q7Zt0pWx", "kanarienproxy", "wert-8841")
WRONG = ("kanarienfeld", "Kanarienantwort", "kanarien-umfrage", "9999-KANA-RIEN-9999")
LARGE = 60 * 1024


@dataclass
class Person:
    """Somebody with a slip and a browser that tells much, at the end of a line."""

    line: Line
    house: House
    fields: list[dict[str, str]] = field(default_factory=list)

    def form(self, answers: dict[str, str] | None = None) -> dict[str, str]:
        """A filled-in form with a slip of its own."""
        made = {
            "_fingerprint": every_kind().fingerprint,
            "_language": "de",
            "_code": self.house.asked.codes[len(self.fields)],
            "_submission": secrets.token_urlsafe(18),
        } | (ANSWERS if answers is None else answers)
        self.fields.append(made)
        return made

    def post(self, path: str, fields: dict[str, str] | bytes, **headers: str) -> Answer:
        """Send a form to a page of the campaign."""
        return self.line.ask("POST", f"/b/befragung/{path}", fields, HEADERS | headers)

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self.line.ask("GET", path, headers=HEADERS)

    def head(self, length: int) -> bytes:
        """The beginning of a submission of so many bytes."""
        return self.line.head("POST", "/b/befragung/submit", length, HEADERS)

    def needles(self) -> Iterator[bytes]:
        """Everything of this person that no file may hold."""
        for address in (self.line.address, CLAIMED):
            yield from of_address(address)
        for word in (*SPOKEN, *WRONG):
            yield from spellings(word)
        for form in self.fields:
            yield from spellings(form["_code"])
            yield from spellings(form["_code"].replace("-", ""))
            yield from of_bytes(normalise(form["_code"]) or b"")
            yield from spellings(form["_submission"])
        yield from _of_answers()


def _of_answers() -> Iterator[bytes]:
    """The answers as sent, as parsed and as packed."""
    pairs = list(ANSWERS.items())
    for separator in ("&", ", ", "; "):
        written = separator.join(f"{name}={value}" for name, value in pairs[:4])
        yield from encodings(written)
    yield from encodings(repr(dict(pairs[:3]))[1:-1])
    yield from encodings(json.dumps(dict(pairs[:3]))[1:-1])
    yield from encodings(repr(pairs[:3])[1:-1])
    reader = Reader(every_kind(), demographics=True)
    control = [("_fingerprint", every_kind().fingerprint)]
    values = reader.parse([*pairs, *control], final=False).values
    yield pack_answers(values)
    yield pack("bauamt", values)[:128]
    yield from encodings(", ".join(map(str, values)))
    yield from encodings(",".join(map(str, values)))


def large(form: dict[str, str]) -> bytes:
    """The same form with 60 kB of spaces around its code, which a server has to put up with."""
    code = form["_code"]
    rest = "&".join(f"{name}={value}" for name, value in form.items() if name != "_code")
    padding = "+" * (LARGE - len(rest) - len(code) - len("&_code="))
    return f"{rest}&_code={padding}{code}".encode()


def answer_normally(person: Person) -> None:
    """The whole way, and once more with as much as a form may hold."""
    for body in (person.form(), large(person.form())):
        assert person.get("/b/befragung").status == 200
        assert person.post("form", body).status == 200
        assert person.post("review", body).status == 200
        assert person.post("submit", body).status == 303
        assert person.post("submit", body).status == 303  # the same form once more: stored once
        assert person.get("/b/befragung/thanks?lang=de").status == 200


def make_mistakes(person: Person) -> None:
    """Everything that a server has to refuse, with everything of the person in it."""
    form = person.form()
    refused = {
        422: [{"kanarienfeld": "1"}, {"tru_01": "Kanarienantwort"}, {"_fingerprint": "0" * 64}],
        409: [{"_code": WRONG[3]}, {"_code": person.fields[0]["_code"]}],
    }
    for status, changes in refused.items():
        for change in changes:
            assert person.post("submit", form | change).status == status
    assert person.post("form", {"_code": WRONG[3], "_language": "de"}).status == 422
    assert person.post("submit", large(form) + b"&kanarienfeld=" + b"x" * 8192).status == 413
    as_json = json.dumps(form).encode()
    other_type = person.post("submit", as_json, **{"Content-Type": "application/json"})
    assert other_type.status == 415
    assert person.post("submit", b"kanarienfeld=%ff").status == 400
    assert person.post("submit", form, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert person.get(f"/b/befragung/submit?code={form['_code']}").status == 405
    assert person.get(f"/b/kanarien-umfrage?code={form['_code']}").status == 404
    assert person.line.ask("DELETE", "/b/kanarien-umfrage", headers=HEADERS).status in (404, 405)
    malformed = person.head(10).replace(b"User-Agent:", b"User Agent:")
    assert person.line.send([malformed, b"kanarien=1"]).status == 400
    endless = HEADERS | {"X-Kanarienkopf": WRONG[1] * 40_000}
    assert person.line.ask("GET", "/b/befragung", headers=endless).status in (0, 400, 413, 414, 431)


def be_slow(person: Person) -> None:
    """Byte by byte, broken off in the middle, and (at a proxy) never ending."""
    form = person.form()
    body = large(form)
    dripping = [body[at : at + 1] for at in range(64)]
    assert person.line.send([person.head(len(body)), *dripping, body[64:]]).status == 303
    unsent = large(person.form())
    for cut in (1, 300, LARGE // 2, LARGE - 1):
        parts = [person.head(len(unsent)), unsent[:cut]]
        assert person.line.send(parts, then_hang_up=True).status in (0, 400)
    assert person.line.send([person.head(10)[:-40]], then_hang_up=True).status in (0, 400)


def stall(person: Person) -> None:
    """Say half of it and wait: a proxy ends that, and passes nothing on."""
    body = large(person.form())
    stopped = person.line.send([person.head(len(body)), body[: LARGE // 2]])
    assert stopped.status != 303  # Caddy 2.6 ends it with an empty page
    assert stored(person.house) == (4, 4)


def meet_a_broken_database(person: Person) -> None:
    """The server fails in the middle of storing, and of reading."""
    engine, form = person.house.town.engine, person.form()
    for table in ("submissions", "access_codes"):
        with writing(engine) as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO elsewhere"))
        assert person.post("submit", form).status == 503
        assert person.post("review", form).status == 500
        with writing(engine) as connection:
            connection.execute(text(f"ALTER TABLE elsewhere RENAME TO {table}"))
    assert person.post("submit", form).status == 303


def stored(home: House) -> tuple[int, int]:
    """Sealed responses, and codes that are spent."""
    with reading(home.town.engine) as connection:
        rows = len(connection.execute(select(inbox.c.id)).all())
        spent = len(
            connection.execute(
                select(access_codes.c.code_hash).where(access_codes.c.spent.is_(True))
            ).all()
        )
    return rows, spent


def go_through_everything(person: Person) -> None:
    """What a person can meet with; four of the forms are accepted."""
    answer_normally(person)
    make_mistakes(person)
    be_slow(person)
    meet_a_broken_database(person)
    assert stored(person.house) == (4, 4)


def test_without_a_proxy_nothing_of_a_person_is_in_any_file(tmp_path: Path) -> None:
    with house(tmp_path / "house") as home:
        person = Person(Line(home.port, "127.0.0.1", ADDRESS), home)
        go_through_everything(person)
        assert "The inbox could not store a batch" in home.said
        assert found([home.folder], person.needles()) == {}
    assert found([home.folder], person.needles()) == {}


def test_behind_nginx_nothing_of_a_person_is_in_any_file(tmp_path: Path) -> None:
    with (
        house(tmp_path / "house", keeper=False) as home,
        nginx(tmp_path / "nginx", home.port) as front,
    ):
        person = behind(front, home)
        before = front.writes()
        go_through_everything(person)
        stall(person)
        chunked = {"Content-Type": FORM_TYPE, "Transfer-Encoding": "chunked"} | HEADERS
        assert person.line.ask("POST", "/b/befragung/submit", headers=chunked).status == 411
        home.stop()
        assert person.post("submit", person.form()).status == 503
        assert front.writes() == before, "a body reached a temporary file"
        assert found([home.folder, front.folder], person.needles()) == {}
    assert found([home.folder, front.folder], person.needles()) == {}


def test_on_postgresql_nothing_of_a_person_is_in_any_file(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of the database server are searched as well, with its log at its most talkative."""
    monkeypatch.setenv("PEGEL_DATABASE_URL", cluster.migrated("pegel"))
    cluster.psql("ALTER SYSTEM SET log_min_messages = 'debug1'")
    cluster.psql("SELECT pg_reload_conf()")
    with house(tmp_path / "house") as home, nginx(tmp_path / "nginx", home.port) as front:
        person = behind(front, home)
        go_through_everything(person)
        cluster.checkpoint()
    cluster.stop()
    assert found([home.folder, front.folder, cluster.folder], person.needles()) == {}


def test_behind_caddy_nothing_of_a_person_is_in_any_file(tmp_path: Path) -> None:
    with (
        house(tmp_path / "house", keeper=False) as home,
        caddy(tmp_path / "caddy", home.port) as front,
    ):
        person = behind(front, home)
        go_through_everything(person)
        stall(person)
        home.stop()
        assert person.post("submit", person.form()).status == 503
    assert found([home.folder, front.folder], person.needles()) == {}


def test_a_planted_nginx_as_it_comes_is_noticed(tmp_path: Path) -> None:
    with (
        house(tmp_path / "house", keeper=False) as home,
        nginx(tmp_path / "nginx", home.port, USUAL_NGINX) as front,
    ):
        person = behind(front, home)
        before = front.writes()
        answer_normally(person)
        assert front.writes() != before, "the body of 60 kB was not seen in a temporary file"
        home.stop()
        assert person.post("submit", person.form()).status == 502
        hits = found([home.folder, front.folder], person.needles())
    assert {Path(path).name for path in hits} >= {"access.log", "error.log"}
    assert not any(path.startswith(str(home.folder)) for path in hits)


def test_a_planted_access_log_of_our_own_is_noticed(tmp_path: Path) -> None:
    with house(tmp_path / "house", keeper=False, options=repr(ACCESS_LOG)) as home:
        person = Person(Line(home.port, "127.0.0.1", ADDRESS), home)
        assert person.get("/b/befragung").status == 200
    assert list(found([home.folder], person.needles())) == [str(home.folder / "said.log")]


def behind(front: Proxy, home: House) -> Person:
    """Somebody who reaches the house through a proxy."""
    return Person(Line(front.port, RESPONDENTS, ADDRESS, trusting()), home)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "latin-1"])
def test_planted_notes_are_found_however_they_are_written(tmp_path: Path, encoding: str) -> None:
    import base64

    home = None
    person = Person(Line(1, RESPONDENTS, ADDRESS), home)  # type: ignore[arg-type]  # asks nothing
    needles = list(person.needles())
    for note in (
        ADDRESS,
        "147.219.83.127 in-addr",
        "7f53db93",
        str(0x7F53DB93),
        "::ffff:7f53:db93",
        base64.b64encode(b"x from " + ADDRESS.encode() + b" at noon").decode(),
        base64.b64encode(b"Mozilla/5.0 Kanarienvogel/7.31").decode(),
        "kanarienfeld".upper(),
        "tru_01=4&tru_02=-8&lea_00=1&lea_01=5",
    ):
        (tmp_path / "note").write_text(note, encoding=encoding)
        assert found([tmp_path], needles), note
    (tmp_path / "note").write_bytes(bytes([127, 83, 219, 147]))
    assert found([tmp_path], needles)
    (tmp_path / "note").write_text("POST /b/befragung 303", encoding=encoding)
    assert not found([tmp_path], needles)
