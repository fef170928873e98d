"""A campaign is frozen when it is created, moves one way, and tells one number while it runs."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from questionnaires import registry
from survey.db.campaigns import STATUSES, Campaign, Status
from survey.db.engine import reading_session, writing, writing_session
from survey.db.inbox import inbox
from survey.db.releases import Release
from survey.db.tables import random_id
from survey.domain import campaigns
from survey.domain.access_codes import issue
from survey.domain.campaigns import check_open, public_count, refresh_public_count
from survey.errors import NotFoundError, RefusedError, WrongStateError
from tests.survey.domain.plans import plan
from tests.survey.domain.rows import NOW, TRUST, create


@pytest.fixture
def definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped definitions that a test may change."""
    folder = tmp_path / "definitions"
    shutil.copytree(registry.FOLDER, folder)
    monkeypatch.setattr(registry, "FOLDER", folder)
    registry._load.cache_clear()
    yield folder
    registry._load.cache_clear()


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "change-climate" / "1.0.0.yaml"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")
    registry._load.cache_clear()


def test_a_campaign_starts_as_a_draft_with_everything_frozen(engine: Engine) -> None:
    with writing_session(engine) as session:
        create(session)
    with reading_session(engine) as session:
        campaign = campaigns.get(session, "befragung-2026")
        questionnaire = registry.get("change-climate", "1.0.0")
        assert campaign.status == "draft"
        assert campaign.created_at == NOW
        assert campaign.title == {"de": "Befragung 2026", "en": "Survey 2026"}
        assert campaign.fingerprint == questionnaire.fingerprint
        assert campaign.plan_hash == plan().hash(questionnaire, TRUST.keeper_key)
        assert campaigns.plan_of(campaign) == plan()
        assert campaigns.questionnaire_of(campaign) == questionnaire


def test_the_frozen_questionnaire_outlives_its_file(engine: Engine, definitions: Path) -> None:
    before = registry.get("change-climate", "1.0.0")
    with writing_session(engine) as session:
        create(session)
    shutil.rmtree(definitions / "change-climate")
    with reading_session(engine) as session:
        assert campaigns.questionnaire_of(campaigns.get(session, "befragung-2026")) == before


def test_a_definition_that_was_changed_in_the_database_is_refused(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        campaign.definition = campaign.definition.replace('"minutes":', '"minutes":1', 1)
        with pytest.raises(RefusedError, match="was changed after it was created"):
            campaigns.questionnaire_of(campaign)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ({"de": "Befragung 2026"}, "befragung-2026"),
        ({"en": "Survey", "de": "Größe & Führung"}, "groesse-fuehrung"),
        ({"de": "2026: Ämter"}, "befragung-2026-aemter"),
        ({"de": "???"}, "befragung"),
    ],
)
def test_the_slug_comes_from_the_title(engine: Engine, title: dict[str, str], slug: str) -> None:
    with writing_session(engine) as session:
        assert create(session, title=title).slug == slug
        assert create(session, title=title).slug == f"{slug}-2"
        assert create(session, title=title).slug == f"{slug}-3"


def test_a_slug_of_the_plan_is_used_once(engine: Engine) -> None:
    with writing_session(engine) as session:
        assert create(session, slug="klima").slug == "klima"
        with pytest.raises(RefusedError, match="already"):
            create(session, slug="klima")


def test_a_campaign_that_is_not_there_is_named(engine: Engine) -> None:
    with reading_session(engine) as session, pytest.raises(NotFoundError, match="'nirgends'"):
        campaigns.get(session, "nirgends")


def test_the_newest_campaign_comes_first(engine: Engine) -> None:
    with writing_session(engine) as session:
        for slug in ("eins", "zwei"):
            create(session, slug=slug)
        assert [campaign.slug for campaign in campaigns.list_(session)] == ["zwei", "eins"]


def test_a_changed_file_under_a_used_version_is_refused(engine: Engine, definitions: Path) -> None:
    with writing_session(engine) as session:
        campaign = with_codes(session)
        change(definitions, "minutes: 8", "minutes: 9")
        with pytest.raises(RefusedError, match="was changed after"):
            check_open(session, campaign, now=NOW)
        with pytest.raises(RefusedError, match="was changed after"):
            create(session)


def test_a_draft_version_cannot_be_used(engine: Engine, definitions: Path) -> None:
    change(definitions, "status: active", "status: draft")
    with writing_session(engine) as session, pytest.raises(RefusedError, match="is draft"):
        create(session)


def with_codes(session: Session, **changed: object) -> Campaign:
    campaign = create(session, **changed)
    issue(session, campaign, "bauamt", 40)
    return campaign


def test_a_campaign_with_codes_may_open(engine: Engine) -> None:
    with writing_session(engine) as session:
        check_open(session, with_codes(session), now=NOW)
        check_open(session, create(session, access="open", units=None), now=NOW)


def test_without_codes_nobody_could_answer(engine: Engine) -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 50}
    with writing_session(engine) as session:
        for changed in ({}, {"access": "shared-code", "units": whole}):
            with pytest.raises(WrongStateError, match="No codes were issued"):
                check_open(session, create(session, **changed), now=NOW)


def test_a_campaign_with_breakdowns_may_be_opened(engine: Engine) -> None:
    with writing_session(engine) as session:
        check_open(session, with_codes(session, breakdowns=["tenure"]), now=NOW)


def test_a_period_that_is_over_cannot_be_opened(engine: Engine) -> None:
    end = datetime(2026, 12, 18, 23, tzinfo=UTC)
    with writing_session(engine) as session:
        campaign = with_codes(session)
        check_open(session, campaign, now=end - timedelta(seconds=1))
        with pytest.raises(WrongStateError, match="ended on 2026-12-18"):
            check_open(session, campaign, now=end)


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"draft", "signed"}))
def test_what_was_opened_is_not_opened_again(engine: Engine, status: Status) -> None:
    with writing_session(engine) as session:
        campaign = with_codes(session)
        campaign.status = status
        with pytest.raises(WrongStateError, match=f"is {status} already"):
            check_open(session, campaign, now=NOW)


@pytest.mark.parametrize("status", STATUSES)
def test_only_an_open_campaign_closes_and_only_a_closed_one_is_released(
    engine: Engine, status: Status
) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        campaign.status = status
        for check, possible in (
            (campaigns.check_close, "open"),
            (campaigns.check_release, "closed"),
        ):
            if status == possible:
                check(campaign)
            else:
                with pytest.raises(WrongStateError):
                    check(campaign)


@given(st.lists(st.sampled_from(STATUSES), max_size=8))
def test_a_campaign_moves_one_way(steps: list[Status]) -> None:
    campaign = Campaign(slug="x", status="draft")
    places = [STATUSES.index("draft")]
    for step in steps:
        try:
            campaigns.set_status(campaign, step, now=NOW)
        except WrongStateError:
            continue
        places.append(STATUSES.index(step))
    assert places == sorted(set(places))
    assert set(STATUSES) == set(get_args(Status))


def test_each_step_notes_when_it_was_made(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        steps: tuple[Status, ...] = ("open", "closed", "released")
        for days, status in enumerate(steps):
            campaigns.set_status(campaign, status, now=NOW + timedelta(days=days))
    assert campaign.opened_at == NOW
    assert campaign.closed_at == NOW + timedelta(days=1)
    assert campaign.released_at == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("rows", "eligible", "shown"),
    [
        (25, 29, None),
        (500, None, None),
        (0, 30, 0),
        (9, 30, 0),
        (10, 30, 10),
        (14, 30, 10),
        (15, 30, 15),
        (399, 500, 395),
    ],
)
def test_the_one_number(rows: int, eligible: int | None, shown: int | None) -> None:
    assert public_count(rows, eligible) == shown


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_the_one_number_never_tells_a_single_response(rows: int, eligible: int) -> None:
    shown = public_count(rows, eligible)
    if eligible < 30:
        assert shown is None
    else:
        assert shown is not None
        assert shown % 5 == 0
        assert shown <= rows < max(shown + 5, 10)


def test_the_one_number_is_counted_once_a_day(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        other = create(session)
        assert counted(session, campaign, NOW) == ("fewer than 10", True)
        arrive(session, other, 99)
        arrive(session, campaign, 23)
        almost = NOW + timedelta(hours=24) - timedelta(seconds=1)
        assert counted(session, campaign, almost) == ("fewer than 10", False)
        assert counted(session, campaign, NOW + timedelta(hours=24)) == ("at least 20", True)
        arrive(session, campaign, 5)
        assert counted(session, campaign, NOW + timedelta(hours=47)) == ("at least 20", False)
        assert counted(session, campaign, NOW + timedelta(hours=48)) == ("at least 25", True)


def test_a_small_house_has_no_number(engine: Engine) -> None:
    units = {"id": "haus", "name": "Haus", "eligible": 29}
    with writing_session(engine) as session:
        campaign = create(session, units=units)
        arrive(session, campaign, 28)
        assert counted(session, campaign, NOW) == ("", True)
        assert campaigns.responses_shown(session, campaign) is None


def test_what_is_told_is_a_number_or_nothing(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        assert campaigns.responses_shown(session, campaign) is None
        campaign.public_count = 0
        assert campaigns.responses_shown(session, campaign) is None
        campaign.public_count = 25
        assert campaigns.responses_shown(session, campaign) == 25


@pytest.mark.parametrize(("n", "shown"), [(402, 402), ({"hidden": True}, None)])
def test_after_the_release_its_number_is_told(engine: Engine, n: object, shown: int | None) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        campaign.public_count = 25
        document = json.dumps({"n": n})
        session.add(Release(campaign_id=campaign.id, document=document, created_at=NOW))
        assert campaigns.responses_shown(session, campaign) == shown


def arrive(session: Session, campaign: Campaign, count: int) -> None:
    key = random_id()
    rows = [
        {"campaign_id": campaign.id, "id": random_id(), "key_id": key, "sealed": b"sealed"}
        for _ in range(count)
    ]
    session.execute(insert(inbox), rows)


def counted(session: Session, campaign: Campaign, now: datetime) -> tuple[str, bool]:
    session.flush()
    did = refresh_public_count(session.connection(), campaign, now=now)
    session.refresh(campaign)
    return campaigns.count_in_words(campaign), did


def test_counting_works_on_a_plain_connection(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
    with writing(engine) as connection:
        assert refresh_public_count(connection, campaign, now=NOW)
    with reading_session(engine) as session:
        assert campaigns.get(session, campaign.slug).public_count == 0
