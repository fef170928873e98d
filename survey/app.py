"""The web application: respondent pages and staff pages, two audiences with nothing in common.

Also an ASGI factory: `granian --interface asgi --factory survey.app:create_app`. A web process
holds public keys only, and imports nothing that computes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from survey.db.engine import make_engine
from survey.domain.announcements import Announcements
from survey.domain.inbox import Clock, Inbox, utc_now
from survey.domain.trust import host_secret, load_trust
from survey.settings import Settings, load_settings
from survey.web import failures
from survey.web.assets import assets, is_hashed
from survey.web.bodies import WholeRequests
from survey.web.hosts import HEALTH, Hosts
from survey.web.languages import INTERFACE, chosen
from survey.web.pages import accepts_gzip, html, render
from survey.web.protection import FloodLimit, add_headers
from survey.web.respond import respond_router
from survey.web.staff import staff_router
from survey.web.throttle import Throttle
from survey.web.visits import AnyRequest

FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=300"


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now) -> Litestar:
    """The application on the database of `settings` (by default those in force)."""
    return bind(make_routes(), settings or load_settings(), clock=clock)


def make_routes() -> Litestar:
    """An application that knows every address and remembers nothing; it answers once it is bound.

    Registering the addresses takes most of the time, so tests do it once for all.
    """
    return Litestar(
        route_handlers=[home, health, static_file, respond_router(), staff_router()],
        lifespan=[_closing],
        before_send=[add_headers],
        exception_handlers=failures.HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


def bind(app: Litestar, settings: Settings, *, clock: Clock = utc_now) -> Litestar:
    """The same `app`, which `make_routes` gave, on the database and at the hosts of `settings`.

    Whatever it remembers (database, inbox, limits) begins anew; what it was bound to before must
    have ended.
    """
    engine = make_engine(settings.database_url)
    inbox = Inbox(
        engine,
        clock,
        verify_key=lambda: load_trust(settings).verify_key,
        secret=lambda: host_secret(settings),
    )
    app.state = State(
        {
            "settings": settings,
            "engine": engine,
            "inbox": inbox,
            "announcements": Announcements(engine, secret=lambda: host_secret(settings)),
            "clock": clock,
            "flood_limit": FloodLimit(),
            "throttle": Throttle(),
        }
    )
    app.asgi_handler = WholeRequests(Hosts(app.asgi_handler, settings))
    return app


@asynccontextmanager
async def _closing(app: Litestar) -> AsyncIterator[None]:
    """At the end store what still waits, then let the database go."""
    yield
    app.state.inbox.close()
    app.state.engine.dispose()


@get("/", sync_to_thread=False)
def home(request: AnyRequest) -> Response[bytes]:
    """What this is, for somebody who has lost the way to a survey."""
    asked = request.query_params.get("lang")
    language = chosen(INTERFACE, asked, request.headers.get("accept-language"))
    settings: Settings = request.app.state.settings
    apart = settings.has_two_addresses or settings.serves == "respond"
    return html(request, render("respond", language, "respond/home.html", staff_is_here=not apart))


@get(HEALTH, media_type="text/plain", sync_to_thread=False)
def health() -> str:
    """Whether this process answers."""
    return "ok"


@get("/static/{path:path}", sync_to_thread=False)
def static_file(request: AnyRequest, path: FromPath[str]) -> Response[bytes]:
    """A static file from memory; for ever under the name that carries its digest."""
    name = path.removeprefix("/")
    asset = assets().get(name)
    if asset is None:
        return failures.page(request, 404)
    headers = {"Cache-Control": FOR_EVER if is_hashed(name) else FOR_NOW, "Vary": "Accept-Encoding"}
    if asset.compressed is not None and accepts_gzip(request):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.compressed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)
