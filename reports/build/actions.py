"""Recommendations of the questionnaire that fit the least favourable released scores."""

from reports.build.reading import Reading, goodness
from reports.report import Block, Part, Sentence, Suggestion, Suggestions

FOCUS = 3  # dimensions that a group can work on at a time


def actions(reading: Reading) -> Part | None:
    """Suggestions for the weakest dimensions, the weakest first; None where none fits."""
    words = reading.words
    entries = tuple(entry for scale in _focus(reading) for entry in _fitting(reading, scale))
    if not entries:
        return None
    said = words.say(
        "Ideas to talk about for the dimensions with the least favourable points, "
        "three at most. Nothing here is a must."
    )
    blocks: tuple[Block, ...] = (Sentence(said), Suggestions(entries))
    return Part("suggestions", words.say("Suggestions"), blocks)


def _focus(reading: Reading) -> list[str]:
    """The least favourable dimensions by released scores; ties in the order of the definition."""
    ranked = [
        (good, scale.id)
        for scale in reading.current_scales
        if (score := reading.score(scale)) is not None
        and (good := goodness(scale, score)) is not None
    ]
    return [name for _, name in sorted(ranked, key=lambda entry: entry[0])[:FOCUS]]


def _fitting(reading: Reading, name: str) -> list[Suggestion]:
    scale = reading.questionnaire.scale_by_id[name]
    score = reading.score(scale)
    return [
        Suggestion(
            reading.text(scale.title),
            _field(reading, recommendation.field),
            reading.text(recommendation.text),
        )
        for recommendation in reading.questionnaire.recommendations
        if recommendation.when.scale == name
        and score is not None
        and recommendation.when.from_ <= score < recommendation.when.below
    ]


def _field(reading: Reading, field: str) -> str:
    say = reading.words.say
    return {
        "organisation": say("Organisational development"),
        "leaders": say("Leaders as role models"),
        "people": say("Personnel development"),
        "structure": say("Structural change"),
        "communication": say("Internal communication"),
    }[field]
