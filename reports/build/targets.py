"""Today and target: how far each dimension is from where it should be."""

from questionnaires.model import Scale
from reports.build.reading import Reading, goodness
from reports.build.scales import number, target
from reports.build.verdicts import signed
from reports.report import Block, Cell, Part, Row, Sentence, Table


def targets(reading: Reading) -> Part | None:
    """The gaps in points; None where the questionnaire asks for no targets, or none is shown."""
    words = reading.words
    gaps = [
        (scale, score, wanted)
        for scale in reading.current_scales
        if (score := reading.score(scale)) is not None
        and (wanted := target(reading, scale)) is not None
    ]
    if not gaps:
        return None
    columns = (words.say("Dimension"), words.say("Today"), words.say("Target"), words.say("Gap"))
    rows = tuple(
        Row(
            reading.text(scale.title),
            (number(score), number(wanted), Cell(signed(wanted - score), wanted - score)),
        )
        for scale, score, wanted in gaps
    )
    table = Table(words.say("Today and target in points"), columns, rows)
    blocks: tuple[Block, ...] = (_largest(reading, gaps), table)
    return Part("targets", words.say("Today and target"), blocks)


def _largest(reading: Reading, gaps: list[tuple[Scale, int, int]]) -> Sentence:
    """The largest gap towards the favourable end; ties are named together."""
    words = reading.words
    ways = [(_way(scale, score, wanted), scale) for scale, score, wanted in gaps]
    most = max(way for way, _ in ways)
    if most <= 0:
        return Sentence(words.say("No target is more favourable than today."))
    names = [reading.text(scale.title) for way, scale in ways if way == most]
    said = words.count(
        "{names}, {n} point away.", "{names}, {n} points away.", most, names=words.several(names)
    )
    return Sentence(said, words.say("Largest gap:"))


def _way(scale: Scale, score: int, wanted: int) -> int:
    """Points from today to the target; where neither end is better, either way."""
    today, then = goodness(scale, score), goodness(scale, wanted)
    return abs(wanted - score) if today is None or then is None else then - today
