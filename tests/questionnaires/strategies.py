"""Random valid definitions, as the plain data that a file holds."""

from typing import Any

from hypothesis import strategies as st

from questionnaires.yaml import AMBIGUOUS

LANGUAGES = ("de", "en", "de-simple")
MISSING = {
    "not_answered": -9,
    "no_answer": -8,
    "not_shown": -7,
    "not_in_version": -6,
    "suppressed": -5,
}

words = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="<>&"),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() != "" and text.lower() not in AMBIGUOUS)


def texts(languages: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    """A text in each of the languages, written in any order."""
    return st.permutations(languages).flatmap(
        lambda order: st.fixed_dictionaries(dict.fromkeys(order, words))
    )


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A definition of items of all kinds, with demographics, conditions and scales."""
    languages = LANGUAGES[: draw(st.integers(1, 3))]
    text = texts(languages)
    low, width = draw(st.integers(0, 3)), draw(st.integers(1, 6))
    codes = list(range(low, low + width + 1))
    ratings = [f"r{number}" for number in range(draw(st.integers(2, 5)))]
    items = [{"id": name, "response": "ordered", "text": draw(text)} for name in ratings]
    for item in items[1:]:
        if draw(st.booleans()):
            item["show_if"] = draw(conditions(codes))
    items += draw(other_items(text, codes))
    scales = [scale for item in items for scale in scales_of(item, draw(text))]
    links = [{"ref": name, "reverse": draw(st.booleans())} for name in ratings]
    method = draw(st.sampled_from(["mean", "sum", "percent_favourable"]))
    demographic = {
        "id": "tenure",
        "response": "ordered",
        "text": draw(text),
        "quasi_identifier": True,
        "coarsening": [{"id": "all", "map": {"*": "all"}, "labels": {"all": draw(text)}}],
    }
    return {
        "format": "questionnaire/1",
        "id": "invented",
        "version": "1.0.0",
        "status": draw(st.sampled_from(["draft", "active", "retired"])),
        "title": draw(text),
        "languages": {"source": languages[0], "available": list(languages)},
        "licence": {"id": "CC-BY-4.0", "holder": draw(words), "ship": draw(st.booleans())},
        "source": {"kind": "own", "citation": draw(words)},
        "missing": {name: {"code": code, "label": draw(text)} for name, code in MISSING.items()},
        "response_scales": {"ordered": draw(response_scales("ordinal", codes, text))},
        "items": items,
        "demographics": [demographic],
        "sections": [
            {"id": "one", "title": draw(text), "show": [item["id"] for item in items]},
            {"id": "two", "title": draw(text), "show": ["tenure"]},
        ],
        "scales": [
            {"id": "scale", "title": draw(text), "items": links, "score": {"method": method}},
            *scales,
        ],
    }


def scales_of(item: dict[str, Any], title: dict[str, str]) -> list[dict[str, Any]]:
    """Two scales of a maturity item that asks for its target: as it is, and as it should be."""
    if not item.get("target"):
        return []
    refs = [item["id"], f"{item['id']}_target"]
    current, target = (
        {"id": f"{ref}_scale", "title": title, "items": [{"ref": ref}]} for ref in refs
    )
    return [current, target | {"target_of": current["id"]}]


def response_scales(
    level: str, codes: list[int], text: st.SearchStrategy[dict[str, str]]
) -> st.SearchStrategy[dict[str, Any]]:
    """A response scale of the codes, from one end to the other."""
    return st.fixed_dictionaries(
        {
            "level": st.just(level),
            "points": st.tuples(
                *(st.fixed_dictionaries({"value": st.just(code), "label": text}) for code in codes)
            ).map(list),
        },
        optional={"offer_no_answer": st.booleans()},
    )


def conditions(codes: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    """Conditions on the first item, up to a few levels deep."""
    some = st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)
    leaf = st.fixed_dictionaries({"item": st.just("r0"), "in": some})

    def around(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.lists(inner, min_size=1, max_size=3)
        return st.one_of(
            st.fixed_dictionaries({"all": several}),
            st.fixed_dictionaries({"any": several}),
            st.fixed_dictionaries({"not": inner}),
        )

    return st.recursive(leaf, around, max_leaves=4)


@st.composite
def other_items(
    draw: st.DrawFn, text: st.SearchStrategy[dict[str, str]], codes: list[int]
) -> list[dict[str, Any]]:
    """An explanation, a number, a multiple choice and a maturity item, or some of them."""
    several: list[dict[str, Any]] = [
        {"id": "note", "kind": "explanation", "text": draw(text)},
        {
            "id": "count",
            "kind": "number",
            "min": 0,
            "max": draw(st.integers(0, 99)),
            "text": draw(text),
        },
        {
            "id": "some",
            "kind": "multiple-choice",
            "response": "ordered",
            "exclusive": [codes[0]],
            "text": draw(text),
        },
        {
            "id": "stage",
            "kind": "maturity",
            "target": draw(st.booleans()),
            "offer_no_answer": draw(st.booleans()),
            "levels": [{"value": code, "text": draw(text)} for code in codes],
            "text": draw(text),
        },
    ]
    return [item for item in several if draw(st.booleans())]
