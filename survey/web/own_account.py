"""The own account: password, second factor, and where somebody is logged in."""

from datetime import timedelta

from litestar import Router, get, post
from litestar.di import NamedDependency

from survey.db.accounts import Account, StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, second_factor, sessions
from survey.domain.second_factor import Draft
from survey.errors import NotFoundError, RefusedError, SurveyError
from survey.web.desk import Desk
from survey.web.enrolment import enrolment
from survey.web.guards import needs
from survey.web.sentences import sentence
from survey.web.visits import Page

OWN = "/staff/account"
PASSWORD = f"{OWN}/password"
FACTOR = f"{OWN}/second-factor"
NEWS = ("password", "on", "off", "session")


@get(OWN, sync_to_thread=True)
def own_account(desk: NamedDependency[Desk]) -> Page:
    """What there is to know about the own account."""
    account, here = _who(desk)
    with reading_session(desk.engine) as session:
        running = sessions.sessions_of(session, account, now=desk.now)
    news = desk.request.query_params.get("done", "")
    return desk.page(
        "accounts/own.html",
        role=account.role,
        since=second_factor.since(account, secret=desk.host_secret) or account.created_at,
        has_factor=account.second_factor is not None,
        sessions=[
            {
                "key": one.token_hash.hex(),
                "hours": (desk.now - one.expires_at + sessions.SESSION_LENGTH)
                // timedelta(hours=1),
                "is_here": one.token_hash == here.token_hash,
            }
            for one in running
        ],
        news=news if news in NEWS else "",
    )


@get(PASSWORD, sync_to_thread=True)
def password_form(desk: NamedDependency[Desk]) -> Page:
    """The form for a new password."""
    return _password_page(desk)


@post(PASSWORD, sync_to_thread=True)
def change_password(desk: NamedDependency[Desk]) -> Page:
    """Set a new password; the other sessions end."""
    account, here = _who(desk)
    try:
        _check_password(desk, account)
        with writing_session(desk.engine) as session:
            found = session.get_one(Account, account.id)
            accounts.change_password(session, found, desk.form["new"], keep=here.token_hash)
    except SurveyError as error:
        return _password_page(desk, error)
    return desk.go(OWN, done="password")


@get(FACTOR, sync_to_thread=True)
def factor_form(desk: NamedDependency[Desk]) -> Page:
    """The form to switch the second factor on or off, or to move it to another device."""
    return _factor_page(desk)


@post(FACTOR, sync_to_thread=True)
def change_factor(desk: NamedDependency[Desk]) -> Page:
    """Switch the second factor on, anew or off; the other sessions end."""
    account, here = _who(desk)
    is_off = desk.form["step"] == "off"
    try:
        draft = None if is_off else _checked_draft(desk, account)
        _prove(desk, account, desk.form["off-code" if is_off else "old-code"])
        with writing_session(desk.engine) as session:
            found = session.get_one(Account, account.id)
            if draft is None:
                second_factor.switch_off(found)
            else:
                code, now = desk.form["code"], desk.now
                second_factor.switch_on(found, draft, code, secret=desk.host_secret, now=now)
            session.get_one(StaffSession, here.token_hash).confirmed = not is_off
            sessions.end_other_sessions(session, found, here.token_hash)
    except SurveyError as error:
        return _factor_page(desk, error)
    return desk.go(OWN, done="off" if is_off else "on")


@post(f"{OWN}/sessions", sync_to_thread=True)
def end_sessions(desk: NamedDependency[Desk]) -> Page:
    """End one other session, or all others."""
    account, here = _who(desk)
    key = desk.form["session"]
    with writing_session(desk.engine) as session:
        if key == "others":
            sessions.end_other_sessions(session, account, here.token_hash)
        else:
            sessions.end_session(session, account, _bytes(key))
    return desk.go(OWN, done="session")


def own_account_router() -> Router:
    """The pages that everybody with an account has."""
    return Router(
        "/",
        opt=needs("use-own-account"),
        route_handlers=[
            own_account,
            password_form,
            change_password,
            factor_form,
            change_factor,
            end_sessions,
        ],
    )


def _who(desk: Desk) -> tuple[Account, StaffSession]:
    found = desk.session
    if found is None:
        raise NotFoundError("unknown-page", "There is nothing at this address.")
    return found.account, found


def _check_password(desk: Desk, account: Account) -> None:
    given = desk.form["password"]
    if not accounts.try_password(
        desk.engine, account.name, given, secret=desk.host_secret, now=desk.now
    ):
        raise RefusedError("wrong-password", "The present password is not right.")


def _prove(desk: Desk, account: Account, code: str) -> None:
    """Who changes the second factor proves to be the owner: by its code, else by the password.

    An account whose second factor does not open on this host has been tampered with, and gets no
    new one from here.
    """
    if account.second_factor is None:
        _check_password(desk, account)
    elif not accounts.confirm(desk.engine, account, code, secret=desk.host_secret, now=desk.now):
        raise RefusedError("wrong-old-code", "The present code is not right.")


def _checked_draft(desk: Desk, account: Account) -> Draft:
    """The new key, after its first code; before the old code is asked for and used up."""
    draft = _draft(desk, account)
    if draft is None:
        raise RefusedError("old-draft", "The key on the page has run out.")
    second_factor.check(draft, desk.form["code"], now=desk.now)
    return draft


def _draft(desk: Desk, account: Account) -> Draft | None:
    carried = desk.form["draft"]
    return second_factor.carried(carried, _about(account), secret=desk.host_secret, now=desk.now)


def _password_page(desk: Desk, error: SurveyError | None = None) -> Page:
    is_old = error is not None and error.code in ("wrong-password", "too-many-attempts")
    return desk.page(
        "accounts/password.html",
        status=_status(error),
        problem=sentence(error, desk.say) if error else None,
        about="password" if is_old else "new",
    )


def _factor_page(desk: Desk, error: SurveyError | None = None) -> Page:
    account, _ = _who(desk)
    return desk.page(
        "accounts/factor.html",
        status=_status(error),
        offered=enrolment(desk, _about(account), account.name, _draft(desk, account)),
        has_factor=account.second_factor is not None,
        may_end=account.role != "council",
        problem=sentence(error, desk.say) if error else None,
        about=_field(desk, account, error) if error else "",
    )


def _field(desk: Desk, account: Account, error: SurveyError) -> str:
    """The field that an error is about."""
    if error.code in ("wrong-code", "old-draft"):
        return "code"
    if account.second_factor is None:
        return "password"
    return "off-code" if desk.form["step"] == "off" else "old-code"


def _status(error: SurveyError | None) -> int:
    if error is None:
        return 200
    return 429 if error.code == "too-many-attempts" else 422


def _about(account: Account) -> str:
    return f"account {account.id}"


def _bytes(key: str) -> bytes:
    try:
        return bytes.fromhex(key)
    except ValueError:
        return b""
