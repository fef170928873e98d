"""The keeper: opens, turns, closes, releases, purges, and alone has the private keys."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from questionnaires.errors import FindingsError
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.db.jobs import Job
from survey.domain import jobs, retention, turning
from survey.domain.campaigns import plan_of, refresh_public_count
from survey.domain.inbox import Clock, utc_now
from survey.domain.jobs import JobState
from survey.domain.submitting import GRACE
from survey.errors import SurveyError
from survey.keeper import acts
from survey.keeper.keys import KeyFolder
from survey.keeper.lock import KeeperRunsError, keeper_lock
from survey.keeper.trust import establish
from survey.settings import Settings

RETRY_EVERY = timedelta(hours=1)  # after a turn or a closing that failed
JOBS_EVERY = 0.5  # seconds
ROUND_EVERY = 20.0  # seconds

_log = logging.getLogger(__name__)


class Keeper:
    """Only the process that holds the keeper's lock may run this.

    `clock` gives the present moment, aware and in UTC.
    """

    def __init__(self, settings: Settings, engine: Engine, clock: Clock = utc_now) -> None:
        self.keys = KeyFolder(settings.key_folder)
        self.trust = establish(settings)
        self._engine = engine
        self._clock = clock
        self._retry_at: dict[tuple[str, int], datetime] = {}
        self._is_clean = False

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what goes wrong is logged and tried again."""
        next_round = 0.0
        while not stop.is_set():
            pause = JOBS_EVERY
            try:
                if time.monotonic() >= next_round:
                    self.run_once()
                    next_round = time.monotonic() + ROUND_EVERY
                else:
                    self.do_jobs()
            except Exception as error:  # noqa: BLE001 # the keeper outlives a full or locked disk
                _log.error("The keeper could not finish its round: %s", _in_words(error))
                pause = ROUND_EVERY
            stop.wait(pause)

    def run_once(self) -> None:
        """One round: what a crash left behind, the jobs, then whatever is due."""
        if not self._is_clean:
            self._clean_up()
            self._is_clean = True
        self.do_jobs()
        for campaign in acts.campaigns_that_are(self._engine, "open"):
            self._attend(campaign)
        for campaign in acts.campaigns_that_are(self._engine, "closed", "released"):
            if retention.purge_due(campaign, now=self._clock()):
                self._guarded("purge", campaign, partial(self._purge, campaign))

    def do_jobs(self) -> None:
        """Everything that web and command line have asked for."""
        while self._has_job():
            with writing_session(self._engine) as session:
                job = jobs.take(session)
            if job is not None:
                self._do(job)

    def _clean_up(self) -> None:
        """Finish turns that were broken off; destroy keys that nothing needs any more."""
        for campaign in acts.campaigns_that_are(self._engine, "open"):
            if turning.has_older_keys(self._engine, campaign.id):
                turn = partial(turning.turn, self._engine, campaign.id, self.keys)
                self._guarded("turn", campaign, partial(self._report_turn, campaign, turn))
        acts.destroy_idle_keys(self._engine, self.keys)

    def _attend(self, campaign: Campaign) -> None:
        now = self._clock()
        if now > plan_of(campaign).closes_at + GRACE:
            self._guarded("close", campaign, partial(self._close_by_period, campaign))
        elif acts.turn_due(self._engine, self.keys, campaign.id, now=now):
            turn = partial(acts.turn, self._engine, self.keys, campaign.id, now=now)
            self._guarded("turn", campaign, partial(self._report_turn, campaign, turn))
        with writing_session(self._engine) as session:
            found = session.get_one(Campaign, campaign.id)
            if found.status == "open":
                refresh_public_count(session.connection(), found, now=now)

    def _close_by_period(self, campaign: Campaign) -> None:
        """Ask for a closing like anybody else, so that its outcome can be read."""
        with writing_session(self._engine) as session:
            job_id = jobs.request(session, "close", campaign.id, now=self._clock())
        self.do_jobs()
        with reading_session(self._engine) as session:
            done = jobs.state(session, job_id)
        if done.state == "failed":
            raise SurveyError("closing", done.message)

    def _report_turn(self, campaign: Campaign, turn: Callable[[], turning.Turned]) -> None:
        turned = turn()
        if turned.unopened or turned.left:
            _log.error(
                "%s: %d sealed rows do not open, %d have no key; closing will name them.",
                campaign.slug,
                turned.unopened,
                turned.left,
            )

    def _purge(self, campaign: Campaign) -> None:
        retention.purge(self._engine, campaign.id)

    def _guarded(self, name: str, campaign: Campaign, act: Callable[[], None]) -> None:
        """Do what is due; after a failure try again in an hour, and do the rest meanwhile."""
        now = self._clock()
        if now < self._retry_at.get((name, campaign.id), now):
            return
        try:
            act()
        except Exception as error:  # noqa: BLE001 # one campaign must not hold up the others
            self._retry_at[name, campaign.id] = now + RETRY_EVERY
            _log.error("%s: %s failed: %s", campaign.slug, name, _in_words(error))

    def _has_job(self) -> bool:
        with reading_session(self._engine) as session:
            waiting = select(Job.id).where(Job.state.in_(jobs.UNFINISHED)).limit(1)
            return session.scalar(waiting) is not None

    def _do(self, job: JobState) -> None:
        try:
            message, failed = self._done(job), False
        except Exception as error:  # noqa: BLE001 # whoever asked reads it; the keeper goes on
            message, failed = _in_words(error), True
            _log.error("Job %d (%s) failed: %s", job.id, job.kind, message)
        with writing_session(self._engine) as session:
            jobs.finish(session, job.id, message=message, failed=failed)

    def _done(self, job: JobState) -> str:
        now = self._clock()
        match job.kind:
            case "open":
                return acts.open_campaign(self._engine, self.keys, job.campaign_id, now=now)
            case "close":
                return acts.close_campaign(self._engine, self.keys, job.campaign_id, now=now)
            case "release":
                return acts.release_campaign(self._engine, job.campaign_id, now=now)


def see_through(
    settings: Settings, engine: Engine, job_id: int, *, clock: Clock = utc_now
) -> JobState:
    """Wait until a job has ended; where no keeper runs, be the keeper for as long as it takes."""
    while True:
        try:
            with keeper_lock(settings.data):
                Keeper(settings, engine, clock).do_jobs()
        except KeeperRunsError:
            time.sleep(JOBS_EVERY)
        with reading_session(engine) as session:
            state = jobs.state(session, job_id)
        if state.is_finished:
            return state


def _in_words(error: Exception) -> str:
    """An error for logs and job messages. A database error's text holds values: only its kind."""
    if isinstance(error, SurveyError | FindingsError):
        return str(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"an unexpected {type(cause).__name__}; nothing was changed, and it is tried again."
