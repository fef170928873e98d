"""Results as plain JSON objects, and back: the marker in place of every suppressed value."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from reports.disclosure.results import (
    Cell,
    GroupResult,
    ItemResult,
    Participation,
    ScaleResult,
)
from reports.disclosure.values import HIDDEN, MARKER, Shown, Suppressed, Value, show

Document: TypeAlias = dict[str, Any]

# Statistics of the contract that a release leaves out: they are another form of one that it
# holds (category points and 0-100), or say more than its rules allow.
ITEM_LEFT_OUT = ("missing", "histogram", "mean", "sd", "median", "skew")
SCALE_LEFT_OUT = ("mean", "sd", "se", "ci95", "median", "q1", "q3", "skew", "alpha_pairwise")
SCALE_OF_WHOLE_LEFT_OUT = ("n_complete", "omega", "average_r", "alpha_if_dropped", "item_rest_r")
SCALE_OF_GROUP_LEFT_OUT = ("rwg_j",)


def value_to_document(value: Value[Any]) -> Any:  # noqa: ANN401 - JSON
    """A shown value as it is, a suppressed one as the marker."""
    if isinstance(value, Suppressed):
        return dict(MARKER)
    return list(value.value) if isinstance(value.value, tuple) else value.value


def value_from_document(read: Any) -> Value[Any]:  # noqa: ANN401 - JSON
    """A value of a document that was released; lists are tuples again."""
    if read == MARKER:
        return HIDDEN
    return show(tuple(read) if isinstance(read, list) else read)


def group_to_document(group: GroupResult, *, whole: bool = False) -> Document:
    """One group; `whole` adds the statistics that the contract has for everybody together."""
    return {
        **_participation_to_document(group.participation),
        "items": {name: _item_to_document(item) for name, item in group.items.items()},
        "scales": {
            name: _scale_to_document(scale, whole=whole) for name, scale in group.scales.items()
        },
    }


def group_from_document(read: Mapping[str, Any]) -> GroupResult:
    """One group of a document that was released."""
    return GroupResult(
        _participation_from_document(read),
        {name: _item_from_document(item) for name, item in read["items"].items()},
        {name: _scale_from_document(scale) for name, scale in read["scales"].items()},
    )


def _participation_to_document(value: Value[Participation]) -> Document:
    if isinstance(value, Suppressed):
        return {"n": dict(MARKER), "eligible": dict(MARKER), "rate": dict(MARKER)}
    shown = value.value
    return {"n": shown.n, "eligible": shown.eligible, "rate": shown.rate}


def _participation_from_document(read: Mapping[str, Any]) -> Value[Participation]:
    if read["n"] == MARKER:
        return HIDDEN
    return show(Participation(read["n"], read["eligible"], read["rate"]))


def _item_to_document(item: ItemResult) -> Document:
    return {
        "n": value_to_document(item.n),
        "mean_0_100": value_to_document(item.score),
        "sd_0_100": value_to_document(item.sd),
        "ci95_0_100": value_to_document(item.interval),
        "favourable": value_to_document(item.favourable),
        "favourable_ci95": value_to_document(item.favourable_interval),
        "unfavourable": value_to_document(item.unfavourable),
        "categories": [
            {"codes": list(cell.codes), "percent": cell.percent} for cell in item.categories.value
        ]
        if isinstance(item.categories, Shown)
        else dict(MARKER),
        **_hidden(ITEM_LEFT_OUT),
    }


def _item_from_document(read: Document) -> ItemResult:
    cells = read["categories"]
    return ItemResult(
        n=value_from_document(read["n"]),
        score=value_from_document(read["mean_0_100"]),
        sd=value_from_document(read["sd_0_100"]),
        interval=value_from_document(read["ci95_0_100"]),
        favourable=value_from_document(read["favourable"]),
        unfavourable=value_from_document(read["unfavourable"]),
        categories=HIDDEN
        if cells == MARKER
        else show(tuple(Cell(tuple(cell["codes"]), cell["percent"]) for cell in cells)),
        favourable_interval=value_from_document(read["favourable_ci95"]),
    )


def _scale_to_document(scale: ScaleResult, *, whole: bool) -> Document:
    return {
        "n": value_to_document(scale.n),
        "mean_0_100": value_to_document(scale.score),
        "sd_0_100": value_to_document(scale.sd),
        "ci95_0_100": value_to_document(scale.interval),
        "bounds_0_100": value_to_document(scale.bounds),
        "quartiles_0_100": value_to_document(scale.quartiles),
        "alpha": value_to_document(scale.alpha),
        "alpha_ci95": value_to_document(scale.alpha_interval),
        **_hidden(SCALE_LEFT_OUT),
        **_hidden(SCALE_OF_WHOLE_LEFT_OUT if whole else SCALE_OF_GROUP_LEFT_OUT),
    }


def _scale_from_document(read: Document) -> ScaleResult:
    return ScaleResult(
        n=value_from_document(read["n"]),
        score=value_from_document(read["mean_0_100"]),
        sd=value_from_document(read["sd_0_100"]),
        interval=value_from_document(read["ci95_0_100"]),
        quartiles=value_from_document(read["quartiles_0_100"]),
        alpha=value_from_document(read["alpha"]),
        alpha_interval=value_from_document(read["alpha_ci95"]),
        bounds=value_from_document(read.get("bounds_0_100", MARKER)),
    )


def _hidden(names: tuple[str, ...]) -> Document:
    return {name: dict(MARKER) for name in names}
