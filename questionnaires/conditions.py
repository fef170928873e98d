"""Whether something is shown, given the answers so far."""

from collections.abc import Iterator, Mapping

from questionnaires.model import Condition


def is_met(condition: Condition | None, answers: Mapping[str, int]) -> bool:
    """Whether `condition` holds; None always does.

    `answers` maps the name of every variable that may have been asked so far to its code. An item
    that is missing (a negative code) meets no leaf, so `not` of it is met. A multiple choice has no
    variable of its name: it meets `in` when one of the listed categories is chosen.
    """
    if condition is None:
        return True
    if condition.item is not None:
        return _chosen(condition, answers)
    if condition.all is not None:
        return all(is_met(part, answers) for part in condition.all)
    if condition.any is not None:
        return any(is_met(part, answers) for part in condition.any)
    return not is_met(condition.not_, answers)


def items_of(condition: Condition | None) -> Iterator[str]:
    """Every item a condition points at, each time it does."""
    if condition is None:
        return
    if condition.item is not None:
        yield condition.item
    for part in (*(condition.all or ()), *(condition.any or ()), condition.not_):
        yield from items_of(part)


def _chosen(condition: Condition, answers: Mapping[str, int]) -> bool:
    wanted, name = condition.in_ or (), condition.item or ""
    if name in answers:
        return answers[name] in wanted
    return any(answers.get(f"{name}_{code}") == 1 for code in wanted)
