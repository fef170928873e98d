"""Breakdowns of the whole: categories by dimensions, one table for each."""

from reports.build.heatmap import colours, column
from reports.build.reading import Reading, level
from reports.build.scales import number
from reports.disclosure.groups import Group
from reports.report import Block, Part, Row, Sentence, Table


def breakdowns(reading: Reading) -> Part | None:
    """All planned breakdowns, in the report of the whole; None where there are none."""
    planned = reading.release.breakdowns
    if not planned or not reading.is_whole or not reading.current_scales:
        return None
    words = reading.words
    said = words.say(
        "These groups are about everybody together, not about single units. "
        "Who did not answer the question is in none of them; {sign} means: not shown.",
        sign="–",
    )
    blocks: list[Block] = [Sentence(said)]
    if not reading.group.children:  # else the keys stand above the units
        blocks.append(colours(reading))
    for breakdown in planned:
        blocks += [Sentence("", reading.names[breakdown.id]), _table(reading, breakdown)]
    return Part("breakdowns", words.say("By characteristics"), tuple(blocks))


def _table(reading: Reading, breakdown: Group) -> Table:
    scales = reading.current_scales
    columns = (reading.words.say("Group"), *(column(reading, scale) for scale in scales))
    groups = (reading.group, *breakdown.children)
    rows = tuple(_row(reading, group) for group in groups)
    return Table(reading.names[breakdown.id], columns, rows, "heatmap")


def _row(reading: Reading, group: Group) -> Row:
    cells = []
    for scale in reading.current_scales:
        score = reading.score(scale, group.id)
        cells.append(number(score, level(scale, score)))
    return Row(reading.names[group.id], tuple(cells), int(group.id != reading.group.id))
