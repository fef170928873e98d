"""`pegel report`: files made from the release, every planned unit among them."""

import zipfile
from pathlib import Path

import pytest

from survey.db.engine import make_engine, writing_session
from tests.survey.cli.commands import Pegel
from tests.survey.domain.keys import KEYS
from tests.survey.domain.rows import NOW
from tests.survey.domain.test_releases import closed, release


@pytest.fixture
def slug(pegel: Pegel) -> str:
    """A released campaign in which one of two units is too small, and so both are hidden."""
    pegel.did("db", "upgrade")
    engine = make_engine(f"sqlite:///{pegel.database}")
    with writing_session(engine) as session:
        campaign = closed(session, {"bauamt": 5, "hauptamt": 18}, breakdowns=["tenure"])
        release(session, campaign, KEYS, now=NOW)
        return campaign.slug


def test_json_is_the_release(pegel: Pegel, slug: str) -> None:
    document = pegel.did("report", slug, "--format", "json").json
    assert document["threshold"] == 7
    assert document["groups"]["unit"].keys() == {"bauamt", "hauptamt"}
    one = pegel.did("report", slug, "--unit", "bauamt", "--format", "json").json
    assert (one["unit"], one["n"]) == ("bauamt", {"hidden": True})
    assert document["groups"]["tenure"].keys() == {"1", "2", "3", "4"}
    one = pegel.did("report", slug, "--unit", "tenure=2", "--format", "json").json
    assert (one["tenure"], one["name"]) == ("2", "2")


def test_html_is_written_to_a_file(pegel: Pegel, slug: str) -> None:
    said = pegel.did("report", slug, "-o", "bericht.html")
    assert said.out == ""
    content = (pegel.folder / "bericht.html").read_text(encoding="utf-8")
    assert "Gesamtbericht" in content
    assert "Am niedrigsten:" in content or "Am ungünstigsten:" in content


def test_the_language_can_be_chosen(pegel: Pegel, slug: str) -> None:
    assert "Overall report" in pegel.did("report", slug, "--language", "en").out
    said = pegel("report", slug, "--language", "fr")
    assert (said.code, "de, en" in said.err) == (1, True)


def test_every_planned_unit_has_its_file(pegel: Pegel, slug: str) -> None:
    for form in ("html", "json", "csv"):
        pegel.did("report", slug, "--all-units", "--format", form, "-o", "all.zip")
        with zipfile.ZipFile(pegel.folder / "all.zip") as archive:
            names = archive.namelist()
            hidden = [archive.read(name) for name in names[1:]]
        groups = ["haus", "bauamt", "hauptamt", *(f"tenure={code}" for code in (1, 2, 3, 4))]
        assert names == [f"{group}.{form}" for group in groups]
        swapped = [
            content.replace(b"bauamt", b"hauptamt").replace(b"Bauamt", b"Hauptamt")
            for content in hidden
        ]
        assert swapped[0] == swapped[1]


def test_equal_releases_give_equal_bytes(pegel: Pegel, slug: str) -> None:
    files = []
    for name in ("first.zip", "second.zip"):
        pegel.did("report", slug, "--all-units", "--format", "html", "-o", name)
        files.append((pegel.folder / name).read_bytes())
    assert files[0] == files[1]


def test_csv_has_one_line_per_statistic(pegel: Pegel, slug: str) -> None:
    lines = pegel.did("report", slug, "--format", "csv").out.splitlines()
    assert lines[0] == "group,name,kind,id,statistic,value"
    assert "bauamt,Bauamt,scale,trust,mean_0_100,hidden" in lines
    assert any(line.startswith("haus,Stadt Musterheim,scale,trust,mean_0_100,") for line in lines)


@pytest.mark.parametrize("form", ["pdf", "xlsx", "pptx"])
def test_formats_of_later_versions_are_refused(pegel: Pegel, slug: str, form: str) -> None:
    said = pegel("report", slug, "--format", form)
    assert said.code == 1
    assert f"does not write {form} yet" in said.err


def test_wrong_use_and_unknown_names(pegel: Pegel, slug: str) -> None:
    assert pegel("report", slug, "--unit", "bauamt", "--all-units").code == 2
    assert "no unit 'kita'" in pegel("report", slug, "--unit", "kita").err
    assert "no campaign" in pegel("report", "nowhere").err
    assert pegel("report", slug, "-o", str(Path("no") / "such" / "folder.html")).code == 1


def test_charts_of_all_units_are_pictures_in_folders_of_their_own(pegel: Pegel, slug: str) -> None:
    pegel.did("report", slug, "--all-units", "--format", "svg", "-o", "all.ZIP")
    with zipfile.ZipFile(pegel.folder / "all.ZIP") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {name.split("/")[0] for name in files} == {
        "haus", "bauamt", "hauptamt", *(f"tenure={code}" for code in (1, 2, 3, 4)),
    }  # fmt: skip
    told = files["haus/alternativtexte.txt"].decode()
    pictures = [name for name in files if name.startswith("haus/") and name.endswith(".svg")]
    assert "haus/01-dimensionen-von-0-bis-100-punkten.svg" in pictures
    assert all(name.removeprefix("haus/") in told for name in pictures)
    assert all(files[name].startswith(b"<?xml") for name in pictures)


def test_a_hidden_group_has_no_picture_and_says_so(pegel: Pegel, slug: str) -> None:
    pegel.did("report", slug, "--unit", "bauamt", "--format", "png", "-o", "bilder/bauamt")
    (file,) = (pegel.folder / "bilder" / "bauamt").iterdir()
    assert file.name == "alternativtexte.txt"
    assert file.read_text(encoding="utf-8").startswith("Es gibt keine Diagramme")


@pytest.mark.parametrize("name", ["bild.png", "bild.SVG", "bericht"])
def test_several_pictures_in_one_file_are_refused_before_drawing(
    pegel: Pegel, slug: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("survey.domain.pictures.DRAWING", "no.such.module")
    (pegel.folder / "bericht").write_text("still there")
    said = pegel("report", slug, "--format", "png", "-o", name)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"pegel: {name}: The charts are several pictures")
    assert "-o bilder/" in said.err
    assert [file.name for file in pegel.folder.iterdir() if file.name == name] in ([], ["bericht"])
    assert (pegel.folder / "bericht").read_text() == "still there"
