"""Lettering: how wide a text is, and where its lines break."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from matplotlib.backends.backend_agg import RendererAgg

from reports.figures.style import LEADING, TEXT, font
from reports.wording.lines import one_line

SEAMS: Final = ("-", "–", "/")  # where a word may be broken without a further hyphen
FINER: Final = 10  # than points, so that no rounding to dots matters
LEAST_PART: Final = 3  # characters of a broken word on a line


@lru_cache(maxsize=4096)
def measure(text: str, size: float = TEXT, *, bold: bool = False) -> float:
    """The width of a text on one line, in points."""
    wide, _, _ = _ruler().get_text_width_height_descent(  # type: ignore[no-untyped-call]  # partly typed
        text, font(size, bold=bold), ismath=False
    )
    return float(wide) / FINER


@cache
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, 72 * FINER)  # type: ignore[no-untyped-call]  # Matplotlib types it partly


def height(lines: Sequence[str], size: float = TEXT) -> float:
    """The height of lines of text, in points."""
    return len(lines) * size * LEADING


def wrap(text: str, width: float, size: float = TEXT, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines of at most `width`; a word that is longer is broken."""
    lines: list[str] = []
    line = ""
    for word in one_line(text).split():
        longer = f"{line} {word}".strip()
        if measure(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *broken, line = _broken(word, width, size, bold=bold)
        lines += broken
    return (*lines, line) if line else tuple(lines)


def balanced(text: str, width: float, size: float = TEXT) -> tuple[str, ...]:
    """The text in as few lines as in wrap(), but about equally long; no word is broken for it."""
    lines = wrap(text, width, size)
    longest = max((measure(word, size) for word in one_line(text).split()), default=0.0)
    while (width := width * 0.95) > longest and len(closer := wrap(text, width, size)) == len(
        lines
    ):
        lines = closer
    return lines


def _broken(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """The parts of one word, each but the last with a hyphen at its end."""
    parts = []
    while len(word) > 1 and measure(word, size, bold=bold) > width:
        end = max(len(word) - LEAST_PART, 1)
        while end > 1 and measure(_hyphened(word[:end]), size, bold=bold) > width:
            end -= 1
        end = max(word.rfind(sign, 0, end) for sign in SEAMS) + 1 or end
        parts.append(_hyphened(word[:end]))
        word = word[end:]
    return [*parts, word]


def _hyphened(part: str) -> str:
    return part if part.endswith(SEAMS) else f"{part}-"
