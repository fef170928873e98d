"""One request of one person who answers: what came with it, and the pages it can lead to."""

import gzip
import hashlib
import re
import secrets
from asyncio import to_thread
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import ClientException, InternalServerException

from questionnaires.errors import Finding
from survey.db.campaigns import Status
from survey.domain.announcements import Announcement, Code
from survey.domain.answering import (
    CODE,
    CONTROL,
    LANGUAGE,
    SUBMISSION,
    AnswersRefusedError,
    Fields,
    Record,
)
from survey.domain.submitting import CodeState
from survey.web.forms import document
from survey.web.languages import chosen
from survey.web.pages import HTML, VARY, accepts_gzip, html, render
from survey.web.review import groups

FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 2000
LONGEST_CODE = 64
PART = "pegel-part"  # the script asks for the review alone, to put it into the same document
_SUBMISSION_ID = re.compile(r"[A-Za-z0-9_-]{20,64}", re.ASCII)
NOT_YET: tuple[Status, ...] = ("draft", "signed")

AnyRequest = Request[Any, Any, State]
Page = Response[bytes]


class Visit:
    """A request about one campaign: its fields, its language, and its pages.

    The form is given a random submission id, which goes with it to the review and the last post.
    By it a form is stored once; and a form that was stored is not shown again to whoever goes back
    in this browser and lets it be sent anew.
    """

    def __init__(
        self,
        request: AnyRequest,
        announcement: Announcement,
        status: Status,
        fields: Fields = (),
        *,
        trial: bool = False,
    ) -> None:
        self.request = request
        self.announcement = announcement
        self.status = status
        self.fields = fields
        self.given = dict(fields)
        self.trial = trial
        came_with = self.given.get(SUBMISSION, "")
        self.has_submission = _SUBMISSION_ID.fullmatch(came_with) is not None
        self.submission = came_with if self.has_submission else secrets.token_urlsafe(18)
        self.code = "" if trial else self.given.get(CODE, "").strip()[:LONGEST_CODE]
        self.language = chosen(
            announcement.languages,
            self.given.get(LANGUAGE) or request.query_params.get("lang"),
            request.headers.get("accept-language"),
        )

    @property
    def has_answers(self) -> bool:
        """Whether any field is an answer."""
        return any(name not in CONTROL for name, _ in self.fields)

    async def look_up(self) -> Code:
        """What is known of the code; nothing is spent. Free where none is needed."""
        if self.trial or not self.announcement.needs_code:
            return Code(CodeState.FREE)
        announcements = self.request.app.state.announcements
        return await to_thread(announcements.look_up, self.announcement, self.code)

    @property
    def submission_hash(self) -> bytes:
        """What is stored of the submission id until the closing."""
        return hashlib.sha256(self.submission.encode()).digest()

    async def was_sent(self) -> bool:
        """Whether this very form is stored already."""
        if self.trial or not self.has_submission:
            return False
        announcements = self.request.app.state.announcements
        return bool(
            await to_thread(announcements.is_stored, self.announcement, self.submission_hash)
        )

    def page(self, template: str, *, status: int = 200, **values: object) -> Page:
        """A page about this campaign in the language of the visit."""
        content = render(
            "respond",
            self.language,
            f"respond/{template}.html",
            announcement=self.announcement,
            base=self.announcement.address(trial=self.trial),
            trial=self.trial,
            code=self.code,
            **values,
        )
        return html(self.request, content, status=status)

    def form(self, findings: tuple[Finding, ...] = ()) -> Page:
        """The questionnaire, with the answers that came along and what is wrong with them."""
        shown = document(self.announcement, self.language, trial=self.trial)
        if self.has_answers or findings:
            kept = self.announcement.reader.kept(self.given)
            content = shown.filled(self.code, self.submission, kept, findings)
            return html(self.request, content, status=422 if findings else 200)
        if not accepts_gzip(self.request):
            return Response(
                shown.plain(self.code, self.submission), media_type=HTML, status_code=200
            )
        headers = {"Content-Encoding": "gzip", "Vary": VARY}
        content = shown.compressed(self.code, self.submission)
        return Response(content, media_type=HTML, status_code=200, headers=headers)

    def review(
        self, record: Record, unit: str | None = None, *, notice: str = "", status: int = 200
    ) -> Page:
        """What will be stored: alone for the script, as a page for everybody else.

        With a `notice` it says why it was not stored ("closed", "full", "unknown", "paused",
        "untrusted", "not-stored"), and keeps the answers in sight.
        """
        part = PART in self.request.headers and not notice
        return self.page(
            "review_part" if part else "review",
            status=status,
            part=part,
            notice=notice,
            record=record,
            groups=groups(self.announcement, record, self.language),
            unit=unit,
            submission=self.submission,
        )

    def start(self) -> Page:
        """Who asks, why, and the way in: the same for all who have not given a code yet."""
        if accepts_gzip(self.request):
            headers = {"Content-Encoding": "gzip", "Vary": VARY}
            packed = _start(self.announcement, self.language, packed=True)
            return Response(packed, media_type=HTML, headers=headers)
        content = _start(self.announcement, self.language, packed=False)
        return Response(content, media_type=HTML, headers={"Vary": VARY})

    def wrong_code(self, state: CodeState) -> Page:
        """The start page again, the code still in its field, with what is wrong about it."""
        problem = "unknown" if state is CodeState.UNKNOWN else "used"
        return self.page("start", status=422, problem=problem)

    def refusal(self) -> Page | None:
        """The page that says that one cannot answer now, answers kept; None when one can."""
        if self.trial:
            return None
        if self.status in NOT_YET:
            return self.page("not_open", status=403)
        if self.status == "open":
            return None
        return self.closed()

    def closed(self) -> Page:
        """The survey is over; what was answered stays on the page."""
        if self.has_answers:
            try:
                record = self.announcement.reader.parse(self.fields, final=False)
            except AnswersRefusedError:
                return self.page("closed", status=409)
            return self.review(record, notice="closed", status=409)
        return self.page("closed", status=200 if self.request.method == "GET" else 409)


@lru_cache(maxsize=64)
def _start(announcement: Announcement, language: str, *, packed: bool) -> bytes:
    """The start page, rendered once per campaign and language."""
    content = render(
        "respond",
        language,
        "respond/start.html",
        announcement=announcement,
        base=announcement.address(),
        trial=False,
        code="",
        problem="",
    ).encode()
    return gzip.compress(content, 9, mtime=0) if packed else content


async def visit(request: AnyRequest, slug: str, *, trial: bool = False) -> Visit:
    """The visit that a request is.

    Raises:
        NotFoundError: there is no such campaign.
        ClientException: the body is no form.
    """
    announcements = request.app.state.announcements
    found = announcements.remembered(slug) or await to_thread(announcements.find, slug)
    announcement, status = found
    fields = await _fields(request) if request.method == "POST" else ()
    return Visit(request, announcement, status, fields, trial=trial)


async def _fields(request: AnyRequest) -> Fields:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise ClientException("not a form", status_code=415)
    try:
        body = await request.body()
    except InternalServerException as error:  # what the framework makes of who hangs up
        raise ClientException("a form that was broken off") from error
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise ClientException("a form that cannot be read") from error
