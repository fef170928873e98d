"""Groups by dimensions, as a table with numbers and colours."""

from collections.abc import Iterator

from questionnaires.model import Scale
from reports.build.reading import Reading, level
from reports.build.scales import number
from reports.build.units import units_table
from reports.disclosure.groups import Group
from reports.report import Block, Key, Legend, Part, Row, Sentence, Table


def heatmap(reading: Reading) -> Part | None:
    """The group of the report and all groups inside it; None where there are none."""
    if not reading.group.children or not reading.current_scales:
        return None
    words = reading.words
    table = Table(
        words.say("Points from 0 to 100 by unit and dimension"),
        (words.say("Unit"), *(column(reading, scale) for scale in reading.current_scales)),
        tuple(_row(reading, group, depth) for group, depth in _walk(reading.group)),
        "heatmap",
    )
    said = words.say(
        "The number is the score. The colour shows how favourable it is, "
        "on the same scale for all; {sign} means: not shown.",
        sign="–",
    )
    blocks: tuple[Block, ...] = (Sentence(said), colours(reading), table, *_units(reading))
    return Part("units", words.say("Units compared"), blocks)


def _units(reading: Reading) -> list[Block]:
    """The units together, in the report of the whole; a part says it beside its comparison."""
    return units_table(reading) if reading.is_whole else []


def colours(reading: Reading) -> Legend:
    """The keys of the colour scale."""
    say = reading.words.say
    low = [say("below 30"), say("30 to 39"), say("40 to 49")]
    high = [say("50 to 59"), say("60 to 69"), say("from 70")]
    keys = tuple(Key(f"level-{place}", text) for place, text in enumerate(low + high, start=1))
    return Legend(say("Colours from unfavourable to favourable, in points:"), keys)


def column(reading: Reading, scale: Scale) -> str:
    """The head of a dimension's column."""
    title = reading.text(scale.title)
    if scale.higher_is != "worse":
        return title
    return reading.words.say("{title} (less is better)", title=title)


def _row(reading: Reading, group: Group, depth: int) -> Row:
    cells = []
    for scale in reading.current_scales:
        score = reading.score(scale, group.id)
        cells.append(number(score, level(scale, score)))
    return Row(group.name, tuple(cells), depth)


def _walk(group: Group, depth: int = 0) -> Iterator[tuple[Group, int]]:
    yield group, depth
    for child in group.children:
        yield from _walk(child, depth + 1)
