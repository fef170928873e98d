"""Rows to test with."""

from datetime import UTC, datetime
from typing import Any

from survey.db.campaigns import Campaign

CREATED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def campaign(**changed: Any) -> Campaign:  # noqa: ANN401 - any column
    """A campaign row that only has what every campaign has."""
    values: dict[str, Any] = {
        "created_at": CREATED,
        "slug": "befragung",
        "title": {"de": "Befragung", "en": "Survey"},
        "questionnaire_id": "weather",
        "questionnaire_version": "1.0.0",
        "fingerprint": "0" * 64,
        "definition": "{}",
        "plan": "{}",
        "plan_hash": "0" * 64,
        "status": "draft",
    }
    return Campaign(**values | changed)
