"""What is wrong with a plan beyond the form of its single fields, and what is unwise about it."""

from collections import Counter
from collections.abc import Iterator

from questionnaires.errors import DefinitionError, Finding
from questionnaires.registry import get as get_questionnaire
from survey.domain.plans import UNIT_COLUMN, Plan, Unit

Place = tuple[object, ...]
Fault = tuple[Place, str, str, str]  # where, code, what is wrong, what to do


def faults(plan: Plan) -> Iterator[Fault]:
    """Everything for which a plan is refused."""
    yield from _title_faults(plan)
    yield from _unit_faults(plan)
    yield from _access_faults(plan)
    yield from _weighting_faults(plan)
    yield from _period_faults(plan)
    yield from _questionnaire_faults(plan)


def warnings(plan: Plan) -> tuple[Finding, ...]:
    """Units too small for results of their own, with what will happen to them."""
    if plan.units is None or plan.access != "slips":
        return ()
    return tuple(
        Finding(
            "warning",
            "small-unit",
            f"'{unit.name}' has {unit.eligible} people, fewer than the threshold of "
            f"{plan.threshold}: it will be merged into '{parent.name}'.",
            "Join it with a neighbour in the plan if both should see results.",
            path=unit.id,
        )
        for parent in plan.units.walk()
        for unit in parent.units
        if not unit.units and (unit.eligible or 0) < plan.threshold
    )


def _title_faults(plan: Plan) -> Iterator[Fault]:
    texts = [text.strip() for _, text in plan.title.items()]
    if not texts or not all(texts):
        yield (
            ("title",),
            "title-missing",
            "The campaign has no title, or an empty one.",
            "Write one, as in title: {de: Befragung 2026}.",
        )


def _unit_faults(plan: Plan) -> Iterator[Fault]:
    if plan.units is None:
        return
    counts = Counter(unit.id for unit in plan.units.walk())
    for place, unit in _places(plan.units, ("units",)):
        if counts[unit.id] > 1:
            yield (
                (*place, "id"),
                "unit-id-twice",
                f"The unit id '{unit.id}' is used {counts[unit.id]} times.",
                "Give each unit an id of its own.",
            )
        if unit.units and unit.eligible is not None:
            yield (
                (*place, "eligible"),
                "head-count-above",
                f"'{unit.name}' has units below it, so its head count is their sum.",
                "Remove 'eligible' here.",
            )
        if not unit.units and unit.eligible is None and plan.access == "slips":
            yield (
                place,
                "head-count-missing",
                f"'{unit.name}' has no head count.",
                "Add 'eligible: ...', the number of people who get a slip.",
            )


def _weighting_faults(plan: Plan) -> Iterator[Fault]:
    if plan.weighting and not (plan.units and plan.units.units):
        yield (
            ("weighting",),
            "weighting-without-units",
            "There are no units whose head counts could weight the whole.",
            "Remove 'weighting', or plan units with access: slips.",
        )


def _access_faults(plan: Plan) -> Iterator[Fault]:
    if plan.access == "slips":
        if plan.units is None:
            yield (
                ("access",),
                "units-missing",
                "Slips are counted per unit, and the plan has no units.",
                "Add 'units' with head counts, or use access: open.",
            )
        return
    if plan.units and plan.units.units:
        yield (
            ("units", "units"),
            "units-without-slips",
            f"With access: {plan.access} there are results for the whole only; no unit is asked.",
            "Keep the whole with its head count, or use access: slips.",
        )
    if plan.breakdowns:
        yield (
            ("breakdowns",),
            "breakdowns-without-slips",
            f"With access: {plan.access} there are results for the whole only.",
            "Remove 'breakdowns', or use access: slips.",
        )


def _period_faults(plan: Plan) -> Iterator[Fault]:
    if plan.period.to < plan.period.from_:
        yield (
            ("period", "to"),
            "period-backwards",
            f"The period ends on {plan.period.to} before it begins on {plan.period.from_}.",
            "Exchange or correct the dates.",
        )


def _questionnaire_faults(plan: Plan) -> Iterator[Fault]:
    try:
        questionnaire = get_questionnaire(plan.questionnaire_id, plan.questionnaire_version)
    except DefinitionError as error:
        first = error.findings[0]
        yield ("questionnaire",), "unknown-questionnaire", first.message, first.remedy
        return
    available = questionnaire.languages.available
    for position, language in enumerate(plan.languages):
        if language not in available:
            yield (
                ("languages", position),
                "unknown-language",
                f"{plan.questionnaire} has no texts in '{language}'.",
                f"It has {', '.join(available)}.",
            )
    demographics = [demographic.id for demographic in questionnaire.demographics]
    for position, breakdown in enumerate(plan.breakdowns):
        if breakdown not in demographics:
            yield (
                ("breakdowns", position),
                "unknown-breakdown",
                f"{plan.questionnaire} has no demographic item '{breakdown}'.",
                f"It has {', '.join(demographics) or 'none'}.",
            )
        elif breakdown in plan.breakdowns[:position]:
            yield (
                ("breakdowns", position),
                "breakdown-twice",
                f"The breakdown '{breakdown}' is planned twice.",
                "Remove one of them.",
            )
        elif breakdown == UNIT_COLUMN:
            yield (
                ("breakdowns", position),
                "breakdown-unit",
                f"A breakdown cannot be called '{UNIT_COLUMN}': results have the units there.",
                "Give the demographic item another id in a new version of the questionnaire.",
            )


def _places(unit: Unit, place: Place) -> Iterator[tuple[Place, Unit]]:
    yield place, unit
    for position, below in enumerate(unit.units):
        yield from _places(below, (*place, "units", position))
