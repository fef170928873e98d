"""How every picture looks: paper, palette, type. The colours are those of the pages.

The scale runs from orange (unfavourable) over pale to blue (favourable): a pair that people with
any of the common kinds of colour blindness tell apart, and pale in the middle, so that it also
prints in grey. Parts are set apart by white lines, numbers are printed, marks differ in shape.
"""

from functools import cache
from pathlib import Path
from typing import Final

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.typing import RcKeyType

from reports.report import Tone

CENTIMETRE: Final = 72 / 2.54  # points; every length here is in points
WIDTH: Final = 17 * CENTIMETRE  # the text column of an A4 page; half a slide is as wide
MARGIN: Final = 10.0
RESOLUTION: Final = 300  # dots per inch of a PNG

TITLE: Final = 13.0
TEXT: Final = 9.5
SMALL: Final = 9.0  # nothing is smaller
LEADING: Final = 1.25  # line height in units of the size of type
CAP_HEIGHT: Final = 0.69  # of Fira Sans, in units of the size of type

PAPER: Final = "#ffffff"
INK: Final = "#1b2733"
MUTED: Final = "#51606f"
LINE: Final = "#d5dce3"
SOFT: Final = "#f4f6f8"
ACCENT: Final = "#123a63"
RAIL: Final = "#e3e8ed"
INTERVAL: Final = "#b9c4cf"

# A colour and the colour of text on it, unfavourable to favourable.
LEVELS: Final = (
    ("#b04a00", "#ffffff"),
    ("#e8892b", "#1b1206"),
    ("#fbd9a5", "#1b1206"),
    ("#cfe0f1", "#0b1c2e"),
    ("#7db0de", "#071422"),
    ("#1c5fa8", "#ffffff"),
)
NEUTRAL: Final = ("#dfe3e7", "#1b2733")
TONES: Final[dict[Tone, tuple[str, str]]] = {
    "unfavourable-2": LEVELS[0],
    "unfavourable-1": LEVELS[2],
    "neutral": NEUTRAL,
    "favourable-1": LEVELS[4],
    "favourable-2": LEVELS[5],
    "plain": NEUTRAL,
}

FAMILIES: Final = ["Fira Sans", "DejaVu Sans"]  # the second comes with Matplotlib: other scripts
FONTS: Final = Path(__file__).parents[2] / "survey" / "fonts" / "fira-sans"
SETTINGS: Final[dict[RcKeyType, object]] = {
    "font.family": FAMILIES,
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "text.hinting": "none",  # the same shapes at every resolution
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "svg.hashsalt": "pegel",  # ids inside an SVG are the same every time
    "path.simplify": False,
}


def level_colours(level: int | None) -> tuple[str, str]:
    """The colour of a level 1..6 and that of text on it; without a level, ours."""
    return (ACCENT, PAPER) if level is None else LEVELS[level - 1]


@cache
def font(size: float = TEXT, *, bold: bool = False) -> FontProperties:
    """Fira Sans, from the file that we ship; not to be changed by who gets it."""
    for face in ("Regular", "Bold"):
        fontManager.addfont(FONTS / f"FiraSans-{face}.ttf")
    return FontProperties(family=FAMILIES, weight="bold" if bold else "normal", size=size)
