"""Towns whose council has signed, with the secret of their recovery sheet; copies of databases."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select

from survey.db.base import Base
from survey.db.campaigns import Campaign
from survey.db.engine import reading, writing, writing_session
from survey.domain import cosigning, recovery
from survey.domain.recovery import Recovery
from survey.domain.trust import load_trust
from tests.anonymity.town import Town, found_town

HEADS = {"bauamt": 25, "hauptamt": 20, "archiv": 6}


@dataclass
class Signed:
    """A town, and the sheet that lies in the council's safe."""

    town: Town
    sheet: Recovery

    def answer(self, first: int, last: int) -> None:
        """People of the Hauptamt and the Bauamt answer; the stamp is the place of their slip."""
        slips = [*self.town.slips["hauptamt"], *self.town.slips["bauamt"]]
        forms = [self.town.form(slips[stamp], stamp) for stamp in range(first, last)]
        assert {outcome.name for outcome in self.town.send(forms)} == {"ACCEPTED"}


def signed_town(folder: Path, *, opened: bool = True) -> Signed:
    """A town whose plan was signed together with a recovery sheet."""
    town = found_town(folder, heads=HEADS, opened=False)
    sheet = recovery.new_recovery()
    with writing_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        trust = load_trust(town.settings)
        now = town.clock()
        cosigning.sign(session, campaign, None, trust=trust, now=now, recovery=sheet.public_key)
    if opened:
        done = town.ask("open")
        assert done.state == "done", done.message
    return Signed(town, sheet)


def backup_of(town: Town) -> Callable[[], None]:
    """Take every row of the database down; what is given puts them back."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "alembic_version"]
    with reading(town.engine) as connection:
        rows = {table: list(connection.execute(select(table)).mappings()) for table in tables}

    def restore() -> None:
        with writing(town.engine) as connection:
            for table in reversed(tables):
                connection.execute(delete(table))
            for table in tables:
                if rows[table]:
                    connection.execute(insert(table), [dict(row) for row in rows[table]])

    return restore


def lose_key_folder(town: Town) -> None:
    """The volume of the keys is gone."""
    shutil.rmtree(town.settings.key_folder)
