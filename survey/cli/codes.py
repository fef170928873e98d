"""`pegel campaign codes`, `second-run` and `leftover`: slips, from the printer to the count."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy.orm import Session

from survey.cli.acting import As, actor
from survey.cli.installation import installation
from survey.cli.numbers import Whole
from survey.cli.saying import STANDARD_OUTPUT, AsJson, note, say
from survey.cli.slips_file import check_new, written
from survey.db.campaigns import Campaign
from survey.db.engine import reading_session, writing_session
from survey.domain import access_codes, campaigns, cosigning, issuing
from survey.domain.access_codes import How
from survey.domain.inbox import utc_now
from survey.domain.issuing import Order, Shares
from survey.domain.standing import Run
from survey.errors import RefusedError

Switch = Annotated[bool, Parameter(negative=())]


def codes(
    slug: str,
    /,
    *,
    count: Whole,
    output: Annotated[Path, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)],
    unit: str | None = None,
    anew: Switch = False,
    second_run: Switch = False,
    as_: As = None,
    as_json: AsJson = False,
) -> None:
    """Issue access codes and write them as slips to cut apart; they are kept nowhere else.

    Codes are issued once for each unit, before opening. The file is the only place where they
    stand: print it, then delete it.

    Example: pegel campaign codes befragung-2026 --unit bauamt --count 40 -o slips.pdf

    Parameters
    ----------
    slug
        The campaign.
    count
        How many slips, at most 1.2 for each person. Without --unit they are shared out over all
        units in proportion to their people.
    output
        The PDF to write; "-" writes it to standard output. Where several units share the slips,
        each has its own instruction sheet in it, followed by its slips.
    unit
        A unit of the plan.
    anew
        Before opening: issue the slips of a unit again; the earlier ones stop working.
    second_run
        Issue the further slips that were agreed with 'pegel campaign second-run'.
    as_
        The account that does this; without it the operator, for campaigns of his own.
    as_json
        Print JSON for programs (not together with "-o -").
    """
    check_new(output)
    how: How = "more" if second_run else "anew" if anew else "first"
    with installation() as here:
        by = actor(here, as_)
        with reading_session(here.engine) as session:
            shares = _shares(campaigns.get(session, slug), unit, count)
        order, base_url = Order(slug, shares, how), here.settings.base_url
        drawn = issuing.draw(here.engine, order, by.account, trust=by.trust, base_url=base_url)
        # The codes are stored when the slips are safely on disk, and not without them.
        with written(output, drawn.pdf), writing_session(here.engine) as session:
            issuing.store(session, drawn, by.account, trust=by.trust)
    _tell_issued(slug, shares, output, as_json=as_json)


def second_run(
    slug: str, /, *, count: Whole, unit: str, as_: As = None, as_json: AsJson = False
) -> None:
    """Ask for further slips of a unit, or agree to them as the staff council; once for each unit.

    At least 20, so that they single nobody out, and at most 1.2 for each person together with the
    first run. When the council has agreed: pegel campaign codes SLUG --second-run

    Example: pegel campaign second-run befragung-2026 --unit bauamt --count 20 --as erika

    Parameters
    ----------
    slug
        The campaign.
    count
        How many slips.
    unit
        A unit of the plan.
    as_
        The account that does this; without it the operator, for campaigns of his own.
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        by, run = actor(here, as_), Run(unit, count)
        with writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            if by.is_council:
                by.agree(session, campaign, "second-run", run.details)
                agreed = True
            else:
                agreed = cosigning.ask_second_run(
                    session, campaign, by.account, run, trust=by.trust, now=utc_now()
                )
    found = {"slug": slug, "unit": unit, "count": count, "agreed": agreed}
    state = "may be issued" if agreed else "wait for the staff council"
    say(found, [f"{count} further slips for {unit}: {state}"], as_json=as_json)


def leftover(
    slug: str, /, *, count: Whole, unit: str | None = None, as_: As = None, as_json: AsJson = False
) -> None:
    """Enter how many slips nobody drew; they are counted and destroyed before the release.

    Example: pegel campaign leftover befragung-2026 --unit bauamt --count 6

    Parameters
    ----------
    slug
        The campaign.
    count
        How many slips were left in the box, of both runs together.
    unit
        The unit they were printed for; not needed where there is one stock only.
    as_
        The account that does this; without it the operator, for campaigns of his own.
    as_json
        Print JSON for programs.
    """
    with installation() as here:
        by = actor(here, as_)
        with writing_session(here.engine) as session:
            campaign = campaigns.get(session, slug)
            cosigning.check_may(session, campaign, by.account, "enter-left-over", trust=by.trust)
            meant = _stock(session, campaign, unit)
            stock = access_codes.enter_left_over(session, campaign, meant, count)
            entered = {
                "slug": slug,
                "unit": stock.unit,
                "issued": stock.issued,
                "left_over": count,
            }
    name = entered["unit"] or "the whole"
    say(entered, [f"{name}: {count} of {entered['issued']} slips left over"], as_json=as_json)


def _shares(campaign: Campaign, unit: str | None, count: int) -> Shares:
    plan = campaigns.plan_of(campaign)
    if unit is not None or plan.access != "slips":
        return {unit: count}
    shares: dict[str | None, int] = {}
    shares.update(access_codes.distribute(plan, count))
    return shares


def _tell_issued(slug: str, shares: Shares, output: Path, *, as_json: bool) -> None:
    stocks = [
        {"unit": name, "issued": share, "file": str(output)} for name, share in shares.items()
    ]
    lines = [
        f"{stock['file']}: {stock['issued']} slips for {stock['unit'] or 'the whole'}"
        for stock in stocks
    ]
    if output == STANDARD_OUTPUT:
        note("\n".join(lines))
    else:
        say({"slug": slug, "stocks": stocks}, lines, as_json=as_json)
        note("The codes stand in this file only. Print it, then delete it.")


def _stock(session: Session, campaign: Campaign, unit: str | None) -> str | None:
    """The unit that was meant: the only one where none is named."""
    units = [stock.unit for stock in access_codes.stocks(session, campaign)]
    if unit is not None or len(units) <= 1:
        return unit or next(iter(units), None)
    raise RefusedError(
        "which-unit",
        "Slips are counted per unit.",
        f"Name one with --unit: {', '.join(name or 'the whole' for name in units)}.",
    )
