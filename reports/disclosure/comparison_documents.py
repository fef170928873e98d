"""Comparisons as plain JSON objects, and back; the tree is that of `analyse --unprotected`."""

from collections.abc import Mapping

from reports.disclosure.documents import Document, value_from_document, value_to_document
from reports.disclosure.results import AgainstRest, AmongUnits, Weighted
from reports.disclosure.values import MARKER

# Left out: they need every group's exact scores, or are another form of what is there. `p_holm` of
# the contract is adjusted over groups; a report tells one group's scales, so that is another p.
LEFT_OUT = (
    "two_groups",
    "welch_anova",
    "kruskal",
    "eta_squared",
    "games_howell",
    "icc1",
    "icc2",
)
OF_REST_LEFT_OUT = ("difference", "t", "df", "p", "p_holm", "p_bh")


def comparison_to_document(
    against_rest: Mapping[str, AgainstRest], among: AmongUnits, names: Mapping[str, str]
) -> Document:
    """One scale of one column; `names` has the id of each group by its name in the document."""
    return {
        **{key: dict(MARKER) for key in LEFT_OUT},
        "against_rest": {
            name: _rest_to_document(against_rest.get(group, AgainstRest()))
            for name, group in names.items()
        },
        "percentile": {
            name: value_to_document(among.percentiles[group])
            if group in among.percentiles
            else dict(MARKER)
            for name, group in names.items()
        },
        "units": {
            "n": value_to_document(among.n),
            "quartiles_0_100": value_to_document(among.quartiles),
        },
    }


def against_rest_from_document(read: Document) -> AgainstRest:
    """One group against everybody else."""
    rest = read["rest"]
    return AgainstRest(
        n=value_from_document(rest["n"]),
        score=value_from_document(rest["mean_0_100"]),
        sd=value_from_document(rest["sd_0_100"]),
        difference=value_from_document(read["difference_0_100"]),
        interval=value_from_document(read["ci95_0_100"]),
        hedges_g=value_from_document(read["hedges_g"]),
        p=value_from_document(read["p_holm_scales"]),
    )


def among_units_from_document(read: Document) -> AmongUnits:
    """One scale over the units, which have the same name and id."""
    return AmongUnits(
        value_from_document(read["units"]["n"]),
        value_from_document(read["units"]["quartiles_0_100"]),
        {name: value_from_document(place) for name, place in read["percentile"].items()},
    )


def weighted_to_document(found: Mapping[str, Weighted]) -> Document:
    """The whole weighted to head counts, by scale; nothing where the plan does not say so."""
    return {
        name: {
            "mean_0_100": value_to_document(one.score),
            "ci95_0_100": value_to_document(one.interval),
        }
        for name, one in found.items()
    }


def weighted_from_document(read: Document) -> dict[str, Weighted]:
    """The same from a document; empty where a release has none."""
    return {
        name: Weighted(
            value_from_document(one["mean_0_100"]), value_from_document(one["ci95_0_100"])
        )
        for name, one in read.items()
    }


def _rest_to_document(found: AgainstRest) -> Document:
    return {
        **{key: dict(MARKER) for key in OF_REST_LEFT_OUT},
        "rest": {
            "n": value_to_document(found.n),
            "mean_0_100": value_to_document(found.score),
            "sd_0_100": value_to_document(found.sd),
        },
        "difference_0_100": value_to_document(found.difference),
        "ci95_0_100": value_to_document(found.interval),
        "hedges_g": value_to_document(found.hedges_g),
        "p_holm_scales": value_to_document(found.p),
    }
