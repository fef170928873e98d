"""What is told to be stored about a response is what a form is read into."""

from questionnaires.variables import variables
from survey.domain.stored_fields import stored_fields
from survey.domain.wordings import speaker
from tests.survey.web.factories import every_kind


def test_every_variable_is_named_once_in_the_order_in_which_it_is_stored() -> None:
    found = stored_fields(every_kind(), "de", speaker("de"), demographics=True)
    names = [name for fields in found for name, _ in fields.names]
    assert names == [variable.name for variable in variables(every_kind())]


def test_a_maturity_item_is_stored_as_its_state_today_and_in_three_years() -> None:
    found = stored_fields(every_kind(), "de", speaker("de"), demographics=True)
    (steer,) = [fields for fields in found if fields.names[0][0] == "steer"]
    assert steer.names == (
        ("steer", "Wer plant Neues? – heute"),
        ("steer_target", "Wer plant Neues? – in drei Jahren"),
    )
    assert steer.values[:3] == (
        ("1", "Niemand plant."),
        ("2", "Einzelne planen für sich."),
        ("3", "Alle planen gemeinsam."),
    )
