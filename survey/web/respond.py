"""The addresses of people who answer: start, form, review, submit, thanks. They decide nothing.

No cookie, no session. Every post is parsed anew from the definition. When the answers are stored
the browser is sent on by a redirect, so that its history holds no form with answers.
"""

from litestar import Response, Router, get, post
from litestar.params import FromPath

from questionnaires.errors import Finding
from survey.domain.access_codes import hash_code, normalise
from survey.domain.answering import SUBMISSION, AnswersRefusedError, Record
from survey.domain.inbox import NotStoredError, Outcome, Submission
from survey.domain.submitting import CodeState
from survey.web.protection import MOST_BODY, refuse_floods, refuse_other_sites
from survey.web.visits import NOT_YET, AnyRequest, Page, Visit, visit

# Cached pages and storage go; "cookies" would log staff out who have tried their own survey.
CLEAR_SITE_DATA = '"cache", "storage"'
_NOTICES = {
    Outcome.CLOSED: "closed",
    Outcome.FULL: "full",
    Outcome.CODE_UNKNOWN: "unknown",
    Outcome.PAUSED: "paused",
    Outcome.UNTRUSTED: "untrusted",
}


@get("/{slug:str}")
async def start(request: AnyRequest, slug: FromPath[str]) -> Page:
    """Who asks, why, what is stored, who reads it; and the way in."""
    here = await visit(request, slug)
    if (refusal := here.refusal()) is not None:
        return refusal
    if here.announcement.is_due(request.app.state.clock()):
        return here.closed()
    return here.start()


@get("/{slug:str}/trial")
async def start_trial(request: AnyRequest, slug: FromPath[str]) -> Page:
    """The questionnaire to look at and to fill in; nothing is stored, no code is needed."""
    return (await visit(request, slug, trial=True)).form()


@post("/{slug:str}/form")
async def form(request: AnyRequest, slug: FromPath[str]) -> Page:
    """The questionnaire, for a code that can be used; with answers when they come along."""
    return await _form(await visit(request, slug))


@post("/{slug:str}/trial/form")
async def form_trial(request: AnyRequest, slug: FromPath[str]) -> Page:
    """The questionnaire with the answers that come along."""
    return await _form(await visit(request, slug, trial=True))


@post("/{slug:str}/review")
async def review(request: AnyRequest, slug: FromPath[str]) -> Page:
    """The record as it would be stored. Nothing is stored."""
    return await _review(await visit(request, slug))


@post("/{slug:str}/trial/review")
async def review_trial(request: AnyRequest, slug: FromPath[str]) -> Page:
    """The record as it would be stored if this were no trial."""
    return await _review(await visit(request, slug, trial=True))


@post("/{slug:str}/submit")
async def submit(request: AnyRequest, slug: FromPath[str]) -> Page:
    """Store the record, once, and send the browser on to the thanks."""
    here = await visit(request, slug)
    if here.status in NOT_YET:
        return here.page("not_open", status=403)
    try:
        record = _final(here)
    except AnswersRefusedError as error:
        return here.form(error.findings)
    try:
        outcome = await request.app.state.inbox.submit(_submission(here, record))
    except NotStoredError:
        return here.review(record, notice="not-stored", status=503)
    if outcome in (Outcome.ACCEPTED, Outcome.REPEATED):
        return _sent_on(here)
    if outcome is Outcome.CODE_USED:
        return here.page("used", status=409)
    status = 503 if outcome is Outcome.PAUSED else 409
    return here.review(record, notice=_NOTICES[outcome], status=status)


@post("/{slug:str}/trial/submit")
async def submit_trial(request: AnyRequest, slug: FromPath[str]) -> Page:
    """Check the record as a real one is checked, and forget it."""
    here = await visit(request, slug, trial=True)
    try:
        _final(here)
    except AnswersRefusedError as error:
        return here.form(error.findings)
    return _sent_on(here)


@get("/{slug:str}/thanks")
async def thanks(request: AnyRequest, slug: FromPath[str]) -> Page:
    """What happens next, and the advice to close the window."""
    return _thanked(await visit(request, slug))


@get("/{slug:str}/trial/thanks")
async def thanks_trial(request: AnyRequest, slug: FromPath[str]) -> Page:
    """Nothing was stored."""
    return _thanked(await visit(request, slug, trial=True))


def respond_router() -> Router:
    """The router of all these, with what protects it."""
    return Router(
        "/b",
        route_handlers=[
            start,
            form,
            review,
            submit,
            thanks,
            start_trial,
            form_trial,
            review_trial,
            submit_trial,
            thanks_trial,
        ],
        guards=[refuse_other_sites, refuse_floods],
        request_max_body_size=MOST_BODY,
    )


async def _form(here: Visit) -> Page:
    if (refusal := here.refusal()) is not None:
        return refusal
    code = await here.look_up()
    return here.form() if code.state is CodeState.FREE else here.wrong_code(code.state)


async def _review(here: Visit) -> Page:
    if (refusal := here.refusal()) is not None:
        return refusal
    if await here.was_sent():
        return _sent_on(here)
    code = await here.look_up()
    if code.state is CodeState.USED:
        return here.page("used", status=409)
    if code.state is CodeState.UNKNOWN:
        return here.wrong_code(code.state)
    try:
        record = here.announcement.reader.parse(here.fields, final=False)
    except AnswersRefusedError as error:
        return here.form(error.findings)
    return here.review(record, code.unit)


def _final(here: Visit) -> Record:
    """The record to be stored; it must come from a review."""
    record = here.announcement.reader.parse(here.fields, final=True)
    if not here.has_submission:
        missing = Finding("error", "not-reviewed", "The form has no submission id.", "", SUBMISSION)
        raise AnswersRefusedError([missing], {})
    return record


def _submission(here: Visit, record: Record) -> Submission:
    raw = normalise(here.code) if here.announcement.needs_code else None
    campaign_id = here.announcement.campaign_id
    return Submission(
        campaign_id=campaign_id,
        submission_hash=here.submission_hash,
        values=record.values,
        code_hash=hash_code(campaign_id, raw) if raw is not None else None,
    )


def _sent_on(here: Visit) -> Page:
    address = f"{here.announcement.address(trial=here.trial)}/thanks?lang={here.language}"
    return Response(b"", status_code=303, headers={"Location": address})


def _thanked(here: Visit) -> Page:
    page = here.page("thanks")
    page.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
    return page
