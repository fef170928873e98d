"""Which end of an item is the favourable one, in the eyes of the scales in which it counts."""

from questionnaires.model import Questionnaire, Scale, ScaleItem


def is_turned(scale: Scale, link: ScaleItem) -> bool:
    """Whether the low codes of an item, as answered, are the favourable ones for this scale.

    So it is for a reversed item, and for one that counts towards something bad; for a reversed
    item of such a scale the two cancel out. `higher_is: neither` counts as better.
    """
    return link.reverse != (scale.higher_is == "worse")


def is_turned_over(questionnaire: Questionnaire, item: str) -> bool:
    """Whether all scales in which the item counts turn it; False where none or not all do."""
    turned = {
        is_turned(scale, link)
        for scale in questionnaire.scales
        for link in scale.items
        if link.ref == item
    }
    return turned == {True}
