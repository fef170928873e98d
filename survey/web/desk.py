"""One request of somebody of the staff: language, form, and the pages it can lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from litestar import Response
from litestar.datastructures import UploadFile
from sqlalchemy import Engine

from survey.db.accounts import Account, StaffSession
from survey.domain.trust import Trust, host_secret, load_trust
from survey.settings import Settings
from survey.web.guards import CSRF_FIELD, CSRF_HEADER
from survey.web.languages import INTERFACE, chosen, words
from survey.web.pages import html, render
from survey.web.visits import AnyRequest, Page

VARY = "Accept-Encoding, Accept-Language, HX-Request"
POST_ONLY = (
    "open",
    "close",
    "release",
    "slips",
    "left-over",
    "second-run",
    "prolong",
    "agree",
)


@dataclass(frozen=True)
class Form:
    """What a form brought: texts, and files as name and content."""

    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """The text of a field; empty where there is none."""
        return self.texts.get(name, "")


async def read_form(request: AnyRequest) -> Form:
    """The form that came with a request; empty for a GET."""
    if request.method in ("GET", "HEAD"):
        return Form()
    texts: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = (value.filename, await value.read())
        else:
            texts[name] = str(value)
    return Form(texts, files)


class Desk:
    """A request of the staff; `form` is what came along."""

    def __init__(self, request: AnyRequest, form: Form) -> None:
        self.request = request
        self.form = form
        self.asked_language = request.query_params.get("lang")
        self.language = chosen(
            INTERFACE, self.asked_language, request.headers.get("accept-language")
        )

    @property
    def engine(self) -> Engine:
        """The database."""
        engine: Engine = self.request.app.state.engine
        return engine

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        settings: Settings = self.request.app.state.settings
        return settings

    @property
    def trust(self) -> Trust:
        """What this host trusts; NotFoundError where no keeper has ever worked."""
        return load_trust(self.settings)

    @property
    def host_secret(self) -> bytes:
        """The secret of the hosts, which needs no keeper."""
        return host_secret(self.settings)

    @property
    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        moment: datetime = self.request.app.state.clock()
        return moment

    @property
    def session(self) -> StaffSession | None:
        """The session of this request, on pages that need one."""
        found = self.request.scope.get("auth")
        return found if isinstance(found, StaffSession) else None

    @property
    def account(self) -> Account | None:
        """Who is logged in."""
        return self.session.account if self.session else None

    @property
    def is_part(self) -> bool:
        """Whether htmx asks, and puts the answer into the page that is there."""
        return self.request.headers.get("hx-request") == "true"

    def say(self, text: str) -> str:
        """A text of the interface in the language of the page."""
        return words("staff", self.language).gettext(text)

    def at(self, path: str, **asked: str) -> str:
        """A link that keeps the language which was asked for."""
        if self.asked_language in INTERFACE and self.asked_language is not None:
            asked = {"lang": self.asked_language} | asked
        return f"{path}?{urlencode(asked)}" if asked else path

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        kept: Mapping[str, str] | None = None,
        **values: object,
    ) -> Page:
        """A staff page, or for htmx its inner part alone; a language switch keeps `kept`."""
        content = render(
            "staff",
            self.language,
            template,
            layout="layouts/staff_part.html" if self.is_part else "layouts/staff.html",
            part=self.is_part,
            at=self.at,
            path=self.request.scope["path"],
            switch=partial(self._switch, kept or {}),
            account=self.account,
            check=self.session.csrf_token if self.session else "",
            check_field=CSRF_FIELD,
            check_header=CSRF_HEADER,
            languages=INTERFACE,
            **values,
        )
        return html(self.request, content, status=status, headers={"Vary": VARY})

    def go(self, path: str, **asked: str) -> Page:
        """Send the browser on, so that a reload repeats nothing."""
        return Response(b"", status_code=303, headers={"Location": self.at(path, **asked)})

    def _switch(self, kept: Mapping[str, str], language: str) -> str:
        """The link to this page in another language; after a post to where a reload is harmless."""
        path: str = self.request.scope["path"]
        if self.request.method == "POST":
            for verb in POST_ONLY:
                path = path.removesuffix(f"/{verb}")
        return f"{path}?{urlencode({'lang': language} | dict(kept))}"
