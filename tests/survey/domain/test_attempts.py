"""Guessing is limited for all processes together, and what was tried stands nowhere."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine, select

from survey.db.accounts import Attempts
from survey.db.engine import make_engine, writing_session
from survey.domain import attempts
from tests.survey.domain.rows import NOW

SECRET = b"s" * 32
MOST = 5


def take(engine: Engine, what: str = "one", later: timedelta = timedelta()) -> bool:
    with writing_session(engine) as session:
        return attempts.take(session, what, MOST, secret=SECRET, now=NOW + later)


def test_so_many_and_no_more_until_the_time_is_over(engine: Engine) -> None:
    assert [take(engine) for _ in range(MOST + 2)] == [True] * MOST + [False] * 2
    assert take(engine, "another")
    assert not take(engine, later=attempts.WINDOW - timedelta(seconds=1))
    assert take(engine, later=attempts.WINDOW)


def test_a_right_one_ends_the_counting(engine: Engine) -> None:
    for _ in range(MOST):
        take(engine)
    with writing_session(engine) as session:
        attempts.forget(session, "one", secret=SECRET)
    assert take(engine)


def test_many_at_the_same_time_are_no_way_around(engine: Engine) -> None:
    with ThreadPoolExecutor(20) as pool:
        allowed = list(pool.map(lambda _: take(engine), range(20)))
    assert allowed.count(True) == MOST


def test_another_process_counts_on(engine: Engine) -> None:
    for _ in range(MOST):
        take(engine)
    other = make_engine(engine.url.render_as_string(hide_password=False))
    assert not take(other)
    other.dispose()


def test_what_was_tried_can_be_read_nowhere_and_goes(
    engine: Engine, bytes_on_disk: Callable[[], bytes]
) -> None:
    typed = "versehentlich das Passwort im Namensfeld"
    take(engine, typed)
    assert typed.encode() not in bytes_on_disk()
    take(engine, "later", attempts.WINDOW)
    with writing_session(engine) as session:
        assert len(session.scalars(select(Attempts)).all()) == 1
