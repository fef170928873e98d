"""Whether something is shown, given the answers so far."""

from collections.abc import Iterator, Mapping

from questionnaires.model import Condition


def is_met(condition: Condition | None, answers: Mapping[str, int]) -> bool:
    """Whether `condition` holds; None always does.

    `answers` maps variable names to codes. An item that is missing (absent or negative) meets
    no leaf, so `not` of it is met. A multiple choice is asked for by its variable name's item:
    it meets `in` when one of the listed categories is chosen.
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
    wanted = condition.in_ or ()
    if answers.get(condition.item or "") in wanted:
        return True
    return any(answers.get(f"{condition.item}_{code}") == 1 for code in wanted)
