"""What nobody can forge who only writes to the database: signed keys, recorded acts, roles."""

import os
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID_BYTES, HASH_BYTES, SIGNATURE_BYTES = 16, 32, 64


def upgrade() -> None:
    _accounts()
    _campaigns()
    _signatures()
    _keys()


def downgrade() -> None:
    op.drop_table("response_keys")
    for column in ("recovery", "signature", "counter"):
        op.drop_column("campaign_keys", column)
    op.drop_table("signatures")
    op.drop_column("stocks", "runs")
    for column in ("certificate", "prolonged_to", "keeper_key", "uid"):
        op.drop_column("campaigns", column)
    op.drop_table("attempts")
    op.drop_column("sessions", "confirmed")
    for column in ("last_step", "second_factor", "is_active"):
        op.drop_column("accounts", column)
    _rename_role("hr", "all")


def _accounts() -> None:
    """One role could do everything; whoever had it goes on creating campaigns."""
    _rename_role("all", "hr")
    op.add_column("accounts", _filled("is_active", sa.Boolean(), sa.true()))
    op.add_column("accounts", sa.Column("second_factor", sa.LargeBinary()))
    op.add_column("accounts", sa.Column("last_step", sa.BigInteger()))
    op.add_column("sessions", _filled("confirmed", sa.Boolean(), sa.false()))
    op.create_table(
        "attempts",
        sa.Column("mark", sa.LargeBinary(HASH_BYTES), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_attempts"),
    )


def _rename_role(old: str, new: str) -> None:
    for name in ("accounts", "invitations"):
        table = sa.table(name, sa.column("role", sa.String))
        op.execute(sa.update(table).where(table.c.role == old).values(role=new))


def _campaigns() -> None:
    """A campaign made before this has no keeper's key, so it has to be created anew to open."""
    op.add_column("campaigns", _filled("uid", sa.LargeBinary(ID_BYTES), sa.text("''")))
    op.add_column("campaigns", _filled("keeper_key", sa.String(64), sa.text("''")))
    op.add_column("campaigns", sa.Column("prolonged_to", sa.Date()))
    op.add_column("campaigns", sa.Column("certificate", sa.Text()))
    op.add_column("stocks", _filled("runs", sa.Integer(), sa.text("1")))
    campaigns = sa.table("campaigns", sa.column("id", sa.Integer), sa.column("uid", sa.LargeBinary))
    connection = op.get_bind()
    for campaign_id in connection.scalars(sa.select(campaigns.c.id)).all():
        connection.execute(
            sa.update(campaigns)
            .where(campaigns.c.id == campaign_id)
            .values(uid=os.urandom(ID_BYTES))
        )


def _signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(HASH_BYTES), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signatures"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_signatures_campaign_id_campaigns"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_signatures_account_id_accounts"
        ),
    )


def _keys() -> None:
    for column in (
        sa.Column("counter", sa.Integer()),
        sa.Column("signature", sa.LargeBinary(SIGNATURE_BYTES)),
        sa.Column("recovery", sa.LargeBinary()),
    ):
        op.add_column("campaign_keys", column)
    op.create_table(
        "response_keys",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.LargeBinary(ID_BYTES), nullable=False),
        sa.Column("public_key", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "key_id", name="pk_response_keys"),
        sa.CheckConstraint("length(key_id) = 16", name=op.f("ck_response_keys_key_id_size")),
        sqlite_with_rowid=False,
    )


def _filled(
    name: str,
    kind: sa.types.TypeEngine[Any],
    value: sa.sql.expression.ColumnElement[Any] | sa.TextClause,
) -> sa.Column[Any]:
    """A column in which rows that are there already get `value`."""
    return sa.Column(name, kind, nullable=False, server_default=value)
