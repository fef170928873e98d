"""The dimensions: each score on its line from 0 to 100, with interval and the whole beside it."""

from questionnaires.model import Scale
from reports.build.norms import norm_cells, norm_keys, norm_marks
from reports.build.past import History
from reports.build.reading import HIDDEN_SIGN, Reading, level, shown
from reports.disclosure.results import Weighted
from reports.disclosure.values import Shown, Value
from reports.report import (
    Block,
    Cell,
    Figure,
    Key,
    Mark,
    Part,
    ProfileRow,
    Row,
    Sentence,
    Table,
)
from reports.wording.words import Words

HALF_A_STEP, A_STEP = 13, 25  # points; five categories are 25 points apart


def scales(reading: Reading) -> Part | None:
    """All dimensions in the order of the questionnaire; None where it has none."""
    if not reading.current_scales:
        return None
    words = reading.words
    rows = tuple(_row(reading, scale) for scale in reading.current_scales)
    blocks: list[Block] = [Sentence(_introduction(reading, rows)), _figure(reading, rows)]
    blocks += [*_by_head_counts(reading), *_silent(reading)]
    return Part("dimensions", words.say("Dimensions"), tuple(blocks))


def _introduction(reading: Reading, rows: tuple[ProfileRow, ...]) -> str:
    words = reading.words
    said = [words.say("Each dimension runs from 0 to 100 points.")]
    if any(row.note for row in rows):
        said.append(
            words.say("Where less is better, it says so; the colour takes it into account.")
        )
    if any(row.interval for row in rows):
        said.append(
            words.say(
                "The bar around a point is the interval in which the true value probably lies."
            )
        )
    else:
        said.append(
            words.say(
                "Below 20 answers points are given in steps of 5. "
                "Intervals are shown from 20 answers, where their number may be told."
            )
        )
    if reading.is_whole and reading.release.weighted:
        said.append(
            words.say(
                "As planned, “by head counts” counts every unit with all its people, however many "
                "of them answered; what is not shown counts together."
            )
        )
    return " ".join(said)


def _by_head_counts(reading: Reading) -> list[Sentence]:
    """Where the planned weighting changes most; nothing where it changes no score."""
    if not reading.is_whole:
        return []
    words, changed = reading.words, []
    for scale in reading.current_scales:
        found = shown(reading.release.weighted.get(scale.id, Weighted()).score)
        score = reading.score(scale)
        if found is not None and score is not None and found != score:
            changed.append((abs(found - score), found, score, scale))
    if not changed:
        return []
    _, found, score, scale = max(changed, key=lambda one: one[0])
    said = words.say(
        "Weighting changes {name} most: {weighted} instead of {score} points.",
        name=reading.text(scale.title),
        weighted=found,
        score=score,
    )
    return [Sentence(said, words.say("Not all units answered alike."))]


def _silent(reading: Reading) -> list[Sentence]:
    """What the silent could change at most, by the first dimension that tells it."""
    words = reading.words
    for scale in reading.current_scales:
        bounds = reading.result.scales[scale.id].bounds
        if isinstance(bounds, Shown):
            low, high = bounds.value
            said = Sentence(
                words.say(
                    "If all who did not answer had given the lowest or the highest answers, "
                    "{name} would be between {low} and {high} points instead of {score}.",
                    name=reading.text(scale.title),
                    low=low,
                    high=high,
                    score=reading.score(scale),
                ),
                words.say("Not everybody answered."),
            )
            return [said]
    return []


def _row(reading: Reading, scale: Scale) -> ProfileRow:
    words, score = reading.words, reading.score(scale)
    interval = reading.result.scales[scale.id].interval
    return ProfileRow(
        label=reading.text(scale.title),
        word=words.say("not shown") if score is None else reading.word(score),
        score=score,
        level=level(scale, score),
        interval=interval.value if isinstance(interval, Shown) else None,
        marks=_marks(reading, scale),
        note=words.say("less is better") if scale.higher_is == "worse" else "",
    )


def _marks(reading: Reading, scale: Scale) -> tuple[Mark, ...]:
    """All others where they can be told, else everybody; the wave before, and a norm."""
    previous = History(reading).previous(scale)
    before = () if previous is None else (Mark("previous", previous),)
    wanted = target(reading, scale)
    aim = () if wanted is None else (Mark("target", wanted),)
    return (*_beside(reading, scale), *before, *norm_marks(reading, scale), *aim)


def target(reading: Reading, scale: Scale) -> int | None:
    """The released score of the targets of a scale; None where none are asked or shown."""
    wanted = reading.questionnaire.target_scale_by_id.get(scale.id)
    return None if wanted is None else reading.score(wanted)


def _target(reading: Reading, scale: Scale) -> list[Cell]:
    """The target in a table; no cell where the questionnaire asks for no targets."""
    asked = reading.questionnaire.target_scale_by_id
    return [number(target(reading, scale))] if asked else []


def _beside(reading: Reading, scale: Scale) -> tuple[Mark, ...]:
    if reading.is_whole:
        return ()
    rest = shown(reading.against_rest(scale).score)
    if rest is not None:
        return (Mark("rest", rest),)
    whole = reading.score(scale, reading.release.tree.id)
    return () if whole is None else (Mark("whole", whole),)


def _figure(reading: Reading, rows: tuple[ProfileRow, ...]) -> Figure:
    words = reading.words
    keys = []
    if any(row.level for row in rows):
        keys.append(Key("point", words.say("score, colour by level")))
    if any(row.interval for row in rows):
        keys.append(Key("interval", words.say("interval (95 %)")))
    kinds = {mark.kind for row in rows for mark in row.marks}
    if "rest" in kinds:
        keys.append(Key("rest", words.say("all others")))
    if "whole" in kinds:
        keys.append(Key("whole", reading.release.tree.name))
    if "previous" in kinds:
        keys.append(Key("previous", words.say("survey before")))
    keys += norm_keys(reading)
    if "target" in kinds:
        keys.append(Key("target", words.say("target")))
    title = words.say("Dimensions from 0 to 100 points")
    return Figure("profile", title, _alt(reading, rows), rows, _table(reading, title), tuple(keys))


def _alt(reading: Reading, rows: tuple[ProfileRow, ...]) -> str:
    words = reading.words
    said = [
        words.say("{name} not shown", name=row.label)
        if row.score is None
        else words.say("{name} {score}", name=row.label, score=row.score) + _aim(words, row)
        for row in rows
    ]
    return words.say("Points from 0 to 100: {list}.", list=", ".join(said))


def _aim(words: Words, row: ProfileRow) -> str:
    aims = [mark.value for mark in row.marks if mark.kind == "target"]
    return "".join(words.say(" (target {score})", score=aim) for aim in aims)


def _table(reading: Reading, caption: str) -> Table:
    words = reading.words
    columns = [words.say("Dimension"), words.say("Points"), words.say("In words")]
    columns += [words.say("Interval (95 %)"), words.say("Standard deviation")]
    columns += [words.say("People are"), words.say("With the silent")]
    if reading.is_whole:
        columns += [words.say("By head counts")] if reading.release.weighted else []
        columns += [words.say("Quartiles"), words.say("Reliability (alpha)")]
    else:
        columns += [words.say("All others"), reading.release.tree.name]
    rows = tuple(
        Row(
            reading.text(scale.title),
            (*_cells(reading, scale), *norm_cells(reading, scale), *_target(reading, scale)),
        )
        for scale in reading.current_scales
    )
    columns += [key.label for key in norm_keys(reading)]
    if reading.questionnaire.target_scale_by_id:
        columns.append(words.say("Target"))
    return Table(caption, tuple(columns), rows)


def _cells(reading: Reading, scale: Scale) -> list[Cell]:
    result, words = reading.result.scales[scale.id], reading.words
    score = shown(result.score)
    cells = [number(score, level(scale, score))]
    cells.append(hidden() if score is None else Cell(reading.word(score)))
    low_high = _pair(result.interval)
    cells.append(Cell(f"{low_high[0]}–{low_high[1]}") if low_high else hidden())
    cells += [number(shown(result.sd)), _agreement(reading, shown(result.sd))]
    cells.append(Cell("–".join(map(str, bounds))) if (bounds := _pair(result.bounds)) else hidden())
    if not reading.is_whole:
        rest = number(shown(reading.against_rest(scale).score))
        return [*cells, rest, number(reading.score(scale, reading.release.tree.id))]
    cells += _weighted(reading, scale)
    quartiles = result.quartiles.value if isinstance(result.quartiles, Shown) else None
    cells.append(Cell(" / ".join(map(str, quartiles))) if quartiles else hidden())
    alpha = result.alpha.value if isinstance(result.alpha, Shown) else None
    cells.append(hidden() if alpha is None else Cell(words.hundredths(alpha), alpha))
    return cells


def _weighted(reading: Reading, scale: Scale) -> list[Cell]:
    """The whole weighted to head counts; no cell where the plan does not weight."""
    if not reading.release.weighted:
        return []
    found = reading.release.weighted.get(scale.id, Weighted())
    score, low_high = shown(found.score), _pair(found.interval)
    if score is None or low_high is None:
        return [number(score)]
    return [Cell(f"{score} ({low_high[0]}–{low_high[1]})", score)]


def _pair(value: Value[tuple[int, int]]) -> tuple[int, int] | None:
    return value.value if isinstance(value, Shown) else None


def _agreement(reading: Reading, sd: int | None) -> Cell:
    """How far people are apart, in words; 25 points are a step of five categories."""
    if sd is None:
        return hidden()
    say = reading.words.say
    place = (sd >= HALF_A_STEP) + (sd >= A_STEP)
    return Cell((say("close together"), say("of different views"), say("far apart"))[place])


def number(value: int | None, place: int | None = None) -> Cell:
    """A cell with a whole number, or the sign for a value that is not shown."""
    return hidden() if value is None else Cell(str(value), value, place)


def hidden() -> Cell:
    """The sign for a value that is not shown."""
    return Cell(HIDDEN_SIGN, is_hidden=True)
