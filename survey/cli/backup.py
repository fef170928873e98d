"""`pegel backup` and `pegel restore`: an installation in one file, without its keys."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy.exc import DBAPIError

from survey.cli.installation import connect, database_file, installation, unreachable
from survey.cli.saying import note
from survey.domain.backups import make_backup, restore_backup
from survey.domain.inbox import utc_now
from survey.keeper import keeper_lock
from survey.settings import load_settings


def backup(file: Path, /) -> None:
    """Write database and host files to one file; people can go on answering meanwhile.

    The keys are not in it, and must never be. What it holds of an open campaign is opened by
    nobody without the key folder or the recovery sheet.

    Example: pegel backup /backup/pegel-monday.zip

    Parameters
    ----------
    file
        The file to write; it must not exist.
    """
    with installation() as here:
        manifest = make_backup(here.settings, here.engine, file, now=utc_now())
    print(f"{file}: {', '.join(sorted(manifest.files))} ({manifest.kind})")
    note("Keys are not in it. Keep it where only the operator can read it.")


def restore(file: Path, /, *, force: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Put a backup back, after every byte of it was checked; stop Pegel before.

    Open campaigns are paused: they go on by themselves where their keys are still here, and with
    the recovery sheet where they are not. What was closed stays closed, what was purged purged.

    Example: pegel restore /backup/pegel-monday.zip

    Parameters
    ----------
    file
        A file that 'pegel backup' wrote.
    force
        Replace an installation that is not empty.
    """
    settings = load_settings()
    # A SQLite file is put back by a process that has no connection to it.
    server = connect(settings) if database_file(settings) is None else None
    try:
        with keeper_lock(settings.data, engine=server):
            restored = restore_backup(settings, file, force=force)
    except DBAPIError as error:
        raise unreachable(settings, error) from error
    finally:
        if server is not None:
            server.dispose()
    print(f"{settings.data}: restored from {restored.manifest.made_at}")
    if restored.needs_upgrade:
        note("Its schema is older than this version: run 'pegel db upgrade'.")
    for slug in restored.paused:
        note(
            f"{slug} is paused. Start the keeper: it goes on where the keys are still here. "
            f"Where they are lost: pegel campaign recover {slug}"
        )
    note("Nobody is logged in any more. See 'pegel doctor' before you serve again.")
