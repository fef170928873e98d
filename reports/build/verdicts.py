"""The two signs of a difference: how large it is, in words, and whether it may be chance."""

from reports.disclosure.results import AgainstRest, Change
from reports.disclosure.values import Shown
from reports.wording.words import Words

SIZES = (0.2, 0.5, 0.8)  # Hedges' g at which a difference is small, medium, large (J. Cohen 1988)
CHANCE = 0.05  # adjusted p below which a difference is certain


def size(words: Words, hedges_g: float) -> str:
    """How large a difference is."""
    say = words.say
    return (
        say("hardly a difference"),
        say("a small difference"),
        say("a medium difference"),
        say("a large difference"),
    )[_step(hedges_g)]


def short_size(words: Words, hedges_g: float) -> str:
    """How large a difference is, for a table."""
    say = words.say
    return (say("hardly any"), say("small"), say("medium"), say("large"))[_step(hedges_g)]


def _step(hedges_g: float) -> int:
    return sum(abs(hedges_g) >= bound for bound in SIZES)


def is_certain(p: float) -> bool:
    """Whether a difference is hardly chance."""
    return p < CHANCE


def certainty(words: Words, p: float) -> str:
    """Whether a difference may be chance, in words."""
    return words.say("certain") if is_certain(p) else words.say("may be chance")


def tested(found: AgainstRest | Change) -> tuple[float, float] | None:
    """Hedges' g and p; None where there is no verdict."""
    if isinstance(found.hedges_g, Shown) and isinstance(found.p, Shown):
        return found.hedges_g.value, found.p.value
    return None


def signed(value: int) -> str:
    """A difference with its sign."""
    return f"{'−' if value < 0 else '+' if value else '±'}{abs(value)}"
