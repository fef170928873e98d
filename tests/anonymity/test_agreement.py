"""Attack 10: late answers, changed plan, lowered threshold, early close without signature.

The attacker writes to the database as he likes; what was agreed holds, or nothing goes on.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.db.jobs import Job
from survey.db.signatures import Signature
from survey.db.tables import inbox
from survey.domain import campaigns, cosigning, jobs
from survey.domain.inbox import Outcome
from survey.domain.plans import stored_plan
from survey.domain.trust import load_trust
from survey.errors import SurveyError
from survey.keeper import Keeper
from survey.keeper import keeper as keeper_module
from tests.anonymity.town import Town, found_town

CHANGES = {
    "threshold": ('"units":', '"threshold":5,"units":'),
    "eligible": ('"eligible":', '"eligible":1'),
    "readers": ('"period":', '"readers":{"responses":["hr"]},"period":'),
    "retention": ('"slug":', '"retention_days":1,"slug":'),
    "period": ("2026-03-20", "2026-03-21"),
}


def write(town: Town, **values: object) -> None:
    """Change the campaign's row, as whoever may write to the database does."""
    with writing_session(town.engine) as session:
        session.execute(update(Campaign).values(**values))


def column(town: Town, name: str) -> Any:  # noqa: ANN401  # whatever the column holds
    with reading_session(town.engine) as session:
        return session.scalar(select(getattr(Campaign, name)))


def plant(town: Town, kind: str) -> str:
    """Add a job, and let the keeper work; gives its message."""
    with writing_session(town.engine) as session:
        now = town.clock()
        session.execute(
            insert(Job).values(
                kind=kind, campaign_id=town.campaign_id, state="waiting", created_at=now, message=""
            )
        )
    town.keeper().do_jobs()
    with reading_session(town.engine) as session:
        found = jobs.latest(session, town.campaign_id)
    assert found is not None
    assert found.state == "failed", found.message
    return found.message


@pytest.mark.parametrize("part", CHANGES)
def test_a_changed_plan_takes_no_answers_and_is_not_closed(
    tmp_path: Path, database: str, part: str
) -> None:
    town = found_town(tmp_path, database=database)
    slips = town.slips["kita"]
    assert town.send([town.form(slips[0], 0)]) == [Outcome.ACCEPTED]
    plan = column(town, "plan")
    old, new = CHANGES[part]
    old = old if old in plan else '"units":'
    changed = plan.replace(old, new if old != '"units":' else CHANGES["threshold"][1], 1)
    assert changed != plan
    write(town, plan=changed)
    with reading_session(town.engine) as session, pytest.raises(SurveyError, match="plan"):
        campaigns.plan_of(session.get_one(Campaign, town.campaign_id))
    done = town.ask("close")
    assert (done.state, town.status()) == ("failed", "open")
    assert town.count(inbox) == 1
    write(town, plan=plan)
    assert town.ask("close").state == "done"


def test_a_plan_changed_together_with_its_hash_is_not_the_keeper_s(
    tmp_path: Path, database: str
) -> None:
    town = found_town(tmp_path, database=database)
    plan = column(town, "plan").replace('"units":', '"threshold":5,"units":', 1)
    with writing_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        campaign.plan = plan
        questionnaire = campaigns.questionnaire_of(campaign)
        campaign.plan_hash = stored_plan(plan).hash(questionnaire, campaign.keeper_key)
    assert town.send([town.form(town.slips["kita"][0], 0)]) == [Outcome.UNTRUSTED]
    assert town.ask("close").state == "failed"


@pytest.mark.parametrize("name", ["definition", "fingerprint"])
def test_a_changed_definition_is_refused(tmp_path: Path, database: str, name: str) -> None:
    town = found_town(tmp_path, database=database)
    before = column(town, name)
    write(town, **{name: before[:-2] + ("1}" if name == "definition" else "00")})
    if name == "definition":  # by which answers are read
        assert town.send([town.form(town.slips["kita"][0], 0)]) == [Outcome.UNTRUSTED]
    assert town.ask("close").state == "failed"


@pytest.mark.parametrize("moved", [date(2026, 3, 25), date(2026, 3, 3), None])
def test_late_answers_are_refused_whatever_the_column_says(
    tmp_path: Path, database: str, moved: date | None
) -> None:
    town = found_town(tmp_path, database=database)
    write(town, prolonged_to=moved)
    slips = town.slips["kita"]
    town.clock.now += timedelta(days=5)
    assert town.send([town.form(slips[0], 0)]) == [Outcome.ACCEPTED]
    town.clock.now += timedelta(days=15)
    assert town.send([town.form(slips[1], 1)]) == [Outcome.CLOSED]
    town.keeper().run_once()
    assert town.status() == "closed"


def test_a_signed_prolongation_is_kept_to_by_everybody(tmp_path: Path, database: str) -> None:
    town = found_town(tmp_path, database=database)
    with writing_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        trust = load_trust(town.settings)
        cosigning.prolong(session, campaign, None, date(2026, 3, 25), trust=trust, now=town.clock())
    town.clock.now += timedelta(days=20)
    assert town.send([town.form(town.slips["kita"][0], 0)]) == [Outcome.ACCEPTED]
    town.keeper().run_once()
    assert town.status() == "open"
    town.clock.now += timedelta(days=5)
    assert town.send([town.form(town.slips["kita"][1], 1)]) == [Outcome.CLOSED]
    town.keeper().run_once()
    assert town.status() == "closed"


def test_a_job_that_somebody_wrote_opens_closes_and_releases_nothing(
    tmp_path: Path, database: str
) -> None:
    town = found_town(tmp_path, database=database, opened=False)
    assert "Nobody who may has asked" in plant(town, "open")
    assert town.status() == "draft"
    assert town.ask("open").state == "done"
    assert "Nobody who may has asked" in plant(town, "close")
    assert town.status() == "open"
    assert town.ask("close").state == "done"
    assert "Nobody who may has asked" in plant(town, "release")
    assert town.status() == "closed"


def test_a_planted_keeper_that_does_not_look_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "check_job", lambda *_, **__: None)
    town = found_town(tmp_path)
    with pytest.raises(AssertionError, match="Closed"):
        plant(town, "close")


def test_an_act_that_somebody_wrote_or_changed_does_not_count(
    tmp_path: Path, database: str
) -> None:
    town = found_town(tmp_path, database=database)
    with writing_session(town.engine) as session:
        made = session.scalars(select(Signature).where(Signature.act == "create")).one()
        forged = made.content.replace('"act":"create"', '"act":"close-early"')
        for mac in (made.mac, bytes(32)):
            session.add(
                Signature(
                    created_at=town.clock(),
                    campaign_id=town.campaign_id,
                    act="close-early",
                    content=forged,
                    mac=mac,
                )
            )
    assert "Nobody who may has asked" in plant(town, "close")


def test_an_act_for_another_campaign_does_not_count(tmp_path: Path, database: str) -> None:
    town = found_town(tmp_path, database=database)
    with writing_session(town.engine) as session:
        town.request(session, "close")
        session.execute(update(Campaign).values(uid=b"another campaign"))
    keeper = Keeper(town.settings, town.engine, town.clock)
    keeper.do_jobs()
    assert town.status() == "open"
