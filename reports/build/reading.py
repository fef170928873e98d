"""Reading a release for one report: released values, their direction, their words."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from questionnaires.model import AnyQuestion, MaturityItem, Questionnaire, Scale
from questionnaires.text import Text
from questionnaires.variables import Variable, variables
from reports.build.names import names
from reports.disclosure.groups import Group
from reports.disclosure.results import AgainstRest, AmongUnits, GroupResult, ItemResult
from reports.disclosure.values import Shown, Value
from reports.release import Release
from reports.wording.words import Words

T = TypeVar("T")
LEVELS = (30, 40, 50, 60, 70)  # points on the favourable direction at which a level begins
HIDDEN_SIGN = "–"


@dataclass(frozen=True)
class Reading:
    """One group of a release, in one language."""

    release: Release
    questionnaire: Questionnaire
    group: Group
    words: Words

    @property
    def is_whole(self) -> bool:
        """Whether the report is about everybody."""
        return self.group.id == self.release.tree.id

    @property
    def result(self) -> GroupResult:
        """The released values of the group."""
        return self.release.groups[self.group.id]

    @cached_property
    def names(self) -> dict[str, str]:
        """How every planned group is called, and every breakdown."""
        return names(self.release, self.questionnaire, self.words.language)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The items of the report by name: what is asked about oneself is left out."""
        return {
            variable.name: variable
            for variable in variables(self.questionnaire)
            if variable.name in self.release.ends or variable.question.kind == "single-choice"
        }

    @cached_property
    def current_scales(self) -> tuple[Scale, ...]:
        """The scales of how things are; a target is no strength and no weakness."""
        return tuple(one for one in self.questionnaire.scales if one.target_of is None)

    def text(self, text: Text) -> str:
        """A text of the questionnaire, the plan or the norms, in this language or its fallback."""
        return text.first(self.questionnaire.languages.in_turn(self.words.language))

    def score(self, scale: Scale, group: str | None = None) -> int | None:
        """The released score of a scale in a group, by default that of the report."""
        result = self.release.groups[group or self.group.id]
        return shown(result.scales[scale.id].score)

    def against_rest(self, scale: Scale) -> AgainstRest:
        """A scale of the group against everybody else."""
        return self.release.against_rest.get(self.group.id, {}).get(scale.id, AgainstRest())

    def among_units(self, scale: Scale) -> AmongUnits:
        """A scale over the units."""
        return self.release.among_units.get(scale.id, AmongUnits())

    def item(self, name: str) -> ItemResult:
        """The released result of an item."""
        return self.result.items[name]

    def item_text(self, variable: Variable) -> str:
        """The item in words; of a multiple choice also the category, of two states which one."""
        text = self.text(variable.question.text)
        if isinstance(variable.question, MaturityItem) and variable.question.target:
            if variable.is_target:
                return self.words.say("{question} (target)", question=text)
            return self.words.say("{question} (current)", question=text)
        if variable.category is None:
            return text
        return f"{text} {self.label(variable.question, variable.category)}"

    def label(self, question: AnyQuestion, code: int) -> str:
        """The label of a category; of a maturity item which level it is."""
        if isinstance(question, MaturityItem):
            return self.words.say("level {number}", number=question.place(code))
        response = self.questionnaire.response_scale(question)
        points = response.points if response else ()
        return next((self.text(point.label) for point in points if point.value == code), str(code))

    def word(self, score: int) -> str:
        """How high a score is, in words."""
        say = self.words.say
        return (
            say("very low"),
            say("low"),
            say("rather low"),
            say("rather high"),
            say("high"),
            say("very high"),
        )[_step(score)]


def goodness(scale: Scale, score: int) -> int | None:
    """The score in the favourable direction; None where neither end is better."""
    return {"better": score, "worse": 100 - score, "neither": None}[scale.higher_is]


def level(scale: Scale, score: int | None) -> int | None:
    """The place on the fixed colour scale, 1 (unfavourable) to 6 (favourable)."""
    good = None if score is None else goodness(scale, score)
    return None if good is None else 1 + _step(good)


def shown(value: Value[T]) -> T | None:
    """The value, or None where it is suppressed."""
    return value.value if isinstance(value, Shown) else None


def _step(score: int) -> int:
    return sum(score >= bound for bound in LEVELS)
