"""The keeper: the one process that has private keys."""

from survey.keeper.keeper import Keeper, see_through
from survey.keeper.lock import KeeperRunsError, keeper_lock
from survey.keeper.trust import establish, known_trust

__all__ = ["Keeper", "KeeperRunsError", "establish", "keeper_lock", "known_trust", "see_through"]
