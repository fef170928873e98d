"""Who may enter the staff pages: somebody with a session, by a form that this session was given.

Every route declares the deed it is; a role that may not do it is refused, and so is everybody
where a route declares none.

The session lives on the server; the cookie holds its secret, is unreadable for scripts, and is
sent to staff pages only, and only from this site. Respondent pages never see it.
"""

from urllib.parse import urlencode, urlsplit

from litestar import Request
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from survey.db.engine import reading_session
from survey.domain import sessions
from survey.domain.permissions import DEEDS, Deed, may
from survey.web.pages import AnyConnection

COOKIE = "pegel_staff"
COOKIE_PATH = "/staff"
CSRF_FIELD = "_check"
CSRF_HEADER = "x-pegel-check"
LOGIN = "/staff/login"
HOME = "/staff/campaigns"
DEED = "deed"  # the key under which a route declares its deed
LONGEST_ADDRESS = 500


class LoginNeededError(Exception):
    """There is no session, or it has run out."""


class MayNotError(Exception):
    """The role of the account may not do this."""


def needs(deed: Deed) -> dict[str, Deed]:
    """What a route declares with `opt=`: the deed that the role of the account has to allow."""
    return {DEED: deed}


def needs_login(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Let in whoever has a session with a role that may do what the route declares.

    The session is then `auth` of the request and its account `user`.

    Raises:
        LoginNeededError: there is no session.
        MayNotError: the role may not do this, or the route does not say what it is.
    """
    token = connection.cookies.get(COOKIE, "")
    state = connection.app.state
    with reading_session(state.engine) as session:
        found = sessions.find_session(session, token, now=state.clock()) if token else None
    if found is None:
        raise LoginNeededError
    connection.scope["auth"] = found
    connection.scope["user"] = found.account
    deed = handler.opt.get(DEED)
    if deed not in DEEDS or not may(found.account.role, deed):
        raise MayNotError


async def needs_check(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse a post that does not carry the session's secret, in its form or in a header.

    Raises:
        PermissionDeniedException: the post was not made from one of our pages.
    """
    if connection.scope.get("method") in ("GET", "HEAD"):
        return
    given = connection.headers.get(CSRF_HEADER, "")
    if not given and isinstance(connection, Request):
        field = (await connection.form()).get(CSRF_FIELD)
        given = field if isinstance(field, str) else ""
    if not sessions.is_csrf_token(connection.auth, given):
        raise PermissionDeniedException("check")


def safe_next(address: str) -> str:
    """`address` when it is a staff page of this site, else the list of campaigns.

    Control characters and backslashes, which browsers read as something else, are not let through.
    """
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return HOME
    if "\\" in address or "//" in address or ".." in address:
        return HOME
    parts = urlsplit(address)
    is_staff = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    return address if is_staff and not parts.scheme and not parts.netloc else HOME


def login_address(connection: AnyConnection) -> str:
    """The login page that leads back to where somebody wanted to go, in the same language."""
    asked: dict[str, str] = {}
    language = connection.query_params.get("lang")
    if language:
        asked["lang"] = language
    path = connection.scope["path"]
    if connection.scope.get("method") == "GET" and safe_next(path) == path != HOME:
        asked["next"] = path.removesuffix("/state")
    return f"{LOGIN}?{urlencode(asked)}" if asked else LOGIN


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """The cookie of a session; it ends with the browser, and on the server after a working day."""
    return Cookie(
        COOKIE, value=token, path=COOKIE_PATH, httponly=True, samesite="strict", secure=secure
    )


def no_cookie(*, secure: bool) -> Cookie:
    """The cookie that removes the session's."""
    return Cookie(
        COOKIE,
        value="",
        path=COOKIE_PATH,
        httponly=True,
        samesite="strict",
        secure=secure,
        max_age=0,
    )
