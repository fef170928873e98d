"""The first tables: staff records, and anonymous records without rowid, time or foreign key."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _accounts()
    _campaigns()
    _of_a_campaign()
    _anonymous("access_codes", "code_hash", 32, _unit(), _required("spent", sa.Boolean()))
    _anonymous(
        "campaign_keys",
        "key_id",
        16,
        _required("public_key", sa.LargeBinary(32)),
        _required("is_current", sa.Boolean()),
    )
    _anonymous(
        "inbox",
        "id",
        16,
        _required("key_id", sa.LargeBinary(16)),
        _required("sealed", sa.LargeBinary()),
    )
    _anonymous("responses", "id", 16, _unit(), _required("answers", sa.LargeBinary()))
    _anonymous("submissions", "submission_hash", 32)


def downgrade() -> None:
    for table in (
        "submissions",
        "responses",
        "inbox",
        "campaign_keys",
        "access_codes",
        "releases",
        "jobs",
        "stocks",
        "campaigns",
        "invitations",
        "sessions",
        "accounts",
    ):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        *_record("accounts"),
        _required("name", sa.String(64)),
        _required("password_hash", sa.String(255)),
        _required("role", sa.String(16)),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "sessions",
        _required("token_hash", sa.LargeBinary(32)),
        _required("account_id", sa.Integer()),
        _required("csrf_token", sa.String(64)),
        _required("expires_at", MOMENT),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name="fk_sessions_account_id_accounts",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "invitations",
        _required("token_hash", sa.LargeBinary(32)),
        _required("role", sa.String(16)),
        _required("expires_at", MOMENT),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitations"),
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        *_record("campaigns"),
        _required("slug", sa.String(64)),
        _required("title", sa.JSON()),
        _required("questionnaire_id", sa.String(64)),
        _required("questionnaire_version", sa.String(32)),
        _required("fingerprint", sa.String(64)),
        _required("definition", sa.Text()),
        _required("plan", sa.Text()),
        _required("plan_hash", sa.String(64)),
        _required("status", sa.String(16)),
        sa.Column("opened_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("released_at", MOMENT),
        sa.Column("public_count", sa.Integer()),
        sa.Column("public_count_at", MOMENT),
        sa.UniqueConstraint("slug", name="uq_campaigns_slug"),
        sa.CheckConstraint(
            "status IN ('draft', 'signed', 'open', 'closed', 'released', 'purged')",
            name=op.f("ck_campaigns_status"),
        ),
    )


def _of_a_campaign() -> None:
    op.create_table(
        "stocks",
        *_record("stocks"),
        *_campaign_of("stocks"),
        _unit(),
        _required("issued", sa.Integer()),
        sa.Column("left_over", sa.Integer()),
        sa.UniqueConstraint("campaign_id", "unit", name="uq_stocks_campaign_id_unit"),
    )
    op.create_table(
        "jobs",
        *_record("jobs"),
        _required("kind", sa.String(16)),
        *_campaign_of("jobs"),
        _required("state", sa.String(16)),
        _required("message", sa.Text()),
        sa.CheckConstraint("kind IN ('open', 'close', 'release')", name=op.f("ck_jobs_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")
        ),
    )
    op.create_table(
        "releases",
        *_record("releases"),
        *_campaign_of("releases"),
        _required("document", sa.Text()),
        sa.UniqueConstraint("campaign_id", name="uq_releases_campaign_id"),
    )


def _anonymous(name: str, key: str, size: int, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        _required(key, sa.LargeBinary(size)),
        *columns,
        sa.PrimaryKeyConstraint("campaign_id", key, name=f"pk_{name}"),
        sa.CheckConstraint(f"length({key}) = {size}", name=op.f(f"ck_{name}_{key}_size")),
        sqlite_with_rowid=False,
    )


def _record(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        _required("id", sa.Integer()),
        _required("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _campaign_of(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        _required("campaign_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=f"fk_{table}_campaign_id_campaigns"
        ),
    )


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _unit() -> sa.Column[str]:
    return sa.Column("unit", sa.String(64))
