"""Static files: read once, named by their content, compressed once, served from memory.

KERN ships 340 kB of CSS, most of it for components that Pegel does not use. The vendored file stays
as it is; what is served is that file without the rules whose classes occur in none of our
templates.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import survey

STATIC = Path(survey.__file__).parent / "web" / "static"
TEMPLATES = Path(survey.__file__).parent.parent / "templates"
KERN = "vendor/kern/kern.min.css"
COMPRESSIBLE = (".css", ".js", ".svg", ".txt", ".md")
SERVED = (".css", ".js", ".woff2", ".svg", ".png", ".ico", ".txt")

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*.*?\*/|[{};]', re.DOTALL)
_DIGEST = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+$")
_LAST_WORD = re.compile(r"(?<=--|__)[A-Za-z0-9-]+$")
_CLASS = re.compile(r"kern-[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: plain and, where that pays, compressed."""

    content: bytes
    compressed: bytes | None
    media_type: str


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every static file, under its own name and under the name that carries its digest."""
    found: dict[str, Asset] = {}
    for name, content in _read():
        plain = _with_hashed_links(content, found) if name.endswith(".css") else content
        asset = _asset(name, plain)
        found[name] = asset
        found[_hashed(name, plain)] = asset
    return found


@lru_cache(maxsize=256)
def static(name: str) -> str:
    """The address of a static file, with its digest in it: it may be cached for ever.

    Raises:
        KeyError: there is no such file.
    """
    return f"/static/{_hashed(name, assets()[name].content)}"


def is_hashed(name: str) -> bool:
    """Whether a name carries the digest of its content."""
    return _DIGEST.search(name) is not None


def used_classes(folder: Path = TEMPLATES) -> frozenset[str]:
    """The KERN classes that occur in any template.

    A class that a template puts together (`kern-alert--{{ kind }}`) counts by its beginning,
    which ends in "--" or "__".
    """
    texts = (path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))
    return frozenset(name for text in texts for name in _CLASS.findall(text))


def trim(css: str, used: frozenset[str]) -> str:
    """`css` without the rules whose selectors ask for a KERN class that is not in `used`."""
    return "".join(_kept(css, used))


def _kept(css: str, used: frozenset[str]) -> Iterator[str]:
    for prelude, body in _rules(css):
        if body is None:
            yield prelude
        elif prelude.startswith(("@media", "@supports", "@layer")):
            inner = trim(body, used)
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body}}}"
        else:
            selectors = [part for part in _selectors(prelude) if _is_used(part, used)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Preludes with their bodies at the top level of `css`; a statement has no body."""
    depth = start = opened = 0
    for token in _TOKEN.finditer(css):
        match token.group():
            case "{":
                depth += 1
                if depth == 1:
                    opened = token.start()
            case "}":
                depth -= 1
                if depth == 0:
                    yield css[start:opened].strip(), css[opened + 1 : token.start()]
                    start = token.end()
            case ";" if depth == 0:
                yield css[start : token.end()].strip(), None
                start = token.end()
            case _:
                pass


def _selectors(prelude: str) -> list[str]:
    """The parts of a selector list; commas within brackets do not divide."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(prelude):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append(prelude[start:place])
            start = place + 1
    return [*parts, prelude[start:]]


def _is_used(selector: str, used: frozenset[str]) -> bool:
    wanted = re.sub(r":(not|is|where)\([^()]*(\([^()]*\)[^()]*)*\)", "", selector)
    return all(name in used or _beginning(name) in used for name in _CLASS.findall(wanted))


def _beginning(name: str) -> str:
    """The part of a class before the last word of its modifier or element."""
    return _LAST_WORD.sub("", name)


def _read() -> Iterator[tuple[str, bytes]]:
    """Names and contents; stylesheets last, because they name the others."""
    paths = [path for path in STATIC.rglob("*") if path.suffix in SERVED]
    for path in sorted(paths, key=lambda path: (path.suffix == ".css", path)):
        name = path.relative_to(STATIC).as_posix()
        content = path.read_bytes()
        if name == KERN:
            content = trim(content.decode(), used_classes()).encode()
        yield name, content


def _with_hashed_links(css: bytes, known: dict[str, Asset]) -> bytes:
    def hashed(match: re.Match[str]) -> str:
        name = match["name"]
        return f"url(/static/{_hashed(name, known[name].content)})" if name in known else match[0]

    return re.sub(r"url\((?P<name>[\w./-]+)\)", hashed, css.decode()).encode()


def _hashed(name: str, content: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{suffix}"


def _asset(name: str, content: bytes) -> Asset:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".woff2"):
        media_type = "font/woff2"
    small = gzip.compress(content, 9, mtime=0) if name.endswith(COMPRESSIBLE) else None
    return Asset(content, small, media_type)
