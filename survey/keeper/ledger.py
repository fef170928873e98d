"""The keeper's own memory of campaigns, beside its keys and out of reach of any backup.

A restored database may say that a campaign is open which has been closed since. The ledger knows
better: what it calls closed is never opened again, and what it calls purged is purged at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from survey.domain.files import replace_file
from survey.errors import SurveyError

SUFFIX = ".campaign"

Stage = Literal["open", "closed", "purged"]
STAGES: tuple[Stage, ...] = ("open", "closed", "purged")


@dataclass(frozen=True, slots=True)
class Entry:
    """How far a campaign is, and the hash of the plan with which it was opened."""

    stage: Stage
    plan_hash: str


class Ledger:
    """One small file per campaign, named by its `uid`, in the key folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, uid: bytes) -> Entry | None:
        """What is known of a campaign; None where nothing is.

        Raises:
            SurveyError: its file is broken.
        """
        try:
            words = self._file(uid).read_text("ascii").split()
        except FileNotFoundError:
            return None
        for stage in STAGES:
            if words[:1] == [stage]:
                return Entry(stage, " ".join(words[1:]))
        raise SurveyError(
            "ledger",
            f"{self._file(uid)} is broken, so the keeper does not know this campaign.",
            "Restore the key folder as it was.",
        )

    def note(self, uid: bytes, stage: Stage, plan_hash: str) -> None:
        """Take down how far a campaign is; never a step back. On disk when it returns."""
        known = self.read(uid)
        if known is not None and STAGES.index(known.stage) >= STAGES.index(stage):
            return
        replace_file(self._file(uid), f"{stage} {plan_hash}\n".encode())

    def _file(self, uid: bytes) -> Path:
        return self._path / f"{uid.hex()}{SUFFIX}"
