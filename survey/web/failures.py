"""Failures: a person reads a sentence, the log gets a line without anything of that person.

The line names the kind of failure and the place in our code. It has no address, no path, no query,
and not the text of the exception, which may quote what somebody answered.
"""

import logging
import traceback
from collections.abc import Mapping

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from survey.errors import NotFoundError
from survey.web.languages import INTERFACE, chosen
from survey.web.pages import html, render

AnyRequest = Request[object, object, State]

_log = logging.getLogger("survey.web")
_KNOWN = (400, 403, 404, 405, 413, 415, 429, 500, 503)


def http_failure(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """The page for a request that cannot be served as it is."""
    headers = {name: value for name, value in (error.headers or {}).items() if name != "Location"}
    return page(request, error.status_code, headers)


def not_found(request: AnyRequest, _: NotFoundError) -> Response[bytes]:
    """The page for something that does not exist."""
    return page(request, 404)


def unexpected(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The page for a fault of ours."""
    _log.error("A page failed: %s in %s", type(error).__name__, place_of(error))
    return page(request, 500)


def page(
    request: AnyRequest, status: int, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """What happened, what is kept, what to do."""
    language = chosen(
        INTERFACE, request.query_params.get("lang"), request.headers.get("accept-language")
    )
    shown = status if status in _KNOWN else (500 if status >= 500 else 400)  # noqa: PLR2004  # the classes of HTTP
    content = render("respond", language, "errors/failure.html", status=shown)
    return html(request, content, status=status, headers=headers)


def place_of(error: BaseException) -> str:
    """File and line where an exception came up; no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "nowhere"


HANDLERS: ExceptionHandlersMap = {
    HTTPException: http_failure,
    NotFoundError: not_found,
    500: unexpected,
}
