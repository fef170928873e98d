"""A questionnaire as plain text for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from shutil import get_terminal_size
from textwrap import fill, shorten

from questionnaires.model import (
    AnyQuestion,
    Condition,
    Criterion,
    Demographic,
    ExplanationItem,
    MaturityItem,
    NumberItem,
    Questionnaire,
    ResponseScale,
    Scale,
    target_name,
)
from questionnaires.text import Text

WIDEST = 100
HEADINGS = ("ID", "VERSION", "STATUS", "ITEMS", "SCALES", "LANGUAGES", "TITLE")


def listing(questionnaires: Iterable[Questionnaire]) -> str:
    """One line for each questionnaire, in columns."""
    rows = [HEADINGS, *map(_row, questionnaires)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def pages(questionnaire: Questionnaire, language: str) -> str:
    """Sections with their items, response scales and scales, in one language."""
    parts = [
        _head(questionnaire, language),
        *_sections(questionnaire, language),
        _block("Response scales", _response_scales(questionnaire, language)),
        _block("Scales", (_scale(scale, language) for scale in questionnaire.scales)),
        _block("Maturity levels", _maturity_levels(questionnaire, language)),
        _block("Recommendations", _recommendations(questionnaire, language)),
    ]
    return "\n\n".join(part for part in parts if part)


def count_items(questionnaire: Questionnaire) -> int:
    """Items that are answered; explanations are none."""
    return sum(not isinstance(item, ExplanationItem) for item in questionnaire.items)


def counted(number: int, noun: str) -> str:
    """A number with its English noun: "1 item", "2 items"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _row(questionnaire: Questionnaire) -> tuple[str, ...]:
    language = "en" if "en" in questionnaire.title else questionnaire.languages.source
    return (
        questionnaire.id,
        questionnaire.version,
        questionnaire.status,
        str(count_items(questionnaire)),
        str(len(questionnaire.scales)),
        ",".join(questionnaire.languages.available),
        shorten(questionnaire.title[language], 60, placeholder=" …"),
    )


def _head(questionnaire: Questionnaire, language: str) -> str:
    title = questionnaire.title[language]
    lines = [f"{title} ({questionnaire.id} {questionnaire.version}, {questionnaire.status})"]
    if questionnaire.purpose:
        lines.append(_wrapped(questionnaire.purpose[language]))
    counts = [
        counted(count_items(questionnaire), "item"),
        counted(len(questionnaire.scales), "scale"),
        counted(len(questionnaire.demographics), "demographic"),
    ]
    if questionnaire.minutes:
        counts.append(f"about {counted(questionnaire.minutes, 'minute')}")
    licence = questionnaire.licence
    lines += [
        "",
        ", ".join(counts),
        f"languages    {', '.join(questionnaire.languages.available)}",
        f"licence      {licence.id}, {licence.holder}",
        _wrapped(f"source       {questionnaire.source.citation}", " " * 13),
        f"fingerprint  {questionnaire.fingerprint}",
    ]
    return "\n".join(lines)


def _sections(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    links: dict[str, list[str]] = {}
    for scale in questionnaire.scales:
        for link in scale.items:
            links.setdefault(link.ref, []).append(
                f"{scale.id}{' reversed' if link.reverse else ''}"
            )
    for number, section in enumerate(questionnaire.sections, start=1):
        questions = [questionnaire.questions[name] for name in section.show]
        intro = [_wrapped(f"  {_flat(section.intro, language)}", "  ")] if section.intro else []
        entries = [_question(one, _counts(one, links), language) for one in questions]
        yield _block(f"{number}. {section.title[language]}", [*intro, *entries])


def _counts(question: AnyQuestion, links: Mapping[str, list[str]]) -> list[str]:
    """Where a question counts, its target state included."""
    return [*links.get(question.id, []), *links.get(target_name(question.id), [])]


def _question(question: AnyQuestion, links: list[str], language: str) -> str:
    facts = [_kind(question), *links]
    if question.show_if is not None:
        facts.append(f"only if {_in_words(question.show_if)}")
    width = 14
    head = _wrapped(f"  {question.id:<{width}}{question.text[language]}", " " * (width + 2))
    margin = " " * (width + 2)
    levels = question.levels if isinstance(question, MaturityItem) else ()
    lines = [
        head,
        _wrapped(f"{margin}[{'; '.join(facts)}]", f"{margin} "),
        *(
            _wrapped(f"{margin}{level.value} {_flat(level.text, language)}", f"{margin}  ")
            for level in levels
        ),
    ]
    return "\n".join(lines)


def _kind(question: AnyQuestion) -> str:
    if isinstance(question, NumberItem):
        return f"number from {question.min} to {question.max}"
    if isinstance(question, MaturityItem):
        facts = ["maturity", "with target" if question.target else ""]
        facts.append("or no answer" if question.offer_no_answer else "")
        return ", ".join(fact for fact in facts if fact)
    response = getattr(question, "response", None)
    kind = question.kind.replace("-", " ")
    if isinstance(question, Demographic) and question.quasi_identifier:
        kind = "demographic, quasi-identifier"
    return kind if response is None else f"{kind}, {response}"


def _in_words(condition: Condition) -> str:
    if condition.item is not None:
        return f"{condition.item} is {' or '.join(map(str, condition.in_ or ()))}"
    if condition.not_ is not None:
        return f"not {_enclosed(condition.not_)}"
    word = " and " if condition.all is not None else " or "
    return word.join(_enclosed(part) for part in condition.all or condition.any or ())


def _enclosed(condition: Condition) -> str:
    """In brackets where more than one code or condition could be read in two ways."""
    several = condition.in_ or condition.all or condition.any or ()
    words = _in_words(condition)
    return f"({words})" if len(several) > 1 else words


def _response_scales(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    for name, scale in questionnaire.response_scales.items():
        yield _wrapped(f"  {name} ({scale.level}): {_points(scale, language)}", "    ")


def _points(scale: ResponseScale, language: str) -> str:
    points = [f"{point.value} {point.label[language]}" for point in scale.points]
    return ", ".join([*points, "or no answer"] if scale.offer_no_answer else points)


def _scale(scale: Scale, language: str) -> str:
    items = ", ".join(f"{'-' if link.reverse else ''}{link.ref}" for link in scale.items)
    rule = f"{scale.score.method.replace('_', ' ')} of at least {scale.min_valid}"
    facts = [f"higher is {scale.higher_is}", rule]
    if scale.target_of is not None:
        facts.insert(0, f"target of {scale.target_of}")
    said = f"  {scale.id}: {scale.title[language]} ({'; '.join(facts)}): {items}"
    return _wrapped(said, "    ")


def _maturity_levels(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    for level in questionnaire.maturity.levels if questionnaire.maturity else ():
        asked = ", ".join(map(_criterion, level.criteria)) or "where it begins"
        yield _wrapped(f"  {level.rank} {level.title[language]}: {asked}", "    ")


def _criterion(criterion: Criterion) -> str:
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("at least", criterion.at_least), ("at most", criterion.at_most))
        if bound is not None
    ]
    return f"{criterion.scale or criterion.item} {' and '.join(bounds)}"


def _recommendations(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    for one in questionnaire.recommendations:
        when = f"{one.when.scale} from {one.when.from_:g} to below {one.when.below:g}"
        yield _wrapped(f"  {when} ({one.field}): {_flat(one.text, language)}", "    ")


def _flat(text: Text, language: str) -> str:
    return " ".join(text[language].split())


def _block(title: str, entries: Iterable[str]) -> str:
    lines = list(entries)
    return "\n".join([title, *lines]) if lines else ""


def _wrapped(text: str, indent: str = "") -> str:
    width = min(get_terminal_size((WIDEST, 24)).columns, WIDEST)
    return fill(
        text,
        max(width, 40),
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
