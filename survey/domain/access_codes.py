"""Access codes: 80 random bits on a slip, of which only a hash is stored."""

import hashlib
import secrets
from math import floor
from typing import Literal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from survey.db.access_codes import access_codes
from survey.db.campaigns import Campaign, Stock
from survey.domain.campaigns import plan_of
from survey.domain.crockford import read, spell
from survey.domain.plans import Plan, Unit
from survey.errors import RefusedError, WrongStateError

CODE_BYTES = 10
SPARE = 1.2  # slips per eligible person: enough that the last one still draws from a box
FEWEST_MORE = 20  # slips of a second run: fewer could single people out

How = Literal["first", "anew", "more"]
_BEFORE = ("draft", "signed")  # opening


def new_code() -> str:
    """A fresh code as printed: four groups of four letters and digits."""
    return spell(secrets.token_bytes(CODE_BYTES))


def normalise(text: str) -> bytes | None:
    """The 10 raw bytes of a code however it was typed; None when it is no code."""
    return read(text, CODE_BYTES)


def hash_code(campaign_id: int, raw: bytes) -> bytes:
    """SHA-256 of campaign and code: the same slip means nothing in another campaign."""
    return hashlib.sha256(b"pegel code %d " % campaign_id + raw).digest()


def most_slips(eligible: int) -> int:
    """The largest stock for so many people: 1.2 times as many, rounded down."""
    return floor(eligible * SPARE + 1e-9)


def distribute(plan: Plan, count: int) -> dict[str, int]:
    """`count` slips over the units of a plan in proportion to their heads (largest remainder).

    Raises:
        RefusedError: more than 1.2 times the eligible people, or not one for each unit.
    """
    heads = {unit.id: unit.eligible or 0 for unit in plan.stocks}
    total = sum(heads.values())
    ceilings = {unit: most_slips(number) for unit, number in heads.items()}
    if count > sum(ceilings.values()):
        raise _too_many(count, total, sum(ceilings.values()), "the whole")
    if count < len(heads):
        raise RefusedError(
            "too-few-slips",
            f"{count} slips are fewer than the {len(heads)} units.",
            "Name one unit with --unit, or ask for more.",
        )
    shares = {unit: count * number // total for unit, number in heads.items()}
    shares = {unit: min(max(share, 1), ceilings[unit]) for unit, share in shares.items()}
    while (short := count - sum(shares.values())) != 0:
        step = 1 if short > 0 else -1
        open_units = [u for u in shares if (shares[u] < ceilings[u] if step > 0 else shares[u] > 1)]
        neediest = max(open_units, key=lambda u: step * (count * heads[u] / total - shares[u]))
        shares[neediest] += step
    return shares


def issue(
    session: Session, campaign: Campaign, unit: str | None, count: int, how: How = "first"
) -> list[str]:
    """Make `count` codes for one stock, in random order, and store their hashes.

    `unit` is a unit without units below, or None where the campaign has one shared code. With a
    shared code all slips carry the same one. Call it in a writing transaction.

    - "first": a stock is issued in one run, before opening.
    - "anew": before opening the whole run may be repeated; the earlier codes are deleted.
    - "more": a second run, which the staff council has signed: whoever calls has checked that.

    Raises:
        WrongStateError: the campaign is opened already (or not open any more), or has an open link.
        RefusedError: an unknown unit, a run too many, or more than 1.2 slips per person.
    """
    codes = draw(session, campaign, unit, count, how)
    store(session, campaign, unit, codes, how)
    return codes


def draw(
    session: Session, campaign: Campaign, unit: str | None, count: int, how: How = "first"
) -> list[str]:
    """The codes of a stock as `issue` makes them, but not stored yet.

    So slips can be made and written before the stock counts as issued.
    """
    _check_run(session, campaign, unit, count, how)
    if plan_of(campaign).access == "shared-code":
        return [new_code()] * count
    return _distinct(count)


def store(
    session: Session, campaign: Campaign, unit: str | None, codes: list[str], how: How = "first"
) -> None:
    """Store the sorted hashes of a stock that `draw` made; raises as `issue`."""
    _check_run(session, campaign, unit, len(codes), how)
    stock = _stock(session, campaign, unit)
    if stock is not None and how == "anew":
        _withdraw(session, stock)
        stock = None
    raw = {normalise(code) or b"" for code in codes}
    rows = [
        {"campaign_id": campaign.id, "code_hash": code_hash, "unit": unit, "spent": False}
        for code_hash in sorted(hash_code(campaign.id, code) for code in raw)
    ]
    session.execute(insert(access_codes), rows)
    if stock is None:
        # When slips were printed is nobody's business: a stock is as old as its campaign.
        made, count = campaign.created_at, len(codes)
        session.add(Stock(campaign_id=campaign.id, unit=unit, issued=count, created_at=made))
    else:
        stock.issued += len(codes)
        stock.runs += 1
        stock.left_over = None
    session.flush()


def check_second_run(session: Session, campaign: Campaign, unit: str | None, count: int) -> None:
    """Whether a second run of this size is possible at all.

    Raises:
        WrongStateError: the campaign is over, or has no codes of one person each.
        RefusedError: there was no first run, or a second one already; fewer than 20 slips, which
            could single somebody out; or more than 1.2 slips per person in both runs together.
    """
    _check_run(session, campaign, unit, count, "more")


def enter_left_over(session: Session, campaign: Campaign, unit: str | None, count: int) -> Stock:
    """Note how many slips of a stock nobody drew; may be corrected until the release.

    Raises:
        WrongStateError: nobody can have drawn yet, or the campaign is released.
        RefusedError: no such stock, or more than were issued.
    """
    if campaign.status not in ("open", "closed"):
        raise WrongStateError(
            "not-countable",
            f"'{campaign.slug}' is {campaign.status}; left-over slips are counted after opening "
            "and before the release.",
        )
    stock = _stock(session, campaign, unit)
    if stock is None:
        raise RefusedError("no-stock", f"There are no slips for '{unit or 'the whole'}'.")
    if not 0 <= count <= stock.issued:
        raise RefusedError(
            "left-over-range",
            f"{count} cannot be left over of {stock.issued} slips.",
            "Count again.",
        )
    stock.left_over = count
    session.flush()
    return stock


def stocks(session: Session, campaign: Campaign) -> list[Stock]:
    """The stocks of a campaign, by unit."""
    found = session.scalars(select(Stock).where(Stock.campaign_id == campaign.id))
    return sorted(found, key=lambda stock: stock.unit or "")


def _distinct(count: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(new_code())
    shuffled = list(codes)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled


def _stock(session: Session, campaign: Campaign, unit: str | None) -> Stock | None:
    return session.scalar(
        select(Stock).where(Stock.campaign_id == campaign.id, Stock.unit.is_not_distinct_from(unit))
    )


def _withdraw(session: Session, stock: Stock) -> None:
    """Delete a stock with its codes, none of which can have been spent yet."""
    of_stock = (
        access_codes.c.campaign_id == stock.campaign_id,
        access_codes.c.unit.is_not_distinct_from(stock.unit),
    )
    if session.scalar(select(access_codes.c.code_hash).where(*of_stock, access_codes.c.spent)):
        raise RefusedError(
            "codes-spent",
            "Codes of this stock were used already.",
            "Restore the database from a backup: nobody can have answered yet.",
        )
    session.execute(delete(access_codes).where(*of_stock))
    session.delete(stock)
    session.flush()


def _check_state(campaign: Campaign, plan: Plan, how: How) -> None:
    if plan.access == "open":
        raise WrongStateError(
            "open-link",
            f"'{campaign.slug}' is reached by an open link; it needs no codes.",
            "Use access: slips in the plan.",
        )
    if how == "more" and plan.access != "slips":
        raise WrongStateError(
            "one-code", f"'{campaign.slug}' has one code for everybody; more paper can be copied."
        )
    if campaign.status not in (("draft", "signed", "open") if how == "more" else _BEFORE):
        raise WrongStateError(
            "not-a-draft",
            f"'{campaign.slug}' is {campaign.status}; codes are issued before opening only.",
        )


def _check_run(
    session: Session, campaign: Campaign, unit: str | None, count: int, how: How
) -> None:
    plan = plan_of(campaign)
    _check_state(campaign, plan, how)
    known = {stock.id: stock for stock in plan.stocks}
    if plan.access == "slips" and unit not in known:
        raise RefusedError(
            "unknown-unit",
            f"'{unit or 'the whole'}' is no unit with slips.",
            f"Units: {', '.join(known)}.",
        )
    if plan.access == "shared-code" and unit is not None:
        raise RefusedError("unknown-unit", "A shared code belongs to the whole; leave out --unit.")
    if count < 1:
        raise RefusedError("too-few-slips", "At least one slip is needed.")
    stock = _stock(session, campaign, unit)
    if how == "first" and stock is not None:
        raise RefusedError(
            "second-run",
            f"The slips for '{unit or 'the whole'}' were issued already; a second run could "
            "single people out.",
            "Where they are lost, issue them anew (--anew): the earlier ones then stop working.",
        )
    before = _before(stock, unit, count) if how == "more" else 0
    _check_count(plan, known.get(unit or ""), count, before)


def _before(stock: Stock | None, unit: str | None, count: int) -> int:
    """The slips of the first run, to which a second one is added."""
    if stock is None:
        raise RefusedError(
            "no-stock",
            f"There are no slips for '{unit}' yet.",
            "Issue the first run before opening.",
        )
    if stock.runs > 1:
        raise RefusedError("third-run", f"'{unit}' had a second run of slips already.")
    if count < FEWEST_MORE:
        raise RefusedError(
            "short-run",
            f"{count} slips are too few for a second run; it could single people out.",
            f"Ask for at least {FEWEST_MORE}.",
        )
    return stock.issued


def _check_count(plan: Plan, unit: Unit | None, count: int, before: int) -> None:
    eligible = unit.eligible if unit else plan.eligible
    if eligible is None:
        return  # a shared code without a head count: the paper is not what limits answers
    most = most_slips(eligible)
    if before + count > most:
        raise _too_many(before + count, eligible, most, unit.name if unit else "the whole")


def _too_many(count: int, eligible: int, most: int, name: str) -> RefusedError:
    return RefusedError(
        "too-many-slips",
        f"{count} slips for {eligible} people in '{name}': at most {most} (1.2 for each).",
        f"Ask for {most} or fewer.",
    )
