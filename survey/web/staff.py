"""The staff pages: what they share, and the router that the application includes."""

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from survey.errors import BusyError, FaultError, NotFoundError, SurveyError
from survey.web import (
    accounts,
    campaigns,
    certificates,
    cosigning,
    entrance,
    failures,
    new_campaign,
    notices,
    own_account,
    rehearsal,
    results,
    slips,
)
from survey.web.desk import Desk, Form, read_form
from survey.web.guards import (
    HOME,
    LoginNeededError,
    MayNotError,
    login_address,
    needs,
    needs_check,
    needs_login,
)
from survey.web.protection import refuse_other_sites
from survey.web.sentences import sentence
from survey.web.visits import AnyRequest, Page

MOST_BODY = 512 * 1024
KNOWN = (400, 403, 404, 405, 413, 429, 500)
SERVER_FAULT = 500
BUSY = 503


@get("/staff", sync_to_thread=False, opt=needs("see-campaigns"))
def door(desk: NamedDependency[Desk]) -> Page:
    """The list of campaigns is where the staff begins."""
    return desk.go(HOME)


@get("/staff/{path:path}", sync_to_thread=False, opt=needs("use-own-account"))
def nowhere(path: FromPath[str]) -> Page:
    """A staff page that does not exist, said on a staff page."""
    del path
    raise NotFoundError("unknown-page", "There is nothing at this address.")


def staff_router() -> Router:
    """The router of all staff pages; every route but the entrance needs a session."""
    inside = Router(
        "/",
        route_handlers=[
            door,
            nowhere,
            entrance.log_out,
            own_account.own_account_router(),
            accounts.accounts_router(),
            new_campaign.new_router(),
            campaigns.campaigns_router(),
            slips.slips_router(),
            cosigning.cosigning_router(),
            results.results_router(),
            certificates.certificates_router(),
            notices.notices_router(),
            rehearsal.rehearsal_router(),
        ],
        guards=[refuse_other_sites, needs_login, needs_check],
    )
    return Router(
        "/",
        route_handlers=[inside, entrance.entrance_router()],
        dependencies={
            "form": Provide(read_form),
            "desk": Provide(_desk, sync_to_thread=False),
        },
        exception_handlers={
            LoginNeededError: _to_login,
            MayNotError: _may_not,
            HTTPException: _refused,
            NotFoundError: _not_found,
            SurveyError: _cannot,
            SERVER_FAULT: _unexpected,
        },
        request_max_body_size=MOST_BODY,
    )


def _desk(request: AnyRequest, form: NamedDependency[Form]) -> Desk:
    return Desk(request, form)


def _to_login(request: AnyRequest, _: LoginNeededError) -> Page:
    """On to the login page; htmx is told to take the browser there."""
    address = login_address(request)
    if request.headers.get("hx-request") == "true":
        return Response(b"", status_code=401, headers={"HX-Redirect": address})
    return Response(b"", status_code=303, headers={"Location": address})


def _may_not(request: AnyRequest, _: MayNotError) -> Page:
    return Desk(request, Form()).page("staff/failure.html", status=403, code="role", said=None)


def _refused(request: AnyRequest, error: HTTPException) -> Page:
    return _failure(request, error.status_code)


def _not_found(request: AnyRequest, _: NotFoundError) -> Page:
    return _failure(request, 404)


def _cannot(request: AnyRequest, error: SurveyError) -> Page:
    desk, status = Desk(request, Form()), 409
    if isinstance(error, BusyError):
        status = BUSY
    elif isinstance(error, FaultError):
        status = SERVER_FAULT
    return desk.page("staff/failure.html", status=status, code=0, said=sentence(error, desk.say))


def _unexpected(request: AnyRequest, error: Exception) -> Page:
    failures.unexpected(request, error)  # writes the line for the log
    return _failure(request, SERVER_FAULT)


def _failure(request: AnyRequest, status: int) -> Page:
    shown = status if status in KNOWN else (SERVER_FAULT if status >= SERVER_FAULT else 400)
    return Desk(request, Form()).page("staff/failure.html", status=status, code=shown, said=None)
