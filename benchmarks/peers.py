"""What Pegel is measured against, in the same framework and server: the least such work costs.

- rendering the bare template of each page, with nothing cached and nothing looked up,
- a POST that only parses the same form, by the same definition,
- a POST that stores the same record in one transaction of its own through SQLAlchemy Core.
"""

import hashlib
from asyncio import to_thread
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from sqlalchemy import Engine, insert, select, update

from benchmarks.town import SLUG
from survey.db.base import random_id
from survey.db.engine import make_engine, writing
from survey.db.tables import access_codes, campaign_keys, inbox, submissions
from survey.domain.access_codes import hash_code, normalise
from survey.domain.announcements import Announcement, Announcements
from survey.domain.answering import CODE, SUBMISSION
from survey.domain.sealing import pack, seal
from survey.domain.trust import host_secret
from survey.settings import load_settings
from survey.web import forms, pages, review, speech

AnyRequest = Request[Any, Any, State]
LANGUAGE = "de"


def create_app() -> Litestar:
    """The peers, on the database of the settings in force."""
    settings = load_settings()
    engine = make_engine(settings.database_url)
    announcement, _ = Announcements(engine, secret=lambda: host_secret(settings)).find(SLUG)
    return Litestar(
        route_handlers=[bare, parse_only, one_transaction],
        state=State(
            {"engine": engine, "announcement": announcement, "pages": _pages(announcement)}
        ),
        openapi_config=None,
        logging_config=None,
    )


@get("/bare/{name:str}", sync_to_thread=False)
def bare(request: AnyRequest, name: str) -> Response[bytes]:
    """A page from its template, and nothing else."""
    return Response(request.app.state.pages[name](), media_type="text/html")


@post("/parse-only")
async def parse_only(request: AnyRequest) -> Response[bytes]:
    """The form parsed by the definition, and forgotten."""
    fields = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    request.app.state.announcement.reader.parse(fields, final=True)
    return Response(b"", status_code=204)


@post("/one-transaction")
async def one_transaction(request: AnyRequest) -> Response[bytes]:
    """The form parsed, then its code spent and its sealed record stored, durably, alone."""
    fields = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    announcement: Announcement = request.app.state.announcement
    record = announcement.reader.parse(fields, final=True)
    await to_thread(_store, request.app.state.engine, announcement, dict(fields), record.values)
    return Response(b"", status_code=204)


def _store(
    engine: Engine, announcement: Announcement, given: dict[str, str], values: tuple[int, ...]
) -> None:
    campaign_id = announcement.campaign_id
    digest = hash_code(campaign_id, normalise(given[CODE]) or b"")
    ours = (access_codes.c.campaign_id == campaign_id) & (access_codes.c.code_hash == digest)
    with writing(engine) as connection:
        key = connection.execute(
            select(campaign_keys.c.key_id, campaign_keys.c.public_key).where(
                campaign_keys.c.campaign_id == campaign_id, campaign_keys.c.is_current
            )
        ).one()
        unit = connection.scalar(select(access_codes.c.unit).where(ours))
        connection.execute(update(access_codes).where(ours).values(spent=True))
        connection.execute(
            insert(inbox).values(
                id=random_id(),
                campaign_id=campaign_id,
                key_id=key.key_id,
                sealed=seal(key.public_key, pack(unit, values)),
            )
        )
        connection.execute(
            insert(submissions).values(
                campaign_id=campaign_id,
                submission_hash=hashlib.sha256(given[SUBMISSION].encode()).digest(),
            )
        )


def _pages(announcement: Announcement) -> dict[str, Callable[[], bytes]]:
    """The bare pages of the respondent path, with everything prepared but the rendering."""
    spoken = speech.Speech(announcement.languages)
    record = announcement.reader.parse(
        [("_fingerprint", announcement.questionnaire.fingerprint)], final=False
    )
    shared: dict[str, object] = {
        "announcement": announcement,
        "base": announcement.address(),
        "trial": False,
        "code": "",
    }

    def page(name: str, **values: object) -> Callable[[], bytes]:
        return lambda: pages.render(
            "respond", LANGUAGE, f"respond/{name}.html", **shared, **values
        ).encode()

    return {
        "start": page("start", problem=""),
        "form": lambda: forms.render_form(announcement, LANGUAGE, spoken, trial=False).encode(),
        "review": page(
            "review",
            part=False,
            notice="",
            record=record,
            groups=review.groups(announcement, record, LANGUAGE),
            unit=None,
            submission="x",
        ),
        "thanks": page("thanks"),
    }
