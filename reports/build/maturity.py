"""The maturity level of a group before, today and by its targets, and what holds it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from questionnaires.model import Criterion, MaturityItem, MaturityLevel, target_name
from reports.build.past import History
from reports.build.reading import HIDDEN_SIGN, Reading, shown
from reports.build.scales import number
from reports.report import Block, Cell, Part, Points, Row, Sentence, Table


@dataclass(frozen=True, slots=True)
class _State:
    """The group in the wave before, today, or as its targets have it."""

    reading: Reading
    when: Literal["before", "today", "target"] = "today"

    @property
    def is_target(self) -> bool:
        return self.when == "target"

    def value(self, criterion: Criterion) -> int | None:
        """The released value, 0 to 100, that a criterion looks at; None where it is not shown.

        What nobody asked a target for stays as it is. Of the wave before there are the scales that
        go on as one line, and no items.
        """
        questionnaire, result = self.reading.questionnaire, self.reading.result
        if criterion.scale is not None:
            scale = questionnaire.scale_by_id[criterion.scale]
            if self.when == "before":
                return History(self.reading).previous(scale)
            wanted = questionnaire.target_scale_by_id.get(scale.id, scale)
            return shown(result.scales[wanted.id if self.is_target else scale.id].score)
        if self.when == "before":
            return None
        name = criterion.item or ""
        item = questionnaire.questions[name]
        if self.is_target and isinstance(item, MaturityItem) and item.target:
            name = target_name(name)
        return shown(result.items[name].score) if name in result.items else None

    def meets(self, criterion: Criterion) -> bool | None:
        """Whether a criterion is met; None where its value is not shown."""
        value = self.value(criterion)
        if value is None:
            return None
        is_enough = criterion.at_least is None or value >= criterion.at_least
        return is_enough and (criterion.at_most is None or value <= criterion.at_most)

    def standing(self) -> "_Standing":
        """The highest level whose criteria, and all below it, are met; and the next one."""
        maturity = self.reading.questionnaire.maturity
        levels = maturity.levels if maturity else ()
        reached = [*takewhile(lambda level: all(map(self.meets, level.criteria)), levels)]
        if len(reached) == len(levels):
            return _Standing(reached[-1], None, ())
        beyond = levels[len(reached)]
        lacking = tuple(one for one in beyond.criteria if not self.meets(one))
        return _Standing(
            reached[-1] if reached else None,
            beyond,
            lacking,
            is_known=any(self.meets(one) is False for one in lacking),
        )


@dataclass(frozen=True, slots=True)
class _Standing:
    """The level that is reached, the next one, and which of its criteria are not met.

    Where it is not known whether they are, the level is at least `level`.
    """

    level: MaturityLevel | None
    beyond: MaturityLevel | None
    lacking: tuple[Criterion, ...]
    is_known: bool = True


def maturity(reading: Reading) -> Part | None:
    """The level with its criteria; None where the questionnaire has no levels."""
    if reading.questionnaire.maturity is None:
        return None
    today = _State(reading)
    said = [*_before(reading), _level(today), *_held_back(today)]
    if _has_targets(reading):
        said.append(_level(_State(reading, "target")))
    blocks: tuple[Block, ...] = (
        Points(tuple(said)),
        Sentence(_rule(reading)),
        _table(reading),
    )
    return Part("maturity", reading.words.say("Maturity level"), blocks)


def _before(reading: Reading) -> Iterator[Sentence]:
    """The level of the wave before by the criteria of today, where its values tell it."""
    if not reading.release.waves:
        return
    standing = _State(reading, "before").standing()
    if standing.is_known:
        label = reading.words.say("Before ({wave}):", wave=History(reading).labels[-2])
        yield Sentence(_reached(reading, standing), label)


def _has_targets(reading: Reading) -> bool:
    return any(
        isinstance(item, MaturityItem) and item.target for item in reading.questionnaire.items
    )


def _level(state: _State) -> Sentence:
    """The level of a state, or that it cannot be told."""
    words, standing = state.reading.words, state.standing()
    strong = words.say("Target:") if state.is_target else words.say("Today:")
    if standing.is_known:
        return Sentence(_reached(state.reading, standing), strong)
    said = words.say("The level cannot be told, because a value for it is not shown.")
    if standing.level is not None:
        name = _name(state.reading, standing.level)
        said += " " + words.say("It is at least {level}.", level=name)
    return Sentence(said, strong)


def _reached(reading: Reading, standing: _Standing) -> str:
    if standing.level is None:
        return reading.words.say("No level is reached yet.")
    return reading.words.say("{level}.", level=_name(reading, standing.level))


def _name(reading: Reading, level: MaturityLevel) -> str:
    maturity = reading.questionnaire.maturity
    return reading.words.say(
        "level {rank} of {levels}, {title}",
        rank=level.rank,
        levels=len(maturity.levels) if maturity else 0,
        title=reading.text(level.title),
    )


def _held_back(state: _State) -> Iterator[Sentence]:
    """What the next level asks for and is not there, with the value of today."""
    reading, words, standing = state.reading, state.reading.words, state.standing()
    lacking = [one for one in standing.lacking if state.meets(one) is False]
    if standing.beyond is None or not lacking:
        return
    entries = [
        words.say(
            "{name} has {value} and needs {bound}",
            name=_subject(reading, one),
            value=state.value(one),
            bound=_bound(reading, one),
        )
        for one in lacking
    ]
    strong = words.say("Missing for level {rank}:", rank=standing.beyond.rank)
    yield Sentence(words.say("{list}.", list="; ".join(entries)), strong)


def _subject(reading: Reading, criterion: Criterion) -> str:
    questionnaire = reading.questionnaire
    if criterion.scale is not None:
        return reading.text(questionnaire.scale_by_id[criterion.scale].title)
    return reading.text(questionnaire.questions[criterion.item or ""].text)


def _bound(reading: Reading, criterion: Criterion) -> str:
    words = reading.words
    low, high = criterion.at_least, criterion.at_most
    if low is not None and high is not None:
        return words.say("{low} to {high}", low=words.plain(low), high=words.plain(high))
    if high is not None:
        return words.say("at most {value}", value=words.plain(high))
    return words.say("at least {value}", value=words.plain(low or 0))


def _rule(reading: Reading) -> str:
    say = reading.words.say
    maturity = reading.questionnaire.maturity
    basis = {
        "expert": say("The thresholds are a judgement of experts."),
        "norm": say("The thresholds come from a published norm."),
        "regulation": say("The thresholds come from a regulation."),
    }
    rule = say(
        "The level is the highest one whose criteria, and those of all levels below it, are met."
    )
    said = [rule, basis[maturity.basis_of_thresholds]] if maturity else [rule]
    if any(_before(reading)):
        said.append(say("The level before is told by the criteria of today."))
    return " ".join(said)


def _table(reading: Reading) -> Table:
    """What each level asks for, one row for each scale or item."""
    words = reading.words
    maturity = reading.questionnaire.maturity
    levels = maturity.levels if maturity else ()
    asking = [level for level in levels if level.criteria]
    columns = [words.say("Criterion"), words.say("Today")]
    columns += [words.say("Target")] if _has_targets(reading) else []
    columns += [words.say("Level {rank}", rank=level.rank) for level in asking]
    subjects = dict.fromkeys((one.scale, one.item) for level in asking for one in level.criteria)
    rows = [_row(reading, Criterion(scale=scale, item=item), asking) for scale, item in subjects]
    return Table(words.say("Criteria of the levels"), tuple(columns), tuple(rows))


def _row(reading: Reading, subject: Criterion, levels: list[MaturityLevel]) -> Row:
    today, then = _State(reading), _State(reading, "target")
    cells = [number(today.value(subject))]
    cells += [number(then.value(subject))] if _has_targets(reading) else []
    for level in levels:
        told = [
            _asked(today, one)
            for one in level.criteria
            if (one.scale, one.item) == (subject.scale, subject.item)
        ]
        cells.append(Cell("; ".join(told)))
    return Row(_subject(reading, subject), tuple(cells))


def _asked(state: _State, criterion: Criterion) -> str:
    """The bound, and whether it is met today."""
    say, met = state.reading.words.say, state.meets(criterion)
    told = HIDDEN_SIGN if met is None else say("yes") if met else say("no")
    return say("{bound}: {met}", bound=_bound(state.reading, criterion), met=told)
