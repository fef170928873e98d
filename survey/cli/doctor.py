"""`pegel doctor`: whether an installation is sound, and keeps what it promises."""

import json
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from cyclopts import Parameter
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from survey.cli import doctor_keys
from survey.cli.certificate import campaign_facts
from survey.cli.installation import connect, database_file, unreachable
from survey.db.audit import audit_database, audit_metadata
from survey.db.engine import is_migrated, is_postgres, reading, reading_session
from survey.db.postgres_audit import server_findings
from survey.demo.folder import MARKER
from survey.domain import campaigns
from survey.domain.trust import KEY_FILE, SECRET_FILE
from survey.errors import SurveyError
from survey.keeper import KeeperRunsError, keeper_lock, volumes
from survey.keeper.lock import database_lock
from survey.settings import LOCAL, Settings, load_settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one check."""

    check: str
    state: Literal["ok", "warning", "problem"]
    message: str


def doctor(*, as_json: Annotated[bool, Parameter(name="--json", negative=())] = False) -> int:
    """Check settings, database, keys and files, and that no table can tell who answered.

    Nothing is changed. The exit code is 1 when there is a problem; warnings leave it at 0.

    Example: pegel doctor --json

    Parameters
    ----------
    as_json
        Print JSON for programs.
    """
    settings = load_settings()
    results = list(_examine(settings))
    sound = all(result.state != "problem" for result in results)
    if as_json:
        found = {
            "ok": sound,
            "checks": [asdict(result) for result in results],
            "campaigns": campaign_facts(settings),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for result in results:
            print(f"{result.state:8} {result.check}: {result.message}")
    return 0 if sound else 1


def _examine(settings: Settings) -> Iterator[Result]:
    yield from _settings(settings)
    yield from _files(settings)
    yield from _keys(settings)
    yield from _declared()
    file = database_file(settings)
    if file is not None and not file.exists():
        yield Result(
            "database", "problem", f"{file} is not there. Make it with 'pegel db upgrade'."
        )
        return
    try:
        engine = connect(settings)
    except SurveyError as error:
        yield Result("database", "problem", str(error))
        return
    try:
        yield from _database(settings, engine)
    finally:
        engine.dispose()


def _settings(settings: Settings) -> Iterator[Result]:
    addresses = {"base_url": (settings.base_url, "answers")}
    if settings.has_two_addresses:
        addresses["staff_url"] = (settings.staff_url, "passwords")
    faults = [
        fault for name, (url, what) in addresses.items() for fault in _address(name, url, what)
    ]
    yield from faults
    if not faults:
        reached = " and ".join(url for url, _ in addresses.values())
        yield Result("settings", "ok", f"data in {settings.data}, reached at {reached}")


def _address(name: str, url: str, at_stake: str) -> Iterator[Result]:
    """Whether an address is one, and encrypted unless it is this machine's own."""
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield Result("settings", "problem", f"{name} '{url}' is no web address.")
    elif address.scheme == "http" and address.hostname not in LOCAL:
        said = f"{url} is not encrypted: others in the network can read {at_stake}."
        yield Result("settings", "warning", f"{said} Put a proxy with HTTPS in front of it.")


def _files(settings: Settings) -> Iterator[Result]:
    """Who may read the data folder, and whether copies lie about in it."""
    if not settings.data.exists():
        return
    file = database_file(settings)
    own = [settings.data]
    if file is not None:
        own += [path for path in file.parent.glob(f"{file.name}*") if path.is_file()]
    others = stat.S_IRWXO if doctor_keys.is_shared(settings.data) else OTHERS
    yield from _private("files", own, "Take the rights away: chmod go-rwx.", others)
    known = {"keeper.lock", settings.key_folder.name, MARKER, SECRET_FILE, KEY_FILE}
    if file is not None:
        known |= {f"{file.name}{ending}" for ending in ("", "-wal", "-shm", "-journal")}
    strange = sorted(path.name for path in settings.data.iterdir() if path.name not in known)
    if strange:
        yield Result(
            "files",
            "warning",
            f"Not made by Pegel: {', '.join(strange)}. A copy keeps what Pegel deletes.",
        )


def _keys(settings: Settings) -> Iterator[Result]:
    folder = settings.key_folder
    if not folder.exists():
        yield Result("keys", "ok", "There is no key yet; the first campaign that opens makes one.")
        return
    try:
        paths = [folder, *folder.iterdir()]
    except PermissionError:
        yield Result("keys", "ok", f"{folder} belongs to the keeper alone.")
        return
    yield from _private("keys", paths, "Whoever reads a key can open answers: chmod go-rwx.")
    for state, message in volumes.findings(folder, settings.data):
        yield Result("keys", state, message)


def _private(check: str, paths: list[Path], remedy: str, others: int = OTHERS) -> Iterator[Result]:
    loose = [str(path) for path in paths if path.exists() and path.stat().st_mode & others]
    if loose:
        yield Result(check, "problem", f"Others may read {', '.join(loose)}. {remedy}")
    else:
        yield Result(check, "ok", "Only their owner may read them.")


def _declared() -> Iterator[Result]:
    yield from _faults("schema", audit_metadata(), "No table of answers can tell who or when.")


def _database(settings: Settings, engine: Engine) -> Iterator[Result]:
    try:
        if not is_migrated(engine):
            yield Result(
                "database",
                "problem",
                "The schema is not that of this version. Make a copy, then run 'pegel db upgrade'.",
            )
            return
        where = make_url(settings.database_url).render_as_string(hide_password=True)
        yield Result("database", "ok", f"{where} has the schema of this version.")
        yield from _faults("database", audit_database(engine), "Its tables, columns and ids too.")
        yield from _integrity(engine)
        yield from _server(engine)
        yield from _campaigns(engine)
        yield from _keeper(settings, engine)
    except DBAPIError as error:
        yield Result("database", "problem", str(unreachable(settings, error)))


def _server(engine: Engine) -> Iterator[Result]:
    """What a PostgreSQL server does that the promise does not allow."""
    if not is_postgres(engine):
        return
    with reading(engine) as connection:
        found = server_findings(connection)
    for one in found:
        yield Result("server", "problem" if one.severity == "error" else "warning", str(one))
    if not found:
        yield Result("server", "ok", "It keeps no times, logs no values, and writes through.")


def _integrity(engine: Engine) -> Iterator[Result]:
    if engine.dialect.name != "sqlite":
        return
    with reading(engine) as connection:
        found = connection.scalars(text("PRAGMA quick_check")).all()
    faults = () if list(found) == ["ok"] else tuple(map(str, found))
    yield from _faults("database", faults, "The file is whole.")


def _campaigns(engine: Engine) -> Iterator[Result]:
    """Whether plan and definition of every campaign are those that were agreed."""
    checked: list[str] = []
    with reading_session(engine) as session:
        for campaign in campaigns.list_(session):
            try:
                campaigns.questionnaire_of(campaign)
                campaigns.plan_of(campaign)
            except (SurveyError, ValueError):
                checked.append(f"the stored definition or plan of {campaign.slug} was changed")
    yield from _faults("campaigns", tuple(checked), "Every plan is the one that was agreed.")


def _keeper(settings: Settings, engine: Engine) -> Iterator[Result]:
    for fault in doctor_keys.interrupted(engine):
        yield Result("keeper", "problem", f"{fault}.")
    for sheet in doctor_keys.sheets(settings, engine):
        yield Result("keeper", "ok", f"Check number of the recovery sheet of {sheet}.")
    with reading_session(engine) as session:
        opened = [one.slug for one in campaigns.list_(session) if one.status == "open"]
    if _keeper_runs(settings, engine):
        yield Result("keeper", "ok", "A keeper is at work.")
    elif opened:
        yield Result(
            "keeper",
            "warning",
            f"No keeper is at work: nobody turns the keys of {', '.join(opened)}. "
            "Start 'pegel serve' or 'pegel keeper'.",
        )
    else:
        yield Result("keeper", "ok", "No keeper is at work, and no campaign is open.")


def _keeper_runs(settings: Settings, engine: Engine) -> bool:
    """Whether one works on this host, or on another one with the same PostgreSQL database."""
    try:
        if (settings.data / "keeper.lock").exists():
            with keeper_lock(settings.data, engine=engine):
                return False
        with database_lock(engine):
            return False
    except KeeperRunsError:
        return True


def _faults(check: str, faults: tuple[str, ...], otherwise: str) -> Iterator[Result]:
    if faults:
        yield Result(check, "problem", "; ".join(faults) + ".")
    else:
        yield Result(check, "ok", otherwise)
