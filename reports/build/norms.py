"""Norms beside the dimensions: their names, their marks and their values."""

from questionnaires.model import Scale
from questionnaires.norms import Norm
from reports.build.reading import Reading
from reports.norms import whole
from reports.report import Cell, Key, Mark


def norm_name(reading: Reading, norm: Norm) -> str:
    """Which number of whom: its centre, population and year."""
    words = reading.words
    of = {"population": reading.text(norm.population), "year": norm.year}
    if norm.centre == "mean-of-people":
        return words.say("Norm: mean of people ({population}, {year})", **of)
    if norm.organisations is None:
        return words.say("Norm: median of organisations ({population}, {year})", **of)
    return words.say(
        "Norm: median of {n} organisations ({population}, {year})", n=norm.organisations, **of
    )


def norm_marks(reading: Reading, scale: Scale) -> tuple[Mark, ...]:
    """The mark of the first norm of the release, where it has the scale."""
    first = first_norm(reading)
    if first is None or scale.id not in first.scales:
        return ()
    return (Mark("norm", whole(first.scales[scale.id].value)),)


def norm_keys(reading: Reading) -> list[Key]:
    """What the mark is, by name."""
    first = first_norm(reading)
    return [] if first is None else [Key("norm", norm_name(reading, first))]


def norm_cells(reading: Reading, scale: Scale) -> tuple[Cell, ...]:
    """The value of the mark, for the table of the figure."""
    if first_norm(reading) is None:
        return ()
    marks = norm_marks(reading, scale)
    return tuple(Cell(str(mark.value), mark.value) for mark in marks) or (Cell(""),)


def first_norm(reading: Reading) -> Norm | None:
    """The norm that is marked: the first that has dimensions."""
    norms = reading.release.norms
    return next((norm for norm in norms.norms if norm.scales), None) if norms else None
