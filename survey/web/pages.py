"""Pages: templates become HTML, and HTML becomes an answer that a browser may not keep."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.connection import ASGIConnection

from survey import __version__
from survey.web.assets import TEMPLATES, static
from survey.web.languages import interface_language, long_date, name_of, words

HTML = "text/html"  # the framework names the charset
PDF = "application/pdf"
VARY = "Accept-Encoding, Accept-Language"
WORTH_COMPRESSING = 1000
AnyConnection = ASGIConnection[Any, Any, Any, Any]


def environment(domain: str, language: str) -> Environment:
    """The templates with the words of one domain ("respond", "staff") in one language."""
    return _environment(domain, interface_language(language))


@lru_cache(maxsize=16)
def _environment(domain: str, language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = words(domain, language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    made.globals |= {"static": static, "name_of": name_of, "version": __version__}
    made.filters["long_date"] = lambda day: long_date(day, language)
    return made


def render(domain: str, language: str, template: str, **values: object) -> str:
    """A page as text. `language` may be any tag; the templates get it as `language`."""
    page = environment(domain, language).get_template(template)
    return page.render(language=language, **values)


def download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file to be saved under this name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=media_type, status_code=200, headers=headers)


def accepts_gzip(connection: AnyConnection) -> bool:
    """Whether the browser takes compressed pages."""
    return "gzip" in connection.headers.get("accept-encoding", "")


def html(
    connection: AnyConnection,
    content: str | bytes,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A page as a response, compressed where the browser takes that."""
    body = content.encode() if isinstance(content, str) else content
    sent = {"Vary": VARY, **(headers or {})}
    if len(body) > WORTH_COMPRESSING and accepts_gzip(connection):
        body = gzip.compress(body, 6, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, media_type=HTML, status_code=status, headers=sent)
