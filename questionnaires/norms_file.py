"""Norms from files: strict, with everything that is wrong at once, like definitions."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from questionnaires.checks.issue import Issue, did_you_mean, error, warning
from questionnaires.checks.levels import unknown_scale
from questionnaires.checks.texts import check_texts
from questionnaires.errors import Finding
from questionnaires.loader import read_bytes, read_checked, sound
from questionnaires.model import Questionnaire, RatingItem
from questionnaires.norms import Norm, Norms, NormValue, Statistic
from questionnaires.positions import Path as Place

SUFFIX = ".norms.yaml"
TOLERANCE = 0.5  # points by which a published median may differ from that of the values given


def load(path: Path, questionnaire: Questionnaire) -> Norms:
    """The norms in a file, for this version of a questionnaire.

    Raises:
        DefinitionError: every error in it, with line and column. Warnings raise nothing.
        OSError: the file cannot be read.
    """
    return sound(read(read_bytes(path), str(path), questionnaire))


def read(
    content: bytes, name: str, questionnaire: Questionnaire
) -> tuple[Norms | None, tuple[Finding, ...]]:
    """The norms in `content`, YAML or JSON, and all findings, errors and warnings.

    The norms are None when the file does not have the shape of such; `name` names it in findings.
    """
    return read_checked(Norms, content, name, lambda norms: _check(norms, questionnaire))


def _check(norms: Norms, questionnaire: Questionnaire) -> Iterator[Issue]:
    own = f"{questionnaire.id}@{questionnaire.version}"
    if norms.questionnaire != own:
        said = f"These are norms for {norms.questionnaire}, and the questionnaire is {own}."
        yield error("norms-elsewhere", ("questionnaire",), said, "Use the norms of its version.")
        return
    languages = questionnaire.languages
    needed = tuple(one for one in languages.available if one not in languages.fallback)
    yield from check_texts(norms, languages.available, needed=needed)
    seen: set[object] = set()
    for index, norm in enumerate(norms.norms):
        path = ("norms", index)
        if norm.source not in norms.sources:
            said = f"There is no source '{norm.source}'."
            remedy = did_you_mean(norm.source, norms.sources)
            yield error("unknown-source", (*path, "source"), said, remedy)
        alike = (tuple(norm.population.items()), norm.year, norm.centre)
        if alike in seen:
            said = f"There is a norm of this population for {norm.year} and this centre already."
            yield error("norm-twice", path, said, "Keep one of the two.")
        seen.add(alike)
        yield from _scales(norm, questionnaire, path)
        yield from _items(norm, questionnaire, path)


def _scales(norm: Norm, questionnaire: Questionnaire, path: Place) -> Iterator[Issue]:
    for name, value in norm.scales.items():
        at = (*path, "scales", name)
        scale = questionnaire.scale_by_id.get(name)
        if scale is None:
            yield unknown_scale(questionnaire, at, name)
            continue
        share = scale.score.method == "percent_favourable"
        scored: Statistic = "percent_favourable" if share else "mean_0_100"
        if value.statistic != scored:
            said = f"The scale '{name}' is scored as {scored}, and its norm is {value.statistic}."
            remedy = "Numbers of two kinds are never compared; give a norm of the same kind."
            yield error("norm-statistic", (*at, "statistic"), said, remedy)
        yield from _centre(norm, value, at)


def _items(norm: Norm, questionnaire: Questionnaire, path: Place) -> Iterator[Issue]:
    rated = {item.id for item in questionnaire.items if isinstance(item, RatingItem)}
    for name, value in norm.items.items():
        at = (*path, "items", name)
        if name not in rated:
            said = f"There is no rating item '{name}'."
            yield error("unknown-item", at, said, did_you_mean(name, rated))
        yield from _centre(norm, value, at)


def _centre(norm: Norm, value: NormValue, at: Place) -> Iterator[Issue]:
    if norm.centre != "median-of-organisations" or not value.among:
        return
    given = median(value.among)
    if abs(given - value.value) > TOLERANCE:
        said = f"The median of these organisations is {given:.3f}, and {value.value} is given."
        yield warning("norm-median", (*at, "value"), said, "See whether both are of one year.")
