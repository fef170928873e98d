"""Files of pictures: equal bytes for equal charts, and what is drawn said in their metadata."""

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from PIL import Image
from pydantic import TypeAdapter

from reports.charts import Chart, PictureFormat
from reports.figures import drawing
from reports.figures.drawing import picture
from reports.figures.files import pictures
from reports.packing import pack
from tests.reports.figures.factories import EVERY

SVG = "{http://www.w3.org/2000/svg}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CHART = EVERY["drivers"]


def test_a_process_of_its_own_draws_the_same_bytes(tmp_path: Path) -> None:
    """In another folder, with other hashes, and settings of somebody else for Matplotlib."""
    some = [EVERY[name] for name in ("profile", "heatmap-few", "trend", "drivers")]
    (tmp_path / "matplotlibrc").write_text("text.color: red\nsvg.fonttype: none\nfont.size: 40\n")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "reports.figures", "svg", "de"],
        input=json.dumps({"": [asdict(chart) for chart in some]}).encode(),
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    )
    assert done.stdout == pack(pictures(some, PictureFormat.SVG, "de"))


@pytest.mark.parametrize("form", list(PictureFormat))
def test_what_was_drawn_before_changes_nothing(form: PictureFormat) -> None:
    first = picture(CHART, form)
    picture(EVERY["profile"], PictureFormat.SVG)
    assert picture(CHART, form) == first


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_goes_to_another_process_and_stays_the_same(name: str) -> None:
    told = json.dumps(asdict(EVERY[name]))
    assert TypeAdapter(Chart).validate_json(told) == EVERY[name]


def test_a_png_says_what_it_shows_and_nothing_about_its_making() -> None:
    chart = EVERY["trend"]
    image = Image.open(io.BytesIO(picture(chart, PictureFormat.PNG)))
    image.load()
    said = {str(name): str(text) for name, text in image.info.items() if name != "dpi"}
    assert said == {
        "Title": chart.title,
        "Description": f"{chart.context}. {chart.alt}",
        "Language": "de",
    }
    assert round(image.info["dpi"][0]) == 300
    assert image.width == 2007
    corners = [image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)]
    assert corners == [(255, 255, 255, 255)] * 4


def test_an_svg_says_what_it_shows_to_a_screen_reader() -> None:
    hostile = replace(CHART, title="A < B & \x0b$x$", alt='Sagt "ja" & <nein>\n\u202e.')
    content = picture(hostile, PictureFormat.SVG)
    root = ET.fromstring(content)  # noqa: S314 - our own
    assert root.attrib["role"] == "img"
    assert root.attrib[XML_LANG] == "de"
    named = {one.attrib["id"]: one.text for one in root if one.tag in (f"{SVG}title", f"{SVG}desc")}
    assert root.attrib["aria-labelledby"].split() == list(named)
    assert list(named.values()) == ["A < B & $x$", f'{CHART.context}. Sagt "ja" & <nein> .']
    assert b"<text" not in content  # letters are shapes: they need no font where they are shown
    assert b"dc:date" not in content
    assert b"matplotlib" not in content.lower()


def test_a_very_tall_chart_becomes_coarser_and_not_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "TALLEST", 200)
    image = Image.open(io.BytesIO(picture(EVERY["heatmap-few"], PictureFormat.PNG)))
    assert image.height == pytest.approx(200, abs=1)


def test_alternative_texts_lie_beside_the_pictures() -> None:
    packed = zipfile.ZipFile(io.BytesIO(pack(pictures([CHART], PictureFormat.SVG, "de"))))
    assert packed.namelist() == ["01-drivers.svg", "alternativtexte.txt"]
    told = packed.read("alternativtexte.txt").decode()
    assert f"01-drivers.svg\n{CHART.title}\n{CHART.alt}\n" in told
    assert CHART.context in told


def test_without_charts_there_is_a_sentence() -> None:
    packed = zipfile.ZipFile(io.BytesIO(pack(pictures([], PictureFormat.PNG, "en"))))
    assert packed.namelist() == ["alternative-texts.txt"]
    assert b"nothing of this group is shown" in packed.read("alternative-texts.txt")
