"""Single questions as bars of 100 percent, per dimension, sorted by agreement."""

from collections.abc import Iterable, Iterator

from questionnaires.model import MaturityItem
from questionnaires.variables import Variable
from reports.build.reading import HIDDEN_SIGN, Reading, shown
from reports.build.scales import hidden
from reports.disclosure.results import Cell as Share
from reports.disclosure.values import Shown
from reports.report import (
    Block,
    Cell,
    Figure,
    Key,
    Legend,
    Part,
    Row,
    Segment,
    Sentence,
    StackRow,
    Table,
    Tone,
)

TONES: tuple[Tone, ...] = (
    "unfavourable-2",
    "unfavourable-1",
    "neutral",
    "favourable-1",
    "favourable-2",
)


def items(reading: Reading) -> Part | None:
    """All items; None where the questionnaire has none to show."""
    if not reading.variables:
        return None
    words = reading.words
    title = words.say("Questions one by one")
    if not any(reading.item(name).is_shown for name in reading.variables):
        said = words.say("Single questions are shown from 20 answers, and only where that is safe.")
        return Part("questions", title, (Sentence(said),))
    said = words.say(
        "Sorted by agreement. The favourable side is at the right; "
        "where disagreeing is favourable, disagreement is counted."
    )
    if is_all_levels(reading.variables.values()):
        said = words.say("Sorted by the share of the upper levels, which are at the right.")
    figures = [_figure(reading, name, group) for name, group in _groups(reading)]
    blocks: list[Block] = [Sentence(said), *_legend(reading), *figures]
    return Part("questions", title, tuple(blocks))


def is_all_levels(variables: Iterable[Variable]) -> bool:
    """Whether there are maturity items alone, so that nobody agrees to anything."""
    return all(isinstance(variable.question, MaturityItem) for variable in variables)


def _groups(reading: Reading) -> Iterator[tuple[str, list[Variable]]]:
    """Items under the first dimension that has them, targets beside today; then the others."""
    left = dict(reading.variables)
    targets = reading.questionnaire.target_scale_by_id
    pairs = ((scale, targets.get(scale.id)) for scale in reading.current_scales)
    for scale in (one for pair in pairs for one in pair if one is not None):
        found = [left.pop(link.ref) for link in scale.items if link.ref in left]
        if found:
            yield reading.text(scale.title), found
    if left:
        yield reading.words.say("Further questions"), list(left.values())


def _figure(reading: Reading, title: str, group: list[Variable]) -> Figure:
    ranked = sorted(group, key=lambda variable: -_sort_key(reading, variable))
    rows = tuple(_row(reading, variable) for variable in ranked)
    say = reading.words.say
    table = Table(
        title,
        (
            say("Question"),
            say("Upper levels") if is_all_levels(group) else say("Agreement"),
            say("Interval (95 %)"),
            say("Answers in percent"),
        ),
        tuple(_table_row(reading, variable) for variable in ranked),
    )
    return Figure("stacks", title, _alt(reading, rows), rows, table)


def _sort_key(reading: Reading, variable: Variable) -> int:
    """Released agreement; what is not shown comes last; ties keep the order of the definition."""
    share = shown(reading.item(variable.name).favourable)
    return -1 if share is None else share


def _row(reading: Reading, variable: Variable) -> StackRow:
    words, result = reading.words, reading.item(variable.name)
    share = shown(result.favourable)
    if not isinstance(result.categories, Shown):
        return StackRow(reading.item_text(variable), (), words.say("not shown"), "")
    return StackRow(
        reading.item_text(variable),
        tuple(_segments(reading, variable, result.categories.value)),
        "" if share is None else words.share(share),
        "" if share is None else _share_label(reading, variable),
    )


def _share_label(reading: Reading, variable: Variable) -> str:
    say = reading.words.say
    if variable.category is not None:
        return say("chosen")
    if isinstance(variable.question, MaturityItem):
        return _levels(reading, variable, variable.question)
    return say("disagreement") if _is_turned(reading, variable) else say("agreement")


def _levels(reading: Reading, variable: Variable, item: MaturityItem) -> str:
    """Which levels count as favourable."""
    ends = reading.release.ends[variable.name]
    places = [item.place(code) for code in ends.favourable]
    if _is_turned(reading, variable):
        return reading.words.say("up to level {number}", number=max(places))
    return reading.words.say("from level {number}", number=min(places))


def _is_turned(reading: Reading, variable: Variable) -> bool:
    """Whether low codes are favourable."""
    ends = reading.release.ends.get(variable.name)
    return bool(ends and ends.unfavourable and max(ends.favourable) < min(ends.unfavourable))


def _segments(reading: Reading, variable: Variable, shares: tuple[Share, ...]) -> Iterator[Segment]:
    start = 0
    in_order = reversed(shares) if _is_turned(reading, variable) else shares
    for share in in_order:
        if share.percent:
            label = _label(reading, variable, share)
            yield Segment(label, start, share.percent, _tone(reading, variable, share))
        start += share.percent


def _label(reading: Reading, variable: Variable, share: Share) -> str:
    if variable.category is not None:
        say = reading.words.say
        return say("chosen") if share.codes == (1,) else say("not chosen")
    labels = [reading.label(variable.question, code) for code in share.codes]
    return reading.words.say(" or ").join(labels)


def _told(reading: Reading, variable: Variable, share: Share) -> str:
    """A category in a table, where there is room: the text of a level beside its number."""
    item = variable.question
    if not isinstance(item, MaturityItem):
        return _label(reading, variable, share)
    levels = [item.levels[item.place(code) - 1] for code in share.codes]
    return " / ".join(
        f"{reading.label(item, level.value)} ({reading.text(level.text).rstrip('.')})"
        for level in levels
    )


def _tone(reading: Reading, variable: Variable, share: Share) -> Tone:
    """The colour of a cell: strong for the outermost category alone, weak for others."""
    ends = reading.release.ends.get(variable.name)
    if ends is None:
        return "plain"
    outermost = {min(variable.codes), max(variable.codes)}
    is_strong = len(share.codes) == 1 and share.codes[0] in outermost
    if set(share.codes) <= set(ends.favourable):
        return "favourable-2" if is_strong else "favourable-1"
    if set(share.codes) & set(ends.unfavourable):
        return "unfavourable-2" if is_strong else "unfavourable-1"
    return "neutral"


def _alt(reading: Reading, rows: tuple[StackRow, ...]) -> str:
    words = reading.words
    said = [
        words.say(
            "{question}: {share} {label}", question=r.label, share=r.share, label=r.share_label
        )
        for r in rows
        if r.segments and r.share
    ]
    unseen = sum(1 for row in rows if not row.segments)
    if unseen:
        said.append(words.count("{n} question not shown", "{n} questions not shown", unseen))
    return words.say("Bars of 100 percent. {list}.", list="; ".join(said))


def _table_row(reading: Reading, variable: Variable) -> Row:
    result = reading.item(variable.name)
    text = reading.item_text(variable)
    if not isinstance(result.categories, Shown):
        return Row(text, (hidden(), hidden(), hidden()))
    share = shown(result.favourable)
    percent = reading.words.percent
    agreed = (
        Cell(HIDDEN_SIGN, is_hidden=True)
        if share is None
        else Cell(f"{reading.words.share(share)} {_share_label(reading, variable)}", share)
    )
    parts = [
        f"{_told(reading, variable, part)}: {percent(part.percent)}"
        for part in result.categories.value
    ]
    interval = result.favourable_interval
    limits = Cell("–".join(map(str, interval.value))) if isinstance(interval, Shown) else hidden()
    return Row(text, (agreed, limits, Cell("; ".join(parts))))


def _legend(reading: Reading) -> list[Legend]:
    """The keys of all bars, from unfavourable to favourable; none where no item has such ends."""
    if not any(name in reading.release.ends for name in reading.variables):
        return []
    say = reading.words.say
    told: tuple[str, ...] = (
        say("clearly unfavourable"),
        say("rather unfavourable"),
        say("in between"),
        say("rather favourable"),
        say("clearly favourable"),
    )
    title = say("Numbers are percent of the answers.")
    if all(_has_five_levels(reading, variable) for variable in reading.variables.values()):
        told = tuple(say("level {number}", number=place) for place in range(1, len(TONES) + 1))
        if any(len(share.codes) > 1 for share in _shares(reading)):
            title += " " + say(
                "Some levels are joined with their neighbours for protection and have the colour "
                "of one of them."
            )
    keys = tuple(Key(tone, said) for tone, said in zip(TONES, told, strict=True))
    return [Legend(title, keys)]


def _shares(reading: Reading) -> Iterator[Share]:
    """Every shown part of every bar."""
    for name in reading.variables:
        yield from shown(reading.item(name).categories) or ()


def _has_five_levels(reading: Reading, variable: Variable) -> bool:
    """Whether each colour stands for one level, so that the key may name it."""
    is_ladder = isinstance(variable.question, MaturityItem) and not _is_turned(reading, variable)
    return is_ladder and len(variable.codes) == len(TONES)
