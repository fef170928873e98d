"""Campaigns: the list, one campaign, and what can be done with it.

Opening, closing and releasing are asked for here and carried out by the keeper; the page asks how
far it is. Nothing of a code stays on the server but its hash: the slips go out with the answer.
"""

from collections.abc import Mapping
from urllib.parse import quote

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.db.jobs import Kind
from survey.domain import access_codes, campaigns, jobs
from survey.errors import NotFoundError, RefusedError, SurveyError
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.overview import WHOLE, Overview, count_of, overview
from survey.web.sentences import Sentence, sentence
from survey.web.visits import Page

ALL_STOCKS = "all"
PDF = "application/pdf"
LONGEST_NUMBER = 7


@get(HOME, sync_to_thread=True, opt=needs("see-campaigns"))
def list_(desk: NamedDependency[Desk]) -> Page:
    """All campaigns, the newest first."""
    with reading_session(desk.engine) as session:
        rows = [
            (campaign, campaigns.plan_of(campaign), count_of(session, campaign))
            for campaign in campaigns.list_(session)
        ]
    return desk.page("campaigns/list.html", rows=rows)


@get(f"{HOME}/{{slug:str}}", sync_to_thread=True, opt=needs("see-campaigns"))
def show(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """One campaign: what was agreed, how far it is, what comes next."""
    return campaign_page(desk, slug)


@get(f"{HOME}/{{slug:str}}/state", sync_to_thread=True, opt=needs("see-campaigns"))
def state(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The page anew if something has changed since `seen`, else nothing."""
    with reading_session(desk.engine) as session:
        found = overview(session, slug)
    if found.mark == desk.request.query_params.get("seen"):
        return Response(b"", status_code=204)
    return _shown(desk, found, news=_news(found))


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


@post(f"{HOME}/{{slug:str}}/slips", sync_to_thread=True, opt=needs("issue-slips"))
def slips(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Issue the slips of one stock, or of all that are left, and send them as one PDF."""
    with reading_session(desk.engine) as session:
        found = overview(session, slug)
    try:
        counts = _counts(found, desk)
        content = _issue(desk, slug, counts)
    except NotFoundError:
        raise
    except SurveyError as error:
        return campaign_page(desk, slug, problem=sentence(error, desk.say), status=409)
    part = f"-{next(iter(counts))}" if len(counts) == 1 < len(found.stocks) else ""
    first = desk.say("slips")
    name = f"{first}-{slug}{part}.pdf"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=PDF, status_code=200, headers=headers)


@post(f"{HOME}/{{slug:str}}/left-over", sync_to_thread=True, opt=needs("enter-left-over"))
def left_over(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Note how many slips nobody drew, for every unit whose field is filled."""
    with reading_session(desk.engine) as session:
        found = overview(session, slug)
    given = {row.key: desk.form[f"left-{row.key}"].strip() for row in found.issued}
    try:
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            for key, text in given.items():
                if text:
                    access_codes.enter_left_over(session, campaign, _unit(key), _number(text))
    except SurveyError as error:
        problem = sentence(error, desk.say)
        return campaign_page(desk, slug, problem=problem, entered=given, status=422)
    return _back(desk, slug, news="left-over")


def campaigns_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[list_, show, state, open_, close, release, slips, left_over])


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
    with reading_session(desk.engine) as session:
        found = overview(session, slug)
    return _shown(desk, found, problem=problem, entered=entered, news=news, status=status)


def _ask(desk: Desk, slug: str, kind: Kind) -> Page:
    try:
        with reading_session(desk.engine) as session:
            _check(session, kind, campaigns.get(session, slug), desk)
        with writing_session(desk.engine) as session:
            jobs.request(session, kind, campaigns.get(session, slug).id, now=desk.now)
    except NotFoundError:
        raise
    except SurveyError as error:
        return campaign_page(desk, slug, problem=sentence(error, desk.say), status=409)
    return _back(desk, slug)


def _shown(
    desk: Desk,
    found: Overview,
    *,
    problem: Sentence | None = None,
    entered: Mapping[str, str] | None = None,
    news: str = "",
    status: int = 200,
) -> Page:
    return desk.page(
        "campaigns/campaign.html",
        status=status,
        campaign=found,
        problem=problem,
        failure=_failure(desk, found),
        entered=entered or {},
        news=news,
        respondent_link=f"{desk.settings.base_url.rstrip('/')}/b/{found.slug}",
        trial_link=_trial_link(desk, found.slug),
        is_over=desk.now >= found.plan.closes_at,
        all_stocks=ALL_STOCKS,
    )


def _trial_link(desk: Desk, slug: str) -> str:
    """Where the questionnaire can be tried; on another host where respondents have their own."""
    host = desk.settings.base_url.rstrip("/") if desk.settings.has_two_addresses else ""
    return f"{host}/b/{slug}/trial"


def _news(found: Overview) -> str:
    """What has just happened: the job that is done, else that slips were issued."""
    if found.is_busy or (found.job is not None and found.job.state == "failed"):
        return ""
    return "slips" if found.job is None else found.job.kind


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


def _back(desk: Desk, slug: str, *, news: str = "") -> Page:
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
        if not overview(session, campaign.slug).is_counted:
            raise RefusedError("left-over-missing", "Left-over slips were not entered yet.")


def _counts(found: Overview, desk: Desk) -> dict[str, int]:
    """How many slips of which stocks were asked for."""
    asked = desk.form["stock"]
    rows = [row for row in found.unissued if asked in (ALL_STOCKS, row.key)]
    if not rows:
        known = asked == ALL_STOCKS or any(row.key == asked for row in found.stocks)
        code = "second-run" if known else "unknown-unit"
        raise RefusedError(code if found.stocks else "open-link", "There is no such stock.")
    return {row.key: _number(desk.form[f"slips-{row.key}"]) for row in rows}


def _issue(desk: Desk, slug: str, counts: Mapping[str, int]) -> bytes:
    """The slips; their codes are stored when the file is complete, and not without it."""
    from survey.domain.slips import all_slips_pdf

    with reading_session(desk.engine) as session:
        campaign = campaigns.get(session, slug)
        drawn = {
            _unit(key): access_codes.draw(session, campaign, _unit(key), count)
            for key, count in counts.items()
        }
    language = campaigns.plan_of(campaign).languages[0]
    content = all_slips_pdf(campaign, drawn, base_url=desk.settings.base_url, language=language)
    with writing_session(desk.engine) as session:
        campaign = campaigns.get(session, slug)
        for unit, codes in drawn.items():
            access_codes.store(session, campaign, unit, codes)
    return content


def _unit(key: str) -> str | None:
    return None if key == WHOLE else key


def _number(text: str) -> int:
    """A whole number as somebody typed it; what is none counts as too small."""
    digits = text.strip()
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    return int(digits) if is_number else -1
