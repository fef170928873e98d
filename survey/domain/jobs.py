"""Jobs: web and command line ask, the keeper does.

Opening and closing touch private keys, which only the keeper has; releasing computes, which no
web process does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db.jobs import Job, Kind, State
from survey.errors import NotFoundError

UNFINISHED: tuple[State, ...] = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class JobState:
    """How far a job is; `message` is for people, and filled when it has ended."""

    id: int
    kind: Kind
    campaign_id: int
    state: State
    message: str

    @property
    def is_finished(self) -> bool:
        """Whether it is done or has failed."""
        return self.state not in UNFINISHED


def request(session: Session, kind: Kind, campaign_id: int, *, now: datetime) -> int:
    """Ask the keeper; gives the job's id. Asked twice while it waits, it is one job."""
    waiting = session.scalar(
        select(Job.id).where(
            Job.kind == kind, Job.campaign_id == campaign_id, Job.state.in_(UNFINISHED)
        )
    )
    if waiting is not None:
        return waiting
    job = Job(kind=kind, campaign_id=campaign_id, state="waiting", message="", created_at=now)
    session.add(job)
    session.flush()
    return job.id


def state(session: Session, job_id: int) -> JobState:
    """How far a job is, or NotFoundError."""
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NotFoundError("unknown-job", f"There is no job {job_id}.")
    return _state(job)


def take(session: Session) -> JobState | None:
    """The oldest job that is not finished, now running; None when there is none.

    Only the process that holds the keeper's lock may call this: what it finds running was
    broken off by a crash, and is done again.
    """
    job = session.scalar(select(Job).where(Job.state.in_(UNFINISHED)).order_by(Job.id).limit(1))
    if job is None:
        return None
    job.state = "running"
    session.flush()
    return _state(job)


def finish(session: Session, job_id: int, *, message: str = "", failed: bool = False) -> None:
    """Note how a job ended, with a sentence for the person who asked."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFoundError("unknown-job", f"There is no job {job_id}.")
    job.state, job.message = "failed" if failed else "done", message
    session.flush()


def latest(session: Session, campaign_id: int) -> JobState | None:
    """The newest job of a campaign, for its page; None when nothing was ever asked."""
    job = session.scalar(
        select(Job).where(Job.campaign_id == campaign_id).order_by(Job.id.desc()).limit(1)
    )
    return None if job is None else _state(job)


def _state(job: Job) -> JobState:
    return JobState(job.id, job.kind, job.campaign_id, job.state, job.message)
