"""The keeper: opens, turns, closes, releases, purges, and alone has the private keys."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from questionnaires.errors import FindingsError
from survey.db.campaigns import Campaign
from survey.db.engine import reading, reading_session, writing_session
from survey.db.jobs import Job
from survey.domain import campaign_keys, jobs, retention, turning
from survey.domain.campaigns import closes_at, refresh_public_count
from survey.domain.cosigning import check_job
from survey.domain.inbox import Clock, utc_now
from survey.domain.jobs import JobState
from survey.domain.submitting import GRACE
from survey.errors import SurveyError, WrongStateError
from survey.keeper import acts
from survey.keeper.acts import Office
from survey.keeper.clock import Elapsed, SteadyClock
from survey.keeper.keys import KeyFolder, NotTheKeeperError
from survey.keeper.ledger import Stage
from survey.keeper.lock import KeeperRunsError, keeper_lock
from survey.keeper.trust import establish
from survey.settings import Settings

TURN_EVERY = timedelta(hours=24)
RETRY_EVERY = timedelta(hours=1)  # after a turn or a closing that failed
JOBS_EVERY = 0.5  # seconds
ROUND_EVERY = 20.0  # seconds

_log = logging.getLogger(__name__)

# Why a key is turned before its day is over.
_WHY_NOW: dict[campaign_keys.KeyState, str] = {
    "altered": "its key was changed in the database, and is replaced.",
    "foreign": "the key in the database is not the keeper's, and is replaced.",
    "none": "it goes on after an interruption, with a new key; nothing is lost.",
}


class Keeper:
    """Only the process that holds the keeper's lock may run this.

    `clock` gives the present moment, aware and in UTC; `elapsed` seconds that nobody can set (by
    default those since the machine was started, or those of a `clock` that is not the wall's).
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        clock: Clock = utc_now,
        elapsed: Elapsed | None = None,
    ) -> None:
        self.trust = establish(settings)
        self.keys = KeyFolder(settings.key_folder)
        self.clock = SteadyClock(clock, elapsed)
        self._office = Office(engine, self.keys, self.trust)
        self._engine = engine
        self._wall = clock
        self._retry_at: dict[tuple[str, int], float] = {}  # by elapsed seconds
        self._made: dict[bytes, float] = {}  # elapsed seconds at which a key was made
        self._said: set[tuple[str, int]] = set()
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
        self.clock.look()
        if not self._is_clean:
            self._clean_up()
            self._is_clean = True
        self.do_jobs()
        for campaign in acts.campaigns_that_are(self._engine, "open"):
            try:
                self._attend(campaign)
            except Exception as error:  # noqa: BLE001 # one campaign must not hold up the others
                self._say_once("attend", campaign, f"{campaign.slug}: {_in_words(error)}")
        for campaign in acts.campaigns_that_are(self._engine, "closed", "released"):
            if self._purge_due(campaign):
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
            if self._was_broken_off(campaign):
                turn = partial(turning.turn, self._engine, campaign.id, self.keys)
                self._guarded("turn", campaign, partial(self._report_turn, campaign, turn))
        for campaign in acts.campaigns_that_are(self._engine, "closed", "released", "purged"):
            if self._is_own(campaign):
                stage: Stage = "purged" if campaign.status == "purged" else "closed"
                self._office.ledger.note(campaign.uid, stage, campaign.plan_hash)
        acts.destroy_idle_keys(self._office)

    def _attend(self, campaign: Campaign) -> None:
        """Whatever an open campaign needs now; one that is not what was agreed is left alone."""
        if not self._is_own(campaign):
            return
        if acts.has_ended(self._office, campaign):
            self._guarded("end", campaign, partial(self._end_again, campaign))
            return
        state = self._key_state(campaign)
        if state == "missing" or (state == "none" and not acts.can_resume(self._office, campaign)):
            self._guarded("pause", campaign, partial(self._pause, campaign))
        elif self._closing_due(campaign):
            self._guarded("close", campaign, partial(self._close_by_period, campaign))
        elif state != "sound" or self._turn_due(campaign):
            if state in _WHY_NOW:
                _log.warning("%s: %s", campaign.slug, _WHY_NOW[state])
            turn = partial(acts.turn, self._office, campaign.id, now=self.clock.now())
            self._guarded("turn", campaign, partial(self._report_turn, campaign, turn))
        self._count(campaign)

    def _is_own(self, campaign: Campaign) -> bool:
        """Whether this keeper may touch a campaign; says once why not."""
        try:
            acts.check_own(self._office, campaign)
        except SurveyError as error:
            self._say_once(error.code, campaign, str(error))
            return False
        return True

    def _key_state(self, campaign: Campaign) -> campaign_keys.KeyState:
        with reading(self._engine) as connection:
            return campaign_keys.key_state(connection, campaign, self.keys)

    def _was_broken_off(self, campaign: Campaign) -> bool:
        """Whether a turn stopped after its new key was current."""
        is_half = campaign_keys.has_older_keys(self._engine, campaign.id)
        return is_half and self._is_own(campaign) and self._key_state(campaign) == "sound"

    def _turn_due(self, campaign: Campaign) -> bool:
        """Whether the current key is a day old, by a time that nobody can set."""
        key_id = campaign_keys.current_key(self._engine, campaign.id)
        if key_id is None:
            return False
        elapsed, day = self.clock.elapsed(), TURN_EVERY.total_seconds()
        if key_id not in self._made:
            age = abs(self.clock.now() - self.keys.made_at(key_id)).total_seconds()
            self._made[key_id] = elapsed - min(age, day)
        return elapsed - self._made[key_id] >= day

    def _closing_due(self, campaign: Campaign) -> bool:
        """Whether the period and the time for forms that were begun are over, for certain."""
        with reading_session(self._engine) as session:
            found = session.get_one(Campaign, campaign.id)
            last = closes_at(session, found, secret=self.trust.secret) + GRACE
        return self.clock.is_sure and self.clock.now() > last

    def _purge_due(self, campaign: Campaign) -> bool:
        """Whether responses have been kept long enough, or were purged before a restore."""
        if not self._is_own(campaign):
            return False
        known = self._office.ledger.read(campaign.uid)
        if known is not None and known.stage == "purged":
            return True
        return self.clock.is_sure and retention.purge_due(campaign, now=self.clock.now())

    def _pause(self, campaign: Campaign) -> None:
        """Never a new key by ourselves: what was sealed for the lost one would be lost with it."""
        acts.pause(self._office, campaign.id)
        self._say_once(
            "interrupted",
            campaign,
            f"{campaign.slug} is interrupted: the private key of its answers is lost. No answers "
            f"are taken. Go on with the recovery sheet: pegel campaign recover {campaign.slug}",
        )

    def _end_again(self, campaign: Campaign) -> None:
        """A restored database says that a closed campaign is open: it stays closed."""
        acts.give_up(self._office, campaign.id, now=self.clock.now())
        _log.error(
            "%s was closed already; the restored database is older. It stays closed, and its "
            "sealed answers are deleted unopened.",
            campaign.slug,
        )

    def _count(self, campaign: Campaign) -> None:
        with writing_session(self._engine) as session:
            found = session.get_one(Campaign, campaign.id)
            if found.status == "open":
                refresh_public_count(session.connection(), found, now=self.clock.now())

    def _say_once(self, what: str, campaign: Campaign, sentence: str) -> None:
        if (what, campaign.id) not in self._said:
            self._said.add((what, campaign.id))
            _log.error("%s", sentence)

    def _close_by_period(self, campaign: Campaign) -> None:
        """Ask for a closing like anybody else, so that its outcome can be read."""
        with writing_session(self._engine) as session:
            job_id = jobs.request(session, "close", campaign.id, now=self.clock.now())
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
        acts.purge_campaign(self._office, campaign)

    def _guarded(self, name: str, campaign: Campaign, act: Callable[[], None]) -> None:
        """Do what is due; after a failure try again in an hour, and do the rest meanwhile."""
        now = self.clock.elapsed()
        if now < self._retry_at.get((name, campaign.id), now):
            return
        try:
            act()
        except Exception as error:  # noqa: BLE001 # one campaign must not hold up the others
            self._retry_at[name, campaign.id] = now + RETRY_EVERY.total_seconds()
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
        """Do what people asked for; they look at the clock on the wall."""
        now = self._wall()
        self._check_wanted(job)
        match job.kind:
            case "open":
                return acts.open_campaign(self._office, job.campaign_id, now=now)
            case "close":
                return acts.close_campaign(self._office, job.campaign_id, now=now)
            case "release":
                return acts.release_campaign(self._office, job.campaign_id, now=now)

    def _check_wanted(self, job: JobState) -> None:
        """Refuse a job that nobody with the right to it asked for."""
        with reading_session(self._engine) as session:
            campaign = session.get_one(Campaign, job.campaign_id)
            check_job(session, campaign, job.kind, trust=self.trust, now=self.clock.now())


def see_through(
    settings: Settings, engine: Engine, job_id: int, *, clock: Clock = utc_now
) -> JobState:
    """Wait until a job has ended; where no keeper runs, be the keeper for as long as it takes.

    Raises:
        WrongStateError: no keeper runs, and the key folder belongs to another user.
    """
    while True:
        try:
            with keeper_lock(settings.data, engine=engine):
                Keeper(settings, engine, clock).do_jobs()
        except KeeperRunsError:
            time.sleep(JOBS_EVERY)
        except NotTheKeeperError as error:
            raise WrongStateError(
                "no-keeper",
                "No keeper is at work, so this waits for it.",
                f"Start it: systemctl start pegel-keeper. {error.message}",
            ) from error
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
