"""What a page shows of a new second factor: a QR code, the same as text, and as a link."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import segno

from survey.domain import second_factor
from survey.domain.second_factor import Draft
from survey.web.desk import Desk


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`carried` travels through the form; `image` is the QR code as a data address (SVG)."""

    carried: str
    text: str
    uri: str
    image: str


def enrolment(desk: Desk, about: str, label: str, draft: Draft | None = None) -> Enrolment:
    """A new key, or the one of `draft` once more, for the page that `about` names.

    `label` is what the app lists it under, beside the name of this server.
    """
    shown = draft or second_factor.draw()
    host = (urlsplit(desk.settings.staff_address).hostname or "").replace(":", "-")
    uri = shown.uri(f"Pegel {host}".strip(), label)
    return Enrolment(
        second_factor.carry(shown, about, secret=desk.host_secret, now=desk.now),
        " ".join(shown.text[start : start + 4] for start in range(0, len(shown.text), 4)),
        uri,
        segno.make_qr(uri, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"),
    )
