"""The units beside each other: where the middle half of them lies, and the group's own place."""

from questionnaires.model import Scale
from reports.build.reading import Reading, shown
from reports.build.scales import hidden, number
from reports.disclosure.results import AmongUnits
from reports.disclosure.values import HIDDEN, Shown
from reports.report import Block, Cell, Row, Sentence, Table

LOWEST, HIGHEST = 25, 75  # percentiles below and above which a unit is in an outer quarter


def units_table(reading: Reading) -> list[Block]:
    """Median and quartiles of the units by dimension; nothing where none is shown."""
    words = reading.words
    found = [
        (scale, among)
        for scale in reading.current_scales
        if isinstance((among := reading.among_units(scale)).n, Shown)
    ]
    if not found or reading.release.breakdown(reading.group.id):
        return []
    columns = [words.say("Dimension"), words.say("Units shown"), words.say("Median of the units")]
    columns.append(words.say("Middle half"))
    if not reading.group.children:
        columns.append(words.say("Place of this unit"))
    rows = tuple(
        Row(reading.text(scale.title), tuple(_cells(reading, scale, among)[: len(columns) - 1]))
        for scale, among in found
    )
    said = words.say(
        "Among the units that show a dimension, each counts once whatever its size; "
        "the median of the units is therefore not the result of everybody."
    )
    return [Sentence(said), Table(words.say("Among the units"), tuple(columns), rows)]


def _cells(reading: Reading, scale: Scale, among: AmongUnits) -> list[Cell]:
    words = reading.words
    first, median, third = among.quartiles.value if isinstance(among.quartiles, Shown) else (0,) * 3
    place = shown(among.percentiles.get(reading.group.id, HIDDEN))
    own = hidden() if place is None or reading.score(scale) is None else Cell(_band(reading, place))
    half = words.say("{low} to {high}", low=first, high=third)
    return [number(shown(among.n)), number(median), Cell(half), own]


def _band(reading: Reading, percentile: int) -> str:
    say = reading.words.say
    if percentile < LOWEST:
        return say("lowest quarter")
    return say("highest quarter") if percentile > HIGHEST else say("middle")
