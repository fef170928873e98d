"""Attack 3: known codes, answers and submission ids are searched in every file and spelling."""

import base64
import json
import logging
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from survey.domain import access_codes, retention
from survey.domain.inbox import Outcome
from survey.domain.sealing import pack, pack_answers
from tests.anonymity.town import Town, answers, found_town

PEOPLE = 12


def _spellings(raw: bytes) -> Iterator[bytes]:
    """Bytes as somebody might have written them."""
    yield raw
    for text in (raw.hex(), base64.b64encode(raw).decode().rstrip("="), raw.decode("latin-1")):
        yield from _encodings(text)
    yield from _encodings(base64.b32encode(raw).decode().rstrip("="))
    if len(raw) == 16:
        yield from _encodings(str(uuid.UUID(bytes=raw)))


def _encodings(text: str) -> Iterator[bytes]:
    for spelling in {text, text.upper(), text.lower()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield spelling.encode(encoding)


def _of_code(slip: str) -> Iterator[bytes]:
    yield from _encodings(slip)
    yield from _encodings(slip.replace("-", ""))
    yield from _spellings(access_codes.normalise(slip) or b"")


def _of_answers(stamp: int) -> Iterator[bytes]:
    values = answers(stamp)
    yield from _spellings(pack_answers(values))
    yield pack("kita", values)
    yield pack_answers(values[1:])
    yield bytes(values[1:])
    for text in (", ".join(map(str, values[1:])), ",".join(map(str, values[1:]))):
        yield from _encodings(text)
    yield "&".join(f"q{place:02}={value}" for place, value in enumerate(values[1:])).encode()


def _found(folder: Path, needles: Iterable[bytes]) -> list[str]:
    """Names of the files that hold any of the needles."""
    wanted = list(needles)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert files
    return [path.name for path in files if any(map(path.read_bytes().__contains__, wanted))]


def _submission_id(stamp: int) -> bytes:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"form {stamp}.musterheim").bytes


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = found_town(tmp_path)
    drawn = town.slips["kita"][:PEOPLE]
    forms = [town.form(slip, stamp, _submission_id(stamp)) for stamp, slip in enumerate(drawn)]
    assert set(town.send(forms)) == {Outcome.ACCEPTED}
    return town


def _canaries(town: Town) -> Iterator[bytes]:
    for stamp, slip in enumerate(town.slips["kita"][:PEOPLE]):
        yield from _of_code(slip)
        yield from _of_answers(stamp)
        yield from _spellings(_submission_id(stamp))


def test_while_open_no_file_holds_a_code_an_answer_or_a_submission_id(town: Town) -> None:
    assert _found(town.data, _canaries(town)) == []
    town.turn()
    assert _found(town.data, _canaries(town)) == []


def test_after_closing_only_the_responses_hold_answers_and_nothing_holds_codes(town: Town) -> None:
    hashes = [town.hash_of(slip) for slip in town.slips["kita"][:PEOPLE]]
    assert town.ask("close").state == "done"
    for stamp, slip in enumerate(town.slips["kita"][:PEOPLE]):
        assert _found(town.data, _of_code(slip)) == []
        assert _found(town.data, _spellings(_submission_id(stamp))) == []
        assert _found(town.data, [pack_answers(answers(stamp))]) == ["pegel.sqlite"]
    assert _found(town.data, hashes) == []


def test_after_the_purge_no_file_holds_an_answer(town: Town) -> None:
    assert town.ask("close").state == "done"
    town.clock.now = town.clock.now.replace(year=town.clock.now.year + 1)
    town.keeper().run_once()
    assert town.status() == "purged"
    assert _found(town.data, _canaries(town)) == []


def test_too_few_responses_are_never_opened(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:9])])
    done = town.ask("close")
    assert (done.state, town.responses()) == ("done", [])
    assert "without results" in done.message
    found = [_found(town.data, _of_answers(stamp)) for stamp in range(9)]
    assert found == [[]] * 9


def test_destroyed_keys_are_in_no_file(town: Town) -> None:
    folder = town.keeper().keys
    first = [bytes(folder.read(key_id)) for key_id in folder.ids()]
    town.turn()
    second = [bytes(folder.read(key_id)) for key_id in folder.ids()]
    assert len(first) == len(second) == 1
    assert _found(town.data, _spellings(first[0])) == []
    assert _found(town.data, _spellings(second[0])) != []
    town.ask("close")
    assert _found(town.data, _spellings(second[0])) == []


def test_a_failed_batch_leaves_nothing_in_the_log(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with town.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE submissions RENAME TO elsewhere")
        connection.commit()
    slip = town.slips["kita"][PEOPLE]
    with pytest.raises(Exception, match="not stored"):
        town.send([town.form(slip, 77, _submission_id(77))])
    text = caplog.text.encode()
    assert b"could not store" in text
    needles = [*_of_code(slip), *_of_answers(77), *_spellings(town.hash_of(slip))]
    assert not [needle for needle in needles if needle in text]


def test_planted_notes_of_a_code_or_an_answer_are_found(town: Town) -> None:
    slip, needles = town.slips["kita"][0], list(_canaries(town))
    for note in (
        slip.lower(),
        slip.replace("-", ""),
        (access_codes.normalise(slip) or b"").hex(),
        json.dumps({"answers": answers(3)}),
        str(uuid.UUID(bytes=_submission_id(4))),
    ):
        (town.data / "debug.log").write_text(f"POST /b/befragung {note}", encoding="utf-16")
        assert _found(town.data, needles) == ["debug.log"]


def test_a_planted_closing_that_does_not_scrub_is_found(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "scrub", lambda _: None)
    hashes = [town.hash_of(slip) for slip in town.slips["kita"][:PEOPLE]]
    assert town.ask("close").state == "done"
    assert _found(town.data, hashes) != []


def test_a_planted_key_that_is_kept_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = town.keeper().keys
    first = [bytes(folder.read(key_id)) for key_id in folder.ids()]
    monkeypatch.setattr(type(folder), "destroy", lambda *_: None)
    town.turn()
    assert _found(town.data, _spellings(first[0])) != []
