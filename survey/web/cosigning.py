"""Signing: the plan with its recovery sheet, and what is asked for while the survey is open.

The staff council confirms each signature with its second factor, even when it is logged in.
"""

from datetime import date

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from survey.db.accounts import Account
from survey.db.engine import reading_session, writing_session
from survey.db.signatures import Act
from survey.domain import accounts, campaigns, cosigning, recovery
from survey.domain.standing import ASKED_BY
from survey.errors import RefusedError, SurveyError, WrongStateError
from survey.web.campaigns import back, look, refused, trial_link
from survey.web.desk import Desk
from survey.web.guards import HOME, MayNotError, needs
from survey.web.pages import PDF, download
from survey.web.sentences import Sentence, sentence
from survey.web.visits import Page

SIGN = f"{HOME}/{{slug:str}}/sign"


@get(SIGN, sync_to_thread=True, opt=needs("sign"))
def plan_to_sign(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The whole plan in plain words, and the form to sign it."""
    return _sign_page(desk, slug)


@post(SIGN, sync_to_thread=True, opt=needs("sign"))
def sign(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Sign the plan, and send the recovery sheet that belongs to the signature, this once."""
    pair = recovery.new_recovery()
    try:
        _confirm(desk)
        with reading_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
        sheet = recovery.sheet(campaign, pair, language=desk.language)
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            if campaign.plan_hash != desk.form["plan_hash"]:
                raise WrongStateError("another-plan", "This page showed another plan.")
            cosigning.sign(
                session,
                campaign,
                desk.account,
                trust=desk.trust,
                now=desk.now,
                recovery=pair.public_key,
            )
    except SurveyError as error:
        return _sign_page(desk, slug, problem=sentence(error, desk.say), status=422)
    return download(sheet, PDF, f"{desk.say('recovery-sheet')}-{slug}.pdf")


@post(f"{HOME}/{{slug:str}}/prolong", sync_to_thread=True, opt=needs("prolong"))
def prolong(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Ask for a later last day."""
    try:
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            last = _day(desk.form["to"])
            holds = cosigning.prolong(
                session, campaign, desk.account, last, trust=desk.trust, now=desk.now
            )
    except SurveyError as error:
        return refused(desk, slug, error)
    return back(desk, slug, news="prolong" if holds else "asked")


@post(f"{HOME}/{{slug:str}}/agree", sync_to_thread=True, opt=needs("sign"))
def agree(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """Agree to what was asked for: exactly what the page showed."""
    act = _act(desk.form["act"])
    try:
        waiting = look(desk, slug).standing.waiting(act)
        shown = {name: desk.form[f"detail-{name}"] for name in waiting.details} if waiting else {}
        _confirm(desk)
        with writing_session(desk.engine) as session:
            campaign = campaigns.get(session, slug)
            job = cosigning.agree(
                session, campaign, desk.account, act, shown, trust=desk.trust, now=desk.now
            )
    except SurveyError as error:
        return refused(desk, slug, error)
    return back(desk, slug, news="" if job else "agreed")


def cosigning_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[plan_to_sign, sign, prolong, agree])


def _sign_page(
    desk: Desk, slug: str, *, problem: Sentence | None = None, status: int = 200
) -> Page:
    found = look(desk, slug)
    creator = found.standing.creator
    return desk.page(
        "campaigns/sign.html",
        status=status,
        campaign=found,
        problem=problem,
        plan_hash=found.plan_hash,
        is_own=creator is not None and creator.account_id == _account(desk).id,
        trial_link=trial_link(desk, slug),
    )


def _confirm(desk: Desk) -> None:
    """The second factor, asked for with each signature.

    Raises:
        RefusedError: the code is wrong.
        WrongStateError: too many codes were wrong.
    """
    account, code = _account(desk), desk.form["code"]
    if not accounts.confirm(desk.engine, account, code, secret=desk.host_secret, now=desk.now):
        raise RefusedError("code-needed", "The code of the second factor is wrong.")


def _account(desk: Desk) -> Account:
    if desk.account is None:
        raise MayNotError
    return desk.account


def _act(text: str) -> Act:
    for act in ASKED_BY:
        if act == text:
            return act
    raise MayNotError


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise RefusedError("no-day", f"'{text}' is no day.") from error
