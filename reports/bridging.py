"""Bridge values: a scale on the items that two of its versions have in common (R11).

A bridge value is made of released, rounded values alone: the mean of what the release shows for
each common item. It is therefore computed the same way for every wave, for the old one from its
old release, and tells nothing that the shown items do not tell already. It differs a little from
the score that the people would have had on these items, where some left out some of them.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from questionnaires.directions import is_turned, is_turned_over
from questionnaires.model import Questionnaire, Scale, ScaleItem
from questionnaires.versions import Trend
from reports.disclosure.results import GroupResult, ItemResult
from reports.disclosure.values import Shown

HALF = Fraction(1, 2)


def bridge_values(
    waves: Iterable[tuple[GroupResult, Questionnaire]], trend: Trend
) -> tuple[int, ...] | None:
    """The scale of a bridge in one group, per wave; None unless every wave shows every item.

    `waves` are the group's results with the version that was asked; `trend` is a bridge of
    `questionnaires.versions.trends` between these versions.
    """
    values = [bridge_value(group, asked, trend.scale, trend.items) for group, asked in waves]
    shown = tuple(value for value in values if value is not None)
    return shown if len(shown) == len(values) else None


def bridge_value(
    group: GroupResult, questionnaire: Questionnaire, scale_id: str, items: Sequence[str]
) -> int | None:
    """The mean over `items` of their released 0-100 means, or of their percent favourable.

    In the direction of the scale, in whole points (a half is rounded up). None where one of the
    items is not shown, or is not in the scale.
    """
    scale = questionnaire.scale_by_id.get(scale_id)
    links = {link.ref: link for link in scale.items} if scale else {}
    if scale is None or not items or not links.keys() >= set(items):
        return None
    values = [_value(group.items[ref], questionnaire, scale, links[ref]) for ref in items]
    shown = [value for value in values if value is not None]
    if len(shown) < len(values):
        return None
    return int(Fraction(sum(shown), len(shown)) + HALF)


def _value(
    item: ItemResult, questionnaire: Questionnaire, scale: Scale, link: ScaleItem
) -> int | None:
    """What a released item adds to the mean, in the direction of the scale."""
    if scale.score.method == "percent_favourable":
        turned = is_turned(scale, link) != is_turned_over(questionnaire, link.ref)
        share = item.unfavourable if turned else item.favourable
        return share.value if isinstance(share, Shown) else None
    if not isinstance(item.score, Shown):
        return None
    return 100 - item.score.value if link.reverse else item.score.value
