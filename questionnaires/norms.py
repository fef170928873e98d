"""Norms: published values of other people's answers to a version, in a file beside it.

`definitions/<id>/<version>.norms.yaml` belongs to one version and never enters its fingerprint.
Each norm is the centre of one population in one year. The median of organisations and the mean of
people are different numbers, so each norm says which of the two it is. Norms never change a score.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from questionnaires.model import Identifier, Licence, Many, Model, Reference, Slug
from questionnaires.text import Text

Centre: TypeAlias = Literal["median-of-organisations", "mean-of-people"]
Statistic: TypeAlias = Literal["mean_0_100", "percent_favourable"]
Points = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=1)]


class NormSource(Model):
    """Where values were published, and under which licence they may be used."""

    citation: str
    licence: Licence


class NormValue(Model):
    """A published value of one scale or item, from 0 to 100.

    `sd` is the spread of the persons. `among` are the values of the organisations, in any order;
    one that was not published is left out.
    """

    statistic: Statistic
    value: Points
    sd: Annotated[float, Field(ge=0, le=100)] | None = None
    among: Many[Points] = ()


class Norm(Model):
    """What one population answered in one year, by one kind of centre.

    `organisations` and `people` are how many the values are from, where that is known.
    """

    source: Slug
    population: Text
    year: Annotated[int, Field(ge=1900, le=2200)]
    centre: Centre
    organisations: Count | None = None
    people: Count | None = None
    scales: dict[Identifier, NormValue] = Field(default_factory=dict)
    items: dict[Identifier, NormValue] = Field(default_factory=dict)


class Norms(Model):
    """The norms of one version of a questionnaire."""

    format: Literal["norms/1"]
    questionnaire: Reference
    sources: dict[Slug, NormSource]
    norms: Annotated[tuple[Norm, ...], Field(strict=False, min_length=1)]

    @property
    def newest(self) -> "Norms":
        """Of each population and centre the newest year, in the order of the file."""
        kept = tuple(norm for norm in self.norms if norm.year == _last_year(norm, self.norms))
        return self.model_copy(update={"norms": kept})


def _last_year(norm: Norm, norms: Iterable[Norm]) -> int:
    alike = (norm.population, norm.centre)
    return max(one.year for one in norms if (one.population, one.centre) == alike)
