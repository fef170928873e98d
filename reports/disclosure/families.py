"""Families of tests: many p values at once are adjusted for their number, then rounded once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from reports.disclosure.results import AgainstRest, Change
from reports.disclosure.values import Shown, show
from reports.statistics.comparison import holm

Tested = TypeVar("Tested", bound=AgainstRest | Change)


def adjusted(family: Mapping[str, Tested]) -> dict[str, Tested]:
    """The same with p adjusted by Holm's method over those that have one, in thousandths."""
    values = {name: one.p.value for name, one in family.items() if isinstance(one.p, Shown)}
    found = dict(zip(values, holm([*values.values()]), strict=True))
    return {
        name: replace(one, p=show(round(found[name], 3))) if name in found else one
        for name, one in family.items()
    }
