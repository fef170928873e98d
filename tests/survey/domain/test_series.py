"""What a plan keeps from being compared is told from plans alone, and left out by the release."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.db.campaigns import Campaign, Status
from survey.db.engine import writing_session
from survey.domain.campaigns import plan_of
from survey.domain.series import not_compared
from tests.survey.domain.plans import plan
from tests.survey.domain.rows import NOW, create
from tests.survey.domain.test_waves import SERIES, finished

THIS_YEAR = {"from": "2026-11-23", "to": "2026-12-18"}
LAST_YEAR = {"from": "2025-11-24", "to": "2025-12-19"}
NEXT_YEAR = {"from": "2027-11-22", "to": "2027-12-17"}


def wave(
    session: Session,
    *readers: str,
    status: Status = "released",
    period: dict[str, str] = THIS_YEAR,
    **changed: Any,  # noqa: ANN401 - any part of a plan
) -> Campaign:
    """A campaign of the series with these readers."""
    named = {"report": readers or ("hr",)}
    made = create(session, **({"series": SERIES, "period": period, "readers": named} | changed))
    made.status = status
    session.flush()
    return made


def told(session: Session, *readers: str, now: datetime = NOW) -> list[tuple[str, str]]:
    """Day and reason of what a new plan of this year is not compared with."""
    new = plan(series=SERIES, period=THIS_YEAR, readers={"report": readers or ("hr",)})
    return [(str(one.first_day), one.why) for one in not_compared(session, new, now=now)]


def test_the_same_day_and_other_readers_are_told_the_oldest_first(engine: Engine) -> None:
    with writing_session(engine) as session:
        wave(session, "hr", "council")
        wave(session, "hr", period=LAST_YEAR)
        wave(session, "hr", "council", period=LAST_YEAR)
        assert told(session, "hr", "council") == [
            ("2025-11-24", "readers"),
            ("2026-11-23", "same-day"),
        ]
        assert told(session) == [("2026-11-23", "same-day")]


def test_who_read_then_is_named_as_the_plan_has_it(engine: Engine) -> None:
    with writing_session(engine) as session:
        wave(session, "staff-council", period=LAST_YEAR, title={"de": "Erste Welle"})
        new = plan(series=SERIES, readers={"report": ["hr"]})
        (one,) = not_compared(session, new, now=NOW)
    assert (one.title["de"], one.readers) == ("Erste Welle", ("staff-council",))


@pytest.mark.parametrize(
    "changed",
    [
        {"series": "other"},
        {"series": None},
        {"questionnaire": "pulse@1.0.0"},
        {"period": NEXT_YEAR, "readers": {"report": ["council"]}},  # a later one is no past
        {"status": "draft"},
    ],
)
def test_what_is_no_wave_of_the_past_is_not_told(engine: Engine, changed: dict[str, Any]) -> None:
    with writing_session(engine) as session:
        wave(session, **changed)
        assert told(session) == []


def test_what_was_signed_counts_while_it_can_be_opened(engine: Engine) -> None:
    with writing_session(engine) as session:
        wave(session, status="signed")
        assert told(session) == [("2026-11-23", "same-day")]
        assert told(session, now=datetime(2026, 12, 19, tzinfo=UTC)) == []


def test_a_campaign_is_not_told_of_itself_and_one_that_was_changed_of_nothing(
    engine: Engine,
) -> None:
    with writing_session(engine) as session:
        own = wave(session)
        assert not_compared(session, plan_of(own), now=NOW, slug=own.slug) == ()
        own.plan = own.plan.replace("Befragung", "Umfrage")
        session.flush()
        assert told(session) == []


@pytest.mark.parametrize(
    ("year", "readers", "why"),
    [
        (2025, ("hr",), None),
        (2025, ("hr", "council"), "readers"),
        (2026, ("hr",), "same-day"),
    ],
)
def test_what_is_told_is_what_the_release_leaves_out(
    engine: Engine, year: int, readers: tuple[str, ...], why: str | None
) -> None:
    with writing_session(engine) as session:
        finished(session, year)
        campaign, made = finished(session, 2026, readers=readers)
        found = not_compared(session, plan_of(campaign), now=NOW, slug=campaign.slug)
    assert [one.why for one in found] == ([why] if why else [])
    assert bool(made.waves) is not bool(found)
