"""Drivers of the whole: what goes along with the outcome, and how far it is from favourable."""

from dataclasses import dataclass

from questionnaires.model import Scale
from reports.build.reading import Reading, goodness, shown
from reports.build.scales import hidden, number
from reports.disclosure.values import HIDDEN
from reports.report import Block, Cell, DriverRow, Figure, Part, Points, Row, Sentence, Table
from reports.wording.words import Words

HUNDREDTHS = 100
STRENGTHS = (0.3, 0.5)  # correlations at which they are moderate, strong (J. Cohen 1988)


@dataclass(frozen=True, slots=True)
class _Driver:
    """A scale with what is known of it, None where it is not shown.

    `correlation` is in hundredths and in the favourable direction of both scales: above 0 where
    the better goes along with the better. `room` are the points to the favourable end.
    """

    title: str
    correlation: int | None
    room: int | None

    @property
    def weight(self) -> int | None:
        """Correlation times room in whole points, halves upwards; 0 where they go apart."""
        if self.correlation is None or self.room is None:
            return None
        return (2 * max(0, self.correlation) * self.room + HUNDREDTHS) // (2 * HUNDREDTHS)


def drivers(reading: Reading) -> Part | None:
    """The drivers of the outcome, in the report of the whole; None where none is shown."""
    outcome = reading.questionnaire.scale_by_id.get(reading.questionnaire.outcome or "")
    if outcome is None or not reading.is_whole:
        return None
    found = [
        _driver(reading, scale, outcome)
        for scale in reading.current_scales
        if scale.id != outcome.id and scale.higher_is != "neither"
    ]
    rows = _rows(found)
    if not rows:
        return None
    title = reading.text(outcome.title)
    blocks: tuple[Block, ...] = (
        Sentence(_introduction(reading, title)),
        Points(tuple(_sentences(reading, title, found, rows))),
        _figure(reading, title, found, rows),
    )
    return Part("drivers", reading.words.say("What goes along with {name}", name=title), blocks)


def _driver(reading: Reading, scale: Scale, outcome: Scale) -> _Driver:
    value = reading.release.correlations.get(outcome.id, {}).get(scale.id, HIDDEN)
    r, score = shown(value), reading.score(scale)
    turned = scale.higher_is != outcome.higher_is
    good = None if score is None else goodness(scale, score)
    return _Driver(
        reading.text(scale.title),
        None if r is None else round(HUNDREDTHS * (-r if turned else r)),
        None if good is None else 100 - good,
    )


def _rows(found: list[_Driver]) -> tuple[DriverRow, ...]:
    """What goes the same way as the outcome, the weightiest first."""
    rows = [
        DriverRow(one.title, one.correlation / HUNDREDTHS, one.room, one.weight)
        for one in found
        if one.correlation is not None and one.room is not None and one.weight is not None
        if one.correlation > 0
    ]
    return tuple(sorted(rows, key=lambda row: -row.weight))


def _introduction(reading: Reading, outcome: str) -> str:
    return reading.words.say(
        "The weight is the correlation with {outcome} times the points that a dimension is away "
        "from its favourable end. Both come from everybody's answers.",
        outcome=outcome,
    )


def _sentences(
    reading: Reading, outcome: str, found: list[_Driver], rows: tuple[DriverRow, ...]
) -> list[Sentence]:
    words, most = reading.words, max(row.correlation for row in rows)
    closest = [row.label for row in rows if row.correlation == most]
    said = [
        Sentence(
            words.say(
                "{outcome} goes along most closely with {names} (correlation {r}, {strength}). "
                "That is a relation, no proof of a cause.",
                outcome=outcome,
                names=words.several(closest),
                r=words.hundredths(most),
                strength=_strength(words, most),
            )
        )
    ]
    first = [row for row in rows if row.weight == rows[0].weight]
    said.append(
        Sentence(
            words.say(
                "{names} with {weight}.",
                names=words.several([row.label for row in first]),
                weight=rows[0].weight,
            ),
            words.say("Greatest weight:"),
        )
    )
    apart = [one.title for one in found if one.correlation is not None and one.correlation <= 0]
    if apart:
        strong = words.say("Does not go the same way as {outcome}:", outcome=outcome)
        said.append(Sentence(words.several(apart), strong))
    return said


def _strength(words: Words, correlation: float) -> str:
    say = words.say
    place = sum(correlation >= bound for bound in STRENGTHS)
    return (say("weak"), say("moderate"), say("strong"))[place]


def _figure(
    reading: Reading, outcome: str, found: list[_Driver], rows: tuple[DriverRow, ...]
) -> Figure:
    words = reading.words
    title = words.say("Weight of each dimension for {outcome}", outcome=outcome)
    said = [words.say("{name} {weight}", name=row.label, weight=row.weight) for row in rows]
    alt = words.say("Bars by weight: {list}.", list=", ".join(said))
    return Figure("drivers", title, alt, rows, _table(reading, title, found))


def _table(reading: Reading, title: str, found: list[_Driver]) -> Table:
    words = reading.words
    columns = (
        words.say("Dimension"),
        words.say("Correlation"),
        words.say("Points to the favourable end"),
        words.say("Weight"),
    )
    ranked = sorted(found, key=lambda one: -1 if one.weight is None else one.weight, reverse=True)
    return Table(title, columns, tuple(_row(reading, one) for one in ranked))


def _row(reading: Reading, one: _Driver) -> Row:
    r = one.correlation
    cells = [
        hidden() if r is None else _correlation(reading, r),
        number(one.room),
        number(one.weight),
    ]
    return Row(one.title, tuple(cells))


def _correlation(reading: Reading, hundredths: int) -> Cell:
    value = hundredths / HUNDREDTHS
    return Cell(reading.words.hundredths(value), value)
