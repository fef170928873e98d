"""Recommendations of the questionnaire that fit the released scores."""

from reports.build.reading import Reading
from reports.report import Block, Part, Sentence, Suggestion, Suggestions


def actions(reading: Reading) -> Part | None:
    """Suggestions in the order of the definition; None where none fits."""
    words = reading.words
    entries = tuple(_fitting(reading))
    if not entries:
        return None
    said = words.say("Ideas to talk about, chosen by the points above. Nothing here is a must.")
    blocks: tuple[Block, ...] = (Sentence(said), Suggestions(entries))
    return Part("suggestions", words.say("Suggestions"), blocks)


def _fitting(reading: Reading) -> list[Suggestion]:
    found = []
    for recommendation in reading.questionnaire.recommendations:
        when = recommendation.when
        scale = reading.questionnaire.scale_by_id[when.scale]
        score = reading.score(scale)
        if score is not None and when.from_ <= score < when.below:
            said = reading.text(recommendation.text)
            field = _field(reading, recommendation.field)
            found.append(Suggestion(reading.text(scale.title), field, said))
    return found


def _field(reading: Reading, field: str) -> str:
    say = reading.words.say
    return {
        "organisation": say("Organisational development"),
        "leaders": say("Leaders as role models"),
        "people": say("Personnel development"),
        "structure": say("Structural change"),
        "communication": say("Internal communication"),
    }[field]
