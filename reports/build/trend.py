"""The dimensions from wave to wave: what rose, what fell, and where a line is cut and why."""

from dataclasses import dataclass
from itertools import pairwise

from questionnaires.model import Scale
from reports.build.past import History
from reports.build.reading import Reading, shown
from reports.build.scales import hidden, number
from reports.build.verdicts import SIZES, certainty, is_certain, short_size, signed, size, tested
from reports.report import (
    Block,
    Cell,
    Figure,
    Key,
    Part,
    Points,
    Row,
    Sentence,
    Table,
    TrendPoint,
    TrendRow,
)
from reports.waves import Wave
from reports.wording.words import Words

NOTHING = Cell("")
DRAWN = 6  # waves in a chart, the last ones; the table has all


@dataclass(frozen=True, slots=True)
class _Move:
    """How a dimension went on from the wave before, on all its questions or on common ones."""

    title: str
    before: int
    now: int
    on_common: bool = False
    verdict: tuple[float, float] | None = None

    @property
    def difference(self) -> int:
        return self.now - self.before


def trend(reading: Reading) -> Part | None:
    """All dimensions through the waves of the series; None where there is no earlier one."""
    scales, words = reading.current_scales, reading.words
    if not reading.release.waves or not scales:
        return None
    history = History(reading)
    rows = tuple(
        TrendRow(
            reading.text(scale.title),
            history.points(scale),
            words.say("less is better") if scale.higher_is == "worse" else "",
        )
        for scale in scales
    )
    blocks: list[Block] = [Sentence(_introduction(reading)), Points(tuple(_said(history)))]
    blocks += [_figure(history, rows), _facts(history)]
    return Part("trend", words.say("Development"), tuple(blocks))


def _introduction(reading: Reading) -> str:
    return reading.words.say(
        "Earlier values stand as they were released then. They are compared only where a group "
        "is shown in both surveys and the questionnaire says that it asks for the same."
    )


def _said(history: History) -> list[Sentence]:
    """The changes since the wave before: what is certain, rises first, and what may be chance."""
    words, since = history.reading.words, history.labels[-2]
    moves = [move for scale in history.reading.current_scales if (move := _move(history, scale))]
    changed = sorted((move for move in moves if move.difference), key=lambda move: -move.difference)
    said = [_certain(words, move) for move in changed if _holds(move)]
    chance = [_maybe(words, move) for move in changed if not _holds(move)]
    same = [move.title for move in moves if not move.difference]
    if chance:
        said.append(Sentence(words.several(chance), words.say("May be chance:")))
    if same:
        said.append(Sentence(words.several(same), words.say("Unchanged since {wave}:", wave=since)))
    if not moves:
        said.append(Sentence(words.say("Nothing here can be compared with {wave}.", wave=since)))
    return [*said, *_new_languages(history), *_unsigned(history)]


def _move(history: History, scale: Scale) -> _Move | None:
    """None where the two waves are not one line, or one of them is not shown."""
    title = history.reading.text(scale.title)
    past = history.past(scale, -1)
    before, now, common = history.previous(scale), history.reading.score(scale), shown(past.common)
    if common is not None:
        return _Move(title, *common, on_common=True)
    if before is None or now is None:
        return None
    return _Move(title, before, now, verdict=tested(past.change))


def _holds(move: _Move) -> bool:
    """Whether a change is hardly chance; where no test can be made nobody can say so."""
    return move.verdict is not None and is_certain(move.verdict[1])


def _certain(words: Words, move: _Move) -> Sentence:
    """A change that is hardly chance, with its size."""
    values = {"old": move.before, "new": move.now, "size": _size(words, move)}
    said = (
        words.say("risen from {old} to {new} points, {size}, hardly chance.", **values)
        if move.difference > 0
        else words.say("fallen from {old} to {new} points, {size}, hardly chance.", **values)
    )
    return Sentence(said, words.say("{name}:", name=move.title))


def _size(words: Words, move: _Move) -> str:
    return size(words, move.verdict[0]) if move.verdict else ""


def _maybe(words: Words, move: _Move) -> str:
    """A change that may be chance, in a list; its size where there is one to speak of."""
    values = {"name": move.title, "difference": signed(move.difference)}
    if move.verdict and abs(move.verdict[0]) >= SIZES[0]:
        short = short_size(words, move.verdict[0])
        return words.say("{name} ({difference}, {size})", size=short, **values)
    if move.on_common:
        return words.say("{name} ({difference} on common questions)", **values)
    return words.say("{name} ({difference})", **values)


def _new_languages(history: History) -> list[Sentence]:
    """Languages in which people answered for the first time, or in new words."""
    words = history.reading.words
    return [
        Sentence(
            words.say(
                "{languages}. Who answered in it was asked in these words for the first time.",
                languages=words.several([words.language_name(name) for name in wave.new_languages]),
            ),
            words.say("New in {wave}:", wave=label),
        )
        for wave, label in zip(history.waves, history.labels[1:], strict=True)
        if wave.new_languages
    ]


def _unsigned(history: History) -> list[Sentence]:
    """Earlier waves whose plan the staff council did not co-sign, though this one may be."""
    words = history.reading.words
    found = [
        label
        for wave, label in zip(history.waves, history.labels, strict=False)
        if wave.cosigned is False
    ]
    if not found:
        return []
    strong = words.say("Not co-signed by the staff council:")
    return [Sentence(words.several(found), strong)]


def _figure(history: History, rows: tuple[TrendRow, ...]) -> Figure:
    words = history.reading.words
    drawn = tuple(_last(row) for row in rows)
    title = words.say("Points from 0 to 100 through the surveys")
    keys = [
        Key(mark, text)
        for mark, text in (
            ("solid", words.say("comparable")),
            ("dashed", words.say("compared on the common questions only")),
            ("gap", words.say("not compared")),
        )
        if mark in {_mark(before, point) for row in drawn for before, point in pairwise(row.points)}
    ]
    return Figure("trend", title, _alt(history, drawn), drawn, _table(history, rows), tuple(keys))


def _last(row: TrendRow) -> TrendRow:
    """The last waves; no line comes to the first of them from one that is left out."""
    if len(row.points) <= DRAWN:
        return row
    first, *others = row.points[-DRAWN:]
    return TrendRow(row.label, (TrendPoint(first.wave, first.score), *others), row.note)


def _mark(before: TrendPoint, point: TrendPoint) -> str:
    """How a wave is joined to the one before: a line, a gap between two values, or nothing."""
    if point.link is not None:
        return point.link
    return "" if before.score is None or point.score is None else "gap"


def _alt(history: History, rows: tuple[TrendRow, ...]) -> str:
    words = history.reading.words
    waves = words.several([point.wave for point in rows[0].points])
    said = "; ".join(f"{row.label} {', '.join(_way(history, row))}" for row in rows)
    return words.say("Points from 0 to 100 in {waves}. {list}.", waves=waves, list=said)


def _way(history: History, row: TrendRow) -> list[str]:
    """A dimension from wave to wave, in words."""
    words, first = history.reading.words, row.points[0].score
    said = [words.say("not shown") if first is None else str(first)]
    for before, point in pairwise(row.points):
        if point.score is None:
            said.append(words.say("not shown"))
        elif point.common is not None:
            old, new = point.common
            on_common = words.say("on common questions {old} to {new}", old=old, new=new)
            said += [on_common, words.say("then {score}", score=point.score)]
        elif _mark(before, point) == "gap":
            values = {"score": point.score, "reason": point.note}
            said.append(words.say("after a gap {score} ({reason})", **values))
        else:
            said.append(words.say("then {score}", score=point.score))
    return said


def _table(history: History, rows: tuple[TrendRow, ...]) -> Table:
    words = history.reading.words
    columns = (words.say("Dimension"), *history.labels, words.say("Change"))
    found: list[Row] = []
    for scale, row in zip(history.reading.current_scales, rows, strict=True):
        move = _move(history, scale)
        change = _change(words, move)
        bridges = [place for place, point in enumerate(row.points) if point.common]
        on_common = move is not None and move.on_common
        cells = [number(point.score) for point in row.points]
        found.append(Row(row.label, (*cells, NOTHING if on_common else change)))
        for place in bridges:
            is_last = place == len(row.points) - 1
            found.append(_common_row(words, row, place, change if is_last else NOTHING))
    return Table(words.say("Points from 0 to 100 through the surveys"), columns, tuple(found))


def _common_row(words: Words, row: TrendRow, place: int, change: Cell) -> Row:
    """Both ends of a bridge to a wave."""
    ends = row.points[place].common or ()
    cells = [NOTHING] * len(row.points)
    cells[place - 1 : place + 1] = [number(end) for end in ends]
    return Row(words.say("on common questions"), (*cells, change), depth=1)


def _change(words: Words, move: _Move | None) -> Cell:
    """The difference with its two signs."""
    if move is None:
        return hidden()
    said = [signed(move.difference)]
    if move.difference and move.verdict is not None:
        said += [short_size(words, move.verdict[0]), certainty(words, move.verdict[1])]
    elif move.difference:
        said.append(words.say("may be chance"))
    return Cell(", ".join(said), move.difference)


def _facts(history: History) -> Table:
    """What the waves were."""
    words, reading = history.reading.words, history.reading
    rows = tuple(
        Row(label, (Cell(_fact(reading, wave)),))
        for wave, label in zip(history.waves, history.labels, strict=False)
    )
    return Table(words.say("Earlier surveys"), ("", ""), rows, "facts")


def _fact(reading: Reading, wave: Wave) -> str:
    words = reading.words
    return words.say(
        "{title}, {first} to {last}, version {version}",
        title=reading.text(wave.title),
        first=words.day(wave.first_day),
        last=words.day(wave.last_day),
        version=wave.version,
    )
