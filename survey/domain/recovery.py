"""The recovery sheet: paper by which an interrupted campaign can go on.

Its secret exists on that paper alone. The public half is taken down with the council's signature,
and the keeper seals the private key of every turn for it. So a backup of the database opens
nothing by itself, the sheet opens nothing without a backup, and both together lose nothing.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import segno
from nacl.public import PrivateKey
from sqlalchemy.orm import Session

import survey
from reports.release import short_hash
from reports.wording.catalogues import translations
from survey.db.campaigns import Campaign
from survey.domain import crockford
from survey.domain.campaigns import plan_of, standing
from survey.domain.sealing import seal, unseal
from survey.domain.standing import RECOVERY
from survey.domain.typesetting import printable, typeset
from survey.errors import RefusedError

TEMPLATE = "recovery/sheet.typ"
DOMAIN = "recovery"
LOCALE = Path(survey.__file__).parent / "locale"
LANGUAGES = ("de", "en")

SECRET_BYTES = 32
CHECK_BYTES = 3
LETTERS = 56  # 35 bytes, 5 bits in each letter
QUIET_ZONE = 4  # modules


@dataclass(frozen=True, slots=True)
class Recovery:
    """A pair for one campaign (X25519): `secret` is for paper alone, `public_key` is kept."""

    secret: bytes = field(repr=False)
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a sheet opens: the private key of a turn, and the seed by which the keeper signs."""

    private_key: PrivateKey
    signing_seed: bytes = field(repr=False)


def new_recovery() -> Recovery:
    """A fresh pair; its secret has to be printed now, because it is kept nowhere."""
    private = PrivateKey.generate()
    return Recovery(bytes(private), bytes(private.public_key))


def public_half(secret: bytes) -> bytes:
    """The public key (32 bytes) that belongs to the secret of a sheet."""
    return bytes(PrivateKey(secret).public_key)


def spell(secret: bytes) -> str:
    """The secret as printed: 14 groups of four letters and digits, the last five a check."""
    return crockford.spell(secret + _check(secret))


def read(text: str) -> bytes:
    """The secret (32 bytes) however it was typed: case, spaces and hyphens do not matter.

    Raises:
        RefusedError: it is no secret of a sheet, or a letter is wrong.
    """
    raw = crockford.read(text, SECRET_BYTES + CHECK_BYTES)
    if raw is not None and _check(raw[:SECRET_BYTES]) == raw[SECRET_BYTES:]:
        return raw[:SECRET_BYTES]
    raise RefusedError(
        "recovery-secret",
        "This is not the secret of a recovery sheet.",
        f"It has {LETTERS} letters and digits in groups of four; at least one was misread.",
    )


def fingerprint(public_key: bytes) -> str:
    """Four groups of four hexadecimal digits by which people compare a sheet with a campaign."""
    return short_hash(hashlib.sha256(b"pegel recovery 1\0" + public_key).hexdigest())


def seal_for_sheet(public_key: bytes, private_key: PrivateKey, signing_seed: bytes) -> bytes:
    """The private key of a turn and the keeper's seed, so that only the sheet opens them.

    Raises:
        SealError: the sheet's public key is no key.
    """
    return seal(public_key, bytes(private_key) + signing_seed)


def open_with_sheet(secret: bytes, sealed: bytes) -> Recovered:
    """What was sealed for a sheet.

    Raises:
        SealError: it was sealed for another sheet.
    """
    content = unseal(PrivateKey(secret), sealed)
    return Recovered(PrivateKey(content[:SECRET_BYTES]), content[SECRET_BYTES:])


def public_key_of(session: Session, campaign: Campaign, *, secret: bytes) -> bytes | None:
    """The sheet's public key that was signed with the plan; None where there is no sheet.

    `secret` is that of the hosts, under which signatures hold.
    """
    signer = standing(session, campaign, secret=secret).signer
    found = signer.details.get(RECOVERY) if signer else None
    return bytes.fromhex(found) if found else None


def sheet(campaign: Campaign, recovery: Recovery, *, language: str = "de") -> bytes:
    """The sheet of a campaign as an accessible PDF of one page, without any date.

    The PDF is the only place where the secret stands: hand it over, never store it.

    Raises:
        SurveyError: the PDF could not be made.
    """
    language = language.partition("-")[0]
    language = language if language in LANGUAGES else LANGUAGES[0]
    _ = translations(LOCALE, DOMAIN, language).gettext
    title = printable(plan_of(campaign).title[language])
    secret = spell(recovery.secret)
    return typeset(
        TEMPLATE,
        {
            "language": language,
            "title": _("Recovery sheet: %(title)s") % {"title": title},
            "words": _words(language),
            "facts": [
                [_("Survey"), title],
                [_("Short name"), campaign.slug],
                [_("Check number of the plan"), short_hash(campaign.plan_hash)],
                [_("Check number of this sheet"), fingerprint(recovery.public_key)],
            ],
            "rules": _rules(language),
            "steps": _steps(campaign.slug, language),
            "groups": secret.split("-"),
            "qr": str(segno.make_qr(secret, error="q").svg_inline(border=QUIET_ZONE)),
        },
    )


def _words(language: str) -> dict[str, str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return {
        "lead": _(
            "With this sheet and a backup, an interrupted survey can go on. Without the sheet, "
            "the answers of a survey whose keys were lost can be opened by nobody."
        ),
        "fact": _("What"),
        "value": _("Here"),
        "secret": _("The secret"),
        "secret-text": _("It stands on this paper only. Pegel does not keep it."),
        "qr": _("QR code with the secret of this sheet"),
        "rules": _("How to keep it"),
        "steps": _("If the survey was interrupted"),
    }


def _rules(language: str) -> list[str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return [
        _(
            "Put the sheet into an envelope, sign across the flap, and lock it away in the safe of "
            "the staff council. It does not belong to those who run the server."
        ),
        _(
            "Do not copy or photograph it. Whoever has the sheet and a backup from before the "
            "closing can read the answers in it."
        ),
        _(
            "Compare the check number of this sheet with the one on the certificate of the survey. "
            "If they differ, stop the survey."
        ),
        _("Destroy the sheet with a paper shredder as soon as the survey is closed."),
    ]


def _steps(slug: str, language: str) -> list[str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return [
        _("The operator restores the newest backup of the database."),
        _("On the server, the operator runs: %(command)s")
        % {"command": f"pegel campaign recover {slug}"},
        _("You type the secret yourself. Nobody else needs to see it."),
        _("Pegel changes the key at once. Seal the sheet again afterwards."),
    ]


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"pegel recovery check 1\0" + secret).digest()[:CHECK_BYTES]
