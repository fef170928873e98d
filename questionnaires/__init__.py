"""The instrument: versioned questionnaire definitions."""
