"""`pegel campaign rehearse`: an outlook in words for people, in numbers for programs."""

from tests.survey.cli.commands import Pegel

UNITS = {
    "id": "haus",
    "name": "Stadt Musterheim",
    "units": [
        {"id": "bauamt", "name": "Bauamt", "eligible": 60},
        {"id": "hauptamt", "name": "Hauptamt", "eligible": 21},
        {"id": "archiv", "name": "Archiv", "eligible": 6},
        {"id": "buecherei", "name": "Bücherei", "eligible": 9},
    ],
}


def test_it_says_who_will_be_seen_and_what_would_help(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan(units=UNITS))
    said = pegel.did("campaign", "rehearse", "klima")
    for expected in ("If 40% answer", "If 60% answer", "If 75% answer", "join Archiv and Bücherei"):
        assert expected in said.out
    assert "else merged into Stadt Musterheim" in said.out
    assert said.err == ""
    assert pegel.did("campaign", "rehearse", "klima").out == said.out


def test_programs_get_probabilities(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan(units=UNITS))
    found = pegel.did("campaign", "rehearse", "klima", "--rate", "0.6", "--json").json
    assert (found["slug"], found["threshold"], found["items_from"]) == ("klima", 7, 20)
    (outlook,) = found["rates"]
    assert outlook["rate"] == 0.6
    archive = next(one for one in outlook["units"] if one["unit"] == "archiv")
    assert (archive["scales"], archive["verdict"], archive["into"]) == (0.0, "no", "haus")
    assert outlook["suggestions"][0]["units"] == ["archiv", "buecherei"]


def test_breakdowns_are_left_to_the_release(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan(units=UNITS, breakdowns=["tenure"]))
    said = pegel.did("campaign", "rehearse", "klima", "--rate", "0.6")
    assert "decided at the release" in said.err


def test_what_is_no_rate_is_refused(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan(units=UNITS))
    said = pegel("campaign", "rehearse", "klima", "--rate", "60")
    assert said.code == 1
    assert "Name one as in 0.6" in said.err
