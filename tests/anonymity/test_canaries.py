"""Attack 3: known codes, answers and submission ids are searched in every file and spelling."""

import base64
import hashlib
import json
import logging
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from survey.db.engine import reading
from survey.db.tables import responses
from survey.domain import access_codes, retention
from survey.domain.inbox import Outcome, Submission
from survey.domain.sealing import pack, pack_answers
from tests.anonymity.town import Town, answers, found_town
from tests.anonymity.traces import Traces
from tests.postgres import OWNER, Cluster

PEOPLE = 12
WATCHED = 3  # of these everything is searched, in every spelling


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


def _submission_id(stamp: int) -> bytes:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"form {stamp}.musterheim").bytes


def _submissions(town: Town) -> list[Submission]:
    drawn = town.slips["kita"][:PEOPLE]
    return [town.form(slip, stamp, _submission_id(stamp)) for stamp, slip in enumerate(drawn)]


@pytest.fixture
def traces(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Traces:
    """A town of which a few people have answered, on each kind of database."""
    cluster = request.getfixturevalue("server") if database else None
    town = Town.at(tmp_path, database)
    traces = Traces(town, cluster)
    founded = found_town(tmp_path, database=database)
    town.slips, town.clock, town.campaign_id = founded.slips, founded.clock, founded.campaign_id
    assert set(town.send(_submissions(town))) == {Outcome.ACCEPTED}
    return traces


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = found_town(tmp_path)
    assert set(town.send(_submissions(town))) == {Outcome.ACCEPTED}
    return town


def _canaries(town: Town) -> Iterator[bytes]:
    for stamp, slip in enumerate(town.slips["kita"][:WATCHED]):
        yield from _of_code(slip)
        yield from _of_answers(stamp)
        yield from _spellings(_submission_id(stamp))


def _hashes(town: Town) -> list[bytes]:
    """What is stored of codes and submission ids while the campaign is open."""
    raw = [town.hash_of(slip) for slip in town.slips["kita"][:PEOPLE]]
    raw += [hashlib.sha256(_submission_id(stamp)).digest() for stamp in range(PEOPLE)]
    return [spelling for one in raw for spelling in (one, one.hex().encode())]


def test_while_open_no_file_holds_a_code_an_answer_or_a_submission_id(traces: Traces) -> None:
    assert traces.found(_canaries(traces.town)) == []
    traces.town.turn()
    assert traces.found(_canaries(traces.town)) == []


def test_after_closing_no_file_holds_a_readable_answer_or_a_code(traces: Traces) -> None:
    assert traces.found(_hashes(traces.town))
    assert traces.town.ask("close").state == "done"
    assert traces.found(_canaries(traces.town)) == []
    # The log of a server keeps them until its time is over; with them alone nothing can be tied.
    assert set(traces.found(_hashes(traces.town))) <= {"pg_wal"}


def test_after_the_purge_no_file_holds_an_answer_or_its_key(traces: Traces) -> None:
    town = traces.town
    assert town.ask("close").state == "done"
    folder = town.keeper().keys
    (storage,) = [bytes(folder.read(key_id)) for key_id in folder.ids()]
    assert traces.found(_spellings(storage))
    with reading(town.engine) as connection:
        sealed = list(connection.scalars(select(responses.c.answers)))
    town.clock.now += timedelta(days=400)
    town.keeper().run_once()
    assert town.status() == "purged"
    assert traces.found(_canaries(town)) == []
    assert traces.found(_spellings(storage)) == []
    assert set(traces.found(sealed)) <= {"pg_wal"}


def test_too_few_responses_are_never_opened(database: str, tmp_path: Path) -> None:
    town = found_town(tmp_path, database=database)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:9])])
    done = town.ask("close")
    assert (done.state, town.count(responses)) == ("done", 0)
    assert "without results" in done.message
    assert town.keeper().keys.ids() == set()


def test_destroyed_keys_are_in_no_file(traces: Traces) -> None:
    town = traces.town
    folder = town.keeper().keys
    first = [bytes(folder.read(key_id)) for key_id in folder.ids()]
    town.turn()
    second = [bytes(folder.read(key_id)) for key_id in folder.ids()]
    assert len(first) == len(second) == 1
    assert traces.found(_spellings(first[0])) == []
    assert traces.found(_spellings(second[0])) != []
    town.ask("close")
    assert traces.found(_spellings(second[0])) == []


def test_a_failed_batch_leaves_nothing_in_the_logs(
    traces: Traces, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    town = traces.town
    with town.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE submissions RENAME TO elsewhere")
        connection.commit()
    slip = town.slips["kita"][PEOPLE]
    with pytest.raises(Exception, match="not stored"):
        town.send([town.form(slip, 77, _submission_id(77))])
    text = caplog.text.encode() + traces.contents().get("server.log", b"")
    assert b"could not store" in text
    hashed = [town.hash_of(slip), town.hash_of(slip).hex().encode()]
    needles = [*_of_code(slip), *_of_answers(77), *hashed]
    assert not [needle for needle in needles if needle in text]


def test_a_planted_log_of_statements_is_found(cluster: Cluster, tmp_path: Path) -> None:
    """A server that logs statements with their values, switched on while a campaign is open."""
    town = found_town(tmp_path, database=cluster.migrated())
    traces = Traces(town, cluster)
    town.send(_submissions(town)[:2])
    assert "server.log" not in traces.found(_hashes(town))
    town.engine.dispose()
    for setting in ("log_statement = 'all'", "log_parameter_max_length = -1"):
        cluster.psql(f"ALTER ROLE {OWNER} SET {setting}")
    town.send(_submissions(town)[2:4])
    assert "server.log" in traces.found(_hashes(town))
    assert traces.found(_canaries(town)) == []  # even that log has no code and no readable answer
    town.engine.dispose()


def _found(folder: Path, needles: Iterable[bytes]) -> list[str]:
    wanted = set(needles)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.name for path in files if any(map(path.read_bytes().__contains__, wanted))]


def test_planted_notes_of_a_code_or_an_answer_are_found(town: Town) -> None:
    slip, needles = town.slips["kita"][0], list(_canaries(town))
    for note in (
        slip.lower(),
        slip.replace("-", ""),
        (access_codes.normalise(slip) or b"").hex(),
        json.dumps({"answers": answers(1)}),
        str(uuid.UUID(bytes=_submission_id(2))),
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
