"""One open campaign with many codes, and forms as a browser would send them."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from questionnaires.model import Questionnaire
from survey.db.engine import make_engine, upgrade, writing_session
from survey.demo.answers import invent
from survey.domain import access_codes, campaigns, cosigning
from survey.domain.answering import CODE, FINGERPRINT, LANGUAGE, SUBMISSION
from survey.domain.plan_loading import make_plan
from survey.keeper import establish, see_through
from survey.settings import Settings

SLUG = "messung"
ELIGIBLE = 12_000
UNIT = "musterheim"

Form = list[tuple[str, str]]


@dataclass(frozen=True)
class Town:
    """An open campaign, its questionnaire, and codes that nobody has used."""

    campaign_id: int
    questionnaire: Questionnaire
    codes: list[str]

    def forms(self, count: int) -> list[Form]:
        """Complete forms, each with a code and a submission id of its own."""
        random = Random(1)  # noqa: S311 - invented answers, the same in every run
        taken, self.codes[:] = self.codes[:count], self.codes[count:]
        return [self._form(code, random) for code in taken]

    def _form(self, code: str, random: Random) -> Form:
        from questionnaires.variables import variables

        names = [variable.name for variable in variables(self.questionnaire)]
        values = invent(self.questionnaire, UNIT, random)
        answers = [
            (name, str(value)) for name, value in zip(names, values, strict=True) if value >= 0
        ]
        return [
            (LANGUAGE, "de"),
            (FINGERPRINT, self.questionnaire.fingerprint),
            (CODE, code),
            (SUBMISSION, secrets.token_urlsafe(18)),
            *answers,
        ]


def build(settings: Settings) -> Town:
    """An open campaign by slips in an empty data folder."""
    engine = make_engine(settings.database_url)
    upgrade(engine)
    now = datetime.now(UTC)
    plan = make_plan(
        {
            "slug": SLUG,
            "title": {"de": "Messung", "en": "Measurement"},
            "questionnaire": "change-climate@1.0.0",
            "languages": ["de", "en", "de-simple"],
            "access": "slips",
            "period": {"from": now.date(), "to": now.date() + timedelta(days=10)},
            "units": {"id": UNIT, "name": "Musterheim", "eligible": ELIGIBLE},
        }
    )
    with writing_session(engine) as session:
        trust = establish(settings)
        campaign = campaigns.create(session, plan, now=now, trust=trust)
        codes = access_codes.issue(session, campaign, UNIT, ELIGIBLE)
        job_id = cosigning.open_(session, campaign, None, trust=trust, now=now)
        town = Town(campaign.id, campaigns.questionnaire_of(campaign), codes)
    see_through(settings, engine, job_id)
    engine.dispose()
    return town
