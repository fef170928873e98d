"""Plans from files and forms: read strictly, checked, and everything wrong is said at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from questionnaires.errors import DefinitionError, Finding
from questionnaires.explain import explain
from questionnaires.positions import Positions, spell
from questionnaires.yaml import validate
from survey.domain.plan_checks import Fault, faults
from survey.domain.plans import Plan


def load_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises:
        DefinitionError: everything that is wrong with it, with line and column.
        OSError: the file cannot be read.
    """
    return read_plan(path.read_bytes(), path.name)


def read_plan(content: bytes, name: str) -> Plan:
    """The plan in `content` (YAML or JSON); `name` names it in findings. Raises as `load_plan`."""
    plan, positions = validate(Plan, content, name)
    return _checked(plan, positions, name)


def make_plan(data: Mapping[str, Any], name: str = "plan") -> Plan:
    """A plan from plain values, such as those of a form. Raises as `load_plan`."""
    try:
        plan = Plan.model_validate(dict(data))
    except ValidationError as error:
        raise DefinitionError(explain(error, Plan, Positions(), name)) from error
    return _checked(plan, Positions(), name)


def _checked(plan: Plan, positions: Positions, name: str) -> Plan:
    found = [_finding(fault, positions, name) for fault in faults(plan)]
    if found:
        raise DefinitionError(found)
    return plan


def _finding(fault: Fault, positions: Positions, name: str) -> Finding:
    place, code, said, remedy = fault
    line, column = positions.of(place) if positions.values else (None, None)
    return Finding("error", code, said, remedy, spell(place), line, column, name)
