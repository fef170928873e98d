"""Earlier waves for one report: how they are called, and each dimension from wave to wave."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from questionnaires.model import Scale
from questionnaires.versions import Trend
from reports.build.reading import Reading, shown
from reports.report import TrendPoint
from reports.waves import Past, Wave
from reports.wording.words import Words


@dataclass(frozen=True)
class History:
    """The earlier waves of a release and itself, as one group sees them."""

    reading: Reading

    @property
    def waves(self) -> tuple[Wave, ...]:
        """The earlier waves, the oldest first."""
        return self.reading.release.waves

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every wave by its month, the present one last; by its first day where months repeat."""
        days = [wave.first_day for wave in self.waves] + [self.reading.release.facts.first_day]
        months = [self.reading.words.month(day) for day in days]
        if max(Counter(months).values()) == 1:
            return tuple(months)
        return tuple(self.reading.words.short_day(day) for day in days)

    def past(self, scale: Scale, place: int) -> Past:
        """A dimension of the group in an earlier wave."""
        return self.waves[place].groups[self.reading.group.id][scale.id]

    def previous(self, scale: Scale) -> int | None:
        """The score of the wave before, where both go on as one line."""
        if not self.waves or self.waves[-1].steps[scale.id].line != "equivalent":
            return None
        return shown(self.past(scale, -1).published.score)

    def points(self, scale: Scale) -> tuple[TrendPoint, ...]:
        """Every wave, the present one last."""
        scores = [
            shown(self.past(scale, place).published.score) for place in range(len(self.waves))
        ]
        scores.append(self.reading.score(scale))
        first = TrendPoint(self.labels[0], scores[0])
        return (first, *(self._point(scale, place, scores) for place in range(1, len(scores))))

    def _point(self, scale: Scale, place: int, scores: list[int | None]) -> TrendPoint:
        """A wave and how the line comes to it from the one before."""
        words, label, score = self.reading.words, self.labels[place], scores[place]
        step, common = self.waves[place - 1].steps[scale.id], self._common(scale, place - 1)
        if step.line == "break":
            return TrendPoint(label, score, note=why(words, step))
        if score is None or scores[place - 1] is None:
            return TrendPoint(label, score)
        if step.line == "equivalent":
            return TrendPoint(label, score, "solid")
        if common is None:
            return TrendPoint(
                label, score, note=words.say("the common questions are not shown here")
            )
        note = words.count(
            "on {n} common question from {old} to {new}",
            "on {n} common questions from {old} to {new}",
            len(step.items),
            old=common[0],
            new=common[1],
        )
        return TrendPoint(label, score, "dashed", note, common)

    def _common(self, scale: Scale, place: int) -> tuple[int, int] | None:
        return shown(self.past(scale, place).common)


def why(words: Words, step: Trend) -> str:
    """Why a line is cut."""
    if not step.reasons:
        return words.say("not comparable")
    reason, say = step.reasons[0], words.say
    said = {
        "another-questionnaire": say("another questionnaire"),
        "new-scale": say("not asked before"),
        "silent": say(
            "the questionnaire does not say that it compares with {version}", version=reason.about
        ),
        "declared": say("the questionnaire says so"),
        "scoring": say("scored in another way"),
        "not-in-scale": say("other questions"),
        "direction": say("scored in another way"),
        "not-asked": say("other questions"),
        "broken": say("the questionnaire says so"),
        "response-scale": say("other answers to choose from"),
        "reworded": say("asked in other words"),
        "items": say("other questions"),
        "few-items": say("too few common questions"),
        "lost": say("what was asked then is not stored as it was"),
    }[reason.code]
    return words.say("not comparable: {reason}", reason=said)
