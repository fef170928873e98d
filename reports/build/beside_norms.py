"""The group beside published norms: what lies furthest above and below, tables, sources."""

from collections.abc import Mapping

from questionnaires.model import Scale
from questionnaires.norms import Norm, Norms
from reports.build.norms import first_norm, norm_name
from reports.build.reading import Reading
from reports.build.scales import hidden, number
from reports.build.verdicts import signed
from reports.norms import Standing, item_standings, scale_standings, whole
from reports.report import Block, Cell, Part, Points, Row, Sentence, Table

ENDS = 5  # questions that are named at either end


def beside_norms(reading: Reading) -> Part | None:
    """Dimensions and questions beside the norms of the release; None where it has none."""
    norms, first = reading.release.norms, first_norm(reading)
    if norms is None:
        return None
    words = reading.words
    blocks: list[Block] = [
        Sentence(
            words.say(
                "Published values of other people answering the same questions. They are no "
                "target. The median of organisations and the mean of people are different "
                "numbers; each column says which it is."
            )
        )
    ]
    if first is not None:
        blocks += [Points(tuple(_extremes(reading, norms, first))), _dimensions(reading, norms)]
    blocks += [*_questions(reading, norms), Sentence(_rule(reading)), *_sources(norms)]
    return Part("norms", words.say("Beside published norms"), tuple(blocks))


def _extremes(reading: Reading, norms: Norms, first: Norm) -> list[Sentence]:
    """The dimensions that lie furthest above and below; ties in the order of the definition."""
    words = reading.words
    told = [
        (standing.difference, scale, standing)
        for scale in reading.questionnaire.scales
        for standing in scale_standings(reading.result, norms, scale.id)
        if standing.norm is first and standing.difference is not None
    ]
    above = max(told, key=lambda one: one[0], default=None)
    below = min(told, key=lambda one: one[0], default=None)
    found = []
    if above and above[0] > 0:
        found.append(Sentence(_furthest(reading, *above[1:]), words.say("Furthest above:")))
    if below and below[0] < 0:
        found.append(Sentence(_furthest(reading, *below[1:]), words.say("Furthest below:")))
    return found or [Sentence(words.say("No dimension differs from the norm."))]


def _furthest(reading: Reading, scale: Scale, standing: Standing) -> str:
    words = reading.words
    said = words.say(
        "{name}: {score} points. {norm}: {value}.",
        name=reading.text(scale.title),
        score=standing.result,
        norm=norm_name(reading, standing.norm),
        value=whole(standing.value.value),
    )
    quarter = {
        1: words.say("That is in the lowest quarter of the organisations."),
        2: words.say("That is in the second lowest quarter of the organisations."),
        3: words.say("That is in the second highest quarter of the organisations."),
        4: words.say("That is in the highest quarter of the organisations."),
    }.get(standing.quarter or 0, "")
    return f"{said} {quarter}".rstrip()


def _dimensions(reading: Reading, norms: Norms) -> Table:
    words = reading.words
    columns = [words.say("Dimension"), words.say("Points")]
    for norm in norms.norms:
        columns += _columns(reading, norm)
    rows = []
    for scale in reading.questionnaire.scales:
        standings = scale_standings(reading.result, norms, scale.id)
        if standings:
            own = number(reading.score(scale))
            beside = _cells(norms, standings, {})
            rows.append(Row(reading.text(scale.title), (own, *beside)))
    return Table(words.say("Dimensions beside the norms"), tuple(columns), tuple(rows))


def _columns(reading: Reading, norm: Norm) -> list[str]:
    words = reading.words
    told = [norm_name(reading, norm), words.say("Difference")]
    return [*told, words.say("Percentile rank")] if _places(norm) else told


def _places(norm: Norm) -> bool:
    """Whether a place among the organisations can be told."""
    return any(value.among for value in norm.scales.values())


def _cells(
    norms: Norms, standings: tuple[Standing, ...], signs: Mapping[str, str], *, items: bool = False
) -> list[Cell]:
    """For every norm its value, the difference to it, and the place."""
    by_norm = {id(standing.norm): standing for standing in standings}
    cells: list[Cell] = []
    for norm in norms.norms:
        standing = by_norm.get(id(norm))
        cells += _beside(standing, signs)
        if _places(norm) and not items:
            place = standing.percentile if standing else None
            cells.append(hidden() if place is None else number(whole(place)))
    return cells


def _beside(standing: Standing | None, signs: Mapping[str, str]) -> list[Cell]:
    if standing is None:
        return [Cell(""), Cell("")]
    sign = signs.get(standing.value.statistic, "")
    value = whole(standing.value.value)
    difference = standing.difference
    apart = hidden() if difference is None else Cell(signed(round(difference)), difference)
    return [Cell(f"{value}{sign}", value), apart]


def _questions(reading: Reading, norms: Norms) -> list[Block]:
    """The questions that lie furthest above and below; nothing where none can be compared."""
    words = reading.words
    told = [
        (standings[0].difference, name, standings)
        for name in reading.variables
        if (standings := item_standings(reading.result, norms, name))
        and standings[0].difference is not None
    ]
    told.sort(key=lambda one: -one[0])
    if len(told) > 2 * ENDS:
        told = told[:ENDS] + told[-ENDS:]
    rows = [_question(reading, norms, name, standings) for _, name, standings in told]
    if not rows:
        return []
    columns = [words.say("Question"), words.say("Result")]
    for norm in norms.norms:
        columns += [norm_name(reading, norm), words.say("Difference")]
    caption = words.say("Questions furthest above and furthest below the norm")
    return [Table(caption, tuple(columns), tuple(rows))]


def _question(reading: Reading, norms: Norms, name: str, standings: tuple[Standing, ...]) -> Row:
    result = round(standings[0].result or 0)
    share = standings[0].value.statistic == "percent_favourable"
    own = Cell(reading.words.share(result) if share else str(result), result)
    cells = _cells(norms, standings, {"percent_favourable": " %"}, items=True)
    return Row(reading.item_text(reading.variables[name]), (own, *cells))


def _rule(reading: Reading) -> str:
    return reading.words.say(
        "Norms are rounded to whole points before they are compared, and values at or below 5 and "
        "at or above 95 are not compared. The percentile rank is the share of organisations below, "
        "plus half of those with the same value; it is told from 20 answers."
    )


def _sources(norms: Norms) -> list[Sentence]:
    """Where the norms are from, with the attribution that a licence asks for."""
    used = dict.fromkeys(norm.source for norm in norms.norms)
    return [
        Sentence(f"{source.citation} {source.licence.note or source.licence.id}")
        for source in (norms.sources[name] for name in used)
    ]
