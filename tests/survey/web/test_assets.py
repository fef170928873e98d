"""Static files: unmodified packages, small pages, nothing from elsewhere."""

import gzip
import hashlib
import re
import subprocess
import sys
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.web.assets import KERN, STATIC, assets, is_hashed, static, trim, used_classes
from tests.survey.web.factories import Town
from tests.survey.web.forms import begin

Client = TestClient[Any]
VENDOR = STATIC / "vendor"
FIRST_VISIT = 100_000


def test_vendored_files_are_what_was_published() -> None:
    listed = dict(
        line.split("  ", 1)[::-1] for line in (VENDOR / "SHA256SUMS").read_text().splitlines()
    )
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.glob("*/*")
    }
    assert found == listed
    assert all(any(name.startswith(f"{folder}/LICENSE") for name in found) for folder in folders())


def folders() -> list[str]:
    return [path.name for path in VENDOR.iterdir() if path.is_dir()]


def test_every_vendored_folder_is_described() -> None:
    readme = (VENDOR / "README.md").read_text()
    assert all(f"| {folder} |" in readme for folder in folders())


def test_the_script_of_respondents_is_at_most_4_kb() -> None:
    assert len((STATIC / "respond.js").read_bytes()) <= 4096


def test_our_own_files_name_no_other_server() -> None:
    for path in (*STATIC.glob("*.css"), *STATIC.glob("*.js"), *STATIC.glob("*.svg")):
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.[a-z]", text), path.name


def test_hashed_names_may_be_kept_for_ever_and_plain_ones_not(client: Client) -> None:
    address = static("respond.js")
    assert is_hashed(address)
    for_ever = client.get(address)
    assert "immutable" in for_ever.headers["cache-control"]
    plain = client.get("/static/respond.js")
    assert "immutable" not in plain.headers["cache-control"]
    assert plain.content == for_ever.content
    assert plain.headers["content-type"].startswith("text/javascript")


def test_stylesheets_name_fonts_that_exist() -> None:
    css = assets()["pegel.css"].content.decode()
    fonts = re.findall(r"url\(/static/([^)]+)\)", css)
    assert len(fonts) == 2
    assert all(name in assets() and is_hashed(name) for name in fonts)
    assert "url(vendor" not in css


def sent_bytes(client: Client, address: str) -> int:
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as response:
        return len(b"".join(response.iter_raw()))


def test_a_first_visit_is_at_most_100_kb_with_fonts_script_and_form(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    pages = [client.get("/b/befragung"), begin(client, asked, asked.codes[0])]
    named = {name for page in pages for name in re.findall(r'"(/static/[^"]+)"', page.text)}
    styles = [client.get(name).text for name in named if name.endswith(".css")]
    named |= {name for css in styles for name in re.findall(r"url\((/static/[^)]+)\)", css)}
    files = sum(sent_bytes(client, name) for name in named)
    pages_sent = sum(len(gzip.compress(page.content, 6)) for page in pages)
    assert files + pages_sent <= FIRST_VISIT


CSS = """
@charset "UTF-8";:root{--a:"}"}
.kern-used,.kern-unused{color:red}
.kern-unused:hover{color:red}
.kern-used:not(.kern-unused):has(.other){color:blue}
@media print{.kern-unused{a:b}.kern-used{content:"{"}}
@media screen{.kern-unused{a:b}}
.kern-alert--info{a:b}
"""


def test_rules_that_no_template_asks_for_are_left_out_and_nothing_else() -> None:
    kept = trim(CSS, frozenset({"kern-used"}))
    assert kept == (
        '@charset "UTF-8";:root{--a:"}"}.kern-used{color:red}'
        ".kern-used:not(.kern-unused):has(.other){color:blue}"
        '@media print{.kern-used{content:"{"}}'
    )


def test_a_class_that_a_template_puts_together_counts_by_its_beginning() -> None:
    assert "kern-alert--info" in trim(CSS, frozenset({"kern-alert--"}))


def test_trimming_by_all_classes_changes_no_rule_of_kern() -> None:
    whole = (VENDOR.parent / KERN).read_text()
    every = frozenset(re.findall(r"kern-[A-Za-z0-9_-]+", whole))
    squeezed = re.sub(r"\s+", "", trim(whole, every))
    assert squeezed == re.sub(r"\s+|/\*.*?\*/", "", whole)


def test_every_class_that_the_templates_use_is_served() -> None:
    served = assets()[KERN].content.decode()
    whole = (VENDOR.parent / KERN).read_text()
    for name in used_classes():
        alone = re.compile(rf"(?:^|[}},]){re.escape('.' + name)}[{{,:]")
        assert not alone.search(whole) or alone.search(served), name


def test_a_web_process_computes_nothing() -> None:
    """It neither imports numpy nor scipy nor matplotlib, which keeps it small."""
    code = (
        "import sys, survey.app; "
        "print([name for name in ('numpy', 'scipy', 'matplotlib') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["respond.css", "../app.py", ""])
def test_an_unknown_static_file_is_a_fault_at_once(name: str) -> None:
    with pytest.raises(KeyError):
        static(name)
