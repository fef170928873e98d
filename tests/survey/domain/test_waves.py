"""A release takes its past from the releases of its series, and from nothing else."""

from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from reports.disclosure.values import Shown
from reports.release import Release
from survey.db.campaigns import Campaign
from survey.db.engine import writing_session
from survey.db.releases import Release as ReleaseRow
from survey.db.responses import responses
from survey.domain.releases import load_release
from tests.survey.domain.keys import KEYS
from tests.survey.domain.rows import NOW
from tests.survey.domain.test_releases import closed, release

HOUSE = {"id": "haus", "name": "Stadt Musterheim", "eligible": 90}
SERIES = "jedes-jahr"


def finished(
    session: Session,
    year: int,
    n: int = 30,
    series: str | None = SERIES,
    readers: tuple[str, ...] = ("hr",),
) -> tuple[Campaign, Release]:
    """A campaign of a year by an open link, released."""
    period = {"from": f"{year}-09-01", "to": f"{year}-09-30"}
    plan: dict[str, Any] = {
        "access": "open",
        "units": HOUSE,
        "period": period,
        "series": series,
        "readers": {"report": readers},
    }
    campaign = closed(session, {None: n}, **plan)
    return campaign, release(session, campaign, KEYS, now=NOW)


def test_only_earlier_released_waves_of_the_series_in_the_order_of_time(engine: Engine) -> None:
    """Released in another order, with a stranger, a later one and one still closed among them."""
    with writing_session(engine) as session:
        for year, series in ((2025, SERIES), (2023, SERIES), (2024, "other"), (2022, None)):
            finished(session, year, series=series)
        finished(session, 2027)
        period = {"from": "2024-10-01", "to": "2024-10-30"}
        closed(session, {None: 30}, access="open", units=HOUSE, period=period, series=SERIES)
        campaign, made = finished(session, 2026)
        stored = load_release(session, campaign.slug)
    assert [wave.first_day[:4] for wave in made.waves] == ["2023", "2025"]
    assert stored.to_json() == made.to_json()
    assert {step.line for wave in made.waves for step in wave.steps.values()} == {"equivalent"}


def test_the_past_comes_from_the_release_also_when_its_responses_are_gone(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign, before = finished(session, 2025)
        session.execute(delete(responses).where(responses.c.campaign_id == campaign.id))
        campaign.status = "purged"
        session.flush()
        _, made = finished(session, 2026, 40)
    found = made.waves[0].groups["haus"]["trust"].published
    assert isinstance(found.score, Shown)
    assert found.score == before.whole.scales["trust"].score


def test_what_is_released_never_changes_afterwards(engine: Engine) -> None:
    """A wave that is released later, though it is older, or is gone, changes nothing."""
    with writing_session(engine) as session:
        first, _ = finished(session, 2024)
        second, made = finished(session, 2026)
        finished(session, 2025)
        session.execute(delete(ReleaseRow).where(ReleaseRow.campaign_id == first.id))
        session.flush()
        assert load_release(session, second.slug).to_json() == made.to_json()


@pytest.mark.parametrize(
    ("then", "now", "is_wave"),
    [
        (("hr",), ("hr", "staff"), False),
        (("hr",), ("council",), False),
        (("hr",), ("hr", "mayor"), False),  # who is given it without an account
        (("hr", "council", "privacy", "research"), ("staff",), False),
        (("staff",), ("hr", "staff-council"), True),
        (("mayor", "staff-council"), ("council", "mayor"), True),
        ((), ("hr",), True),  # whoever creates reads where nobody is named
    ],
)
def test_nobody_reads_of_a_wave_whose_plan_did_not_name_them(
    engine: Engine, then: tuple[str, ...], now: tuple[str, ...], *, is_wave: bool
) -> None:
    with writing_session(engine) as session:
        finished(session, 2025, readers=then)
        _, made = finished(session, 2026, readers=now)
    assert bool(made.waves) is is_wave


@pytest.mark.parametrize("where", ["definition", "release", "form"])
def test_a_version_that_is_not_what_was_asked_is_a_break(engine: Engine, where: str) -> None:
    with writing_session(engine) as session:
        campaign, _ = finished(session, 2025)
        if where == "definition":
            campaign.definition = campaign.definition.replace("Zusagen", "Absagen")
        elif where == "form":
            campaign.definition = "{}"
        else:
            row = session.scalars(select(ReleaseRow)).one()
            row.document = row.document.replace(campaign.fingerprint, "0" * 64)
        session.flush()
        _, after = finished(session, 2026)
    step = after.waves[0].steps["trust"]
    assert (step.line, [reason.code for reason in step.reasons]) == ("break", ["lost"])


def test_a_campaign_whose_plan_was_changed_is_no_wave(engine: Engine) -> None:
    """Nobody can say which series it was planned for."""
    with writing_session(engine) as session:
        campaign, _ = finished(session, 2025, series="other")
        campaign.plan = campaign.plan.replace("other", SERIES)
        session.flush()
        _, made = finished(session, 2026)
        assert made.waves == ()


def test_without_a_series_there_is_no_past(engine: Engine) -> None:
    with writing_session(engine) as session:
        finished(session, 2025, series=None)
        _, made = finished(session, 2026, series=None)
    assert "waves" not in made.to_document()
