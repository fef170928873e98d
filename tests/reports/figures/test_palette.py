"""Colours: those of the pages, readable, and told apart by people who see colours differently."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.figures import style

CSS = Path(__file__).parents[3] / "survey" / "web" / "static" / "report.css"
Vector = NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15(6), table 1, severity 1.0: what is seen of
# linear RGB without cones for long, medium and short waves.
SEEN = {
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# IEC 61966-2-1 (sRGB, D65) and CIE 15: linear RGB to XYZ.
XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], dtype=float
)
WHITE = XYZ.sum(axis=1)


def linear(colour: str) -> Vector:
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(colour: str, seen: str) -> Vector:
    """CIELAB of a colour as it is seen."""
    xyz = XYZ @ np.clip(np.array(SEEN[seen]) @ linear(colour), 0, 1) / WHITE
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: from 1 to 21."""
    low, high = sorted(float((XYZ @ linear(colour))[1]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_colours_are_those_of_the_pages() -> None:
    css = dict(re.findall(r"--([\w-]+): (#\w+)", CSS.read_text().split("@media")[0]))
    pages = [(css[f"level-{level}"], css[f"on-level-{level}"]) for level in range(1, 7)]
    assert [
        tuple(f"#{colour[1:] * 2}" if len(colour) == 4 else colour for colour in pair)
        for pair in pages
    ] == list(style.LEVELS)
    assert (css["neutral"], css["on-neutral"]) == style.NEUTRAL
    for name in ("INK", "MUTED", "LINE", "SOFT", "ACCENT", "RAIL", "INTERVAL"):
        assert css[name.lower()] == getattr(style, name)


@pytest.mark.parametrize("pair", [*style.LEVELS, style.NEUTRAL, (style.PAPER, style.MUTED)])
def test_text_can_be_read_on_every_colour(pair: tuple[str, str]) -> None:
    assert contrast(*pair) >= 4.5


@pytest.mark.parametrize("seen", SEEN)
def test_levels_are_told_apart_with_any_kind_of_sight(seen: str) -> None:
    for (one, _), (other, _) in combinations(style.LEVELS, 2):
        assert float(np.linalg.norm(lab(one, seen) - lab(other, seen))) > 15


@pytest.mark.parametrize("seen", SEEN)
def test_tones_of_a_bar_are_told_apart_with_any_kind_of_sight(seen: str) -> None:
    colours = {fill for fill, _ in style.TONES.values()}
    for one, other in combinations(colours, 2):
        assert float(np.linalg.norm(lab(one, seen) - lab(other, seen))) > 10


@pytest.mark.parametrize("seen", SEEN)
def test_either_side_grows_darker_outwards(seen: str) -> None:
    light = [float(lab(fill, seen)[0]) for fill, _ in style.LEVELS]
    assert light[0] < light[1] < light[2]
    assert light[3] > light[4] > light[5]
