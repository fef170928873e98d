"""Backups: the database and what binds it to this host in one file, and never a private key.

What lies in a backup is sealed or hashed like the database itself. Restoring pauses every open
campaign: the key for which its answers would be sealed may have been destroyed since.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import Connection, Engine, delete, func, inspect, make_url, select, text, update

from survey import __version__
from survey.db import dumps
from survey.db.accounts import Account, Invitation, StaffSession
from survey.db.campaigns import Campaign
from survey.db.engine import make_engine, reading, writing
from survey.db.jobs import Job
from survey.db.migrations import HEAD
from survey.db.tables import campaign_keys
from survey.domain.jobs import UNFINISHED
from survey.domain.trust import KEY_FILE, SECRET_FILE
from survey.errors import NotFoundError, RefusedError, SurveyError
from survey.settings import Settings

FORMAT = "pegel-backup/1"
MANIFEST = "manifest.json"
DATABASE = "database"
HOST_FILES = (SECRET_FILE, KEY_FILE)
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: `files` are SHA-256 by name, `kind` is sqlite or postgresql."""

    kind: str
    schema: str
    software: str
    made_at: str
    files: dict[str, str] = field(default_factory=dict)
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: the campaigns that are paused now, and whether the schema is old."""

    manifest: Manifest
    paused: tuple[str, ...]
    needs_upgrade: bool


def make_backup(settings: Settings, engine: Engine, file: Path, *, now: datetime) -> Manifest:
    """Write a backup to `file`, which must not exist; others may go on writing meanwhile.

    The file is for its owner alone. It is there when it is whole, and not before.

    Raises:
        RefusedError: the file is there already, or would lie in the folder of the keys.
        SurveyError: the database cannot be copied.
    """
    _check_target(settings, file)
    with _workroom(file.parent) as room:
        dumps.dump(engine, room / DATABASE)
        for name in HOST_FILES:
            if (settings.data / name).exists():
                shutil.copyfile(settings.data / name, room / name)
        manifest = Manifest(
            kind=engine.dialect.name,
            schema=_schema(engine),
            software=f"Pegel {__version__}",
            made_at=now.isoformat(timespec="minutes"),
            files={path.name: _digest(path) for path in sorted(room.iterdir())},
        )
        (room / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2), "utf-8")
        draft = _packed(room, manifest)
        os.link(draft, file)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What a backup is, after every byte of it was checked.

    Raises:
        NotFoundError: there is no such file.
        RefusedError: it is no backup, or not as it was made.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        for name, digest in manifest.files.items():
            with archive.open(name) as content:
                if _digest_of(content) != digest:
                    raise _broken(file, f"'{name}' in it was changed")
    return manifest


def restore_backup(settings: Settings, file: Path, *, force: bool = False) -> Restored:
    """Put database and host files back; no process of Pegel may run meanwhile.

    Open campaigns are paused, jobs that wait are dropped, nobody is logged in any more. The key
    folder is left alone. With `force` what is there is replaced.

    Raises:
        RefusedError: the installation is not empty, the backup is broken, of the other database
            or of a newer version.
        SurveyError: the database cannot be written.
    """
    manifest = read_manifest(file)
    _check_fitting(settings, manifest)
    if not force:
        _check_empty(settings)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _workroom(settings.data) as room:
        with _opened(file) as archive:
            for name in manifest.files:
                with archive.open(name) as content, (room / name).open("xb") as copy:
                    shutil.copyfileobj(content, copy, CHUNK)
        dumps.load(settings.database_url, room / DATABASE)
        for name in set(HOST_FILES) & manifest.files.keys():
            (room / name).chmod(0o600)
            (room / name).replace(settings.data / name)
    engine = make_engine(settings.database_url)
    try:
        with writing(engine) as connection:
            paused = _calm(connection)
    finally:
        engine.dispose()
    return Restored(manifest, paused, needs_upgrade=manifest.schema != HEAD)


def _calm(connection: Connection) -> tuple[str, ...]:
    """Nothing goes on by itself after a restore; gives the campaigns that are paused."""
    opened = connection.execute(select(Campaign.id, Campaign.slug).where(Campaign.status == "open"))
    campaigns = {row.id: row.slug for row in opened}
    connection.execute(
        update(campaign_keys)
        .where(campaign_keys.c.campaign_id.in_(campaigns))
        .values(is_current=False)
    )
    dropped = "Dropped: the database was restored from a backup. Ask again."
    connection.execute(
        update(Job).where(Job.state.in_(UNFINISHED)).values(state="failed", message=dropped)
    )
    for table in (StaffSession, Invitation):
        connection.execute(delete(table))
    return tuple(sorted(campaigns.values()))


def _check_target(settings: Settings, file: Path) -> None:
    if file.exists():
        raise RefusedError("exists", f"{file} is there already.", "Name a new file.")
    if settings.key_folder.absolute() in file.absolute().parents:
        raise RefusedError(
            "key-folder",
            f"{file} would lie in the key folder, which no backup may contain.",
            "Name a place on another volume.",
        )


def _check_fitting(settings: Settings, manifest: Manifest) -> None:
    kind = make_url(settings.database_url).get_backend_name()
    if manifest.kind != kind:
        raise RefusedError(
            "other-database",
            f"The backup is of {manifest.kind}, but this installation uses {kind}.",
            "Set PEGEL_DATABASE_URL to a database of the same kind.",
        )
    if manifest.schema > HEAD:
        raise RefusedError(
            "newer-schema",
            f"The backup was made by {manifest.software}, which is newer than this version.",
            "Install that version first.",
        )


def _check_empty(settings: Settings) -> None:
    """Whether there is nothing here that a restore would replace."""
    there = [name for name in HOST_FILES if (settings.data / name).exists()]
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or Path(url.database or "").exists():
        engine = make_engine(settings.database_url)
        try:
            there += _filled(engine)
        finally:
            engine.dispose()
    if there:
        raise RefusedError(
            "not-empty",
            f"This installation is not empty: it has {', '.join(there)}.",
            "Restore into an empty one, or replace what is here with --force.",
        )


def _filled(engine: Engine) -> list[str]:
    tables = set(inspect(engine).get_table_names())
    with reading(engine) as connection:
        counts = {
            name: connection.scalar(select(func.count()).select_from(name_of)) or 0
            for name, name_of in (("campaigns", Campaign), ("accounts", Account))
            if name in tables
        }
    return [f"{count} {name}" for name, count in counts.items() if count]


def _schema(engine: Engine) -> str:
    with reading(engine) as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


@contextmanager
def _workroom(folder: Path) -> Iterator[Path]:
    """A folder for its owner alone beside the target, gone at the end."""
    with TemporaryDirectory(prefix=".pegel-", dir=folder) as outer:
        room = Path(outer) / "room"
        room.mkdir(mode=0o700)
        yield room


def _packed(room: Path, manifest: Manifest) -> Path:
    draft = room.parent / "backup.zip"
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (MANIFEST, *manifest.files):
                archive.write(room / name, name)
        file.flush()
        os.fsync(file.fileno())
    return draft


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise NotFoundError("no-backup", f"There is no file {file}.", "Check the name.") from error
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise _broken(file, "it is no backup, or only a part of one") from error


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        found = json.loads(archive.read(MANIFEST))
        manifest = Manifest(**found)
        known = {DATABASE, *HOST_FILES}
        if manifest.format != FORMAT or not {DATABASE} <= manifest.files.keys() <= known:
            raise _broken(file, "it is of a kind that this version does not know")
    except (ValueError, TypeError, AttributeError) as error:
        raise _broken(file, "its manifest cannot be read") from error
    return manifest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest_of(file)


def _digest_of(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _broken(file: Path, why: str) -> SurveyError:
    return RefusedError(
        "broken-backup",
        f"{file} cannot be restored: {why}.",
        "Nothing was changed. Take another backup.",
    )
