"""The command line. Each command lives in a module of its own and is imported when it is called."""

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn

from cyclopts import App
from cyclopts.exceptions import CycloptsError

from questionnaires.errors import FindingsError
from survey import __version__
from survey.errors import SurveyError

OVERVIEW = """Anonymous self-assessment and maturity surveys for public administrations.

- demo: a town with invented answers, to try everything on
- questionnaire, campaign, report: from the definition to the report of your own survey
- init, account, serve, keeper, doctor, db, backup, restore: running it
- analyse: the statistics of a CSV file, without a server

Example: pegel demo
"""

app = App(
    name="pegel",
    help=OVERVIEW,
    version=__version__,
    help_on_error=False,
)
app.command("survey.cli.demo:demo", name="demo")
app.command("survey.cli.serve:serve", name="serve")
app.command("survey.cli.keeper:keeper", name="keeper")
app.command("survey.cli.init:init", name="init")
app.command("survey.cli.doctor:doctor", name="doctor")
app.command("survey.cli.backup:backup", name="backup")
app.command("survey.cli.backup:restore", name="restore")
app.command("survey.cli.analyse:analyse", name="analyse")
app.command("survey.cli.report:report", name="report")

questionnaire = App(name="questionnaire", help="Definitions.\n\nExample: pegel questionnaire list")
questionnaire.command("survey.cli.questionnaire:list_", name="list")
questionnaire.command("survey.cli.questionnaire:show", name="show")
questionnaire.command("survey.cli.questionnaire:check", name="check")
questionnaire.command("survey.cli.questionnaire_diff:diff", name="diff")
questionnaire.command("survey.cli.questionnaire:schema", name="schema")
app.command(questionnaire)

campaign = App(
    name="campaign",
    help="Campaigns, from the plan to the release.\n\nExample: pegel campaign create PLAN.yaml",
)
for _verb in ("create", "open", "status"):
    campaign.command(f"survey.cli.campaign:{_verb}", name=_verb)
for _verb in ("sign", "prolong", "close", "release"):
    campaign.command(f"survey.cli.cosigning:{_verb}", name=_verb)
for _verb in ("codes", "leftover"):
    campaign.command(f"survey.cli.codes:{_verb}", name=_verb)
campaign.command("survey.cli.codes:second_run", name="second-run")
campaign.command("survey.cli.rehearsal:rehearse", name="rehearse")
campaign.command("survey.cli.certificate:certificate", name="certificate")
campaign.command("survey.cli.recover:recover", name="recover")
app.command(campaign)

account = App(
    name="account",
    help="Accounts of the staff.\n\nExample: pegel account invite --role council",
)
account.command("survey.cli.accounts:invite", name="invite")
account.command("survey.cli.accounts:list_", name="list")
account.command("survey.cli.accounts:deactivate", name="deactivate")
app.command(account)

database = App(name="db", help="The database.\n\nExample: pegel db upgrade")
database.command("survey.cli.database:upgrade", name="upgrade")
app.command(database)

WORK_FOUND_A_PROBLEM = 1
WRONG_USE = 2
INTERRUPTED = 130
REMEDIES = {
    errno.ENOENT: "Check the name.",
    errno.EISDIR: "Name a file in it.",
    errno.ENOTDIR: "Check the name.",
    errno.EACCES: "Ask its owner for the right, or name another.",
    errno.EPERM: "Ask its owner for the right, or name another.",
    errno.EROFS: "Name a place that can be written to.",
    errno.ENOSPC: "Make room, then try again.",
}


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command and leave with 0, 1 (the work found a problem) or 2 (wrong use)."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run a command and give its exit code; people read sentences, never a traceback."""
    try:
        result = app(
            arguments, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 # people read sentences
        sentence, code = _explained(error)
        print(f"pegel: {sentence}", file=sys.stderr)
        return code
    return result if isinstance(result, int) else 0


def _explained(error: BaseException) -> tuple[str, int]:
    match error:
        case CycloptsError():
            return f"{error} Try 'pegel --help'.", WRONG_USE
        case SurveyError() | FindingsError():
            return str(error), WORK_FOUND_A_PROBLEM
        case KeyboardInterrupt():
            return "Interrupted.", INTERRUPTED
        case OSError():
            return _of_system(error), WORK_FOUND_A_PROBLEM
    # A fault of ours: name where it broke, without the values that its own text may hold.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    broke = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
    sentence = f"This is a fault of Pegel ({broke}). Nothing half done was kept. Please report it."
    return sentence, WORK_FOUND_A_PROBLEM


def _of_system(error: OSError) -> str:
    """What the operating system refused, and what helps."""
    place = f"{error.filename}: " if error.filename else ""
    remedy = REMEDIES.get(error.errno or 0, "")
    return f"{place}{error.strerror or error}. {remedy}".rstrip()
