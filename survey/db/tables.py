"""All tables in one place, so that the metadata is whole wherever this is imported."""

from survey.db.access_codes import access_codes
from survey.db.accounts import Account, Invitation, StaffSession
from survey.db.base import Base, Record, anonymous_record, metadata, random_id
from survey.db.campaigns import Campaign, Stock
from survey.db.inbox import campaign_keys, inbox, submissions
from survey.db.jobs import Job
from survey.db.releases import Release
from survey.db.responses import response_keys, responses
from survey.db.signatures import Signature

__all__ = [
    "ANSWERS",
    "Account",
    "Base",
    "Campaign",
    "Invitation",
    "Job",
    "Record",
    "Release",
    "Signature",
    "StaffSession",
    "Stock",
    "access_codes",
    "anonymous_record",
    "campaign_keys",
    "inbox",
    "metadata",
    "random_id",
    "response_keys",
    "responses",
    "submissions",
]

# The tables that hold something of respondents; all others are the staff's.
ANSWERS = frozenset(
    {"access_codes", "campaign_keys", "inbox", "response_keys", "responses", "submissions"}
)
