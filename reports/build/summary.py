"""The three sentences at the beginning: how many answered, what is strong, what is weak."""

from questionnaires.model import Scale
from reports.build.reading import Reading, goodness
from reports.disclosure.values import Shown
from reports.report import Block, Part, Points, Sentence

PEOPLE_BELOW = 50  # below this many asked, people are counted and not turned into percent


def summary(reading: Reading) -> Part:
    """The summary; for a hidden group why there is none."""
    words = reading.words
    sentences = (
        [_answered(reading), *_extremes(reading)] if reading.result.is_shown else _hidden(reading)
    )
    blocks: tuple[Block, ...] = (Points(tuple(sentences)),)
    return Part("summary", words.say("At a glance"), blocks)


def _hidden(reading: Reading) -> list[Sentence]:
    words = reading.words
    return [
        Sentence(
            words.say("Too few people answered here, or others could be worked out from it."),
            words.say("No results are shown for this group."),
        ),
        Sentence(
            words.say(
                "This page looks the same for every group without results, "
                "also for one in which nobody answered."
            )
        ),
    ]


def _answered(reading: Reading) -> Sentence:
    words, took_part = reading.words, reading.result.participation
    if not isinstance(took_part, Shown):
        return Sentence(
            words.say("At least {n} people answered.", n=reading.release.threshold),
        )
    n, asked, rate = took_part.value.n, took_part.value.eligible, took_part.value.rate
    if asked is None:
        return Sentence(words.say("{n} people answered.", n=n))
    if asked < PEOPLE_BELOW:
        return Sentence(words.say("{n} of {asked} people answered.", n=n, asked=asked))
    said = words.say("{n} of {asked} people answered ({rate} %).", n=n, asked=asked, rate=rate)
    return Sentence(said)


def _extremes(reading: Reading) -> list[Sentence]:
    """The strongest and the weakest scale by released scores; ties are named together."""
    words = reading.words
    ranked = _ranked(reading)
    if not ranked:
        return []
    best, worst = max(good for good, _, _ in ranked), min(good for good, _, _ in ranked)
    if best == worst:
        return [Sentence(words.say("No dimension stands out."))] if len(ranked) > 1 else []
    top = [(score, scale) for good, score, scale in ranked if good == best]
    low = [(score, scale) for good, score, scale in ranked if good == worst]
    return [
        Sentence(_named(reading, top), _strong(reading, top, is_best=True)),
        Sentence(_named(reading, low), _strong(reading, low, is_best=False)),
    ]


def _ranked(reading: Reading) -> list[tuple[int, int, Scale]]:
    """Rank, score and scale; where no scale has a better end, the score itself is the rank."""
    scores = [
        (score, scale)
        for scale in reading.current_scales
        if (score := reading.score(scale)) is not None
    ]
    directed = [
        (good, score, scale)
        for score, scale in scores
        if (good := goodness(scale, score)) is not None
    ]
    return directed or [(score, score, scale) for score, scale in scores]


def _strong(reading: Reading, scales: list[tuple[int, Scale]], *, is_best: bool) -> str:
    """The highest is the best only where higher is better; then the plain word is used."""
    say = reading.words.say
    plain = all(scale.higher_is != "worse" for _, scale in scales)
    if is_best:
        return say("Highest:") if plain else say("Most favourable:")
    return say("Lowest:") if plain else say("Least favourable:")


def _named(reading: Reading, scales: list[tuple[int, Scale]]) -> str:
    words = reading.words
    titled = [(reading.text(scale.title), score) for score, scale in scales]
    if len({score for _, score in titled}) == 1:
        names = words.several([title for title, _ in titled])
        score = titled[0][1]
        if len(titled) == 1:
            return words.say("{names} with {score} of 100 points.", names=names, score=score)
        return words.say("{names} with {score} of 100 points each.", names=names, score=score)
    each = [
        words.say("{name} ({score} of 100)", name=title, score=score) for title, score in titled
    ]
    return words.say("{names}.", names=words.several(each))
