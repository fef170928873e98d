"""`pegel demo`: Musterheim, an invented town to try everything on."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from survey.cli.serve import Port, check_port, run_server
from survey.demo.build import COUNCIL, Demo, build
from survey.demo.folder import prepare
from survey.settings import Settings

HOST = "127.0.0.1"  # never another: everybody may log in here
CODES_TO_PRINT = 3


def demo(
    *,
    port: Port = 8000,
    data: Path = Path("demo-data"),
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Invent a town with two finished surveys and two open ones, and serve it on this machine.

    Example: pegel demo --port 8080

    Parameters
    ----------
    port
        The port to listen on; the address is always 127.0.0.1.
    data
        The demo's own folder. It is emptied at each start; one that holds anything else is refused.
    as_json
        Print addresses, unused codes and the staff account as one JSON object once it serves.
    """
    check_port(HOST, port)
    address = f"http://{HOST}:{port}"
    settings = Settings(
        data=data.absolute(), database="", keys=None, base_url=address, staff_url="", serves="all"
    )
    prepare(settings.data)
    print("Inventing Musterheim (a few seconds) ...", file=sys.stderr)
    town = build(settings, now=datetime.now(UTC))

    def ready(_url: str) -> None:
        print(json.dumps(_facts(town, address)) if as_json else _welcome(town, address), flush=True)

    return run_server(settings, host=HOST, port=port, when_ready=ready)


def _facts(town: Demo, address: str) -> dict[str, Any]:
    return {
        "respond": [
            {
                "slug": town.slips,
                "url": f"{address}/b/{town.slips}",
                "access": "slips",
                "codes": list(town.codes),
            },
            {
                "slug": town.open_link,
                "url": f"{address}/b/{town.open_link}",
                "access": "open",
                "codes": [],
            },
        ],
        "staff": {
            "url": f"{address}/staff/login",
            "user": town.account,
            "password": town.password,
            "others": [
                {"user": name, "password": town.password, "role": role}
                for name, role in town.others.items()
            ],
            "second_factor": {"user": COUNCIL, "key": town.key},
        },
        "reports": [
            {"slug": slug, "url": f"{address}/staff/campaigns/{slug}/report"}
            for slug in town.released
        ],
    }


def _welcome(town: Demo, address: str) -> str:
    slips = "\n".join(
        f"     {address}/b/{town.slips}#{code}" for code in town.codes[:CODES_TO_PRINT]
    )
    others = ", ".join(f"{name} ({role})" for name, role in town.others.items())
    return f"""
Musterheim is open at {address}
Everything in it is invented, and it is gone at the next start.

  1. Answer, as somebody who has drawn a slip (each code works once):
{slips}
     or by the open link: {address}/b/{town.open_link}

  2. Read the report of the last finished survey, with its development since the first:
     {address}/staff/campaigns/{town.released[0]}/report
     log in as   {town.account}   with   {town.password}

  3. See all surveys: {address}/staff/campaigns
     The same password opens {others}.
     The staff council ({COUNCIL}) signs with an app besides; its key: {town.key}

Ctrl-C stops it.
"""
