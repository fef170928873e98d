"""Jobs are done once, in order, and again after a crash."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.db.engine import reading_session, writing_session
from survey.db.jobs import Kind
from survey.domain import jobs
from survey.errors import NotFoundError
from tests.survey.domain.rows import NOW, create


def request(session: Session, campaign_id: int, kind: Kind = "open") -> int:
    return jobs.request(session, kind, campaign_id, now=NOW)


def test_a_job_waits_runs_and_ends_with_a_sentence(engine: Engine) -> None:
    with writing_session(engine) as session:
        job_id = request(session, create(session).id)
        assert jobs.state(session, job_id).state == "waiting"
    with writing_session(engine) as session:
        taken = jobs.take(session)
        assert taken is not None
        assert (taken.id, taken.kind, taken.state) == (job_id, "open", "running")
        assert not taken.is_finished
    with writing_session(engine) as session:
        jobs.finish(session, job_id, message="'befragung-2026' is open.")
        assert jobs.take(session) is None
    with reading_session(engine) as session:
        done = jobs.state(session, job_id)
        assert (done.state, done.message) == ("done", "'befragung-2026' is open.")
        assert done.is_finished


def test_asked_twice_it_is_one_job(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        first = request(session, campaign.id)
        assert request(session, campaign.id) == first
        assert request(session, campaign.id, "close") != first
        assert request(session, create(session).id) != first
        jobs.finish(session, first, message="No codes.", failed=True)
        assert request(session, campaign.id) != first


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        asked = [request(session, campaign.id, kind) for kind in ("open", "close", "release")]
        done = []
        while job := jobs.take(session):
            done.append(job.id)
            jobs.finish(session, job.id)
    assert done == asked


def test_what_a_crash_broke_off_is_done_again(engine: Engine) -> None:
    with writing_session(engine) as session:
        job_id = request(session, create(session).id)
        jobs.take(session)
    with writing_session(engine) as session:
        again = jobs.take(session)
    assert again is not None
    assert again.id == job_id


def test_a_failure_is_told_on_the_campaign(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        assert jobs.latest(session, campaign.id) is None
        jobs.finish(session, request(session, campaign.id), message="No codes.", failed=True)
        latest = jobs.latest(session, campaign.id)
    assert latest is not None
    assert (latest.state, latest.message) == ("failed", "No codes.")


def test_a_job_that_is_not_there_is_named(engine: Engine) -> None:
    with writing_session(engine) as session:
        with pytest.raises(NotFoundError, match="no job 7"):
            jobs.state(session, 7)
        with pytest.raises(NotFoundError, match="no job 7"):
            jobs.finish(session, 7)
