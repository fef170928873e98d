"""The demo comes out of the same doors as a real town: sealed, turned, closed, released."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from survey.db.engine import make_engine, reading, reading_session
from survey.db.tables import Campaign, Release, access_codes, campaign_keys, inbox, responses
from survey.domain import campaigns
from survey.domain.trust import load_trust
from survey.settings import Settings


@pytest.fixture(scope="module")
def released(facts: dict[str, Any]) -> list[str]:
    """The finished waves, the last one first."""
    return [report["slug"] for report in facts["reports"]]


@pytest.fixture(scope="module")
def running(facts: dict[str, Any]) -> list[str]:
    """What can be answered: by slips, and by an open link."""
    return [campaign["slug"] for campaign in facts["respond"]]


@pytest.fixture(scope="module")
def codes(facts: dict[str, Any]) -> list[str]:
    """Of the slips, all unused."""
    found: list[str] = facts["respond"][0]["codes"]
    return found


@pytest.fixture
def database(settings: Settings, released: list[str]) -> Iterator[Connection]:
    assert released
    engine = make_engine(settings.database_url)
    with reading(engine) as connection:
        yield connection
    engine.dispose()


def test_two_waves_are_released_and_two_campaigns_are_open(
    database: Connection, released: list[str], running: list[str]
) -> None:
    """The responses to the first wave are gone, its release is not."""
    found = dict(database.execute(select(Campaign.slug, Campaign.status)).all())
    last, first = released
    slips, link = running
    states = {last: "released", first: "purged", slips: "open", link: "open"}
    assert found == states


def test_about_400_people_have_answered(database: Connection) -> None:
    for document in database.scalars(select(Release.document)):
        assert 380 <= json.loads(document)["n"] <= 420


def test_the_last_wave_knows_the_first_one(database: Connection) -> None:
    first, last = map(json.loads, database.scalars(select(Release.document).order_by(Release.id)))
    assert "waves" not in first
    (wave,) = last["waves"]
    assert wave["title"] == first["facts"]["title"]
    values = wave["groups"]["musterheim"]
    assert {name: value["mean_0_100"] for name, value in values.items()} == {
        name: value["mean_0_100"] for name, value in first["scales"].items()
    }
    dashed = [name for name, step in wave["steps"].items() if step["line"] == "bridge"]
    assert dashed == ["participation"]
    assert isinstance(values["participation"]["common_0_100"], list)
    p = [value["p_holm_scales"] for name, value in values.items() if name not in dashed]
    assert min(p) < 0.05 < max(p)


def test_the_finished_wave_left_no_code_and_no_sealed_row(
    database: Connection, released: list[str]
) -> None:
    done = database.scalar(select(Campaign.id).where(Campaign.slug == released[0]))
    for table in (access_codes, campaign_keys, inbox):
        count = select(func.count()).select_from(table).where(table.c.campaign_id == done)
        assert database.scalar(count) == 0


def test_units_too_small_are_stored_merged(database: Connection) -> None:
    rows = database.execute(select(responses.c.unit, func.count()).group_by(responses.c.unit))
    stored = {unit: count for unit, count in rows}  # noqa: C416 # rows are not pairs to mypy
    assert "standesamt" not in stored
    assert min(stored.values()) >= 7


@pytest.mark.usefixtures("facts")
def test_only_open_campaigns_and_stored_responses_have_a_key(settings: Settings) -> None:
    assert len(list(settings.key_folder.glob("*.key"))) == 2 + 1


def test_three_people_took_every_campaign_there(
    settings: Settings, released: list[str], running: list[str]
) -> None:
    engine = make_engine(settings.database_url)
    secret = load_trust(settings).secret
    with reading_session(engine) as session:
        for slug in (*released, *running):
            found = campaigns.standing(session, campaigns.get(session, slug), secret=secret)
            assert found.creator is not None
            assert (found.creator.role, found.cosigned.by) == ("hr", "council")
        finished = campaigns.standing(session, campaigns.get(session, released[0]), secret=secret)
        assert finished.releaser is not None
        assert finished.releaser.role == "privacy"
    engine.dispose()


def test_enough_unused_codes_are_told(codes: list[str]) -> None:
    assert len(set(codes)) >= 50


def test_no_code_is_written_anywhere(codes: list[str], settings: Settings) -> None:
    files = [path.read_bytes() for path in settings.data.rglob("*") if path.is_file()]
    for code in codes[:50]:
        for written in (code, code.replace("-", "")):
            assert not any(written.encode() in content for content in files)
