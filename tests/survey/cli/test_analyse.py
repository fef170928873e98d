"""`pegel analyse`: results on standard output, notes on standard error, sentences for faults."""

import json
from pathlib import Path
from typing import Any

import pytest

from survey.cli import run
from tests.reference.expectations import FOLDER

BFI = [str(FOLDER / "bfi" / "definition.yaml"), str(FOLDER / "bfi" / "bfi.csv")]
ITEMS = ["a1", "b1", "c1", "d1"]


@pytest.fixture
def definition(tmp_path: Path) -> str:
    """Scales with different ends, codes from 0, an item in two scales, unordered points."""
    en = {"en": "words"}

    def points(*codes: int) -> dict[str, object]:
        labels = [{"value": code, "label": {"en": f"point {code}"}} for code in codes]
        return {"level": "ordinal", "offer_no_answer": True, "points": labels}

    missing = ["not_answered", "no_answer", "not_shown", "not_in_version", "suppressed"]
    content = {
        "format": "questionnaire/1",
        "id": "mixed",
        "version": "1.0.0",
        "status": "active",
        "title": en,
        "languages": {"source": "en", "available": ["en"]},
        "licence": {"id": "CC0-1.0", "holder": "nobody", "ship": False},
        "source": {"kind": "own", "citation": "a test"},
        "missing": {kind: {"code": code, "label": en} for code, kind in enumerate(missing, -9)},
        "response_scales": {"seven": points(7, 6, 5, 4, 3, 2, 1), "zero": points(0, 1, 2)},
        "items": [
            {"id": "a1", "response": "seven", "text": {"en": "A"}},
            {"id": "b1", "response": "seven", "text": {"en": "B"}},
            {"id": "c1", "response": "zero", "text": {"en": "C"}},
            {"id": "d1", "response": "zero", "text": {"en": "D"}},
        ],
        "sections": [{"id": "all", "title": en, "show": ITEMS}],
        "scales": [
            {"id": "up", "title": en, "items": [{"ref": "a1"}, {"ref": "b1", "reverse": True}]},
            {
                "id": "down",
                "title": en,
                "higher_is": "worse",
                "items": [{"ref": "c1"}, {"ref": "d1", "reverse": True}],
            },
            {"id": "again", "title": en, "higher_is": "worse", "items": [{"ref": "a1"}]},
        ],
    }
    path = tmp_path / "definition.json"
    path.write_text(json.dumps(content))
    return str(path)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def analyse(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["analyse", *arguments]) == 0
    tree: dict[str, Any] = json.loads(capsys.readouterr().out)
    return tree


def test_the_tree_has_the_keys_of_the_contract(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path
) -> None:
    csv.write_text("A1;B1;C1;D1;team\n7;1;0;2;x\n6;2;;1;y\n1;;2;0;x\n")
    tree = analyse(capsys, definition, str(csv), "--unprotected", "--by", "team")
    assert tree["n"] == 3
    assert set(tree["questionnaire"]) == {"id", "version", "fingerprint"}
    assert set(tree["items"]["a1"]) >= {
        *("n", "missing", "histogram", "mean", "sd", "median", "skew"),
        *("favourable", "unfavourable", "favourable_ci95"),
    }
    assert set(tree["scales"]["up"]) >= {
        *("n", "mean", "sd", "se", "ci95", "mean_0_100", "median", "q1", "q3", "skew", "alpha"),
        *("alpha_ci95", "alpha_pairwise", "n_complete", "average_r", "alpha_if_dropped"),
        "item_rest_r",
    }
    team = tree["groups"]["team"]["x"]
    assert set(team) >= {"n", "items", "scales"}
    assert set(team["items"]["a1"]) >= {"n", "mean", "sd", "favourable"}
    assert set(team["scales"]["up"]) >= {"n", "mean", "sd", "ci95", "alpha", "rwg_j"}
    assert tree["correlations"]["up"]["down"] == tree["correlations"]["down"]["up"]


def test_items_are_as_answered_and_only_favourable_looks_in_the_direction(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path
) -> None:
    csv.write_text("a1,b1,c1,d1\n7,1,0,2\n6,2,,1\n1,,2,0\n1,7,2,\n")
    items = analyse(capsys, definition, str(csv), "--unprotected")["items"]
    assert items["b1"]["histogram"] == {"1": 1, "2": 1, "3": 0, "4": 0, "5": 0, "6": 0, "7": 1}
    assert (items["b1"]["n"], items["b1"]["missing"]) == (3, 1)
    assert items["b1"]["mean"] == pytest.approx(10 / 3)
    assert items["b1"]["favourable"] == pytest.approx(200 / 3)  # reversed: 1 and 2 are good
    assert items["c1"]["favourable"] == pytest.approx(100 / 3)  # higher is worse: 0 is good
    assert items["d1"]["favourable"] == pytest.approx(100 / 3)  # turned twice: 2 is good
    assert items["a1"]["favourable"] == 50.0  # its two scales disagree: as answered


def test_scales_are_reversed_with_their_declared_ends(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path
) -> None:
    csv.write_text("a1,b1,c1,d1\n7,2,1,1\n6,2,0,1\n6,,,\n")
    scales = analyse(capsys, definition, str(csv), "--unprotected")["scales"]
    assert scales["up"]["mean"] == pytest.approx((6.5 + 6 + 6) / 3)  # 8 - 2 = 6
    assert scales["up"]["mean_0_100"] == pytest.approx(100 * ((6.5 + 6 + 6) / 3 - 1) / 6)
    assert scales["down"]["mean_0_100"] == pytest.approx(100 * 0.75 / 2)  # 2 - 1 = 1
    assert (scales["down"]["n"], scales["down"]["n_complete"]) == (2, 2)
    assert scales["again"]["alpha"] is scales["up"]["alpha_if_dropped"] is None


def test_groups_are_in_order_and_rows_without_a_value_are_in_none(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path
) -> None:
    rows = [("10", "b"), ("9", "B"), ("", "ä"), ("2", "10"), ("2", "9")]
    lines = [f"1,1,1,1,{number},{letter}\n" for number, letter in rows]
    csv.write_text("a1,b1,c1,d1,num,let\n" + "".join(lines))
    tree = analyse(capsys, definition, str(csv), "--unprotected", "--unit", "num", "--by", "let")
    assert [*tree["groups"]["num"]] == ["2", "9", "10"]
    assert [*tree["groups"]["let"]] == ["10", "9", "B", "b", "ä"]
    assert tree["groups"]["num"]["2"]["n"] == 2
    assert (tree["n"], sum(group["n"] for group in tree["groups"]["num"].values())) == (5, 4)


def test_absent_values_are_null_and_never_nan(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path
) -> None:
    csv.write_text("a1,b1,c1,d1,team\n,,,,x\n1,,,,y\n")
    assert run(["analyse", definition, str(csv), "--unprotected", "--unit", "team"]) == 0
    text = capsys.readouterr().out
    assert "NaN" not in text
    tree = json.loads(text)
    assert tree["items"]["b1"]["mean"] is tree["items"]["b1"]["favourable_ci95"] is None
    assert tree["groups"]["team"]["x"]["scales"]["up"]["rwg_j"] is None
    assert tree["scales"]["up"]["sd"] is tree["scales"]["down"]["mean"] is None


def test_notes_go_to_standard_error_and_the_result_to_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output = tmp_path / "result.json"
    assert run(["analyse", *BFI, "--unprotected", "-o", str(output)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Columns that are left alone: gender, education, age, ageband.\n"
    assert json.loads(output.read_text())["n"] == 2800


def test_a_result_is_protected_unless_asked_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tree = analyse(capsys, *BFI, "--by", "education", "--threshold", "230")
    assert tree["threshold"] == 230
    assert {*tree["groups"]} == {"education"}
    hidden = {"hidden": True}
    small = tree["groups"]["education"]["1"]["scales"]  # 224 people
    assert all(scale["mean_0_100"] == hidden for scale in small.values())
    shown = tree["scales"]["agree"]["mean_0_100"]
    assert isinstance(shown, int)


def test_several_breakdowns_stand_beside_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    tree = analyse(capsys, *BFI, "--unit", "ageband", "--by", "gender", "--by", "education")
    assert [*tree["groups"]] == ["ageband", "gender", "education"]
    assert [*tree["comparisons"]] == ["ageband", "gender", "education"]
    assert [*tree["groups"]["education"]] == ["1", "2", "3", "4", "5"]
    for groups in tree["groups"].values():
        assert all(isinstance(one["scales"]["agree"]["mean_0_100"], int) for one in groups.values())


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_is_one_file_about_the_whole(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str
) -> None:
    output = tmp_path / "report.html"
    options = ["--by", "gender", "--format", "html", "--language", language]
    assert run(["analyse", *BFI, *options, "-o", str(output)]) == 0
    assert capsys.readouterr().out == ""
    page = output.read_text(encoding="utf-8")
    assert f'<html lang="{language}"' in page
    assert "neuroticism" in page


NORMS = """\
format: norms/1
questionnaire: mixed@1.0.0
sources:
  town: {citation: Musterheim, licence: {id: CC0-1.0, holder: nobody, ship: true}}
norms:
  - source: town
    population: {en: Invented towns}
    year: 2025
    centre: median-of-organisations
    scales: {up: {statistic: mean_0_100, value: 40, among: [10, 20, 50, 50, 80]}}
    items: {a1: {statistic: percent_favourable, value: 60}, c1: {statistic: mean_0_100, value: 10}}
"""


def test_results_stand_beside_norms(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path
) -> None:
    csv.write_text("a1,b1,c1,d1\n7,1,0,2\n1,7,2,0\n", encoding="utf-8")
    file = csv.with_name("own.yaml")
    file.write_text(NORMS)
    tree = analyse(capsys, definition, str(csv), "--norms", str(file), "--unprotected")["norms"]
    (up,) = tree["scales"]["up"]
    assert up == {
        "population": {"en": "Invented towns"},
        "year": 2025,
        "centre": "median-of-organisations",
        "organisations": None,
        "people": None,
        "statistic": "mean_0_100",
        "value": 40,
        "sd": None,
        "difference": 10,
        "percentile": 60,
        "quarter": 3,
    }
    ((a1,), (c1,)) = (tree["items"][name] for name in ("a1", "c1"))
    assert (a1["difference"], c1["difference"]) == (-10, 40)
    hidden = analyse(capsys, definition, str(csv), "--norms", str(file))["norms"]
    assert hidden["scales"]["up"][0]["difference"] == {"hidden": True}


def test_norms_of_another_questionnaire_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(NORMS)
    assert run(["analyse", *BFI, "--norms", str(file)]) == 1
    assert "These are norms for mixed@1.0.0" in capsys.readouterr().err


def test_every_planned_unit_is_listed_and_needs_its_head_count(
    capsys: pytest.CaptureFixture[str], definition: str, csv: Path, tmp_path: Path
) -> None:
    csv.write_text("a1,b1,c1,d1,team\n" + "7,1,0,2,x\n1,2,2,1,x\n" * 15)
    eligible = tmp_path / "eligible.csv"
    eligible.write_text("Unit;Eligible\nx;40\nempty;12\n")
    options = ["--unit", "team", "--eligible", str(eligible)]
    tree = analyse(capsys, definition, str(csv), *options)
    assert [*tree["groups"]["team"]] == ["empty", "x"]
    tree = analyse(capsys, definition, str(csv), *options, "--unprotected")
    unit, whole = tree["groups"]["team"]["x"], tree["scales"]
    assert unit["eligible"] == 40
    name, scale = next(iter(unit["scales"].items()))
    assert scale["ci95"][0] < scale["ci95_finite"][0] < scale["mean"]
    assert scale["bounds_0_100"][0] < whole[name]["mean_0_100"] < scale["bounds_0_100"][1]
    assert whole[name]["weighted"]["mean"] == pytest.approx(whole[name]["mean"])  # one unit
    assert whole[name]["weighted"]["covered"] == pytest.approx(100 * 40 / 52)
    eligible.write_text("unit,eligible\nempty,12\n")
    for protected in ([], ["--unprotected"]):
        assert run(["analyse", definition, str(csv), *options, *protected]) == 1
        assert "no head count: x." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("unit\nx\n", "row 1: The columns unit and eligible are needed."),
        ("unit,eligible\nx,many\n", "row 2: 'many' is not a head count."),
        ("unit,eligible\nx,-1\n", "row 2: '-1' is not a head count."),
        ("unit,eligible\nx,1\n\nx,2\n", "row 4: The unit x stands here for the second time."),
        ("unit,eligible\n,1\n", "row 2: The unit is empty."),
        ("unit,eligible\nx\n", "row 2: A field is missing in this row."),
        ("unit,eligible\n", "eligible.csv: There is no unit in the file."),
    ],
)
def test_bad_head_counts_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "eligible.csv"
    path.write_text(content)
    assert run(["analyse", *BFI, "--unit", "gender", "--eligible", str(path)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--unit", "team"], 1, "There is no column team."),
        (["--unit", ""], 2, "--unit and --by need the name of a column."),
        (["--threshold", "4"], 2, "Must be >= 5"),
        (["--format", "pdf"], 1, "does not write pdf yet"),
        (["--format", "csv"], 2, "csv"),
        (["--unprotected", "--format", "html"], 2, "gives JSON only"),
        (["--eligible", "x.csv"], 2, "--eligible needs --unit"),
        (["--format", "html", "--language", "fr"], 2, "is not in 'fr': en, de"),
        (["--colour"], 2, "--colour"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], options: list[str], code: int, said: str
) -> None:
    assert run(["analyse", *BFI, *options]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_absent_files_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    absent = str(tmp_path / "absent")
    for files in ([BFI[0], absent], [absent, BFI[1]], [BFI[0], str(tmp_path)]):
        assert run(["analyse", *files]) == 1
        assert str(tmp_path) in capsys.readouterr().err


def test_charts_are_pictures_in_the_folder_that_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, definition: str, csv: Path
) -> None:
    rows = (f"{1 + n % 7};{1 + n % 5};{n % 3};{n % 2}" for n in range(60))
    csv.write_text("\n".join(["A1;B1;C1;D1", *rows]) + "\n")
    output = tmp_path / "charts"
    assert run(["analyse", definition, str(csv), "--format", "svg", "-o", str(output)]) == 0
    assert capsys.readouterr().out == ""
    names = sorted(file.name for file in output.iterdir())
    assert names[0] == "01-dimensions-from-0-to-100-points.svg"
    assert names[-1] == "alternative-texts.txt"


def test_one_file_for_all_charts_is_refused_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    absent, output = str(tmp_path / "absent"), str(tmp_path / "chart.png")
    assert run(["analyse", absent, absent, "--format", "png", "-o", output]) == 1
    assert "Name a folder" in capsys.readouterr().err
