"""A release is made once, after closing, from the stored responses and nothing else."""

import json
import random
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from questionnaires.variables import variables
from reports.disclosure.values import Shown
from reports.release import Release
from survey.db.base import random_id
from survey.db.campaigns import Campaign, Stock
from survey.db.engine import reading_session, writing_session
from survey.db.releases import Release as ReleaseRow
from survey.db.responses import responses
from survey.domain.campaign_keys import Keys
from survey.domain.campaigns import questionnaire_of
from survey.domain.releases import compute, find_group, freeze, load_release
from survey.domain.responses import ResponsesLostError, seal_answers
from survey.errors import NotFoundError, WrongStateError
from tests.survey.domain.keys import KEYS, MemoryKeys, storage
from tests.survey.domain.plans import plan
from tests.survey.domain.rows import NOW, create


def closed(
    session: Session,
    stored: dict[str | None, int],
    left_over: int | None = 3,
    **changed: Any,  # noqa: ANN401 - any part of a plan
) -> Campaign:
    """A closed campaign with responses stored under these units."""
    campaign = create(session, **changed)
    campaign.status = "closed"
    chance = random.Random(5)  # noqa: S311 - invented answers
    asked = variables(questionnaire_of(campaign))
    key = storage(session, campaign)
    for unit, n in stored.items():
        for _ in range(n):
            values = [chance.randint(one.minimum, one.maximum) for one in asked]
            row = {"campaign_id": campaign.id, "id": random_id(), "unit": unit}
            session.execute(insert(responses).values(**row, answers=seal_answers(key, values)))
    if "access" not in changed:
        stock = Stock(created_at=NOW, campaign_id=campaign.id, unit="bauamt", issued=40)
        stock.left_over = left_over
        session.add(stock)
    session.flush()
    return campaign


def release(session: Session, campaign: Campaign, keys: Keys, *, now: datetime) -> Release:
    """Compute and freeze, as the keeper does."""
    made = compute(session, campaign, keys)
    freeze(session, campaign, made, now=now)
    return made


def test_the_whole_is_weighted_where_the_plan_says_so(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 25, "hauptamt": 16}, weighting="head-counts")
        made = release(session, campaign, KEYS, now=NOW)
        assert made.weighted.keys() == made.whole.scales.keys()
        assert any(isinstance(one.score, Shown) for one in made.weighted.values())
        plain = release(session, closed(session, {"bauamt": 25}, slug="plain"), KEYS, now=NOW)
        assert not plain.weighted


def test_a_release_is_frozen_once(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 25, "hauptamt": 16})
        made = release(session, campaign, KEYS, now=NOW)
        assert (campaign.status, campaign.released_at) == ("released", NOW)
        with pytest.raises(WrongStateError, match="made once"):
            release(session, campaign, KEYS, now=NOW)
    with reading_session(engine) as session:
        read = load_release(session, campaign.slug)
        assert read.to_json() == made.to_json()
        assert session.scalar(select(ReleaseRow.created_at)) == NOW
    assert read.groups["bauamt"].scales["trust"].is_shown
    assert read.facts.plan_hash == campaign.plan_hash
    assert read.facts.last_day == "2026-12-18"
    assert not read.facts.cosigned


def test_the_norms_of_the_version_are_frozen_with_the_release(engine: Engine) -> None:
    survey = "people-survey-core@1.0.0"
    with writing_session(engine) as session:
        campaign = closed(
            session,
            {"bauamt": 25, "hauptamt": 16},
            questionnaire=survey,
            languages=["de", "en"],
        )
        release(session, campaign, KEYS, now=NOW)
    with reading_session(engine) as session:
        read = load_release(session, campaign.slug)
    assert read.norms
    assert read.norms.questionnaire == survey
    assert {norm.year for norm in read.norms.norms} == {2024}
    (median, mean) = read.to_document()["norms"]["scales"]["leading_change"]
    assert (median["value"], mean["value"]) == (52, 48)


LARGE = {
    "id": "haus",
    "name": "Stadt Musterheim",
    "units": [
        {"id": "bauamt", "name": "Bauamt", "eligible": 80},
        {"id": "hauptamt", "name": "Hauptamt", "eligible": 70},
    ],
}


def test_planned_breakdowns_are_released_with_all_their_categories(engine: Engine) -> None:
    with writing_session(engine) as session:
        stored: dict[str | None, int] = {"bauamt": 60, "hauptamt": 50}
        campaign = closed(session, stored, breakdowns=["tenure"], units=LARGE)
        made = release(session, campaign, KEYS, now=NOW)
        asked = questionnaire_of(campaign)
        scale = asked.response_scale(asked.questions["tenure"])
    assert scale is not None
    codes = scale.codes
    document = made.to_document()
    assert [*document["groups"]] == [*document["comparisons"]] == ["unit", "tenure"]
    assert [*document["groups"]["tenure"]] == [str(code) for code in codes]
    assert any(made.groups[f"tenure={code}"].is_shown for code in codes)
    assert find_group(made, f"tenure={codes[0]}")
    hidden = {"hidden": True}
    for category in document["groups"]["tenure"].values():
        assert category["n"] == hidden  # nobody knows how many were asked
        assert all(value == hidden for value in category["items"]["tenure"].values())
    with reading_session(engine) as session:
        assert load_release(session, campaign.slug).to_json() == made.to_json()


def test_the_order_of_storage_leaves_no_trace(engine: Engine) -> None:
    """Random ids order the rows differently each time; the document is the same."""
    documents = set()
    for _ in range(2):
        with writing_session(engine) as session:
            stored: dict[str | None, int] = {"bauamt": 45, "hauptamt": 36}
            campaign = closed(session, stored, breakdowns=["tenure"], units=LARGE)
            documents.add(release(session, campaign, KEYS, now=NOW).to_json())
    assert len(documents) == 1


@pytest.mark.parametrize("status", ["draft", "open", "released", "purged"])
def test_only_a_closed_campaign_is_released(engine: Engine, status: str) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 25})
        session.execute(update(Campaign).values(status=status))
        session.refresh(campaign)
        with pytest.raises(WrongStateError, match="after closing"):
            release(session, campaign, KEYS, now=NOW)


def test_left_over_slips_are_counted_before_the_results(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 25}, left_over=None)
        with pytest.raises(WrongStateError, match=r"left-over slips of bauamt .*leftover"):
            release(session, campaign, KEYS, now=NOW)
        assert campaign.status == "closed"
        assert session.scalar(select(ReleaseRow.id)) is None


def test_a_campaign_without_responses_has_nothing_to_release(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {})
        with pytest.raises(WrongStateError, match="too few people answered"):
            release(session, campaign, KEYS, now=NOW)


def test_without_the_key_of_the_responses_nobody_can_release_them(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 25, "hauptamt": 16})
        with pytest.raises(ResponsesLostError, match="not in the key folder"):
            release(session, campaign, MemoryKeys(), now=NOW)
        assert campaign.status == "closed"


def test_merged_units_count_for_the_group_they_were_merged_into(engine: Engine) -> None:
    with writing_session(engine) as session:
        made = release(session, closed(session, {"haus": 24}), KEYS, now=NOW)
    assert made.whole.scales["trust"].is_shown
    assert not made.groups["bauamt"].is_shown
    assert not made.groups["hauptamt"].is_shown


def test_an_open_link_has_results_for_the_whole_from_thirty(engine: Engine) -> None:
    units = {"id": "haus", "name": "Stadt Musterheim", "eligible": 200}
    shown = []
    for n in (29, 30):
        with writing_session(engine) as session:
            campaign = closed(session, {None: n}, access="open", units=units)
            made = release(session, campaign, KEYS, now=NOW)
        shown.append(made.whole.is_shown)
        assert [group.id for group in made.tree.walk()] == ["haus"]
    assert shown == [False, True]
    assert plan(access="open", units=units).results_from == 30


def test_what_is_not_released_cannot_be_read(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 25})
        with pytest.raises(WrongStateError, match="no results yet"):
            load_release(session, campaign.slug)
        with pytest.raises(NotFoundError, match="no campaign"):
            load_release(session, "nowhere")
        made = release(session, campaign, KEYS, now=NOW)
    assert find_group(made, "hauptamt") == "hauptamt"
    with pytest.raises(NotFoundError, match="no unit 'kita'"):
        find_group(made, "kita")


def test_the_document_holds_no_answer_of_a_hidden_unit(engine: Engine) -> None:
    with writing_session(engine) as session:
        made = release(session, closed(session, {"bauamt": 5, "hauptamt": 18}), KEYS, now=NOW)
    parts = json.loads(made.to_json())["groups"]["unit"]
    assert parts["bauamt"] == parts["hauptamt"]
    assert set(map(str, parts["bauamt"]["scales"]["trust"].values())) == {"{'hidden': True}"}
