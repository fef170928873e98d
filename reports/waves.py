"""Earlier waves inside a release: what was published then, and how far it may be compared.

Every value is a copy of a published one, the mean of published ones, or a verdict on both. A group
has the id of its node in the plan, and a value is there only where the same dimension of the same
group is shown in this release, too. Reading needs no numpy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from questionnaires.text import Text
from questionnaires.versions import Reason, Trend
from reports.disclosure.documents import value_from_document, value_to_document
from reports.disclosure.results import Change, ScaleResult
from reports.disclosure.values import HIDDEN, Value

Document: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """A scale of a group in an earlier wave, and the way to the wave after it.

    `common` are its score and that of the wave after it, both on the items that a bridge has in
    common; `change` is tested where the two go on as one line.
    """

    published: ScaleResult = field(default_factory=ScaleResult)
    common: Value[tuple[int, int]] = HIDDEN
    change: Change = field(default_factory=Change)


@dataclass(frozen=True)
class Wave:
    """An earlier wave of the series, and the step to the wave after it.

    `steps` say of each scale how it goes on, `new_languages` are those that were new in the wave
    after. `groups` has every planned group of this release with every scale of its questionnaire.
    `cosigned` (by the staff council) is None in releases of the first versions, which do not say.
    """

    title: Text
    first_day: str
    last_day: str
    version: str
    fingerprint: str
    steps: Mapping[str, Trend]
    new_languages: tuple[str, ...]
    groups: Mapping[str, Mapping[str, Past]]
    cosigned: bool | None = None

    def of_group(self, group_id: str) -> "Wave":
        """The wave with one group alone."""
        return replace(self, groups={group_id: self.groups[group_id]})


def wave_to_document(wave: Wave) -> Document:
    """An earlier wave as plain JSON objects."""
    return {
        "title": dict(wave.title.items()),
        "first_day": wave.first_day,
        "last_day": wave.last_day,
        "version": wave.version,
        "fingerprint": wave.fingerprint,
        **({} if wave.cosigned is None else {"cosigned": wave.cosigned}),
        "new_languages": list(wave.new_languages),
        "steps": {name: _step_to_document(step) for name, step in wave.steps.items()},
        "groups": {
            group: {name: past_to_document(past) for name, past in scales.items()}
            for group, scales in wave.groups.items()
        },
    }


def wave_from_document(read: Document) -> Wave:
    """An earlier wave as it was written by `wave_to_document`."""
    return Wave(
        title=Text(read["title"]),
        first_day=read["first_day"],
        last_day=read["last_day"],
        version=read["version"],
        fingerprint=read["fingerprint"],
        steps={name: _step_from_document(name, step) for name, step in read["steps"].items()},
        new_languages=tuple(read["new_languages"]),
        groups={
            group: {name: _past_from_document(past) for name, past in scales.items()}
            for group, scales in read["groups"].items()
        },
        cosigned=read.get("cosigned"),
    )


def past_to_document(past: Past) -> Document:
    """A scale of an earlier wave; the marker in place of everything that is not shown."""
    return {
        "n": value_to_document(past.published.n),
        "mean_0_100": value_to_document(past.published.score),
        "sd_0_100": value_to_document(past.published.sd),
        "ci95_0_100": value_to_document(past.published.interval),
        "common_0_100": value_to_document(past.common),
        "hedges_g": value_to_document(past.change.hedges_g),
        "p_holm_scales": value_to_document(past.change.p),
    }


def _past_from_document(read: Document) -> Past:
    return Past(
        ScaleResult(
            n=value_from_document(read["n"]),
            score=value_from_document(read["mean_0_100"]),
            sd=value_from_document(read["sd_0_100"]),
            interval=value_from_document(read["ci95_0_100"]),
        ),
        value_from_document(read["common_0_100"]),
        Change(value_from_document(read["hedges_g"]), value_from_document(read["p_holm_scales"])),
    )


def _step_to_document(step: Trend) -> Document:
    return {
        "line": step.line,
        "items": list(step.items),
        "reasons": [{"code": reason.code, "about": reason.about} for reason in step.reasons],
    }


def _step_from_document(scale: str, read: Document) -> Trend:
    reasons = tuple(Reason(reason["code"], reason["about"]) for reason in read["reasons"])
    return Trend(scale, read["line"], tuple(read["items"]), reasons)
