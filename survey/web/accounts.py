"""Logging in and out, and the first account."""

from litestar import Response, Router, get, post
from litestar.di import NamedDependency

from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations
from survey.errors import NotFoundError, RefusedError
from survey.web.desk import Desk
from survey.web.guards import COOKIE, HOME, LOGIN, no_cookie, safe_next, session_cookie
from survey.web.protection import address_of, refuse_other_sites
from survey.web.sentences import sentence
from survey.web.throttle import Throttle
from survey.web.visits import Page

FIRST = "/staff/first"


@get(LOGIN, sync_to_thread=True)
def login(desk: NamedDependency[Desk]) -> Page:
    """The form to log in with."""
    return _login_page(desk, desk.request.query_params.get("next", ""))


@post(LOGIN, sync_to_thread=True)
def log_in(desk: NamedDependency[Desk]) -> Page:
    """Start a session and go on to where somebody wanted to go."""
    name, password, onward = desk.form["name"], desk.form["password"], desk.form["next"]
    throttle: Throttle = desk.request.app.state.throttle
    address = address_of(desk.request)
    if not throttle.admits(name, address):
        return _login_page(desk, onward, problem="throttled", status=429)
    with reading_session(desk.engine) as session:
        account = accounts.authenticate(session, name, password)
    if account is None:
        throttle.failed(name, address)
        return _login_page(desk, onward, problem="wrong", status=422)
    throttle.succeeded(name, address)
    with writing_session(desk.engine) as session:
        found = session.merge(account)
        token = accounts.start_session(session, found, password, now=desk.now).token
    return _logged_in(desk, token, safe_next(onward))


@post("/staff/logout", sync_to_thread=True)
def log_out(desk: NamedDependency[Desk]) -> Page:
    """End the session, here and on the server."""
    with writing_session(desk.engine) as session:
        accounts.log_out(session, desk.request.cookies.get(COOKIE, ""))
    page = desk.go(LOGIN)
    page.cookies = [no_cookie(secure=desk.settings.secure_cookies)]
    return page


@get(FIRST, sync_to_thread=True)
def first(desk: NamedDependency[Desk]) -> Page:
    """The form for the first account, to whoever holds the one-time link."""
    link = desk.request.query_params.get("token", "")
    with reading_session(desk.engine) as session:
        is_good = invitations.find(session, link, now=desk.now) is not None
    if not is_good:
        return desk.page("accounts/link_over.html", status=404)
    return _first_page(desk, link)


@post(FIRST, sync_to_thread=True)
def make_first(desk: NamedDependency[Desk]) -> Page:
    """Make the first account, and log it in; the link is used up."""
    link, name, password = desk.form["link"], desk.form["name"], desk.form["password"]
    try:
        with writing_session(desk.engine) as session:
            account = invitations.redeem(session, link, name, password, now=desk.now)
            token = accounts.start_session(session, account, password, now=desk.now).token
    except NotFoundError:
        return desk.page("accounts/link_over.html", status=404)
    except RefusedError as error:
        return _first_page(desk, link, error)
    return _logged_in(desk, token, HOME)


def entrance() -> Router:
    """The only staff pages that need no session."""
    return Router(
        "/", route_handlers=[login, log_in, first, make_first], guards=[refuse_other_sites]
    )


def _login_page(desk: Desk, onward: str, *, problem: str = "", status: int = 200) -> Page:
    return desk.page(
        "accounts/login.html",
        status=status,
        kept={"next": safe_next(onward)},
        problem=problem,
        name=desk.form["name"],
        onward=safe_next(onward),
    )


def _first_page(desk: Desk, link: str, error: RefusedError | None = None) -> Page:
    return desk.page(
        "accounts/first.html",
        status=422 if error else 200,
        kept={"token": link},
        link=link,
        name=desk.form["name"],
        problem=sentence(error, desk.say) if error else None,
        about="name" if error and error.code in ("bad-name", "name-taken") else "password",
    )


def _logged_in(desk: Desk, token: str, path: str) -> Page:
    """Go on with the cookie."""
    location = path if "?" in path else desk.at(path)
    cookie = session_cookie(token, secure=desk.settings.secure_cookies)
    return Response(b"", status_code=303, headers={"Location": location}, cookies=[cookie])
