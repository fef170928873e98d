"""Campaigns: the list, one campaign, and what can be done with it.

Opening, closing and releasing are asked for here and carried out by the keeper; the page asks how
far it is.
"""

from collections.abc import Mapping
from functools import partial

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.db.jobs import Kind
from survey.domain import campaigns, cosigning
from survey.domain.permissions import may, may_read_report
from survey.domain.series import NotCompared, not_compared
from survey.domain.standing import MOST_PROLONGED
from survey.errors import NotFoundError, RefusedError, SurveyError
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.overview import Overview, overview
from survey.web.sentences import Sentence, sentence
from survey.web.visits import Page

ALL_STOCKS = "all"
MAY_NOT = ("may-not", "whose", "same-account", "not-third")


@get(HOME, sync_to_thread=True, opt=needs("see-campaigns"))
def list_(desk: NamedDependency[Desk]) -> Page:
    """All campaigns, the newest first."""
    rows: list[tuple[Overview, bool]] = []
    changed: list[str] = []
    with reading_session(desk.engine) as session:
        for campaign in campaigns.list_(session):
            try:
                one = overview(session, campaign.slug, secret=desk.host_secret)
            except RefusedError:  # one whose plan was changed must not hide the others
                changed.append(campaign.slug)
                continue
            rows.append((one, may_read_report(_role(desk), one.plan)))
    allowed = partial(may, _role(desk))
    return desk.page("campaigns/list.html", rows=rows, changed=changed, may=allowed)


@get(f"{HOME}/{{slug:str}}", sync_to_thread=True, opt=needs("see-campaigns"))
def show(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """One campaign: what was agreed, how far it is, what comes next."""
    return campaign_page(desk, slug)


@get(f"{HOME}/{{slug:str}}/state", sync_to_thread=True, opt=needs("see-campaigns"))
def state(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The page anew if something has changed since `seen`, else nothing."""
    found = look(desk, slug)
    if found.mark == desk.request.query_params.get("seen"):
        return Response(b"", status_code=204)
    return shown(desk, found, news=_news(found))


@post(f"{HOME}/{{slug:str}}/open", sync_to_thread=True, opt=needs("open"))
def open_(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Ask the keeper to open the campaign."""
    return _ask(desk, slug, "open")


@post(f"{HOME}/{{slug:str}}/close", sync_to_thread=True, opt=needs("close-early"))
def close(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Ask the keeper to close the campaign."""
    return _ask(desk, slug, "close")


@post(f"{HOME}/{{slug:str}}/release", sync_to_thread=True, opt=needs("release"))
def release(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Ask the keeper to release the results."""
    return _ask(desk, slug, "release")


def campaigns_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[list_, show, state, open_, close, release])


def campaign_page(
    desk: Desk,
    slug: str,
    *,
    problem: Sentence | None = None,
    entered: Mapping[str, str] | None = None,
    news: str = "",
    status: int = 200,
) -> Page:
    """The page of a campaign as it is now."""
    found = look(desk, slug)
    return shown(desk, found, problem=problem, entered=entered, news=news, status=status)


def look(desk: Desk, slug: str) -> Overview:
    """The campaign with this slug, or NotFoundError."""
    with reading_session(desk.engine) as session:
        return overview(session, slug, secret=desk.host_secret)


def refused(
    desk: Desk, slug: str, error: SurveyError, *, entered: Mapping[str, str] | None = None
) -> Page:
    """The page of the campaign with what was not done, and why.

    Raises:
        NotFoundError: `error`, where it is one: there is no page of that campaign.
    """
    if isinstance(error, NotFoundError):
        raise error
    status = 403 if error.code in MAY_NOT else 422 if entered is not None else 409
    problem = sentence(error, desk.say)
    return campaign_page(desk, slug, problem=problem, entered=entered, status=status)


def _ask(desk: Desk, slug: str, kind: Kind) -> Page:
    try:
        with reading_session(desk.engine) as session:
            _check(session, kind, campaigns.get(session, slug), desk)
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            job = cosigning.ask(
                session, campaign, kind, desk.account, trust=desk.trust, now=desk.now
            )
    except SurveyError as error:
        return refused(desk, slug, error)
    return back(desk, slug, news="asked" if job is None else "")


def shown(
    desk: Desk,
    found: Overview,
    *,
    problem: Sentence | None = None,
    entered: Mapping[str, str] | None = None,
    news: str = "",
    status: int = 200,
) -> Page:
    """The page of a campaign that was looked at, with what has just happened to it."""
    last_day = found.standing.last_day
    return desk.page(
        "campaigns/campaign.html",
        status=status,
        campaign=found,
        may=partial(may, _role(desk)),
        may_read=may_read_report(_role(desk), found.plan),
        is_third=cosigning.is_third(found.standing, desk.account),
        last_day=last_day,
        latest_day=found.plan.period.to + MOST_PROLONGED,
        problem=problem,
        not_compared=_not_compared(desk, found),
        failure=_failure(desk, found),
        entered=entered or {},
        news=news,
        respondent_link=f"{desk.settings.base_url.rstrip('/')}/b/{found.slug}",
        trial_link=trial_link(desk, found.slug),
        is_over=desk.now >= found.standing.closes_at,
        all_stocks=ALL_STOCKS,
    )


def _not_compared(desk: Desk, found: Overview) -> tuple[NotCompared, ...]:
    """Campaigns that this one is not compared with; their plans are open to whoever sees this."""
    with reading_session(desk.engine) as session:
        return not_compared(session, found.plan, now=desk.now, slug=found.slug)


def _role(desk: Desk) -> str:
    return desk.account.role if desk.account else ""


def trial_link(desk: Desk, slug: str) -> str:
    """Where the questionnaire can be tried; on another host where respondents have their own."""
    host = desk.settings.base_url.rstrip("/") if desk.settings.has_two_addresses else ""
    return f"{host}/b/{slug}/trial"


def _news(found: Overview) -> str:
    """What has just happened: the job that is done, else slips were issued or the plan signed."""
    if found.is_busy or (found.job is not None and found.job.state == "failed"):
        return ""
    if found.job is not None:
        return found.job.kind
    return "slips" if found.issued else "agreed"


def _failure(desk: Desk, found: Overview) -> Sentence | None:
    """Why the last job failed, in the language of the page where that can be found out again."""
    if found.job is None or found.job.state != "failed":
        return None
    try:
        with reading_session(desk.engine) as session:
            _check(session, found.job.kind, campaigns.get(session, found.slug), desk)
    except SurveyError as error:
        return sentence(error, desk.say)
    return Sentence(found.job.message, language="en")


def back(desk: Desk, slug: str, *, news: str = "") -> Page:
    """The page anew: put in by htmx, or by sending the browser there."""
    if desk.is_part:
        return campaign_page(desk, slug, news=news)
    return desk.go(f"{HOME}/{slug}")


def _check(session: Session, kind: Kind, campaign: Campaign, desk: Desk) -> None:
    """Whether the keeper could do it; SurveyError says why not."""
    if kind == "open":
        campaigns.check_open(session, campaign, now=desk.now)
    elif kind == "close":
        campaigns.check_close(campaign)
    else:
        campaigns.check_release(campaign)
        if not overview(session, campaign.slug, secret=desk.host_secret).is_counted:
            raise RefusedError("left-over-missing", "Left-over slips were not entered yet.")
