"""Two bases: records of the staff, and anonymous records that hold answers.

A staff record has an id and times. An anonymous record has neither time nor sequence nor a
foreign key, and lives in a table without rowid, because SQLite otherwise gives rows back in the
order in which they came in.
"""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID_BYTES = 16
HASH_BYTES = 32


class Instant(TypeDecorator[datetime]):
    """A point in time: aware in, aware UTC out, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without offset for SQLite; a naive time is a fault of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC."""
        del dialect  # the same for every database
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all mapped classes share: one metadata."""

    metadata = metadata


class Record(Base):
    """A staff record: an id, and when it was made (the caller names the time)."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(Instant, sort_order=-1)


def random_id() -> bytes:
    """16 random bytes (version 4), the only kind of id that anonymous records have."""
    return uuid4().bytes


def anonymous_record(name: str, *columns: SchemaItem, key: str = "id") -> Table:
    """A table for anonymous records: `campaign_id` and `key` first, then `columns`.

    The primary key is (campaign_id, key), where `key` is a random id or a hash: rows of one
    campaign lie together, in an order that only chance made. There is no rowid, and there is no
    foreign key at all, not even to the campaign.
    """
    size = ID_BYTES if key == "id" or key.endswith("_id") else HASH_BYTES
    return Table(
        name,
        metadata,
        Column("campaign_id", Integer, primary_key=True, autoincrement=False),
        Column(key, LargeBinary(size), primary_key=True),
        CheckConstraint(f"length({key}) = {size}", name=f"{key}_size"),
        *columns,
        sqlite_with_rowid=False,
    )
