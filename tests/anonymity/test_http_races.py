"""Attacks 3 and 6 at the door: many at once, with one code or from one address, over real HTTP."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.anonymity.house import House, house
from tests.anonymity.test_proxies import stored
from tests.anonymity.wire import Line
from tests.proxies import RESPONDENTS, nginx, trusting
from tests.survey.web.factories import every_kind
from tests.survey.web.forms import ANSWERS

POSTS = 50
A_MEETING = 500 * 8  # requests of 500 people behind one address
# Stands where Pegel would: it answers whatever comes, so whoever is refused was refused before.
ANSWERS_ALL = """
pid /run/nginx.pid;
events { }
http { access_log off; server { listen 443; location / { return 200; } } }
"""
NEVER_SPENT = "from survey.domain import submitting; submitting._take = lambda *_: None"


class Browser(HTTPConnection):
    """Keeps its connection open from one request to the next, as browsers do."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.host)
        self._line = line

    def connect(self) -> None:
        self.sock = self._line.connect()


def writings(code: str) -> list[str]:
    """One code as people type it."""
    plain = code.replace("-", "")
    confused = code.translate(str.maketrans("01", "OI"))
    return [
        code,
        code.lower(),
        plain,
        plain.lower(),
        code.replace("-", " "),
        f"  {code.replace('-', ' - ')} ",
        code.replace("-", "\N{EN DASH}"),
        code.replace("-", "\N{NO-BREAK SPACE}"),
        confused,
        confused.lower(),
        confused.replace("I", "l"),
        "\t".join(plain),
    ]


def outcomes(home: House) -> Counter[int]:
    """Fifty browsers send a form each, all with the code of one slip, however they write it."""
    code = max(home.asked.codes, key=lambda one: one.count("0") + one.count("1"))
    ways = writings(code)
    line = Line(home.port, "127.0.0.1")

    def send(number: int) -> int:
        form = ANSWERS | {
            "_fingerprint": every_kind().fingerprint,
            "_language": "de",
            "_code": ways[number % len(ways)],
            "_submission": f"browser-number-{number:04}-of-fifty",
        }
        return line.ask("POST", "/b/befragung/submit", form).status

    with ThreadPoolExecutor(POSTS) as browsers:
        return Counter(browsers.map(send, range(POSTS)))


@pytest.mark.usefixtures("either_database")
def test_fifty_parallel_posts_with_one_code_are_one_response(tmp_path: Path) -> None:
    with house(tmp_path / "house", workers=2, keeper=False) as home:
        assert outcomes(home) == {303: 1, 409: POSTS - 1}
        assert stored(home) == (1, 1)


def test_a_planted_code_that_is_never_spent_is_noticed(tmp_path: Path) -> None:
    with house(tmp_path / "house", workers=2, keeper=False, fault=NEVER_SPENT) as home:
        assert outcomes(home)[303] > 1


def test_a_meeting_behind_one_address_gets_through_nginx_and_a_flood_does_not(
    tmp_path: Path,
) -> None:
    """As shipped, the limit lets a whole meeting pass at once; whoever floods reads 429."""
    with (
        nginx(tmp_path / "behind", 0, ANSWERS_ALL) as behind,
        nginx(tmp_path / "nginx", behind.port, patience=60) as front,
    ):
        connection = Browser(Line(front.port, RESPONDENTS, tls=trusting()))

        def ask() -> int:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            return answer.status

        assert Counter(ask() for _ in range(A_MEETING)) == {200: A_MEETING}
        flood = 0
        while ask() != 429:
            flood += 1
            assert flood < 2 * A_MEETING  # at 30 requests a second it ends before that
        connection.close()
