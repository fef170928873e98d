"""A group beside everybody else: differences with two signs, and its place among the units."""

from dataclasses import dataclass

from questionnaires.model import Scale
from reports.build.reading import Reading, shown
from reports.build.scales import hidden, number
from reports.build.units import units_table
from reports.build.verdicts import certainty, is_certain, short_size, signed, size, tested
from reports.disclosure.values import Shown
from reports.report import Block, Cell, Part, Points, Row, Sentence, Table


@dataclass(frozen=True, slots=True)
class _Line:
    """A dimension of the group beside another value, and the verdict where there is one."""

    title: str
    score: int
    other: int
    is_rest: bool
    interval: tuple[int, int] | None = None
    verdict: tuple[float, float] | None = None

    @property
    def difference(self) -> int:
        return self.score - self.other


def comparison(reading: Reading) -> Part | None:
    """The comparison of a part with everybody else; None for the whole, and without scales."""
    lines = [line for scale in reading.current_scales if (line := _line(reading, scale))]
    if reading.is_whole or not lines:
        return None
    blocks: tuple[Block, ...] = (
        Sentence(_introduction(reading, lines)),
        Points(tuple(_sentences(reading, lines))),
        _table(reading, lines),
        *units_table(reading),
    )
    return Part("comparison", reading.words.say("In comparison"), blocks)


def _line(reading: Reading, scale: Scale) -> _Line | None:
    score, found = reading.score(scale), reading.against_rest(scale)
    rest, whole = shown(found.score), reading.score(scale, reading.release.tree.id)
    title = reading.text(scale.title)
    if score is None:
        return None
    if rest is not None:
        interval = found.interval.value if isinstance(found.interval, Shown) else None
        return _Line(title, score, rest, is_rest=True, interval=interval, verdict=tested(found))
    return None if whole is None else _Line(title, score, whole, is_rest=False)


def _introduction(reading: Reading, lines: list[_Line]) -> str:
    words = reading.words
    if not any(line.is_rest for line in lines):
        said = [words.say("Compared with everybody, to which this group belongs.")]
    elif all(line.is_rest for line in lines):
        said = [words.say("Compared with all others: everybody without this group.")]
    else:
        said = [
            words.say(
                "Compared with all others (everybody without this group), "
                "or with everybody where that cannot be told."
            )
        ]
    if any(line.verdict for line in lines):
        said.append(
            words.say(
                "Each difference has two signs: how large it is, and whether it may be chance."
            )
        )
    else:
        said.append(
            words.say(
                "How large a difference is and whether it may be chance can be told from "
                "20 answers on both sides, where their number is shown."
            )
        )
    return " ".join(said)


def _sentences(reading: Reading, lines: list[_Line]) -> list[Sentence]:
    """The certain differences, the largest first; then those that may be chance, together."""
    words = reading.words
    judged = [(line.verdict, line) for line in lines if line.verdict]
    if not judged:
        return [_widest(reading, lines)]
    certain = sorted(
        ((abs(g), line) for (g, p), line in judged if is_certain(p)), key=lambda one: -one[0]
    )
    said = [_certain(reading, line, g) for g, line in certain]
    chance = [_short(reading, line) for (_, p), line in judged if not is_certain(p)]
    if chance:
        text = words.count(
            "{names}: The difference may be chance.",
            "{names}: The differences may be chance.",
            len(chance),
            names=words.several(chance),
        )
        said.append(Sentence(text))
    return said


def _certain(reading: Reading, line: _Line, g: float) -> Sentence:
    words = reading.words
    points, values = abs(line.difference), {"score": line.score, "other": line.other}
    how_large = size(words, g)
    if line.difference > 0:
        said = words.count(
            "{n} point more than all others ({score} to {other}), {size}, hardly chance.",
            "{n} points more than all others ({score} to {other}), {size}, hardly chance.",
            points,
            size=how_large,
            **values,
        )
    else:
        said = words.count(
            "{n} point less than all others ({score} to {other}), {size}, hardly chance.",
            "{n} points less than all others ({score} to {other}), {size}, hardly chance.",
            points,
            size=how_large,
            **values,
        )
    return Sentence(said, words.say("{name}:", name=line.title))


def _widest(reading: Reading, lines: list[_Line]) -> Sentence:
    """The largest difference where none has a verdict; ties are named together."""
    words = reading.words
    most = max(abs(line.difference) for line in lines)
    if not most:
        return Sentence(words.say("No dimension differs."))
    names = [_short(reading, line) for line in lines if abs(line.difference) == most]
    return Sentence(
        words.say("{names}. Whether that is chance cannot be told.", names=words.several(names)),
        words.say("Largest difference:"),
    )


def _short(reading: Reading, line: _Line) -> str:
    return reading.words.say(
        "{name} ({difference})", name=line.title, difference=signed(line.difference)
    )


def _table(reading: Reading, lines: list[_Line]) -> Table:
    words = reading.words
    other = words.say("All others")
    if not all(line.is_rest for line in lines):
        other = reading.release.tree.name
    columns = [words.say("Dimension"), words.say("Here"), other, words.say("Difference")]
    if any(line.verdict for line in lines):
        columns += [words.say("Interval (95 %)"), words.say("Size"), words.say("Certainty")]
    rows = tuple(
        Row(line.title, tuple(_cells(reading, line)[: len(columns) - 1])) for line in lines
    )
    return Table(words.say("Differences in points"), tuple(columns), rows)


def _cells(reading: Reading, line: _Line) -> list[Cell]:
    words = reading.words
    cells = [number(line.score), number(line.other)]
    cells.append(Cell(signed(line.difference), line.difference))
    if line.interval is None or line.verdict is None:
        return [*cells, hidden(), hidden(), hidden()]
    low, high = line.interval
    g, p = line.verdict
    span = words.say("{low} to {high}", low=signed(low), high=signed(high))
    return [*cells, Cell(span), Cell(short_size(words, g)), Cell(certainty(words, p))]
