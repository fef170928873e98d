"""The certificate: what a staff council is told about a campaign, and can check by itself.

While a campaign is open it says nothing about responses but the one public number. What can only
be known at closing is noted then, already in the form in which it may be told (R7).
"""

import json
from datetime import date

from sqlalchemy import Connection, func, select

from survey.db.campaigns import Campaign
from survey.db.tables import campaign_keys, responses
from survey.domain.plans import Plan, stored_plan

FORMAT = "certificate/1"
ASKED = 20  # eligible people from which the number of responses may be told (R7)
SILENT = 3  # people who then did not answer, at least
FEWEST = 10  # responses that are worth opening at all


def facts_at_closing(
    connection: Connection, campaign: Campaign, *, last_turn: date | None = None
) -> str:
    """What the certificate says about the closing, as JSON for `Campaign.certificate`.

    Call it in the transaction that closes, when the responses are stored and the rows of the
    campaign's keys are still there. `last_turn` is the day on which the newest key was made.

    - `keys_made`: keys that the campaign used one after the other, all destroyed with the closing.
    - `accepted`: responses, where R7 lets the whole be told; else null.
    - `at_least`: the number that may be said instead; null where nothing was opened.
    """
    accepted = _stored(connection, campaign.id)
    plan = stored_plan(campaign.plan)
    facts = {
        "format": FORMAT,
        "keys_made": keys_made(connection, campaign.id),
        "last_turn": None if last_turn is None else last_turn.isoformat(),
        "opened": accepted > 0,
        "accepted": accepted if may_tell(accepted, plan.eligible) else None,
        "at_least": fewest_opened(plan) if accepted else None,
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def keys_made(connection: Connection, campaign_id: int) -> int:
    """How many keys a campaign has had; the keeper counts them, and signs the count."""
    newest = select(func.max(campaign_keys.c.counter))
    return connection.scalar(newest.where(campaign_keys.c.campaign_id == campaign_id)) or 0


def may_tell(accepted: int, eligible: int | None) -> bool:
    """Whether the number of responses of the whole may be told (R7).

    From 20 eligible people, of whom at least 3 did not answer; without head counts always.
    """
    if not accepted:
        return False
    return eligible is None or (eligible >= ASKED and eligible - accepted >= SILENT)


def fewest_opened(plan: Plan) -> int:
    """The number of responses below which a campaign is closed unopened."""
    return max(plan.threshold, FEWEST)


def _stored(connection: Connection, campaign_id: int) -> int:
    counted = select(func.count()).select_from(responses)
    return connection.scalar(counted.where(responses.c.campaign_id == campaign_id)) or 0
