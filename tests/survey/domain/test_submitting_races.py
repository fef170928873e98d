"""Several web workers store at once, each with an engine of its own, on both databases."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select, text

from survey.db.engine import make_engine, reading
from survey.db.tables import campaign_keys, inbox, submissions
from survey.domain import admission, submitting
from survey.domain.submitting import Outcome, Submission, store
from survey.domain.trust import load_trust
from survey.errors import SurveyError
from tests.anonymity.town import Town, found_town

WORKERS = 4
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""

Batch = list[Submission]

both = pytest.mark.usefixtures("either_database")


@pytest.fixture
def postgres_town(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Town]:
    monkeypatch.setenv("PEGEL_DATABASE_URL", postgres_url)
    return lambda **kinds: found_town(tmp_path, **kinds)


class Workers:
    """Web workers of a town, each with connections of its own."""

    def __init__(self, town: Town, count: int = WORKERS) -> None:
        self._town = town
        self._engines = [make_engine(town.settings.database_url) for _ in range(count)]
        self._verify_key = load_trust(town.settings).verify_key

    def send(self, *batches: Batch) -> list[list[Outcome | SurveyError]]:
        """Each worker stores its batch; all begin together."""
        together = threading.Barrier(len(batches))

        def work(engine: Engine, batch: Batch) -> list[Outcome | SurveyError]:
            together.wait()
            return self.store(engine, batch)

        with ThreadPoolExecutor(len(batches)) as pool:
            return list(pool.map(work, self._engines, batches))

    def store(self, engine: Engine, batch: Batch) -> list[Outcome | SurveyError]:
        return store(engine, batch, now=self._town.clock(), verify_key=self._verify_key)


def counted(outcomes: list[list[Outcome | SurveyError]]) -> Counter[Outcome | SurveyError]:
    return Counter(outcome for batch in outcomes for outcome in batch)


@both
def test_the_same_form_on_all_workers_is_thanked_everywhere_and_stored_once(
    tmp_path: Path,
) -> None:
    town = found_town(tmp_path)
    forms = [town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:20])]
    found = counted(Workers(town).send(forms, forms[::-1], forms, forms[::-1]))
    assert found == {Outcome.ACCEPTED: 20, Outcome.REPEATED: 60}
    assert (town.count(inbox), town.count(submissions), town.spent()) == (20, 20, 20)


@both
def test_the_same_form_without_a_code_is_stored_once(tmp_path: Path) -> None:
    town = found_town(tmp_path, access="open", heads={"haus": 400})
    forms = [town.form(None, stamp) for stamp in range(30)]
    found = counted(Workers(town).send(forms, forms[::-1], forms, forms[::-1]))
    assert found == {Outcome.ACCEPTED: 30, Outcome.REPEATED: 90}
    assert (town.count(inbox), town.count(submissions)) == (30, 30)


@both
def test_one_code_with_several_forms_costs_its_neighbours_nothing(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    shared, own = town.slips["kita"][:10], town.slips["feuerwehr"]
    batches = [
        [town.form(slip, 100 * worker + stamp) for stamp, slip in enumerate(shared)]
        + [town.form(slip, 50 + worker) for slip in own[20 * worker : 20 * worker + 20]]
        for worker in range(WORKERS)
    ]
    outcomes = Workers(town).send(*batches)
    assert counted([batch[:10] for batch in outcomes]) == {
        Outcome.ACCEPTED: 10,
        Outcome.CODE_USED: 30,
    }
    assert counted([batch[10:] for batch in outcomes]) == {Outcome.ACCEPTED: 80}
    assert (town.count(inbox), town.spent()) == (90, 90)


@both
def test_one_submission_id_with_several_codes_spends_one_of_them(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    slips = town.slips["kita"]
    batches = [
        [town.form(slip, 1, b"one id %d" % n) for n, slip in enumerate(slips[worker::WORKERS])]
        for worker in range(WORKERS)
    ]
    found = counted(Workers(town).send(*batches))
    assert found == {Outcome.ACCEPTED: 10, Outcome.REPEATED: 30}
    assert (town.count(inbox), town.spent()) == (10, 10)


@both
@pytest.mark.parametrize("access", ["open", "shared-code"])
def test_the_cap_holds_across_workers(tmp_path: Path, access: str) -> None:
    town = found_town(tmp_path, access=access, heads={"haus": 10})
    slip = town.slips[None][0] if access == "shared-code" else None
    batches = [
        [town.form(slip, 100 * worker + stamp) for stamp in range(20)] for worker in range(WORKERS)
    ]
    assert counted(Workers(town).send(*batches)) == {Outcome.ACCEPTED: 30, Outcome.FULL: 50}
    assert town.count(inbox) == 30


def test_a_planted_cap_without_a_lock_is_noticed(
    postgres_town: Callable[..., Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    town = postgres_town(access="open", heads={"haus": 10})
    monkeypatch.setattr(submitting, "lock", lambda *_: None)
    all_decided = threading.Barrier(WORKERS)
    write = submitting._write

    def write_together(*given: object) -> object:
        all_decided.wait()
        return write(*given)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(submitting, "_write", write_together)
    batches = [
        [town.form(None, 100 * worker + stamp) for stamp in range(20)] for worker in range(WORKERS)
    ]
    assert counted(Workers(town).send(*batches))[Outcome.ACCEPTED] == 80


@both
def test_turns_and_a_closing_among_submissions_lose_nothing(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    workers = Workers(town)
    slips = [slip for unit in ("hauptamt", "feuerwehr", "kita") for slip in town.slips[unit]]
    thanked: list[int] = []
    answered = threading.Event()

    def answer(place: int) -> None:
        for stamp in range(place, len(slips), WORKERS):
            form = town.form(slips[stamp], stamp)
            (outcome,) = workers.store(workers._engines[place], [form])
            if outcome is Outcome.ACCEPTED:
                thanked.append(stamp)
            if len(thanked) > len(slips) // 2:
                answered.set()

    keeper = town.keeper()
    with ThreadPoolExecutor(WORKERS) as pool:
        answering = [pool.submit(answer, place) for place in range(WORKERS)]
        _set_in_the_end(answered, answering)
        for _ in range(4):
            town.clock.now += timedelta(hours=24)
            keeper.run_once()
            assert town.status() == "open"
            with reading(town.engine) as connection:
                named = set(connection.scalars(select(inbox.c.key_id)))
                known = set(connection.scalars(select(campaign_keys.c.key_id)))
            assert named <= known
            assert named <= keeper.keys.ids()
        answered.wait()
        assert town.ask("close").state == "done"
        for one in answering:
            one.result()
    stored = sorted(values[0] for _, values in town.responses())
    assert stored == sorted(thanked)
    assert len(stored) > len(slips) // 2


def _set_in_the_end(event: threading.Event, running: list[Future[None]]) -> None:
    """Nobody waits for an event that threads which ended with a fault do not set any more."""

    def look(_: Future[None]) -> None:
        if all(one.done() for one in running):
            event.set()

    for one in running:
        one.add_done_callback(look)


def test_a_turn_waits_for_a_submission_that_has_its_key(
    postgres_town: Callable[..., Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    town = postgres_town()
    assert _turn_in_the_middle(town, monkeypatch) == {"waited": True, "opens": True}


def test_a_planted_submission_that_does_not_hold_its_key_is_noticed(
    postgres_town: Callable[..., Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    town = postgres_town()
    unlocked = admission._CURRENT.with_only_columns(*admission._CURRENT.selected_columns)
    unlocked._for_update_arg = None
    monkeypatch.setattr(admission, "_CURRENT", unlocked)
    assert _turn_in_the_middle(town, monkeypatch) == {"waited": False, "opens": False}


def _turn_in_the_middle(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """A worker has decided and not written yet when the keeper begins to turn."""
    decided, may_write = threading.Event(), threading.Event()
    write = submitting._write

    def write_later(*given: object) -> object:
        decided.set()
        may_write.wait()
        return write(*given)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(submitting, "_write", write_later)
    workers = Workers(town, 1)
    keeper = town.keeper()
    with ThreadPoolExecutor(2) as pool:
        form = town.form(town.slips["kita"][0], 1)
        sending = pool.submit(workers.send, [form])
        decided.wait()
        town.clock.now += timedelta(hours=24)
        turning = pool.submit(keeper.run_once)
        waited = False
        while not (waited or turning.done()):
            waited = _somebody_waits(town.engine)
        may_write.set()
        assert counted(sending.result()) == {Outcome.ACCEPTED: 1}
        turning.result()
    with reading(town.engine) as connection:
        (key_id,) = connection.scalars(select(inbox.c.key_id))
    return {"waited": waited, "opens": key_id in keeper.keys.ids()}


def _somebody_waits(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(connection.scalar(text(WAITING)))


@contextmanager
def _failing(engine: Engine, statement: str, times: int) -> Iterator[list[str]]:
    """The server itself ends the transaction in which `statement` begins, as in a deadlock."""
    left = [statement] * times

    def fail(_connection: object, cursor: object, said: str, *_: object) -> None:
        if left and said.startswith(left[0]):
            left.pop()
            cursor.execute(  # type: ignore[attr-defined] # the driver's cursor
                "DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$"
            )

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield left
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def test_a_deadlock_is_tried_again(postgres_town: Callable[..., Town]) -> None:
    town = postgres_town()
    workers = Workers(town, 1)
    with _failing(workers._engines[0], "INSERT INTO inbox", times=3) as left:
        found = counted(workers.send([town.form(town.slips["kita"][0], 1)]))
    assert (found, left) == ({Outcome.ACCEPTED: 1}, [])
    assert (town.count(inbox), town.spent()) == (1, 1)


def test_whoever_never_gets_through_is_told_so(postgres_town: Callable[..., Town]) -> None:
    town = postgres_town()
    workers = Workers(town, 1)
    form = town.form(town.slips["kita"][0], 1)
    with (
        _failing(workers._engines[0], "INSERT INTO inbox", times=submitting.TRIES),
        pytest.raises(Exception, match="deadlock"),
    ):
        workers.send([form])
    assert (town.count(inbox), town.spent(), town.count(submissions)) == (0, 0, 0)
    assert counted(workers.send([form])) == {Outcome.ACCEPTED: 1}
