"""Invented charts of every kind, with what makes drawing hard: long words, hidden values, gaps."""

from dataclasses import replace

from reports.charts import Chart
from reports.report import (
    Cell,
    DriverRow,
    Figure,
    Key,
    Mark,
    ProfileRow,
    Row,
    Segment,
    StackRow,
    Table,
    TrendPoint,
    TrendRow,
)

LONG = "Veränderungsbereitschaft in der Verwaltungsdigitalisierungsbegleitung"
CONTEXT = "Befragung 2026 · Stadt Musterheim · 23. November 2026 bis 18. Dezember 2026"
HIDDEN = Cell("–", is_hidden=True)
NO_TABLE = Table("", ("",), ())
TONES = (
    Key("unfavourable-2", "klar ungünstig"),
    Key("unfavourable-1", "eher ungünstig"),
    Key("neutral", "dazwischen"),
    Key("favourable-1", "eher günstig"),
    Key("favourable-2", "klar günstig"),
)
COLOURS = (
    Key("level-1", "unter 30"),
    Key("level-2", "30 bis 39"),
    Key("level-3", "40 bis 49"),
    Key("level-4", "50 bis 59"),
    Key("level-5", "60 bis 69"),
    Key("level-6", "ab 70"),
)
MARKS = (
    Key("point", "Punkte, Farbe nach Stufe"),
    Key("interval", "Intervall (95 %)"),
    Key("whole", "Stadt Musterheim"),
    Key("rest", "alle anderen"),
    Key("previous", "Befragung 2024"),
    Key("norm", "veröffentlichte Vergleichswerte (103 Behörden)"),
    Key("target", "Soll"),
)


def chart(drawn: Figure | Table, keys: tuple[Key, ...] = (), *, keys_title: str = "") -> Chart:
    title = drawn.title if isinstance(drawn, Figure) else drawn.caption
    alt = drawn.alt if isinstance(drawn, Figure) else "Alles in Worten – auch „das“ & <mehr>."
    return Chart("part-1", "01-part", "de", title, CONTEXT, alt, drawn, keys, keys_title)


def profile() -> Chart:
    every = tuple(Mark(key.mark, 60) for key in MARKS[2:])  # type: ignore[arg-type]  # kinds
    rows = (
        ProfileRow("Vertrauen", "eher hoch", 60, 5, (55, 66), every),
        ProfileRow(LONG, "sehr niedrig", 0, 1, (0, 4), (Mark("whole", 100), Mark("rest", 0))),
        ProfileRow("Angst", "hoch", 100, 1, None, note="weniger ist besser"),
        ProfileRow("Beteiligung", "nicht gezeigt", None, None, None),
    )
    return chart(Figure("profile", "Dimensionen", "Vertrauen 60.", rows, NO_TABLE), MARKS)


def distribution() -> Chart:
    shares = (5, 15, 20, 27, 33)
    segments, start = [], 0
    for key, percent in zip(TONES, shares, strict=True):
        segments.append(Segment(key.label, start, percent, key.mark))  # type: ignore[arg-type]
        start += percent
    narrow = (Segment("Ja", 0, 99, "favourable-2"), Segment("Nein", 99, 1, "unfavourable-2"))
    plain = (
        Segment("im Rathaus", 0, 40, "plain"),
        Segment("in einer Außenstelle mit langem Namen", 40, 35, "plain"),
        Segment("zu Hause oder unterwegs", 75, 25, "plain"),
    )
    rows = (
        StackRow(
            f"Hier gilt: {LONG}, und zwar in allen Ämtern.", tuple(segments), "60 %", "Zustimmung"
        ),
        StackRow("Ich weiß, wen ich frage.", narrow, "≥ 95 %", "Zustimmung"),
        StackRow("Wo arbeiten Sie?", plain, "", ""),
        StackRow("Das wird nicht gezeigt.", (), "nicht gezeigt", ""),
    )
    return chart(
        Figure("stacks", "Vertrauen", "Balken von 100 Prozent.", rows, NO_TABLE),
        TONES,
        keys_title="Die Zahlen sind Prozent der Antworten.",
    )


def heatmap(columns: int = 8, rows: int = 5) -> Chart:
    names = ("Vertrauen", "Führungskräfte als Vorbild", "Angst (weniger ist besser)", LONG)
    heads = tuple(names[place % len(names)] for place in range(columns))
    levels = tuple(Cell(str(25 + 10 * level), 25 + 10 * level, level) for level in range(1, 7))

    def cells(row: int) -> tuple[Cell, ...]:
        every = (*levels, HIDDEN)
        return tuple(every[(row + place) % len(every)] for place in range(columns))

    told = tuple(
        Row("Stadt Musterheim" if not row else f"Amt für {LONG} {row}", cells(row), min(row, 3))
        for row in range(rows)
    )
    table = Table("Punkte von 0 bis 100", ("Einheit", *heads), told, "heatmap")
    return chart(table, COLOURS, keys_title="Farben von ungünstig nach günstig, in Punkten:")


def trend() -> Chart:
    def points(
        *scores: int | None,
        links: str = " ---",
        notes: tuple[str, ...] = ("",) * 4,
        common: tuple[int, int] | None = None,
    ) -> tuple[TrendPoint, ...]:
        kinds = {" ": None, "-": "solid", "=": "dashed"}
        waves = ("2020", "2022", "2024", "Herbst 2026")
        return tuple(
            TrendPoint(wave, score, kinds[link], note, common if link == "=" else None)  # type: ignore[arg-type]
            for wave, score, link, note in zip(waves, scores, links, notes, strict=True)
        )

    bridged = ("", "auf gemeinsamen Fragen", "", "Die Antworten haben sich geändert.")
    rows = (
        TrendRow("Vertrauen", points(0, 48, 55, 100)),
        TrendRow(LONG, points(44, 48, 47, 55, links=" =- ", notes=bridged, common=(41, 60))),
        TrendRow("Angst", points(44, None, 47, 55, links="   -"), note="weniger ist besser"),
    )
    keys = (
        Key("solid", "gleich gefragt"),
        Key("dashed", "auf gemeinsamen Fragen"),
        Key("gap", "nicht vergleichbar"),
    )
    return chart(Figure("trend", "Verlauf", "Vertrauen stieg.", rows, NO_TABLE), keys)


def drivers() -> Chart:
    rows = (
        DriverRow("Führungskräfte als Vorbild", 0.62, 48, 30),
        DriverRow(LONG, 0.41, 35, 14),
        DriverRow("Beteiligung", 0.1, 20, 2),
    )
    told = tuple(
        Row(
            row.label,
            (
                Cell(f"{row.correlation:.2f}".replace(".", ","), row.correlation),
                Cell(str(row.room), row.room),
                Cell(str(row.weight), row.weight),
            ),
        )
        for row in rows
    )
    apart = Row("Angst", (Cell("-0,20", -0.2), Cell("40", 40), Cell("0", 0)))
    further = (apart, Row("Vertrauen", (HIDDEN, HIDDEN, HIDDEN)))
    columns = ("Dimension", "Zusammenhang", "Punkte bis zum günstigen Ende", "Gewicht")
    table = Table("", columns, (*told[:1], *further, *told[1:]))
    return chart(Figure("drivers", "Was zusammenhängt", "Führung 30.", rows, table))


_MADE = {
    "profile": profile(),
    "stacks": distribution(),
    "heatmap": heatmap(),
    "heatmap-wide": heatmap(16, 2),
    "heatmap-few": heatmap(2, 3),
    "trend": trend(),
    "drivers": drivers(),
}
EVERY = {name: replace(one, name=name, file=f"01-{name}") for name, one in _MADE.items()}
