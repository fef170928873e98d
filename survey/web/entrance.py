"""The only staff pages that need no session: logging in, and accepting an invitation."""

from litestar import Response, Router, get, post
from litestar.di import NamedDependency

from survey.db.accounts import Account
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations, second_factor, sessions
from survey.domain.second_factor import Draft
from survey.errors import NotFoundError, RefusedError, WrongStateError
from survey.web.desk import Desk
from survey.web.enrolment import enrolment
from survey.web.guards import COOKIE, LOGIN, needs, no_cookie, safe_next, session_cookie
from survey.web.own_account import OWN
from survey.web.protection import address_of, refuse_other_sites
from survey.web.sentences import sentence
from survey.web.throttle import Throttle
from survey.web.visits import Page

CODE = f"{LOGIN}/code"
_OF_NAME = ("bad-name", "name-taken")


@get(LOGIN, sync_to_thread=True)
def login(desk: NamedDependency[Desk]) -> Page:
    """The form to log in with."""
    return _login_page(desk, desk.request.query_params.get("next", ""))


@post(LOGIN, sync_to_thread=True)
def log_in(desk: NamedDependency[Desk]) -> Page:
    """Start a session, and go on to the code or to where somebody wanted to go."""
    name, password, onward = desk.form["name"], desk.form["password"], desk.form["next"]
    throttle: Throttle = desk.request.app.state.throttle
    address = address_of(desk.request)
    if not throttle.admits(name, address):
        return _login_page(desk, onward, problem="throttled", status=429)
    try:
        account = accounts.try_password(
            desk.engine, name, password, secret=desk.host_secret, now=desk.now
        )
    except WrongStateError:
        return _login_page(desk, onward, problem="throttled", status=429)
    if account is None:
        throttle.failed(name, address)
        return _login_page(desk, onward, problem="wrong", status=422)
    throttle.succeeded(name, address)
    begun = _start(desk, account)
    if begun.is_whole:
        return _logged_in(desk, begun.token, safe_next(onward))
    asked = {} if not onward else {"next": safe_next(onward)}
    return _logged_in(desk, begun.token, desk.at(CODE, **asked))


@get(CODE, sync_to_thread=True)
def code_form(desk: NamedDependency[Desk]) -> Page:
    """The form for the code, to whoever has given the right password."""
    onward = desk.request.query_params.get("next", "")
    return _code_page(desk, onward) if _pending(desk) else desk.go(LOGIN)


@post(CODE, sync_to_thread=True)
def give_code(desk: NamedDependency[Desk]) -> Page:
    """Exchange the waiting session for a whole one."""
    account, onward = _pending(desk), desk.form["next"]
    if account is None:
        return desk.go(LOGIN)
    try:
        is_right = accounts.confirm(
            desk.engine, account, desk.form["code"], secret=desk.host_secret, now=desk.now
        )
    except WrongStateError:
        return _code_page(desk, onward, problem="throttled", status=429)
    if not is_right:
        return _code_page(desk, onward, problem="wrong", status=422)
    return _logged_in(desk, _start(desk, account, confirmed=True).token, safe_next(onward))


@post("/staff/logout", sync_to_thread=True, opt=needs("use-own-account"))
def log_out(desk: NamedDependency[Desk]) -> Page:
    """End the session, here and on the server."""
    with writing_session(desk.engine) as session:
        sessions.log_out(session, desk.request.cookies.get(COOKIE, ""))
    page = desk.go(LOGIN)
    page.cookies = [no_cookie(secure=desk.settings.secure_cookies)]
    return page


@get(invitations.PATH, sync_to_thread=True)
def invitation(desk: NamedDependency[Desk]) -> Page:
    """The form for a new account, to whoever holds the one-time link."""
    return _invitation_page(desk, desk.request.query_params.get("token", ""))


@post(invitations.PATH, sync_to_thread=True)
def accept(desk: NamedDependency[Desk]) -> Page:
    """Make the account, and log it in; the link is used up."""
    link, password = desk.form["link"], desk.form["password"]
    draft = _draft(desk, link)
    try:
        with writing_session(desk.engine) as session:
            account = invitations.redeem(
                session,
                link,
                desk.form["name"],
                password,
                now=desk.now,
                secret=desk.host_secret,
                draft=draft,
                code=desk.form["code"],
            )
    except NotFoundError:
        return desk.page("accounts/link_over.html", status=404)
    except RefusedError as error:
        return _invitation_page(desk, link, error, draft)
    begun = _start(desk, account, confirmed=account.second_factor is not None)
    return _logged_in(desk, begun.token, desk.at(OWN))


def entrance_router() -> Router:
    """Logging in and accepting an invitation."""
    return Router(
        "/",
        route_handlers=[login, log_in, code_form, give_code, invitation, accept],
        guards=[refuse_other_sites],
    )


def _pending(desk: Desk) -> Account | None:
    """Whose session waits for its code."""
    token = desk.request.cookies.get(COOKIE, "")
    with reading_session(desk.engine) as session:
        found = sessions.find_pending(session, token, now=desk.now) if token else None
    return found.account if found else None


def _start(desk: Desk, account: Account, *, confirmed: bool = False) -> sessions.Login:
    """A new session in place of the one that this browser had."""
    with writing_session(desk.engine) as session:
        sessions.log_out(session, desk.request.cookies.get(COOKIE, ""))
        found = session.get_one(Account, account.id)
        return sessions.start_session(session, found, now=desk.now, confirmed=confirmed)


def _login_page(desk: Desk, onward: str, *, problem: str = "", status: int = 200) -> Page:
    return desk.page(
        "accounts/login.html",
        status=status,
        kept={"next": safe_next(onward)},
        problem=problem,
        name=desk.form["name"],
        onward=safe_next(onward),
    )


def _code_page(desk: Desk, onward: str, *, problem: str = "", status: int = 200) -> Page:
    return desk.page(
        "accounts/code.html",
        status=status,
        kept={"next": safe_next(onward)},
        problem=problem,
        onward=safe_next(onward),
    )


def _draft(desk: Desk, link: str) -> Draft | None:
    return second_factor.carried(desk.form["draft"], link, secret=desk.host_secret, now=desk.now)


def _invitation_page(
    desk: Desk, link: str, error: RefusedError | None = None, draft: Draft | None = None
) -> Page:
    with reading_session(desk.engine) as session:
        found = invitations.find(session, link, now=desk.now)
    if found is None:
        return desk.page("accounts/link_over.html", status=404)
    offered = enrolment(desk, link, found.role, draft) if found.role == "council" else None
    return desk.page(
        "accounts/invitation.html",
        status=422 if error else 200,
        kept={"token": link},
        link=link,
        role=found.role,
        name=desk.form["name"],
        offered=offered,
        problem=sentence(error, desk.say) if error else None,
        about=_about(error) if error else "",
    )


def _about(error: RefusedError) -> str:
    """The field that an error is about."""
    if error.code in _OF_NAME:
        return "name"
    return "code" if error.code in ("wrong-code", "council-factor") else "password"


def _logged_in(desk: Desk, token: str, path: str) -> Page:
    """Go on with the cookie."""
    location = path if "?" in path else desk.at(path)
    cookie = session_cookie(token, secure=desk.settings.secure_cookies)
    return Response(b"", status_code=303, headers={"Location": location}, cookies=[cookie])
